//! Single times that sessions take place, in the order in which they begin.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::model::{OccurrenceView, Shown};
use super::{Selection, Sight, activities_of, is_open, selected, venues, venues_in};
use crate::db::Window;
use crate::entities::{session, session_occurrence};
use crate::local_time::last_minute;
use crate::problem::Problem;

/// The place of an occurrence in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// When it begins.
    pub local_start: NaiveDateTime,
    /// The session.
    pub session: Uuid,
    /// Which of its occurrences.
    pub recurrence_id: NaiveDateTime,
}

/// Occurrences that begin in a period of days, in the order in which they begin.
pub async fn occurrences(
    db: &impl ConnectionTrait,
    plan_id: i32,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    selection: &Selection,
    sight: Sight,
    window: &Window<Position>,
) -> Result<Vec<OccurrenceView>, Problem> {
    use session_occurrence::Column;
    let sessions = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .cond_where(selected(plan_id, selection, sight))
        .take();
    let mut select = session_occurrence::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Session.in_subquery(sessions))
        .order_by_asc(Column::LocalStart)
        .order_by_asc(Column::Session)
        .order_by_asc(Column::RecurrenceId)
        .limit(window.limit + 1);
    if let Some(from) = from {
        select = select.filter(Column::LocalStart.gte(from.and_time(NaiveTime::MIN)));
    }
    if let Some(to) = to {
        select = select.filter(Column::LocalStart.lte(last_minute(to)));
    }
    if let Some(zone) = &selection.zone {
        select = select.filter(Column::Venue.in_subquery(venues_in(plan_id, zone)));
    }
    if let Some(after) = window.after {
        let later = Condition::all()
            .add(Column::Session.eq(after.session))
            .add(Column::RecurrenceId.gt(after.recurrence_id));
        let same_start = Condition::all()
            .add(Column::LocalStart.eq(after.local_start))
            .add(Condition::any().add(Column::Session.gt(after.session)).add(later));
        select = select.filter(
            Condition::any()
                .add(Column::LocalStart.gt(after.local_start))
                .add(same_start),
        );
    }
    let rows = select.all(db).await?;
    shown(db, plan_id, rows).await
}

async fn shown(
    db: &impl ConnectionTrait,
    plan_id: i32,
    rows: Vec<session_occurrence::Model>,
) -> Result<Vec<OccurrenceView>, Problem> {
    let ids: HashSet<Uuid> = rows.iter().map(|row| row.session).collect();
    let sessions = session::Entity::find()
        .filter(session::Column::PlanId.eq(plan_id))
        .filter(session::Column::Id.is_in(ids))
        .all(db)
        .await?;
    let activities = activities_of(db, plan_id, &sessions).await?;
    let sessions: HashMap<Uuid, session::Model> = sessions.into_iter().map(|row| (row.id, row)).collect();
    let venues = venues(db, plan_id, rows.iter().map(|row| row.venue.as_str())).await?;
    let view = |row: session_occurrence::Model| {
        let session = sessions.get(&row.session)?;
        let activity = activities.get(&session.activity)?;
        let shown = Shown {
            session,
            activity_name: &activity.name,
            activity_name_en: &activity.name_en,
            is_activity_public: is_open(activity),
        };
        let venue = venues.get(&row.venue)?;
        Some(OccurrenceView::new(row, &shown, venue))
    };
    Ok(rows.into_iter().filter_map(view).collect())
}
