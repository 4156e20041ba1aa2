//! Takes what is proposed, recommended, voted and concluded out of a body. Everything that is wrong is noted with its place.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use uuid::Uuid;

use super::rules::kinds::{Choice, ConclusionBy, DecisionKind, Recommender, Stance};
use super::rules::payload::{ActivityChange, FollowUps, Placement};
use crate::activities::rules::Content;
use crate::activities::terms::{self, Known};
use crate::problem::{At, FieldError, Problem};
use crate::reference::Fields;
use crate::web::json::Node;

/// The longest title.
const MAX_TITLE: usize = 200;
/// The longest text of a proposal, a recommendation, a conclusion or a reservation.
const MAX_TEXT: usize = 4000;
/// The longest code or id.
const MAX_CODE: usize = 100;
/// The longest note.
const MAX_NOTE: usize = 1000;
/// The most follow-ups in one proposal.
const MAX_FOLLOW_UPS: usize = 200;
/// The most reservations with one conclusion: more than the board has seats.
const MAX_RESERVATIONS: usize = 50;

/// A proposal as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// What is decided.
    pub kind: DecisionKind,
    /// What it is called.
    pub title: String,
    /// What is proposed and why.
    pub text: Option<String>,
    /// The meeting that it is for.
    pub meeting: Option<Uuid>,
    /// What exactly.
    pub asked: Asked,
}

/// What exactly is proposed, as far as a client says it.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Where an activity is to be.
    Placement(Placement),
    /// What is to change in an activity.
    ActivityChange(Box<ActivityChange>),
    /// Which draft is to take force.
    AgreementVersion(Draft),
    /// Which follow-ups are to be adopted.
    FollowUps(FollowUps),
    /// Nothing that the data would show.
    Nothing,
}

/// A draft of an agreement, as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The agreement.
    pub agreement: String,
    /// The draft's number.
    pub version: i32,
    /// The first day from which it is to hold.
    pub effective_from: NaiveDate,
    /// When it was changed last, as the client read it; none where the client doesn't say.
    pub changed_at: Option<DateTime<Utc>>,
}

/// The activity that a body proposes to change, if that is what it does.
pub fn changed_activity(node: &Node) -> Option<&str> {
    fn member<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
        match node {
            Node::Object(members) => members.get(name),
            _ => None,
        }
    }
    match member(member(node, "payload")?, "activity")? {
        Node::String(code) => Some(code),
        _ => None,
    }
}

/// Reads a proposal. An activity's content is judged by what is `known`, and by what is agreed about it `before`.
pub fn proposal(
    node: &Node,
    known: &Known,
    before: Option<&Content>,
    errors: &mut Vec<FieldError>,
) -> Option<Proposal> {
    let count = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let kind: Option<DecisionKind> = fields.word("kind");
    let title = fields.text("title", MAX_TITLE);
    let text = fields.optional_text("text", MAX_TEXT);
    let meeting = optional_id(&mut fields, "meeting");
    let asked = match kind {
        None => {
            // Its form follows from the kind, which nobody knows.
            fields.derived("payload");
            None
        }
        Some(DecisionKind::Other) => nothing(&mut fields),
        Some(DecisionKind::PlaceActivity) => fields.required_object("payload", placement).map(Asked::Placement),
        Some(DecisionKind::ChangeActivity) => {
            let change = fields.required_object("payload", |fields| activity_change(fields, known, before));
            change.map(|change| Asked::ActivityChange(Box::new(change)))
        }
        Some(DecisionKind::AdoptFollowUp) => fields.required_object("payload", follow_ups).map(Asked::FollowUps),
        Some(
            DecisionKind::ApproveSubAgreement
            | DecisionKind::ChangeStrategicAgreement
            | DecisionKind::ChangeBudget
            | DecisionKind::ChangeTermsOfReference,
        ) => fields.required_object("payload", draft).map(Asked::AgreementVersion),
    };
    fields.finish();
    if errors.len() > count {
        return None;
    }
    Some(Proposal {
        kind: kind?,
        title: title?,
        text,
        meeting,
        asked: asked?,
    })
}

fn nothing(fields: &mut Fields<'_, '_>) -> Option<Asked> {
    if fields.is_given("payload") {
        fields.error(
            "payload",
            "unexpected",
            "This kind of decision changes nothing in the data; its text says what is decided.",
            "Denne slags beslutning ændrer intet i data; teksten siger, hvad der besluttes.",
        );
    }
    Some(Asked::Nothing)
}

fn placement(fields: &mut Fields<'_, '_>) -> Option<Placement> {
    let activity = fields.text("activity", MAX_CODE);
    let team = fields.optional_text("team", MAX_CODE);
    let zone = fields.text("zone", MAX_CODE);
    let starts_on = fields.date("starts_on");
    let ends_on = fields.optional_date("ends_on");
    let note = fields.optional_text("note", MAX_NOTE);
    Some(Placement {
        activity: activity?,
        team,
        zone: zone?,
        starts_on: starts_on?,
        ends_on,
        note,
    })
}

fn activity_change(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&Content>) -> Option<ActivityChange> {
    let activity = fields.text("activity", MAX_CODE);
    let version = fields.number("version", 1..=i16::MAX);
    let status = fields.optional_word("status");
    let content = fields.object("content", |fields| terms::read_content(fields, known, before));
    if status.is_none() && content.is_none() {
        fields.error(
            "content",
            "nothing_changes",
            "A change says a status, a content, or both.",
            "En ændring angiver en status, et indhold eller begge dele.",
        );
    }
    Some(ActivityChange {
        activity: activity?,
        version: i32::from(version?),
        status,
        content: content.flatten(),
    })
}

fn draft(fields: &mut Fields<'_, '_>) -> Option<Draft> {
    let agreement = fields.text("agreement", MAX_CODE);
    let version = fields.number("version", 1..=i16::MAX);
    let effective_from = fields.date("effective_from");
    let changed_at = instant(fields, "draft_changed_at");
    Some(Draft {
        agreement: agreement?,
        version: i32::from(version?),
        effective_from: effective_from?,
        changed_at,
    })
}

fn follow_ups(fields: &mut Fields<'_, '_>) -> Option<FollowUps> {
    let ids = fields.texts("follow_ups", MAX_FOLLOW_UPS, MAX_CODE)?;
    let mut found: Vec<Uuid> = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        match id.as_deref().map(str::parse) {
            None => {}
            Some(Err(_)) => fields.fault(invalid_id(fields.at("follow_ups").field(index))),
            Some(Ok(id)) if found.contains(&id) => fields.duplicate_in("follow_ups", index),
            Some(Ok(id)) => found.push(id),
        }
    }
    if ids.is_empty() {
        fields.error(
            "follow_ups",
            "empty",
            "There is at least one follow-up to adopt.",
            "Der er mindst én opfølgning at vedtage.",
        );
    }
    Some(FollowUps { follow_ups: found })
}

/// A recommendation as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// The decision that was proposed.
    pub decision: Uuid,
    /// Who recommends.
    pub given_by: Recommender,
    /// The meeting of the steering group.
    pub meeting: Option<Uuid>,
    /// What is recommended.
    pub stance: Stance,
    /// In words.
    pub text: String,
}

/// Reads a recommendation.
pub fn recommendation(node: &Node, errors: &mut Vec<FieldError>) -> Option<Recommendation> {
    let before = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let decision = id(&mut fields, "decision");
    let given_by = fields.word("given_by");
    let meeting = optional_id(&mut fields, "meeting");
    let stance = fields.word("stance");
    let text = fields.text("text", MAX_TEXT);
    match given_by {
        Some(Recommender::SteeringGroup) => {
            fields.required("meeting");
        }
        Some(Recommender::Secretariat) if meeting.is_some() => fields.error(
            "meeting",
            "unexpected",
            "The secretariat recommends without a meeting; a steering group at one.",
            "Områdesekretariatet indstiller uden møde; en styregruppe på et møde.",
        ),
        Some(Recommender::Secretariat) | None => {}
    }
    fields.finish();
    if errors.len() > before {
        return None;
    }
    Some(Recommendation {
        decision: decision?,
        given_by: given_by?,
        meeting,
        stance: stance?,
        text: text?,
    })
}

/// What a seat says, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// The seat.
    pub seat: String,
    /// What it says.
    pub choice: Choice,
}

/// Reads a vote.
pub fn vote(node: &Node, errors: &mut Vec<FieldError>) -> Option<Vote> {
    let mut fields = Fields::of_body(node, errors);
    let seat = fields.text("seat", MAX_CODE);
    let choice = fields.word("choice");
    fields.finish();
    Some(Vote {
        seat: seat?,
        choice: choice?,
    })
}

/// A conclusion of the board, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// How the board came to it.
    pub by: ConclusionBy,
    /// The meeting, where it is another than the one that the proposal names.
    pub meeting: Option<Uuid>,
    /// The chair's words.
    pub text: Option<String>,
    /// Dissents that seats asked to have written down.
    pub reservations: Vec<Reservation>,
}

/// A dissent of a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The seat.
    pub seat: String,
    /// What it says.
    pub text: String,
}

/// Reads a conclusion.
pub fn conclusion(node: &Node, errors: &mut Vec<FieldError>) -> Option<Conclusion> {
    let before = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let by = fields.word("by");
    let meeting = optional_id(&mut fields, "meeting");
    let text = fields.optional_text("conclusion", MAX_TEXT);
    let reservations = fields.list("reservations", MAX_RESERVATIONS, |fields| {
        let seat = fields.text("seat", MAX_CODE);
        let text = fields.text("text", MAX_TEXT);
        Some(Reservation {
            seat: seat?,
            text: text?,
        })
    });
    fields.finish();
    if errors.len() > before {
        return None;
    }
    Some(Conclusion {
        by: by?,
        meeting,
        text,
        reservations: reservations.into_iter().flatten().collect(),
    })
}

/// The note of a body that has nothing else; `is_required` where there must be one. 422 with every error.
pub fn checked_note(node: &Node, is_required: bool) -> Result<Option<String>, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of_body(node, &mut errors);
    let note = if is_required {
        fields.text("note", MAX_TEXT)
    } else {
        fields.optional_text("note", MAX_TEXT)
    };
    fields.finish();
    if errors.is_empty() {
        Ok(note)
    } else {
        Err(Problem::invalid_content(errors))
    }
}

fn id(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Uuid> {
    fields.required(name)?;
    optional_id(fields, name)
}

fn optional_id(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Uuid> {
    let text = fields.optional_text(name, MAX_CODE)?;
    let id = text.parse().ok();
    if id.is_none() {
        fields.fault(invalid_id(fields.at(name)));
    }
    id
}

fn invalid_id(at: At) -> FieldError {
    FieldError::new(at, "invalid_id", "An id is a UUID.", "Et id er en UUID.")
}

fn instant(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<DateTime<Utc>> {
    let text = fields.optional_text(name, MAX_CODE)?;
    let instant = DateTime::parse_from_rfc3339(&text).ok();
    if instant.is_none() {
        fields.error(
            name,
            "invalid_instant",
            "An instant is written as in RFC 3339, such as 2024-01-31T12:00:00Z.",
            "Et tidspunkt skrives som i RFC 3339, f.eks. 2024-01-31T12:00:00Z.",
        );
    }
    instant.map(|instant| instant.with_timezone(&Utc).trunc_subsecs(6))
}
