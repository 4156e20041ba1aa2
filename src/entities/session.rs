use sea_orm::entity::prelude::*;

/// A session: what is offered at a venue, once or again and again. Times are local times of Europe/Copenhagen.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The session's id, a UUIDv7; also the `UID` of its calendar event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of the activity.
    pub activity: String,
    /// Code of the venue.
    pub venue: String,
    /// Name in Danish; null where the activity's name says it.
    pub name: Option<String>,
    /// Name in English.
    pub name_en: Option<String>,
    /// What a resident should know, in Danish.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// What a resident should know, in English.
    #[sea_orm(column_type = "Text", nullable)]
    pub description_en: Option<String>,
    /// When it begins; for a series, when its first occurrence begins.
    pub local_start: DateTime,
    /// How long each occurrence lasts.
    pub duration_minutes: i32,
    /// The recurrence rule (RFC 5545); null where it takes place once.
    pub rrule: Option<String>,
    /// The exceptions to the rule: an array of objects, empty if there are none.
    #[sea_orm(column_type = "JsonBinary")]
    pub exceptions: Json,
    /// How many people there is room for; null where no limit is set.
    pub capacity: Option<i32>,
    /// The youngest age, itself included; null where none is set.
    pub age_from: Option<i16>,
    /// The oldest age, itself included; null where none is set.
    pub age_to: Option<i16>,
    /// `scheduled` or `cancelled`.
    pub status: String,
    /// Whether everybody may see it, as soon as they may see its activity.
    pub is_published: bool,
    /// Whether everybody could ever see it: only then its end is told as a tombstone.
    pub was_public: bool,
    /// Counts the changes that calendars follow, from 0.
    pub sequence: i32,
    /// Orders the sessions of the plan by their last change; unique within the plan.
    pub change_number: i64,
    /// When it was made, in UTC.
    pub created_at: DateTimeUtc,
    /// When it was last changed, in UTC.
    pub changed_at: DateTimeUtc,
    /// When it was deleted, in UTC; null while it is there.
    pub deleted_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
