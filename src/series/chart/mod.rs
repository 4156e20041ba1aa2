//! A chart of figures over time as SVG: measured points, baseline, the way that is expected from there, target, and the
//! areas beside them. Drawn for white paper: each line has a colour that colour-blind people tell apart and a mark of its
//! own. What it shows is also said, in a title and a description.

mod draw;
mod words;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::period::Period;

pub use draw::{draw, embedded};

/// More lines than this nobody tells apart.
pub const MAX_LINES: usize = 8;

/// What is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The title.
    pub title: String,
    /// The unit: `percent`, `count`, `grade`, `dkk` or `hours`.
    pub unit: String,
    /// Where the figures come from.
    pub source: String,
    /// The lines, those of interest first.
    pub lines: Vec<Line>,
}

/// The figures of one area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub label: String,
    /// Whether it is what is looked at, or stands beside it.
    pub kind: LineKind,
    /// Its figures, by period.
    pub marks: Vec<Mark>,
    /// Where it starts and where it is to go.
    pub path: Option<Path>,
}

/// Whether a line is looked at or compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// What is looked at.
    Measured,
    /// What stands beside it, in grey.
    Compared,
}

/// A figure, drawn at the end of its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it is drawn.
    pub on: NaiveDate,
    /// Its period.
    pub period: Period,
    /// Its value.
    pub value: Decimal,
}

/// The straight way from a baseline to targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it starts.
    pub baseline: Option<(NaiveDate, Decimal)>,
    /// Whether the baseline is provisional.
    pub is_provisional: bool,
    /// Day, value, and whether it has to be passed and not only reached.
    pub targets: Vec<(NaiveDate, Decimal, bool)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn mark(period: &str, value: &str) -> Mark {
        let period: Period = period.parse().unwrap();
        Mark {
            on: period.end(),
            period,
            value: value.parse().unwrap(),
        }
    }

    fn chart() -> Chart {
        Chart {
            title: "Kendskabsgrad <& \"co\">".into(),
            unit: "percent".into(),
            source: "Jobcenter".into(),
            lines: vec![
                Line {
                    label: "Zone 1 <script>".into(),
                    kind: LineKind::Measured,
                    marks: vec![mark("2022-06-01", "22.1"), mark("2024-01-01", "20.0")],
                    path: Some(Path {
                        baseline: Some((day("2022-06-01"), "22.1".parse().unwrap())),
                        is_provisional: true,
                        targets: vec![(day("2026-12-31"), "13.0".parse().unwrap(), false)],
                    }),
                },
                Line {
                    label: "Fredericia Kommune".into(),
                    kind: LineKind::Compared,
                    marks: vec![mark("2022-06-01", "13.0")],
                    path: None,
                },
            ],
        }
    }

    #[test]
    fn the_chart_says_in_danish_what_it_shows() {
        let svg = draw(&chart()).unwrap();
        for text in [
            "role=\"img\"",
            "aria-labelledby=\"title desc\"",
            "xml:lang=\"da\"",
            "22,1 (1. juni 2022)",
            "Foreløbigt udgangspunkt 22,1 (1. juni 2022)",
            "Mål 13,0 senest 31. december 2026",
            "Forventet vej",
            "Procent",
        ] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
    }

    #[test]
    fn nothing_from_the_data_becomes_markup() {
        let svg = draw(&chart()).unwrap();
        assert!(!svg.contains("<script"), "{svg}");
        assert!(!svg.contains("<& "), "{svg}");
        assert_eq!(svg.matches("<svg").count(), 1);
        assert!(svg.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn a_chart_without_figures_says_so() {
        let mut chart = chart();
        chart.lines.clear();
        assert!(draw(&chart).unwrap().contains("Ingen tal"));
    }

    #[test]
    fn one_figure_and_equal_figures_are_drawn_too() {
        let mut chart = chart();
        chart.lines.truncate(1);
        chart.lines[0].path = None;
        chart.lines[0].marks = vec![mark("2021", "0")];
        assert!(draw(&chart).is_ok());
        chart.lines[0].marks = vec![mark("2021", "5"), mark("2022", "5")];
        assert!(draw(&chart).is_ok());
    }
}
