use sea_orm::entity::prelude::*;

/// One limit of a rule set.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "criteria")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the rule set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule_set: String,
    /// What clients know it by, such as `convicted`; unique within the rule set.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in the file; the order within the rule set.
    pub position: i32,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// `counted` (one of the k of n) or `required` (must be met beside them).
    pub part: String,
    /// `over`, `at_least` or `under`.
    pub operator: String,
    /// The limit without its decimal point.
    pub limit_value: i64,
    /// How many of the limit's digits are decimals.
    pub limit_decimals: i16,
    /// `percent`, or `times_reference` for a multiple of the reference area's figure.
    pub limit_unit: String,
    /// Over how many years the figure is averaged; 1: not.
    pub window_years: i16,
    /// Whether it is the legally contested one, which has a permission and a setting of its own.
    pub is_contested: bool,
    /// The paragraph or row that lays it down.
    #[sea_orm(column_type = "Text")]
    pub citation: String,
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
