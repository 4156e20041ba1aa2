//! What the operations have in common: who reads, how a release is shown, and how one is made.

use actix_web::{HttpRequest, HttpResponse};
use sea_orm::ConnectionTrait;

use super::super::model::{ReleaseView, TableSource};
use super::super::rules::{Audience, Reader, Subject, reader_of};
use super::super::store::{self, Shelf, make};
use crate::auth::role::Role;
use crate::auth::{Allow, Caller};
use crate::db::Db;
use crate::disclosure::Threshold;
use crate::entities::{plan, release};
use crate::plans;
use crate::problem::{At, FieldError, Problem};
use crate::record::idempotency::{Answer, Claim, commit};
use crate::record::{Actor, Deed};
use crate::state::AppState;
use crate::web::actor;
use crate::web::body::Body;
use crate::web::etag::to_json;
use crate::web::idempotency;
use crate::web::json::{self, Node, Reader as Members};
use crate::words::Word;

/// So often a release is computed anew where figures come in meanwhile.
const ATTEMPTS: usize = 3;
/// The longest reason, in characters.
const MAX_REASON: usize = 1000;
/// The largest threshold: a release that hides more shows nothing.
const MAX_THRESHOLD: i64 = 1000;

/// The role of a caller: without a token, the public's.
pub(super) fn role(caller: &Caller) -> Role {
    caller.role.unwrap_or(Role::Public)
}

/// The audiences whose releases a caller may read; none for whoever may read all.
pub(super) fn readers(caller: &Caller) -> Option<Vec<Reader>> {
    let role = role(caller);
    if role == Role::Secretariat {
        return None;
    }
    let own = reader_of(role, caller.scope.organisation.as_deref(), true);
    let mut readers = vec![own.clone()];
    for other in [Reader::Parties, Reader::Public] {
        if other != own && own.sees_all_of(&other) {
            readers.push(other);
        }
    }
    Some(readers)
}

/// The audience as which a caller reads a quarter: the one that it names, if that is shown nothing more than its own.
pub(super) async fn reader(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    caller: &Caller,
    period: &str,
    named: (Option<Audience>, Option<&str>),
) -> Result<Reader, Problem> {
    let asked = match named {
        (None, None) => None,
        (Some(Audience::Parties), None) => Some(Reader::Parties),
        (Some(Audience::Public), None) => Some(Reader::Public),
        (Some(Audience::Organisation), Some(code)) => Some(Reader::Organisation(code.to_owned())),
        (audience, _) => return Err(organisation_and_audience(audience)),
    };
    let role = role(caller);
    if role == Role::Secretariat {
        return Ok(asked.unwrap_or(Reader::Parties));
    }
    let organisation = caller.scope.organisation.as_deref();
    let mut own = reader_of(role, organisation, true);
    // Whoever knows nothing of these figures is one of the parties.
    if let Reader::Organisation(code) = &own
        && !store::knows(db, plan.id, period, code).await?
    {
        own = Reader::Parties;
    }
    match asked {
        None => Ok(own),
        // Who knows some of the figures reads its own release, not the parties': one may be there without the other.
        Some(asked) if asked == own || asked == Reader::Public => Ok(asked),
        Some(_) => Err(store::missing()),
    }
}

fn organisation_and_audience(audience: Option<Audience>) -> Problem {
    let at = match audience {
        Some(Audience::Organisation) => "organisation",
        _ => "audience",
    };
    Problem::invalid_parameters(vec![FieldError::new(
        At::Parameter(at.into()),
        "invalid_value",
        "organisation goes with audience=organisation, and that with it.",
        "organisation hører sammen med audience=organisation.",
    )])
}

/// A release as it is shown.
pub(super) fn view(row: release::Model) -> Result<ReleaseView, Problem> {
    let (shown, hidden) = store::shown_and_hidden(&Shelf::values(&row)?);
    let audience = store::reader(&row)?.audience();
    Ok(ReleaseView {
        id: row.id,
        subject: Subject::find(&row.subject).ok_or_else(Problem::internal)?,
        tables: store::definition(&row)?.tables(row.parts.is_some()),
        period: row.period,
        audience,
        organisation: row.organisation,
        number: row.number,
        threshold: row.threshold,
        shown,
        hidden,
        citation: row.citation,
        reason: row.reason,
        released_at: row.released_at,
    })
}

/// Which release a table is from.
pub(super) fn source(row: &release::Model) -> Result<TableSource, Problem> {
    Ok(TableSource {
        id: row.id,
        number: row.number,
        audience: store::reader(row)?.audience(),
        organisation: row.organisation.clone(),
        threshold: row.threshold,
        released_at: row.released_at,
    })
}

/// The threshold and reason of a body.
pub(super) fn terms(members: &mut Members<'_>, errors: &mut Vec<FieldError>) -> (Threshold, Option<String>) {
    let at = members.at("threshold");
    let threshold = members.optional("threshold").and_then(|node| {
        let number = json::count(node, &at, errors)?;
        let threshold = u64::try_from(number).ok().and_then(Threshold::new);
        let threshold = threshold.filter(|_| number <= MAX_THRESHOLD);
        if threshold.is_none() {
            errors.push(FieldError::new(
                at.clone(),
                "out_of_range",
                format!("A threshold is {} to {MAX_THRESHOLD}.", Threshold::LOWEST),
                format!("En tærskel er {} til {MAX_THRESHOLD}.", Threshold::LOWEST),
            ));
        }
        threshold
    });
    let at = members.at("reason");
    let reason = members.optional("reason");
    let reason = reason.and_then(|node| json::string(node, &at, MAX_REASON, errors));
    (threshold.unwrap_or(Threshold::DEFAULT), reason)
}

/// Who releases, for the record.
struct Writer {
    plan: plan::Model,
    actor: Actor,
    operation: &'static str,
    /// The path of releases, below the plan.
    collection: &'static str,
}

/// Releases what a body orders, once; `names` are those of the operation and of its collection, below the plan.
pub(super) async fn release<P>(
    app: &AppState,
    who: &Allow<P>,
    plan: &str,
    body: &Body,
    request: &HttpRequest,
    (operation, collection): (&'static str, &'static str),
    order: fn(&Node) -> Result<make::Order, Problem>,
) -> Result<HttpResponse, Problem> {
    let node = body.json(&["application/json"])?;
    let key = idempotency::key(request, who.caller(), &body.hash())?;
    let plan = plans::store::resolve(app.db.read(), who.scope(), plan).await?;
    let order = order(&node)?;
    let writer = Writer {
        plan,
        actor: actor::of(request, who.caller()),
        operation,
        collection,
    };
    let plan_id = writer.plan.id;
    idempotency::once(app.db.clone(), key, plan_id, async move |db, claim| {
        carry_out(&db, claim, &writer, order).await
    })
    .await
}

/// Computes a release without any lock, then stores it with its answer in one transaction. If figures or releases have come
/// between, it is computed anew.
async fn carry_out(db: &Db, claim: Option<&Claim>, writer: &Writer, order: make::Order) -> Result<Answer, Problem> {
    for _ in 0..ATTEMPTS {
        let prepared = make::prepare(db, &writer.plan, order.clone()).await?;
        let transaction = db.begin().await?;
        let deed = Deed {
            actor: &writer.actor,
            operation: writer.operation,
            target: format!("{}/{}", writer.collection, order.period),
        };
        let (status, row) = match make::store(&transaction, &writer.plan, &prepared, deed).await? {
            make::Stored::New(row) => (201, row),
            make::Stored::Unchanged(row) => (200, row),
            make::Stored::Stale => {
                transaction.rollback().await?;
                continue;
            }
        };
        let location = match order.subject {
            Subject::Participation => format!("/v1/plans/{}/{}/{}", writer.plan.code, writer.collection, row.id),
            Subject::Kendskabsgrad => format!("/v1/plans/{}/kendskabsgrad/tables/{}", writer.plan.code, row.period),
        };
        let answer = Answer {
            status,
            location: (status == 201).then_some(location),
            body: to_json(&view(row)?)?,
            // An extract's location is its table.
            is_what_was_created: order.subject == Subject::Participation,
        };
        return commit(transaction, claim, answer).await;
    }
    Err(make::changed_meanwhile())
}
