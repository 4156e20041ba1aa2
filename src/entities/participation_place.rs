use sea_orm::entity::prelude::*;

/// What was held in one zone, by one report. Exact: nobody but those who work with the activity sees it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation_places")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Id of the report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report: Uuid,
    /// Where the venue lies, as it was said: a zone's code, `outside`, or `unknown`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: String,
    /// Code of the zone; null for `outside` and `unknown`.
    pub zone: Option<String>,
    /// How many sessions were held.
    pub sessions: i32,
    /// How many different volunteers helped.
    pub volunteers: i32,
    /// How many attendances there were: a person counts each time.
    pub attendances: i32,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
