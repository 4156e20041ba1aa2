use sea_orm::entity::prelude::*;

/// An organisation that is a party to the plan.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_parties")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the organisation; a party once at most.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: String,
    /// Place in the list of parties.
    pub position: i32,
    /// As what it takes part, from the service's closed list.
    pub capacity: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
