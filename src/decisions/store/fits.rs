//! Whether what is proposed fits the plan as it is.

use sea_orm::{ConnectionTrait, EntityTrait};

use super::super::read::{Asked, Draft};
use super::super::rules::kinds::DecisionKind;
use super::super::rules::payload::{ActivityChange, AgreementVersion, Payload, Placement};
use super::super::rules::reach;
use super::write::pointer;
use crate::activities::rules::{self as activity_rules, ActivityStatus, Ground, Mobility, NewPlacement};
use crate::entities::{activity, agreement, agreement_version, plan};
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::words::Word;
use crate::{activities, agreements, follow_ups};

/// Judges what a client asks for, and completes it to what is stored. None for what has no payload, and where `errors` say
/// what is wrong.
pub(super) async fn payload(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    kind: DecisionKind,
    asked: Asked,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Payload>, Problem> {
    Ok(match asked {
        Asked::Nothing => None,
        Asked::Placement(placement) => {
            errors.extend(placement_errors(db, plan, &placement).await?);
            Some(Payload::Placement(placement))
        }
        Asked::ActivityChange(change) => {
            errors.extend(change_errors(db, plan, &change).await?);
            Some(Payload::ActivityChange(change))
        }
        Asked::AgreementVersion(draft) => agreement_version(db, plan, kind, draft, errors)
            .await?
            .map(Payload::AgreementVersion),
        Asked::FollowUps(adopted) => {
            let at = pointer("/payload/follow_ups");
            errors.extend(
                follow_ups::store::adoptable(db, plan.id, &adopted.follow_ups, &at)
                    .await?
                    .err()
                    .unwrap_or_default(),
            );
            Some(Payload::FollowUps(adopted))
        }
    })
}

/// The activity, if the plan has it.
async fn activity(
    db: &impl ConnectionTrait,
    plan_id: i32,
    code: &str,
) -> Result<Result<activity::Model, FieldError>, Problem> {
    let found = activity::Entity::find_by_id((plan_id, code.to_owned())).one(db).await?;
    Ok(found.filter(|row| row.archived_at.is_none()).ok_or_else(|| {
        FieldError::new(
            pointer("/payload/activity"),
            "unknown_activity",
            "The plan has no activity of this code in use.",
            "Planen har ingen aktivitet i brug med denne kode.",
        )
    }))
}

/// What keeps a placement from ever being carried out. Where others are placed, and whether the activity is in force yet, may
/// change until the board decides, and is judged then.
async fn placement_errors(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    placement: &Placement,
) -> Result<Vec<FieldError>, Problem> {
    let row = match activity(db, plan.id, &placement.activity).await? {
        Ok(row) => row,
        Err(error) => return Ok(vec![error]),
    };
    let ground = Ground {
        status: ActivityStatus::Active,
        mobility: Mobility::find(&row.mobility).unwrap_or(Mobility::Mobile),
        teams_apart: row.teams_apart,
        zones: &activities::store::zones(db, plan.id).await?,
        period: (plan.starts_on, plan.ends_on),
        placed: &[],
    };
    let judged = activity_rules::judge_placement(&new_placement(placement), &ground, &pointer("/payload"));
    Ok(judged.err().unwrap_or_default())
}

pub(super) fn new_placement(placement: &Placement) -> NewPlacement {
    NewPlacement {
        activity: placement.activity.clone(),
        team: placement.team.clone().unwrap_or_default(),
        zone: placement.zone.clone(),
        starts_on: placement.starts_on,
        ends_on: placement.ends_on,
    }
}

async fn change_errors(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    change: &ActivityChange,
) -> Result<Vec<FieldError>, Problem> {
    let row = match activity(db, plan.id, &change.activity).await? {
        Ok(row) => row,
        Err(error) => return Ok(vec![error]),
    };
    let mut errors = Vec::new();
    if row.version != change.version {
        errors.push(FieldError::new(
            pointer("/payload/version"),
            "stale_version",
            format!("The activity is at version {}.", row.version),
            format!("Aktiviteten er i version {}.", row.version),
        ));
    }
    if let Some(content) = &change.content {
        errors.extend(activity_rules::faults(content, &pointer("/payload/content")));
    }
    Ok(errors)
}

/// The draft that is to take force, as it stands.
async fn agreement_version(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    kind: DecisionKind,
    draft: Draft,
    errors: &mut Vec<FieldError>,
) -> Result<Option<AgreementVersion>, Problem> {
    let before = errors.len();
    let key = (plan.id, draft.agreement.clone());
    let Some(agreement) = agreement::Entity::find_by_id(key).one(db).await? else {
        errors.push(FieldError::new(
            pointer("/payload/agreement"),
            "unknown_agreement",
            "The plan has no agreement of this code.",
            "Planen har ingen aftale med denne kode.",
        ));
        return Ok(None);
    };
    let wanted = match kind {
        DecisionKind::ApproveSubAgreement => "sub_agreement",
        _ => "strategic",
    };
    if agreement.kind != wanted {
        errors.push(FieldError::new(
            pointer("/payload/agreement"),
            "wrong_agreement",
            "This kind of decision is on another kind of agreement.",
            "Denne slags beslutning angår en anden slags aftale.",
        ));
        return Ok(None);
    }
    let row = match draft_row(db, plan.id, &draft.agreement, draft.version).await? {
        Ok(row) => row,
        Err(error) => {
            errors.push(error);
            return Ok(None);
        }
    };
    let named = AgreementVersion {
        agreement: draft.agreement,
        version: draft.version,
        effective_from: draft.effective_from,
        draft_changed_at: draft.changed_at.unwrap_or(row.changed_at),
    };
    errors.extend(version_errors(db, plan, kind, &named, &row).await?);
    Ok(Some(named).filter(|_| errors.len() == before))
}

/// The draft of this number; else what is wrong.
async fn draft_row(
    db: &impl ConnectionTrait,
    plan_id: i32,
    agreement: &str,
    version: i32,
) -> Result<Result<agreement_version::Model, FieldError>, Problem> {
    let row = match agreements::store::version(db, plan_id, agreement, version).await {
        Ok(row) => row,
        Err(problem) if problem.kind() == ProblemKind::NotFound => {
            return Ok(Err(FieldError::new(
                pointer("/payload/version"),
                "unknown_version",
                "The agreement has no draft of this number.",
                "Aftalen har intet udkast med dette nummer.",
            )));
        }
        Err(problem) => return Err(problem),
    };
    if row.seq_in_force.is_some() {
        return Ok(Err(FieldError::new(
            pointer("/payload/version"),
            "not_a_draft",
            "The version has taken force already.",
            "Versionen er allerede trådt i kraft.",
        )));
    }
    Ok(Ok(row))
}

/// What keeps the draft that was proposed from taking force as things are.
pub(super) async fn agreement_errors(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    kind: DecisionKind,
    named: &AgreementVersion,
) -> Result<Vec<FieldError>, Problem> {
    match draft_row(db, plan.id, &named.agreement, named.version).await? {
        Ok(row) => version_errors(db, plan, kind, named, &row).await,
        Err(error) => Ok(vec![error]),
    }
}

async fn version_errors(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    kind: DecisionKind,
    named: &AgreementVersion,
    row: &agreement_version::Model,
) -> Result<Vec<FieldError>, Problem> {
    let mut errors = Vec::new();
    if row.changed_at != named.draft_changed_at {
        errors.push(FieldError::new(
            pointer("/payload/draft_changed_at"),
            "stale_version",
            format!("The draft was changed since, on {}.", row.changed_at.format("%Y-%m-%d")),
            format!("Udkastet er ændret siden, den {}.", row.changed_at.format("%Y-%m-%d")),
        ));
    }
    let refusals = agreements::store::refusals(db, plan, row, named.effective_from).await?;
    errors.extend(refusals.into_iter().map(|mut error| {
        if matches!(error.at, At::Parameter(_)) {
            error.at = pointer("/payload/effective_from");
        }
        error
    }));
    if let Some(latest) = agreements::store::latest_in_force(db, plan.id, &named.agreement).await? {
        let (before, after) = (agreements::store::content(&latest)?, agreements::store::content(row)?);
        errors.extend(reach::exceeded(kind, &before, &after, &pointer("/payload/version")));
    }
    Ok(errors)
}

/// The focus area that a proposal is about; none where it is about none, or about all.
pub(super) async fn focus_area(
    db: &impl ConnectionTrait,
    plan_id: i32,
    payload: Option<&Payload>,
) -> Result<Option<String>, Problem> {
    let code = match payload {
        Some(Payload::Placement(placement)) => &placement.activity,
        Some(Payload::ActivityChange(change)) => &change.activity,
        Some(Payload::AgreementVersion(named)) => {
            let found = agreement::Entity::find_by_id((plan_id, named.agreement.clone()))
                .one(db)
                .await?;
            return Ok(found.and_then(|agreement| agreement.focus_area));
        }
        Some(Payload::FollowUps(_)) | None => return Ok(None),
    };
    let found = activity::Entity::find_by_id((plan_id, code.clone())).one(db).await?;
    Ok(found.map(|activity| activity.focus_area))
}
