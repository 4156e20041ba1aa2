//! Finding reports.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::model::{Content, Count, Delivery, Outcomes, PlaceCount, Receipt, ReportItemView, ReportView};
use super::super::rules::totals;
use super::release::known_at;
use crate::db::Window;
use crate::entities::{participation_count, participation_delivered, participation_place, participation_report};
use crate::period::Period;
use crate::problem::Problem;

/// Which revision of a report.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// The one that was current at this number of the plan's sequence.
    At(i64),
    /// The one of this number.
    Revision(i32),
}

/// Which reports; of those that the caller may read.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those that one of these organisations reported, in whichever revision; none: all.
    pub units: Option<Vec<String>>,
    /// Of this activity.
    pub activity: Option<String>,
    /// Of this quarter.
    pub period: Option<Period>,
}

/// Whether one of the units reported an activity and quarter in whichever revision; without units everybody did. Only who
/// reported something knows it exactly.
pub(super) async fn is_reporter(
    db: &impl ConnectionTrait,
    plan_id: i32,
    units: Option<&[String]>,
    activity: &str,
    first_day: NaiveDate,
) -> Result<bool, Problem> {
    let Some(units) = units else { return Ok(true) };
    let own = participation_report::Entity::find()
        .filter(participation_report::Column::PlanId.eq(plan_id))
        .filter(participation_report::Column::Activity.eq(activity))
        .filter(participation_report::Column::PeriodStart.eq(first_day))
        .filter(participation_report::Column::Organisation.is_in(units))
        .one(db)
        .await?;
    Ok(own.is_some())
}

/// A revision of an activity's report of a quarter; 404 where there is none, where none of the units reported it, or where its
/// counts have been deleted, which the answer says.
pub async fn find(
    db: &impl ConnectionTrait,
    plan_id: i32,
    units: Option<&[String]>,
    activity: &str,
    period: Period,
    which: Which,
) -> Result<participation_report::Model, Problem> {
    let missing = || {
        Problem::not_found(
            "There is no such report that your organisation, or a unit of it, has made.",
            "Der er ikke en sådan indberetning, som din organisation eller en enhed under den har foretaget.",
        )
    };
    if !is_reporter(db, plan_id, units, activity, period.start()).await? {
        return Err(missing());
    }
    let select = participation_report::Entity::find()
        .filter(participation_report::Column::PlanId.eq(plan_id))
        .filter(participation_report::Column::Activity.eq(activity))
        .filter(participation_report::Column::PeriodStart.eq(period.start()));
    let select = match which {
        Which::At(seq) => select.filter(known_at(seq)),
        Which::Revision(revision) => select.filter(participation_report::Column::Revision.eq(revision)),
    };
    let row = select.one(db).await?.ok_or_else(missing)?;
    match row.erased_at {
        None => Ok(row),
        Some(erased_at) => Err(Problem::not_found(
            format!(
                "The exact counts were deleted on {}, because their time was up; what was released of them stays.",
                erased_at.date_naive()
            ),
            format!(
                "De nøjagtige tal blev slettet {}, fordi opbevaringstiden var udløbet; det offentliggjorte bliver stående.",
                erased_at.date_naive()
            ),
        )),
    }
}

/// The current reports, in the order in which they came: no figures.
pub async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    window: &Window<Uuid>,
    selection: &Selection,
) -> Result<Vec<ReportItemView>, Problem> {
    use participation_report::Column;
    let mut select = participation_report::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::SeqTo.is_null())
        .order_by_asc(Column::Id)
        .limit(window.limit + 1);
    if let Some(units) = &selection.units {
        select = select.filter(reported_by(db, plan_id, units).await?);
    }
    if let Some(activity) = &selection.activity {
        select = select.filter(Column::Activity.eq(activity));
    }
    if let Some(period) = selection.period {
        select = select.filter(Column::PeriodStart.eq(period.start()));
    }
    if let Some(after) = window.after {
        select = select.filter(Column::Id.gt(after));
    }
    Ok(select.all(db).await?.iter().map(item).collect())
}

/// The activities and quarters that one of the units reported: a few a quarter.
async fn reported_by(db: &impl ConnectionTrait, plan_id: i32, units: &[String]) -> Result<Condition, Problem> {
    use participation_report::Column;
    let keys: Vec<(String, NaiveDate)> = participation_report::Entity::find()
        .select_only()
        .column(Column::Activity)
        .column(Column::PeriodStart)
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Organisation.is_in(units))
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let mut quarters: BTreeMap<String, Vec<NaiveDate>> = BTreeMap::new();
    for (activity, first_day) in keys {
        quarters.entry(activity).or_default().push(first_day);
    }
    // Nothing is reported by nobody: the condition is never empty.
    let none = Condition::any().add(Column::Activity.is_in(Vec::<String>::new()));
    Ok(quarters.into_iter().fold(none, |any, (activity, first_days)| {
        let one = Condition::all()
            .add(Column::Activity.eq(activity))
            .add(Column::PeriodStart.is_in(first_days));
        any.add(one)
    }))
}

fn item(row: &participation_report::Model) -> ReportItemView {
    ReportItemView {
        id: row.id,
        activity: row.activity.clone(),
        period: row.period.clone(),
        revision: row.revision,
        organisation: row.organisation.clone(),
        received_at: row.received_at,
    }
}

/// A stored revision as it is shown: exact.
pub async fn view(db: &impl ConnectionTrait, row: participation_report::Model) -> Result<ReportView, Problem> {
    let content = content(db, &row).await?;
    Ok(ReportView {
        head: item(&row),
        totals: totals(&content),
        content,
        revision_reason: row.revision_reason,
    })
}

/// The receipt that a revision was stored with.
pub fn stored_receipt(row: &participation_report::Model) -> Result<Receipt, Problem> {
    serde_json::from_str(&row.receipt).map_err(|error| {
        tracing::error!(id = %row.id, %error, "a stored receipt cannot be read");
        Problem::internal()
    })
}

/// What a revision says, in the order in which it was judged: sorted here, because the databases' collations differ.
pub(super) async fn content(db: &impl ConnectionTrait, row: &participation_report::Model) -> Result<Content, Problem> {
    let counts = participation_count::Entity::find()
        .filter(participation_count::Column::PlanId.eq(row.plan_id))
        .filter(participation_count::Column::Report.eq(row.id))
        .all(db)
        .await?;
    let counts = counts.into_iter().map(|row| Count {
        residence: row.residence,
        age_band: row.age_band,
        gender: row.gender,
        participants: row.participants,
        newcomers: row.newcomers,
        outcomes: Outcomes {
            education: row.to_education,
            job: row.to_job,
            leisure_job: row.to_leisure_job,
            association: row.to_association,
        },
    });
    let mut counts: Vec<Count> = counts.collect();
    counts.sort_by(|a, b| (&a.residence, &a.age_band, &a.gender).cmp(&(&b.residence, &b.age_band, &b.gender)));
    let places = participation_place::Entity::find()
        .filter(participation_place::Column::PlanId.eq(row.plan_id))
        .filter(participation_place::Column::Report.eq(row.id))
        .all(db)
        .await?;
    let places = places.into_iter().map(|row| PlaceCount {
        zone: row.place,
        sessions: row.sessions,
        volunteers: row.volunteers,
        attendances: row.attendances,
    });
    let mut places: Vec<PlaceCount> = places.collect();
    places.sort_by(|a, b| a.zone.cmp(&b.zone));
    let delivered = participation_delivered::Entity::find()
        .filter(participation_delivered::Column::PlanId.eq(row.plan_id))
        .filter(participation_delivered::Column::Report.eq(row.id))
        .all(db)
        .await?;
    let delivered = delivered.into_iter().map(|row| Delivery {
        commitment: row.commitment,
        zone: row.place,
        quantity: row.quantity,
    });
    let mut delivered: Vec<Delivery> = delivered.collect();
    delivered.sort_by(|a, b| (&a.commitment, &a.zone).cmp(&(&b.commitment, &b.zone)));
    Ok(Content {
        source: row.source.clone(),
        note: row.note.clone(),
        counts,
        places,
        delivered,
    })
}
