//! Goal status as CSV: a line for each target of each area.

use rust_decimal::Decimal;

use super::model::{FigureView, GoalStatusView, TargetStatusView};
use super::terms::ChangeUnit;
use crate::problem::Problem;
use crate::web::formats::Locale;
use crate::web::formats::csv::{CsvDocument, text};

/// The columns.
const HEADER: &[&str] = &[
    "code",
    "area",
    "level",
    "goal",
    "goal_name",
    "focus_area",
    "agreement",
    "version",
    "indicator",
    "category",
    "on",
    "status",
    "baseline_period",
    "baseline_value",
    "baseline_provisional",
    "latest_period",
    "latest_value",
    "target_kind",
    "target_change",
    "target_change_unit",
    "target_value",
    "comparator_area",
    "comparator_period",
    "comparator_value",
    "due",
    "judged_period",
    "judged_value",
    "expected",
    "progress",
    "target_status",
    "reading",
];

/// One line a target; an unknown number is an empty cell and the status says why.
pub fn csv(items: &[GoalStatusView], locale: Locale) -> Result<Vec<u8>, Problem> {
    let mut document = CsvDocument::new(locale, HEADER)?;
    for item in items {
        for target in &item.targets {
            let row = row(&document, item, target);
            document.row(&row)?;
        }
    }
    document.finish()
}

fn row(document: &CsvDocument, item: &GoalStatusView, target: &TargetStatusView) -> [String; HEADER.len()] {
    let comparator = target.comparator.as_ref();
    let matched = comparator.and_then(|comparator| comparator.latest.as_ref());
    let period = |figure: Option<&FigureView>| figure.map(|figure| figure.period.to_string()).unwrap_or_default();
    let number = |value: Option<Decimal>| document.number(value);
    let value = |figure: Option<&FigureView>| number(figure.map(|figure| figure.value));
    [
        text(Some(&item.code)),
        text(Some(&item.area)),
        item.goal.level.code().to_owned(),
        text(Some(&item.goal.code)),
        text(Some(&item.goal.name)),
        text(item.goal.focus_area.as_deref()),
        text(Some(&item.goal.held_by.agreement)),
        item.goal.held_by.version.to_string(),
        text(Some(&item.indicator)),
        text(item.category.as_deref()),
        item.on.to_string(),
        item.status.code().to_owned(),
        item.baseline.period.to_string(),
        number(item.baseline.value),
        item.baseline.provisional.to_string(),
        period(item.latest.as_ref()),
        value(item.latest.as_ref()),
        target.kind.code().to_owned(),
        number(target.change),
        target.change_unit.map(ChangeUnit::code).unwrap_or_default().to_owned(),
        number(target.value),
        text(comparator.map(|comparator| comparator.area.as_str())),
        period(matched),
        value(matched),
        target.due.to_string(),
        period(target.judged.as_ref()),
        value(target.judged.as_ref()),
        number(target.expected),
        number(target.progress),
        target.status.code().to_owned(),
        text(target.reading.as_deref()),
    ]
}
