//! Where the plan stands on a day: the goals in force, the figures known, and the rules between them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use super::{AfterItsEnd, InForce, facts_of, figures, in_force, whole};
use crate::entities::plan;
use crate::goals::model::{GoalLevel, GoalRefView, GoalStatusView, GoalView, HeldBy, SubGoalView};
use crate::goals::rules::assess::{Needed, World, assess};
use crate::goals::terms::Measure;
use crate::problem::Problem;

impl InForce {
    /// How a reader finds the version.
    fn held_by(&self) -> HeldBy {
        HeldBy {
            agreement: self.agreement.code.clone(),
            version: self.version,
            effective_from: self.effective_from,
        }
    }

    /// Its goals.
    pub fn goal_views(self) -> impl Iterator<Item = GoalView> {
        let held_by = self.held_by();
        let goals = self.goals.into_iter();
        goals.map(move |goal| GoalView::new(goal, held_by.clone()))
    }

    /// Its sub-goals.
    pub fn sub_goal_views(self) -> impl Iterator<Item = SubGoalView> {
        let held_by = self.held_by();
        let focus_area = self.agreement.focus_area;
        let sub_goals = self.sub_goals.into_iter();
        sub_goals.map(move |sub_goal| SubGoalView::new(sub_goal, held_by.clone(), focus_area.clone()))
    }

    /// Its goals or sub-goals, each with what it is measured by.
    fn measured(&self) -> impl Iterator<Item = (GoalRefView, &[Measure])> {
        let reference = |level, code: &str, name: &str, name_en: &str, toward| GoalRefView {
            level,
            code: code.to_owned(),
            name: name.to_owned(),
            name_en: name_en.to_owned(),
            toward,
            held_by: self.held_by(),
            focus_area: self.agreement.focus_area.clone(),
        };
        let goals = self.goals.iter().map(move |goal| {
            let toward = vec![goal.code.clone()];
            let goal_ref = reference(GoalLevel::Goal, &goal.code, &goal.name, &goal.name_en, toward);
            (goal_ref, goal.measures.as_slice())
        });
        let sub_goals = self.sub_goals.iter().map(move |goal| {
            let toward = goal.goals.clone();
            let goal_ref = reference(GoalLevel::SubGoal, &goal.code, &goal.name, &goal.name_en, toward);
            (goal_ref, goal.measures.as_slice())
        });
        goals.chain(sub_goals)
    }
}

/// Where every area stands against every measure on a day, by what was known at `seq`; in the agreements' order.
///
/// After an agreement's end its last version is still what results are held against: that is when a target can be missed.
pub async fn statuses(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    seq: i64,
    on: NaiveDate,
) -> Result<Vec<GoalStatusView>, Problem> {
    let agreements = in_force(db, plan.id, seq, on, AfterItsEnd::Judged).await?;
    let measured: Vec<(GoalRefView, &[Measure])> = agreements.iter().flat_map(InForce::measured).collect();
    let mut needed = Needed::default();
    for measure in measured.iter().flat_map(|(_, measures)| *measures) {
        needed.add(measure);
    }
    let codes: BTreeSet<String> = needed.series.iter().map(|(indicator, _)| indicator.clone()).collect();
    let indicators = facts_of(db, plan.id, &codes).await?;
    let whole = whole(db, plan.id).await?;
    let figures = figures(db, plan.id, seq, on, &needed, &whole).await?;
    let world = World {
        on,
        plan_ends_on: plan.ends_on,
        whole: &whole,
        indicators: &indicators,
        figures: &figures,
    };
    let mut views = Vec::new();
    for (goal, measures) in measured {
        for measure in measures {
            let Some(facts) = indicators.get(&measure.indicator) else {
                continue;
            };
            let assessments = assess(measure, world).into_iter();
            views.extend(
                assessments.map(|assessment| GoalStatusView::new(goal.clone(), measure, *facts, on, assessment)),
            );
        }
    }
    Ok(views)
}
