use sea_orm::entity::prelude::*;

/// A request that came with an idempotency key. It is claimed in a short transaction of its own; the effect and the stored
/// answer then commit together. `status`, `headers` and `body` are null while the request runs and set from then on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What the key belongs to: client, method, path with query, and the key itself, as one string.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// Hash of the request's body; the same key with another body is refused.
    pub body_hash: String,
    /// Drawn anew by each request that takes the key, so that one whose claim was taken over finds out.
    pub claim: Uuid,
    /// When the claim was taken, in UTC.
    pub claimed_at: DateTimeUtc,
    /// HTTP status of the answer.
    pub status: Option<i16>,
    /// The answer's headers that are replayed with it.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub headers: Option<Json>,
    /// The answer's body, byte for byte.
    #[sea_orm(column_type = "Blob", nullable)]
    pub body: Option<Vec<u8>>,
    /// When the row may be deleted, in UTC; later than `claimed_at`.
    pub expires_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
