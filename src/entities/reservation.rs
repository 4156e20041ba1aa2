use sea_orm::entity::prelude::*;

/// A dissent that a seat asked to have in the minutes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reservations")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The reservation's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The item that it is about.
    pub agenda_item: Uuid,
    /// Place among the reservations of the item.
    pub position: i32,
    /// Code of the body.
    pub body: String,
    /// Code of the seat in the body.
    pub seat: String,
    /// What the seat holds instead.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// When it was recorded, in UTC.
    pub recorded_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
