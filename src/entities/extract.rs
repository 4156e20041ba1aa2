use sea_orm::entity::prelude::*;

/// A revision of an extract: all counts drawn on one date, as they were sent. The highest revision of a date is the current
/// one; none is ever changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "extracts")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The date on which the counts were drawn.
    #[sea_orm(primary_key, auto_increment = false)]
    pub extracted_on: Date,
    /// 1 for the first of that date, then rising by one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i32,
    /// The id in the receipt; unique within the plan, another for every revision.
    pub id: Uuid,
    /// What was sent, as canonical JSON: text, because a JSON column would reorder its members.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// SHA-256 of `content`, by which a repeat that changes nothing is recognised.
    pub content_hash: String,
    /// The receipt that was given, as JSON to the letter.
    #[sea_orm(column_type = "Text")]
    pub receipt: String,
    /// Why it was sent again; null for the first revision only.
    #[sea_orm(column_type = "Text", nullable)]
    pub revision_reason: Option<String>,
    /// Who sent it: the subject of the token, or `operator` for the command line.
    pub subject: String,
    /// The write that brought it.
    pub seq: i64,
    /// When it arrived, in UTC.
    pub received_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
