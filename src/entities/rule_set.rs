use sea_orm::entity::prelude::*;

/// A dated set of area criteria: what makes an area one of an official list, or a yardstick that a source prints.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_sets")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by, such as `law-2021-prevention-area`; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the plan.
    pub position: i32,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Of several official lists whose rules an area meets it is on the one with the highest rank; null: no official list.
    pub rank: Option<i16>,
    /// How many of the counted criteria must be met.
    pub needed: i16,
    /// The fewest residents of an area in the rule's sense; null: none stated.
    pub min_residents: Option<i64>,
    /// Code of the indicator that counts them; null where none is needed.
    pub residents_indicator: Option<String>,
    /// First day on which it is in force; null: none stated.
    pub valid_from: Option<Date>,
    /// Last day, itself included; null: no end is known.
    pub valid_to: Option<Date>,
    /// The paragraph or table that lays it down.
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
