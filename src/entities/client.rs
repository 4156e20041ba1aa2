use sea_orm::entity::prelude::*;

/// A registered client: a program that exchanges its secret for access tokens. Never deleted; revoked.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clients")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What the client calls itself (`client_id`); unique among all plans.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Code of the organisation for which it acts; null for roles that have none.
    pub organisation: Option<String>,
    /// What it was given: scopes separated by spaces; empty where it was given none.
    #[sea_orm(column_type = "Text")]
    pub scope: String,
    /// When it was registered, in UTC.
    pub created_at: DateTimeUtc,
    /// Who registered it: the subject of the token, or `operator` for the command line.
    pub created_by: String,
    /// When it was revoked, in UTC; null while it may call.
    pub revoked_at: Option<DateTimeUtc>,
    /// Its public keys, a JSON array (RFC 7517); null for a client that proves itself by secrets alone.
    #[sea_orm(column_type = "Text", nullable)]
    pub jwks: Option<String>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
