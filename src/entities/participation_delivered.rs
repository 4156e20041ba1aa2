use sea_orm::entity::prelude::*;

/// How much of a commitment was delivered in one zone, by one report. Offers, not people.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation_delivered")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Id of the report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report: Uuid,
    /// Code of the commitment within the activity, as it was when the report came.
    #[sea_orm(primary_key, auto_increment = false)]
    pub commitment: String,
    /// Where it was delivered, as it was said: a zone's code, `outside`, or `unknown`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: String,
    /// Code of the zone; null for `outside` and `unknown`.
    pub zone: Option<String>,
    /// How much, in the commitment's unit.
    pub quantity: i32,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
