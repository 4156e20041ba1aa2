//! The statement of a year.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::model::{FollowUpView, StatementFollower, StatementGoal, StatementView};
use super::super::rules::{self, Followed, FollowedLevel};
use super::{days_of, view};
use crate::entities::{follow_up, plan};
use crate::goals;
use crate::goals::store::{AfterItsEnd, InForce};
use crate::problem::Problem;
use crate::record::NOW;

/// Which goals were followed up in a year of the plan, by whom, when and on which figures; and which were not.
pub async fn statement(db: &impl ConnectionTrait, plan: &plan::Model, year: i32) -> Result<StatementView, Problem> {
    let (first, last) = days_of(year).ok_or_else(Problem::internal)?;
    let day = last.min(plan.ends_on);
    let agreements = goals::store::in_force(db, plan.id, NOW, day, AfterItsEnd::Judged).await?;
    let rows = follow_up::Entity::find()
        .filter(follow_up::Column::PlanId.eq(plan.id))
        .filter(follow_up::Column::FollowedOn.between(first, last))
        .order_by_asc(follow_up::Column::FollowedOn)
        .order_by_asc(follow_up::Column::Id)
        .all(db)
        .await?;
    let views = rows.into_iter().map(view).collect::<Result<Vec<_>, _>>()?;
    let goals: Vec<StatementGoal> = agreements
        .iter()
        .flat_map(|agreement| goals_of(agreement, &views))
        .collect();
    let lacks = |goal: &&StatementGoal| goal.followers.iter().any(|follower| !follower.is_done);
    let missing = goals.iter().filter(lacks).count();
    Ok(StatementView {
        year,
        is_complete: missing == 0,
        missing,
        goals,
    })
}

/// The goals and sub-goals of an agreement, with what was done about each.
fn goals_of(agreement: &InForce, views: &[FollowUpView]) -> Vec<StatementGoal> {
    let followed: Vec<Followed<'_>> = views
        .iter()
        .map(|view| Followed {
            id: view.id,
            level: view.level,
            goal: &view.goal,
            follower: view.follower,
            is_adopted: view.decision.is_some(),
        })
        .collect();
    let of = |level, code: &str, name: &str, name_en: &str| StatementGoal {
        level,
        goal: code.to_owned(),
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        agreement: agreement.agreement.code.clone(),
        version: agreement.version,
        focus_area: agreement.agreement.focus_area.clone(),
        followers: rules::duties(level, code, &followed)
            .into_iter()
            .map(|duty| StatementFollower {
                follower: duty.follower,
                is_done: !duty.counted.is_empty(),
                follow_ups: views
                    .iter()
                    .filter(|view| duty.counted.contains(&view.id))
                    .cloned()
                    .collect(),
                not_adopted: duty.not_adopted,
            })
            .collect(),
    };
    let goals = agreement.goals.iter();
    let goals = goals.map(|goal| of(FollowedLevel::Goal, &goal.code, &goal.name, &goal.name_en));
    let sub_goals = agreement.sub_goals.iter();
    let sub_goals = sub_goals.map(|goal| of(FollowedLevel::SubGoal, &goal.code, &goal.name, &goal.name_en));
    goals.chain(sub_goals).collect()
}
