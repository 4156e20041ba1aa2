//! What the chart says in words, in Danish.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::{Chart, Line, Path};
use crate::period::{Period, PeriodKind};

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
];

/// A number with a decimal comma.
pub(super) fn number(value: Decimal) -> String {
    value.to_string().replace('.', ",")
}

/// A date, written out.
pub(super) fn date(date: NaiveDate) -> String {
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{}. {month} {}", date.day(), date.year())
}

fn period(period: Period) -> String {
    match period.kind() {
        PeriodKind::Day => date(period.start()),
        _ => period.to_string(),
    }
}

/// What the vertical axis counts.
pub(super) fn unit(code: &str) -> &'static str {
    match code {
        "percent" => "Procent",
        "grade" => "Karakter",
        "dkk" => "Kroner",
        "hours" => "Timer",
        _ => "Antal",
    }
}

/// Everything that is drawn, line by line.
pub(super) fn description(chart: &Chart) -> String {
    if chart.lines.iter().all(|line| line.marks.is_empty()) {
        return "Ingen tal.".to_owned();
    }
    let lines: Vec<String> = chart.lines.iter().map(line).collect();
    format!("{}. {} Kilde: {}.", unit(&chart.unit), lines.join(" "), chart.source)
}

fn line(line: &Line) -> String {
    let marks = line.marks.iter();
    let marks: Vec<String> = marks
        .map(|mark| format!("{} ({})", number(mark.value), period(mark.period)))
        .collect();
    let path = line.path.as_ref().map(path).unwrap_or_default();
    format!("{}: {}.{path}", line.label, marks.join("; "))
}

fn path(path: &Path) -> String {
    let mut text = String::new();
    if let Some((on, value)) = path.baseline {
        let word = if path.is_provisional {
            "Foreløbigt udgangspunkt"
        } else {
            "Udgangspunkt"
        };
        text.push_str(&format!(" {word} {} ({}).", number(value), date(on)));
    }
    for (due, value, is_limit) in &path.targets {
        let under = if *is_limit { "under " } else { "" };
        text.push_str(&format!(" Mål {under}{} senest {}.", number(*value), date(*due)));
    }
    text
}
