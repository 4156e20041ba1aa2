use sea_orm::entity::prelude::*;

/// What a seat says of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_votes")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The decision.
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision: Uuid,
    /// Code of the seat.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seat: String,
    /// Code of the body that the seat is in.
    pub body: String,
    /// Code of the organisation whose one vote the seat has a part in.
    pub party: String,
    /// `for`, `against` or `abstain`.
    pub choice: String,
    /// `organisation` or `minute_taker`.
    pub recorded_by: String,
    /// When it was recorded, in UTC.
    pub recorded_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
