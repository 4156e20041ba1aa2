//! What stands on which sheet of the spreadsheet.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::super::model::{Pack, PackDecision, PackFigure, PackView};
use super::words;

/// A cell.
pub(super) enum Cell {
    /// Text, whatever it begins with.
    Text(String),
    /// A number.
    Number(Decimal),
    /// Nothing.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<Decimal> for Cell {
    fn from(number: Decimal) -> Self {
        Cell::Number(number)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Cell::Number(Decimal::from(number))
    }
}

impl From<NaiveDate> for Cell {
    fn from(date: NaiveDate) -> Self {
        Cell::Text(date.to_string())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Empty, Into::into)
    }
}

/// A sheet as it is written: its name, its columns, its rows.
pub(super) struct Sheet {
    /// Its name.
    pub(super) name: &'static str,
    /// The heads of its columns.
    pub(super) columns: Vec<&'static str>,
    /// Its rows.
    pub(super) rows: Vec<Vec<Cell>>,
}

/// The sheets, in their order.
pub(super) fn sheets(view: &PackView) -> Vec<Sheet> {
    let pack = &view.pack;
    let mut sheets = vec![meeting(view), agenda(pack)];
    sheets.extend(goals(pack));
    sheets.extend(charts(pack));
    sheets.extend(kendskabsgrad(pack));
    sheets.extend(target_groups(pack));
    sheets.extend(participation(pack));
    sheets.extend(outcomes(pack));
    sheets.extend(placements(pack));
    sheets.extend(milestones(pack));
    sheets.extend(deliveries(pack));
    sheets.extend(decisions(pack));
    sheets
}

fn meeting(view: &PackView) -> Sheet {
    let pack = &view.pack;
    let row = |name: &str, value: Cell| vec![name.into(), value];
    let previous = pack.previous.as_ref().map(|previous| previous.local_start.to_string());
    Sheet {
        name: "Møde",
        columns: vec!["Oplysning", "Værdi"],
        rows: vec![
            row("Helhedsplan", pack.plan_name.as_str().into()),
            row("Organ", pack.meeting.body_name.as_str().into()),
            row("Navn", pack.meeting.name.clone().into()),
            row("Tid", pack.meeting.local_start.to_string().into()),
            row("Sted", pack.meeting.place.clone().into()),
            row("Tal som de var kendt", pack.figures_as_of.to_rfc3339().into()),
            row("Vurderet pr.", pack.figures_on.into()),
            row("Forrige møde", previous.into()),
            row("Kontrolsum (SHA-256)", view.sha256.clone().into()),
            row("Tekst fjernet", view.redacted_at.map(|at| at.to_rfc3339()).into()),
        ],
    }
}

fn agenda(pack: &Pack) -> Sheet {
    let rows = (1_i64..).zip(&pack.agenda).map(|(number, item)| {
        let documents: Vec<String> = item
            .documents
            .iter()
            .map(|document| format!("{} {}", document.name, document.url))
            .collect();
        let decisions: Vec<String> = item
            .decisions
            .iter()
            .map(|decision| format!("{} ({})", decision.title, words::item_decision(decision)))
            .collect();
        vec![
            number.into(),
            item.title.as_str().into(),
            item.description.clone().into(),
            documents.join("\n").into(),
            decisions.join("\n").into(),
        ]
    });
    Sheet {
        name: "Dagsorden",
        columns: vec!["Punkt", "Titel", "Beskrivelse", "Bilag", "Til beslutning"],
        rows: rows.collect(),
    }
}

fn goals(pack: &Pack) -> Option<Sheet> {
    let period = |figure: Option<PackFigure>| figure.map(|figure| figure.period.to_string());
    let value = |figure: Option<PackFigure>| figure.map(|figure| figure.value);
    let rows = pack.goals.as_ref()?.iter().map(|goal| {
        let targets: Vec<String> = goal
            .targets
            .iter()
            .map(|target| words::target(target, goal.unit))
            .collect();
        vec![
            goal.goal_name.as_str().into(),
            goal.indicator_name.as_str().into(),
            goal.area_name.as_str().into(),
            words::unit(goal.unit).into(),
            goal.baseline_period.to_string().into(),
            goal.baseline.into(),
            period(goal.before).into(),
            value(goal.before).into(),
            period(goal.latest).into(),
            value(goal.latest).into(),
            words::trend(goal.trend).into(),
            targets.join("\n").into(),
            words::standing(goal.status).into(),
        ]
    });
    Some(Sheet {
        name: "Målstatus",
        columns: vec![
            "Mål",
            "Indikator",
            "Område",
            "Enhed",
            "Udgangspunkt, periode",
            "Udgangspunkt",
            "Sidst set, periode",
            "Sidst set",
            "Nu, periode",
            "Nu",
            "Udvikling",
            "Måltal",
            "Status",
        ],
        rows: rows.collect(),
    })
}

fn charts(pack: &Pack) -> Option<Sheet> {
    let mut rows = Vec::new();
    for chart in pack.charts.as_ref()? {
        for line in &chart.lines {
            for figure in &line.figures {
                rows.push(vec![
                    chart.goal_name.as_str().into(),
                    chart.indicator_name.as_str().into(),
                    line.area_name.as_str().into(),
                    figure.period.to_string().into(),
                    figure.value.into(),
                    words::unit(chart.unit).into(),
                    chart.source.as_str().into(),
                ]);
            }
        }
    }
    Some(Sheet {
        name: "Udvikling",
        columns: vec!["Mål", "Indikator", "Område", "Periode", "Værdi", "Enhed", "Kilde"],
        rows,
    })
}

fn kendskabsgrad(pack: &Pack) -> Option<Sheet> {
    let rows = pack.kendskabsgrad.as_ref()?.iter().map(|row| {
        vec![
            row.area_name.as_str().into(),
            row.period.to_string().into(),
            row.value.into(),
            row.count.into(),
            row.before_period.map(|period| period.to_string()).into(),
            row.before.into(),
            row.before_count.into(),
            row.change.into(),
            row.change_count.into(),
        ]
    });
    Some(Sheet {
        name: "Kendskabsgrad",
        columns: vec![
            "Område",
            "Træk",
            "Procent",
            "Antal",
            "Forrige træk",
            "Procent da",
            "Antal da",
            "Ændring i procentpoint",
            "Ændring i antal",
        ],
        rows: rows.collect(),
    })
}

fn target_groups(pack: &Pack) -> Option<Sheet> {
    let rows = pack.target_groups.as_ref()?.iter().map(|row| {
        vec![
            words::target_group(&row.target_group, &row.name).into(),
            row.area_name.as_str().into(),
            row.period.to_string().into(),
            row.value.into(),
            row.before_period.map(|period| period.to_string()).into(),
            row.before.into(),
            row.change.into(),
        ]
    });
    Some(Sheet {
        name: "Målgrupper",
        columns: vec![
            "Målgruppe",
            "Område",
            "Træk",
            "Antal",
            "Forrige træk",
            "Antal da",
            "Ændring",
        ],
        rows: rows.collect(),
    })
}

fn participation(pack: &Pack) -> Option<Sheet> {
    let participation = pack.participation.as_ref()?;
    let rows = participation.rows.iter().map(|row| {
        vec![
            participation.period.as_str().into(),
            row.activity_name.as_str().into(),
            row.area_name.as_str().into(),
            row.value.map(Decimal::from).into(),
            (if row.value.is_some() { "vist" } else { "skjult" }).into(),
        ]
    });
    Some(Sheet {
        name: "Deltagelse",
        columns: vec!["Kvartal", "Aktivitet", "Bopæl", "Deltagere", "Status"],
        rows: rows.collect(),
    })
}

fn outcomes(pack: &Pack) -> Option<Sheet> {
    let participation = pack.participation.as_ref()?;
    let rows = participation.outcomes.iter().flat_map(|row| {
        let measures = [
            ("Nye deltagere", row.newcomers),
            ("Videre til uddannelse", row.to_education),
            ("Videre til job", row.to_job),
            ("Videre til fritidsjob", row.to_leisure_job),
            ("Videre til forening", row.to_association),
        ];
        measures.map(|(measure, value)| {
            vec![
                participation.period.as_str().into(),
                row.activity_name.as_str().into(),
                measure.into(),
                value.map(Decimal::from).into(),
                (if value.is_some() { "vist" } else { "skjult" }).into(),
            ]
        })
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| Sheet {
        name: "Resultater",
        columns: vec!["Kvartal", "Aktivitet", "Hvad der er talt", "Antal", "Status"],
        rows,
    })
}

fn placements(pack: &Pack) -> Option<Sheet> {
    let rows = pack.placements.as_ref()?.iter().map(|row| {
        vec![
            row.activity_name.as_str().into(),
            row.team.clone().into(),
            row.zone_name.clone().or_else(|| row.zone.clone()).into(),
            row.starts_on.into(),
            row.ends_on.into(),
            (if row.is_new { "Ja" } else { "Nej" }).into(),
        ]
    });
    Some(Sheet {
        name: "Placeringer",
        columns: vec!["Aktivitet", "Hold", "Zone", "Fra", "Til", "Ny siden sidst"],
        rows: rows.collect(),
    })
}

fn milestones(pack: &Pack) -> Option<Sheet> {
    let rows = pack.milestones.as_ref()?.iter().map(|row| {
        vec![
            row.name.as_str().into(),
            row.due_on.into(),
            row.reached_on.into(),
            words::milestone(row.state).into(),
        ]
    });
    Some(Sheet {
        name: "Milepæle",
        columns: vec!["Milepæl", "Senest", "Nået", "Status"],
        rows: rows.collect(),
    })
}

fn deliveries(pack: &Pack) -> Option<Sheet> {
    let rows = pack.late_deliveries.as_ref()?.iter().map(|row| {
        vec![
            row.name.as_str().into(),
            row.owner_name.clone().or_else(|| row.owner.clone()).into(),
            row.period.map(|period| period.to_string()).into(),
            row.due_on.into(),
        ]
    });
    Some(Sheet {
        name: "Forsinkede tal",
        columns: vec!["Indikator", "Dataejer", "Periode", "Skulle være kommet"],
        rows: rows.collect(),
    })
}

fn decisions(pack: &Pack) -> Option<Sheet> {
    let rows = pack.decisions.as_ref()?.iter().map(|row| {
        let outcome = row.outcome.as_ref();
        vec![
            row.title.as_str().into(),
            words::decision_kind(&row.kind).into(),
            words::decision_state(&row.state).into(),
            words::instant(row.changed_at).into(),
            words::outcome(outcome).join("\n").into(),
            outcome.map(|outcome| Decimal::from(outcome.in_favour)).into(),
            outcome.map(|outcome| Decimal::from(outcome.against)).into(),
            reservations(row).join("\n").into(),
            row.conclusion.clone().into(),
            words::effect(row).into(),
        ]
    });
    Some(Sheet {
        name: "Beslutninger",
        columns: vec![
            "Beslutning",
            "Art",
            "Tilstand",
            "Dato",
            "Afgørelse",
            "Stemmer for",
            "Stemmer imod",
            "Særstandpunkter",
            "Konklusion",
            "Virkning",
        ],
        rows: rows.collect(),
    })
}

fn reservations(decision: &PackDecision) -> Vec<String> {
    let all = decision.outcome.iter().flat_map(|outcome| &outcome.reservations);
    all.map(words::reservation).collect()
}
