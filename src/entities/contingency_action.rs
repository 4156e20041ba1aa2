use sea_orm::entity::prelude::*;

/// An item of an activation's checklist. What it is called, and whether it must be done, the version says.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contingency_actions")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The activation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub activation: Uuid,
    /// Code of the action in the version's group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub action: String,
    /// `open`, `done` or `not_needed`.
    pub state: String,
    /// When it was done, or judged not to be needed, in UTC; null while it is open.
    pub at: Option<DateTimeUtc>,
    /// Code of the organisation that did or judged it; null while it is open.
    pub organisation: Option<String>,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// When this was last recorded, in UTC; null where nothing has been.
    pub recorded_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
