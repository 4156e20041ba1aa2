//! Clients that prove themselves by a signature: their public keys, and the assertions that were used.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, text_null, timestamp_with_time_zone, uuid};

use crate::tables::{drop_all, plan_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Table::alter().table("clients").add_column(text_null("jwks")).take();
        manager.alter_table(keys).await?;
        manager.create_table(client_assertions()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["client_assertions"]).await?;
        let keys = Table::alter().table("clients").drop_column("jwks").take();
        manager.alter_table(keys).await
    }
}

/// Which assertions have been used, until they end: each is good once, whichever replica it comes to.
fn client_assertions() -> TableCreateStatement {
    plan_table("client_assertions", &["client", "digest"])
        .col(uuid("client"))
        .col(string("digest"))
        .col(timestamp_with_time_zone("ends_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_client_assertions_client")
                .from("client_assertions", ("plan_id", "client"))
                .to("clients", ("plan_id", "id"))
                .on_delete(ForeignKeyAction::Restrict),
        )
        .take()
}
