use sea_orm::entity::prelude::*;

/// A plan: one funded programme with a period. Several live in one database, each with its own reference data and figures.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plans")]
pub struct Model {
    /// The plan's number, given out by the database; the first part of every other table's key.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// What clients know the plan by, such as `fredericia-2023-2026`; unique, and never changed.
    #[sea_orm(unique)]
    pub code: String,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// First day of the plan.
    pub starts_on: Date,
    /// Last day of the plan, itself included; not before `starts_on`.
    pub ends_on: Date,
    /// Whether callers without a token see the plan.
    pub is_public: bool,
    /// The plan before this one, in words, as the source describes it.
    #[sea_orm(column_type = "Text", nullable)]
    pub predecessor: Option<String>,
    /// What a reader ought to know, such as where sources disagree.
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
