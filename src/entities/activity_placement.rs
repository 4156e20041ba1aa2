use sea_orm::entity::prelude::*;

/// Where an activity, or one of its teams, is from when to when, and by which decision.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_placements")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The placement's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of the activity.
    pub activity: String,
    /// Which team; empty for the activity as a whole.
    pub team: String,
    /// Code of the zone, or `all-zones`; null where it is not stated.
    pub zone: Option<String>,
    /// The first day.
    pub starts_on: Date,
    /// The last day, itself included; null where no end is set.
    pub ends_on: Option<Date>,
    /// `agreement` or `decision`.
    pub basis: String,
    /// The decision's id, where one placed it.
    pub decision: Option<Uuid>,
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
