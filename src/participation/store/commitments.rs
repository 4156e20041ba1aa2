//! What activities promised against what was delivered.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::model::{CommitmentView, QuarterDelivery};
use super::super::rules::{promised, quarters, standing};
use super::release::known_at;
use crate::activities::rules::{ActivityStatus, CommitmentPeriod};
use crate::activities::store::Sight;
use crate::entities::{activity, activity_commitment, participation_delivered, participation_report, plan};
use crate::problem::Problem;
use crate::words::Word;

/// The commitments of the plan's activities that are decided, in use and seen by the caller, against what the reports of a year
/// say that was delivered, as it was known at a number of the plan's sequence. In the order of the agreement.
pub async fn commitments(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    year: i32,
    only: Option<&str>,
    sight: Sight,
    seq: i64,
) -> Result<Vec<CommitmentView>, Problem> {
    let (Some(first), Some(last)) = (
        NaiveDate::from_ymd_opt(year, 1, 1),
        NaiveDate::from_ymd_opt(year, 12, 31),
    ) else {
        return Ok(Vec::new());
    };
    let (first, last) = (first.max(plan.starts_on), last.min(plan.ends_on));
    let quarters = quarters(first, last);
    let mut deliveries = deliveries(db, plan.id, year, seq).await?;
    let mut activities = activity::Entity::find()
        .filter(activity::Column::PlanId.eq(plan.id))
        .filter(activity::Column::ArchivedAt.is_null())
        .filter(activity::Column::Status.ne(ActivityStatus::Draft.code()))
        .order_by_asc(activity::Column::Position);
    if sight == Sight::Published {
        activities = activities.filter(activity::Column::IsPublished.eq(true));
    }
    if let Some(only) = only {
        activities = activities.filter(activity::Column::Code.eq(only));
    }
    let mut rows: HashMap<String, Vec<activity_commitment::Model>> = HashMap::new();
    let found = activity_commitment::Entity::find()
        .filter(activity_commitment::Column::PlanId.eq(plan.id))
        .order_by_asc(activity_commitment::Column::Position);
    for row in found.all(db).await? {
        rows.entry(row.activity.clone()).or_default().push(row);
    }
    let mut views = Vec::new();
    for activity in activities.all(db).await? {
        for row in rows.remove(&activity.code).unwrap_or_default() {
            let per = row.per.as_deref().and_then(CommitmentPeriod::find);
            let promised = promised(row.quantity, per, first, last);
            let key = (row.activity.clone(), row.code.clone());
            let deliveries = deliveries.remove(&key).unwrap_or_default();
            let delivered: i64 = deliveries.iter().map(|delivery| i64::from(delivery.quantity)).sum();
            let delivered = Some(delivered).filter(|_| !deliveries.is_empty());
            let is_reported = |quarter: &&String| deliveries.iter().any(|delivery| delivery.period == **quarter);
            let unreported: Vec<String> = quarters
                .iter()
                .filter(|quarter| !is_reported(quarter))
                .cloned()
                .collect();
            views.push(CommitmentView {
                activity: row.activity,
                code: row.code,
                name: row.name,
                name_en: row.name_en,
                organisation: row.organisation,
                unit: row.unit,
                quantity: row.quantity,
                per,
                year,
                promised,
                delivered,
                status: standing(promised, delivered, unreported.len()),
                deliveries,
                unreported,
            });
        }
    }
    Ok(views)
}

/// What the reports of a year say, by activity and commitment; each in the order of quarters and zones.
async fn deliveries(
    db: &impl ConnectionTrait,
    plan_id: i32,
    year: i32,
    seq: i64,
) -> Result<HashMap<(String, String), Vec<QuarterDelivery>>, Problem> {
    let (Some(first), Some(after)) = (
        NaiveDate::from_ymd_opt(year, 1, 1),
        NaiveDate::from_ymd_opt(year + 1, 1, 1),
    ) else {
        return Ok(HashMap::new());
    };
    let reports = participation_report::Entity::find()
        .filter(participation_report::Column::PlanId.eq(plan_id))
        .filter(participation_report::Column::PeriodStart.gte(first))
        .filter(participation_report::Column::PeriodStart.lt(after))
        .filter(known_at(seq))
        .all(db)
        .await?;
    let reports: HashMap<_, _> = reports.into_iter().map(|report| (report.id, report)).collect();
    let delivered = participation_delivered::Entity::find()
        .filter(participation_delivered::Column::PlanId.eq(plan_id))
        .filter(participation_delivered::Column::Report.is_in(reports.keys().copied()))
        .all(db)
        .await?;
    let mut deliveries: HashMap<(String, String), Vec<QuarterDelivery>> = HashMap::new();
    for row in delivered {
        let Some(report) = reports.get(&row.report) else {
            continue;
        };
        let delivery = QuarterDelivery {
            period: report.period.clone(),
            zone: row.place,
            quantity: row.quantity,
        };
        deliveries
            .entry((report.activity.clone(), row.commitment))
            .or_default()
            .push(delivery);
    }
    for deliveries in deliveries.values_mut() {
        // Quarters of one year sort as their texts do.
        deliveries.sort_by(|a, b| (&a.period, &a.zone).cmp(&(&b.period, &b.zone)));
    }
    Ok(deliveries)
}
