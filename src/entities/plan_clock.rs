use sea_orm::entity::prelude::*;

/// A plan's clock: one row a plan, the row that every write raises and keeps locked until it commits.
/// So numbers are given out in the order of the commits, and nothing appears later inside the past.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_clocks")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The number of the latest write, also called the data version; 0 before the first. It only rises, by one a write.
    pub seq: i64,
    /// When that number was given out, in UTC; never earlier than for the number before.
    pub at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
