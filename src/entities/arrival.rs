use sea_orm::entity::prelude::*;

/// That figures of an indicator came with a write, however many.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "arrivals")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the indicator.
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator: String,
    /// The write.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Its instant, in UTC.
    pub received_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
