use sea_orm::entity::prelude::*;

/// A rule of order: one body meets before another does.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "body_orderings")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the body that meets first.
    #[sea_orm(primary_key, auto_increment = false)]
    pub body: String,
    /// Code of the body that meets after it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub before: String,
    /// In every `half_year`, before the last meeting that the other body has in it.
    pub per: String,
    /// How the words of the source are read, in Danish.
    #[sea_orm(column_type = "Text")]
    pub reading: String,
    /// How the words of the source are read, in English.
    #[sea_orm(column_type = "Text")]
    pub reading_en: String,
    /// Where this is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
