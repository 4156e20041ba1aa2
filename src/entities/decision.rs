use sea_orm::entity::prelude::*;

/// A decision of the board, from its proposal on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Its id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What is decided, from the service's closed list.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// What is proposed and why; null where the title says it.
    #[sea_orm(column_type = "Text", nullable)]
    pub text: Option<String>,
    /// What exactly is proposed, as JSON of the kind's own form; never changes. Null for a kind without any.
    #[sea_orm(column_type = "Text", nullable)]
    pub payload: Option<String>,
    /// Where it stands, from the service's closed list.
    pub state: String,
    /// The meeting of the board that it is for, and from its conclusion on the one that concluded; null while open.
    pub meeting: Option<Uuid>,
    /// The role of the client that proposed it.
    pub proposed_by_role: String,
    /// Code of the organisation that proposed it; null where the client has none.
    pub proposed_by: Option<String>,
    /// When it was proposed, in UTC.
    pub created_at: DateTimeUtc,
    /// When its state changed last, in UTC.
    pub changed_at: DateTimeUtc,
    /// The write that changed its state last.
    pub seq_changed: i64,
    /// `consensus` or `vote`; null until the board has concluded.
    pub concluded_by: Option<String>,
    /// The chair's conclusion in words; null where none were recorded.
    #[sea_orm(column_type = "Text", nullable)]
    pub conclusion: Option<String>,
    /// When the conclusion was recorded, in UTC.
    pub concluded_at: Option<DateTimeUtc>,
    /// What the fund said; null where it said nothing.
    #[sea_orm(column_type = "Text", nullable)]
    pub fund_note: Option<String>,
    /// When the fund endorsed or declined, in UTC.
    pub fund_answered_at: Option<DateTimeUtc>,
    /// What it did, as JSON; null as long as it has done nothing.
    #[sea_orm(column_type = "Text", nullable)]
    pub effect: Option<String>,
    /// The write that did it.
    pub seq_effect: Option<i64>,
    /// When it did it, in UTC.
    pub effect_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
