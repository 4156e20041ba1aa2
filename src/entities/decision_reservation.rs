use sea_orm::entity::prelude::*;

/// A dissent that a seat asked to have written down with the conclusion.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_reservations")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The decision.
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision: Uuid,
    /// Its place among the decision's reservations, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Code of the body that the seat is in.
    pub body: String,
    /// Code of the seat.
    pub seat: String,
    /// What it says.
    #[sea_orm(column_type = "Text")]
    pub text: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
