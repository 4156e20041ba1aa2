//! Whether what is proposed fits the plan as it is.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::super::read::{Asked, AskedChange, AskedFollowUps, AskedPlacement, Draft};
use super::super::rules::kinds::DecisionKind;
use super::super::rules::payload::{ActivityChange, AgreementVersion, FollowUps, Payload, Placement};
use super::super::rules::reach;
use super::write::pointer;
use crate::activities::rules::{self as activity_rules, Mobility, NewPlacement, Wanted};
use crate::entities::{activity, agreement, agreement_version, plan};
use crate::problem::{At, FieldError, Problem, ProblemKind};
use crate::words::Word;
use crate::{activities, agreements, follow_ups};

/// Judges what a client asks for, as much of it as could be read, and completes it to what is stored. None for what has no
/// payload, and where `errors` say what is wrong.
pub(super) async fn payload(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    kind: DecisionKind,
    asked: Asked,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Payload>, Problem> {
    Ok(match asked {
        Asked::Nothing => None,
        Asked::Placement(asked) => placement(db, plan, asked, errors).await?.map(Payload::Placement),
        Asked::ActivityChange(asked) => {
            let change = activity_change(db, plan, *asked, errors).await?;
            change.map(|change| Payload::ActivityChange(Box::new(change)))
        }
        Asked::AgreementVersion(draft) => agreement_version(db, plan, kind, draft, errors)
            .await?
            .map(Payload::AgreementVersion),
        Asked::FollowUps(asked) => Some(Payload::FollowUps(follow_ups(db, plan.id, asked, errors).await?)),
    })
}

/// The activity that is named, if one is and the plan has it.
async fn activity(
    db: &impl ConnectionTrait,
    plan_id: i32,
    code: Option<&String>,
    errors: &mut Vec<FieldError>,
) -> Result<Option<activity::Model>, Problem> {
    let Some(code) = code else { return Ok(None) };
    let found = activity::Entity::find_by_id((plan_id, code.clone())).one(db).await?;
    let found = found.filter(|row| row.archived_at.is_none());
    if found.is_none() {
        errors.push(FieldError::new(
            pointer("/payload/activity"),
            "unknown_activity",
            "The plan has no activity of this code in use.",
            "Planen har ingen aktivitet i brug med denne kode.",
        ));
    }
    Ok(found)
}

/// What is to be placed, and what keeps it from ever being carried out. Where others are placed, and whether the activity is in
/// force yet, may change until the board decides, and is judged then.
async fn placement(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    asked: AskedPlacement,
    errors: &mut Vec<FieldError>,
) -> Result<Option<Placement>, Problem> {
    let row = activity(db, plan.id, asked.activity.as_ref(), errors).await?;
    let wanted = Wanted {
        zone: asked.zone.as_deref(),
        starts_on: asked.starts_on,
        ends_on: asked.ends_on,
    };
    errors.extend(activity_rules::place_faults(
        &wanted,
        row.and_then(|row| Mobility::find(&row.mobility)),
        &activities::store::zones(db, plan.id).await?,
        (plan.starts_on, plan.ends_on),
        &pointer("/payload"),
    ));
    let AskedPlacement {
        activity,
        team,
        zone,
        starts_on,
        ends_on,
        note,
    } = asked;
    let whole = activity.zip(zone).zip(starts_on);
    Ok(whole.map(|((activity, zone), starts_on)| Placement {
        activity,
        team,
        zone,
        starts_on,
        ends_on,
        note,
    }))
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

/// What is to change. What the content says was judged as it was read.
async fn activity_change(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    asked: AskedChange,
    errors: &mut Vec<FieldError>,
) -> Result<Option<ActivityChange>, Problem> {
    let row = activity(db, plan.id, asked.activity.as_ref(), errors).await?;
    if let Some(row) = row
        && asked.version.is_some_and(|version| version != row.version)
    {
        errors.push(FieldError::new(
            pointer("/payload/version"),
            "stale_version",
            format!("The activity is at version {}.", row.version),
            format!("Aktiviteten er i version {}.", row.version),
        ));
    }
    let AskedChange {
        activity,
        version,
        status,
        content,
    } = asked;
    Ok(activity.zip(version).map(|(activity, version)| ActivityChange {
        activity,
        version,
        status,
        content,
    }))
}

/// The draft that is to take force, as it stands.
async fn agreement_version(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    kind: DecisionKind,
    draft: Draft,
    errors: &mut Vec<FieldError>,
) -> Result<Option<AgreementVersion>, Problem> {
    let Some(code) = draft.agreement else { return Ok(None) };
    let key = (plan.id, code.clone());
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
    let row = match draft.version {
        None => None,
        Some(version) => draft_row(db, plan.id, &code, version)
            .await?
            .map_err(|error| errors.push(error))
            .ok(),
    };
    let Some(row) = row else {
        // Whichever draft is meant, it cannot hold from before what is in force.
        if let Some(from) = draft.effective_from {
            let latest = agreements::store::latest_in_force(db, plan.id, &code).await?;
            let at = pointer("/payload/effective_from");
            errors.extend(agreements::store::too_early(latest.as_ref(), from, at));
        }
        return Ok(None);
    };
    let changed_at = draft.changed_at.unwrap_or(row.changed_at);
    errors.extend(version_errors(db, plan, kind, &row, draft.effective_from, changed_at).await?);
    Ok(draft.effective_from.map(|effective_from| AgreementVersion {
        agreement: code,
        version: row.version,
        effective_from,
        draft_changed_at: changed_at,
    }))
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
        Ok(row) => {
            let from = Some(named.effective_from);
            version_errors(db, plan, kind, &row, from, named.draft_changed_at).await
        }
        Err(error) => Ok(vec![error]),
    }
}

async fn version_errors(
    db: &impl ConnectionTrait,
    plan: &plan::Model,
    kind: DecisionKind,
    row: &agreement_version::Model,
    effective_from: Option<NaiveDate>,
    draft_changed_at: DateTime<Utc>,
) -> Result<Vec<FieldError>, Problem> {
    let mut errors = Vec::new();
    if row.changed_at != draft_changed_at {
        errors.push(FieldError::new(
            pointer("/payload/draft_changed_at"),
            "stale_version",
            format!("The draft was changed since, on {}.", row.changed_at.format("%Y-%m-%d")),
            format!("Udkastet er ændret siden, den {}.", row.changed_at.format("%Y-%m-%d")),
        ));
    }
    let refusals = agreements::store::refusals(db, plan, row, effective_from).await?;
    errors.extend(refusals.into_iter().map(|mut error| {
        if matches!(error.at, At::Parameter(_)) {
            error.at = pointer("/payload/effective_from");
        }
        error
    }));
    if let Some(latest) = agreements::store::latest_in_force(db, plan.id, &row.agreement).await? {
        let (before, after) = (agreements::store::content(&latest)?, agreements::store::content(row)?);
        errors.extend(reach::exceeded(kind, &before, &after, &pointer("/payload/version")));
    }
    Ok(errors)
}

/// The follow-ups that are named; they stay as they are for as long as the proposal is open.
async fn follow_ups(
    db: &impl ConnectionTrait,
    plan_id: i32,
    asked: AskedFollowUps,
    errors: &mut Vec<FieldError>,
) -> Result<FollowUps, Problem> {
    let AskedFollowUps { ids, changed_at } = asked;
    let adoptable = follow_ups::store::adoptable(db, plan_id, &ids, &pointer("/payload/follow_ups")).await?;
    match adoptable {
        Ok(rows) => {
            let last = rows.iter().map(|row| row.corrected_at.unwrap_or(row.created_at)).max();
            if let Some((last, _)) = last.zip(changed_at).filter(|(last, read)| last != read) {
                errors.push(FieldError::new(
                    pointer("/payload/last_changed_at"),
                    "stale_version",
                    format!(
                        "They were last changed on {}: read them again.",
                        last.format("%Y-%m-%d")
                    ),
                    format!("De er senest ændret den {}: læs dem igen.", last.format("%Y-%m-%d")),
                ));
            }
        }
        Err(found) => errors.extend(found),
    }
    let follow_ups = ids.into_iter().map(|(_, id)| id).collect();
    Ok(FollowUps { follow_ups })
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
