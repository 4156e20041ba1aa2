use sea_orm::entity::prelude::*;

/// A series that may answer a criterion. An answer stands on one series alone: populations are never mixed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "criterion_inputs")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the rule set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule_set: String,
    /// Code of the criterion within it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub criterion: String,
    /// Code of the indicator whose figures are used.
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator: String,
    /// Place in the file; the order of preference within the criterion.
    pub position: i32,
    /// `here`: the figures are of single years and averaged here; `source`: they are averages already.
    pub averaging: String,
    /// Code of the area whose figure of the same series is the reference; null where the limit needs none.
    pub reference_area: Option<String>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
