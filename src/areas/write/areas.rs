//! Areas with their relations: which kinds they lead to, never round in a circle, one parent at a time.
//!
//! The secretariat writes every area. A housing organisation changes its own departments and estates, but not what they
//! are, who runs them, or whether they are in use.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::super::model::{AreaView, NewArea, NewAreaRelation};
use super::super::rules::{Above, AreaKind, AreaRelationKind, is_above, overlap};
use super::super::store;
use crate::auth::Caller;
use crate::auth::role::Role;
use crate::entities::{area, area_relation, organisation, venue};
use crate::problem::Problem;
use crate::reference::{self, AREA, Codes, Fields, Names, ORGANISATION, Operations, Place, Resource};
use crate::words::Word;

/// The longest number of a department.
const MAX_NUMBER: usize = 20;
/// The most relations of one area.
const MAX_RELATIONS: usize = 50;

/// Areas.
#[derive(Debug)]
pub struct Areas;

/// What an area is judged by.
#[derive(Debug)]
pub struct Known {
    code: String,
    organisations: Codes,
    areas: Codes,
    kinds: HashMap<String, String>,
    /// The relations of the other areas.
    above: Above,
    /// Whether figures, relations or venues name the area.
    is_named: bool,
    /// The organisations for whose areas the caller may speak; none: for all.
    is_secretariat: bool,
}

impl Resource for Areas {
    type Table = area::Entity;
    type View = AreaView;
    type Content = NewArea;
    type Known = Known;

    const PATH: &'static str = "areas";
    const OPERATIONS: Operations = Operations {
        put: "put_area",
        patch: "patch_area",
        archive: "archive_area",
    };
    const DERIVED: &'static [&'static str] = &["parent"];

    fn missing() -> Problem {
        Problem::not_found("There is no area of this code.", "Der er intet område med denne kode.")
    }

    async fn views<C: ConnectionTrait>(db: &C, plan_id: i32, rows: Vec<area::Model>) -> Result<Vec<AreaView>, Problem> {
        let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
        let mut relations: HashMap<String, Vec<area_relation::Model>> = HashMap::new();
        for relation in store::relations(db, plan_id, &codes).await? {
            relations.entry(relation.area.clone()).or_default().push(relation);
        }
        let views = rows.into_iter().map(|row| {
            let own = relations.remove(&row.code).unwrap_or_default();
            AreaView::new(row, own)
        });
        Ok(views.collect())
    }

    async fn known(
        transaction: &DatabaseTransaction,
        plan_id: i32,
        code: &str,
        caller: &Caller,
    ) -> Result<Known, Problem> {
        let areas = store::all_areas(transaction, plan_id).await?;
        let relations = area_relation::Entity::find()
            .filter(area_relation::Column::PlanId.eq(plan_id))
            .all(transaction)
            .await?;
        let venue = venue::Entity::find()
            .filter(venue::Column::PlanId.eq(plan_id))
            .filter(
                Condition::any()
                    .add(venue::Column::Zone.eq(code))
                    .add(venue::Column::Area.eq(code)),
            )
            .one(transaction)
            .await?;
        let is_named = venue.is_some()
            || relations.iter().any(|relation| relation.target == code)
            || store::has_figures(transaction, plan_id, code).await?;
        let mut above = Above::new();
        for relation in relations.into_iter().filter(|relation| relation.area != code) {
            above.entry(relation.area).or_default().push(relation.target);
        }
        Ok(Known {
            code: code.to_owned(),
            organisations: reference::codes::<organisation::Entity>(transaction, plan_id).await?,
            areas: areas
                .iter()
                .map(|area| (area.code.clone(), area.archived_at.is_none()))
                .collect(),
            kinds: areas.into_iter().map(|area| (area.code, area.kind)).collect(),
            above,
            is_named,
            is_secretariat: caller.role == Some(Role::Secretariat),
        })
    }

    async fn reaches(
        transaction: &DatabaseTransaction,
        plan_id: i32,
        caller: &Caller,
        area: Option<&AreaView>,
    ) -> Result<bool, Problem> {
        if caller.role == Some(Role::Secretariat) {
            return Ok(true);
        }
        let (Some(organisation), Some(area)) = (&caller.scope.organisation, area) else {
            return Ok(false);
        };
        let own = store::units_of(transaction, plan_id, organisation).await?;
        let kind = AreaKind::find(&area.kind);
        Ok(matches!(kind, Some(AreaKind::Department | AreaKind::Estate))
            && area.organisation.as_ref().is_some_and(|run_by| own.contains(run_by)))
    }

    fn read(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&AreaView>) -> Option<NewArea> {
        let names = fields.names();
        let kind: Option<AreaKind> = fields.word("kind");
        let number = fields.optional_text("number", MAX_NUMBER);
        let organisation = fields.reference("organisation", ORGANISATION, &known.organisations, |code| {
            before.is_some_and(|before| before.organisation.as_deref() == Some(code))
        });
        if let Some((before, kind)) = before.zip(kind) {
            check_fixed(fields, known, before, kind, organisation.as_deref());
        }
        let relations = read_relations(fields, known, before);
        let parent = relations.as_deref().and_then(parent_of).map(str::to_owned);
        if relations.is_some() {
            fields.same(
                "parent",
                parent.as_deref(),
                "The parent follows from the relation 'parent' that has no end; change it there.",
                "Det overordnede område følger af relationen 'parent' uden slutdato; ret det der.",
            );
        }
        let aliases = fields.aliases();
        let Names {
            name,
            name_en,
            note,
            source,
        } = names?;
        Some(NewArea {
            kind: kind?,
            name,
            name_en,
            number,
            organisation,
            parent,
            relations: relations?,
            aliases,
            note,
            source,
        })
    }

    async fn store(transaction: &DatabaseTransaction, place: Place, new: NewArea) -> Result<(), Problem> {
        let row = area::ActiveModel {
            plan_id: Set(place.plan_id),
            code: Set(place.code.clone()),
            position: Set(place.position),
            kind: Set(new.kind.code().to_owned()),
            name: Set(new.name),
            name_en: Set(new.name_en),
            number: Set(new.number),
            organisation: Set(new.organisation),
            aliases: Set(json!(new.aliases)),
            note: Set(new.note),
            source: Set(new.source),
            archived_at: Set(place.archived_at),
        };
        place.save(transaction, row).await?;
        area_relation::Entity::delete_many()
            .filter(area_relation::Column::PlanId.eq(place.plan_id))
            .filter(area_relation::Column::Area.eq(&place.code))
            .exec(transaction)
            .await?;
        for relation in new.relations {
            let row = area_relation::ActiveModel {
                plan_id: Set(place.plan_id),
                area: Set(place.code.clone()),
                relation: Set(relation.relation.code().to_owned()),
                target: Set(relation.target),
                valid_from: Set(relation.valid_from),
                valid_to: Set(relation.valid_to),
                source: Set(relation.source),
            };
            area_relation::Entity::insert(row)
                .exec_without_returning(transaction)
                .await?;
        }
        Ok(())
    }
}

/// What stays as it is: the kind of an area that others name, and what only the secretariat changes.
fn check_fixed(
    fields: &mut Fields<'_, '_>,
    known: &Known,
    before: &AreaView,
    kind: AreaKind,
    organisation: Option<&str>,
) {
    let is_other_kind = kind.code() != before.kind;
    if is_other_kind && known.is_named {
        fields.error(
            "kind",
            "in_use",
            "Figures, relations or venues name the area as what it is.",
            "Tal, relationer eller steder bruger området som det, det er.",
        );
    }
    if known.is_secretariat {
        return;
    }
    for (name, is_changed) in [
        ("kind", is_other_kind),
        ("organisation", organisation != before.organisation.as_deref()),
        ("archived_at", fields.is_archived() != before.archived_at.is_some()),
    ] {
        if is_changed {
            fields.error(
                name,
                "secretariat_only",
                "Only the secretariat changes this.",
                "Kun områdesekretariatet ændrer dette.",
            );
        }
    }
}

/// The relations, if each of them could be read.
fn read_relations(
    fields: &mut Fields<'_, '_>,
    known: &Known,
    before: Option<&AreaView>,
) -> Option<Vec<NewAreaRelation>> {
    const LIST: &str = "relations";
    let is_kept = |code: &str| before.is_some_and(|before| before.relations.iter().any(|known| known.target == code));
    let relations = fields.list(LIST, MAX_RELATIONS, |item| {
        let relation = item.word("relation");
        let target = item.required_reference("target", AREA, &known.areas, is_kept);
        let (valid_from, valid_to) = item.validity();
        let source = item.source();
        Some(NewAreaRelation {
            relation: relation?,
            target: target?,
            valid_from,
            valid_to,
            source: source?,
        })
    });
    let mut seen = HashSet::new();
    let mut parents: Vec<&NewAreaRelation> = Vec::new();
    for (index, relation) in relations.iter().enumerate() {
        let Some(relation) = relation else { continue };
        if !seen.insert((relation.relation.code(), &relation.target)) {
            fields.duplicate_in(LIST, index);
            continue;
        }
        let kind = known.kinds.get(&relation.target).and_then(|kind| AreaKind::find(kind));
        if kind.is_some_and(|kind| !relation.relation.leads_to().contains(&kind)) {
            fields.error_in(
                LIST,
                index,
                "target",
                "wrong_kind",
                "The relation does not lead to an area of this kind.",
                "Relationen fører ikke til et område af denne art.",
            );
        }
        if is_above(&known.above, &relation.target, &known.code) {
            fields.error_in(
                LIST,
                index,
                "target",
                "circular",
                "The relation leads back to the area itself.",
                "Relationen fører tilbage til området selv.",
            );
        }
        if relation.relation == AreaRelationKind::Parent {
            let days = |relation: &NewAreaRelation| (relation.valid_from, relation.valid_to);
            if parents.iter().any(|other| overlap(days(other), days(relation))) {
                fields.error_in(
                    LIST,
                    index,
                    "target",
                    "second_parent",
                    "Another parent is stated for the same days.",
                    "Der er angivet et andet overordnet område for de samme dage.",
                );
            }
            parents.push(relation);
        }
    }
    relations.into_iter().collect()
}

/// The area that it is part of today: the parent without an end.
fn parent_of(relations: &[NewAreaRelation]) -> Option<&str> {
    relations
        .iter()
        .find(|relation| relation.relation == AreaRelationKind::Parent && relation.valid_to.is_none())
        .map(|relation| relation.target.as_str())
}
