use sea_orm::entity::prelude::*;

/// An item on the agenda of a meeting, or one that was proposed for it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agenda_items")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The item's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The meeting.
    pub meeting: Uuid,
    /// Place on the agenda; items of the same place follow their ids.
    pub position: i32,
    /// `proposed`, `accepted` or `declined`.
    pub status: String,
    /// What it is about, in a line.
    pub title: String,
    /// What it is about.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// The documents, each with name, link and checksum: an array of objects.
    #[sea_orm(column_type = "JsonBinary")]
    pub documents: Json,
    /// The role of who proposed it.
    pub proposed_by_role: String,
    /// Code of the organisation that proposed it; null where its token named none.
    pub proposed_by: Option<String>,
    /// When it was proposed, in UTC.
    pub created_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
