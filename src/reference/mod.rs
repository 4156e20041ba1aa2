//! What all reference data has in common: things of a plan that are known by a code, kept in an order, archived and never
//! deleted.
//!
//! A slice says in a [`Resource`] what is its own about one kind of thing: its table, how it looks from outside, how its
//! content is read and stored. Everything else is here, once: [`list`] and [`get`], and the one way in which a thing is
//! written, [`put`], [`patch`] and [`archive`].

mod fields;
mod requests;
mod schema;
mod table;

pub use fields::{AREA, Codes, Fields, Names, Noun, ORGANISATION, VENUE};
pub use requests::{Change, archive, get, list, patch, put};
pub use schema::{Patch, Put};
pub use table::{STEP, Table, codes, free_position, positions};

use std::future::ready;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};
use serde::Serialize;

use crate::auth::Caller;
use crate::problem::Problem;

/// A row of a kind of reference data.
pub type Row<R> = <<R as Resource>::Table as EntityTrait>::Model;

/// One kind of reference data.
pub trait Resource: 'static {
    /// Its table.
    type Table: Table;
    /// How it looks from outside.
    type View: Serialize;
    /// What a client says of it, found good.
    type Content;
    /// What its content is judged by: the codes it may name, and what depends on it.
    type Known;

    /// The collection's path segment.
    const PATH: &'static str;
    /// The operations that write it.
    const OPERATIONS: Operations;
    /// How its codes are written.
    const CODES: CodeForm = CodeForm::Kebab;
    /// Members of the view that follow from others. A client may send them back; they are not part of what it patches.
    const DERIVED: &'static [&'static str] = &[];

    /// 404 for a thing that is not there, or that the caller does not reach.
    fn missing() -> Problem;

    /// The rows as they look from outside, with what hangs on them.
    fn views<C: ConnectionTrait>(
        db: &C,
        plan_id: i32,
        rows: Vec<Row<Self>>,
    ) -> impl Future<Output = Result<Vec<Self::View>, Problem>>;

    /// What the content of this thing is judged by, read under the plan's lock and only when content is to be judged.
    fn known(
        transaction: &DatabaseTransaction,
        plan_id: i32,
        code: &str,
        caller: &Caller,
    ) -> impl Future<Output = Result<Self::Known, Problem>>;

    /// Whether the caller may write this thing, or make one where there is none.
    fn reaches(
        _: &DatabaseTransaction,
        _plan_id: i32,
        _: &Caller,
        _: Option<&Self::View>,
    ) -> impl Future<Output = Result<bool, Problem>> {
        ready(Ok(true))
    }

    /// Refuses to archive a thing that is to stay in use; asked under the plan's lock.
    fn may_archive(_: &Self::View) -> Result<(), Problem> {
        Ok(())
    }

    /// Reads and judges what a client says of a thing; pure. Without `before` it is a new one.
    fn read(fields: &mut Fields<'_, '_>, known: &Self::Known, before: Option<&Self::View>) -> Option<Self::Content>;

    /// Stores the content: as a new row, or in place of the one that is there.
    fn store(
        transaction: &DatabaseTransaction,
        place: Place,
        content: Self::Content,
    ) -> impl Future<Output = Result<(), Problem>>;
}

/// The names of the operations that write a thing, as in the OpenAPI document.
#[derive(Clone, Copy, Debug)]
pub struct Operations {
    /// Creates or replaces it.
    pub put: &'static str,
    /// Changes some of it.
    pub patch: &'static str,
    /// Archives it.
    pub archive: &'static str,
}

/// How the codes of a kind of reference data are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeForm {
    /// `zone-1`: small letters and digits of ASCII, with single hyphens between.
    Kebab,
    /// `6.12`, `INT-SHP`: letters and digits of ASCII, with single points or hyphens between, as laws number their groups.
    Numbered,
}

impl CodeForm {
    /// The longest code.
    pub const MAX: usize = 64;

    /// Whether a code is written so.
    pub fn admits(self, code: &str) -> bool {
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| match self {
                    CodeForm::Kebab => byte.is_ascii_lowercase() || byte.is_ascii_digit(),
                    CodeForm::Numbered => byte.is_ascii_alphanumeric(),
                })
        };
        let is_joint = |character| match self {
            CodeForm::Kebab => character == '-',
            CodeForm::Numbered => matches!(character, '-' | '.'),
        };
        code.len() <= Self::MAX && code.split(is_joint).all(is_part)
    }
}

/// Where a row stands, beside its content.
#[derive(Clone, Debug)]
pub struct Place {
    /// The plan.
    pub plan_id: i32,
    /// The code.
    pub code: String,
    /// The place in lists: new rows go last, others stay where they are.
    pub position: i32,
    /// When it was archived; none while it is in use.
    pub archived_at: Option<DateTime<Utc>>,
    /// Whether there was no such row.
    pub is_new: bool,
}

impl Place {
    /// Inserts the row, or replaces the one that is there.
    pub async fn save<A>(&self, transaction: &DatabaseTransaction, row: A) -> Result<(), Problem>
    where
        A: sea_orm::ActiveModelTrait,
        <A::Entity as EntityTrait>::Model: sea_orm::IntoActiveModel<A>,
    {
        if self.is_new {
            A::Entity::insert(row).exec_without_returning(transaction).await?;
        } else {
            A::Entity::update(row).exec(transaction).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_stable_names_and_nothing_else() {
        for code in ["zone-1", "a", "6", "all-zones"] {
            assert!(CodeForm::Kebab.admits(code), "{code}");
        }
        for code in ["", "-", "a-", "-a", "a--b", "Zone-1", "æ", "a b", "a/b", "6.1", "_T"] {
            assert!(!CodeForm::Kebab.admits(code), "{code}");
        }
        assert!(!CodeForm::Kebab.admits(&"a".repeat(CodeForm::MAX + 1)));
        for code in ["6.12", "INT-SHP", "INT-II"] {
            assert!(CodeForm::Numbered.admits(code), "{code}");
        }
        for code in ["6.", "6..1", "6/1", "_T", ".6"] {
            assert!(!CodeForm::Numbered.admits(code), "{code}");
        }
    }
}
