//! What must hold for a milestone; pure.

use std::collections::HashSet;

use chrono::NaiveDate;

use crate::problem::{At, FieldError};

/// A milestone as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The day by which it is to be reached.
    pub due_on: NaiveDate,
    /// The day on which it was reached.
    pub reached_on: Option<NaiveDate>,
    /// The agreement that it belongs to.
    pub agreement: Option<String>,
    /// The organisation that answers for it.
    pub organisation: Option<String>,
    /// What a reader ought to know.
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

/// What a milestone may name, and the days that it must keep within.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The codes of the plan's agreements.
    pub agreements: HashSet<String>,
    /// The codes of organisations that are in use.
    pub organisations: HashSet<String>,
    /// The plan's first day.
    pub starts_on: NaiveDate,
    /// The plan's last day.
    pub ends_on: NaiveDate,
    /// Today.
    pub today: NaiveDate,
}

/// The parts of a milestone that rules are about, as far as they could be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// The day by which it is to be reached.
    pub due_on: Option<NaiveDate>,
    /// The day on which it was reached.
    pub reached_on: Option<NaiveDate>,
    /// The agreement.
    pub agreement: Option<&'a str>,
    /// The organisation.
    pub organisation: Option<&'a str>,
}

/// Notes every rule that the parts break.
pub fn check(parts: Parts<'_>, catalogue: &Catalogue, errors: &mut Vec<FieldError>) {
    let at = |name: &str| At::Pointer(format!("/{name}"));
    let Catalogue { starts_on, ends_on, .. } = catalogue;
    if parts.due_on.is_some_and(|day| day < *starts_on || day > *ends_on) {
        errors.push(FieldError::new(
            at("due_on"),
            "outside_plan",
            format!("The day lies outside the plan, which runs from {starts_on} to {ends_on}."),
            format!("Dagen ligger uden for helhedsplanen, som løber fra {starts_on} til {ends_on}."),
        ));
    }
    if parts.reached_on.is_some_and(|day| day > catalogue.today) {
        errors.push(FieldError::new(
            at("reached_on"),
            "in_the_future",
            "What is reached was reached today or before.",
            "Det, der er nået, er nået i dag eller før.",
        ));
    }
    if parts.agreement.is_some_and(|code| !catalogue.agreements.contains(code)) {
        errors.push(FieldError::new(
            at("agreement"),
            "unknown_agreement",
            "There is no agreement of this code.",
            "Der er ingen aftale med denne kode.",
        ));
    }
    if parts
        .organisation
        .is_some_and(|code| !catalogue.organisations.contains(code))
    {
        errors.push(FieldError::new(
            at("organisation"),
            "unknown_organisation",
            "There is no organisation of this code in use.",
            "Der er ingen organisation i brug med denne kode.",
        ));
    }
}
