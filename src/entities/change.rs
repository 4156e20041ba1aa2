use sea_orm::entity::prelude::*;

/// A write to a plan's data: the audit entry, under the number that the plan's clock gave it. Never changed, never deleted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The write's number in its plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// When the number was given out, in UTC; rises with `seq`.
    pub at: DateTimeUtc,
    /// Who wrote: the subject of the token, or `operator` for the command line.
    pub subject: String,
    /// What was done, by the name of the operation.
    pub operation: String,
    /// What it was done to: code, id or date, never content.
    pub target: String,
    /// The request's id, as in its answer and in the log; none on the command line.
    pub request_id: Option<String>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
