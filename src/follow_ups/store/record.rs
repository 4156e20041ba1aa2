//! Recording a follow-up, and correcting one.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};
use uuid::Uuid;

use super::super::model::Correction;
use super::super::read::Draft;
use super::super::rules::FollowedLevel;
use super::met::{at, goal_seen, met, refusal};
use crate::entities::{decision, follow_up, plan};
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::record::Stamp;
use crate::words::Word;

/// The kind of decision by which the board adopts follow-ups.
const ADOPTION: &str = "adopt_follow_up";
/// The state of one that it has not concluded.
const OPEN: &str = "proposed";

/// Records a follow-up with the figures that its meeting saw; 422 with every reason where it cannot be one, 409 where the goal was
/// followed up at the meeting before. A meeting sees one set of figures, so a second record could only say something else of the
/// same: what is there is corrected instead.
pub async fn insert(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    id: Uuid,
    draft: Draft,
    stamp: Stamp,
) -> Result<follow_up::Model, Problem> {
    let Draft { meeting, said } = draft;
    let met = met(transaction, plan.id, meeting).await?;
    let met = met.map_err(|reason| Problem::invalid_content(vec![refusal("meeting", reason)]))?;
    let goal = goal_seen(transaction, plan, &met, &said).await?;
    require_first(transaction, plan.id, meeting, &said, None).await?;
    let row = follow_up::ActiveModel {
        plan_id: Set(plan.id),
        id: Set(id),
        meeting: Set(meeting),
        follower: Set(met.follower.code().to_owned()),
        followed_on: Set(met.day),
        level: Set(said.level.code().to_owned()),
        goal: Set(said.goal),
        agreement: Set(goal.agreement),
        version: Set(goal.version),
        focus_area: Set(goal.focus_area),
        figures_as_of: Set(met.as_of),
        figures: Set(goal.figures),
        conclusion: Set(said.conclusion),
        created_at: Set(stamp.at),
        corrected_at: Set(None),
        decision: Set(None),
        adopted_at: Set(None),
    };
    Ok(row.insert(transaction).await?)
}

/// What a follow-up says, as it would be sent.
pub fn said(row: &follow_up::Model) -> Correction {
    Correction {
        level: FollowedLevel::find(&row.level).unwrap_or(FollowedLevel::SubGoal),
        goal: row.goal.clone(),
        conclusion: row.conclusion.clone(),
    }
}

/// 409 for a follow-up that is not corrected any more: the board has adopted it or is asked to, or its meeting's minutes are
/// approved.
pub async fn require_open(db: &impl ConnectionTrait, row: &follow_up::Model) -> Result<(), Problem> {
    let closed = |en, da| Err(Problem::new(ProblemKind::StateConflict, en, da));
    if row.decision.is_some() {
        return closed(
            "The board has adopted the follow-up; it stays as it was adopted.",
            "Bestyrelsen har vedtaget opfølgningen; den bliver stående, som den blev vedtaget.",
        );
    }
    let proposed = decision::Entity::find()
        .filter(decision::Column::PlanId.eq(row.plan_id))
        .filter(decision::Column::Kind.eq(ADOPTION))
        .filter(decision::Column::State.eq(OPEN))
        .all(db)
        .await?;
    // A payload of this kind holds nothing but ids, all written alike.
    let id = row.id.to_string();
    let is_named = |one: &decision::Model| one.payload.as_ref().is_some_and(|payload| payload.contains(&id));
    if proposed.iter().any(is_named) {
        return closed(
            "A proposal asks the board to adopt the follow-up as it is: withdraw the proposal first.",
            "Et forslag beder bestyrelsen vedtage opfølgningen, som den er: træk først forslaget tilbage.",
        );
    }
    match met(db, row.plan_id, row.meeting).await? {
        Ok(_) => Ok(()),
        Err(_) => closed(
            "The meeting's minutes are approved; nothing is added to them.",
            "Mødets referat er godkendt; der føjes intet til.",
        ),
    }
}

/// Corrects a follow-up that is open; 422 and 409 as for a new one.
pub async fn correct(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    row: follow_up::Model,
    said: Correction,
    stamp: Stamp,
) -> Result<follow_up::Model, Problem> {
    let met = met(transaction, plan.id, row.meeting).await?;
    let met = met.map_err(|reason| Problem::invalid_content(vec![refusal("meeting", reason)]))?;
    let goal = goal_seen(transaction, plan, &met, &said).await?;
    if (row.level.as_str(), &row.goal) != (said.level.code(), &said.goal) {
        require_first(transaction, plan.id, row.meeting, &said, Some(row.id)).await?;
    }
    let mut row = row.into_active_model();
    row.level = Set(said.level.code().to_owned());
    row.goal = Set(said.goal);
    row.agreement = Set(goal.agreement);
    row.version = Set(goal.version);
    row.focus_area = Set(goal.focus_area);
    row.figures = Set(goal.figures);
    row.conclusion = Set(said.conclusion);
    row.corrected_at = Set(Some(stamp.at));
    Ok(row.update(transaction).await?)
}

/// 409 where the meeting has a follow-up on the goal already, other than `own`; it names that one.
async fn require_first(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    meeting: Uuid,
    said: &Correction,
    own: Option<Uuid>,
) -> Result<(), Problem> {
    let before = follow_up::Entity::find()
        .filter(follow_up::Column::PlanId.eq(plan_id))
        .filter(follow_up::Column::Meeting.eq(meeting))
        .filter(follow_up::Column::Level.eq(said.level.code()))
        .filter(follow_up::Column::Goal.eq(&said.goal))
        .order_by_asc(follow_up::Column::Id)
        .all(transaction)
        .await?;
    let Some(other) = before.iter().find(|row| Some(row.id) != own) else {
        return Ok(());
    };
    let id = other.id;
    Err(Problem::with_errors(
        ProblemKind::StateConflict,
        vec![FieldError::new(
            at("goal"),
            "followed_up_before",
            format!("The meeting has followed the goal up already, in {id}: correct that one."),
            format!("Mødet har allerede fulgt op på målet, i {id}: ret den opfølgning."),
        )],
    ))
}
