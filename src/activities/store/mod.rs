//! Queries for activities, and the one way in which a decision changes them.

mod change;
mod placements;
mod save;
mod touch;

pub use change::{Change, Decided, change, place, redacted};
pub use placements::placements;
pub use save::{Standing, save};
pub use touch::{next_change_number, venue_changed};

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::model::{ActivityView, PlacementView};
use super::rules::{ALL_ZONES, ActivityStatus, Actor, Commitment, CommitmentPeriod, TargetGroup};
use super::search::folded;
use crate::db::{ReferenceColumns, Window, reference_rows};
use crate::entities::{activity, activity_actor, activity_commitment, activity_placement, activity_target_group, area};
use crate::problem::Problem;
use crate::words::Word;

/// Which activities a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Those that are published.
    Published,
    /// Drafts, and what is not published, too.
    Everything,
}

/// Which activities.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Of this focus area.
    pub focus_area: Option<String>,
    /// Placed in this zone: on `on`, or where that is absent with no end.
    pub zone: Option<String>,
    /// The day for `zone`.
    pub on: Option<NaiveDate>,
    /// For people of this age.
    pub age: Option<i16>,
    /// With this status.
    pub status: Option<ActivityStatus>,
    /// In which each of these words occurs.
    pub q: Option<String>,
}

/// A plan's activities in the agreement's order.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
    archived: bool,
    selection: &Selection,
    sight: Sight,
) -> Result<Vec<activity::Model>, Problem> {
    let columns = ReferenceColumns {
        plan_id: activity::Column::PlanId,
        position: activity::Column::Position,
        archived_at: activity::Column::ArchivedAt,
    };
    Ok(reference_rows::<activity::Entity>(columns, plan_id, window, archived)
        .filter(selected(plan_id, selection, sight))
        .all(db)
        .await?)
}

fn selected(plan_id: i32, selection: &Selection, sight: Sight) -> Condition {
    let mut all = Condition::all();
    if sight == Sight::Published {
        all = all.add(activity::Column::IsPublished.eq(true));
    }
    if let Some(focus_area) = &selection.focus_area {
        all = all.add(activity::Column::FocusArea.eq(focus_area));
    }
    if let Some(status) = selection.status {
        all = all.add(activity::Column::Status.eq(status.code()));
    }
    if let Some(zone) = &selection.zone {
        all = all.add(activity::Column::Code.in_subquery(placed_in(plan_id, zone, selection.on)));
    }
    if let Some(age) = selection.age {
        all = all.add(admits_age(plan_id, activity::Column::Code, age));
    }
    let words = selection.q.as_deref().map(folded).unwrap_or_default();
    let asks_for_something = selection.q.as_deref().is_some_and(|q| !q.trim().is_empty());
    if words.is_empty() && asks_for_something {
        // Signs alone, such as `%`: they stand for themselves, and texts are searched without signs.
        all = all.add(activity::Column::Code.is_in(Vec::<&str>::new()));
    }
    for word in words.split_whitespace() {
        // A folded word is letters and digits only: nothing in it is a wildcard.
        all = all.add(Expr::col(activity::Column::Search).like(LikeExpr::new(format!("%{word}%"))));
    }
    all
}

/// The activities that are placed in a zone, or in all of them.
fn placed_in(plan_id: i32, zone: &str, on: Option<NaiveDate>) -> SelectStatement {
    let period = match on {
        None => Condition::all().add(activity_placement::Column::EndsOn.is_null()),
        Some(on) => is_in_force(on),
    };
    Query::select()
        .column(activity_placement::Column::Activity)
        .from(activity_placement::Entity)
        .and_where(activity_placement::Column::PlanId.eq(plan_id))
        .and_where(activity_placement::Column::Zone.is_in([zone, ALL_ZONES]))
        .cond_where(period)
        .take()
}

/// The placements that hold on a day.
fn is_in_force(on: NaiveDate) -> Condition {
    let goes_on = activity_placement::Column::EndsOn
        .is_null()
        .or(activity_placement::Column::EndsOn.gte(on));
    Condition::all()
        .add(activity_placement::Column::StartsOn.lte(on))
        .add(goes_on)
}

/// Whether the activity that a column names is for people of an age: one of its target groups admits it, or none is named.
pub fn admits_age(plan_id: i32, column: impl ColumnTrait, age: i16) -> Condition {
    use activity_target_group::Column::{Activity, AgeFrom, AgeTo, PlanId};
    let groups = || {
        Query::select()
            .column(Activity)
            .from(activity_target_group::Entity)
            .and_where(PlanId.eq(plan_id))
            .take()
    };
    let admitting = groups()
        .and_where(AgeFrom.is_null().or(AgeFrom.lte(age)))
        .and_where(AgeTo.is_null().or(AgeTo.gte(age)))
        .take();
    Condition::any()
        .add(column.in_subquery(admitting))
        .add(column.not_in_subquery(groups()))
}

/// One activity, archived or not, as far as the caller sees it.
pub async fn activity(
    db: &impl ConnectionTrait,
    plan_id: i32,
    code: &str,
    sight: Sight,
) -> Result<activity::Model, Problem> {
    activity::Entity::find_by_id((plan_id, code.to_owned()))
        .one(db)
        .await?
        .filter(|row| sight == Sight::Everything || row.is_published)
        .ok_or_else(missing)
}

/// 404 for an activity that is not there, or that the caller does not see.
pub fn missing() -> Problem {
    Problem::not_found(
        "There is no activity of this code.",
        "Der er ingen aktivitet med denne kode.",
    )
}

/// The plan's zones, in their order.
pub async fn zones(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<String>, Problem> {
    let rows = area::Entity::find()
        .filter(area::Column::PlanId.eq(plan_id))
        .filter(area::Column::Kind.eq("zone"))
        .order_by_asc(area::Column::Position)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.code).collect())
}

/// Activities with what hangs on them.
pub async fn views(
    db: &impl ConnectionTrait,
    plan_id: i32,
    rows: Vec<activity::Model>,
) -> Result<Vec<ActivityView>, Problem> {
    let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    let mut groups: HashMap<String, Vec<TargetGroup>> = HashMap::new();
    let found = activity_target_group::Entity::find()
        .filter(activity_target_group::Column::PlanId.eq(plan_id))
        .filter(activity_target_group::Column::Activity.is_in(codes.iter().copied()))
        .order_by_asc(activity_target_group::Column::Position);
    for row in found.all(db).await? {
        let group = TargetGroup {
            name: row.name,
            name_en: row.name_en,
            age_from: row.age_from,
            age_to: row.age_to,
            note: row.note,
        };
        groups.entry(row.activity).or_default().push(group);
    }
    let mut actors: HashMap<String, Vec<Actor>> = HashMap::new();
    let found = activity_actor::Entity::find()
        .filter(activity_actor::Column::PlanId.eq(plan_id))
        .filter(activity_actor::Column::Activity.is_in(codes.iter().copied()))
        .order_by_asc(activity_actor::Column::Position);
    for row in found.all(db).await? {
        let actor = Actor {
            organisation: row.organisation,
            name: row.name,
            name_en: row.name_en,
            responsibility: row.responsibility,
            responsibility_en: row.responsibility_en,
        };
        actors.entry(row.activity).or_default().push(actor);
    }
    let mut commitments: HashMap<String, Vec<Commitment>> = HashMap::new();
    let found = activity_commitment::Entity::find()
        .filter(activity_commitment::Column::PlanId.eq(plan_id))
        .filter(activity_commitment::Column::Activity.is_in(codes.iter().copied()))
        .order_by_asc(activity_commitment::Column::Position);
    for row in found.all(db).await? {
        let commitment = Commitment {
            code: row.code,
            organisation: row.organisation,
            name: row.name,
            name_en: row.name_en,
            quantity: row.quantity,
            unit: row.unit,
            per: row.per.as_deref().and_then(CommitmentPeriod::find),
            note: row.note,
            source: row.source,
        };
        commitments.entry(row.activity).or_default().push(commitment);
    }
    let mut placed: HashMap<String, Vec<PlacementView>> = HashMap::new();
    let found = activity_placement::Entity::find()
        .filter(activity_placement::Column::PlanId.eq(plan_id))
        .filter(activity_placement::Column::Activity.is_in(codes))
        .order_by_asc(activity_placement::Column::StartsOn)
        .order_by_asc(activity_placement::Column::Id);
    for row in found.all(db).await? {
        placed.entry(row.activity.clone()).or_default().push(row.into());
    }
    let view = |row: activity::Model| {
        let groups = groups.remove(&row.code).unwrap_or_default();
        let actors = actors.remove(&row.code).unwrap_or_default();
        let commitments = commitments.remove(&row.code).unwrap_or_default();
        let placements = placed.remove(&row.code).unwrap_or_default();
        ActivityView::new(row, groups, actors, commitments, placements)
    };
    Ok(rows.into_iter().map(view).collect())
}
