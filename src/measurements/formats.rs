//! Measurements as NDJSON and CSV, row by row.

use chrono::SecondsFormat;

use super::model::MeasurementView;
use crate::problem::Problem;
use crate::web::etag::to_json;
use crate::web::formats::Locale;
use crate::web::formats::csv::{CsvDocument, text, whole};

/// The columns of the CSV form.
const HEADER: &[&str] = &[
    "indicator",
    "area",
    "period",
    "category",
    "value",
    "numerator",
    "denominator",
    "status",
    "note",
    "source",
    "received_at",
    "id",
    "revision",
    "superseded",
];

/// A JSON object a line.
pub fn ndjson(rows: &[MeasurementView]) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    for row in rows {
        bytes.extend(to_json(row)?);
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Lines of CSV; the header before the first ones.
pub fn csv(rows: &[MeasurementView], locale: Locale, is_first: bool) -> Result<Vec<u8>, Problem> {
    let mut document = CsvDocument::new(locale, if is_first { HEADER } else { &[] })?;
    for row in rows {
        let cells = [
            text(Some(&row.indicator)),
            text(Some(&row.area)),
            row.period.to_string(),
            text(row.category.as_deref()),
            document.number(row.value),
            whole(row.numerator),
            whole(row.denominator),
            row.status.code().to_owned(),
            text(row.note.as_deref()),
            text(Some(&row.source)),
            row.received_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            row.id.to_string(),
            row.revision.to_string(),
            row.superseded.to_string(),
        ];
        document.row(&cells)?;
    }
    document.finish()
}
