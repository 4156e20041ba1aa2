use sea_orm::entity::prelude::*;

/// The end of a plan's audit log: one row a plan, which every entry locks and moves, so that numbers have no gaps.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_heads")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The number of the newest entry; 0 before the first.
    pub number: i64,
    /// Its hash; empty before the first.
    pub hash: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
