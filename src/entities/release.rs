use sea_orm::entity::prelude::*;

/// A release of figures that count people to an audience. Everything in it may be shown to that audience. It is never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "releases")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The id; the later of two releases has the greater one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it shows: `participation` or `kendskabsgrad`.
    pub subject: String,
    /// The quarter, such as `2023-Q1`, or the date of the extract, such as `2024-01-01`.
    pub period: String,
    /// To whom: `organisation`, `parties` or `public`.
    pub audience: String,
    /// Code of the organisation that it is for; null unless the audience is `organisation`.
    pub organisation: Option<String>,
    /// The same, empty where it is null: for the index that keeps numbers unique.
    pub organisation_key: String,
    /// 1 for the first of that subject and period to that audience, then rising by one; the highest is the current one.
    pub number: i32,
    /// The smallest count that it may show but 0; null where everything had been published before, elsewhere.
    pub threshold: Option<i32>,
    /// Which edition of the rules it was made by.
    pub rules: String,
    /// What its tables are made of, as JSON: the numbers of the cells depend on it.
    #[sea_orm(column_type = "Text")]
    pub definition: String,
    /// The value of every cell in the order of their numbers, as JSON; null where it is hidden.
    #[sea_orm(column_type = "Text")]
    pub published: String,
    /// Of a quarter: how many of each activity are in each part of its participants, as JSON; null where it is hidden. Null
    /// as a whole for extracts, and for releases that were made before parts were released.
    #[sea_orm(column_type = "Text", nullable)]
    pub parts: Option<String>,
    /// Where everything had been published before; null otherwise.
    #[sea_orm(column_type = "Text", nullable)]
    pub citation: Option<String>,
    /// Why it was made, where somebody said so.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// The write that brought it.
    pub seq: i64,
    /// When it was made, in UTC.
    pub released_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
