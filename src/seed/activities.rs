//! The activities of a plan: what was agreed, and the placements that the agreement itself makes.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{DatabaseTransaction, EntityTrait, Set};
use serde::Deserialize;
use uuid::Uuid;

use super::{Source, in_words};
use crate::activities::rules::{
    ActivityStatus, Actor, Commitment, CommitmentPeriod, Content, Mobility, PlacementBasis, TargetGroup,
};
use crate::activities::store::{self, Standing};
use crate::entities::{activity, activity_placement};
use crate::reference;
use crate::words::Word;

/// Loads the activities that are not there yet, each with all that hangs on it; says how many.
pub(super) async fn load(transaction: &DatabaseTransaction, plan_id: i32, source: &Source) -> anyhow::Result<u64> {
    if !source.has("activities.csv") {
        return Ok(0);
    }
    let activities: Vec<ActivityRow> = source.rows("activities.csv")?;
    let groups: Vec<GroupRow> = source.rows("activity-target-groups.csv")?;
    let actors: Vec<ActorRow> = source.rows("activity-actors.csv")?;
    let commitments: Vec<CommitmentRow> = source.rows("activity-commitments.csv")?;
    let placements: Vec<PlacementRow> = source.rows("activity-placements.csv")?;
    let mut loaded = 0;
    let mut known = reference::positions::<activity::Entity>(transaction, plan_id).await?;
    let mut used: BTreeSet<i32> = known.values().copied().collect();
    let mut position = 0;
    for row in activities {
        if let Some(place) = known.get(&row.code) {
            position = *place;
            continue;
        }
        // Right after the row before it, as other reference data.
        position = reference::free_position(&used, position);
        used.insert(position);
        known.insert(row.code.clone(), position);
        let code = row.code.clone();
        let standing = Standing {
            plan_id,
            code: code.clone(),
            position,
            status: row.status,
            is_published: true,
            description: None,
            description_en: None,
            version: 1,
            archived_at: None,
        };
        let content = Content {
            focus_area: row.focus_area,
            mobility: row.mobility,
            teams_apart: row.teams_apart,
            name: row.name,
            name_en: row.name_en,
            aliases: super::names(row.aliases),
            purpose: row.purpose,
            purpose_en: row.purpose_en,
            content: row.content,
            content_en: row.content_en,
            target_groups: of(&groups, |row| row.activity == code),
            actors: of(&actors, |row| row.activity == code),
            commitments: of(&commitments, |row| row.activity == code),
            note: row.note,
            source: row.source,
        };
        store::save(transaction, standing, content, true)
            .await
            .map_err(in_words)?;
        for row in placements.iter().filter(|row| row.activity == code) {
            activity_placement::Entity::insert(row.active(plan_id))
                .exec_without_returning(transaction)
                .await?;
        }
        loaded += 1;
    }
    Ok(loaded)
}

fn of<R: Clone, T: From<R>>(rows: &[R], is_own: impl Fn(&R) -> bool) -> Vec<T> {
    rows.iter().filter(|row| is_own(row)).cloned().map(T::from).collect()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActivityRow {
    code: String,
    focus_area: String,
    status: ActivityStatus,
    mobility: Mobility,
    teams_apart: bool,
    name: String,
    name_en: String,
    aliases: Option<String>,
    purpose: String,
    purpose_en: String,
    content: String,
    content_en: String,
    note: Option<String>,
    source: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupRow {
    activity: String,
    name: String,
    name_en: String,
    age_from: Option<i16>,
    age_to: Option<i16>,
    note: Option<String>,
}

impl From<GroupRow> for TargetGroup {
    fn from(row: GroupRow) -> Self {
        Self {
            name: row.name,
            name_en: row.name_en,
            age_from: row.age_from,
            age_to: row.age_to,
            note: row.note,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActorRow {
    activity: String,
    organisation: Option<String>,
    name: String,
    name_en: String,
    responsibility: String,
    responsibility_en: String,
}

impl From<ActorRow> for Actor {
    fn from(row: ActorRow) -> Self {
        Self {
            organisation: row.organisation,
            name: row.name,
            name_en: row.name_en,
            responsibility: row.responsibility,
            responsibility_en: row.responsibility_en,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommitmentRow {
    activity: String,
    code: String,
    organisation: Option<String>,
    name: String,
    name_en: String,
    quantity: Option<i32>,
    unit: Option<String>,
    per: Option<CommitmentPeriod>,
    note: Option<String>,
    source: String,
}

impl From<CommitmentRow> for Commitment {
    fn from(row: CommitmentRow) -> Self {
        Self {
            code: row.code,
            organisation: row.organisation,
            name: row.name,
            name_en: row.name_en,
            quantity: row.quantity,
            unit: row.unit,
            per: row.per,
            note: row.note,
            source: row.source,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacementRow {
    activity: String,
    team: Option<String>,
    zone: Option<String>,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    note: Option<String>,
    source: String,
}

impl PlacementRow {
    fn active(&self, plan_id: i32) -> activity_placement::ActiveModel {
        activity_placement::ActiveModel {
            plan_id: Set(plan_id),
            id: Set(Uuid::now_v7()),
            activity: Set(self.activity.clone()),
            team: Set(self.team.clone().unwrap_or_default()),
            zone: Set(self.zone.clone()),
            starts_on: Set(self.starts_on),
            ends_on: Set(self.ends_on),
            basis: Set(PlacementBasis::Agreement.code().to_owned()),
            decision: Set(None),
            note: Set(self.note.clone()),
            source: Set(self.source.clone()),
        }
    }
}
