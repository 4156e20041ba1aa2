//! How focus areas are read and stored when a client writes them.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Set};

use super::model::{FocusAreaView, NewFocusArea};
use crate::auth::Caller;
use crate::entities::focus_area;
use crate::problem::Problem;
use crate::reference::{Fields, Names, Operations, Place, Resource};

/// Focus areas.
#[derive(Debug)]
pub struct FocusAreas;

impl Resource for FocusAreas {
    type Table = focus_area::Entity;
    type View = FocusAreaView;
    type Content = NewFocusArea;
    type Known = ();

    const PATH: &'static str = "focus-areas";
    const OPERATIONS: Operations = Operations {
        put: "put_focus_area",
        patch: "patch_focus_area",
        archive: "archive_focus_area",
    };

    fn missing() -> Problem {
        Problem::not_found(
            "There is no focus area of this code.",
            "Der er intet indsatsområde med denne kode.",
        )
    }

    async fn views<C: ConnectionTrait>(
        _: &C,
        _: i32,
        rows: Vec<focus_area::Model>,
    ) -> Result<Vec<FocusAreaView>, Problem> {
        Ok(rows.into_iter().map(FocusAreaView::from).collect())
    }

    async fn known(_: &DatabaseTransaction, _: i32, _: &str, _: &Caller) -> Result<(), Problem> {
        Ok(())
    }

    fn read(fields: &mut Fields<'_, '_>, (): &(), _: Option<&FocusAreaView>) -> Option<NewFocusArea> {
        let Names {
            name,
            name_en,
            note,
            source,
        } = fields.names()?;
        Some(NewFocusArea {
            name,
            name_en,
            note,
            source,
        })
    }

    async fn store(transaction: &DatabaseTransaction, place: Place, new: NewFocusArea) -> Result<(), Problem> {
        let row = focus_area::ActiveModel {
            plan_id: Set(place.plan_id),
            code: Set(place.code.clone()),
            position: Set(place.position),
            name: Set(new.name),
            name_en: Set(new.name_en),
            note: Set(new.note),
            source: Set(new.source),
            archived_at: Set(place.archived_at),
        };
        place.save(transaction, row).await
    }
}
