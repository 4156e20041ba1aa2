use sea_orm::entity::prelude::*;

/// An activity of the plan, as the agreement describes it and as decisions have changed it since.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activities")]
pub struct Model {
    /// The plan that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i32,
    /// What clients know it by; unique within the plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Place in lists; unique within the plan, archived rows included.
    pub position: i32,
    /// Code of the focus area.
    pub focus_area: String,
    /// `draft`, `active`, `paused` or `ended`.
    pub status: String,
    /// `mobile` or `all_zones`.
    pub mobility: String,
    /// Whether no two teams may be in the same zone at a time.
    pub teams_apart: bool,
    /// Whether everybody may see it.
    pub is_published: bool,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Other names that sources use for it: an array of strings, empty if there are none.
    #[sea_orm(column_type = "JsonBinary")]
    pub aliases: Json,
    /// What it is for, in Danish.
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    /// What it is for, in English.
    #[sea_orm(column_type = "Text")]
    pub purpose_en: String,
    /// What is done, in Danish.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    /// What is done, in English.
    #[sea_orm(column_type = "Text")]
    pub content_en: String,
    /// How it is presented to residents, in Danish; no part of what was agreed.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// How it is presented to residents, in English.
    #[sea_orm(column_type = "Text", nullable)]
    pub description_en: Option<String>,
    /// What a reader ought to know.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// Where this is stated.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// All its texts, folded for search.
    #[sea_orm(column_type = "Text")]
    pub search: String,
    /// Counts its changes, from 1.
    pub version: i32,
    /// When it was taken out of use, in UTC; null while in use.
    pub archived_at: Option<DateTimeUtc>,
}

/// None: what belongs together is joined where it is asked for.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
