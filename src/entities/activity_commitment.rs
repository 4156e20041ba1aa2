use sea_orm::entity::prelude::*;

/// What was promised of an activity, with a number where there is one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_commitments")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the activity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub activity: String,
    /// What clients know it by; unique within the activity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place within the activity, from 0.
    pub position: i32,
    /// Code of the organisation that promised it; null where none is named.
    pub organisation: Option<String>,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// How many; null where no number is stated.
    pub quantity: Option<i32>,
    /// Of what, such as `classes`.
    pub unit: Option<String>,
    /// In how long, such as `year`; null where the number is not per anything.
    pub per: Option<String>,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where this is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
