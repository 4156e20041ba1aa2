//! Adding rows that are not there yet; those that are stay as they are.

use std::collections::BTreeSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, EntityTrait, Iterable};

use crate::reference::{self, STEP, Table};

/// Adds the things whose code is not there yet; says how many. What is there keeps its position; what is new stands after
/// the row before it in the file where there is room, else last.
pub(super) async fn add_missing<A, R>(
    transaction: &DatabaseTransaction,
    plan_id: i32,
    rows: Vec<R>,
    code: impl Fn(&R) -> &str,
    active: impl Fn(i32, R) -> A,
) -> anyhow::Result<u64>
where
    A: sea_orm::ActiveModelTrait,
    A::Entity: Table,
{
    let mut known = reference::positions::<A::Entity>(transaction, plan_id).await?;
    let mut used: BTreeSet<i32> = known.values().copied().collect();
    let (mut inserted, mut last) = (0, 0);
    for row in rows {
        if let Some(position) = known.get(code(&row)) {
            last = *position;
            continue;
        }
        last = reference::free_position(&used, last);
        used.insert(last);
        known.insert(code(&row).to_owned(), last);
        inserted += A::Entity::insert(active(last, row))
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(inserted)
}

/// Inserts the rows whose key is not there yet; says how many.
pub(super) async fn insert_missing<A, R>(
    transaction: &DatabaseTransaction,
    rows: Vec<R>,
    active: impl Fn(i32, R) -> A,
) -> anyhow::Result<u64>
where
    A: sea_orm::ActiveModelTrait,
    <A as sea_orm::ActiveModelTrait>::Entity: EntityTrait,
{
    use sea_orm::PrimaryKeyToColumn;
    let mut inserted = 0;
    let mut position = 0;
    for row in rows {
        position += STEP;
        let key = <A::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        inserted += A::Entity::insert(active(position, row))
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(inserted)
}
