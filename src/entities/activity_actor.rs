use sea_orm::entity::prelude::*;

/// Who takes part in an activity, and what for. No persons.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_actors")]
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
    /// Code of the organisation; null where a kind of actor is meant, such as volunteers.
    pub organisation: Option<String>,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// What it answers for, in Danish.
    #[sea_orm(column_type = "Text")]
    pub responsibility: String,
    /// What it answers for, in English.
    #[sea_orm(column_type = "Text")]
    pub responsibility_en: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
