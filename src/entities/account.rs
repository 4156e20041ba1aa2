use sea_orm::entity::prelude::*;

/// A revision of the accounts of a year: what each budget line came to.
///
/// Nothing is overwritten: new figures are the next revision, and the one before gets its `seq_to`, the only column that is
/// ever updated.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The calendar year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub year: i16,
    /// 1 for the first, then rising by one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i32,
    /// `draft` or `final`.
    pub state: String,
    /// What each line came to, in øre: an array of `{line, amount, note}`, as JSON.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where the figures come from.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// Who sent it: a token's subject.
    pub subject: String,
    /// The write that brought this revision.
    pub seq_from: i64,
    /// The write that replaced it; null while it is current.
    pub seq_to: Option<i64>,
    /// When this revision arrived, in UTC.
    pub received_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
