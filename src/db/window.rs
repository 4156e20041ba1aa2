//! Which part of an ordered list a query fetches.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

/// So many items after a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window<K> {
    /// How many items.
    pub limit: u64,
    /// The key of the last item before them; none for the list's beginning.
    pub after: Option<K>,
}

/// The columns by which every table of reference data is listed.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceColumns<C> {
    /// The plan.
    pub plan_id: C,
    /// The place in the list: the same order on both databases, whatever their collation.
    pub position: C,
    /// When the row was archived.
    pub archived_at: C,
}

/// The rows of a plan's reference table in their order: one more than the window holds, so that the caller knows whether
/// there are more.
pub fn reference_rows<E: EntityTrait>(
    columns: ReferenceColumns<E::Column>,
    plan_id: i32,
    window: &Window<i32>,
    archived: bool,
) -> Select<E> {
    let mut select = E::find()
        .filter(columns.plan_id.eq(plan_id))
        .order_by_asc(columns.position)
        .limit(window.limit + 1);
    if !archived {
        select = select.filter(columns.archived_at.is_null());
    }
    if let Some(after) = window.after {
        select = select.filter(columns.position.gt(after));
    }
    select
}
