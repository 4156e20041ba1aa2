use sea_orm::entity::prelude::*;

/// A group of people that an activity is for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_target_groups")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the activity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub activity: String,
    /// Place within the activity, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The youngest age, itself included; null where none is stated.
    pub age_from: Option<i16>,
    /// The oldest age, itself included; null where none is stated.
    pub age_to: Option<i16>,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
