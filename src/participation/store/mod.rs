//! Queries of participation: what a report may say, who may say it, and what was said.

mod commitments;
mod read;
mod release;
mod report;

pub use commitments::commitments;
pub use read::{Selection, Which, find, list, stored_receipt, view};
pub use release::{quarter, reporters, residences};
pub use report::{Report, erase, redacted, report};

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::Copenhagen;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::draft::{Codes, Kind, Membership};
use super::model::{AgeBandView, CategoriesView, GenderView, ResidenceView};
use super::rules::UNKNOWN;
use crate::activities::rules::ActivityStatus;
use crate::areas;
use crate::areas::rules::{AreaKind, AreaRelationKind};
use crate::auth::Caller;
use crate::auth::role::Role;
use crate::disclosure::{OUTSIDE, unknown_in};
use crate::entities::{activity, activity_actor, activity_commitment, age_band, gender, plan};
use crate::period::Period;
use crate::problem::Problem;
use crate::words::Word;

/// The organisations for which a caller works: its own and the units below it; none: all, for the secretariat.
pub async fn units(db: &impl ConnectionTrait, plan_id: i32, caller: &Caller) -> Result<Option<Vec<String>>, Problem> {
    if caller.role == Some(Role::Secretariat) {
        return Ok(None);
    }
    match &caller.scope.organisation {
        Some(organisation) => Ok(Some(areas::store::units_of(db, plan_id, organisation).await?)),
        None => Ok(Some(Vec::new())),
    }
}

/// The activities in which one of the units is an actor.
async fn acted_in(db: &impl ConnectionTrait, plan_id: i32, units: &[String]) -> Result<HashSet<String>, Problem> {
    let actors = activity_actor::Entity::find()
        .filter(activity_actor::Column::PlanId.eq(plan_id))
        .filter(activity_actor::Column::Organisation.is_in(units))
        .all(db)
        .await?;
    Ok(actors.into_iter().map(|actor| actor.activity).collect())
}

/// The codes that a report of the plan may use, by those who work for these units. An activity that is not decided has no
/// participants; one that is archived may still be corrected.
pub async fn codes(db: &impl ConnectionTrait, plan: &plan::Model, units: Option<&[String]>) -> Result<Codes, Problem> {
    let mut codes = areas_of(db, plan.id).await?;
    codes.days = Some((plan.starts_on, plan.ends_on));
    if let Some(units) = units {
        codes.own = Some(acted_in(db, plan.id, units).await?);
    }
    let activities = activity::Entity::find()
        .filter(activity::Column::PlanId.eq(plan.id))
        .filter(activity::Column::Status.ne(ActivityStatus::Draft.code()));
    for row in activities.all(db).await? {
        let is_own = codes.own.as_ref().is_none_or(|own| own.contains(&row.code));
        // What others are not to see is as good as not there.
        if is_own || row.is_published {
            codes.activities.insert(row.code, Vec::new());
        }
    }
    let commitments = activity_commitment::Entity::find()
        .filter(activity_commitment::Column::PlanId.eq(plan.id))
        .order_by_asc(activity_commitment::Column::Position);
    for row in commitments.all(db).await? {
        if let Some(known) = codes.activities.get_mut(&row.activity) {
            known.push(row.code);
        }
    }
    for row in age_bands(db, plan.id).await? {
        note_archived(&mut codes.archived, Kind::AgeBand, &row.code, row.archived_at);
        codes.age_bands.push(row.code);
    }
    for row in genders(db, plan.id).await? {
        note_archived(&mut codes.archived, Kind::Gender, &row.code, row.archived_at);
        codes.genders.push(row.code);
    }
    Ok(codes)
}

/// The zones and departments of a plan, and how they lie to one another.
async fn areas_of(db: &impl ConnectionTrait, plan_id: i32) -> Result<Codes, Problem> {
    let mut codes = Codes::default();
    let mut departments: BTreeMap<String, Vec<Membership>> = BTreeMap::new();
    for area in areas::store::all_areas(db, plan_id).await? {
        match AreaKind::find(&area.kind) {
            Some(AreaKind::Zone) => codes.zones.push(area.code.clone()),
            Some(AreaKind::Department) => {
                departments.insert(area.code.clone(), Vec::new());
            }
            _ => continue,
        }
        note_archived(&mut codes.archived, Kind::Area, &area.code, area.archived_at);
    }
    let named: Vec<String> = departments.keys().cloned().collect();
    for relation in areas::store::relations(db, plan_id, &named).await? {
        let is_in_zone = relation.relation == AreaRelationKind::Parent.code() && codes.zones.contains(&relation.target);
        if is_in_zone && let Some(memberships) = departments.get_mut(&relation.area) {
            memberships.push(Membership {
                zone: relation.target,
                from: relation.valid_from,
                to: relation.valid_to,
            });
        }
    }
    codes.departments = departments;
    Ok(codes)
}

fn note_archived(
    archived: &mut HashMap<(Kind, String), NaiveDate>,
    kind: Kind,
    code: &str,
    archived_at: Option<DateTime<Utc>>,
) {
    if let Some(instant) = archived_at {
        let day = instant.with_timezone(&Copenhagen).date_naive();
        archived.insert((kind, code.to_owned()), day);
    }
}

async fn age_bands(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<age_band::Model>, Problem> {
    Ok(age_band::Entity::find()
        .filter(age_band::Column::PlanId.eq(plan_id))
        .order_by_asc(age_band::Column::Position)
        .all(db)
        .await?)
}

async fn genders(db: &impl ConnectionTrait, plan_id: i32) -> Result<Vec<gender::Model>, Problem> {
    Ok(gender::Entity::find()
        .filter(gender::Column::PlanId.eq(plan_id))
        .order_by_asc(gender::Column::Position)
        .all(db)
        .await?)
}

/// What a report of a quarter may say.
pub async fn categories(db: &impl ConnectionTrait, plan_id: i32, period: Period) -> Result<CategoriesView, Problem> {
    let zones = residences(db, plan_id, period.end()).await?;
    let mut residences = Vec::new();
    for zone in &zones {
        let departments = zone.departments.iter().map(|department| ResidenceView {
            code: department.clone(),
            zone: Some(zone.code.clone()),
            department: Some(department.clone()),
        });
        residences.extend(departments);
        residences.push(ResidenceView {
            code: unknown_in(&zone.code),
            zone: Some(zone.code.clone()),
            department: None,
        });
    }
    residences.push(ResidenceView {
        code: OUTSIDE.to_owned(),
        zone: None,
        department: None,
    });
    let mut places: Vec<String> = zones.into_iter().map(|zone| zone.code).collect();
    places.extend([OUTSIDE.to_owned(), UNKNOWN.to_owned()]);
    let is_in_use = |archived_at: Option<DateTime<Utc>>| {
        archived_at.is_none_or(|instant| instant.with_timezone(&Copenhagen).date_naive() > period.end())
    };
    let age_bands = age_bands(db, plan_id).await?.into_iter();
    let genders = genders(db, plan_id).await?.into_iter();
    Ok(CategoriesView {
        period,
        residences,
        places,
        age_bands: age_bands
            .filter(|row| is_in_use(row.archived_at))
            .map(|row| AgeBandView {
                code: row.code,
                name: row.name,
                name_en: row.name_en,
                age_from: row.age_from,
                age_to: row.age_to,
            })
            .collect(),
        genders: genders
            .filter(|row| is_in_use(row.archived_at))
            .map(|row| GenderView {
                code: row.code,
                name: row.name,
                name_en: row.name_en,
            })
            .collect(),
    })
}
