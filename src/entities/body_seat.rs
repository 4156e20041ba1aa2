use sea_orm::entity::prelude::*;

/// A seat in a body: an organisation and a title, never a person.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "body_seats")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Code of the body.
    #[sea_orm(primary_key, auto_increment = false)]
    pub body: String,
    /// What clients know the seat by; unique within the body.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the body.
    pub position: i32,
    /// Code of the organisation; null where the source names none.
    pub organisation: Option<String>,
    /// Title in Danish.
    pub title: String,
    /// Title in English.
    pub title_en: String,
    /// Other titles that sources use for the seat: an array of strings, empty if there are none.
    #[sea_orm(column_type = "JsonBinary")]
    pub aliases: Json,
    /// Whether the seat is a member; else it attends without being one.
    pub is_member: bool,
    /// Code of the organisation whose one vote the seat has a part in; null where it has none.
    pub vote_of: Option<String>,
    /// Whether the seat chairs.
    pub is_chair: bool,
    /// Whether the seat takes the minutes.
    pub is_minute_taker: bool,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where this is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
