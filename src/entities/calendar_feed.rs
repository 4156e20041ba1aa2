use sea_orm::entity::prelude::*;

/// A secret address under which a calendar follows a body's meetings. Never deleted; it is revoked.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_feeds")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The subscription's id, a UUIDv7; not the secret.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code of the body.
    pub body: String,
    /// What people call it.
    pub name: String,
    /// With whose eyes it looks.
    pub role: String,
    /// Code of the organisation for which it looks; null for roles that have none.
    pub organisation: Option<String>,
    /// The secret's beginning, by which people recognise it; no part of what makes it secret.
    pub handle: String,
    /// SHA-256 of the secret, in base64url: it is random, so a fast hash gives nothing away.
    pub hash: String,
    /// When it was made, in UTC.
    pub created_at: DateTimeUtc,
    /// Who made it: the subject of the token.
    pub created_by: String,
    /// When it was revoked, in UTC; null while it was not.
    pub revoked_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
