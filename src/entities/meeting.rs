use sea_orm::entity::prelude::*;

/// A meeting of a body. Times are local times of Europe/Copenhagen.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "meetings")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The meeting's id, a UUIDv7; also the `UID` of its calendar event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of the body that meets.
    pub body: String,
    /// `planned`, `called`, `held`, `minutes_approved` or `cancelled`.
    pub status: String,
    /// What the meeting is called; null where the body's name says it.
    pub name: Option<String>,
    /// When it begins.
    pub local_start: DateTime,
    /// How long it lasts.
    pub duration_minutes: i32,
    /// Code of the venue; null where it is at none of the plan's.
    pub venue: Option<String>,
    /// Where it is held, in words; null where the venue says it.
    pub place: Option<String>,
    /// Who was there without a seat, by organisation and title: an array of objects.
    #[sea_orm(column_type = "JsonBinary")]
    pub guests: Json,
    /// The day by which it was to be called, as it stood at the call; null before, and where none was laid down.
    pub call_by: Option<Date>,
    /// The day by which items were to be proposed, as it stood at the call.
    pub agenda_by: Option<Date>,
    /// When it was called, in UTC.
    pub called_at: Option<DateTimeUtc>,
    /// The instant of the figures that the meeting saw: that of the call.
    pub figures_as_of: Option<DateTimeUtc>,
    /// The plan's number at that instant.
    pub figures_seq: Option<i64>,
    /// The day on which the goals were judged: that of the call, or the meeting's where it came first.
    pub figures_on: Option<Date>,
    /// When it was recorded as held, in UTC.
    pub held_at: Option<DateTimeUtc>,
    /// When the minutes were recorded as approved, in UTC.
    pub approved_at: Option<DateTimeUtc>,
    /// When it was called off, in UTC.
    pub cancelled_at: Option<DateTimeUtc>,
    /// Why it was called off.
    #[sea_orm(column_type = "Text", nullable)]
    pub cancelled_because: Option<String>,
    /// Counts the changes that calendars follow, from 0.
    pub sequence: i32,
    /// When it was made, in UTC.
    pub created_at: DateTimeUtc,
    /// When what calendars show was last changed, in UTC.
    pub changed_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
