//! Loading what a replica knows of clients and read tokens.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use crate::auth::registry::{Registry, Snapshot};
use crate::auth::role::Role;
use crate::auth::{Caller, Plans, Scope};
use crate::db::{self, Db};
use crate::entities::{client, plan, read_token, registry_version};
use crate::problem::Problem;

/// Counts a change of a plan's clients or read tokens, in its transaction.
pub(super) async fn raise(transaction: &DatabaseTransaction, plan_id: i32) -> Result<(), DbErr> {
    use registry_version::{ActiveModel, Column, Entity};
    let first = ActiveModel {
        plan_id: Set(plan_id),
        version: Set(1),
    };
    let again = OnConflict::column(Column::PlanId)
        .value(Column::Version, Expr::col((Entity, Column::Version)).add(1))
        .to_owned();
    Entity::insert(first)
        .on_conflict(again)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Brings the registry up to date, if anything has changed since it was loaded.
pub async fn refresh(db: &Db, registry: &Registry) -> Result<(), Problem> {
    let _alone = registry.loading.lock().await;
    // Read before the rows: a change that comes between is in the rows already, and seen again the next time.
    let versions = versions(db.read()).await?;
    if registry.versions().as_ref() == Some(&versions) {
        return Ok(());
    }
    registry.replace(snapshot(db.read(), versions, db::now()).await?);
    Ok(())
}

async fn versions(db: &impl ConnectionTrait) -> Result<Vec<(i32, i64)>, DbErr> {
    let rows = registry_version::Entity::find()
        .order_by_asc(registry_version::Column::PlanId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.plan_id, row.version)).collect())
}

async fn snapshot(db: &impl ConnectionTrait, versions: Vec<(i32, i64)>, now: DateTime<Utc>) -> Result<Snapshot, DbErr> {
    let plans: HashMap<i32, String> = plan::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|plan| (plan.id, plan.code))
        .collect();
    let revoked: Vec<Uuid> = client::Entity::find()
        .select_only()
        .column(client::Column::Id)
        .filter(client::Column::RevokedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let tokens = read_token::Entity::find()
        .filter(read_token::Column::RevokedAt.is_null())
        .filter(read_token::Column::ExpiresAt.gt(now))
        .all(db)
        .await?;
    let mut read_tokens = HashMap::new();
    for row in tokens {
        let (Some(plan), Ok(role), Some(digest)) =
            (plans.get(&row.plan_id), row.role.parse::<Role>(), from_text(&row.hash))
        else {
            tracing::error!(read_token = %row.id, "a read token cannot be used as it is stored");
            continue;
        };
        let scope = Scope {
            plans: Plans::Named(vec![plan.clone()]),
            organisation: row.organisation,
        };
        let caller: Arc<Caller> = Caller::of_read_token(row.id, role, scope, &row.scope, row.expires_at.timestamp());
        read_tokens.insert(digest, caller);
    }
    Ok(Snapshot {
        versions,
        revoked: revoked.into_iter().collect(),
        read_tokens,
    })
}

/// A SHA-256 as it is kept.
pub fn text(digest: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(digest)
}

fn from_text(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_back_as_it_was_written() {
        let digest = crate::auth::secret::digest("x");
        assert_eq!(from_text(&text(digest)), Some(digest));
        for wrong in ["", "0", "hprt_", &"ø".repeat(32)] {
            assert_eq!(from_text(wrong), None);
        }
    }
}
