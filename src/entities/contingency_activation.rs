use sea_orm::entity::prelude::*;

/// A time that a group of the contingency plan was made to act.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contingency_activations")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The version of the contingency plan that it is carried out by.
    pub version: i32,
    /// Code of the group that acts.
    pub group_code: String,
    /// `active` or `closed`.
    pub state: String,
    /// What happened, from the service's closed list.
    pub kind: String,
    /// Code of the area.
    pub area: String,
    /// Code of the organisation on whose initiative the group acts.
    pub raised_by: String,
    /// When it began to act, in UTC.
    pub activated_at: DateTimeUtc,
    /// What is known of the situation; no persons.
    #[sea_orm(column_type = "Text")]
    pub summary: String,
    /// An earlier activation that it follows from, of the other group for instance.
    pub follows: Option<Uuid>,
    /// When it was over, in UTC; null while it is not.
    pub closed_at: Option<DateTimeUtc>,
    /// How it ended.
    #[sea_orm(column_type = "Text", nullable)]
    pub conclusion: Option<String>,
    /// Who recorded it: a token's subject.
    pub subject: String,
    /// When it was recorded, in UTC.
    pub recorded_at: DateTimeUtc,
    /// When anything of it last changed, its checklist included, in UTC.
    pub changed_at: DateTimeUtc,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
