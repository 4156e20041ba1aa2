//! What the board's adoption asks of follow-ups, and does to them.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, Set,
};
use uuid::Uuid;

use super::super::rules::Follower;
use crate::entities::follow_up;
use crate::problem::{At, FieldError, Problem};
use crate::words::Word;

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
