use sea_orm::entity::prelude::*;

/// An opaque token that only reads, for programs that cannot fetch access tokens. Never deleted; it expires or is revoked.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "read_tokens")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The token's name inside the service; not the token itself.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Whose eyes it reads with.
    pub role: String,
    /// Code of the organisation for which it reads; null for roles that have none.
    pub organisation: Option<String>,
    /// What it was given: scopes separated by spaces, all of them for reading.
    #[sea_orm(column_type = "Text")]
    pub scope: String,
    /// The token's beginning, by which people recognise it; no part of what makes it secret.
    pub handle: String,
    /// SHA-256 of the whole token, in base64url: it is random, so a fast hash gives nothing away.
    pub hash: String,
    /// When it was made, in UTC.
    pub created_at: DateTimeUtc,
    /// Who made it: the subject of the token, or `operator` for the command line.
    pub created_by: String,
    /// When it stops being good, in UTC.
    pub expires_at: DateTimeUtc,
    /// When it was revoked, in UTC; null while it was not.
    pub revoked_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
