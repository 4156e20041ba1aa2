//! How bodies look from outside.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::rules::{BodyKind, Per};
use crate::entities::{body, body_ordering, body_seat};
use crate::problem::Problem;
use crate::words::Word;

/// A body of the plan: those who meet.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Body)]
pub struct BodyView {
    /// The body's code, stable.
    #[schema(example = "bestyrelsen")]
    pub code: String,
    /// What sort of body it is.
    pub kind: BodyKind,
    /// The name in Danish, official.
    #[schema(example = "Bestyrelsen for Den Bydækkende Helhedsplan")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Board of the city-wide plan")]
    pub name_en: String,
    /// Other names that sources use for it.
    pub aliases: Vec<String>,
    /// The zone that it is for, by code; null where it is for the plan as a whole.
    #[schema(required)]
    pub area: Option<String>,
    /// The focus areas that it is for, by code; empty where it is for all.
    pub focus_areas: Vec<String>,
    /// How often it must meet; null where nothing is laid down.
    #[schema(required)]
    pub cadence: Option<CadenceRuleView>,
    /// Which bodies must meet before it, and which it must meet before.
    pub orderings: Vec<OrderingView>,
    /// Its seats, in the order of the source: organisation and title, never a person.
    pub seats: Vec<SeatView>,
    /// A meeting is to be called so many days before it; null where nothing was laid down.
    #[schema(required, example = 14)]
    pub call_days: Option<i16>,
    /// Items for the agenda are to be proposed so many days before the meeting; null where nothing was laid down.
    #[schema(required, example = 21)]
    pub agenda_days: Option<i16>,
    /// Where these days were laid down; null where they were not.
    #[schema(required, example = "Forretningsorden (opdigtet), § 3")]
    pub deadlines_source: Option<String>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    #[schema(example = "Kommissorium, punkt 2, 3 og 5")]
    pub source: String,
    /// When it was archived; null while it is in use.
    #[schema(required)]
    pub archived_at: Option<DateTime<Utc>>,
}

/// How often a body must meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CadenceRule)]
pub struct CadenceRuleView {
    /// So many meetings.
    #[schema(example = 4)]
    pub times: i16,
    /// In every such period.
    pub per: Per,
}

/// A rule of order between two bodies.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BodyOrdering)]
pub struct OrderingView {
    /// The body that meets first, by code.
    #[schema(example = "styregruppe-uddannelse")]
    pub body: String,
    /// The body before whose meeting it meets, by code.
    #[schema(example = "bestyrelsen")]
    pub before: String,
    /// In every such period, before the last meeting that the other body has in it.
    pub per: Per,
    /// How the words of the source are read, in Danish.
    pub reading: String,
    /// How the words of the source are read, in English.
    pub reading_en: String,
    /// Where this is stated.
    pub source: String,
}

/// A seat in a body: an organisation and a title.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Seat)]
pub struct SeatView {
    /// The seat's code, unique within the body.
    #[schema(example = "direktoer-boli-nu")]
    pub code: String,
    /// The organisation, by code; null where the source names none.
    #[schema(required, example = "boli-nu")]
    pub organisation: Option<String>,
    /// The title in Danish.
    #[schema(example = "Direktør")]
    pub title: String,
    /// The title in English.
    #[schema(example = "Director")]
    pub title_en: String,
    /// Other titles that sources use for the seat.
    pub aliases: Vec<String>,
    /// Whether the seat is a member; else it attends without being one.
    pub is_member: bool,
    /// The organisation whose one vote the seat has a part in, by code; null where it has none.
    #[schema(required, example = "boli-nu")]
    pub vote_of: Option<String>,
    /// Whether the seat chairs.
    pub is_chair: bool,
    /// Whether the seat takes the minutes.
    pub is_minute_taker: bool,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

/// What of a body can be changed: the deadlines that it laid down.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"call_days": 14, "agenda_days": 21, "deadlines_source": "Forretningsorden (opdigtet), § 3"}))]
pub struct BodyPatch {
    /// A meeting is to be called so many days before it.
    #[schema(minimum = 0, maximum = 365)]
    pub call_days: Option<i16>,
    /// Items for the agenda are to be proposed so many days before the meeting; not after the call is due.
    #[schema(minimum = 0, maximum = 365)]
    pub agenda_days: Option<i16>,
    /// Where these days were laid down; needed where there are any.
    #[schema(min_length = 1, max_length = 300)]
    pub deadlines_source: Option<String>,
}

/// The deadlines of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deadlines {
    /// A meeting is to be called so many days before it.
    pub call_days: Option<i16>,
    /// Items are to be proposed so many days before it.
    pub agenda_days: Option<i16>,
    /// Where these days were laid down.
    pub source: Option<String>,
}

impl From<&body::Model> for Deadlines {
    fn from(row: &body::Model) -> Self {
        Self {
            call_days: row.call_days,
            agenda_days: row.agenda_days,
            source: row.deadlines_source.clone(),
        }
    }
}

impl BodyView {
    /// A body with its seats and the orderings that name it.
    pub fn new(row: body::Model, seats: Vec<SeatView>, orderings: Vec<OrderingView>) -> Result<Self, Problem> {
        let per = row.per.as_deref().and_then(Per::find);
        Ok(Self {
            kind: kind(&row)?,
            cadence: row.times.zip(per).map(|(times, per)| CadenceRuleView { times, per }),
            aliases: texts(&row.aliases),
            focus_areas: texts(&row.focus_areas),
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            area: row.area,
            orderings,
            seats,
            call_days: row.call_days,
            agenda_days: row.agenda_days,
            deadlines_source: row.deadlines_source,
            note: row.note,
            source: row.source,
            archived_at: row.archived_at,
        })
    }
}

/// What sort of body a row is.
pub fn kind(row: &body::Model) -> Result<BodyKind, Problem> {
    BodyKind::find(&row.kind).ok_or_else(|| {
        tracing::error!(body = row.code, "a body has an unknown kind");
        Problem::internal()
    })
}

impl From<body_seat::Model> for SeatView {
    fn from(row: body_seat::Model) -> Self {
        Self {
            aliases: texts(&row.aliases),
            code: row.code,
            organisation: row.organisation,
            title: row.title,
            title_en: row.title_en,
            is_member: row.is_member,
            vote_of: row.vote_of,
            is_chair: row.is_chair,
            is_minute_taker: row.is_minute_taker,
            note: row.note,
            source: row.source,
        }
    }
}

impl OrderingView {
    /// A rule of order; an error where the row says a word that the service does not know.
    pub fn new(row: body_ordering::Model) -> Result<Self, Problem> {
        let per = Per::find(&row.per).ok_or_else(|| {
            tracing::error!(body = row.body, "an ordering has an unknown period");
            Problem::internal()
        })?;
        Ok(Self {
            body: row.body,
            before: row.before,
            per,
            reading: row.reading,
            reading_en: row.reading_en,
            source: row.source,
        })
    }
}

/// The strings of a stored array.
fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
