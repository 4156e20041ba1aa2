//! Queries for follow-ups, recording them, and what their adoption does to them.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::model::{Correction, FollowUpView, SeenRevision, SeenView, StatementFollower, StatementGoal, StatementView};
use super::read::Draft;
use super::rules::{self, Followed, FollowedLevel, Follower};
use crate::db::Window;
use crate::entities::{body, decision, follow_up, meeting, plan};
use crate::goals;
use crate::goals::store::{AfterItsEnd, InForce};
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::record::{NOW, Stamp};
use crate::words::Word;

/// The kind of decision by which the board adopts follow-ups.
const ADOPTION: &str = "adopt_follow_up";
/// The state of one that it has not concluded.
const OPEN: &str = "proposed";

/// Which follow-ups.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Recorded at this meeting.
    pub meeting: Option<Uuid>,
    /// On goals, or on sub-goals.
    pub level: Option<FollowedLevel>,
    /// On the goal or sub-goal of this code.
    pub goal: Option<String>,
    /// At a meeting in this calendar year.
    pub year: Option<i32>,
}

/// A plan's follow-ups in the order in which they were recorded.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<Uuid>,
    selection: &Selection,
) -> Result<Vec<follow_up::Model>, Problem> {
    let mut select = follow_up::Entity::find()
        .filter(follow_up::Column::PlanId.eq(plan_id))
        .order_by_asc(follow_up::Column::Id)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(follow_up::Column::Id.gt(after));
    }
    if let Some(meeting) = selection.meeting {
        select = select.filter(follow_up::Column::Meeting.eq(meeting));
    }
    if let Some(level) = selection.level {
        select = select.filter(follow_up::Column::Level.eq(level.code()));
    }
    if let Some(goal) = &selection.goal {
        select = select.filter(follow_up::Column::Goal.eq(goal));
    }
    if let Some((first, last)) = selection.year.and_then(days_of) {
        select = select.filter(follow_up::Column::FollowedOn.between(first, last));
    }
    Ok(select.all(db).await?)
}

/// One follow-up.
pub async fn follow_up(db: &impl ConnectionTrait, plan_id: i32, id: Uuid) -> Result<follow_up::Model, Problem> {
    follow_up::Entity::find_by_id((plan_id, id))
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no follow-up of this id.",
                "Der er ingen opfølgning med dette id.",
            )
        })
}

/// A follow-up with the figures that were seen.
pub fn view(row: follow_up::Model) -> Result<FollowUpView, Problem> {
    let figures = serde_json::from_str(&row.figures).map_err(|error| {
        tracing::error!(%error, follow_up = %row.id, "the figures of a follow-up cannot be read");
        Problem::internal()
    })?;
    Ok(FollowUpView::new(row, figures))
}

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

fn at(name: &str) -> At {
    At::Pointer(String::new()).field(name)
}

type Refusal = (&'static str, &'static str, &'static str);

fn refusal(name: &str, (code, en, da): Refusal) -> FieldError {
    FieldError::new(at(name), code, en, da)
}

/// A goal in force on the day of a meeting's figures, and what the meeting saw of it.
struct GoalSeen {
    agreement: String,
    version: i32,
    focus_area: Option<String>,
    figures: String,
}

/// The goal that a follow-up names; 422 where no agreement has it, or the body that met is not for it.
async fn goal_seen(
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

/// A meeting whose figures are fixed.
struct Met {
    follower: Follower,
    focus_areas: Vec<String>,
    day: NaiveDate,
    as_of: DateTime<Utc>,
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
async fn met(db: &impl ConnectionTrait, plan_id: i32, id: Uuid) -> Result<Result<Met, Refusal>, Problem> {
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

/// Whether the board can adopt some follow-ups: they are there, were made at meetings of the board, and are not adopted yet.
/// Else every reason, each at its place in the list at `at`, which stands beside its id.
pub async fn adoptable(
    db: &impl ConnectionTrait,
    plan_id: i32,
    ids: &[(usize, Uuid)],
    at: &At,
) -> Result<Result<Vec<follow_up::Model>, Vec<FieldError>>, Problem> {
    let rows = follow_up::Entity::find()
        .filter(follow_up::Column::PlanId.eq(plan_id))
        .filter(follow_up::Column::Id.is_in(ids.iter().map(|(_, id)| *id)))
        .all(db)
        .await?;
    let mut errors = Vec::new();
    for (index, id) in ids {
        let (code, en, da) = match rows.iter().find(|row| row.id == *id) {
            None => (
                "unknown_follow_up",
                "The plan has no follow-up of this id.",
                "Planen har ingen opfølgning med dette id.",
            ),
            Some(row) if row.follower != Follower::Board.code() => (
                "not_of_the_board",
                "The follow-up was not made at a meeting of the board.",
                "Opfølgningen er ikke sket på et bestyrelsesmøde.",
            ),
            Some(row) if row.decision.is_some() => (
                "adopted_before",
                "The board has adopted the follow-up before.",
                "Bestyrelsen har vedtaget opfølgningen før.",
            ),
            Some(_) => continue,
        };
        errors.push(FieldError::new(at.field(*index), code, en, da));
    }
    Ok(if errors.is_empty() { Ok(rows) } else { Err(errors) })
}

/// The board adopts follow-ups, inside the transaction of its decision; or every reason why it cannot.
pub async fn adopt(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    ids: &[Uuid],
    decision: Uuid,
    when: DateTime<Utc>,
    at: &At,
) -> Result<Result<(), Vec<FieldError>>, Problem> {
    let ids: Vec<(usize, Uuid)> = ids.iter().copied().enumerate().collect();
    let rows = match adoptable(transaction, plan_id, &ids, at).await? {
        Ok(rows) => rows,
        Err(errors) => return Ok(Err(errors)),
    };
    for row in rows {
        let mut row = row.into_active_model();
        row.decision = Set(Some(decision));
        row.adopted_at = Set(Some(when));
        row.update(transaction).await?;
    }
    Ok(Ok(()))
}

/// The first and the last day of a calendar year.
fn days_of(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31))
}

/// Which goals were followed up in a year of the plan, by whom, when and on which figures; and which were not.
pub async fn statement(db: &impl ConnectionTrait, plan: &plan::Model, year: i32) -> Result<StatementView, Problem> {
    let (first, last) = days_of(year).ok_or_else(Problem::internal)?;
    let day = last.min(plan.ends_on);
    let agreements = goals::store::in_force(db, plan.id, NOW, day, AfterItsEnd::Judged).await?;
    let rows = follow_up::Entity::find()
        .filter(follow_up::Column::PlanId.eq(plan.id))
        .filter(follow_up::Column::FollowedOn.between(first, last))
        .order_by_asc(follow_up::Column::FollowedOn)
        .order_by_asc(follow_up::Column::Id)
        .all(db)
        .await?;
    let views = rows.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
    let goals: Vec<StatementGoal> = agreements
        .iter()
        .flat_map(|agreement| goals_of(agreement, &views))
        .collect();
    let lacks = |goal: &&StatementGoal| goal.followers.iter().any(|follower| !follower.is_done);
    let missing = goals.iter().filter(lacks).count();
    Ok(StatementView {
        year,
        is_complete: missing == 0,
        missing,
        goals,
    })
}

/// The goals and sub-goals of an agreement, with what was done about each.
fn goals_of(agreement: &InForce, views: &[FollowUpView]) -> Vec<StatementGoal> {
    let followed: Vec<Followed<'_>> = views
        .iter()
        .map(|view| Followed {
            id: view.id,
            level: view.level,
            goal: &view.goal,
            follower: view.follower,
            is_adopted: view.decision.is_some(),
        })
        .collect();
    let of = |level, code: &str, name: &str, name_en: &str| StatementGoal {
        level,
        goal: code.to_owned(),
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        agreement: agreement.agreement.code.clone(),
        version: agreement.version,
        focus_area: agreement.agreement.focus_area.clone(),
        followers: rules::duties(level, code, &followed)
            .into_iter()
            .map(|duty| StatementFollower {
                follower: duty.follower,
                is_done: !duty.counted.is_empty(),
                follow_ups: views
                    .iter()
                    .filter(|view| duty.counted.contains(&view.id))
                    .cloned()
                    .collect(),
                not_adopted: duty.not_adopted,
            })
            .collect(),
    };
    let goals = agreement.goals.iter();
    let goals = goals.map(|goal| of(FollowedLevel::Goal, &goal.code, &goal.name, &goal.name_en));
    let sub_goals = agreement.sub_goals.iter();
    let sub_goals = sub_goals.map(|goal| of(FollowedLevel::SubGoal, &goal.code, &goal.name, &goal.name_en));
    goals.chain(sub_goals).collect()
}
