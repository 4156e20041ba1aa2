//! A masked table as CSV and as JSON-stat: the same rows as in JSON, and nothing else.

use std::collections::BTreeMap;

use serde_json::Value;

use super::outcomes::Outcome;
use super::tables::Row;
use crate::problem::Problem;
use crate::web::formats::Locale;
use crate::web::formats::csv::{CsvDocument, text};
use crate::web::formats::jsonstat::{Codes, Dataset, Extension};
use crate::words::Word;

/// One line a row of newcomers and outcomes.
pub(crate) fn outcomes_csv(period: &str, rows: &[Outcome], locale: Locale) -> Result<Vec<u8>, Problem> {
    let header = ["period", "activity", "measure", "value", "status", "share"];
    let mut document = CsvDocument::new(locale, &header)?;
    for row in rows {
        let cells = [
            period.to_owned(),
            text(Some(&row.activity)),
            row.measure.code().to_owned(),
            row.value.map(|value| value.to_string()).unwrap_or_default(),
            row.status().code().to_owned(),
            document.number(row.share),
        ];
        document.row(&cells)?;
    }
    document.finish()
}

/// What a document says of its table beside the rows.
pub(crate) struct About<'a> {
    /// The dimensions' codes and Danish names, in the order of the rows' codes.
    pub(crate) dimensions: &'a [(&'static str, &'static str)],
    /// The period.
    pub(crate) period: &'a str,
    /// What it is about, in Danish.
    pub(crate) label: String,
    /// Where it comes from.
    pub(crate) source: String,
    /// When it was released.
    pub(crate) updated: String,
    /// What a reader should know, in Danish.
    pub(crate) note: Vec<String>,
    /// Danish names of codes.
    pub(crate) names: &'a BTreeMap<String, String>,
}

/// One line a row; of a hidden one the value is empty, and its status says why.
pub(crate) fn csv(about: &About<'_>, rows: &[Row], locale: Locale) -> Result<Vec<u8>, Problem> {
    let mut header = vec!["period", "zone"];
    header.extend(about.dimensions.iter().map(|(code, _)| *code));
    header.extend(["value", "status"]);
    let mut document = CsvDocument::new(locale, &header)?;
    for row in rows {
        let mut cells = vec![about.period.to_owned(), text(Some(&row.zone))];
        cells.extend(row.codes.iter().map(|code| text(Some(code))));
        cells.push(row.value.map(|value| value.to_string()).unwrap_or_default());
        cells.push(row.status().code().to_owned());
        document.row(&cells)?;
    }
    document.finish()
}

/// A cube of the table's dimensions and the period. Places of which there is no row are absent.
pub(crate) fn jsonstat(about: &About<'_>, rows: &[Row]) -> Dataset {
    let mut found: Vec<Codes> = about.dimensions.iter().map(|_| Codes::default()).collect();
    for row in rows {
        for (codes, code) in found.iter_mut().zip(&row.codes) {
            codes.place(code);
        }
    }
    let mut size: Vec<usize> = found.iter().map(Codes::len).collect();
    let mut value = BTreeMap::new();
    let mut status = BTreeMap::new();
    for row in rows {
        let places = found.iter_mut().zip(&row.codes).zip(&size);
        let index = places.fold(0, |index, ((codes, code), size)| index * size + codes.place(code));
        value.insert(index, row.value.map_or(Value::Null, Value::from));
        status.insert(index, row.status().code().to_owned());
    }
    size.push(1);
    let mut period = Codes::default();
    period.place(about.period);
    let name = |code: &str| match about.names.get(code) {
        Some(name) => name.clone(),
        None if code == crate::disclosure::TOTAL => "I alt".to_owned(),
        None => code.to_owned(),
    };
    let mut dimension: BTreeMap<String, _> = found
        .into_iter()
        .zip(about.dimensions)
        .map(|(codes, (code, label))| ((*code).to_owned(), codes.into_dimension(label, name)))
        .collect();
    dimension.insert("period".to_owned(), period.into_dimension("Periode", str::to_owned));
    let dimensions: Vec<&str> = about
        .dimensions
        .iter()
        .map(|(code, _)| *code)
        .chain(["period"])
        .collect();
    Dataset {
        version: "2.0",
        class: "dataset",
        label: about.label.clone(),
        source: about.source.clone(),
        updated: Some(about.updated.clone()),
        note: about.note.clone(),
        id: dimensions.iter().map(|code| (*code).to_owned()).collect(),
        size,
        role: [("geo", "area"), ("metric", "measure"), ("time", "period")]
            .into_iter()
            .filter(|(_, dimension)| dimensions.contains(dimension))
            .map(|(role, dimension)| (role.to_owned(), vec![dimension.to_owned()]))
            .collect(),
        dimension,
        value,
        status,
        extension: Extension::default(),
    }
}
