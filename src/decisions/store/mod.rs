//! Queries for decisions, and how they are written: [`write`] proposes, recommends and votes, [`conclude`] makes final,
//! [`effects`] is what then happens to the plan; [`items`] are the items of agendas under which that is done.

pub mod conclude;
mod effects;
mod facts;
mod fits;
pub mod items;
mod sitting;
pub mod write;

pub use facts::facts;

use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::model::{DecisionSummary, DecisionView, EffectView, RecommendationView};
use super::rules::kinds::{DecisionKind, DecisionState};
use super::rules::payload::Payload;
use crate::activities::rules::Content;
use crate::auth::role::Role;
use crate::db::Window;
use crate::entities::{activity, body, body_seat, decision, recommendation};
use crate::problem::Problem;
use crate::words::Word;
use crate::{activities, areas};

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The client's role.
    pub role: Role,
    /// Its organisation, where it has one.
    pub organisation: Option<String>,
}

/// Which decisions a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All: who prepares and takes decisions.
    Everything,
    /// Those that the board has adopted or rejected, and what became of them.
    Concluded,
}

/// The states that are only seen by those who prepare and take decisions.
const BEFORE_CONCLUSION: [DecisionState; 2] = [DecisionState::Proposed, DecisionState::Withdrawn];

impl Sight {
    /// What a caller sees: the secretariat and the board everything; organisations everything if they, or a unit below them,
    /// have a seat on the board.
    pub async fn of(db: &impl ConnectionTrait, plan_id: i32, actor: &Actor) -> Result<Self, Problem> {
        let organisation = match (actor.role, &actor.organisation) {
            (Role::Secretariat | Role::Board, _) => return Ok(Sight::Everything),
            (Role::Municipality | Role::HousingOrganisation, Some(organisation)) => organisation,
            _ => return Ok(Sight::Concluded),
        };
        let own = areas::store::units_of(db, plan_id, organisation).await?;
        let seats = board(db, plan_id).await?.seats;
        let mut seated = seats.iter().filter_map(|seat| seat.organisation.as_ref());
        Ok(if seated.any(|organisation| own.contains(organisation)) {
            Sight::Everything
        } else {
            Sight::Concluded
        })
    }

    /// Whether a decision is seen in a state.
    pub fn sees(self, state: DecisionState) -> bool {
        self == Sight::Everything || !BEFORE_CONCLUSION.contains(&state)
    }

    fn condition(self) -> Condition {
        match self {
            Sight::Everything => Condition::all(),
            Sight::Concluded => {
                Condition::all().add(decision::Column::State.is_not_in(BEFORE_CONCLUSION.map(Word::code)))
            }
        }
    }
}

/// The plan's board.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Its code; empty where the plan has none.
    pub code: String,
    /// Its seats, in their order.
    pub seats: Vec<body_seat::Model>,
}

impl Board {
    /// A seat of the board.
    pub fn seat(&self, code: &str) -> Option<&body_seat::Model> {
        self.seats.iter().find(|seat| seat.code == code)
    }

    /// Code and party of each seat that has a part in a vote.
    fn voters(&self) -> Vec<(String, String)> {
        let voting = self
            .seats
            .iter()
            .filter_map(|seat| Some((seat.code.clone(), seat.vote_of.clone()?)));
        voting.collect()
    }
}

/// The plan's board with its seats; an empty one where the plan has none.
pub async fn board(db: &impl ConnectionTrait, plan_id: i32) -> Result<Board, Problem> {
    let found = body::Entity::find()
        .filter(body::Column::PlanId.eq(plan_id))
        .filter(body::Column::Kind.eq(sitting::BOARD))
        .filter(body::Column::ArchivedAt.is_null())
        .order_by_asc(body::Column::Position)
        .one(db)
        .await?;
    let Some(board) = found else {
        return Ok(Board::default());
    };
    let seats = body_seat::Entity::find()
        .filter(body_seat::Column::PlanId.eq(plan_id))
        .filter(body_seat::Column::Body.eq(&board.code))
        .order_by_asc(body_seat::Column::Position)
        .all(db)
        .await?;
    Ok(Board {
        code: board.code,
        seats,
    })
}

/// What is agreed about an activity, if the plan has it.
pub async fn agreed(db: &impl ConnectionTrait, plan_id: i32, activity: &str) -> Result<Option<Content>, Problem> {
    let row = activity::Entity::find_by_id((plan_id, activity.to_owned()))
        .one(db)
        .await?;
    let views = activities::store::views(db, plan_id, row.into_iter().collect()).await?;
    Ok(views.first().map(|activity| activity.agreed()))
}

/// Which decisions.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Of this kind.
    pub kind: Option<DecisionKind>,
    /// In this state.
    pub state: Option<DecisionState>,
    /// For, or concluded at, this meeting.
    pub meeting: Option<Uuid>,
}

/// A plan's decisions, in the order in which they were proposed.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<Uuid>,
    selection: &Selection,
    sight: Sight,
) -> Result<Vec<DecisionSummary>, Problem> {
    let mut select = decision::Entity::find()
        .filter(decision::Column::PlanId.eq(plan_id))
        .filter(sight.condition())
        .order_by_asc(decision::Column::Id)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(decision::Column::Id.gt(after));
    }
    if let Some(kind) = selection.kind {
        select = select.filter(decision::Column::Kind.eq(kind.code()));
    }
    if let Some(state) = selection.state {
        select = select.filter(decision::Column::State.eq(state.code()));
    }
    if let Some(meeting) = selection.meeting {
        select = select.filter(decision::Column::Meeting.eq(meeting));
    }
    let rows = select.all(db).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut items = items::of(db, plan_id, &ids).await?;
    let summary = |row: decision::Model| {
        let item = items.remove(&row.id);
        DecisionSummary::new(row, item)
    };
    Ok(rows.into_iter().map(summary).collect())
}

/// One decision, as far as the caller sees it.
pub async fn decision(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    sight: Sight,
) -> Result<decision::Model, Problem> {
    decision::Entity::find_by_id((plan_id, id))
        .filter(sight.condition())
        .one(db)
        .await?
        .ok_or_else(|| {
            Problem::not_found(
                "There is no decision of this id that you see.",
                "Der er ingen beslutning med dette id, som du kan se.",
            )
        })
}

/// A decision with what hangs on it.
pub async fn view(db: &impl ConnectionTrait, row: decision::Model) -> Result<DecisionView, Problem> {
    let board = board(db, row.plan_id).await?;
    let facts = facts::of(db, &row, &board).await?;
    let payload = payload(&row)?;
    let effect = row.effect.as_deref().map(serde_json::from_str::<EffectView>);
    let effect = effect.transpose().map_err(|error| unreadable(&row, &error))?;
    Ok(DecisionView::new(row, payload, effect, facts))
}

/// What exactly was proposed.
fn payload(row: &decision::Model) -> Result<Option<Payload>, Problem> {
    Payload::stored(kind_of(row)?, row.payload.as_deref()).map_err(|error| unreadable(row, &error))
}

fn unreadable(row: &decision::Model, error: &serde_json::Error) -> Problem {
    tracing::error!(%error, decision = %row.id, "a stored decision cannot be read");
    Problem::internal()
}

fn kind_of(row: &decision::Model) -> Result<DecisionKind, Problem> {
    DecisionKind::find(&row.kind).ok_or_else(|| unknown(row, &row.kind))
}

fn state_of(row: &decision::Model) -> Result<DecisionState, Problem> {
    DecisionState::find(&row.state).ok_or_else(|| unknown(row, &row.state))
}

fn unknown(row: &decision::Model, word: &str) -> Problem {
    tracing::error!(decision = %row.id, word, "a stored decision has a word that the service does not know");
    Problem::internal()
}

/// What was recommended on the decisions that the caller sees, in the order in which it was recorded.
pub async fn recommendations(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<Uuid>,
    decision: Option<Uuid>,
    sight: Sight,
) -> Result<Vec<recommendation::Model>, Problem> {
    let mut select = recommendation::Entity::find()
        .filter(recommendation::Column::PlanId.eq(plan_id))
        .filter(on_visible(plan_id, sight))
        .order_by_asc(recommendation::Column::Id)
        .limit(window.limit + 1);
    if let Some(after) = window.after {
        select = select.filter(recommendation::Column::Id.gt(after));
    }
    if let Some(decision) = decision {
        select = select.filter(recommendation::Column::Decision.eq(decision));
    }
    Ok(select.all(db).await?)
}

/// One recommendation, as far as the caller sees what it is on.
pub async fn recommendation(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    sight: Sight,
) -> Result<RecommendationView, Problem> {
    let found = recommendation::Entity::find_by_id((plan_id, id))
        .filter(on_visible(plan_id, sight))
        .one(db)
        .await?;
    found.map(Into::into).ok_or_else(|| {
        Problem::not_found(
            "There is no recommendation of this id that you see.",
            "Der er ingen indstilling med dette id, som du kan se.",
        )
    })
}

fn on_visible(plan_id: i32, sight: Sight) -> Condition {
    if sight == Sight::Everything {
        return Condition::all();
    }
    let visible = sea_orm::sea_query::Query::select()
        .column(decision::Column::Id)
        .from(decision::Entity)
        .and_where(decision::Column::PlanId.eq(plan_id))
        .cond_where(sight.condition())
        .take();
    Condition::all().add(recommendation::Column::Decision.in_subquery(visible))
}
