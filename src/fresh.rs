//! Keeps what this replica remembers as new as the database: what another replica or the command line has changed is seen here
//! within a second.
//!
//! One loop for everything that is remembered. Each part asks the database for a small row that says whether there is
//! something new, and loads it only then.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{rt, web};
use chrono::{DateTime, Utc};
use futures_util::future::{join_all, join3};

use crate::clients;
use crate::db;
use crate::measurements;
use crate::problem::Problem;
use crate::record;
use crate::state::AppState;

/// How long it rests between two rounds.
const REST: Duration = Duration::from_millis(400);
/// How long a round may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the database may fail to answer before nobody is let in by what was remembered.
const TRUST: Duration = Duration::from_secs(10);
/// After so many rounds, ten seconds, the clients that no longer try are forgotten, so that made-up ids take no room.
const ROUNDS_TO_FORGET: u32 = 25;
/// How long it rests between two looks at the imports whose processes are gone.
const REST_OF_IMPORTS: Duration = Duration::from_secs(10);

/// Brings everything that is remembered up to date now.
///
/// # Errors
/// The database does not answer; what was remembered stays.
pub async fn refresh(state: &AppState) -> Result<(), Problem> {
    let auth = Arc::clone(&state.auth);
    web::block(move || auth.reread_keys(db::now()))
        .await
        .map_err(|_| Problem::internal())?;
    record::notice(&state.db).await?;
    clients::store::registry::refresh(&state.db, &state.registry).await
}

/// Fetches the keys of those trusted issuers whose keys are due at `now`.
pub async fn fetch_keys(state: &AppState, now: DateTime<Utc>) {
    let due = state.auth.external().iter().filter(|external| external.keys.begin(now));
    let fetches = due.map(|external| {
        let (auth, external) = (Arc::clone(&state.auth), Arc::clone(external));
        web::block(move || {
            if external.keys.fetch(now) {
                auth.keys_changed();
            }
        })
    });
    join_all(fetches).await;
}

/// Refreshes again and again, until the task is aborted. Issuers that are slow to answer hold up nothing but their own keys.
pub fn keep_fresh(state: AppState) -> rt::task::JoinHandle<()> {
    let for_keys = state.clone();
    let keys = async move {
        loop {
            fetch_keys(&for_keys, db::now()).await;
            rt::time::sleep(REST).await;
        }
    };
    // Beside what is remembered: a database that is busy with them must not delay that a revocation is seen.
    let for_imports = state.clone();
    let imports = async move {
        loop {
            rt::time::sleep(REST_OF_IMPORTS).await;
            // Where the database does not answer, the loop beside has said so, and the next look tries again.
            let ending = measurements::jobs::end_silent(&for_imports.db, &for_imports.underway);
            let _ = rt::time::timeout(PATIENCE, ending).await;
        }
    };
    let memory = async move {
        let mut last = Instant::now();
        let mut rounds: u32 = 0;
        loop {
            rt::time::sleep(REST).await;
            let done = rt::time::timeout(PATIENCE, refresh(&state)).await;
            last = after_round(&state, matches!(done, Ok(Ok(()))), last, Instant::now());
            rounds = rounds.wrapping_add(1);
            if rounds.is_multiple_of(ROUNDS_TO_FORGET) {
                state.gate.forget_idle();
                state.limits.forget_idle();
                if let Some(metrics) = &state.metrics {
                    metrics.sum_up();
                }
            }
        }
    };
    rt::spawn(async move {
        join3(keys, imports, memory).await;
    })
}

/// When the last good round was. What is remembered is not trusted for ever: after [`TRUST`] without a good round the registry
/// is closed until the next one, since a revocation may have been missed.
pub fn after_round(state: &AppState, is_good: bool, last: Instant, now: Instant) -> Instant {
    if is_good {
        return now;
    }
    if now.duration_since(last) > TRUST && state.registry.versions().is_some() {
        tracing::error!("the database does not answer; clients and read tokens are refused until it does");
        state.registry.close();
    }
    last
}
