use sea_orm::entity::prelude::*;

/// How many people of one residence, age band and gender took part, by one report. Exact: nobody but those who work with the
/// activity sees it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation_counts")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// Id of the report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report: Uuid,
    /// Where they live, as it was said: a department's code, a zone's with `-unknown` behind it, or `outside`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub residence: String,
    /// Code of the age band.
    #[sea_orm(primary_key, auto_increment = false)]
    pub age_band: String,
    /// Code of the gender.
    #[sea_orm(primary_key, auto_increment = false)]
    pub gender: String,
    /// Code of the department, or of the zone where the department is unknown; null for outside.
    pub area: Option<String>,
    /// How many took part, at least 1.
    pub participants: i32,
    /// Of these, how many for the first time.
    pub newcomers: i32,
    /// Of these, how many went on to education.
    pub to_education: i32,
    /// Of these, how many went on to a job.
    pub to_job: i32,
    /// Of these, how many went on to a leisure job.
    pub to_leisure_job: i32,
    /// Of these, how many went on to an association.
    pub to_association: i32,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
