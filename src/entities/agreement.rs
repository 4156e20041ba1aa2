use sea_orm::entity::prelude::*;

/// An agreement of the plan: the strategic one, or the sub-agreement of a focus area. What is agreed stands in its
/// [versions](super::agreement_version).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agreements")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// `strategisk`, or the code of the focus area; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the plan.
    pub position: i32,
    /// `strategic` or `sub_agreement`.
    pub kind: String,
    /// Code of the focus area; null for the strategic agreement.
    pub focus_area: Option<String>,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The highest number that a version ever had: that of a draft that is gone is not given out again.
    pub last_version: i32,
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
