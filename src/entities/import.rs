use sea_orm::entity::prelude::*;

/// An import of measurements that is carried out after its request was answered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What its sender asks for it by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `running`, `succeeded`, `failed` or `interrupted`; only `running` ever changes.
    pub state: String,
    /// `upsert` or `insert`.
    pub mode: String,
    /// Whether it is only judged.
    pub is_dry_run: bool,
    /// The token's subject.
    pub subject: String,
    /// The sender's organisation, by code; null where the token names none.
    pub organisation: Option<String>,
    /// The idempotency key that it was sent under, as stored; null where it was sent without one.
    pub idempotency_scope: Option<String>,
    /// How many rows are judged.
    pub judged: i64,
    /// How many rows stand ready to be written.
    pub staged: i64,
    /// The receipt as JSON; null unless it succeeded.
    #[sea_orm(column_type = "Text", nullable)]
    pub receipt: Option<String>,
    /// The problem (RFC 9457) as JSON, in the language of the request; null unless it failed.
    #[sea_orm(column_type = "Text", nullable)]
    pub problem: Option<String>,
    /// When it was received, in UTC.
    pub created_at: DateTimeUtc,
    /// When its process last said that it is at it, in UTC.
    pub touched_at: DateTimeUtc,
    /// When it came to its end, in UTC; null while it runs.
    pub finished_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
