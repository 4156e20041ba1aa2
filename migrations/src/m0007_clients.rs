//! Who may call: registered clients with their secrets, opaque read tokens, and how often either has changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, string, string_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

use crate::tables::{drop_all, plan_table, to_code, to_plan, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(clients()).await?;
        // Without the plan: a client that asks for a token names itself alone.
        manager
            .create_index(unique("ux_clients_id", "clients", &["id"]))
            .await?;
        manager.create_table(client_secrets()).await?;
        manager.create_table(read_tokens()).await?;
        manager.create_table(registry_versions()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &["registry_versions", "read_tokens", "client_secrets", "clients"],
        )
        .await
    }
}

/// Programs that get access tokens for a secret.
fn clients() -> TableCreateStatement {
    plan_table("clients", &["id"])
        .col(uuid("id"))
        .col(string("name"))
        .col(string("role"))
        .col(string_null("organisation"))
        .col(text("scope"))
        .col(timestamp_with_time_zone("created_at"))
        .col(string("created_by"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .foreign_key(&mut to_plan("clients"))
        .foreign_key(&mut to_code("clients", "organisation", "organisations"))
        .take()
}

/// The secrets of a client: one, or two while it is rotated.
fn client_secrets() -> TableCreateStatement {
    plan_table("client_secrets", &["client", "number"])
        .col(uuid("client"))
        .col(integer("number"))
        .col(string("handle"))
        .col(text("hash"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("ends_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_client_secrets_client")
                .from("client_secrets", ("plan_id", "client"))
                .to("clients", ("plan_id", "id"))
                .on_delete(ForeignKeyAction::Restrict),
        )
        .take()
}

/// Tokens that are their own secret, and only read.
fn read_tokens() -> TableCreateStatement {
    plan_table("read_tokens", &["id"])
        .col(uuid("id"))
        .col(string("name"))
        .col(string("role"))
        .col(string_null("organisation"))
        .col(text("scope"))
        .col(string("handle"))
        .col(string("hash"))
        .col(timestamp_with_time_zone("created_at"))
        .col(string("created_by"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .foreign_key(&mut to_plan("read_tokens"))
        .foreign_key(&mut to_code("read_tokens", "organisation", "organisations"))
        .take()
}

/// One row a plan: what every replica looks at to find out that clients or read tokens have changed.
fn registry_versions() -> TableCreateStatement {
    plan_table("registry_versions", &[])
        .col(big_integer("version"))
        .foreign_key(&mut to_plan("registry_versions"))
        .take()
}
