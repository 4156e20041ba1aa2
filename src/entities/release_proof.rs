use sea_orm::entity::prelude::*;

/// Why a release is safe. Secret, and read by nothing that answers a reader: with it the hidden counts can be worked out.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release_proofs")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The release.
    #[sea_orm(primary_key, auto_increment = false)]
    pub release: Uuid,
    /// The figures that it froze: how many people each leaf holds, as JSON.
    #[sea_orm(column_type = "Text")]
    pub counts: String,
    /// What its audience knows beside it, as JSON: the codes of the activities that an organisation itself reported.
    #[sea_orm(column_type = "Text")]
    pub known: String,
    /// The releases that it was proven with, as JSON: those that its audience held already, and those to audiences that see more.
    #[sea_orm(column_type = "Text")]
    pub stands_on: String,
    /// The possible tables that prove it, as JSON.
    #[sea_orm(column_type = "Text")]
    pub certificate: String,
    /// The parts that it froze: how many people of each activity are in each, as JSON. Null where the release has none.
    #[sea_orm(column_type = "Text", nullable)]
    pub parts: Option<String>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
