//! Makes a pack of what is known at a moment.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::super::model::{Pack, PackDocument, PackItem, PackItemDecision, PackMeeting, PackPrevious};
use super::figures::Figures;
use super::taken_part::participation;
use super::{body_name, decided, held_before, plan as of_plan};
use crate::decisions;
use crate::decisions::rules::kinds::{DecisionKind, DecisionState};
use crate::decisions::store::Sight;
use crate::entities::{agenda_item, decision, meeting, plan, venue};
use crate::problem::Problem;
use crate::words::Word;

/// The status of an item that is on the agenda.
const ON_THE_AGENDA: &str = "accepted";

/// The state of the plan that a pack shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub as_of: DateTime<Utc>,
    /// The number of the plan's sequence at that instant.
    pub seq: i64,
    /// The day on which things are judged.
    pub on: NaiveDate,
}

impl Moment {
    /// What a meeting saw; none where it was not called.
    pub fn of(row: &meeting::Model) -> Option<Self> {
        Some(Self {
            as_of: row.figures_as_of?,
            seq: row.figures_seq?,
            on: row.figures_on?,
        })
    }
}

/// The pack of a meeting at a moment.
pub async fn gather(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    row: &meeting::Model,
    moment: Moment,
) -> Result<Pack, Problem> {
    let previous = held_before(db, row).await?;
    let seen = previous.as_ref().and_then(Moment::of);
    let figures = Figures::new(db, plan, moment).await?;
    let goals = figures.goals(db, seen).await?;
    let charts = figures.charts(db, &goals).await?;
    let names = figures.names();
    Ok(Pack {
        plan: plan.code.clone(),
        plan_name: plan.name.clone(),
        meeting: PackMeeting {
            id: row.id,
            body: row.body.clone(),
            body_name: body_name(db, row).await?,
            name: row.name.clone(),
            local_start: row.local_start,
            place: place(db, row).await?,
        },
        figures_as_of: moment.as_of,
        figures_on: moment.on,
        previous: previous.zip(seen).map(|(row, seen)| PackPrevious {
            id: row.id,
            local_start: row.local_start,
            figures_as_of: seen.as_of,
        }),
        agenda: agenda(db, row).await?,
        goals: Some(goals),
        charts: Some(charts),
        kendskabsgrad: Some(figures.shares(db).await?),
        target_groups: Some(figures.counts(db).await?),
        participation: participation(db, plan.id).await?,
        placements: Some(of_plan::placements(db, plan.id, moment.on, seen, names).await?),
        milestones: Some(of_plan::milestones(db, plan.id, moment.on).await?),
        late_deliveries: Some(of_plan::late_deliveries(db, plan, moment).await?),
        decisions: Some(decided::decisions(db, plan.id, moment.seq, seen).await?),
    })
}

fn taken_up_decision(row: decision::Model) -> Result<PackItemDecision, Problem> {
    let known = DecisionKind::find(&row.kind).zip(DecisionState::find(&row.state));
    let (kind, state) = known.ok_or_else(Problem::internal)?;
    Ok(PackItemDecision {
        id: row.id,
        kind,
        title: row.title,
        state,
    })
}

/// Where a meeting is held, in words.
async fn place(db: &impl ConnectionTrait, row: &meeting::Model) -> Result<Option<String>, Problem> {
    let Some(code) = &row.venue else {
        return Ok(row.place.clone());
    };
    let venue = venue::Entity::find_by_id((row.plan_id, code.clone())).one(db).await?;
    let venue = venue.map(|venue| venue.name);
    Ok(match (venue, row.place.clone()) {
        (Some(venue), Some(place)) => Some(format!("{venue}, {place}")),
        (venue, place) => venue.or(place),
    })
}

async fn agenda(db: &impl ConnectionTrait, row: &meeting::Model) -> Result<Vec<PackItem>, Problem> {
    let items = agenda_item::Entity::find()
        .filter(agenda_item::Column::PlanId.eq(row.plan_id))
        .filter(agenda_item::Column::Meeting.eq(row.id))
        .filter(agenda_item::Column::Status.eq(ON_THE_AGENDA))
        .order_by_asc(agenda_item::Column::Position)
        .order_by_asc(agenda_item::Column::Id)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let mut taken_up = decisions::store::items::taken_up(db, row.plan_id, &ids, Sight::Everything).await?;
    let item = |item: agenda_item::Model| {
        let documents: Vec<PackDocument> = serde_json::from_value(item.documents).map_err(|error| {
            tracing::error!(%error, item = %item.id, "the documents of an item cannot be read");
            Problem::internal()
        })?;
        Ok(PackItem {
            id: item.id,
            title: item.title,
            description: item.description,
            documents,
            decisions: taken_up
                .remove(&item.id)
                .into_iter()
                .flatten()
                .map(taken_up_decision)
                .collect::<Result<_, _>>()?,
        })
    };
    items.into_iter().map(item).collect()
}
