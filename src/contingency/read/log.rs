//! Reading activations and what was done of their checklists.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::model::{ActionPatch, Closing, Correction, NewActivation};
use super::super::rules::content::{Action, Group};
use super::super::rules::course::{self, Settled, initiators};
use super::{MAX_TEXT, Organisations, instant, past_instant};
use crate::problem::{At, FieldError};
use crate::reference::{AREA, Codes, Fields, ORGANISATION};
use crate::web::json::Node;
use crate::web::values::{MAX_CODE, MAX_NOTE};

/// What an activation is judged by.
#[derive(Debug)]
pub struct Known<'a, S: Fn(&str) -> bool> {
    /// The groups of the version that holds.
    pub groups: &'a [Group],
    /// The plan's organisations.
    pub organisations: &'a Organisations,
    /// The plan's areas.
    pub areas: &'a Codes,
    /// Whether the caller may speak for an organisation.
    pub speaks_for: S,
    /// The instant of the request.
    pub now: DateTime<Utc>,
}

/// When a new activation began: as far as it can be read, for it decides which version holds.
pub fn activated_at(node: &Node) -> Option<DateTime<Utc>> {
    let mut errors = Vec::new();
    instant(&mut Fields::of_body(node, &mut errors), "activated_at")
}

/// A new activation.
pub fn activation(
    node: &Node,
    known: &Known<'_, impl Fn(&str) -> bool>,
    errors: &mut Vec<FieldError>,
) -> Option<NewActivation> {
    let before = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let code = fields.text("group", MAX_CODE);
    let group = code
        .as_ref()
        .and_then(|code| known.groups.iter().find(|group| group.code == *code));
    if code.is_some() && group.is_none() {
        fields.error(
            "group",
            "unknown_group",
            "The contingency plan of the day has no group of this code.",
            "Dagens beredskabsplan har ingen gruppe med denne kode.",
        );
    }
    let kind = fields.word("kind");
    let area = fields.required_reference("area", AREA, known.areas, |_| false);
    let raised_by = raised_by(&mut fields, known, group);
    let activated_at = past_instant(&mut fields, "activated_at", known.now);
    let summary = fields.text("summary", MAX_TEXT);
    let follows = fields.optional_text("follows", MAX_CODE);
    let follows = follows.and_then(|text| {
        let id = text.parse::<Uuid>().ok();
        if id.is_none() {
            fields.error("follows", "invalid_id", "An id is a UUID.", "Et id er en UUID.");
        }
        id
    });
    fields.finish();
    let new = NewActivation {
        group: code?,
        kind: kind?,
        area: area?,
        raised_by: raised_by?,
        activated_at,
        summary: summary?,
        follows,
    };
    (errors.len() == before).then_some(new)
}

fn raised_by(
    fields: &mut Fields<'_, '_>,
    known: &Known<'_, impl Fn(&str) -> bool>,
    group: Option<&Group>,
) -> Option<String> {
    let organisations = known.organisations;
    let code = fields.required_reference("raised_by", ORGANISATION, &organisations.codes, |_| false)?;
    if !(known.speaks_for)(&code) {
        fields.error(
            "raised_by",
            "not_own",
            "Only the secretariat records what another organisation has raised.",
            "Kun sekretariatet registrerer, hvad en anden organisation har rejst.",
        );
    } else if let Some(group) = group
        && !organisations
            .kind(&code)
            .is_some_and(|kind| initiators(group.police_case).contains(&kind))
    {
        let (en, da) = if group.police_case {
            ("The police have this group act.", "Politiet aktiverer denne gruppe.")
        } else {
            (
                "The municipality, a housing organisation or the secretariat has this group act.",
                "Kommunen, en boligorganisation eller sekretariatet aktiverer denne gruppe.",
            )
        };
        fields.error("raised_by", "may_not_activate", en, da);
    }
    Some(code)
}

/// What is known of an activation now; it may stay in an area that has been archived since.
pub fn correction(node: &Node, areas: &Codes, before: &Correction, errors: &mut Vec<FieldError>) -> Option<Correction> {
    let count = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let kind = fields.word("kind");
    let area = fields.required_reference("area", AREA, areas, |code| code == before.area);
    let summary = fields.text("summary", MAX_TEXT);
    fields.finish();
    let correction = Correction {
        kind: kind?,
        area: area?,
        summary: summary?,
    };
    (errors.len() == count).then_some(correction)
}

/// What is judged when an item of the checklist is written.
#[derive(Debug)]
pub struct Checked<'a, S: Fn(&str) -> bool> {
    /// The action.
    pub action: &'a Action,
    /// What was said of it before.
    pub before: &'a ActionPatch,
    /// When the activation began.
    pub activated_at: DateTime<Utc>,
    /// The plan's organisations.
    pub organisations: &'a Organisations,
    /// Whether the caller may speak for an organisation.
    pub speaks_for: S,
    /// The instant of the request.
    pub now: DateTime<Utc>,
}

/// What is said of an item of the checklist.
pub fn settled(
    node: &Node,
    checked: &Checked<'_, impl Fn(&str) -> bool>,
    errors: &mut Vec<FieldError>,
) -> Option<Settled> {
    let count = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let state = fields.word("state");
    let at = instant(&mut fields, "at");
    let was = |code: &str| checked.before.organisation.as_deref() == Some(code);
    let organisation = fields.reference("organisation", ORGANISATION, &checked.organisations.codes, was);
    if organisation
        .as_ref()
        .is_some_and(|code| !was(code) && !(checked.speaks_for)(code))
    {
        fields.error(
            "organisation",
            "not_own",
            "Only the secretariat records what another organisation has done.",
            "Kun sekretariatet registrerer, hvad en anden organisation har gjort.",
        );
    }
    let note = fields.optional_text("note", MAX_NOTE);
    fields.finish();
    if errors.len() > count {
        return None;
    }
    let said = Settled {
        state: state?,
        at,
        organisation,
        note,
    };
    errors.extend(
        course::faults(checked.action, &said, checked.activated_at, checked.now)
            .into_iter()
            .map(item_error),
    );
    (errors.len() == count).then_some(said)
}

fn item_error(fault: course::Fault) -> FieldError {
    use course::Fault;
    let (name, code, en, da) = match fault {
        Fault::AlwaysNeeded => (
            "state",
            "always_needed",
            "The plan asks for this action in every activation.",
            "Planen kræver denne handling ved hver aktivering.",
        ),
        Fault::OpenHasTime => (
            "at",
            "still_open",
            "What is still open has no time; send null.",
            "Det, der stadig er åbent, har intet tidspunkt; send null.",
        ),
        Fault::OpenHasOrganisation => (
            "organisation",
            "still_open",
            "What is still open was done by nobody; send null.",
            "Det, der stadig er åbent, er ikke udført af nogen; send null.",
        ),
        Fault::NoOrganisation => (
            "organisation",
            "required",
            "It must be said which organisation did or judged it.",
            "Det skal siges, hvilken organisation der gjorde eller vurderede det.",
        ),
        Fault::BeforeActivation => (
            "at",
            "before_activation",
            "It is done after the activation.",
            "Det gøres efter aktiveringen.",
        ),
        Fault::InTheFuture => (
            "at",
            "in_the_future",
            "The instant must not be in the future.",
            "Tidspunktet må ikke ligge i fremtiden.",
        ),
    };
    FieldError::new(At::Pointer(format!("/{name}")), code, en, da)
}

/// That an activation is over: not before the last of what was done, `since`.
pub fn closing(node: &Node, since: DateTime<Utc>, now: DateTime<Utc>, errors: &mut Vec<FieldError>) -> Option<Closing> {
    let count = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let closed_at = past_instant(&mut fields, "closed_at", now);
    if closed_at.is_some_and(|at| at < since) {
        fields.error(
            "closed_at",
            "wrong_order",
            "It is over after the activation and the last of what was done.",
            "Det er slut efter aktiveringen og det sidste, der blev gjort.",
        );
    }
    let conclusion = fields.text("conclusion", MAX_TEXT);
    fields.finish();
    let closing = Closing {
        closed_at,
        conclusion: conclusion?,
    };
    (errors.len() == count).then_some(closing)
}
