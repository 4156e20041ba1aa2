//! The audit log: a chain of entries a plan, and the head of each chain.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, string_null, timestamp_with_time_zone};
use sea_orm_migration::sea_orm::DbBackend;

use crate::tables::{drop_all, index, plan_table, to_plan};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(heads()).await?;
        manager.create_table(entries()).await?;
        for (name, columns) in INDEXES {
            manager.create_index(index(name, "audit_entries", columns)).await?;
        }
        let connection = manager.get_connection();
        // A plan that was there before has written nothing into its chain yet.
        connection
            .execute_unprepared("INSERT INTO audit_heads (plan_id, number, hash) SELECT id, 0, '' FROM plans")
            .await?;
        let guards: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &POSTGRES_GUARDS,
            _ => &SQLITE_GUARDS,
        };
        for guard in guards {
            connection.execute_unprepared(guard).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            drop_all(manager, &["audit_entries", "audit_heads"]).await?;
            connection
                .execute_unprepared("DROP FUNCTION audit_entries_stay()")
                .await?;
            return Ok(());
        }
        // SQLite empties a table before it drops it.
        connection
            .execute_unprepared("DROP TRIGGER audit_entries_no_delete")
            .await?;
        drop_all(manager, &["audit_entries", "audit_heads"]).await
    }
}

/// What the auditor asks by. What a column does not narrow is read along the primary key.
const INDEXES: [(&str, &[&str]); 5] = [
    ("ix_audit_entries_at", &["plan_id", "at"]),
    ("ix_audit_entries_subject", &["plan_id", "subject", "number"]),
    ("ix_audit_entries_client", &["plan_id", "client", "number"]),
    ("ix_audit_entries_operation", &["plan_id", "operation", "number"]),
    ("ix_audit_entries_request_id", &["plan_id", "request_id"]),
];

/// Nobody who goes through the schema changes an entry. Whoever may change the schema can; the chain then tells.
const SQLITE_GUARDS: [&str; 2] = [
    "CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
     BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END",
    "CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
     BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END",
];

const POSTGRES_GUARDS: [&str; 2] = [
    "CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$",
    "CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
     FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()",
];

/// One row a plan: the end of its chain, which every entry locks and moves.
fn heads() -> TableCreateStatement {
    plan_table("audit_heads", &[])
        .col(big_integer("number"))
        .col(string("hash"))
        .foreign_key(&mut to_plan("audit_heads"))
        .take()
}

/// One row a write, and a read of what is protected; numbers have no gaps.
fn entries() -> TableCreateStatement {
    plan_table("audit_entries", &["number"])
        .col(big_integer("number"))
        .col(timestamp_with_time_zone("at"))
        .col(string("subject"))
        .col(string_null("client"))
        .col(string_null("role"))
        .col(string("operation"))
        .col(string("target"))
        .col(string("outcome"))
        .col(string_null("request_id"))
        .col(big_integer_null("data_version"))
        .col(string("previous_hash"))
        .col(string("hash"))
        .foreign_key(&mut to_plan("audit_entries"))
        .take()
}
