use sea_orm::entity::prelude::*;

/// An entry of a plan's audit log: a write, or a read of what is protected. Never changed, never deleted; each carries the hash of
/// the one before.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The entry's number in its plan, from 1 without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// When it was done, in UTC, by the clock of the replica that did it.
    pub at: DateTimeUtc,
    /// Who did it: the subject of the token, or `operator` for the command line.
    pub subject: String,
    /// The OAuth client, or the id of the read token; none on the command line.
    pub client: Option<String>,
    /// The role of the token; none on the command line, and where the token names one that the service does not know.
    pub role: Option<String>,
    /// What was done, by the name of the operation.
    pub operation: String,
    /// What it was done to: the path below the plan, of codes, ids and dates, never content.
    pub target: String,
    /// What came of it: `done`, `shown`, `refused` or `not_found`.
    pub outcome: String,
    /// The request's id, as in its answer and in the log; none on the command line.
    pub request_id: Option<String>,
    /// The number of the write in the plan's sequence; none where nothing was written.
    pub data_version: Option<i64>,
    /// The hash of the entry before; of the first, what stands for the plan.
    pub previous_hash: String,
    /// SHA-256 of all that stands above, in hexadecimal.
    pub hash: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
