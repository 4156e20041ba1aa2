use sea_orm::entity::prelude::*;

/// A version of an agreement.
///
/// As a draft it changes and may go. Once it has taken force its row is never written again: what was in force on a date,
/// as known at sequence `s`, is the version with the greatest `seq_in_force <= s` whose `effective_from` is not later than
/// the date.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_versions")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the agreement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agreement: String,
    /// The version's number: 1, 2, … with gaps where drafts were thrown away.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// `draft` or `in_force`.
    pub state: String,
    /// The version that it was written from; null for the first.
    pub base: Option<i32>,
    /// The first day on which it holds: for a draft the day proposed, if one is; never null once it has taken force.
    pub effective_from: Option<Date>,
    /// What is agreed: the typed document of the agreements slice, as JSON.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// What a reader ought to know of the version, such as why it was written.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where the content is stated, or who wrote it.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// Who wrote it first: a token's subject, or `operator`.
    pub subject: String,
    /// The write that brought it.
    pub seq_created: i64,
    /// When that was, in UTC.
    pub created_at: DateTimeUtc,
    /// The write that changed the draft last, or put it in force.
    pub seq_changed: i64,
    /// When that was, in UTC.
    pub changed_at: DateTimeUtc,
    /// The write with which it took force; null while it has not.
    pub seq_in_force: Option<i64>,
    /// When that was, in UTC: the instant of the decision, not the day from which it holds.
    pub in_force_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
