use sea_orm::entity::prelude::*;

/// Under which item of an agenda a decision is taken up.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_items")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The decision.
    #[sea_orm(primary_key, auto_increment = false)]
    pub decision: Uuid,
    /// The item: one of the meeting that the decision is for, or was concluded at.
    pub agenda_item: Uuid,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
