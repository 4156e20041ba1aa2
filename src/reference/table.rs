//! The tables of reference data: a code, a place in lists, and when a row was archived.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::Codes;
use crate::db::{ReferenceColumns, Window, reference_rows};
use crate::entities::{
    activity, age_band, area, body, focus_area, gender, indicator, milestone, organisation, target_group, venue,
};

/// Positions are this far apart, so that there is room between two rows.
pub const STEP: i32 = 10;

/// A table of reference data.
pub trait Table: EntityTrait {
    /// The plan.
    const PLAN_ID: Self::Column;
    /// The code.
    const CODE: Self::Column;
    /// The place in lists.
    const POSITION: Self::Column;
    /// When a row was archived.
    const ARCHIVED_AT: Self::Column;

    /// A row's code, position, and when it was archived.
    fn place(row: &Self::Model) -> (&str, i32, Option<DateTime<Utc>>);
}

macro_rules! tables {
    ($($table:ident),+) => {$(
        impl Table for $table::Entity {
            const PLAN_ID: Self::Column = $table::Column::PlanId;
            const CODE: Self::Column = $table::Column::Code;
            const POSITION: Self::Column = $table::Column::Position;
            const ARCHIVED_AT: Self::Column = $table::Column::ArchivedAt;

            fn place(row: &Self::Model) -> (&str, i32, Option<DateTime<Utc>>) {
                (&row.code, row.position, row.archived_at)
            }
        }
    )+};
}

tables!(
    activity,
    age_band,
    gender,
    organisation,
    area,
    venue,
    focus_area,
    target_group,
    indicator,
    milestone,
    body
);

/// The rows of a window, in their order: one more than it holds, so that the caller knows whether there are more.
pub(super) async fn rows<T: Table>(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<i32>,
    archived: bool,
) -> Result<Vec<T::Model>, DbErr> {
    let columns = ReferenceColumns {
        plan_id: T::PLAN_ID,
        position: T::POSITION,
        archived_at: T::ARCHIVED_AT,
    };
    reference_rows::<T>(columns, plan_id, window, archived).all(db).await
}

/// One row, archived or not.
pub(super) async fn row<T: Table>(
    db: &impl ConnectionTrait,
    plan_id: i32,
    code: &str,
) -> Result<Option<T::Model>, DbErr> {
    T::find()
        .filter(T::PLAN_ID.eq(plan_id))
        .filter(T::CODE.eq(code))
        .one(db)
        .await
}

/// The codes of a plan's rows, each with whether it is in use.
pub async fn codes<T: Table>(db: &impl ConnectionTrait, plan_id: i32) -> Result<Codes, DbErr> {
    let rows: Vec<(String, Option<DateTime<Utc>>)> = T::find()
        .select_only()
        .column(T::CODE)
        .column(T::ARCHIVED_AT)
        .filter(T::PLAN_ID.eq(plan_id))
        .into_tuple()
        .all(db)
        .await?;
    let codes = rows
        .into_iter()
        .map(|(code, archived_at)| (code, archived_at.is_none()));
    Ok(codes.collect())
}

/// The positions of a plan's rows, archived ones too, by code.
pub async fn positions<T: Table>(db: &impl ConnectionTrait, plan_id: i32) -> Result<HashMap<String, i32>, DbErr> {
    let positions: Vec<(String, i32)> = T::find()
        .select_only()
        .column(T::CODE)
        .column(T::POSITION)
        .filter(T::PLAN_ID.eq(plan_id))
        .into_tuple()
        .all(db)
        .await?;
    Ok(positions.into_iter().collect())
}

/// A free position right after `after`, before whatever comes next; the last one where there is no room between.
pub fn free_position(used: &BTreeSet<i32>, after: i32) -> i32 {
    let last = used.last().copied().unwrap_or(0).max(after);
    match used.range(after.saturating_add(1)..).next() {
        Some(next) if next - after > 1 => after + (next - after) / 2,
        _ => last.saturating_add(STEP),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_gets_a_place_between_its_neighbours_while_there_is_room() {
        let used = BTreeSet::from([10, 20, 21]);
        assert_eq!(free_position(&used, 0), 5);
        assert_eq!(free_position(&used, 10), 15);
        assert_eq!(free_position(&used, 20), 31);
        assert_eq!(free_position(&used, 21), 31);
        assert_eq!(free_position(&BTreeSet::new(), 0), STEP);
    }

    proptest! {
        #[test]
        fn a_free_position_is_free_and_comes_after(used in proptest::collection::btree_set(1..200_i32, 0..60), after in 0..200_i32) {
            let position = free_position(&used, after);
            prop_assert!(!used.contains(&position) && position > after);
        }
    }
}
