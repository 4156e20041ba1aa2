//! What a decision does to the plan: in the transaction that makes it final, so that either both are there or neither.

use sea_orm::DatabaseTransaction;

use super::super::model::EffectView;
use super::super::rules::kinds::DecisionKind;
use super::super::rules::payload::{ActivityChange, AgreementVersion, FollowUps, Payload, Placement};
use super::fits;
use super::write::pointer;
use crate::activities::store::{Change, Decided};
use crate::entities::{decision, plan};
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::record::Stamp;
use crate::{activities, agreements, follow_ups};

/// What refuses an effect, each reason at its place in the decision; or what it did.
pub(super) type Outcome = Result<EffectView, Vec<FieldError>>;

/// Carries out what was decided.
pub(super) async fn carry_out(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    row: &decision::Model,
    kind: DecisionKind,
    payload: Option<Payload>,
    stamp: Stamp,
) -> Result<Outcome, Problem> {
    let done = match payload {
        None => Ok(EffectView::default()),
        Some(Payload::Placement(placement)) => place(transaction, plan, row, placement, stamp).await?,
        Some(Payload::ActivityChange(change)) => change_activity(transaction, plan, *change).await?,
        Some(Payload::AgreementVersion(named)) => put_in_force(transaction, plan, kind, named, stamp).await?,
        Some(Payload::FollowUps(adopted)) => adopt(transaction, plan, row, adopted, stamp).await?,
    };
    Ok(done.map(|effect| EffectView {
        happened_at: stamp.at,
        ..effect
    }))
}

/// The reasons of a refusal; every other problem is one of this request.
fn reasons<T>(done: Result<T, Problem>) -> Result<Result<T, Vec<FieldError>>, Problem> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(problem) if matches!(problem.kind(), ProblemKind::InvalidContent | ProblemKind::StateConflict) => {
            Ok(Err(problem.errors().to_vec()))
        }
        Err(problem) => Err(problem),
    }
}

async fn place(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    row: &decision::Model,
    placement: Placement,
    stamp: Stamp,
) -> Result<Outcome, Problem> {
    let decided = Decided {
        decision: row.id,
        note: placement.note.clone(),
        source: format!("Bestyrelsens beslutning, registreret {}", stamp.at.format("%Y-%m-%d")),
    };
    let new = fits::new_placement(&placement);
    let done = activities::store::place(transaction, plan, new, decided, &pointer("/payload")).await;
    Ok(reasons(done)?.map(|id| EffectView {
        placement: Some(id),
        activity: Some(placement.activity),
        ..EffectView::default()
    }))
}

async fn change_activity(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    change: ActivityChange,
) -> Result<Outcome, Problem> {
    let activity = change.activity.clone();
    let change = Change {
        activity: change.activity,
        version: change.version,
        status: change.status,
        content: change.content,
    };
    let done = activities::store::change(transaction, plan.id, change, &pointer("/payload")).await;
    Ok(reasons(done)?.map(|version| EffectView {
        activity: Some(activity),
        activity_version: Some(version),
        ..EffectView::default()
    }))
}

async fn put_in_force(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    kind: DecisionKind,
    named: AgreementVersion,
    stamp: Stamp,
) -> Result<Outcome, Problem> {
    let errors = fits::agreement_errors(transaction, plan, kind, &named).await?;
    if !errors.is_empty() {
        return Ok(Err(errors));
    }
    let AgreementVersion {
        agreement,
        version,
        effective_from,
        ..
    } = named;
    let done = agreements::store::put_in_force(transaction, plan, &agreement, version, effective_from, stamp).await;
    Ok(reasons(done)?.map(|_| EffectView {
        agreement: Some(agreement),
        agreement_version: Some(version),
        ..EffectView::default()
    }))
}

async fn adopt(
    transaction: &DatabaseTransaction,
    plan: &plan::Model,
    row: &decision::Model,
    adopted: FollowUps,
    stamp: Stamp,
) -> Result<Outcome, Problem> {
    let at = pointer("/payload/follow_ups");
    let done = follow_ups::store::adopt(transaction, plan.id, &adopted.follow_ups, row.id, stamp.at, &at).await?;
    Ok(done.map(|()| EffectView {
        follow_ups: adopted.follow_ups,
        ..EffectView::default()
    }))
}
