use sea_orm::entity::prelude::*;

/// An indicator: a variable with a unit, a direction and an owner.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "indicators")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by, such as `kendskabsgrad`; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the plan, archived rows included.
    pub position: i32,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Unit of its values: `percent`, `count`, `grade`, `dkk` or `hours`.
    pub unit: String,
    /// Which way is good: `up` or `down`.
    pub direction: String,
    /// How many decimals its values are shown with; 0 or more.
    pub decimals: i16,
    /// Youngest age that is counted, in years, itself included; null: no lower limit.
    pub age_from: Option<i16>,
    /// Oldest age that is counted, in years, itself included; null: no upper limit.
    pub age_to: Option<i16>,
    /// For what sort of area it is measured, from the service's closed list.
    pub level: String,
    /// Code of the organisation whose figures these are and whose client may write them; null where none is stated.
    pub data_owner: Option<String>,
    /// Where the data owner has the figures from, in words.
    #[sea_orm(column_type = "Text")]
    pub provenance: String,
    /// How often figures are expected, from the service's closed list; null: nothing is agreed.
    pub rhythm: Option<String>,
    /// What its measurements are broken down by, from the service's closed list.
    pub categories: String,
    /// Whether it is one of the indicators that the fund has set for all plans.
    pub is_fixed: bool,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where the definition is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// When it was taken out of use, in UTC; null while in use.
    pub archived_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
