//! The bodies of a plan with their seats and the order in which they meet; a plan without the files has none.

use sea_orm::{DatabaseTransaction, Set};
use serde::Deserialize;
use serde_json::json;

use super::missing::{add_missing, insert_missing};
use super::{Source, aliases, names};
use crate::bodies::rules::{BodyKind, Per};
use crate::entities::{body, body_ordering, body_seat};
use crate::words::Word;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyRow {
    code: String,
    kind: BodyKind,
    name: String,
    name_en: String,
    aliases: Option<String>,
    area: Option<String>,
    focus_areas: Option<String>,
    times: Option<i16>,
    per: Option<Per>,
    note: Option<String>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeatRow {
    body: String,
    code: String,
    organisation: Option<String>,
    title: String,
    title_en: String,
    aliases: Option<String>,
    member: bool,
    vote_of: Option<String>,
    chair: bool,
    minute_taker: bool,
    note: Option<String>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderingRow {
    body: String,
    before: String,
    per: Per,
    reading: String,
    reading_en: String,
    source: String,
}

/// Loads the bodies, seats and orderings that are not there yet; says how many rows.
pub(super) async fn load(transaction: &DatabaseTransaction, id: i32, source: &Source) -> anyhow::Result<u64> {
    if !source.has("bodies.csv") {
        return Ok(0);
    }
    let bodies: Vec<BodyRow> = source.rows("bodies.csv")?;
    let mut rows = add_missing(
        transaction,
        id,
        bodies,
        |row| &row.code,
        |position, row| body::ActiveModel {
            plan_id: Set(id),
            code: Set(row.code),
            position: Set(position),
            kind: Set(row.kind.code().to_owned()),
            name: Set(row.name),
            name_en: Set(row.name_en),
            aliases: Set(aliases(row.aliases)),
            area: Set(row.area),
            focus_areas: Set(json!(names(row.focus_areas))),
            times: Set(row.times),
            per: Set(row.per.map(|per| per.code().to_owned())),
            call_days: Set(None),
            agenda_days: Set(None),
            deadlines_source: Set(None),
            note: Set(row.note),
            source: Set(row.source),
            archived_at: Set(None),
        },
    )
    .await?;
    let seats: Vec<SeatRow> = source.rows("body-seats.csv")?;
    rows += insert_missing(transaction, seats, |position, row| body_seat::ActiveModel {
        plan_id: Set(id),
        body: Set(row.body),
        code: Set(row.code),
        position: Set(position),
        organisation: Set(row.organisation),
        title: Set(row.title),
        title_en: Set(row.title_en),
        aliases: Set(aliases(row.aliases)),
        is_member: Set(row.member),
        vote_of: Set(row.vote_of),
        is_chair: Set(row.chair),
        is_minute_taker: Set(row.minute_taker),
        note: Set(row.note),
        source: Set(row.source),
    })
    .await?;
    let orderings: Vec<OrderingRow> = source.rows("body-orderings.csv")?;
    rows += insert_missing(transaction, orderings, |_, row| body_ordering::ActiveModel {
        plan_id: Set(id),
        body: Set(row.body),
        before: Set(row.before),
        per: Set(row.per.code().to_owned()),
        reading: Set(row.reading),
        reading_en: Set(row.reading_en),
        source: Set(row.source),
    })
    .await?;
    Ok(rows)
}
