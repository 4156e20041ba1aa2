use sea_orm::entity::prelude::*;

/// A version of the contingency plan. On a day the one holds whose `valid_from` is the latest up to it, of several the
/// one written last.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contingency_versions")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The version's number: 1, 2, …
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// The first day on which it holds.
    pub valid_from: Date,
    /// What it says: the typed document of the contingency slice, as JSON. Never changed.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// Which organisations have signed it on which day, as JSON.
    #[sea_orm(column_type = "Text")]
    pub signatures: String,
    /// When the fund approved it.
    pub fund_approved_on: Option<Date>,
    /// When the contact list was last confirmed; the list itself is nowhere in this service.
    pub contact_list_confirmed_on: Option<Date>,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where it is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// Who wrote it: a token's subject, or `operator`.
    pub subject: String,
    /// The write that brought it.
    pub seq: i64,
    /// When that was, in UTC.
    pub created_at: DateTimeUtc,
    /// When signatures, approval, confirmation or note last changed, in UTC.
    pub changed_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
