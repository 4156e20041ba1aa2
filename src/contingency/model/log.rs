//! The log.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::rules::content::{Action, ActionNeed, Group};
use super::super::rules::course::{ActionState, ActivationKind, ActivationState};
use crate::entities::{contingency_action, contingency_activation};
use crate::words::Word;

/// A time that a group of the contingency plan was made to act.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContingencyActivation)]
pub struct ActivationView {
    /// The activation's id.
    pub id: Uuid,
    /// The version of the contingency plan that it is carried out by.
    #[schema(example = 1)]
    pub version: i32,
    /// Code of the group that acts.
    #[schema(example = "group-1")]
    pub group: String,
    /// Whether there is a police case.
    #[schema(example = false)]
    pub police_case: bool,
    /// How far it is.
    pub state: ActivationState,
    /// What happened, or is feared.
    pub kind: ActivationKind,
    /// Code of the area.
    #[schema(example = "korskaerparken")]
    pub area: String,
    /// Code of the organisation on whose initiative the group acts.
    #[schema(example = "boli-nu")]
    pub raised_by: String,
    /// When it began to act.
    pub activated_at: DateTime<Utc>,
    /// What is known of the situation.
    pub summary: String,
    /// An earlier activation that it follows from; null where it follows from none.
    #[schema(required)]
    pub follows: Option<Uuid>,
    /// The checklist, in the plan's order.
    pub actions: Vec<ActionView>,
    /// When the board was informed; null while it has not been.
    #[schema(required)]
    pub board_informed_at: Option<DateTime<Utc>>,
    /// When it was over; null while it is not.
    #[schema(required)]
    pub closed_at: Option<DateTime<Utc>>,
    /// How it ended; null while it has not.
    #[schema(required)]
    pub conclusion: Option<String>,
    /// When it was recorded here.
    pub recorded_at: DateTime<Utc>,
    /// When anything of it last changed, its checklist included.
    pub changed_at: DateTime<Utc>,
}

/// An item of an activation's checklist.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ContingencyActivationAction)]
pub struct ActionView {
    /// The action's code.
    #[schema(example = "inform-board")]
    pub code: String,
    /// What is done, in Danish.
    pub name: String,
    /// What is done, in English.
    pub name_en: String,
    /// Whether it must be done.
    pub need: ActionNeed,
    /// Whether it is the one by which the board is informed.
    #[schema(example = true)]
    pub informs_board: bool,
    /// Code of the organisation that answers for it.
    #[schema(example = "omraadesekretariatet")]
    pub responsible: String,
    /// How far it is.
    pub state: ActionState,
    /// When it was done, or judged not to be needed; null while it is open.
    #[schema(required)]
    pub at: Option<DateTime<Utc>>,
    /// Code of the organisation that did or judged it; null while it is open.
    #[schema(required)]
    pub organisation: Option<String>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// When this was last recorded here; null where nothing has been.
    #[schema(required)]
    pub recorded_at: Option<DateTime<Utc>>,
}

impl ActionView {
    /// An action of the version, and what was recorded of it.
    pub fn new(action: Action, row: Option<contingency_action::Model>) -> Self {
        let (state, at, organisation, note, recorded_at) = match row {
            Some(row) => {
                let state = ActionState::find(&row.state).unwrap_or(ActionState::Open);
                (state, row.at, row.organisation, row.note, row.recorded_at)
            }
            None => (ActionState::Open, None, None, None, None),
        };
        Self {
            code: action.code,
            name: action.name,
            name_en: action.name_en,
            need: action.need,
            informs_board: action.informs_board,
            responsible: action.responsible,
            state,
            at,
            organisation,
            note,
            recorded_at,
        }
    }
}

impl ActivationView {
    /// An activation with the group that acts and the recorded items of its checklist.
    pub fn new(row: contingency_activation::Model, group: Group, mut items: Vec<contingency_action::Model>) -> Self {
        let mut take = |code: &str| {
            let index = items.iter().position(|item| item.action == code)?;
            Some(items.swap_remove(index))
        };
        let actions: Vec<ActionView> = group
            .actions
            .into_iter()
            .map(|action| {
                let item = take(&action.code);
                ActionView::new(action, item)
            })
            .collect();
        Self {
            id: row.id,
            version: row.version,
            group: group.code,
            police_case: group.police_case,
            state: ActivationState::find(&row.state).unwrap_or(ActivationState::Closed),
            kind: ActivationKind::find(&row.kind).unwrap_or(ActivationKind::OtherUnrest),
            area: row.area,
            raised_by: row.raised_by,
            activated_at: row.activated_at,
            summary: row.summary,
            follows: row.follows,
            board_informed_at: actions.iter().find(|one| one.informs_board).and_then(|one| one.at),
            actions,
            closed_at: row.closed_at,
            conclusion: row.conclusion,
            recorded_at: row.recorded_at,
            changed_at: row.changed_at,
        }
    }
}

/// That a group is made to act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NewContingencyActivation, example = json!({"group": "group-1", "kind": "vandalism", "area": "zone-1",
    "raised_by": "boli-nu", "activated_at": "2024-06-01T20:15:00Z", "summary": "Hærværk ved en legeplads (opdigtet)"}))]
pub struct NewActivation {
    /// Code of the group, in the version that holds on the day.
    #[schema(max_length = 100, example = "group-1")]
    pub group: String,
    /// What happened, or is feared.
    pub kind: ActivationKind,
    /// Code of the area.
    #[schema(max_length = 100, example = "zone-1")]
    pub area: String,
    /// Code of the organisation on whose initiative the group acts: the caller's own or a unit below it. The secretariat
    /// records for others, and for the police always.
    #[schema(max_length = 100, example = "boli-nu")]
    pub raised_by: String,
    /// When it began to act, not in the future; now where absent.
    pub activated_at: Option<DateTime<Utc>>,
    /// What is known of the situation. No persons.
    #[schema(min_length = 1, max_length = 2000, example = "Hærværk ved en legeplads (opdigtet)")]
    pub summary: String,
    /// An earlier activation that it follows from, of the other group for instance.
    pub follows: Option<Uuid>,
}

/// What of an activation may be corrected while it is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ContingencyActivationPatch)]
pub struct Correction {
    /// What happened, or is feared.
    #[schema(required = false)]
    pub kind: ActivationKind,
    /// Code of the area.
    #[schema(required = false, max_length = 100)]
    pub area: String,
    /// What is known of the situation. No persons.
    #[schema(required = false, min_length = 1, max_length = 2000)]
    pub summary: String,
}

/// What was done of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ContingencyActivationActionPatch)]
pub struct ActionPatch {
    /// How far it is.
    #[schema(required = false)]
    pub state: ActionState,
    /// When it was done, or judged not to be needed, not in the future; now where that is not said.
    pub at: Option<DateTime<Utc>>,
    /// Code of the organisation that did or judged it: the caller's own or a unit below it. The secretariat records for others.
    #[schema(max_length = 100, example = "omraadesekretariatet")]
    pub organisation: Option<String>,
    /// What a reader should know. No persons.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// That an activation is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ContingencyClosing)]
pub struct Closing {
    /// When it was over, not in the future; now where absent.
    pub closed_at: Option<DateTime<Utc>>,
    /// How it ended. No persons.
    #[schema(min_length = 1, max_length = 2000, example = "Området er roligt igen (opdigtet)")]
    pub conclusion: String,
}
