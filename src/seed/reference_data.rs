//! The plan itself and its reference data: what is there stays as it is.

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use super::missing::{add_missing, insert_missing};
use super::rows::{
    AreaRow, FocusAreaRow, GroupRow, IndicatorRow, OrganisationRow, PlanFile, RelationRow, SubsetRow, VenueRow,
};
use super::{Source, activities, aliases, bodies, criteria, participation};
use crate::entities::{
    area, area_relation, focus_area, indicator, organisation, plan, plan_party, target_group, target_group_subset,
    venue,
};
use crate::record;

/// The plan of the file, and whether it is new.
pub(super) async fn plan(transaction: &DatabaseTransaction, file: &PlanFile) -> anyhow::Result<(plan::Model, bool)> {
    let found = plan::Entity::find()
        .filter(plan::Column::Code.eq(&file.code))
        .one(transaction)
        .await?;
    if let Some(plan) = found {
        return Ok((plan, false));
    }
    let row = plan::ActiveModel {
        code: Set(file.code.clone()),
        name: Set(file.name.clone()),
        name_en: Set(file.name_en.clone()),
        starts_on: Set(file.starts_on),
        ends_on: Set(file.ends_on),
        is_public: Set(file.is_public),
        predecessor: Set(file.predecessor.clone()),
        note: Set(file.note.clone()),
        source: Set(file.source.clone()),
        ..Default::default()
    };
    let plan = plan::Entity::insert(row).exec_with_returning(transaction).await?;
    record::start_sequence(transaction, plan.id).await?;
    Ok((plan, true))
}

/// Everything that has a code and is archived rather than deleted; says how many rows are new.
pub(super) async fn load(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    file: &PlanFile,
    source: &Source,
) -> anyhow::Result<u64> {
    let id = plan.id;
    let mut rows = 0;
    let organisations: Vec<OrganisationRow> = source.rows("organisations.csv")?;
    rows += add_missing(
        transaction,
        id,
        organisations,
        |row| &row.code,
        |position, row| organisation::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            kind: Set(row.kind),
            parent: Set(row.parent),
            aliases: Set(aliases(row.aliases)),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    rows += insert_missing(transaction, file.parties.clone(), |position, row| {
        plan_party::ActiveModel {
            plan_id: Set(id),
            organisation: Set(row.organisation),
            position: Set(position),
            capacity: Set(row.capacity),
        }
    })
    .await?;
    let areas: Vec<AreaRow> = source.rows("areas.csv")?;
    rows += add_missing(
        transaction,
        id,
        areas,
        |row| &row.code,
        |position, row| area::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            kind: Set(row.kind),
            name: Set(row.name),
            name_en: Set(row.name_en),
            number: Set(row.number),
            organisation: Set(row.organisation),
            aliases: Set(aliases(row.aliases)),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let relations: Vec<RelationRow> = source.rows("area-relations.csv")?;
    rows += insert_missing(transaction, relations, |_, row| area_relation::ActiveModel {
        plan_id: Set(id),
        area: Set(row.area),
        relation: Set(row.relation),
        target: Set(row.target),
        valid_from: Set(row.valid_from),
        valid_to: Set(row.valid_to),
        source: Set(row.source),
    })
    .await?;
    let venues: Vec<VenueRow> = source.rows("venues.csv")?;
    rows += add_missing(
        transaction,
        id,
        venues,
        |row| &row.code,
        |position, row| venue::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            address: Set(row.address),
            zone: Set(row.zone),
            area: Set(row.area),
            is_base: Set(row.base),
            aliases: Set(aliases(row.aliases)),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let focus_areas: Vec<FocusAreaRow> = source.rows("focus-areas.csv")?;
    rows += add_missing(
        transaction,
        id,
        focus_areas,
        |row| &row.code,
        |position, row| focus_area::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let groups: Vec<GroupRow> = source.rows("target-groups.csv")?;
    rows += add_missing(
        transaction,
        id,
        groups,
        |row| &row.code,
        |position, row| target_group::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            law: Set(row.law),
            valid_from: Set(row.valid_from),
            valid_to: Set(row.valid_to),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let subsets: Vec<SubsetRow> = source.rows("target-group-subsets.csv")?;
    rows += insert_missing(transaction, subsets, |position, row| target_group_subset::ActiveModel {
        plan_id: Set(id),
        target_group: Set(row.target_group),
        code: Set(row.code),
        position: Set(position),
        name: Set(row.name),
        name_en: Set(row.name_en),
        keyword: Set(row.keyword),
        source: Set(row.source),
    })
    .await?;
    let indicators: Vec<IndicatorRow> = source.rows("indicators.csv")?;
    rows += add_missing(
        transaction,
        id,
        indicators,
        |row| &row.code,
        |position, row| indicator::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            name: Set(row.name),
            name_en: Set(row.name_en),
            unit: Set(row.unit),
            direction: Set(row.direction),
            decimals: Set(row.decimals),
            age_from: Set(row.age_from),
            age_to: Set(row.age_to),
            level: Set(row.level),
            data_owner: Set(row.data_owner),
            provenance: Set(row.provenance),
            rhythm: Set(row.rhythm),
            categories: Set(row.categories),
            is_fixed: Set(row.fixed),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    rows += criteria::load(transaction, id, source).await?;
    rows += activities::load(transaction, id, source).await?;
    rows += bodies::load(transaction, id, source).await?;
    rows += participation::load(transaction, id, source).await?;
    Ok(rows)
}
