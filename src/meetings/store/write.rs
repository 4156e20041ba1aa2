//! Writing meetings, under the plan's lock.

use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Set};
use serde_json::json;
use uuid::Uuid;

use super::super::model::DeadlinesView;
use super::super::rules::{Draft, MeetingStatus, Step};
use crate::entities::{body, meeting};
use crate::local_time::local;
use crate::problem::Problem;
use crate::record::Stamp;
use crate::words::Word;

impl From<&meeting::Model> for Draft {
    fn from(row: &meeting::Model) -> Self {
        Self {
            body: row.body.clone(),
            name: row.name.clone(),
            local_start: row.local_start,
            duration_minutes: row.duration_minutes,
            venue: row.venue.clone(),
            place: row.place.clone(),
        }
    }
}

/// Stores a new meeting.
pub async fn insert(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    id: Uuid,
    new: Draft,
    stamp: Stamp,
) -> Result<meeting::Model, Problem> {
    let row = meeting::ActiveModel {
        plan_id: Set(plan_id),
        id: Set(id),
        body: Set(new.body),
        status: Set(MeetingStatus::Planned.code().to_owned()),
        name: Set(new.name),
        local_start: Set(new.local_start),
        duration_minutes: Set(new.duration_minutes),
        venue: Set(new.venue),
        place: Set(new.place),
        guests: Set(json!([])),
        call_by: Set(None),
        agenda_by: Set(None),
        called_at: Set(None),
        figures_as_of: Set(None),
        figures_seq: Set(None),
        figures_on: Set(None),
        held_at: Set(None),
        approved_at: Set(None),
        cancelled_at: Set(None),
        cancelled_because: Set(None),
        sequence: Set(0),
        created_at: Set(stamp.at),
        changed_at: Set(stamp.at),
    };
    Ok(meeting::Entity::insert(row).exec_with_returning(transaction).await?)
}

/// Whether a meeting says the same as before.
pub fn is_same(before: &meeting::Model, draft: &Draft) -> bool {
    Draft::from(before) == *draft
}

/// Stores what is said of a meeting now.
pub async fn update(
    transaction: &DatabaseTransaction,
    before: meeting::Model,
    draft: Draft,
    stamp: Stamp,
) -> Result<meeting::Model, Problem> {
    let sequence = before.sequence + 1;
    let mut row = before.into_active_model();
    row.name = Set(draft.name);
    row.local_start = Set(draft.local_start);
    row.duration_minutes = Set(draft.duration_minutes);
    row.venue = Set(draft.venue);
    row.place = Set(draft.place);
    row.sequence = Set(sequence);
    row.changed_at = Set(stamp.at);
    Ok(row.update(transaction).await?)
}

/// Takes a step that was found possible. The call pins what the meeting sees: the number of the plan's sequence that the call
/// itself takes, so that everything before it is seen and nothing after it.
pub async fn step(
    transaction: &DatabaseTransaction,
    before: meeting::Model,
    body: &body::Model,
    step: Step,
    reason: Option<String>,
    stamp: Stamp,
) -> Result<meeting::Model, Problem> {
    let status = super::super::model::status(&before)?;
    let after = step.after(status).ok_or_else(Problem::internal)?;
    let deadlines = DeadlinesView::new(&before, body);
    let day = before.local_start.date();
    let sequence = before.sequence + 1;
    let mut row = before.into_active_model();
    row.status = Set(after.code().to_owned());
    match step {
        Step::Call => {
            row.call_by = Set(deadlines.call_by);
            row.agenda_by = Set(deadlines.agenda_by);
            row.called_at = Set(Some(stamp.at));
            row.figures_as_of = Set(Some(stamp.at));
            row.figures_seq = Set(Some(stamp.seq));
            row.figures_on = Set(Some(local(stamp.at).date().min(day)));
        }
        Step::Hold => row.held_at = Set(Some(stamp.at)),
        Step::Approve => row.approved_at = Set(Some(stamp.at)),
        Step::Cancel => {
            row.cancelled_at = Set(Some(stamp.at));
            row.cancelled_because = Set(reason);
        }
    }
    // That a meeting was held and minuted is nothing that its calendar event shows.
    if matches!(step, Step::Call | Step::Cancel) {
        row.sequence = Set(sequence);
        row.changed_at = Set(stamp.at);
    }
    Ok(row.update(transaction).await?)
}
