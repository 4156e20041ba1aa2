//! The part of a pack that is participation: of the released table alone, so that it says no more than was released.

use std::slice::from_ref;

use sea_orm::ConnectionTrait;

use super::super::model::{PackOutcomes, PackParticipants, PackParticipation, StoredOutcomes};
use crate::disclosure::{PartId, TOTAL};
use crate::problem::Problem;
use crate::releases::rules::{ParticipationMeasure, Reader, Shown, Subject};
use crate::releases::store::{Shelf, current, names, newest_period};
use crate::words::Word;

/// The table that is shown.
const TABLE: &str = "zone-activity-age";

/// The newest quarter that was released to the parties, who are all that read packs; none where nothing was.
pub(super) async fn participation(
    db: &impl ConnectionTrait,
    plan_id: i32,
) -> Result<Option<PackParticipation>, Problem> {
    let (subject, reader) = (Subject::Participation, Reader::Parties);
    let Some(period) = newest_period(db, plan_id, subject, from_ref(&reader)).await? else {
        return Ok(None);
    };
    let Some(row) = current(db, plan_id, subject, &period, &reader, None).await? else {
        return Ok(None);
    };
    let names = names(db, plan_id).await?;
    let name = |code: &str| match code {
        TOTAL => "I alt".to_owned(),
        code => names.get(code).map_or(code, String::as_str).to_owned(),
    };
    let shelf = Shelf::open(row)?;
    let shape = shelf.cube.shape();
    let mut cells = shape.table(TABLE).unwrap_or_default();
    // The order in which the table itself is read.
    cells.sort_by(|one, other| shape.nodes(*one).cmp(shape.nodes(*other)));
    let rows = cells.into_iter().filter_map(|cell| {
        let codes: Vec<&str> = shape.codes(cell).collect();
        let [area, activity, TOTAL, TOTAL] = codes[..] else {
            return None;
        };
        Some(PackParticipants {
            area: area.to_owned(),
            area_name: name(area),
            activity: activity.to_owned(),
            activity_name: name(activity),
            value: shelf.published.value(cell),
            status: Shown::of(shelf.published.value(cell)),
        })
    });
    Ok(Some(PackParticipation {
        period,
        release: shelf.row.id,
        number: shelf.row.number,
        rows: rows.collect(),
        outcomes: outcomes(&shelf, name),
    }))
}

/// Newcomers and outcomes of every activity, the total first; none where the release has none.
fn outcomes(shelf: &Shelf, name: impl Fn(&str) -> String) -> Vec<PackOutcomes> {
    let Some(parts) = &shelf.parts else {
        return Vec::new();
    };
    let row = |code: &str, place: Option<usize>| {
        let value = |measure: ParticipationMeasure| {
            let part = parts.parts().iter().position(|part| part == measure.code())?;
            match place {
                Some(activity) => parts.value(PartId { activity, part }),
                None => parts.total(part),
            }
        };
        PackOutcomes::from(StoredOutcomes {
            activity: code.to_owned(),
            activity_name: name(code),
            newcomers: value(ParticipationMeasure::Newcomers),
            to_education: value(ParticipationMeasure::ToEducation),
            to_job: value(ParticipationMeasure::ToJob),
            to_leisure_job: value(ParticipationMeasure::ToLeisureJob),
            to_association: value(ParticipationMeasure::ToAssociation),
        })
    };
    let activities = shelf.cube.activities().iter().enumerate();
    let each = activities.map(|(place, code)| row(code, Some(place)));
    [row(TOTAL, None)].into_iter().chain(each).collect()
}
