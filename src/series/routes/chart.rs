//! A series as a chart: its lines, what the goals draw over them, and the areas beside them.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use super::super::chart::{Chart, Line, LineKind, MAX_LINES, Mark, Path, draw};
use super::super::model::SeriesView;
use crate::goals::store::Overlay;
use crate::indicators::store::{Selection, figures};
use crate::period::Period;
use crate::problem::{At, FieldError, Problem};

/// The media type.
pub(super) const MEDIA_TYPE: &str = "image/svg+xml";

/// The chart of a series; 422 where it would have more lines than anybody can tell apart.
pub(super) async fn svg(
    db: &impl ConnectionTrait,
    plan_id: i32,
    series: &SeriesView,
    seq: i64,
    window: (Option<Period>, Option<Period>),
    overlays: &[Overlay],
    names: &BTreeMap<String, String>,
) -> Result<Vec<u8>, Problem> {
    let mut lines: Vec<Measured> = Vec::new();
    for point in &series.points {
        let Some(value) = point.value else { continue };
        let mark = Mark {
            on: point.period.end(),
            period: point.period,
            value,
        };
        let known = lines
            .iter_mut()
            .find(|line| line.area == point.area && line.category == point.category);
        match known {
            Some(line) => line.marks.push(mark),
            None => lines.push(Measured {
                area: point.area.clone(),
                category: point.category.clone(),
                marks: vec![mark],
            }),
        }
    }
    if lines.len() > MAX_LINES {
        return Err(too_many(lines.len()));
    }
    let overlay_of = |line: &Measured| {
        let mut own = overlays.iter();
        own.find(|overlay| overlay.area == line.area && overlay.category == line.category)
    };
    let beside = beside(&lines, &overlay_of);
    let compared = compared(db, plan_id, series, seq, window, &beside).await?;
    let name = |code: &str| names.get(code).map_or(code, String::as_str).to_owned();
    // A category stands in the title where all lines have the same, else with each line.
    let first = lines.first().and_then(|line| line.category.clone());
    let has_one_category = lines.iter().all(|line| line.category == first);
    let label = |line: &Measured| match &line.category {
        Some(category) if !has_one_category => format!("{}, {category} {}", name(&line.area), name(category)),
        _ => name(&line.area),
    };
    let mut title = series.indicator.name.clone();
    if let Some(category) = first.filter(|_| has_one_category) {
        title = format!("{title}: {category} {}", name(&category));
    }
    let own = lines.iter().map(|line| Line {
        label: label(line),
        kind: LineKind::Measured,
        marks: line.marks.clone(),
        path: overlay_of(line).map(path),
    });
    let others = compared.iter().map(|line| Line {
        label: label(line),
        kind: LineKind::Compared,
        marks: line.marks.clone(),
        path: None,
    });
    let chart = Chart {
        title,
        unit: series.indicator.unit.clone(),
        source: series.indicator.provenance.clone(),
        lines: own.chain(others).collect(),
    };
    draw(&chart).map(String::into_bytes).map_err(|error| {
        tracing::error!(%error, "a chart cannot be drawn");
        Problem::internal()
    })
}

/// The figures of an area and category.
struct Measured {
    area: String,
    category: Option<String>,
    marks: Vec<Mark>,
}

fn path(overlay: &Overlay) -> Path {
    Path {
        baseline: overlay.baseline,
        is_provisional: overlay.is_provisional,
        targets: overlay
            .targets
            .iter()
            .map(|target| (target.due, target.value, target.is_limit))
            .collect(),
    }
}

/// The areas that the goals put beside the lines and that are no lines themselves, each with its category.
fn beside<'a>(
    lines: &[Measured],
    overlay_of: &impl Fn(&Measured) -> Option<&'a Overlay>,
) -> Vec<(String, Option<String>)> {
    let mut beside: Vec<(String, Option<String>)> = Vec::new();
    for line in lines {
        for area in overlay_of(line).into_iter().flat_map(|overlay| &overlay.compared) {
            let one = (area.clone(), line.category.clone());
            let is_line = lines.iter().any(|line| line.area == one.0 && line.category == one.1);
            if !is_line && !beside.contains(&one) {
                beside.push(one);
            }
        }
    }
    beside
}

async fn compared(
    db: &impl ConnectionTrait,
    plan_id: i32,
    series: &SeriesView,
    seq: i64,
    (from, to): (Option<Period>, Option<Period>),
    beside: &[(String, Option<String>)],
) -> Result<Vec<Measured>, Problem> {
    if beside.is_empty() {
        return Ok(Vec::new());
    }
    let selection = Selection {
        areas: Some(beside.iter().map(|(area, _)| area.clone()).collect()),
        categories: None,
        from,
        to,
    };
    let figures = figures(db, plan_id, &series.indicator.code, seq, &selection).await?;
    let lines = beside.iter().map(|(area, category)| Measured {
        area: area.clone(),
        category: category.clone(),
        marks: figures
            .iter()
            .filter(|figure| figure.area == *area && figure.category == *category)
            .filter_map(|figure| {
                Some(Mark {
                    on: figure.period.end(),
                    period: figure.period,
                    value: figure.value?,
                })
            })
            .collect(),
    });
    Ok(lines.filter(|line| !line.marks.is_empty()).collect())
}

fn too_many(found: usize) -> Problem {
    Problem::invalid_content(vec![FieldError::new(
        At::Parameter("area".into()),
        "too_many_lines",
        format!("The chart would have {found} lines; name areas and categories so that there are at most {MAX_LINES}."),
        format!("Diagrammet ville få {found} linjer; angiv områder og kategorier, så der højst er {MAX_LINES}."),
    )])
}
