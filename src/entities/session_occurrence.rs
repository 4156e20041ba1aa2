use sea_orm::entity::prelude::*;

/// A single time that a session takes place. Made anew from rule and exceptions whenever the session changes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session_occurrences")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The session's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session: Uuid,
    /// The start that the rule gives it; its name, also when it was moved.
    #[sea_orm(primary_key, auto_increment = false)]
    pub recurrence_id: DateTime,
    /// When it begins.
    pub local_start: DateTime,
    /// How long it lasts.
    pub duration_minutes: i32,
    /// Code of the venue.
    pub venue: String,
    /// `scheduled`, `cancelled` or `rescheduled`.
    pub status: String,
    /// Why it was cancelled or moved.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
