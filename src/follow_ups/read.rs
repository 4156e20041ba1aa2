//! Takes a follow-up out of a body.

use uuid::Uuid;

use super::model::Correction;
use crate::problem::FieldError;
use crate::reference::Fields;
use crate::web::json::Node;

/// The longest conclusion.
const MAX_TEXT: usize = 4000;
/// The longest code or id.
const MAX_CODE: usize = 100;

/// A follow-up as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The meeting.
    pub meeting: Uuid,
    /// Of which goal, and what was concluded.
    pub said: Correction,
}

/// Reads a follow-up; everything that is wrong is noted with its place.
pub fn follow_up(node: &Node, errors: &mut Vec<FieldError>) -> Option<Draft> {
    let before = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let meeting = fields.text("meeting", MAX_CODE);
    let id: Option<Uuid> = meeting.as_deref().and_then(|id| id.parse().ok());
    if meeting.is_some() && id.is_none() {
        fields.error("meeting", "invalid_id", "An id is a UUID.", "Et id er en UUID.");
    }
    let said = said(&mut fields);
    fields.finish();
    if errors.len() > before {
        return None;
    }
    Some(Draft {
        meeting: id?,
        said: said?,
    })
}

/// Reads a corrected follow-up.
pub fn correction(node: &Node, errors: &mut Vec<FieldError>) -> Option<Correction> {
    let before = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let said = said(&mut fields);
    fields.finish();
    said.filter(|_| errors.len() == before)
}

fn said(fields: &mut Fields<'_, '_>) -> Option<Correction> {
    let level = fields.word("level");
    let goal = fields.text("goal", MAX_CODE);
    let conclusion = fields.text("conclusion", MAX_TEXT);
    Some(Correction {
        level: level?,
        goal: goal?,
        conclusion: conclusion?,
    })
}
