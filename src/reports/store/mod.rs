//! Packs: made of what was known when a meeting was called, stored, found.

mod decided;
mod figures;
mod gather;
mod plan;
mod taken_part;

pub use gather::{Moment, gather};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::model::Pack;
use crate::bodies;
use crate::bodies::rules::Sight;
use crate::entities::{meeting, meeting_pack, plan as plan_row};
use crate::problem::Problem;
use crate::record::Stamp;

/// A pack as it was stored.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// When a text was last taken out of it.
    pub redacted_at: Option<DateTime<Utc>>,
    /// What it says.
    pub pack: Pack,
}

fn digest(content: &str) -> String {
    format!("{:x}", Sha256::digest(content))
}

/// Makes the pack of a meeting that is being called and stores it: what the meeting is told from then on.
pub async fn freeze(
    transaction: &DatabaseTransaction,
    plan: &plan_row::Model,
    row: &meeting::Model,
    stamp: Stamp,
) -> Result<(), Problem> {
    let pack = gather(transaction, plan, row, Moment::of(row).ok_or_else(Problem::internal)?).await?;
    let content = serde_json::to_string(&pack).map_err(|error| {
        tracing::error!(%error, meeting = %row.id, "a pack cannot be written");
        Problem::internal()
    })?;
    let stored = meeting_pack::Model {
        plan_id: plan.id,
        meeting: row.id,
        sha256: digest(&content),
        content,
        seq: stamp.seq,
        made_at: stamp.at,
        redacted_at: None,
    };
    meeting_pack::Entity::insert(meeting_pack::ActiveModel::from(stored))
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Notes that a text was taken out of a pack: its checksum is that of what it says now.
pub async fn redacted(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    meeting: Uuid,
    stamp: Stamp,
) -> Result<(), Problem> {
    if let Some(row) = meeting_pack::Entity::find_by_id((plan_id, meeting))
        .one(transaction)
        .await?
    {
        let sha256 = digest(&row.content);
        let mut row = row.into_active_model();
        row.sha256 = Set(sha256);
        row.redacted_at = Set(Some(stamp.at));
        row.update(transaction).await?;
    }
    Ok(())
}

/// The pack that a meeting was called with; none where it was not. One whose checksum does not fit is not shown: 500.
pub async fn frozen(db: &impl ConnectionTrait, plan_id: i32, meeting: Uuid) -> Result<Option<Frozen>, Problem> {
    let Some(row) = meeting_pack::Entity::find_by_id((plan_id, meeting)).one(db).await? else {
        return Ok(None);
    };
    let is_whole = digest(&row.content) == row.sha256;
    match serde_json::from_str(&row.content) {
        Ok(pack) if is_whole => Ok(Some(Frozen {
            sha256: row.sha256,
            redacted_at: row.redacted_at,
            pack,
        })),
        _ => {
            tracing::error!(%meeting, is_whole, "a stored pack cannot be read, or is not what was stored");
            Err(Problem::internal())
        }
    }
}

/// One meeting, as far as the caller sees those of its body.
pub async fn meeting(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    sight: &Sight,
) -> Result<meeting::Model, Problem> {
    let row = meeting::Entity::find_by_id((plan_id, id)).one(db).await?;
    row.filter(|row| sight.sees(&row.body))
        .ok_or_else(|| Problem::not_found("There is no meeting with this id.", "Der er intet møde med dette id."))
}

/// The meeting of the same body that was held before this one; none where it is the first.
async fn held_before(db: &impl ConnectionTrait, row: &meeting::Model) -> Result<Option<meeting::Model>, Problem> {
    Ok(meeting::Entity::find()
        .filter(meeting::Column::PlanId.eq(row.plan_id))
        .filter(meeting::Column::Body.eq(&row.body))
        .filter(meeting::Column::HeldAt.is_not_null())
        .filter(meeting::Column::LocalStart.lt(row.local_start))
        .order_by_desc(meeting::Column::LocalStart)
        .order_by_desc(meeting::Column::Id)
        .one(db)
        .await?)
}

async fn body_name(db: &impl ConnectionTrait, row: &meeting::Model) -> Result<String, Problem> {
    Ok(bodies::store::body(db, row.plan_id, &row.body).await?.name)
}
