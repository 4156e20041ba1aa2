//! What must hold for the content of an agreement.
//!
//! The same rules judge a body that is sent, where some parts may be unreadable, and a version that is to take force,
//! where the world may have changed since it was written. So they take the parts that there are, each with its place.

use std::collections::HashSet;
use std::fmt;

use chrono::Datelike;
use rust_decimal::Decimal;

use super::content::{Annex, AnnexKind, BudgetLine, Content, Party, Period, Signature, Staffing, YearAmount};
use crate::goals::terms::{self, Baseline, Goal, Measure, SubGoal};
use crate::problem::{At, FieldError};

/// The most hours a week that one row may state: some 270 full-time jobs.
const MAX_HOURS: i64 = 10_000;
/// The largest amount, in kroner.
const MAX_AMOUNT: i64 = 999_999_999_999;

/// The two kinds of agreements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The strategic agreement: goals, annexes, budget.
    Strategic,
    /// A focus area's sub-agreement: sub-goals, activities, staffing.
    SubAgreement,
}

impl Kind {
    /// The kind of a stored word; none where the program does not know it.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "strategic" => Some(Kind::Strategic),
            "sub_agreement" => Some(Kind::SubAgreement),
            _ => None,
        }
    }
}

/// What the codes of a content may name, and the days that it must keep within.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The kind of the agreement.
    pub kind: Kind,
    /// The codes of organisations that are in use.
    pub organisations: HashSet<String>,
    /// The codes of focus areas that are in use.
    pub focus_areas: HashSet<String>,
    /// The codes of activities that are in use, drafts among them.
    pub activities: HashSet<String>,
    /// The codes of the goals of the strategic agreement as it took force last; none as long as it has not.
    pub goals: Option<HashSet<String>>,
    /// What goals and sub-goals may name; the plan's first and last day.
    pub terms: terms::Catalogue,
}

/// The parts of a content, each with its place.
#[derive(Debug, Default)]
pub struct Parts<'a> {
    /// The period.
    pub period: Option<(At, &'a Period)>,
    /// The parties.
    pub parties: Vec<(At, &'a Party)>,
    /// The goals.
    pub goals: Vec<(At, &'a Goal)>,
    /// The sub-goals.
    pub sub_goals: Vec<(At, &'a SubGoal)>,
    /// The codes of activities.
    pub activities: Vec<(At, &'a String)>,
    /// The rows of staffing.
    pub staffing: Vec<(At, &'a Staffing)>,
    /// The annexes.
    pub annexes: Vec<(At, &'a Annex)>,
    /// The budget lines.
    pub budget: Vec<(At, &'a BudgetLine)>,
    /// The signatures.
    pub signatures: Vec<(At, &'a Signature)>,
}

/// The items of a list with their places.
fn placed<'a, T>(items: &'a [T], at: &At) -> Vec<(At, &'a T)> {
    items
        .iter()
        .enumerate()
        .map(|(index, item)| (at.field(index), item))
        .collect()
}

impl<'a> Parts<'a> {
    /// The parts of a whole content that stands at `at`.
    pub fn of(content: &'a Content, at: &At) -> Self {
        Self {
            period: Some((at.field("period"), &content.period)),
            parties: placed(&content.parties, &at.field("parties")),
            goals: placed(&content.goals, &at.field("goals")),
            sub_goals: placed(&content.sub_goals, &at.field("sub_goals")),
            activities: placed(&content.activities, &at.field("activities")),
            staffing: placed(&content.staffing, &at.field("staffing")),
            annexes: placed(&content.annexes, &at.field("annexes")),
            budget: placed(&content.budget, &at.field("budget")),
            signatures: placed(&content.signatures, &at.field("signatures")),
        }
    }
}

/// Notes every rule that the parts break.
pub fn check(parts: &Parts<'_>, catalogue: &Catalogue, errors: &mut Vec<FieldError>) {
    let mut check = Check { catalogue, errors };
    if let Some((at, period)) = &parts.period {
        check.period(at, period);
    }
    check.belongs(parts);
    check.parties(&parts.parties);
    check.sub_goals(&parts.sub_goals);
    check.activities(&parts.activities);
    check.staffing(&parts.staffing);
    check.annexes(&parts.annexes);
    check.budget(&parts.budget);
    check.signatures(&parts.signatures);
}

struct Check<'a> {
    catalogue: &'a Catalogue,
    errors: &'a mut Vec<FieldError>,
}

impl Check<'_> {
    fn note(&mut self, at: At, code: &'static str, en: String, da: String) {
        self.errors.push(FieldError::new(at, code, en, da));
    }

    fn period(&mut self, at: &At, period: &Period) {
        let (starts_on, ends_on) = (self.catalogue.terms.starts_on, self.catalogue.terms.ends_on);
        if period.to < period.from {
            self.note(
                at.field("to"),
                "invalid_period",
                "The period ends before it begins.".to_owned(),
                "Perioden slutter, før den begynder.".to_owned(),
            );
            return;
        }
        for (name, day) in [("from", period.from), ("to", period.to)] {
            if day < starts_on || day > ends_on {
                self.note(
                    at.field(name),
                    "outside_plan",
                    format!("The day lies outside the plan, which runs from {starts_on} to {ends_on}."),
                    format!("Dagen ligger uden for helhedsplanen, som løber fra {starts_on} til {ends_on}."),
                );
            }
        }
    }

    /// Each kind of agreement has its own members.
    fn belongs(&mut self, parts: &Parts<'_>) {
        let first = |found: Option<&At>| match found {
            Some(At::Pointer(pointer)) => pointer.rsplit_once('/').map(|(list, _)| At::Pointer(list.to_owned())),
            other => other.cloned(),
        };
        let (members, en, da) = match self.catalogue.kind {
            Kind::Strategic => (
                [
                    first(parts.sub_goals.first().map(|(at, _)| at)),
                    first(parts.activities.first().map(|(at, _)| at)),
                    first(parts.staffing.first().map(|(at, _)| at)),
                ],
                "This belongs to the sub-agreements, not to the strategic agreement.",
                "Det hører til delaftalerne, ikke til den strategiske samarbejdsaftale.",
            ),
            Kind::SubAgreement => (
                [
                    first(parts.goals.first().map(|(at, _)| at)),
                    first(parts.annexes.first().map(|(at, _)| at)),
                    first(parts.budget.first().map(|(at, _)| at)),
                ],
                "This belongs to the strategic agreement, not to a sub-agreement.",
                "Det hører til den strategiske samarbejdsaftale, ikke til en delaftale.",
            ),
        };
        for at in members.into_iter().flatten() {
            self.note(at, "not_in_this_agreement", en.to_owned(), da.to_owned());
        }
    }

    fn organisation(&mut self, at: &At, code: &str) {
        if !self.catalogue.organisations.contains(code) {
            self.note(
                at.field("organisation"),
                "unknown_organisation",
                "There is no organisation of this code in use.".to_owned(),
                "Der er ingen organisation i brug med denne kode.".to_owned(),
            );
        }
    }

    fn focus_area(&mut self, at: &At, code: &str) {
        if !self.catalogue.focus_areas.contains(code) {
            self.note(
                at.field("focus_area"),
                "unknown_focus_area",
                "There is no focus area of this code in use.".to_owned(),
                "Der er intet indsatsområde i brug med denne kode.".to_owned(),
            );
        }
    }

    /// Notes each item whose key an earlier one has.
    fn once<K: std::hash::Hash + Eq>(&mut self, keys: impl Iterator<Item = (At, K)>, what: impl fmt::Display) {
        let mut seen = HashSet::new();
        for (at, key) in keys {
            if !seen.insert(key) {
                self.note(
                    at,
                    "duplicate",
                    format!("An earlier item has the same {what}."),
                    format!("Et tidligere element har samme {what}."),
                );
            }
        }
    }

    fn parties(&mut self, parties: &[(At, &Party)]) {
        for (at, party) in parties {
            self.organisation(at, &party.organisation);
        }
        let keys = parties.iter().map(|(at, party)| (at.clone(), &party.organisation));
        self.once(keys, "organisation");
    }

    fn sub_goals(&mut self, sub_goals: &[(At, &SubGoal)]) {
        let Some(known) = &self.catalogue.goals else { return };
        for (at, sub_goal) in sub_goals {
            for (index, goal) in sub_goal.goals.iter().enumerate() {
                if !known.contains(goal) {
                    self.note(
                        at.field("goals").field(index),
                        "unknown_goal",
                        format!("The strategic agreement has no goal {goal}."),
                        format!("Den strategiske samarbejdsaftale har intet mål {goal}."),
                    );
                }
            }
        }
    }

    fn activities(&mut self, activities: &[(At, &String)]) {
        for (at, code) in activities {
            if !self.catalogue.activities.contains(*code) {
                self.note(
                    at.clone(),
                    "unknown_activity",
                    "There is no activity of this code in use.".to_owned(),
                    "Der er ingen aktivitet i brug med denne kode.".to_owned(),
                );
            }
        }
        self.once(activities.iter().map(|(at, code)| (at.clone(), *code)), "code");
    }

    fn staffing(&mut self, rows: &[(At, &Staffing)]) {
        for (at, row) in rows {
            if let Some(organisation) = &row.organisation {
                self.organisation(at, organisation);
            }
            if let Some(hours) = row.weekly_hours
                && !is_amount(hours.0, MAX_HOURS)
            {
                self.note(
                    at.field("weekly_hours"),
                    "out_of_range",
                    format!("Hours a week are 0 to {MAX_HOURS} with at most two decimals."),
                    format!("Timer om ugen er 0 til {MAX_HOURS} med højst to decimaler."),
                );
            }
        }
        let keys = rows
            .iter()
            .map(|(at, row)| (at.clone(), (&row.organisation, &row.role)));
        self.once(keys, "organisation + role");
    }

    fn annexes(&mut self, annexes: &[(At, &Annex)]) {
        for (at, annex) in annexes {
            match (annex.kind, &annex.focus_area) {
                (AnnexKind::SubAgreement, Some(focus_area)) => self.focus_area(at, focus_area),
                (AnnexKind::SubAgreement, None) => self.note(
                    at.field("focus_area"),
                    "required",
                    "A sub-agreement is one of a focus area.".to_owned(),
                    "En delaftale hører til et indsatsområde.".to_owned(),
                ),
                (_, Some(_)) => self.note(
                    at.field("focus_area"),
                    "unexpected",
                    "Only a sub-agreement has a focus area.".to_owned(),
                    "Kun en delaftale har et indsatsområde.".to_owned(),
                ),
                (_, None) => {}
            }
        }
        let keys = annexes
            .iter()
            .map(|(at, annex)| (at.clone(), (annex.kind.code(), &annex.focus_area)));
        self.once(keys, "kind + focus_area");
    }

    fn budget(&mut self, lines: &[(At, &BudgetLine)]) {
        for (at, line) in lines {
            if let Some(focus_area) = &line.focus_area {
                self.focus_area(at, focus_area);
            }
            if let Some(organisation) = &line.organisation {
                self.organisation(at, organisation);
            }
            self.amounts(&placed(&line.amounts, &at.field("amounts")));
        }
        self.once(lines.iter().map(|(at, line)| (at.field("code"), &line.code)), "code");
    }

    fn amounts(&mut self, amounts: &[(At, &YearAmount)]) {
        let years = self.catalogue.terms.starts_on.year()..=self.catalogue.terms.ends_on.year();
        for (at, amount) in amounts {
            if !years.contains(&i32::from(amount.year)) {
                self.note(
                    at.field("year"),
                    "outside_plan",
                    format!("The plan has the years {} to {}.", years.start(), years.end()),
                    format!("Helhedsplanen har årene {} til {}.", years.start(), years.end()),
                );
            }
            if !is_amount(amount.amount.0, MAX_AMOUNT) {
                let (en, da) = amount_rule();
                self.note(at.field("amount"), "out_of_range", en, da);
            }
        }
        self.once(
            amounts.iter().map(|(at, amount)| (at.field("year"), amount.year)),
            "year",
        );
    }

    fn signatures(&mut self, signatures: &[(At, &Signature)]) {
        for (at, signature) in signatures {
            self.organisation(at, &signature.organisation);
        }
        let keys = signatures
            .iter()
            .map(|(at, signature)| (at.clone(), &signature.organisation));
        self.once(keys, "organisation");
    }
}

/// Notes what goals and sub-goals name that the plan no longer has: a body that is sent was judged when it was read, a
/// version that is to take force may have been written long ago.
pub fn check_terms(parts: &Parts<'_>, catalogue: &terms::Catalogue, errors: &mut Vec<FieldError>) {
    let of_goals = parts.goals.iter().map(|(at, goal)| (at, &goal.measures));
    let of_sub_goals = parts.sub_goals.iter().map(|(at, sub_goal)| (at, &sub_goal.measures));
    for (at, measures) in of_goals.chain(of_sub_goals) {
        for (at, measure) in placed(measures, &at.field("measures")) {
            check_measure(&at, measure, catalogue, errors);
        }
    }
}

fn check_measure(at: &At, measure: &Measure, catalogue: &terms::Catalogue, errors: &mut Vec<FieldError>) {
    if !catalogue.indicators.contains_key(&measure.indicator) {
        errors.push(FieldError::new(
            at.field("indicator"),
            "unknown_indicator",
            format!("The plan no longer has an indicator {} in use.", measure.indicator),
            format!("Planen har ikke længere en indikator {} i brug.", measure.indicator),
        ));
    }
    let rows: [(&str, &[Baseline]); 2] = [("baselines", &measure.baselines), ("comparisons", &measure.comparisons)];
    for (name, rows) in rows {
        for (at, row) in placed(rows, &at.field(name)) {
            if !catalogue.areas.contains(&row.area) {
                errors.push(FieldError::new(
                    at.field("area"),
                    "unknown_area",
                    format!("The plan no longer has an area {} in use.", row.area),
                    format!("Planen har ikke længere et område {} i brug.", row.area),
                ));
            }
        }
    }
}

/// Whether an amount in kroner is one that can be kept: 0 or more, two decimals at most.
pub fn is_kroner(amount: Decimal) -> bool {
    is_amount(amount, MAX_AMOUNT)
}

/// The rule of [`is_kroner`] in words, English and Danish.
pub fn amount_rule() -> (String, String) {
    (
        format!("An amount is 0 to {MAX_AMOUNT} kroner with at most two decimals."),
        format!("Et beløb er 0 til {MAX_AMOUNT} kroner med højst to decimaler."),
    )
}

fn is_amount(number: Decimal, max: i64) -> bool {
    number.normalize().scale() <= 2 && number >= Decimal::ZERO && number <= Decimal::from(max)
}
