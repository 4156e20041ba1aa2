//! Releases: what may be shown of figures that count people, and, in a table of its own, why that is safe.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, integer_null, string, string_null, text, text_null, timestamp_with_time_zone, uuid,
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
        manager.create_table(releases()).await?;
        // Two releases to an audience cannot have the same number.
        let numbered = ["plan_id", "subject", "period", "audience", "organisation_key", "number"];
        manager
            .create_index(unique("ux_releases_number", "releases", &numbered))
            .await?;
        manager.create_table(proofs()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["release_proofs", "releases"]).await
    }
}

/// One row a release to an audience. Everything in it may be shown to that audience; none is ever changed.
fn releases() -> TableCreateStatement {
    plan_table("releases", &["id"])
        .col(uuid("id"))
        .col(string("subject"))
        .col(string("period"))
        .col(string("audience"))
        .col(string_null("organisation"))
        // The organisation again, empty where there is none: null is equal to nothing, so it keeps no index unique.
        .col(string("organisation_key"))
        .col(integer("number"))
        .col(integer_null("threshold"))
        .col(string("rules"))
        .col(text("definition"))
        .col(text("published"))
        .col(text_null("citation"))
        .col(text_null("reason"))
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("released_at"))
        .foreign_key(&mut to_plan("releases"))
        .foreign_key(&mut to_code("releases", "organisation", "organisations"))
        .take()
}

/// One row a release that was proven. Secret: the frozen figures, and what proves that the hidden ones are safe.
fn proofs() -> TableCreateStatement {
    let mut to_release = ForeignKey::create()
        .name("fk_release_proofs_release")
        .from("release_proofs", ("plan_id", "release"))
        .to("releases", ("plan_id", "id"))
        .on_delete(ForeignKeyAction::Restrict)
        .take();
    plan_table("release_proofs", &["release"])
        .col(uuid("release"))
        .col(text("counts"))
        .col(text("known"))
        .col(text("stands_on"))
        .col(text("certificate"))
        .foreign_key(&mut to_release)
        .take()
}
