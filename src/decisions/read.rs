//! Takes what is proposed, recommended, voted and concluded out of a body. Everything that is wrong is noted with its place.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use uuid::Uuid;

use super::rules::kinds::{Choice, ConclusionBy, DecisionKind, Recommender, Stance};
use crate::activities::rules::{ActivityStatus, Content};
use crate::activities::terms::{self, Known};
use crate::problem::{At, FieldError, Problem};
use crate::reference::Fields;
use crate::web::json::Node;
use crate::web::values::{MAX_CODE, MAX_NOTE};

/// The longest title.
const MAX_TITLE: usize = 200;
/// The longest text of a proposal, a recommendation, a conclusion or a reservation.
const MAX_TEXT: usize = 4000;
/// The most follow-ups in one proposal.
const MAX_FOLLOW_UPS: usize = 200;
/// The most reservations with one conclusion: more than the board has seats.
const MAX_RESERVATIONS: usize = 50;

/// A proposal as it is sent: of what must be there, none is what is absent or cannot be read. Something wrong in one place keeps
/// nothing else from being judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// What is decided.
    pub kind: Option<DecisionKind>,
    /// What it is called.
    pub title: Option<String>,
    /// What is proposed and why.
    pub text: Option<String>,
    /// The meeting that it is for.
    pub meeting: Option<Uuid>,
    /// The item of that meeting's agenda under which it is taken up.
    pub agenda_item: Option<Uuid>,
    /// What exactly.
    pub asked: Option<Asked>,
}

/// What exactly is proposed, as far as a client says it.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Where an activity is to be.
    Placement(AskedPlacement),
    /// What is to change in an activity.
    ActivityChange(Box<AskedChange>),
    /// Which draft is to take force.
    AgreementVersion(Draft),
    /// Which follow-ups are to be adopted, each with its place in the list.
    FollowUps(AskedFollowUps),
    /// Nothing that the data would show.
    Nothing,
}

/// Where an activity, or one of its teams, is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPlacement {
    /// The activity.
    pub activity: Option<String>,
    /// Which team.
    pub team: Option<String>,
    /// The zone.
    pub zone: Option<String>,
    /// The first day.
    pub starts_on: Option<NaiveDate>,
    /// The last day.
    pub ends_on: Option<NaiveDate>,
    /// What a reader should know.
    pub note: Option<String>,
}

/// What is to change in an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedChange {
    /// The activity.
    pub activity: Option<String>,
    /// The version that the proposal is made on.
    pub version: Option<i32>,
    /// How far it is to be.
    pub status: Option<ActivityStatus>,
    /// What is to be agreed.
    pub content: Option<Content>,
}

/// A draft of an agreement, as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The agreement.
    pub agreement: Option<String>,
    /// The draft's number.
    pub version: Option<i32>,
    /// The first day from which it is to hold.
    pub effective_from: Option<NaiveDate>,
    /// When it was changed last, as the client read it; none where the client doesn't say.
    pub changed_at: Option<DateTime<Utc>>,
}

/// Follow-ups that are to be adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedFollowUps {
    /// Which, each with its place in the list.
    pub ids: Vec<(usize, Uuid)>,
    /// When one of them was changed last, as the client read them; none where the client doesn't say.
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
pub fn proposal(node: &Node, known: &Known, before: Option<&Content>, errors: &mut Vec<FieldError>) -> Proposal {
    let mut fields = Fields::of_body(node, errors);
    let kind: Option<DecisionKind> = fields.word("kind");
    let title = fields.text("title", MAX_TITLE);
    let text = fields.optional_text("text", MAX_TEXT);
    let meeting = optional_id(&mut fields, "meeting");
    let agenda_item = item_of_meeting(&mut fields, meeting);
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
    Proposal {
        kind,
        title,
        text,
        meeting,
        agenda_item,
        asked,
    }
}

/// `agenda_item`, which is one of a meeting's.
fn item_of_meeting(fields: &mut Fields<'_, '_>, meeting: Option<Uuid>) -> Option<Uuid> {
    let item = optional_id(fields, "agenda_item")?;
    if meeting.is_none() && !fields.is_given("meeting") {
        fields.error(
            "meeting",
            "required",
            "An item of an agenda is named together with its meeting.",
            "Et punkt på en dagsorden nævnes sammen med sit møde.",
        );
    }
    Some(item)
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

fn placement(fields: &mut Fields<'_, '_>) -> Option<AskedPlacement> {
    let activity = fields.text("activity", MAX_CODE);
    let team = fields.optional_text("team", MAX_CODE);
    let zone = fields.text("zone", MAX_CODE);
    let starts_on = fields.date("starts_on");
    let ends_on = fields.optional_date("ends_on");
    let note = fields.optional_text("note", MAX_NOTE);
    Some(AskedPlacement {
        activity,
        team,
        zone,
        starts_on,
        ends_on,
        note,
    })
}

fn activity_change(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&Content>) -> Option<AskedChange> {
    let activity = fields.text("activity", MAX_CODE);
    let version = fields.number("version", 1..=i16::MAX);
    let status = fields.optional_word("status");
    let content = fields.object("content", |fields| terms::read_content(fields, known, before));
    if !fields.is_given("status") && content.is_none() {
        fields.error(
            "content",
            "nothing_changes",
            "A change says a status, a content, or both.",
            "En ændring angiver en status, et indhold eller begge dele.",
        );
    }
    Some(AskedChange {
        activity,
        version: version.map(i32::from),
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
        agreement,
        version: version.map(i32::from),
        effective_from,
        changed_at,
    })
}

fn follow_ups(fields: &mut Fields<'_, '_>) -> Option<AskedFollowUps> {
    let changed_at = instant(fields, "last_changed_at");
    let ids = fields.texts("follow_ups", MAX_FOLLOW_UPS, MAX_CODE)?;
    let mut found: Vec<(usize, Uuid)> = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        match id.as_deref().map(str::parse) {
            None => {}
            Some(Err(_)) => fields.fault(invalid_id(fields.at("follow_ups").field(index))),
            Some(Ok(id)) if found.iter().any(|(_, known)| *known == id) => fields.duplicate_in("follow_ups", index),
            Some(Ok(id)) => found.push((index, id)),
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
    Some(AskedFollowUps { ids: found, changed_at })
}

/// A recommendation as it is sent: of what must be there, none is what is absent or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// The decision that was proposed.
    pub decision: Option<Uuid>,
    /// Who recommends.
    pub given_by: Option<Recommender>,
    /// The meeting of the steering group.
    pub meeting: Option<Uuid>,
    /// What is recommended.
    pub stance: Option<Stance>,
    /// In words.
    pub text: Option<String>,
}

/// Reads a recommendation.
pub fn recommendation(node: &Node, errors: &mut Vec<FieldError>) -> Recommendation {
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
    Recommendation {
        decision,
        given_by,
        meeting,
        stance,
        text,
    }
}

/// What a seat says, as it is sent, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// The seat.
    pub seat: Option<String>,
    /// What it says.
    pub choice: Option<Choice>,
}

/// Reads a vote.
pub fn vote(node: &Node, errors: &mut Vec<FieldError>) -> Vote {
    let mut fields = Fields::of_body(node, errors);
    let seat = fields.text("seat", MAX_CODE);
    let choice = fields.word("choice");
    fields.finish();
    Vote { seat, choice }
}

/// A conclusion of the board, as it is sent: of what must be there, none is what is absent or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// How the board came to it.
    pub by: Option<ConclusionBy>,
    /// The meeting, where it is another than the one that the proposal names.
    pub meeting: Option<Uuid>,
    /// The item of its agenda, where it is another than the one that the proposal names.
    pub agenda_item: Option<Uuid>,
    /// The chair's words.
    pub text: Option<String>,
    /// Dissents that seats asked to have written down.
    pub reservations: Vec<Reservation>,
}

/// A dissent of a seat, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// The seat.
    pub seat: Option<String>,
    /// What it says.
    pub text: Option<String>,
}

/// Reads a conclusion.
pub fn conclusion(node: &Node, errors: &mut Vec<FieldError>) -> Conclusion {
    let mut fields = Fields::of_body(node, errors);
    let by = fields.word("by");
    let meeting = optional_id(&mut fields, "meeting");
    let agenda_item = optional_id(&mut fields, "agenda_item");
    let text = fields.optional_text("conclusion", MAX_TEXT);
    let reservations = fields.list("reservations", MAX_RESERVATIONS, |fields| {
        let seat = fields.text("seat", MAX_CODE);
        let text = fields.text("text", MAX_TEXT);
        Some(Reservation { seat, text })
    });
    fields.finish();
    Conclusion {
        by,
        meeting,
        agenda_item,
        text,
        reservations: reservations.into_iter().flatten().collect(),
    }
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
