use sea_orm::entity::prelude::*;

/// An area for which something is measured or where something takes place. How areas lie to one another, the parent
/// included, is said by [`area_relation`](super::area_relation).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "areas")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by, such as `zone-1` or `all-zones`; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the plan, archived rows included.
    pub position: i32,
    /// `zone`, `department`, `municipality` and so on, from the service's closed list.
    pub kind: String,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The number that its owner gives it, as printed (leading zeros count); null where none is stated.
    pub number: Option<String>,
    /// Code of the organisation that runs it; null where none is stated.
    pub organisation: Option<String>,
    /// Other names that sources use for it: an array of strings, empty if there are none.
    #[sea_orm(column_type = "JsonBinary")]
    pub aliases: Json,
    /// What a reader ought to know, such as that its zone is not stated.
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
