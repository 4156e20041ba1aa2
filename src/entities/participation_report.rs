use sea_orm::entity::prelude::*;

/// A revision of what is said of an activity in a quarter. Its rows are those of the tables that name it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation_reports")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The revision's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of the activity.
    pub activity: String,
    /// The quarter, such as `2023-Q1`.
    pub period: String,
    /// The quarter's first day, for order.
    pub period_start: Date,
    /// Counts the revisions of this activity's report of this quarter, from 1.
    pub revision: i32,
    /// Code of the organisation whose client reported; null where its token names none.
    pub organisation: Option<String>,
    /// Who counted, as the report says it.
    pub source: String,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// SHA-256 of what it says, in hexadecimal: the same content again changes nothing.
    pub content_hash: String,
    /// The receipt that was given for it, as JSON.
    #[sea_orm(column_type = "Text")]
    pub receipt: String,
    /// Why it was sent again with other content; null for a first report.
    #[sea_orm(column_type = "Text", nullable)]
    pub revision_reason: Option<String>,
    /// The subject of the token that reported it.
    pub subject: String,
    /// The write that brought it.
    pub seq_from: i64,
    /// The write that put another revision in its place; null while it is current.
    pub seq_to: Option<i64>,
    /// The instant of `seq_from`, in UTC.
    pub received_at: DateTimeUtc,
    /// When its exact counts were deleted because their time was up, in UTC; null while they are there.
    pub erased_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
