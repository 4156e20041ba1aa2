//! When figures of an indicator arrived, and the indexes that large series are read by.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, timestamp_with_time_zone};

use crate::tables::{drop_all, index, plan_table, to_code};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(arrivals()).await?;
        let known = "INSERT INTO arrivals (plan_id, indicator, seq, received_at) \
            SELECT plan_id, indicator, seq_from, MAX(received_at) FROM measurements GROUP BY plan_id, indicator, seq_from";
        manager.get_connection().execute_unprepared(known).await?;
        // A series is asked for by its newest period, or from and to a period: by where periods end.
        drop_index(manager, "ix_measurements_period").await?;
        let newest = ["plan_id", "indicator", "period_end"];
        manager
            .create_index(index("ix_measurements_period_end", "measurements", &newest))
            .await?;
        manager.create_index(ended()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, "ix_measurements_ended").await?;
        drop_index(manager, "ix_measurements_period_end").await?;
        let by_start = ["plan_id", "indicator", "period_start"];
        manager
            .create_index(index("ix_measurements_period", "measurements", &by_start))
            .await?;
        drop_all(manager, &["arrivals"]).await
    }
}

/// One row a write and indicator: small, however many figures the write brought.
fn arrivals() -> TableCreateStatement {
    plan_table("arrivals", &["indicator", "seq"])
        .col(string("indicator"))
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("received_at"))
        .foreign_key(&mut to_code("arrivals", "indicator", "indicators"))
        .take()
}

/// What has ended since, for those who ask for changes. Most figures never end, so the index is partial.
fn ended() -> IndexCreateStatement {
    index("ix_measurements_ended", "measurements", &["plan_id", "seq_to"])
        .and_where(Expr::col("seq_to").is_not_null())
        .take()
}

async fn drop_index(manager: &SchemaManager<'_>, name: &'static str) -> Result<(), DbErr> {
    let mut statement = Index::drop();
    statement.name(name).table("measurements");
    manager.drop_index(statement).await
}
