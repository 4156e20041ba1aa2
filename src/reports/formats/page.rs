//! The page: one self-contained HTML document in Danish, for screens of every width and for paper. No script, nothing from
//! elsewhere; whatever somebody wrote is escaped by the template.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::super::model::{Pack, PackChart, PackFigure, PackGoal, PackLine, PackView};
use super::{parts, words};
use crate::goals::terms::TargetKind;
use crate::problem::Problem;
use crate::series::chart::{Chart, Line, LineKind, Mark, Path, embedded};
use crate::words::Word;

/// The media type.
pub const MEDIA_TYPE: &str = "text/html; charset=utf-8";

/// The look of the page, in itself: dark on white, tables that scroll inside themselves where they are wider than the screen.
const STYLE: &str = include_str!("page.css");

/// What a browser may do with the page: show it in the look that it brings along, of which this names the hash.
pub fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// The page of a pack.
pub fn page(view: &PackView) -> Result<Vec<u8>, Problem> {
    let pack = &view.pack;
    let title = title(pack);
    let charts = charts(pack)?;
    let markup = html! {
        (DOCTYPE)
        html lang="da" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy());
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.plan { (pack.plan_name) }
                    h1 { (title) }
                    (about(view))
                }
                nav aria-label="Indhold" { (contents(pack)) }
                main {
                    (agenda(pack))
                    @if let Some(goals) = &pack.goals { (goals_section(goals)) }
                    @if !charts.is_empty() {
                        section id="diagrammer" {
                            h2 { "Udvikling over tid" }
                            @for chart in &charts { (chart) }
                        }
                    }
                    @if let Some(shares) = &pack.kendskabsgrad { (parts::shares(shares)) }
                    @if let Some(counts) = &pack.target_groups { (parts::counts(counts)) }
                    @if let Some(participation) = &pack.participation { (parts::participation(participation)) }
                    @if let Some(placements) = &pack.placements { (parts::placements(placements)) }
                    @if let Some(milestones) = &pack.milestones { (parts::milestones(milestones)) }
                    @if let Some(deliveries) = &pack.late_deliveries { (parts::deliveries(deliveries)) }
                    @if let Some(decisions) = &pack.decisions { (parts::decisions(decisions)) }
                }
                footer { (foot(view)) }
            }
        }
    };
    Ok(markup.into_string().into_bytes())
}

fn title(pack: &Pack) -> String {
    let name = pack.meeting.name.as_ref().unwrap_or(&pack.meeting.body_name);
    format!(
        "{name}: mødemateriale til {}",
        words::date(pack.meeting.local_start.date())
    )
}

fn about(view: &PackView) -> Markup {
    let pack = &view.pack;
    html! {
        dl {
            div { dt { "Møde" } dd { (pack.meeting.body_name) ", " (words::time(pack.meeting.local_start)) } }
            @if let Some(place) = &pack.meeting.place { div { dt { "Sted" } dd { (place) } } }
            div { dt { "Tal som de var kendt" } dd { (words::instant(pack.figures_as_of)) } }
            div { dt { "Vurderet pr." } dd { (words::date(pack.figures_on)) } }
            div {
                dt { "Forrige møde" }
                dd {
                    @match &pack.previous {
                        Some(previous) => (words::time(previous.local_start)),
                        None => "Intet tidligere møde",
                    }
                }
            }
        }
        @if !view.is_final {
            p.notice { strong { "Foreløbig." } " Mødet er ikke indkaldt; materialet laves om, indtil det er." }
        }
        @if !view.withheld.is_empty() {
            p.notice {
                "Udeladt, fordi adgangen ikke omfatter det: "
                (view.withheld.iter().map(|section| words::section(*section)).collect::<Vec<_>>().join(", ")) "."
            }
        }
    }
}

fn contents(pack: &Pack) -> Markup {
    let has_charts = pack.charts.as_ref().is_some_and(|charts| !charts.is_empty());
    let links = [
        (true, "dagsorden", "Dagsorden"),
        (pack.goals.is_some(), "maal", "Målstatus"),
        (has_charts, "diagrammer", "Udvikling over tid"),
        (pack.kendskabsgrad.is_some(), "kendskabsgrad", "Kendskabsgrad"),
        (pack.target_groups.is_some(), "maalgrupper", "Målgrupper"),
        (pack.participation.is_some(), "deltagelse", "Deltagelse"),
        (pack.placements.is_some(), "placeringer", "Placeringer"),
        (pack.milestones.is_some(), "milepaele", "Milepæle"),
        (pack.late_deliveries.is_some(), "leverancer", "Forsinkede tal"),
        (pack.decisions.is_some(), "beslutninger", "Beslutninger siden sidst"),
    ];
    html! {
        ul {
            @for (_, id, name) in links.into_iter().filter(|(is_there, _, _)| *is_there) {
                li { a href={ "#" (id) } { (name) } }
            }
        }
    }
}

fn agenda(pack: &Pack) -> Markup {
    html! {
        section id="dagsorden" {
            h2 { "Dagsorden" }
            @if pack.agenda.is_empty() { p { "Der er ingen punkter på dagsordenen." } }
            ol.agenda {
                @for item in &pack.agenda {
                    li {
                        h3 { (item.title) }
                        @if let Some(description) = &item.description { p.text { (description) } }
                        @if !item.documents.is_empty() {
                            ul {
                                @for document in &item.documents {
                                    // Only https: comes in; a browser is told nothing of where the link was.
                                    li { a href=(document.url) rel="noopener noreferrer" { (document.name) } }
                                }
                            }
                        }
                        @if !item.decisions.is_empty() {
                            p { "Til beslutning:" }
                            ul {
                                @for decision in &item.decisions {
                                    li { (decision.title) " (" (words::item_decision(decision)) ")" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn goals_section(goals: &[PackGoal]) -> Markup {
    let mut groups: Vec<(&str, Vec<&PackGoal>)> = Vec::new();
    for goal in goals {
        match groups.last_mut() {
            Some((name, rows)) if *name == goal.goal_name => rows.push(goal),
            _ => groups.push((&goal.goal_name, vec![goal])),
        }
    }
    html! {
        section id="maal" {
            h2 { "Målstatus" }
            p {
                "Status er efter den rette vej fra udgangspunkt til mål. Udviklingen er siden det tal, som forrige møde så, "
                "ellers siden udgangspunktet."
            }
            @if groups.is_empty() { p { "Ingen mål gælder på dagen." } }
            @for (name, rows) in groups {
                h3 { (name) }
                (parts::table(
                    &format!("Status for {name}"),
                    &["Indikator", "Område", "Status", "Nu", "Udvikling", "Sidst set", "Udgangspunkt", "Mål"],
                    html! { @for goal in rows { (goal_row(goal)) } },
                ))
            }
        }
    }
}

fn goal_row(goal: &PackGoal) -> Markup {
    let figure = |figure: Option<PackFigure>| {
        figure.map_or_else(
            || "–".to_owned(),
            |figure| {
                format!(
                    "{} ({})",
                    words::amount(figure.value, goal.unit),
                    words::period(figure.period)
                )
            },
        )
    };
    let baseline = goal
        .baseline
        .map_or_else(|| "–".to_owned(), |value| words::amount(value, goal.unit));
    html! {
        tr {
            th scope="row" { (goal.indicator_name) }
            td { (goal.area_name) }
            // What matters most stands where a narrow screen shows it first.
            td class={ "status " (goal.status.code()) } { (words::standing(goal.status)) }
            td { (figure(goal.latest)) }
            td { (words::trend(goal.trend)) }
            td { (figure(goal.before)) }
            td {
                (baseline) " (" (words::period(goal.baseline_period)) ")"
                @if goal.baseline_provisional { " foreløbigt" }
            }
            td {
                @for target in &goal.targets { div { (words::target(target, goal.unit)) } }
            }
        }
    }
}

/// The charts, each with its numbers as text in its description.
fn charts(pack: &Pack) -> Result<Vec<Markup>, Problem> {
    let charts = pack.charts.iter().flatten().enumerate();
    charts
        .map(|(index, chart)| {
            let title = format!("{}: {}", chart.goal_name, chart.indicator_name);
            let goals = pack.goals.as_deref().unwrap_or_default();
            let svg = embedded(&drawn(chart, goals), &format!("diagram-{index}-")).map_err(|error| {
                tracing::error!(%error, "a chart cannot be drawn");
                Problem::internal()
            })?;
            Ok(html! {
                figure {
                    figcaption { h3 { (title) } }
                    div.scroll tabindex="0" role="region" aria-label=(title) { (PreEscaped(svg)) }
                }
            })
        })
        .collect()
}

/// The chart as it is drawn; the first line, which is all zones' where there is one, with the way to its targets.
fn drawn(chart: &PackChart, goals: &[PackGoal]) -> Chart {
    let path = |line: &PackLine| {
        let is_own =
            |goal: &&PackGoal| goal.goal == chart.goal && goal.measure == chart.measure && goal.area == line.area;
        goals.iter().find(is_own).map(|goal| Path {
            baseline: goal.baseline.map(|value| (goal.baseline_period.end(), value)),
            is_provisional: goal.baseline_provisional,
            targets: goal
                .targets
                .iter()
                .filter_map(|target| Some((target.due, target.value?, target.kind == TargetKind::BelowLimit)))
                .collect(),
        })
    };
    let lines = chart.lines.iter().enumerate().map(|(index, line)| Line {
        label: line.area_name.clone(),
        kind: LineKind::Measured,
        marks: line
            .figures
            .iter()
            .map(|figure| Mark {
                on: figure.period.end(),
                period: figure.period,
                value: figure.value,
            })
            .collect(),
        path: path(line).filter(|_| index == 0),
    });
    Chart {
        // What exactly is drawn stands above the chart, where it may be long.
        title: chart.goal_name.clone(),
        unit: chart.unit.code().to_owned(),
        source: chart.source.clone(),
        lines: lines.collect(),
    }
}

fn foot(view: &PackView) -> Markup {
    html! {
        @match &view.sha256 {
            Some(sha256) => p {
                "Materialet er det, som mødet blev indkaldt med, og ændres ikke. Kontrolsum (SHA-256): " code { (sha256) }
            },
            None => p { "Foreløbigt materiale uden kontrolsum." },
        }
        @if let Some(redacted_at) = view.redacted_at {
            p { "Tekst er fjernet af hensyn til databeskyttelse " (words::instant(redacted_at)) "." }
        }
    }
}
