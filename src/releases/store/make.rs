//! Making a release: gathered without a lock, computed on a thread of its own, and stored only if nothing has come between.

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::super::cube::{Cube, Definition};
use super::super::prove::{self, Failure, Ground, Outcome};
use super::super::rules::{Audience, PARTS, Reader, Subject};
use super::publish::{self, Edition};
use super::{figures, find};
use crate::db::Db;
use crate::disclosure::{CountError, PartsRefusal, Refusal, Threshold};
use crate::entities::{plan, release};
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record::{self, Clock, Deed};
use crate::words::Word;

/// The most cells that one answer names.
const MAX_NAMED: usize = 100;

/// What is to be released.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// What it shows.
    pub(crate) subject: Subject,
    /// Of when: a quarter, or the date of an extract.
    pub(crate) period: String,
    /// To whom.
    pub(crate) audience: Audience,
    /// The smallest count that may be shown but 0.
    pub(crate) threshold: Threshold,
    /// Why.
    pub(crate) reason: Option<String>,
    /// The member of the body that names the period.
    pub(crate) at: At,
}

/// A release that is computed, and what it was computed from.
pub(crate) struct Prepared {
    order: Order,
    outcome: Outcome,
    definition: Definition,
    ground: Ground,
    seq: i64,
}

/// What became of storing it.
pub(crate) enum Stored {
    /// It is there; the transaction is to be committed.
    New(release::Model),
    /// The audience holds one of the same figures already; nothing is written.
    Unchanged(release::Model),
    /// Figures or releases are other than those that it was computed from.
    Stale,
}

/// Gathers the figures and computes what of them may be shown.
pub(crate) async fn prepare(db: &Db, plan: &plan::Model, order: Order) -> Result<Prepared, Problem> {
    // Before anything is read: what is written meanwhile has a later number, and is noticed.
    let seq = record::current_seq(db.read(), plan.id).await?;
    let (definition, cube, ground) = gather(db.read(), plan.id, &order).await?;
    let (audience, threshold) = (order.audience, order.threshold);
    let work = tokio::task::spawn_blocking(move || {
        let outcome = prove::prove(&cube, &ground, audience, threshold);
        (cube, ground, outcome)
    });
    let (cube, ground, outcome) = work.await.map_err(|error| {
        tracing::error!(%error, "a release was broken off");
        Problem::internal()
    })?;
    Ok(Prepared {
        outcome: outcome.map_err(|failure| refused(&cube, &order, &failure))?,
        order,
        definition,
        ground,
        seq,
    })
}

/// Stores what is prepared, under the plan's lock, if it is still of the figures and releases that there are.
pub(crate) async fn store(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    prepared: &Prepared,
    deed: Deed<'_>,
) -> Result<Stored, Problem> {
    let clock = Clock::lock(transaction, plan.id).await?;
    if record::current_seq(transaction, plan.id).await? != prepared.seq {
        // Something was written; whether it is any of this is seen by gathering once more.
        let (definition, _, ground) = gather(transaction, plan.id, &prepared.order).await?;
        if definition != prepared.definition || ground != prepared.ground {
            return Ok(Stored::Stale);
        }
    }
    let made = match &prepared.outcome {
        Outcome::Unchanged(id) => return Ok(Stored::Unchanged(find(transaction, plan.id, *id, None).await?)),
        // Nobody reported: to `organisation` there is nobody to release to.
        Outcome::Made(made) if made.is_empty() => return Err(nobody(&prepared.order)),
        Outcome::Made(made) => made,
    };
    let edition = Edition {
        subject: prepared.order.subject,
        period: &prepared.order.period,
        definition: &prepared.definition,
        counts: &prepared.ground.counts,
        parts: prepared.ground.parts.as_ref(),
        reason: prepared.order.reason.as_deref(),
    };
    let write = (clock.take(transaction).await?, deed);
    let mut rows = publish::insert(transaction, plan.id, &edition, made, write).await?;
    rows.pop().map(Stored::New).ok_or_else(Problem::internal)
}

/// Releases a quarter to an audience on the operator's behalf, and says which release that is.
///
/// # Errors
/// Nothing is reported, the figures cannot be released, or they changed meanwhile.
pub async fn release(
    db: &Db,
    plan: &plan::Model,
    quarter: &str,
    audience: Audience,
    deed: Deed<'_>,
) -> Result<Uuid, Problem> {
    let order = Order {
        subject: Subject::Participation,
        period: quarter.to_owned(),
        audience,
        threshold: Threshold::DEFAULT,
        reason: None,
        at: At::Pointer("/period".to_owned()),
    };
    let prepared = prepare(db, plan, order).await?;
    let transaction = db.begin().await?;
    let id = match store(&transaction, plan, &prepared, deed).await? {
        Stored::New(row) => row.id,
        Stored::Unchanged(row) => return Ok(row.id),
        Stored::Stale => return Err(changed_meanwhile()),
    };
    transaction.commit().await?;
    Ok(id)
}

/// Figures or releases changed while a release was computed.
pub(crate) fn changed_meanwhile() -> Problem {
    Problem::new(
        ProblemKind::StateConflict,
        "Figures came in while the release was computed; send it once more.",
        "Der kom tal ind, mens offentliggørelsen blev beregnet; send den igen.",
    )
}

async fn gather(db: &impl ConnectionTrait, plan_id: i32, order: &Order) -> Result<(Definition, Cube, Ground), Problem> {
    match order.subject {
        Subject::Participation => figures::quarter(db, plan_id, order).await,
        Subject::Kendskabsgrad => figures::date(db, plan_id, order).await,
    }
}

fn nobody(order: &Order) -> Problem {
    conflict(vec![FieldError::new(
        order.at.clone(),
        "nobody_reported",
        format!("No organisation but the secretariat has reported for {}.", order.period),
        format!(
            "Ingen organisation ud over sekretariatet har indberettet for {}.",
            order.period
        ),
    )])
}

/// Nothing can be released as things are.
pub(super) fn conflict(errors: Vec<FieldError>) -> Problem {
    Problem::with_errors(ProblemKind::StateConflict, errors)
}

/// What cannot be counted in the tables of the quarter.
pub(super) fn uncounted(order: &Order, error: &CountError) -> Problem {
    let CountError::Unknown { dimension, code } = error else {
        tracing::error!(%error, "figures cannot be counted");
        return Problem::internal();
    };
    conflict(vec![FieldError::new(
        order.at.clone(),
        "not_in_the_tables",
        format!(
            "The figures name the {dimension} '{code}', which the tables of {} do not have.",
            order.period
        ),
        format!(
            "Tallene nævner '{code}' ({dimension}), som tabellerne for {} ikke har.",
            order.period
        ),
    )])
}

/// Why a release is refused: every cell that causes it, by its place in the tables.
fn refused(cube: &Cube, order: &Order, failure: &Failure) -> Problem {
    let (reader, refusal) = match failure {
        Failure::Refused { reader, refusal } => (reader, refusal),
        Failure::Parts { reader, refusal } => return refused_parts(cube, order, failure, reader, refusal),
        Failure::Unknown(error) => return uncounted(order, error),
    };
    let (code, en, da) = match refusal {
        Refusal::ShownBefore(_) => (
            "shown_before",
            "was shown in an earlier release and would have to be hidden now",
            "er vist i en tidligere offentliggørelse og skulle nu skjules",
        ),
        Refusal::SmallCorrection(_) => (
            "small_correction",
            "has hidden parts that change, together, by fewer people than may be shown",
            "har skjulte dele, der tilsammen ændres med færre personer, end der må vises",
        ),
        Refusal::Unprotected(_) => (
            "unprotected",
            "cannot be hidden safely, whatever is hidden beside it",
            "kan ikke skjules sikkert, uanset hvad der skjules ved siden af",
        ),
        Refusal::Foreign | Refusal::Knowledge | Refusal::Uncertified(_) => {
            tracing::error!(%refusal, period = order.period, "a release failed");
            return Problem::internal();
        }
    };
    let whom = whom(reader);
    let named = failure.cells().iter().take(MAX_NAMED).map(|cell| {
        let dimensions = cube.shape().dimensions().iter().zip(cube.shape().codes(*cell));
        let place: Vec<String> = dimensions
            .map(|(dimension, code)| format!("{}={code}", dimension.code()))
            .collect();
        let place = place.join(", ");
        FieldError::new(
            order.at.clone(),
            code,
            format!("To {whom}: {place} {en}."),
            format!("Til {whom}: {place} {da}."),
        )
    });
    conflict(named.collect())
}

/// Why a release is refused for its newcomers or outcomes.
fn refused_parts(cube: &Cube, order: &Order, failure: &Failure, reader: &Reader, refusal: &PartsRefusal) -> Problem {
    if let PartsRefusal::Foreign = refusal {
        tracing::error!(%refusal, period = order.period, "a release failed");
        return Problem::internal();
    }
    let whom = whom(reader);
    let named = failure.parts().iter().take(MAX_NAMED).map(|id| {
        let activity = cube.activities().get(id.activity).map_or("", String::as_str);
        let measure = PARTS.get(id.part).map_or("", |measure| measure.code());
        let place = format!("activity={activity}, measure={measure}");
        FieldError::new(
            order.at.clone(),
            "shown_before",
            format!("To {whom}: {place} was shown in an earlier release and would have to be hidden now."),
            format!("Til {whom}: {place} er vist i en tidligere offentliggørelse og skulle nu skjules."),
        )
    });
    conflict(named.collect())
}

fn whom(reader: &Reader) -> String {
    match reader.organisation() {
        Some(organisation) => format!("{} {organisation}", reader.audience().code()),
        None => reader.audience().code().to_owned(),
    }
}
