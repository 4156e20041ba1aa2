use sea_orm::entity::prelude::*;

/// A body of the plan: those who meet, from the board to the department boards.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bodies")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the plan, archived rows included.
    pub position: i32,
    /// What sort of body it is, from the service's closed list.
    pub kind: String,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Other names that sources use for it: an array of strings, empty if there are none.
    #[sea_orm(column_type = "JsonBinary")]
    pub aliases: Json,
    /// Code of the zone that it is for; null where it is for the plan as a whole.
    pub area: Option<String>,
    /// Codes of the focus areas that it is for: an array of strings, empty if it is for all.
    #[sea_orm(column_type = "JsonBinary")]
    pub focus_areas: Json,
    /// How many meetings are required in every `per`; null where none are.
    pub times: Option<i16>,
    /// `year`, `half_year` or `quarter`; null where no meetings are required.
    pub per: Option<String>,
    /// A meeting is called so many days before it; null where nothing was laid down.
    pub call_days: Option<i16>,
    /// Items are proposed so many days before the meeting; null where nothing was laid down.
    pub agenda_days: Option<i16>,
    /// Where these days were laid down; null where they were not.
    #[sea_orm(column_type = "Text", nullable)]
    pub deadlines_source: Option<String>,
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
