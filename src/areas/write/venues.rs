//! Venues: a zone has one permanent base.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::super::model::{NewVenue, VenueView};
use super::super::rules::AreaKind;
use super::super::store;
use crate::activities;
use crate::auth::Caller;
use crate::entities::venue;
use crate::problem::Problem;
use crate::reference::{AREA, Codes, Fields, Names, Operations, Place, Resource};
use crate::words::Word;

/// The longest address.
const MAX_ADDRESS: usize = 300;

/// Venues.
#[derive(Debug)]
pub struct Venues;

/// What a venue is judged by.
#[derive(Debug)]
pub struct Known {
    areas: Codes,
    kinds: HashMap<String, String>,
    /// The zones that another venue in use is the base of.
    with_base: Vec<String>,
}

impl Known {
    fn is_of_kind(&self, area: &str, kinds: &[AreaKind]) -> bool {
        let kind = self.kinds.get(area).and_then(|kind| AreaKind::find(kind));
        kind.is_some_and(|kind| kinds.contains(&kind))
    }
}

impl Resource for Venues {
    type Table = venue::Entity;
    type View = VenueView;
    type Content = NewVenue;
    type Known = Known;

    const PATH: &'static str = "venues";
    const OPERATIONS: Operations = Operations {
        put: "put_venue",
        patch: "patch_venue",
        archive: "archive_venue",
    };

    fn missing() -> Problem {
        Problem::not_found("There is no venue of this code.", "Der er intet sted med denne kode.")
    }

    async fn views<C: ConnectionTrait>(_: &C, _: i32, rows: Vec<venue::Model>) -> Result<Vec<VenueView>, Problem> {
        Ok(rows.into_iter().map(VenueView::from).collect())
    }

    async fn known(transaction: &DatabaseTransaction, plan_id: i32, code: &str, _: &Caller) -> Result<Known, Problem> {
        let areas = store::all_areas(transaction, plan_id).await?;
        let bases = venue::Entity::find()
            .filter(venue::Column::PlanId.eq(plan_id))
            .filter(venue::Column::Code.ne(code))
            .filter(venue::Column::IsBase.eq(true))
            .filter(venue::Column::ArchivedAt.is_null())
            .all(transaction)
            .await?;
        Ok(Known {
            areas: areas
                .iter()
                .map(|area| (area.code.clone(), area.archived_at.is_none()))
                .collect(),
            kinds: areas.into_iter().map(|area| (area.code, area.kind)).collect(),
            with_base: bases.into_iter().filter_map(|base| base.zone).collect(),
        })
    }

    fn read(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&VenueView>) -> Option<NewVenue> {
        let names = fields.names();
        let address = fields.optional_text("address", MAX_ADDRESS);
        let zone = fields.reference("zone", AREA, &known.areas, |code| {
            before.is_some_and(|before| before.zone.as_deref() == Some(code))
        });
        if zone
            .as_ref()
            .is_some_and(|zone| !known.is_of_kind(zone, &[AreaKind::Zone]))
        {
            fields.error(
                "zone",
                "wrong_kind",
                "The area is not a zone.",
                "Området er ikke en zone.",
            );
        }
        let area = fields.reference("area", AREA, &known.areas, |code| {
            before.is_some_and(|before| before.area.as_deref() == Some(code))
        });
        let owners = [AreaKind::Estate, AreaKind::Department, AreaKind::School];
        if area.as_ref().is_some_and(|area| !known.is_of_kind(area, &owners)) {
            fields.error(
                "area",
                "wrong_kind",
                "The area is not an estate, a department or a school.",
                "Området er ikke en bebyggelse, en afdeling eller en skole.",
            );
        }
        let is_base = fields.flag("is_base");
        match &zone {
            None if is_base => fields.error(
                "is_base",
                "base_without_zone",
                "A permanent base is the base of a zone.",
                "En fast base hører til en zone.",
            ),
            Some(zone) if is_base && !fields.is_archived() && known.with_base.contains(zone) => fields.error(
                "is_base",
                "zone_has_base",
                "Another venue is the zone's permanent base.",
                "Et andet sted er zonens faste base.",
            ),
            _ => {}
        }
        let aliases = fields.aliases();
        let Names {
            name,
            name_en,
            note,
            source,
        } = names?;
        Some(NewVenue {
            name,
            name_en,
            address,
            zone,
            area,
            is_base,
            aliases,
            note,
            source,
        })
    }

    async fn store(transaction: &DatabaseTransaction, place: Place, new: NewVenue) -> Result<(), Problem> {
        let row = venue::ActiveModel {
            plan_id: Set(place.plan_id),
            code: Set(place.code.clone()),
            position: Set(place.position),
            name: Set(new.name),
            name_en: Set(new.name_en),
            address: Set(new.address),
            zone: Set(new.zone),
            area: Set(new.area),
            is_base: Set(new.is_base),
            aliases: Set(json!(new.aliases)),
            note: Set(new.note),
            source: Set(new.source),
            archived_at: Set(place.archived_at),
        };
        place.save(transaction, row).await?;
        activities::store::venue_changed(transaction, place.plan_id, &place.code).await
    }
}
