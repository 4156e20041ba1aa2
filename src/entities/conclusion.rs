use sea_orm::entity::prelude::*;

/// What was concluded on an item of the agenda: the minutes, item by item.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conclusions")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The item.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agenda_item: Uuid,
    /// The conclusion.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// When it was last written, in UTC.
    pub recorded_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
