use sea_orm::entity::prelude::*;

/// A secret of a client, hashed. A client has one, or two while it is rotated.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_secrets")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The client.
    #[sea_orm(primary_key, auto_increment = false)]
    pub client: Uuid,
    /// Counts from 1 within the client.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// The secret's beginning, by which it is told from the other one; no part of what makes it secret.
    pub handle: String,
    /// Argon2id hash of the whole secret, in PHC format.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// When it was made, in UTC.
    pub created_at: DateTimeUtc,
    /// When it stops being good, in UTC; null for the newest.
    pub ends_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
