use sea_orm::entity::prelude::*;

/// Whether a seat was at a meeting.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attendances")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The meeting.
    #[sea_orm(primary_key, auto_increment = false)]
    pub meeting: Uuid,
    /// Code of the body.
    pub body: String,
    /// Code of the seat in the body.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seat: String,
    /// `present`, `substitute` or `absent`.
    pub presence: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
