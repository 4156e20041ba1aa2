//! Safe retries: which requests were seen, and what was answered.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    blob_null, json_binary_null, small_integer_null, string, timestamp_with_time_zone, uuid,
};

use crate::tables::{drop_all, index, plan_table, to_plan};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(idempotency_keys()).await?;
        manager
            .create_index(index(
                "ix_idempotency_keys_expires_at",
                "idempotency_keys",
                &["expires_at"],
            ))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["idempotency_keys"]).await
    }
}

/// A claim as long as `status` is null; from then on the stored answer.
fn idempotency_keys() -> TableCreateStatement {
    plan_table("idempotency_keys", &["scope"])
        .col(string("scope"))
        .col(string("body_hash"))
        .col(uuid("claim"))
        .col(timestamp_with_time_zone("claimed_at"))
        .col(small_integer_null("status"))
        .col(json_binary_null("headers"))
        .col(blob_null("body"))
        .col(timestamp_with_time_zone("expires_at"))
        .foreign_key(&mut to_plan("idempotency_keys"))
        .take()
}
