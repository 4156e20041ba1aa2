//! `helhedsplan read-token`: opaque tokens that only read, of every role.

use std::io::Write;

use anyhow::bail;
use chrono::TimeDelta;
use clap::Subcommand;
use helhedsplan::auth::role::Role;
use helhedsplan::auth::secret::{self, NewSecret, READ_TOKEN};
use helhedsplan::clients::rules::{MOST_DAYS, ReadToken, Registration};
use helhedsplan::clients::store::read_tokens::{self as store, NewToken};
use helhedsplan::clients::store::{Hashed, registry};
use helhedsplan::config::Config;
use helhedsplan::db::{self, Db, Window};
use helhedsplan::problem::ProblemKind;
use helhedsplan::record::Clock;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::clients::only;
use super::{check_organisation, check_role, chosen_plans, deed, every_plan, name, open, scopes};

/// What to do with read tokens.
#[derive(Subcommand)]
pub(crate) enum ReadTokenCommand {
    /// Make a read token; prints the token, which is shown once, and nothing else
    Add {
        /// What people call it; no names of persons
        #[arg(long)]
        name: String,
        /// Whose eyes it reads with: secretariat, municipality, housing_organisation, board, fund or auditor
        #[arg(long)]
        role: Role,
        /// The organisation for which it reads, by code
        #[arg(long)]
        org: Option<String>,
        /// The plan, by code [default: the only one there is]
        #[arg(long)]
        plan: Option<String>,
        /// Scopes that read, separated by spaces: all that it will ever have
        #[arg(long)]
        scope: String,
        /// For how many days it is good
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=MOST_DAYS))]
        days: i64,
    },
    /// List the read tokens, one a line; never the tokens themselves
    List {
        /// The plan, by code [default: every plan]
        #[arg(long)]
        plan: Option<String>,
    },
    /// Revoke a read token: running services see it within a second
    Revoke {
        /// The read token's id, as in the list
        id: Uuid,
    },
}

/// Does it.
pub(crate) async fn read_token(config: &Config, command: ReadTokenCommand) -> anyhow::Result<()> {
    let db = open(config).await?;
    match command {
        ReadTokenCommand::Add {
            name: text,
            role,
            org,
            plan,
            scope,
            days,
        } => {
            check_role(role, org.as_deref())?;
            let plan = only(&db, plan).await?;
            check_organisation(&db, &plan, role, org.as_deref()).await?;
            let new = Registration {
                name: name(&text)?,
                role,
                organisation: org,
                scope: scopes(role, true, &scope)?,
            };
            add(&db, plan.id, &new, TimeDelta::days(days)).await
        }
        ReadTokenCommand::List { plan } => list(&db, plan).await,
        ReadTokenCommand::Revoke { id } => revoke(&db, id).await,
    }
}

async fn add(db: &Db, plan_id: i32, registration: &Registration, valid: TimeDelta) -> anyhow::Result<()> {
    let secret = NewSecret::make(READ_TOKEN)?;
    let digest = secret::digest(secret.text.expose_secret());
    let new = NewToken {
        id: Uuid::now_v7(),
        registration,
        secret: Hashed::new(&secret, registry::text(digest)),
        expires_at: db::now() + valid,
    };
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let deed = deed("make_read_token", format!("read-tokens/{}", new.id));
    store::add(&transaction, clock, plan_id, new, deed).await?;
    transaction.commit().await?;
    writeln!(std::io::stdout(), "{}", secret.text.expose_secret())?;
    Ok(())
}

async fn list(db: &Db, plan: Option<String>) -> anyhow::Result<()> {
    let plans = match plan {
        Some(code) => chosen_plans(db, &[code]).await?,
        None => every_plan(db).await?,
    };
    let everything = Window {
        limit: 10_000,
        after: None,
    };
    let now = db::now();
    let mut out = std::io::stdout();
    writeln!(out, "id\tplan\trole\torganisation\tstate\ttoken\tscopes\tname")?;
    for plan in plans {
        for row in store::list(db.read(), plan.id, &Role::ALL, &everything, true).await? {
            let state = match row.revoked_at {
                Some(at) => format!("revoked {at:?}"),
                None if row.expires_at <= now => format!("expired {:?}", row.expires_at),
                None => format!("until {:?}", row.expires_at),
            };
            let organisation = row.organisation.as_deref().unwrap_or("-");
            writeln!(
                out,
                "{}\t{}\t{}\t{organisation}\t{state}\t{}…\t{}\t{}",
                row.id, plan.code, row.role, row.handle, row.scope, row.name
            )?;
        }
    }
    Ok(())
}

/// The read token of this id, whatever its plan.
async fn find(db: &Db, id: Uuid) -> anyhow::Result<ReadToken> {
    for plan in every_plan(db).await? {
        match store::find(db.read(), plan.id, &Role::ALL, id).await {
            Err(problem) if problem.kind() == ProblemKind::NotFound => {}
            found => return Ok(found?),
        }
    }
    bail!("there is no read token {id}; `helhedsplan read-token list` shows them all")
}

async fn revoke(db: &Db, id: Uuid) -> anyhow::Result<()> {
    let plan_id = find(db, id).await?.plan_id;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let token = store::find(&transaction, plan_id, &Role::ALL, id).await?;
    if token.revoked_at.is_none() {
        let deed = deed("revoke_read_token", format!("read-tokens/{id}"));
        store::revoke(&transaction, clock, token, deed).await?;
        transaction.commit().await?;
    }
    tracing::info!(read_token = %id, "revoked");
    Ok(())
}
