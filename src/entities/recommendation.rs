use sea_orm::entity::prelude::*;

/// What is recommended to the board on a proposal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recommendations")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Its id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The decision that was proposed.
    pub decision: Uuid,
    /// `secretariat` or `steering_group`.
    pub given_by: String,
    /// The steering group's meeting; null for the secretariat.
    pub meeting: Option<Uuid>,
    /// `adopt` or `reject`.
    pub stance: String,
    /// The recommendation in words.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// When it was recorded, in UTC.
    pub given_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
