//! A text that should not have been written, and was taken out: where it stood.

use sea_orm::entity::prelude::*;

/// One row a redaction. The text itself is nowhere.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "redactions")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Its id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Why the text was taken out.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// SHA-256 of a random number and the text, in hexadecimal; the number was shown once and is not kept.
    pub hash: String,
    /// Where the text stood: an array of objects, as JSON.
    #[sea_orm(column_type = "Text")]
    pub places: String,
    /// In how many records it stood.
    pub records: i64,
    /// How often it stood there in all.
    pub occurrences: i64,
    /// Who had it taken out: a token's subject, or `operator`.
    pub subject: String,
    /// The write that took it out.
    pub seq: i64,
    /// When that was, in UTC.
    pub redacted_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
