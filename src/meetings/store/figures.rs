//! The figures that a meeting saw, and what has been restated since.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::super::model::{FiguresView, RestatedFigureView, RestatedView, RevisionView, ShownView};
use crate::entities::{meeting, plan};
use crate::goals;
use crate::goals::store::{EvidenceView, GoalStatusView};
use crate::problem::Problem;
use crate::record;

/// The figures of a meeting; 404 where it was never called. What it saw is read anew from the revisions of that instant, which
/// never change.
pub async fn figures(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    row: &meeting::Model,
) -> Result<FiguresView, Problem> {
    let (Some(as_of), Some(seq), Some(on)) = (row.figures_as_of, row.figures_seq, row.figures_on) else {
        return Err(Problem::not_found(
            "The meeting was not called, so it has seen no figures.",
            "Mødet er ikke indkaldt og har derfor ikke set nogen tal.",
        ));
    };
    let now = record::current_seq(db, plan.id).await?;
    let items = goals::store::statuses(db, plan, seq, on).await?;
    let today = goals::store::statuses(db, plan, now, on).await?;
    Ok(FiguresView {
        meeting: row.id,
        as_of,
        on,
        restated: restated(&items, &today),
        items,
    })
}

/// What a measure of an area is known by: the goal, the measure, the area.
type Key<'a> = (&'a str, &'a str, &'a str);

fn key(item: &GoalStatusView) -> Key<'_> {
    (&item.goal.code, &item.code, &item.area)
}

/// What rests on other figures today: in the order in which the meeting saw it, what is new last.
fn restated(before: &[GoalStatusView], after: &[GoalStatusView]) -> Vec<RestatedView> {
    let now: BTreeMap<Key<'_>, &GoalStatusView> = after.iter().map(|item| (key(item), item)).collect();
    let then: BTreeMap<Key<'_>, &GoalStatusView> = before.iter().map(|item| (key(item), item)).collect();
    let seen = before.iter().map(|item| (Some(item), now.get(&key(item)).copied()));
    let new = after.iter().filter(|item| !then.contains_key(&key(item)));
    seen.chain(new.map(|item| (None, Some(item))))
        .filter_map(|(then, now)| difference(then, now))
        .collect()
}

fn difference(before: Option<&GoalStatusView>, after: Option<&GoalStatusView>) -> Option<RestatedView> {
    let item = before.or(after)?;
    let figures = differing(
        before.map_or(&[], |item| item.evidence.as_slice()),
        after.map_or(&[], |item| item.evidence.as_slice()),
    );
    let (before, after) = (before.map(shown), after.map(shown));
    if figures.is_empty() && before == after {
        return None;
    }
    Some(RestatedView {
        code: item.code.clone(),
        goal: item.goal.code.clone(),
        area: item.area.clone(),
        indicator: item.indicator.clone(),
        category: item.category.clone(),
        before,
        after,
        figures,
    })
}

fn shown(item: &GoalStatusView) -> ShownView {
    ShownView {
        status: item.status,
        baseline: item.baseline.value,
        latest: item.latest.clone(),
    }
}

/// The measurements that count in another revision than before, or only before or after.
fn differing(before: &[EvidenceView], after: &[EvidenceView]) -> Vec<RestatedFigureView> {
    let by_id = |evidence: &[EvidenceView]| -> BTreeMap<Uuid, EvidenceView> {
        evidence.iter().map(|one| (one.id, one.clone())).collect()
    };
    let (before, after) = (by_id(before), by_id(after));
    let revision = |one: &EvidenceView| RevisionView {
        revision: one.revision,
        value: one.value,
    };
    let mut differing: Vec<RestatedFigureView> = before
        .values()
        .chain(after.values().filter(|one| !before.contains_key(&one.id)))
        .filter_map(|one| {
            let (then, now) = (before.get(&one.id).map(revision), after.get(&one.id).map(revision));
            (then != now).then(|| RestatedFigureView {
                id: one.id,
                area: one.area.clone(),
                period: one.period,
                before: then,
                after: now,
            })
        })
        .collect();
    differing.sort_by_key(|one| (one.period.start(), one.area.clone(), one.id));
    differing
}
