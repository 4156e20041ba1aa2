//! Parts of the participants in releases: what is shown of newcomers and outcomes, and, with the proof, how many there are.
//!
//! Releases that were made before have neither.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["releases", "release_proofs"] {
            let parts = Table::alter().table(table).add_column(text_null("parts")).take();
            manager.alter_table(parts).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["release_proofs", "releases"] {
            let parts = Table::alter().table(table).drop_column("parts").take();
            manager.alter_table(parts).await?;
        }
        Ok(())
    }
}
