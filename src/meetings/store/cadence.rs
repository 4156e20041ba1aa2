//! How often the bodies met in a year.

use chrono::{NaiveDateTime, NaiveTime};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::model::{BodyCadenceView, CadenceView, OrderView};
use super::super::rules::MeetingStatus;
use super::super::rules::cadence::{Counted, Duty, days_of, order, tallies};
use super::within;
use crate::bodies;
use crate::bodies::rules::{Per, Sight};
use crate::entities::{body, meeting};
use crate::local_time::last_minute;
use crate::problem::Problem;
use crate::words::Word;

/// The year of the bodies whose meetings a caller sees, against what is required of them.
pub async fn cadence(
    db: &impl ConnectionTrait,
    plan_id: i32,
    year: i32,
    sight: &Sight,
) -> Result<CadenceView, Problem> {
    let meetings = counted(db, plan_id, year, sight).await?;
    let bodies = bodies::store::all(db, plan_id).await?;
    let is_shown = |body: &body::Model| {
        let meets = || meetings.iter().any(|meeting| meeting.body == body.code);
        sight.sees(&body.code) && (body.archived_at.is_none() || meets())
    };
    let bodies: Vec<BodyCadenceView> = bodies
        .into_iter()
        .filter(is_shown)
        .map(|body| {
            let duty = duty(&body);
            let tallies = tallies(&meetings, &body.code, duty.as_ref(), year);
            BodyCadenceView::new(body.code, body.name, body.name_en, &tallies)
        })
        .collect();
    let orderings = bodies::store::orderings(db, plan_id).await?;
    let orderings = orderings
        .iter()
        .filter(|one| sight.sees(&one.body) && sight.sees(&one.before))
        .flat_map(|one| {
            let found = order(&meetings, &one.body, &one.before, one.per, year).into_iter();
            found.map(|found| OrderView::new(&one.body, &one.before, found))
        })
        .collect();
    Ok(CadenceView::new(year, bodies, orderings))
}

/// What a body in use must do; one that is archived need not meet.
fn duty(body: &body::Model) -> Option<Duty> {
    let per = body.per.as_deref().and_then(Per::find)?;
    let times = u32::try_from(body.times?).ok()?;
    body.archived_at.is_none().then_some(Duty { times, per })
}

async fn counted(db: &impl ConnectionTrait, plan_id: i32, year: i32, sight: &Sight) -> Result<Vec<Counted>, Problem> {
    use meeting::Column;
    let (first, last) = days_of(year).ok_or_else(Problem::internal)?;
    let rows: Vec<(Uuid, String, String, NaiveDateTime)> = meeting::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Body, Column::Status, Column::LocalStart])
        .filter(within(plan_id, sight))
        .filter(Column::LocalStart.gte(first.and_time(NaiveTime::MIN)))
        .filter(Column::LocalStart.lte(last_minute(last)))
        .order_by_asc(Column::LocalStart)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(id, body, status, local_start)| {
            let status = MeetingStatus::find(&status).ok_or_else(Problem::internal)?;
            Ok(Counted {
                id,
                body,
                status,
                local_start,
            })
        })
        .collect()
}
