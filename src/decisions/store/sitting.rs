//! The meetings at which the board concludes and steering groups recommend.

use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use super::items;
use super::write::pointer;
use crate::entities::{body, meeting};
use crate::problem::{At, FieldError, Problem};

/// The kind of body that decides.
pub(super) const BOARD: &str = "board";
/// The kind of body that recommends.
pub(super) const STEERING_GROUP: &str = "steering_group";

/// The code of the error for a meeting that is not there.
const UNKNOWN: &str = "unknown_meeting";

/// What is to happen at a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Something is to come up.
    Ahead,
    /// Something was said or concluded: the meeting was called, and its minutes are still open.
    Taken,
}

/// The body that meets, if it is of this kind and its meeting can be used so; else what is wrong, at `at`.
pub(super) async fn meeting(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    kind: &str,
    usage: Use,
    at: At,
) -> Result<Result<body::Model, FieldError>, Problem> {
    let Some(found) = meeting::Entity::find_by_id((plan_id, id)).one(db).await? else {
        return Ok(Err(FieldError::new(
            at,
            UNKNOWN,
            "The plan has no meeting of this id.",
            "Planen har intet møde med dette id.",
        )));
    };
    let body = body::Entity::find_by_id((plan_id, found.body.clone())).one(db).await?;
    let Some(body) = body.filter(|body| body.kind == kind) else {
        let (en, da) = if kind == BOARD {
            ("This is no meeting of the board.", "Det er ikke et møde i bestyrelsen.")
        } else {
            (
                "This is no meeting of a steering group.",
                "Det er ikke et møde i en styregruppe.",
            )
        };
        return Ok(Err(FieldError::new(at, "wrong_body", en, da)));
    };
    let refusal = match (found.status.as_str(), usage) {
        ("cancelled", _) => Some(("cancelled", "The meeting was cancelled.", "Mødet er aflyst.")),
        ("minutes_approved", _) => Some((
            "minutes_approved",
            "The minutes of the meeting are approved; nothing is added to them.",
            "Mødets referat er godkendt; der føjes intet til.",
        )),
        ("planned", Use::Taken) => Some((
            "not_called",
            "The meeting has not been called.",
            "Mødet er ikke indkaldt.",
        )),
        _ => None,
    };
    Ok(match refusal {
        Some((code, en, da)) => Err(FieldError::new(at, code, en, da)),
        None => Ok(body),
    })
}

/// What is wrong with a meeting of the board and the item of its agenda that a body names.
pub(super) async fn refusals(
    db: &impl ConnectionTrait,
    plan_id: i32,
    (id, item): (Uuid, Option<Uuid>),
    usage: Use,
) -> Result<Vec<FieldError>, Problem> {
    let found = meeting(db, plan_id, id, BOARD, usage, pointer("/meeting")).await?;
    let mut errors: Vec<FieldError> = found.err().into_iter().collect();
    // A meeting that is not there has no agenda: that follows.
    let is_there = errors.iter().all(|error| error.code != UNKNOWN);
    if let Some(item) = item.filter(|_| is_there) {
        errors.extend(items::refusal(db, plan_id, id, item, pointer("/agenda_item")).await?);
    }
    Ok(errors)
}
