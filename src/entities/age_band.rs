use sea_orm::entity::prelude::*;

/// An age band that participants are counted by.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "age_bands")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the plan, archived rows included.
    pub position: i32,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The youngest age, itself included.
    pub age_from: i16,
    /// The oldest age, itself included; null where the band has no upper end.
    pub age_to: Option<i16>,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where this is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// When it was taken out of use, in UTC; null while in use.
    pub archived_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
