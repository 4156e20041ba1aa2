//! The page's tables.

use maud::{Markup, html};
use rust_decimal::Decimal;

use super::super::model::{
    PackCount, PackDecision, PackDelivery, PackMilestone, PackParticipation, PackPlacement, PackShare,
};
use super::words;

/// A table with its caption, which scrolls inside itself where the screen is narrower.
pub(super) fn table(caption: &str, columns: &[&str], rows: Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { span { (caption) } }
                thead { tr { @for column in columns { th scope="col" { (column) } } } }
                tbody { (rows) }
            }
        }
    }
}

fn or_dash(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".to_owned())
}

fn number(value: Option<Decimal>) -> String {
    or_dash(value.map(words::number))
}

fn count(value: Option<i64>) -> String {
    number(value.map(Decimal::from))
}

pub(super) fn shares(shares: &[PackShare]) -> Markup {
    html! {
        section id="kendskabsgrad" {
            h2 { "Kendskabsgrad" }
            @if shares.is_empty() { p { "Der er ingen tal." } } @else {
                (table(
                    "Kendskabsgrad efter område, med ændringen siden sidste træk",
                    &[
                        "Område",
                        "Procent",
                        "Ændring i procentpoint",
                        "Antal",
                        "Ændring i antal",
                        "Træk",
                        "Procent da",
                        "Antal da",
                        "Forrige træk",
                    ],
                    html! {
                        @for row in shares {
                            tr {
                                th scope="row" { (row.area_name) }
                                td.number { (number(row.value)) }
                                td.number { (or_dash(row.change.map(words::change))) }
                                td.number { (count(row.count)) }
                                td.number { (or_dash(row.change_count.map(|change| words::change(Decimal::from(change))))) }
                                td { (words::period(row.period)) }
                                td.number { (number(row.before)) }
                                td.number { (count(row.before_count)) }
                                td { (or_dash(row.before_period.map(words::period))) }
                            }
                        }
                    },
                ))
            }
        }
    }
}

pub(super) fn counts(counts: &[PackCount]) -> Markup {
    html! {
        section id="maalgrupper" {
            h2 { "Målgrupper" }
            @if counts.is_empty() { p { "Der er ingen tal." } } @else {
                (table(
                    "Antal borgere efter målgruppe og område, med ændringen siden sidste træk",
                    &["Målgruppe", "Område", "Antal", "Ændring", "Træk", "Antal da", "Forrige træk"],
                    html! {
                        @for row in counts {
                            tr {
                                th scope="row" { (words::target_group(&row.target_group, &row.name)) }
                                td { (row.area_name) }
                                td.number { (number(row.value)) }
                                td.number { (or_dash(row.change.map(words::change))) }
                                td { (words::period(row.period)) }
                                td.number { (number(row.before)) }
                                td { (or_dash(row.before_period.map(words::period))) }
                            }
                        }
                    },
                ))
            }
        }
    }
}

pub(super) fn participation(participation: &PackParticipation) -> Markup {
    html! {
        section id="deltagelse" {
            h2 { "Deltagelse" }
            h3 { "Deltagere" }
            p {
                "Deltagere i " (participation.period) " efter bopæl. En person tæller én gang i hver aktivitet, så summen over "
                "aktiviteter er tilmeldinger. Skjulte tal er små eller ville røbe små tal."
            }
            (table(
                "Deltagere efter aktivitet og bopæl",
                &["Aktivitet", "Bopæl", "Deltagere"],
                html! {
                    @for row in &participation.rows {
                        tr {
                            th scope="row" { (row.activity_name) }
                            td { (row.area_name) }
                            td.number { (or_hidden(row.value)) }
                        }
                    }
                },
            ))
            @if !participation.outcomes.is_empty() {
                h3 { "Nye deltagere og resultater" }
                p {
                    "Hvor mange af deltagerne der var nye i aktiviteten, og hvad de gik videre til. En person kan være gået videre "
                    "til flere ting."
                }
                (table(
                    "Nye deltagere, og hvad deltagerne gik videre til",
                    &["Aktivitet", "Nye", "Uddannelse", "Job", "Fritidsjob", "Forening"],
                    html! {
                        @for row in &participation.outcomes {
                            tr {
                                th scope="row" { (row.activity_name) }
                                td.number { (or_hidden(row.newcomers)) }
                                td.number { (or_hidden(row.to_education)) }
                                td.number { (or_hidden(row.to_job)) }
                                td.number { (or_hidden(row.to_leisure_job)) }
                                td.number { (or_hidden(row.to_association)) }
                            }
                        }
                    },
                ))
            }
        }
    }
}

fn or_hidden(value: Option<u64>) -> String {
    value.map_or_else(|| "skjult".to_owned(), |value| value.to_string())
}

pub(super) fn placements(placements: &[PackPlacement]) -> Markup {
    html! {
        section id="placeringer" {
            h2 { "Placeringer" }
            @if placements.is_empty() { p { "Ingen aktivitet er placeret på dagen." } } @else {
                (table(
                    "Hvor aktiviteterne er",
                    &["Aktivitet", "Hold", "Zone", "Fra", "Til", "Ny siden sidst"],
                    html! {
                        @for row in placements {
                            tr {
                                th scope="row" { (row.activity_name) }
                                td { (or_dash(row.team.clone())) }
                                td { (row.zone_name.as_deref().or(row.zone.as_deref()).unwrap_or("Ikke oplyst")) }
                                td { (words::date(row.starts_on)) }
                                td { (or_dash(row.ends_on.map(words::date))) }
                                td { (if row.is_new { "Ja" } else { "Nej" }) }
                            }
                        }
                    },
                ))
            }
        }
    }
}

pub(super) fn milestones(milestones: &[PackMilestone]) -> Markup {
    html! {
        section id="milepaele" {
            h2 { "Milepæle" }
            @if milestones.is_empty() { p { "Der er ingen milepæle." } } @else {
                (table(
                    "Milepælsplanen",
                    &["Milepæl", "Senest", "Nået", "Status"],
                    html! {
                        @for row in milestones {
                            tr {
                                th scope="row" { (row.name) }
                                td { (words::date(row.due_on)) }
                                td { (or_dash(row.reached_on.map(words::date))) }
                                td { (words::milestone(row.state)) }
                            }
                        }
                    },
                ))
            }
        }
    }
}

pub(super) fn deliveries(deliveries: &[PackDelivery]) -> Markup {
    html! {
        section id="leverancer" {
            h2 { "Forsinkede tal" }
            @if deliveries.is_empty() { p { "Ingen tal er forsinkede." } } @else {
                (table(
                    "Tal, der er forsinkede",
                    &["Indikator", "Dataejer", "Periode", "Skulle være kommet"],
                    html! {
                        @for row in deliveries {
                            tr {
                                th scope="row" { (row.name) }
                                td { (row.owner_name.as_deref().or(row.owner.as_deref()).unwrap_or("Ikke oplyst")) }
                                td { (or_dash(row.period.map(words::period))) }
                                td { (or_dash(row.due_on.map(words::date))) }
                            }
                        }
                    },
                ))
            }
        }
    }
}

pub(super) fn decisions(decisions: &[PackDecision]) -> Markup {
    html! {
        section id="beslutninger" {
            h2 { "Beslutninger siden sidst" }
            @if decisions.is_empty() { p { "Der er ingen beslutninger siden sidst." } } @else {
                (table(
                    "Beslutninger siden forrige møde og deres virkning",
                    &["Beslutning", "Art", "Tilstand", "Dato", "Afgørelse", "Særstandpunkter", "Konklusion", "Virkning"],
                    html! {
                        @for row in decisions {
                            tr {
                                th scope="row" { (row.title) }
                                td { (words::decision_kind(&row.kind)) }
                                td { (words::decision_state(&row.state)) }
                                td { (words::instant(row.changed_at)) }
                                td {
                                    @for line in words::outcome(row.outcome.as_ref()) { div { (line) } }
                                }
                                td {
                                    @match row.outcome.as_ref().map(|outcome| &outcome.reservations[..]) {
                                        None | Some([]) => "–",
                                        Some(reservations) => {
                                            @for one in reservations { div.text { (words::reservation(one)) } }
                                        }
                                    }
                                }
                                td { (or_dash(row.conclusion.clone())) }
                                td { (words::effect(row)) }
                            }
                        }
                    },
                ))
            }
        }
    }
}
