//! The meeting at which a goal is followed up, and what it saw of the goal.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use super::super::model::{Correction, SeenRevision, SeenView};
use super::super::rules::{FollowedLevel, Follower};
use crate::entities::{body, meeting, plan};
use crate::goals;
use crate::goals::store::{AfterItsEnd, InForce};
use crate::problem::{At, FieldError, Problem};
use crate::words::Word;

/// Why something is refused: the code, in English, in Danish.
pub(super) type Refusal = (&'static str, &'static str, &'static str);

/// A meeting whose figures are fixed.
pub(super) struct Met {
    pub(super) follower: Follower,
    focus_areas: Vec<String>,
    pub(super) day: NaiveDate,
    pub(super) as_of: DateTime<Utc>,
    seq: i64,
    on: NaiveDate,
}

impl Met {
    /// Whether the body is for a focus area: one that names none is for all.
    fn covers(&self, focus_area: &str) -> bool {
        self.focus_areas.is_empty() || self.focus_areas.iter().any(|named| named == focus_area)
    }
}

/// The meeting of this id, if goals can be followed up at it.
pub(super) async fn met(db: &impl ConnectionTrait, plan_id: i32, id: Uuid) -> Result<Result<Met, Refusal>, Problem> {
    let Some(row) = meeting::Entity::find_by_id((plan_id, id)).one(db).await? else {
        return Ok(Err((
            "unknown_meeting",
            "The plan has no meeting of this id.",
            "Planen har intet møde med dette id.",
        )));
    };
    let body = body::Entity::find_by_id((plan_id, row.body.clone())).one(db).await?;
    let Some((body, follower)) = body.and_then(|body| Follower::of_body(&body.kind).map(|follower| (body, follower)))
    else {
        return Ok(Err((
            "wrong_body",
            "Goals are followed up by the board, steering groups and working groups.",
            "Mål følges op af bestyrelsen, styregrupper og arbejdsgrupper.",
        )));
    };
    let pinned = (row.figures_as_of, row.figures_seq, row.figures_on);
    let (true, (Some(as_of), Some(seq), Some(on))) = (matches!(row.status.as_str(), "called" | "held"), pinned) else {
        return Ok(Err((
            "not_open",
            "The meeting has not been called, was cancelled, or its minutes are approved.",
            "Mødet er ikke indkaldt, er aflyst, eller dets referat er godkendt.",
        )));
    };
    Ok(Ok(Met {
        follower,
        focus_areas: serde_json::from_value(body.focus_areas).unwrap_or_default(),
        day: row.local_start.date(),
        as_of,
        seq,
        on,
    }))
}

/// A goal in force on the day of a meeting's figures, and what the meeting saw of it.
pub(super) struct GoalSeen {
    pub(super) agreement: String,
    pub(super) version: i32,
    pub(super) focus_area: Option<String>,
    pub(super) figures: String,
}

/// The goal that a follow-up names; 422 where no agreement has it, or the body that met is not for it.
pub(super) async fn goal_seen(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    met: &Met,
    said: &Correction,
) -> Result<GoalSeen, Problem> {
    let refused = |reason| Problem::invalid_content(vec![refusal("goal", reason)]);
    let goals = goals::store::in_force(db, plan.id, met.seq, met.on, AfterItsEnd::Judged).await?;
    let held_by = goals
        .iter()
        .find(|agreement| holds(agreement, said.level, &said.goal))
        .ok_or_else(|| {
            refused((
                "unknown_goal",
                "No agreement in force on the day of the meeting's figures has it.",
                "Ingen aftale, der gjaldt på dagen for mødets tal, har det.",
            ))
        })?;
    if met.follower == Follower::Parties {
        let focus_area = held_by.agreement.focus_area.as_deref();
        if !focus_area.is_some_and(|focus_area| met.covers(focus_area)) {
            return Err(refused((
                "not_of_this_body",
                "The body that met is not for this goal: a steering group follows the sub-goals of its focus areas.",
                "Organet, der mødtes, er ikke for dette mål: en styregruppe følger delmålene i sine indsatsområder.",
            )));
        }
    }
    let figures = seen(db, plan, met, said.level, &said.goal).await?;
    let figures = serde_json::to_string(&figures).map_err(|error| {
        tracing::error!(%error, "the figures of a follow-up cannot be written");
        Problem::internal()
    })?;
    Ok(GoalSeen {
        agreement: held_by.agreement.code.clone(),
        version: held_by.version,
        focus_area: held_by.agreement.focus_area.clone(),
        figures,
    })
}

fn holds(agreement: &InForce, level: FollowedLevel, code: &str) -> bool {
    match level {
        FollowedLevel::Goal => agreement.goals.iter().any(|goal| goal.code == code),
        FollowedLevel::SubGoal => agreement.sub_goals.iter().any(|goal| goal.code == code),
    }
}

/// What the meeting saw of a goal.
async fn seen(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    met: &Met,
    level: FollowedLevel,
    goal: &str,
) -> Result<Vec<SeenView>, Problem> {
    let statuses = goals::store::statuses(db, plan, met.seq, met.on).await?;
    let of_goal = statuses
        .into_iter()
        .filter(|status| status.goal.level.code() == level.code() && status.goal.code == goal);
    Ok(of_goal
        .map(|status| SeenView {
            measure: status.code,
            area: status.area,
            status: status.status,
            period: status.latest.as_ref().map(|latest| latest.period.to_string()),
            value: status.latest.map(|latest| latest.value),
            evidence: status
                .evidence
                .into_iter()
                .map(|one| SeenRevision {
                    id: one.id,
                    revision: one.revision,
                })
                .collect(),
        })
        .collect())
}

/// A member of the body.
pub(super) fn at(name: &str) -> At {
    At::Pointer(String::new()).field(name)
}

/// Why a member of the body is refused.
pub(super) fn refusal(name: &str, (code, en, da): Refusal) -> FieldError {
    FieldError::new(at(name), code, en, da)
}
