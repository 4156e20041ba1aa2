use sea_orm::entity::prelude::*;

/// "`area` stands in `relation` to `target`." Of one such sentence there is one row, so one period in which it holds.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "area_relations")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the area that the sentence is about.
    #[sea_orm(primary_key, auto_increment = false)]
    pub area: String,
    /// The relation, from the service's closed list: the parent in the plan, or a region, police district or estate.
    #[sea_orm(primary_key, auto_increment = false)]
    pub relation: String,
    /// Code of the area that it is related to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub target: String,
    /// First day on which it holds; null: no beginning is known.
    pub valid_from: Option<Date>,
    /// Last day on which it holds, itself included; null: it still does.
    pub valid_to: Option<Date>,
    /// Where this is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
