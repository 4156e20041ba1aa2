use sea_orm::entity::prelude::*;

/// A part of a target group that is counted on its own, such as the unemployed within 6.9. Its count is part of the group's
/// count and is never added to it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "target_group_subsets")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the group that it is a part of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub target_group: String,
    /// What clients know it by within its group, such as `unemployed`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in the list of the group's subsets.
    pub position: i32,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The word by which a row of a printed table is recognised as this subset.
    pub keyword: String,
    /// Where this is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
