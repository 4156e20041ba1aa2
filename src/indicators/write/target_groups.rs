//! Target groups with their parts: dated, and never less than their figures need.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::super::model::{NewSubset, NewTargetGroup, TargetGroupView};
use super::super::store;
use crate::auth::Caller;
use crate::entities::{target_group, target_group_subset};
use crate::problem::Problem;
use crate::reference::{CodeForm, Fields, Names, Operations, Place, Resource, STEP};

/// The longest name of a law's provision.
const MAX_LAW: usize = 200;
/// The longest keyword.
const MAX_KEYWORD: usize = 50;
/// The most parts of a group.
const MAX_SUBSETS: usize = 20;

/// Target groups.
#[derive(Debug)]
pub struct TargetGroups;

/// What a target group is judged by.
#[derive(Debug)]
pub struct Known {
    code: String,
    /// The first and the last day of the figures that each category has: the group itself and its parts.
    figures: HashMap<String, (NaiveDate, NaiveDate)>,
}

impl Resource for TargetGroups {
    type Table = target_group::Entity;
    type View = TargetGroupView;
    type Content = NewTargetGroup;
    type Known = Known;

    const PATH: &'static str = "target-groups";
    const OPERATIONS: Operations = Operations {
        put: "put_target_group",
        patch: "patch_target_group",
        archive: "archive_target_group",
    };
    const CODES: CodeForm = CodeForm::Numbered;

    fn missing() -> Problem {
        Problem::not_found(
            "There is no target group of this code.",
            "Der er ingen målgruppe med denne kode.",
        )
    }

    async fn views<C: ConnectionTrait>(
        db: &C,
        plan_id: i32,
        rows: Vec<target_group::Model>,
    ) -> Result<Vec<TargetGroupView>, Problem> {
        let mut subsets: HashMap<String, Vec<target_group_subset::Model>> = HashMap::new();
        for subset in store::subsets(db, plan_id).await? {
            subsets.entry(subset.target_group.clone()).or_default().push(subset);
        }
        let views = rows.into_iter().map(|row| {
            let own = subsets.remove(&row.code).unwrap_or_default();
            TargetGroupView::new(row, own)
        });
        Ok(views.collect())
    }

    async fn known(transaction: &DatabaseTransaction, plan_id: i32, code: &str, _: &Caller) -> Result<Known, Problem> {
        let mut categories = vec![code.to_owned()];
        for subset in store::subsets(transaction, plan_id).await? {
            if subset.target_group == code {
                categories.push(format!("{code}/{}", subset.code));
            }
        }
        Ok(Known {
            code: code.to_owned(),
            figures: store::days_of_figures(transaction, plan_id, categories).await?,
        })
    }

    fn read(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&TargetGroupView>) -> Option<NewTargetGroup> {
        let names = fields.names();
        let law = fields.optional_text("law", MAX_LAW);
        let (valid_from, valid_to) = fields.validity();
        let first = known.figures.values().map(|(first, _)| *first).min();
        if valid_from.zip(first).is_some_and(|(from, first)| first < from) {
            fields.error(
                "valid_from",
                "in_use",
                "There are figures of the group for earlier days.",
                "Der er tal for målgruppen for tidligere dage.",
            );
        }
        let last = known.figures.values().map(|(_, last)| *last).max();
        if valid_to.zip(last).is_some_and(|(to, last)| to < last) {
            fields.error(
                "valid_to",
                "in_use",
                "There are figures of the group for later days.",
                "Der er tal for målgruppen for senere dage.",
            );
        }
        let subsets = read_subsets(fields, known, before);
        let Names {
            name,
            name_en,
            note,
            source,
        } = names?;
        Some(NewTargetGroup {
            name,
            name_en,
            law,
            valid_from,
            valid_to,
            subsets: subsets?,
            note,
            source,
        })
    }

    async fn store(transaction: &DatabaseTransaction, place: Place, new: NewTargetGroup) -> Result<(), Problem> {
        let row = target_group::ActiveModel {
            plan_id: Set(place.plan_id),
            code: Set(place.code.clone()),
            position: Set(place.position),
            name: Set(new.name),
            name_en: Set(new.name_en),
            law: Set(new.law),
            valid_from: Set(new.valid_from),
            valid_to: Set(new.valid_to),
            note: Set(new.note),
            source: Set(new.source),
            archived_at: Set(place.archived_at),
        };
        place.save(transaction, row).await?;
        target_group_subset::Entity::delete_many()
            .filter(target_group_subset::Column::PlanId.eq(place.plan_id))
            .filter(target_group_subset::Column::TargetGroup.eq(&place.code))
            .exec(transaction)
            .await?;
        let mut position = 0;
        for subset in new.subsets {
            position += STEP;
            let row = target_group_subset::ActiveModel {
                plan_id: Set(place.plan_id),
                target_group: Set(place.code.clone()),
                code: Set(subset.code),
                position: Set(position),
                name: Set(subset.name),
                name_en: Set(subset.name_en),
                keyword: Set(subset.keyword),
                source: Set(subset.source),
            };
            target_group_subset::Entity::insert(row)
                .exec_without_returning(transaction)
                .await?;
        }
        Ok(())
    }
}

/// The parts, if each of them could be read; one that has figures may not go.
fn read_subsets(
    fields: &mut Fields<'_, '_>,
    known: &Known,
    before: Option<&TargetGroupView>,
) -> Option<Vec<NewSubset>> {
    const LIST: &str = "subsets";
    let subsets = fields.list(LIST, MAX_SUBSETS, |item| {
        let code = item.code("code", is_subset_code);
        let names = item.both_names();
        let keyword = item.text("keyword", MAX_KEYWORD);
        let source = item.source();
        let (name, name_en) = names?;
        Some(NewSubset {
            code: code?,
            name,
            name_en,
            keyword: keyword?,
            source: source?,
        })
    });
    let (mut codes, mut keywords) = (HashSet::new(), HashSet::new());
    for (index, subset) in subsets.iter().enumerate() {
        let Some(subset) = subset else { continue };
        let is_new = codes.insert(subset.code.clone());
        if !keywords.insert(subset.keyword.to_lowercase()) || !is_new {
            fields.duplicate_in(LIST, index);
        }
    }
    let subsets: Option<Vec<NewSubset>> = subsets.into_iter().collect();
    let is_lost = |code: &str| {
        let has_figures = known.figures.contains_key(&format!("{}/{code}", known.code));
        has_figures && !codes.contains(code)
    };
    let mut parts = before.iter().flat_map(|before| &before.subsets);
    if subsets.is_some() && parts.any(|part| is_lost(&part.code)) {
        fields.error(
            LIST,
            "in_use",
            "A part that has figures is missing.",
            "En delmængde, der har tal, mangler.",
        );
    }
    subsets
}

/// `long_term`: it stands behind a slash in a category.
fn is_subset_code(code: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    code.len() <= CodeForm::MAX && code.split(['_', '-']).all(is_part)
}
