//! How things are said on the page and in the spreadsheet, in Danish.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Europe::Copenhagen;
use rust_decimal::Decimal;

use super::super::model::{PackConclusion, PackDecision, PackItemDecision, PackReservation, PackTarget};
use super::super::rules::{PackMilestoneState, PackSection, PackTrend};
use crate::decisions::rules::kinds::{ConclusionBy, DecisionState};
use crate::decisions::rules::votes::PartyVote;
use crate::goals::rules::standing::Standing;
use crate::goals::terms::TargetKind;
use crate::indicators::rules::Unit;
use crate::period::{Period, PeriodKind};
use crate::words::Word;

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

/// A date, written out: `11. juni 2024`.
pub(super) fn date(date: NaiveDate) -> String {
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{}. {month} {}", date.day(), date.year())
}

/// A local time: `11. juni 2024 kl. 14.00`.
pub(super) fn time(time: NaiveDateTime) -> String {
    format!("{} kl. {}", date(time.date()), time.format("%H.%M"))
}

/// An instant as the clock in Copenhagen shows it.
pub(super) fn instant(instant: DateTime<Utc>) -> String {
    time(instant.with_timezone(&Copenhagen).naive_local())
}

pub(super) fn period(period: Period) -> String {
    match period.kind() {
        PeriodKind::Day => date(period.start()),
        _ => period.to_string(),
    }
}

/// A number with a decimal comma.
pub(super) fn number(value: Decimal) -> String {
    value.to_string().replace('-', "−").replace('.', ",")
}

/// A change, with its sign.
pub(super) fn change(value: Decimal) -> String {
    let sign = if value > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{}", number(value))
}

/// A number with its unit.
pub(super) fn amount(value: Decimal, unit: Unit) -> String {
    let number = number(value);
    match unit {
        Unit::Percent => format!("{number} %"),
        Unit::Dkk => format!("{number} kr."),
        Unit::Hours => format!("{number} timer"),
        Unit::Count | Unit::Grade => number,
    }
}

pub(super) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Percent => "procent",
        Unit::Count => "antal",
        Unit::Grade => "karakter",
        Unit::Dkk => "kroner",
        Unit::Hours => "timer",
    }
}

pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Achieved => "Nået",
        Standing::OnTrack => "På vej",
        Standing::Behind => "Bagud",
        Standing::Worsening => "Forværret",
        Standing::Missed => "Ikke nået",
        Standing::NoData => "Ingen nye tal",
    }
}

pub(super) fn trend(trend: Option<PackTrend>) -> &'static str {
    match trend {
        Some(PackTrend::Better) => "Bedre",
        Some(PackTrend::Worse) => "Dårligere",
        Some(PackTrend::Unchanged) => "Uændret",
        Some(PackTrend::NoNewFigure) => "Intet nyt tal",
        None => "–",
    }
}

pub(super) fn milestone(state: PackMilestoneState) -> &'static str {
    match state {
        PackMilestoneState::Reached => "Nået",
        PackMilestoneState::Overdue => "Overskredet",
        PackMilestoneState::Coming => "Kommende",
    }
}

pub(super) fn section(section: PackSection) -> &'static str {
    match section {
        PackSection::Goals => "målstatus",
        PackSection::Kendskabsgrad => "kendskabsgrad og målgrupper",
        PackSection::Participation => "deltagelse",
        PackSection::Placements => "placeringer",
        PackSection::Milestones => "milepæle",
        PackSection::LateDeliveries => "forsinkede tal",
        PackSection::Decisions => "beslutninger",
    }
}

/// A target in words: `under 30 % senest 31. december 2026`.
pub(super) fn target(target: &PackTarget, unit: Unit) -> String {
    let due = date(target.due);
    match (target.kind, target.value) {
        (TargetKind::DirectionOnly, _) => format!("I den gode retning senest {due}"),
        (TargetKind::BelowLimit, Some(value)) => format!("Under {} senest {due}", amount(value, unit)),
        (_, Some(value)) => format!("{} senest {due}", amount(value, unit)),
        (_, None) => format!("Ikke kendt; senest {due}"),
    }
}

/// A target group with its name; a part of one as the agreement prints it: `Langtidsledige (over 1 år) (delmængde af 6.2)`.
pub(super) fn target_group(code: &str, name: &str) -> String {
    match code.split_once('/') {
        Some((group, _)) => format!("{name} (delmængde af {group})"),
        None => format!("{code} {name}").trim_end().to_owned(),
    }
}

/// The kind of a decision; a word that is not known stands as it is.
pub(super) fn decision_kind(kind: &str) -> &str {
    match kind {
        "place_activity" => "Placering af aktivitet",
        "change_activity" => "Ændring af aktivitet",
        "approve_sub_agreement" => "Delaftale",
        "change_strategic_agreement" => "Strategisk aftale",
        "change_budget" => "Budget",
        "change_terms_of_reference" => "Kommissorium",
        "adopt_follow_up" => "Opfølgning",
        "other" => "Andet",
        kind => kind,
    }
}

/// The state of a decision; a word that is not known stands as it is.
pub(super) fn decision_state(state: &str) -> &str {
    match state {
        "proposed" => "Foreslået",
        "withdrawn" => "Trukket tilbage",
        "adopted" => "Vedtaget",
        "rejected" => "Ikke vedtaget",
        "awaiting_endorsement" => "Afventer fondens godkendelse",
        "in_force" => "I kraft",
        "declined" => "Ikke godkendt af fonden",
        state => state,
    }
}

/// What kind of decision is taken up under an item, and where it stood where that is more than proposed.
pub(super) fn item_decision(decision: &PackItemDecision) -> String {
    let kind = decision_kind(decision.kind.code());
    match decision.state {
        DecisionState::Proposed => kind.to_lowercase(),
        state => format!(
            "{}, {}",
            kind.to_lowercase(),
            decision_state(state.code()).to_lowercase()
        ),
    }
}

/// How the board came to a conclusion, line by line: by consensus, or by which votes. One line where nothing is told.
pub(super) fn outcome(outcome: Option<&PackConclusion>) -> Vec<String> {
    let Some(outcome) = outcome else {
        return vec!["Ikke oplyst".to_owned()];
    };
    let mut lines = vec![match outcome.by {
        ConclusionBy::Consensus => "Konsensus".to_owned(),
        ConclusionBy::Vote => format!("Afstemning: {} for, {} imod", outcome.in_favour, outcome.against),
    }];
    // Where nobody voted there is nothing to tell of each.
    if outcome.by == ConclusionBy::Vote || outcome.votes.iter().any(|one| one.vote != PartyVote::NotCast) {
        let votes = outcome.votes.iter();
        lines.extend(votes.map(|one| format!("{}: {}", one.organisation_name, vote(one.vote))));
    }
    lines
}

fn vote(vote: PartyVote) -> &'static str {
    match vote {
        PartyVote::For => "for",
        PartyVote::Against => "imod",
        PartyVote::SeatsDisagree => "ingen stemme, pladserne er uenige",
        PartyVote::Abstained => "undlod at stemme",
        PartyVote::NotCast => "stemte ikke",
    }
}

/// A dissent, with whose it is.
pub(super) fn reservation(reservation: &PackReservation) -> String {
    let PackReservation { seat_title, text, .. } = reservation;
    match &reservation.organisation_name {
        Some(organisation) => format!("{seat_title}, {organisation}: {text}"),
        None => format!("{seat_title}: {text}"),
    }
}

/// What a decision did, in a sentence.
pub(super) fn effect(decision: &PackDecision) -> String {
    let Some(effect) = &decision.effect else {
        return if decision.state == "awaiting_endorsement" {
            "Ingen virkning endnu".to_owned()
        } else {
            // What was not adopted or endorsed never has one, nor what changes nothing that is in force.
            "Ingen virkning i planen".to_owned()
        };
    };
    let mut parts: Vec<String> = Vec::new();
    let activity = effect.activity_name.as_ref().or(effect.activity.as_ref());
    let agreement = effect.agreement_name.as_ref().or(effect.agreement.as_ref());
    match (activity, effect.placement, effect.activity_version) {
        (Some(activity), Some(_), _) => parts.push(format!("{activity} er placeret")),
        (Some(activity), None, Some(version)) => parts.push(format!("{activity} er ændret til version {version}")),
        (Some(activity), None, None) => parts.push(format!("{activity} er ændret")),
        (None, _, _) => {}
    }
    if let (Some(agreement), Some(version)) = (agreement, effect.agreement_version) {
        parts.push(format!("{agreement}: version {version} er trådt i kraft"));
    }
    match effect.follow_ups.len() {
        0 => {}
        1 => parts.push("én opfølgning er vedtaget".to_owned()),
        number => parts.push(format!("{number} opfølgninger er vedtaget")),
    }
    let happened = instant(effect.happened_at);
    if parts.is_empty() {
        format!("Trådt i kraft {happened}")
    } else {
        format!("{} ({happened})", parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_are_written_as_danes_write_them() {
        let number_of = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(change(number_of("-0.2")), "−0,2");
        assert_eq!(change(number_of("3")), "+3");
        assert_eq!(change(number_of("0.0")), "0,0");
        assert_eq!(amount(number_of("22.1"), Unit::Percent), "22,1 %");
        assert_eq!(period("2024-01-01".parse().unwrap()), "1. januar 2024");
        assert_eq!(period("2023-S1".parse().unwrap()), "2023-S1");
        let at = "2024-06-11T12:00:00Z".parse().unwrap();
        assert_eq!(instant(at), "11. juni 2024 kl. 14.00");
    }
}
