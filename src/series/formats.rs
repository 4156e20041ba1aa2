//! A series as CSV and as JSON-stat: the same figures as in JSON.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;
use rust_decimal::Decimal;
use serde_json::{Number, Value};

use super::model::SeriesView;
use crate::indicators::rules::{Status, TOTAL};
use crate::problem::Problem;
use crate::web::formats::Locale;
use crate::web::formats::csv::{CsvDocument, text, whole};
use crate::web::formats::jsonstat::{CategoryUnit, Codes, Dataset, Extension};

const CSV_HEADER: &[&str] = &[
    "indicator",
    "area",
    "period",
    "category",
    "value",
    "numerator",
    "denominator",
    "unit",
    "status",
    "revision",
    "note",
    "source",
    "received_at",
    "id",
];

/// One line a figure; an unknown number is an empty cell and its status says why.
pub fn csv(series: &SeriesView, locale: Locale) -> Result<Vec<u8>, Problem> {
    let mut document = CsvDocument::new(locale, CSV_HEADER)?;
    for point in &series.points {
        let row = [
            text(Some(&series.indicator.code)),
            text(Some(&point.area)),
            point.period.to_string(),
            text(point.category.as_deref()),
            document.number(point.value),
            whole(point.numerator),
            whole(point.denominator),
            series.indicator.unit.clone(),
            point.status.code().to_owned(),
            whole(point.revision.map(i64::from)),
            text(point.note.as_deref()),
            text(point.source.as_deref()),
            point.received_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            point.id.map(|id| id.to_string()).unwrap_or_default(),
        ];
        document.row(&row)?;
    }
    document.finish()
}

const MEASURES: [(&str, &str); 3] = [("value", "Værdi"), ("numerator", "Tæller"), ("denominator", "Nævner")];

/// A cube of measure × area × category × period.
///
/// `names` gives the labels of areas and categories; `note` is the indicator's.
pub fn jsonstat(series: &SeriesView, note: Option<String>, names: &BTreeMap<String, String>) -> Dataset {
    let periods: BTreeSet<_> = series.points.iter().map(|point| point.period).collect();
    let periods: Vec<_> = periods.into_iter().collect();
    let (mut areas, mut categories, mut times) = (Codes::default(), Codes::default(), Codes::default());
    for period in &periods {
        times.place(&period.to_string());
    }
    for point in &series.points {
        areas.place(&point.area);
        categories.place(point.category.as_deref().unwrap_or(TOTAL));
    }
    let size = [MEASURES.len(), areas.len(), categories.len(), times.len()];
    let mut value = BTreeMap::new();
    let mut status = BTreeMap::new();
    let mut extension = Extension::default();
    for point in &series.points {
        let place = [
            areas.place(&point.area),
            categories.place(point.category.as_deref().unwrap_or(TOTAL)),
            times.place(&point.period.to_string()),
        ];
        let numbers = [
            point.value.map(number),
            point.numerator.map(Value::from),
            point.denominator.map(Value::from),
        ];
        for (measure, number) in numbers.into_iter().enumerate() {
            let index = ((measure * size[1] + place[0]) * size[2] + place[1]) * size[3] + place[2];
            if measure == 0 {
                extension
                    .revision
                    .extend(point.revision.map(|revision| (index, revision)));
                extension.note.extend(point.note.clone().map(|note| (index, note)));
                extension
                    .source
                    .extend(point.source.clone().map(|source| (index, source)));
            } else if number.is_none() {
                continue;
            }
            // A count that is kept beside a missing share is not missing itself.
            if measure == 0 || point.status != Status::Missing {
                status.insert(index, point.status.code().to_owned());
            }
            value.insert(index, number.unwrap_or(Value::Null));
        }
    }
    let decimals = series
        .points
        .iter()
        .filter_map(|point| point.value.map(|value| value.scale()))
        .max()
        .unwrap_or(0);
    let mut measures = Codes::default();
    for (code, _) in MEASURES {
        measures.place(code);
    }
    let mut measure = measures.into_dimension("Mål", |code| {
        let found = MEASURES.iter().find(|(known, _)| *known == code);
        found.map_or(code, |(_, label)| label).to_owned()
    });
    for (code, _) in MEASURES {
        let is_value = code == "value";
        measure.category.unit.insert(
            code.to_owned(),
            CategoryUnit {
                label: if is_value {
                    series.indicator.unit.clone()
                } else {
                    "count".to_owned()
                },
                decimals: if is_value { decimals } else { 0 },
            },
        );
    }
    let name = |code: &str| match names.get(code) {
        Some(name) => name.clone(),
        None if code == TOTAL => "I alt".to_owned(),
        None => code.to_owned(),
    };
    Dataset {
        version: "2.0",
        class: "dataset",
        label: series.indicator.name.clone(),
        source: series.indicator.provenance.clone(),
        updated: series
            .fresh
            .received_at
            .map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)),
        note: note.into_iter().collect(),
        id: ["measure", "area", "category", "period"].map(str::to_owned).to_vec(),
        size: size.to_vec(),
        role: [("metric", "measure"), ("geo", "area"), ("time", "period")]
            .into_iter()
            .map(|(role, dimension)| (role.to_owned(), vec![dimension.to_owned()]))
            .collect(),
        dimension: [
            ("measure", measure),
            ("area", areas.into_dimension("Område", name)),
            ("category", categories.into_dimension("Kategori", name)),
            ("period", times.into_dimension("Periode", str::to_owned)),
        ]
        .into_iter()
        .map(|(code, dimension)| (code.to_owned(), dimension))
        .collect(),
        value,
        status,
        extension,
    }
}

/// A decimal as a JSON number with its digits.
fn number(value: Decimal) -> Value {
    value.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}
