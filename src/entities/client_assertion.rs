use sea_orm::entity::prelude::*;

/// An assertion by which a client has proved itself: good once. Gone some time after it has ended.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_assertions")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The client.
    #[sea_orm(primary_key, auto_increment = false)]
    pub client: Uuid,
    /// SHA-256 of its `jti`, base64url.
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: String,
    /// When it is good no longer, in UTC.
    pub ends_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
