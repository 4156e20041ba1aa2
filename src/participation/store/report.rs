//! Storing a report, all or nothing.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::draft::{Codes, Draft};
use super::super::model::{Content, Outcome, Receipt};
use super::super::{receipt, rules};
use super::read::{content, is_reporter};
use crate::db;
use crate::entities::{participation_count, participation_delivered, participation_place, participation_report, plan};
use crate::period::Period;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::record::{Actor, Clock, Deed};

/// The operation, as the record names it.
const OPERATION: &str = "report_participation";

/// Who reports, when, and whether only to try.
#[derive(Clone, Debug)]
pub struct Report {
    /// The plan.
    pub plan: plan::Model,
    /// Code of the organisation whose client reports; none where it is none of the plan's.
    pub organisation: Option<String>,
    /// The organisations for which the caller works; none: all.
    pub units: Option<Vec<String>>,
    /// Who reports.
    pub actor: Actor,
    /// The date in Denmark.
    pub today: NaiveDate,
    /// Whether nothing is to be stored.
    pub dry_run: bool,
}

/// Judges a draft and stores it, all or nothing, in the caller's transaction; on any error nothing was written.
///
/// `errors` holds what reading the body found.
pub async fn report(
    transaction: &DatabaseTransaction,
    report: &Report,
    draft: &Draft,
    codes: &Codes,
    mut errors: Vec<FieldError>,
) -> Result<Receipt, Problem> {
    let Some(checked) = rules::check(draft, codes, report.today, &mut errors) else {
        return Err(Problem::invalid_content(errors));
    };
    let clock = Clock::lock(transaction, report.plan.id).await?;
    let current = current(transaction, report.plan.id, &checked.activity, checked.period).await?;
    let before = match &current {
        // What is deleted is not reported anew: a release of half a quarter would tell of the other half.
        Some(current) if current.erased_at.is_some() => return Err(erased()),
        Some(current) => {
            refuse_others(transaction, report, draft, current).await?;
            Some(content(transaction, current).await?)
        }
        None => None,
    };
    let hash = hash(&checked.content)?;
    let mut receipt = receipt::draw_up(&checked, before.as_ref(), report.today, db::now());
    if let Some(current) = &current
        && current.content_hash == hash
    {
        receipt.id = (!report.dry_run).then_some(current.id);
        receipt.revision = current.revision;
        if !report.dry_run {
            receipt.outcome = Outcome::Unchanged;
        }
        return Ok(receipt);
    }
    let replaced = current.as_ref().map_or(0, |current| current.revision);
    if draft.replaces_revision.is_some_and(|revision| revision != replaced) {
        return Err(conflict(replaced));
    }
    if current.is_some() && draft.revision_reason.value.is_none() {
        return Err(Problem::invalid_content(vec![FieldError::new(
            draft.revision_reason.at.clone(),
            "revision_reason_required",
            "There is a report of this activity and quarter with other content; say why it changes.",
            "Der er en indberetning for denne aktivitet og dette kvartal med andet indhold; angiv, hvorfor det ændres.",
        )]));
    }
    receipt.revision = replaced + 1;
    if report.dry_run {
        return Ok(receipt);
    }
    receipt.outcome = match current {
        Some(_) => Outcome::Revised,
        None => Outcome::Created,
    };
    let deed = Deed {
        actor: &report.actor,
        operation: OPERATION,
        target: format!("participation/reports/{}/{}", checked.activity, checked.period),
    };
    let stamp = clock.tick(transaction, deed).await?;
    let id = Uuid::now_v7();
    receipt.id = Some(id);
    receipt.received_at = stamp.at;
    let is_first = current.is_none();
    if let Some(current) = current {
        let mut ended = current.into_active_model();
        ended.seq_to = Set(Some(stamp.seq));
        ended.update(transaction).await?;
    }
    let row = participation_report::ActiveModel {
        plan_id: Set(report.plan.id),
        id: Set(id),
        activity: Set(checked.activity.clone()),
        period: Set(checked.period.to_string()),
        period_start: Set(checked.period.start()),
        revision: Set(receipt.revision),
        organisation: Set(report.organisation.clone()),
        source: Set(checked.content.source.clone()),
        note: Set(checked.content.note.clone()),
        content_hash: Set(hash),
        receipt: Set(json(&receipt)?),
        revision_reason: Set(draft.revision_reason.value.clone().filter(|_| !is_first)),
        subject: Set(report.actor.subject.clone()),
        seq_from: Set(stamp.seq),
        seq_to: Set(None),
        received_at: Set(stamp.at),
        erased_at: Set(None),
    };
    participation_report::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    insert_rows(transaction, report.plan.id, id, &checked.content, codes).await?;
    Ok(receipt)
}

/// What a report says, row by row. The rules bound the rows, so that each statement stays below what the databases take.
async fn insert_rows(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    report: Uuid,
    content: &Content,
    codes: &Codes,
) -> Result<(), Problem> {
    let counts = content.counts.iter().map(|row| participation_count::ActiveModel {
        plan_id: Set(plan_id),
        report: Set(report),
        residence: Set(row.residence.clone()),
        age_band: Set(row.age_band.clone()),
        gender: Set(row.gender.clone()),
        area: Set(codes.area_of(&row.residence).map(str::to_owned)),
        participants: Set(row.participants),
        newcomers: Set(row.newcomers),
        to_education: Set(row.outcomes.education),
        to_job: Set(row.outcomes.job),
        to_leisure_job: Set(row.outcomes.leisure_job),
        to_association: Set(row.outcomes.association),
    });
    if !content.counts.is_empty() {
        participation_count::Entity::insert_many(counts)
            .exec_without_returning(transaction)
            .await?;
    }
    let places = content.places.iter().map(|row| participation_place::ActiveModel {
        plan_id: Set(plan_id),
        report: Set(report),
        place: Set(row.zone.clone()),
        zone: Set(codes.zone_at(&row.zone).map(str::to_owned)),
        sessions: Set(row.sessions),
        volunteers: Set(row.volunteers),
        attendances: Set(row.attendances),
    });
    if !content.places.is_empty() {
        participation_place::Entity::insert_many(places)
            .exec_without_returning(transaction)
            .await?;
    }
    let delivered = content
        .delivered
        .iter()
        .map(|row| participation_delivered::ActiveModel {
            plan_id: Set(plan_id),
            report: Set(report),
            commitment: Set(row.commitment.clone()),
            place: Set(row.zone.clone()),
            zone: Set(codes.zone_at(&row.zone).map(str::to_owned)),
            quantity: Set(row.quantity),
        });
    if !content.delivered.is_empty() {
        participation_delivered::Entity::insert_many(delivered)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

/// The current revision of an activity's report of a quarter.
async fn current(
    db: &impl ConnectionTrait,
    plan_id: i32,
    activity: &str,
    period: Period,
) -> Result<Option<participation_report::Model>, Problem> {
    Ok(participation_report::Entity::find()
        .filter(participation_report::Column::PlanId.eq(plan_id))
        .filter(participation_report::Column::Activity.eq(activity))
        .filter(participation_report::Column::PeriodStart.eq(period.start()))
        .filter(participation_report::Column::SeqTo.is_null())
        .one(db)
        .await?)
}

/// What is reported is corrected by those who said it, or by the secretariat: else a correction, or a dry run of one, would tell
/// other actors the exact counts, which releases keep from them.
/// 409: the exact counts of the quarter were deleted, because their time was up.
pub(super) fn erased() -> Problem {
    Problem::new(
        ProblemKind::StateConflict,
        "The exact counts of the quarter have been deleted, because their time was up; what was released of them stays.",
        "De nøjagtige tal for kvartalet er slettet, fordi opbevaringstiden var udløbet; det offentliggjorte bliver stående.",
    )
}

async fn refuse_others(
    db: &impl ConnectionTrait,
    report: &Report,
    draft: &Draft,
    current: &participation_report::Model,
) -> Result<(), Problem> {
    let units = report.units.as_deref();
    if is_reporter(db, report.plan.id, units, &current.activity, current.period_start).await? {
        return Ok(());
    }
    Err(Problem::invalid_content(vec![FieldError::new(
        draft.activity.at.clone(),
        "reported_by_others",
        "Others have reported this activity and quarter: they or the secretariat correct it.",
        "Andre har indberettet denne aktivitet og dette kvartal: de eller sekretariatet retter det.",
    )]))
}

fn conflict(current: i32) -> Problem {
    let (en, da) = match current {
        0 => (
            "There is no report of this activity and quarter yet.".to_owned(),
            "Der er endnu ingen indberetning for denne aktivitet og dette kvartal.".to_owned(),
        ),
        _ => (
            format!("The current revision is {current}."),
            format!("Den gældende revision er {current}."),
        ),
    };
    Problem::new(ProblemKind::RevisionConflict, en, da)
}

/// Follows up on texts that were taken out of a report: its hash is that of what it says now.
pub async fn redacted(transaction: &DatabaseTransaction, plan_id: i32, id: Uuid) -> Result<(), Problem> {
    if let Some(row) = participation_report::Entity::find_by_id((plan_id, id))
        .one(transaction)
        .await?
    {
        let hash = hash(&content(transaction, &row).await?)?;
        let mut row = row.into_active_model();
        row.content_hash = Set(hash);
        row.update(transaction).await?;
    }
    Ok(())
}

/// Deletes the exact counts of some reports, whichever revision, with their receipts, which repeat them. What was delivered of
/// commitments stays: it counts no people.
pub async fn erase(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    reports: &[Uuid],
    at: DateTime<Utc>,
) -> Result<(), Problem> {
    participation_count::Entity::delete_many()
        .filter(participation_count::Column::PlanId.eq(plan_id))
        .filter(participation_count::Column::Report.is_in(reports.iter().copied()))
        .exec(transaction)
        .await?;
    participation_place::Entity::delete_many()
        .filter(participation_place::Column::PlanId.eq(plan_id))
        .filter(participation_place::Column::Report.is_in(reports.iter().copied()))
        .exec(transaction)
        .await?;
    let erased = participation_report::ActiveModel {
        // A hash of what is gone could be tried out by machine.
        content_hash: Set(String::new()),
        receipt: Set("null".to_owned()),
        erased_at: Set(Some(at)),
        ..Default::default()
    };
    participation_report::Entity::update_many()
        .set(erased)
        .filter(participation_report::Column::PlanId.eq(plan_id))
        .filter(participation_report::Column::Id.is_in(reports.iter().copied()))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Equal content has equal JSON, and so the same hash.
fn hash(content: &Content) -> Result<String, Problem> {
    Ok(format!("{:x}", Sha256::digest(json(content)?.as_bytes())))
}

fn json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| {
        tracing::error!(%error, "a value cannot be stored as JSON");
        Problem::internal()
    })
}
