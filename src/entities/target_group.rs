use sea_orm::entity::prelude::*;

/// A target group of the employment law (LAB § 6) or an integration group. Dated reference data, as the law changes the list.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "target_groups")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by, such as `6.1` or `INT-SHP`; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists, since codes don't sort by themselves (`6.10` follows `6.9`); unique within the plan, archived
    /// rows included.
    pub position: i32,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The provision that defines the group.
    #[sea_orm(column_type = "Text", nullable)]
    pub law: Option<String>,
    /// First day on which the group exists; null: no beginning is known.
    pub valid_from: Option<Date>,
    /// Last day on which the group exists, itself included; null: no end is known.
    pub valid_to: Option<Date>,
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
