use sea_orm::entity::prelude::*;

/// How a goal or sub-goal was followed up at a meeting.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_ups")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Its id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The meeting.
    pub meeting: Uuid,
    /// `board` or `parties`: for whom the body that met follows the goals.
    pub follower: String,
    /// The day of the meeting.
    pub followed_on: Date,
    /// `goal` or `sub_goal`.
    pub level: String,
    /// Code of the goal or sub-goal.
    pub goal: String,
    /// Code of the agreement that held it.
    pub agreement: String,
    /// The version of that agreement.
    pub version: i32,
    /// Code of the agreement's focus area; null for the strategic one.
    pub focus_area: Option<String>,
    /// The instant of the figures that the meeting saw, in UTC.
    pub figures_as_of: DateTimeUtc,
    /// The figures seen, as JSON.
    #[sea_orm(column_type = "Text")]
    pub figures: String,
    /// What was concluded.
    #[sea_orm(column_type = "Text")]
    pub conclusion: String,
    /// When it was recorded, in UTC.
    pub created_at: DateTimeUtc,
    /// When what it says was last corrected, in UTC; null where it never was.
    pub corrected_at: Option<DateTimeUtc>,
    /// The decision by which the board adopted it; null as long as it has not.
    pub decision: Option<Uuid>,
    /// When the board adopted it, in UTC.
    pub adopted_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
