//! What a decision does to an activity. Both functions run in the decision's transaction, under the plan's lock, refuse
//! with reasons, and then have stored nothing.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::{Sight, Standing, activity, save, views, zones};
use crate::activities::rules::{self, ActivityStatus, Content, Ground, Mobility, NewPlacement, Placed, PlacementBasis};
use crate::entities::{activity_placement, plan};
use crate::problem::{At, FieldError, Problem};
use crate::words::Word;

/// What a decision rests on, as it is written down beside its effect.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The decision.
    pub decision: Uuid,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it is stated, such as the minutes.
    pub source: String,
}

/// Places an activity, or one of its teams, in a zone; from where it was it moves on the day before.
///
/// Returns the id of the placement. Errors: 422 with every reason that refuses it, each at its member below `at`:
/// `unknown_activity`, `not_in_force`, `in_all_zones`, `unknown_zone`, `outside_plan`, `wrong_order`,
/// `overlapping_placement`, `zone_taken`.
pub async fn place(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    new: NewPlacement,
    decided: Decided,
    at: &At,
) -> Result<Uuid, Problem> {
    let found = activity(transaction, plan.id, &new.activity, Sight::Everything).await;
    let row = found.map_err(|problem| unknown_activity(problem, at))?;
    let rows = activity_placement::Entity::find()
        .filter(activity_placement::Column::PlanId.eq(plan.id))
        .filter(activity_placement::Column::Activity.eq(&new.activity))
        .order_by_asc(activity_placement::Column::StartsOn)
        .order_by_asc(activity_placement::Column::Id)
        .all(transaction)
        .await?;
    let placed: Vec<Placed> = rows.iter().map(placed).collect();
    let ground = Ground {
        status: ActivityStatus::find(&row.status).unwrap_or(ActivityStatus::Draft),
        mobility: Mobility::find(&row.mobility).unwrap_or(Mobility::Mobile),
        teams_apart: row.teams_apart,
        zones: &zones(transaction, plan.id).await?,
        period: (plan.starts_on, plan.ends_on),
        placed: &placed,
    };
    let moved_from = rules::judge_placement(&new, &ground, at).map_err(Problem::invalid_content)?;
    if let Some((row, last)) = moved_from.and_then(|(index, last)| Some((rows.get(index)?.clone(), last))) {
        end(transaction, row, last).await?;
    }
    let id = Uuid::now_v7();
    let row = activity_placement::ActiveModel {
        plan_id: Set(plan.id),
        id: Set(id),
        activity: Set(new.activity),
        team: Set(new.team),
        zone: Set(Some(new.zone)),
        starts_on: Set(new.starts_on),
        ends_on: Set(new.ends_on),
        basis: Set(PlacementBasis::Decision.code().to_owned()),
        decision: Set(Some(decided.decision)),
        note: Set(decided.note),
        source: Set(decided.source),
    };
    activity_placement::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    Ok(id)
}

async fn end(
    transaction: &DatabaseTransaction,
    row: activity_placement::Model,
    last: NaiveDate,
) -> Result<(), Problem> {
    let mut row = row.into_active_model();
    row.ends_on = Set(Some(last));
    row.update(transaction).await?;
    Ok(())
}

fn placed(row: &activity_placement::Model) -> Placed {
    Placed {
        team: row.team.clone(),
        zone: row.zone.clone(),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
    }
}

fn unknown_activity(problem: Problem, at: &At) -> Problem {
    if problem.kind() != crate::problem::ProblemKind::NotFound {
        return problem;
    }
    Problem::invalid_content(vec![FieldError::new(
        at.field("activity"),
        "unknown_activity",
        "The plan has no activity of this code.",
        "Planen har ingen aktivitet med denne kode.",
    )])
}

/// What is to change in an activity.
#[derive(Clone, Debug)]
pub struct Change {
    /// The activity's code.
    pub activity: String,
    /// The version that the decision was made on.
    pub version: i32,
    /// How far it is from now on; none: as before. `active` puts a draft in force.
    pub status: Option<ActivityStatus>,
    /// What is agreed from now on; none: as before.
    pub content: Option<Content>,
}

/// Changes an activity: what was agreed about it, how far it is, or both. Returns its new version.
///
/// Errors: 422 with every reason that refuses it, each at its member below `at`: `unknown_activity`, `stale_version` where
/// it changed since the decision was prepared, `back_to_draft`, and what [`rules::faults`] finds below `content`. Codes
/// that the content names must exist: their foreign keys are the last guard, not the first.
pub async fn change(transaction: &DatabaseTransaction, plan_id: i32, change: Change, at: &At) -> Result<i32, Problem> {
    let found = activity(transaction, plan_id, &change.activity, Sight::Everything).await;
    let row = found.map_err(|problem| unknown_activity(problem, at))?;
    let before = ActivityStatus::find(&row.status).unwrap_or(ActivityStatus::Draft);
    let mut errors = Vec::new();
    if row.version != change.version {
        errors.push(FieldError::new(
            at.field("version"),
            "stale_version",
            format!("The activity is at version {}.", row.version),
            format!("Aktiviteten er i version {}.", row.version),
        ));
    }
    let status = change.status.unwrap_or(before);
    if status == ActivityStatus::Draft && before != ActivityStatus::Draft {
        errors.push(FieldError::new(
            at.field("status"),
            "back_to_draft",
            "What was in force is no draft again; it can be paused or ended.",
            "Det, der har været i kraft, bliver ikke et udkast igen; det kan sættes på pause eller afsluttes.",
        ));
    }
    if let Some(content) = &change.content {
        errors.extend(rules::faults(content, &at.field("content")));
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_content(errors));
    }
    let standing = Standing {
        plan_id,
        code: row.code.clone(),
        position: row.position,
        status,
        is_published: row.is_published,
        description: row.description.clone(),
        description_en: row.description_en.clone(),
        version: row.version + 1,
        archived_at: row.archived_at,
    };
    let content = match change.content {
        Some(content) => content,
        None => {
            let view = views(transaction, plan_id, vec![row]).await?.pop();
            view.ok_or_else(Problem::internal)?.agreed()
        }
    };
    let version = standing.version;
    save(transaction, standing, content, false).await?;
    Ok(version)
}

/// Follows up on texts that were taken out of an activity: it is no longer found by them, and its sessions move to the end of
/// the feed. What was agreed is what it was, so its version stays.
pub async fn redacted(transaction: &DatabaseTransaction, plan_id: i32, code: &str) -> Result<(), Problem> {
    let row = activity(transaction, plan_id, code, Sight::Everything).await?;
    let standing = Standing {
        plan_id,
        code: row.code.clone(),
        position: row.position,
        status: ActivityStatus::find(&row.status).unwrap_or(ActivityStatus::Draft),
        is_published: row.is_published,
        description: row.description.clone(),
        description_en: row.description_en.clone(),
        version: row.version,
        archived_at: row.archived_at,
    };
    let view = views(transaction, plan_id, vec![row]).await?.pop();
    save(
        transaction,
        standing,
        view.ok_or_else(Problem::internal)?.agreed(),
        false,
    )
    .await
}
