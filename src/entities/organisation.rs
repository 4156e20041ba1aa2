use sea_orm::entity::prelude::*;

/// An organisation or a unit of one. No persons: who has a seat is named by organisation and title.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisations")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the plan, archived rows included.
    pub position: i32,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// What sort of organisation it is, from the service's closed list.
    pub kind: String,
    /// Code of the organisation that this is a unit of.
    pub parent: Option<String>,
    /// Other names that sources use for it: an array of strings, empty if there are none.
    #[sea_orm(column_type = "JsonBinary")]
    pub aliases: Json,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where this is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// When it was taken out of use, in UTC; null while in use.
    pub archived_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
