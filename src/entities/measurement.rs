use sea_orm::entity::prelude::*;

/// A revision of a figure: the value of an indicator for an area, a period and a category.
///
/// Nothing is overwritten: a correction adds the next revision under the same `id`, and the one before gets its `seq_to`,
/// the only column that is ever updated. What was known at sequence `s` are the rows with `seq_from <= s` and
/// (`seq_to` null or `seq_to > s`). Of each indicator × area × category × period one row at most has no `seq_to`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "measurements")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// The figure; the same in all its revisions.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// 1 for the first, then rising by one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i32,
    /// Code of the indicator; the same in all revisions, like area, category and period.
    pub indicator: String,
    /// Code of the area.
    pub area: String,
    /// The category, such as `6.1` or `6.9/unemployed`; the empty string where the figure has none.
    pub category: String,
    /// The period in its canonical form: `2021`, `2023-S1`, `2023-Q1`, `2023-01`, `2022-06-01` or `2020/2021`.
    pub period: String,
    /// First day of the period.
    pub period_start: Date,
    /// Last day of the period, itself included; for a day the same as `period_start`.
    pub period_end: Date,
    /// The value × 10^`decimals`, in the indicator's unit: 22.1 is 221 with one decimal. Null only where the status says
    /// why.
    pub value: Option<i64>,
    /// The decimals that the value was printed with, so that 13.0 and 13 stay apart; 0 or more.
    pub decimals: i16,
    /// For a share, how many were counted; null where it was not given.
    pub numerator: Option<i64>,
    /// For a share, out of how many; null where it was not given.
    pub denominator: Option<i64>,
    /// `final`, `provisional`, `estimated` or `missing`.
    pub status: String,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where the figure comes from.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// Why a person corrected the figure; null where the revision came with an import or an extract.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// The write that brought this revision.
    pub seq_from: i64,
    /// The write that replaced it, greater than `seq_from`; null while it is current.
    pub seq_to: Option<i64>,
    /// When this revision arrived, in UTC.
    pub received_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
