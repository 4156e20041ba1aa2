//! Finding releases. What a reader is answered comes from here, that is from `releases`; the secret part is read in
//! [`make`] to prove the next release, and in [`audit`].

pub mod audit;
mod figures;
mod labels;
pub mod make;
mod publish;
mod recount;
mod verdict;

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use publish::publish_in_full;

use super::cube::{Cube, Definition};
use super::rules::{Audience, Knowledge, Reader, Subject};
use crate::areas;
use crate::db::Window;
use crate::disclosure::{OUTSIDE, Published, PublishedParts, unknown_in};
use crate::entities::release::{self, Column};
use crate::entities::{activity, age_band, gender, target_group};
use crate::problem::Problem;
use crate::words::Word;

/// A release with its cells, ready to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    /// What is stored of it.
    pub(crate) row: release::Model,
    /// Its cells.
    pub(crate) cube: Cube,
    /// Their values.
    pub(crate) published: Published,
    /// Of a quarter, what is shown of newcomers and outcomes; none where the release was made before these were released.
    pub(crate) parts: Option<PublishedParts>,
}

impl Shelf {
    /// Reads what is stored of a release.
    pub(crate) fn open(row: release::Model) -> Result<Self, Problem> {
        let definition = definition(&row)?;
        let cube = Cube::new(&definition).map_err(|error| unreadable(&row, &error))?;
        let published = Self::values(&row)?;
        if published.values().len() != cube.shape().cells() {
            return Err(unreadable(&row, &"not of these tables"));
        }
        let parts = Self::parts(&row)?;
        Ok(Self {
            row,
            cube,
            published,
            parts,
        })
    }

    /// What a release shows of newcomers and outcomes.
    pub(crate) fn parts(row: &release::Model) -> Result<Option<PublishedParts>, Problem> {
        let parts = row.parts.as_deref().map(serde_json::from_str).transpose();
        parts.map_err(|error| unreadable(row, &error))
    }

    /// The values of a release's cells.
    pub(crate) fn values(row: &release::Model) -> Result<Published, Problem> {
        serde_json::from_str(&row.published).map_err(|error| unreadable(row, &error))
    }
}

/// How many cells are shown, and how many hidden: what the pattern itself says, and no more.
pub(crate) fn shown_and_hidden(published: &Published) -> (usize, usize) {
    let shown = published.values().iter().flatten().count();
    (shown, published.values().len() - shown)
}

/// What a release's tables are made of.
pub(crate) fn definition(row: &release::Model) -> Result<Definition, Problem> {
    serde_json::from_str(&row.definition).map_err(|error| unreadable(row, &error))
}

fn unreadable(row: &release::Model, error: &dyn std::fmt::Display) -> Problem {
    tracing::error!(id = %row.id, %error, "a stored release cannot be read");
    Problem::internal()
}

/// To whom a stored release is.
pub(crate) fn reader(row: &release::Model) -> Result<Reader, Problem> {
    match (Audience::find(&row.audience), &row.organisation) {
        (Some(Audience::Organisation), Some(organisation)) => Ok(Reader::Organisation(organisation.clone())),
        (Some(Audience::Parties), None) => Ok(Reader::Parties),
        (Some(Audience::Public), None) => Ok(Reader::Public),
        _ => Err(unreadable(row, &"no such audience")),
    }
}

/// The rows of releases to these readers.
fn to(readers: &[Reader]) -> Condition {
    let each = readers.iter().map(|reader| {
        let organisation = reader.organisation().unwrap_or_default();
        Condition::all()
            .add(Column::Audience.eq(reader.audience().code()))
            .add(Column::OrganisationKey.eq(organisation))
    });
    each.fold(Condition::any(), Condition::add)
}

/// Which releases to list.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// What they show.
    pub(crate) subject: Subject,
    /// Of one period.
    pub(crate) period: Option<String>,
    /// To one kind of audience.
    pub(crate) audience: Option<Audience>,
    /// To these readers; to all where none are named.
    pub(crate) readers: Option<Vec<Reader>>,
}

/// Releases, oldest first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    plan_id: i32,
    listed: &Listed,
    window: &Window<Uuid>,
) -> Result<Vec<release::Model>, Problem> {
    let mut select = release::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Subject.eq(listed.subject.code()))
        .order_by_asc(Column::Id)
        .limit(window.limit + 1);
    if let Some(readers) = &listed.readers {
        select = select.filter(to(readers));
    }
    if let Some(period) = &listed.period {
        select = select.filter(Column::Period.eq(period));
    }
    if let Some(audience) = listed.audience {
        select = select.filter(Column::Audience.eq(audience.code()));
    }
    if let Some(after) = window.after {
        select = select.filter(Column::Id.gt(after));
    }
    Ok(select.all(db).await?)
}

/// One release, if it is to one of these readers, or to anybody where none are named.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    plan_id: i32,
    id: Uuid,
    readers: Option<&[Reader]>,
) -> Result<release::Model, Problem> {
    let mut select = release::Entity::find_by_id((plan_id, id));
    if let Some(readers) = readers {
        select = select.filter(to(readers));
    }
    select.one(db).await?.ok_or_else(missing)
}

/// There is no such release, or none that the caller may read.
pub(crate) fn missing() -> Problem {
    Problem::not_found("There is no such release.", "Der er ingen sådan offentliggørelse.")
}

/// Nothing of a period, or not so many releases of it, went to a reader; the caller may read what goes to it.
pub(crate) fn missing_of(period: &str, reader: &Reader, number: Option<i32>) -> Problem {
    let (en, da) = match reader {
        Reader::Organisation(code) => (format!("the organisation {code}"), format!("organisationen {code}")),
        Reader::Parties => ("the parties".to_owned(), "parterne".to_owned()),
        Reader::Public => ("the public".to_owned(), "offentligheden".to_owned()),
    };
    match number {
        Some(number) => Problem::not_found(
            format!("There is no release {number} of {period} to {en}."),
            format!("Der er ingen offentliggørelse {number} af {period} til {da}."),
        ),
        None => Problem::not_found(
            format!("Nothing of {period} has been released to {en}."),
            format!("Der er ikke offentliggjort noget af {period} til {da}."),
        ),
    }
}

/// The newest period of which anything was released to one of these readers.
pub(crate) async fn newest_period(
    db: &impl ConnectionTrait,
    plan_id: i32,
    subject: Subject,
    readers: &[Reader],
) -> Result<Option<String>, Problem> {
    // Periods of one subject are all written alike, so their texts have the order of time, in any collation.
    Ok(release::Entity::find()
        .select_only()
        .column(Column::Period)
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Subject.eq(subject.code()))
        .filter(to(readers))
        .order_by_desc(Column::Period)
        .into_tuple()
        .one(db)
        .await?)
}

/// The current release of a period to a reader, or the one of a number.
pub(crate) async fn current(
    db: &impl ConnectionTrait,
    plan_id: i32,
    subject: Subject,
    period: &str,
    reader: &Reader,
    number: Option<i32>,
) -> Result<Option<release::Model>, Problem> {
    let mut select = release::Entity::find()
        .filter(Column::PlanId.eq(plan_id))
        .filter(Column::Subject.eq(subject.code()))
        .filter(Column::Period.eq(period))
        .filter(to(std::slice::from_ref(reader)))
        .order_by_desc(Column::Number);
    if let Some(number) = number {
        select = select.filter(Column::Number.eq(number));
    }
    Ok(select.one(db).await?)
}

/// Whether an organisation knows any of a quarter's figures exactly: it reported some, or was released to as one that did.
pub(crate) async fn knows(
    db: &impl ConnectionTrait,
    plan_id: i32,
    period: &str,
    organisation: &str,
) -> Result<bool, Problem> {
    let own = Reader::Organisation(organisation.to_owned());
    let released = current(db, plan_id, Subject::Participation, period, &own, None).await?;
    if released.is_some() {
        return Ok(true);
    }
    Ok(knowledge(db, plan_id, period).await?.contains_key(organisation))
}

/// What each organisation knows exactly of a quarter's figures.
pub(crate) async fn knowledge(db: &impl ConnectionTrait, plan_id: i32, period: &str) -> Result<Knowledge, Problem> {
    figures::knowledge(db, plan_id, period).await
}

/// The Danish names of areas, activities, age bands, genders and target groups, by code.
pub(crate) async fn names(db: &impl ConnectionTrait, plan_id: i32) -> Result<BTreeMap<String, String>, Problem> {
    let mut names = BTreeMap::new();
    for zone in areas::store::all_areas(db, plan_id).await? {
        names.insert(unknown_in(&zone.code), format!("{}, afdeling ukendt", zone.name));
        names.insert(zone.code, zone.name);
    }
    names.insert(OUTSIDE.to_owned(), "Uden for zonerne".to_owned());
    let activities = [activity::Column::PlanId, activity::Column::Code, activity::Column::Name];
    names.extend(code_and_name::<activity::Entity>(db, plan_id, activities).await?);
    let age_bands = [age_band::Column::PlanId, age_band::Column::Code, age_band::Column::Name];
    names.extend(code_and_name::<age_band::Entity>(db, plan_id, age_bands).await?);
    let genders = [gender::Column::PlanId, gender::Column::Code, gender::Column::Name];
    names.extend(code_and_name::<gender::Entity>(db, plan_id, genders).await?);
    let groups = [
        target_group::Column::PlanId,
        target_group::Column::Code,
        target_group::Column::Name,
    ];
    names.extend(code_and_name::<target_group::Entity>(db, plan_id, groups).await?);
    Ok(names)
}

/// Code and name of each of a plan's rows.
async fn code_and_name<E: EntityTrait>(
    db: &impl ConnectionTrait,
    plan_id: i32,
    [plan, code, name]: [E::Column; 3],
) -> Result<Vec<(String, String)>, Problem> {
    let select = E::find().select_only().column(code).column(name);
    Ok(select.filter(plan.eq(plan_id)).into_tuple().all(db).await?)
}
