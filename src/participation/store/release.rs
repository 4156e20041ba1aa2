//! What releases are made of.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::draft::Kind;
use super::areas_of;
use super::report::erased;
use crate::disclosure::Zone;
use crate::entities::{participation_count, participation_report};
use crate::period::Period;
use crate::problem::Problem;

/// The reports that were current at a number of the plan's sequence; [`crate::record::NOW`] for those that are.
pub(super) fn known_at(seq: i64) -> Condition {
    use participation_report::Column::{SeqFrom, SeqTo};
    Condition::all()
        .add(SeqFrom.lte(seq))
        .add(SeqTo.is_null().or(SeqTo.gt(seq)))
}

/// The exact counts of a quarter as they were known at a number of the plan's sequence, each with its activity. Who is not
/// counted was not there, or was not reported. 409 where the counts of any report were deleted: what is left would be less than
/// what there was.
pub async fn quarter(
    db: &impl ConnectionTrait,
    plan_id: i32,
    period: Period,
    seq: i64,
) -> Result<Vec<(String, participation_count::Model)>, Problem> {
    let reports = participation_report::Entity::find()
        .select_only()
        .column(participation_report::Column::Id)
        .column(participation_report::Column::Activity)
        .column(participation_report::Column::ErasedAt)
        .filter(participation_report::Column::PlanId.eq(plan_id))
        .filter(participation_report::Column::PeriodStart.eq(period.start()))
        .filter(known_at(seq))
        .into_tuple::<(Uuid, String, Option<DateTime<Utc>>)>()
        .all(db)
        .await?;
    if reports.iter().any(|(_, _, erased_at)| erased_at.is_some()) {
        return Err(erased());
    }
    let reports: HashMap<Uuid, String> = reports.into_iter().map(|(id, activity, _)| (id, activity)).collect();
    let counts = participation_count::Entity::find()
        .filter(participation_count::Column::PlanId.eq(plan_id))
        .filter(participation_count::Column::Report.is_in(reports.keys().copied()))
        .all(db)
        .await?;
    let with_activity = |count: participation_count::Model| Some((reports.get(&count.report)?.clone(), count));
    Ok(counts.into_iter().filter_map(with_activity).collect())
}

/// Which organisation ever reported which activity of a quarter: it knows what it said, whether it is still an actor or not.
pub async fn reporters(
    db: &impl ConnectionTrait,
    plan_id: i32,
    period: Period,
) -> Result<Vec<(String, String)>, Problem> {
    use participation_report::Column;
    Ok(participation_report::Entity::find()
        .select_only()
        .column(Column::Activity)
        .column(Column::Organisation)
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::PeriodStart.eq(period.start()))
        .filter(Column::Organisation.is_not_null())
        .distinct()
        .order_by_asc(Column::Activity)
        .order_by_asc(Column::Organisation)
        .into_tuple()
        .all(db)
        .await?)
}

/// The zones of a plan with the departments that were in them on a day; what was out of use by then is left out.
pub async fn residences(db: &impl ConnectionTrait, plan_id: i32, day: NaiveDate) -> Result<Vec<Zone>, Problem> {
    let codes = areas_of(db, plan_id).await?;
    let is_in_use = |code: &&String| {
        let archived_on = codes.archived.get(&(Kind::Area, (*code).clone()));
        archived_on.is_none_or(|archived_on| *archived_on > day)
    };
    let zones = codes.zones.iter().filter(is_in_use).map(|zone| Zone {
        code: zone.clone(),
        departments: codes
            .departments
            .keys()
            .filter(|department| codes.zone_of(department, day) == Some(zone.as_str()))
            .filter(is_in_use)
            .cloned()
            .collect(),
    });
    Ok(zones.collect())
}
