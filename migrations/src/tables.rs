//! The few shapes that every table of this schema is made of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer;

/// Begins a table that belongs to a plan: `plan_id` is its first column and the first part of its primary key, `key` is
/// the rest of that key, in order. The columns named in `key` are still to be added.
pub(crate) fn plan_table(name: &'static str, key: &[&'static str]) -> TableCreateStatement {
    let mut primary = Index::create();
    primary.col("plan_id");
    for column in key {
        primary.col(*column);
    }
    Table::create()
        .table(name)
        .col(integer("plan_id"))
        .primary_key(&mut primary)
        .take()
}

/// The foreign key from a table's `plan_id` to the plan itself.
///
/// Tables that already refer to something inside the plan by a column that is never null don't need it.
pub(crate) fn to_plan(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_plan_id"))
        .from(table, "plan_id")
        .to("plans", "id")
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}

/// The foreign key `(plan_id, column)` → `target (plan_id, code)`: what is referred to lies in the same plan.
///
/// Where `column` may be null and is, nothing is checked, on both databases.
pub(crate) fn to_code(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, ("plan_id", column))
        .to(target, ("plan_id", "code"))
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}

/// An index over `columns`, in that order.
pub(crate) fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// An index over `columns` that admits each combination once.
pub(crate) fn unique(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(name, table, columns).unique().take()
}

/// Drops the tables, with their indexes, in the order given: what refers comes before what is referred to.
pub(crate) async fn drop_all(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).take()).await?;
    }
    Ok(())
}
