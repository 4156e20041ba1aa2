use sea_orm::entity::prelude::*;

/// What a meeting was told, as it was when it was called. Never changed, but for texts that had to be taken out.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "meeting_packs")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The meeting.
    #[sea_orm(primary_key, auto_increment = false)]
    pub meeting: Uuid,
    /// The pack: the typed document of the reports slice, as JSON.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// The write that called the meeting.
    pub seq: i64,
    /// When that was, in UTC.
    pub made_at: DateTimeUtc,
    /// When a text was last taken out of it, in UTC; null where none ever was.
    pub redacted_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
