//! What is agreed about an activity, and what is wrong with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Mobility;
use crate::problem::{At, FieldError};
use crate::words::words;

/// What was agreed about an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ActivityContent)]
pub struct Content {
    /// Code of the focus area.
    pub focus_area: String,
    /// Whether it moves.
    pub mobility: Mobility,
    /// Whether no two of its teams may be in the same zone at a time.
    pub teams_apart: bool,
    /// Name in Danish.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// What it is for, in Danish.
    pub purpose: String,
    /// What it is for, in English.
    pub purpose_en: String,
    /// What is done, in Danish.
    pub content: String,
    /// What is done, in English.
    pub content_en: String,
    /// For whom it is.
    pub target_groups: Vec<TargetGroup>,
    /// Who takes part.
    pub actors: Vec<Actor>,
    /// What was promised.
    pub commitments: Vec<Commitment>,
    /// What a reader should know.
    pub note: Option<String>,
    /// Where it is stated.
    pub source: String,
}

/// A group of people that an activity is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ActivityTargetGroup)]
pub struct TargetGroup {
    /// The name in Danish.
    #[schema(example = "Børn på 8-14 år", max_length = 300)]
    pub name: String,
    /// The name in English.
    #[schema(example = "Children of 8-14", max_length = 300)]
    pub name_en: String,
    /// The youngest age, itself included; null where none is stated.
    #[schema(required, example = 8, minimum = 0, maximum = 120)]
    pub age_from: Option<i16>,
    /// The oldest age, itself included; null where none is stated.
    #[schema(required, example = 14, minimum = 0, maximum = 120)]
    pub age_to: Option<i16>,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// Who takes part in an activity, and what for. No persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ActivityActor)]
pub struct Actor {
    /// Code of the organisation; null where a kind of actor is meant, such as volunteers.
    #[schema(required, example = "fredericia-bibliotek")]
    pub organisation: Option<String>,
    /// The name in Danish.
    #[schema(example = "Fredericia Bibliotek", max_length = 200)]
    pub name: String,
    /// The name in English.
    #[schema(example = "Fredericia Library", max_length = 200)]
    pub name_en: String,
    /// What it answers for, in Danish.
    #[schema(example = "Fælles koordinering", max_length = 1000)]
    pub responsibility: String,
    /// What it answers for, in English.
    #[schema(example = "Joint coordination", max_length = 1000)]
    pub responsibility_en: String,
}

/// What was promised, with a number where there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ActivityCommitment)]
pub struct Commitment {
    /// Its code, unique within the activity.
    #[schema(example = "youth-school-classes")]
    pub code: String,
    /// Code of the organisation that promised it; null where none is named.
    #[schema(required, example = "ungdomsskolen")]
    pub organisation: Option<String>,
    /// The name in Danish.
    #[schema(example = "Ungdomsskolehold om året", max_length = 200)]
    pub name: String,
    /// The name in English.
    #[schema(example = "Youth-school classes a year", max_length = 200)]
    pub name_en: String,
    /// How many; null where no number is stated.
    #[schema(required, example = 20, minimum = 0, maximum = 32767)]
    pub quantity: Option<i32>,
    /// Of what.
    #[schema(required, example = "classes", max_length = 50)]
    pub unit: Option<String>,
    /// In how long; null where the number is not per anything.
    #[schema(required)]
    pub per: Option<CommitmentPeriod>,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
    /// Where it is stated.
    #[schema(max_length = 300)]
    pub source: String,
}

words! {
    /// In how long a commitment is to be kept.
    #[derive(Deserialize)]
    pub CommitmentPeriod {
        /// A week.
        Week = "week",
        /// A month.
        Month = "month",
        /// A quarter.
        Quarter = "quarter",
        /// A year.
        Year = "year",
    }
}

/// What is wrong with a content, whatever form it came in; `at` is where the content stands.
pub fn faults(content: &Content, at: &At) -> Vec<FieldError> {
    let groups: Vec<_> = content.target_groups.iter().map(Some).collect();
    let commitments: Vec<_> = content.commitments.iter().map(Some).collect();
    let mut errors = group_faults(&groups, &at.field("target_groups"));
    errors.extend(commitment_faults(&commitments, &at.field("commitments")));
    errors
}

/// What is wrong with target groups: none are those that could not be read; `at` is where the list stands.
pub fn group_faults(groups: &[Option<&TargetGroup>], at: &At) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let Some(group) = group else { continue };
        if group.age_from.zip(group.age_to).is_some_and(|(from, to)| to < from) {
            errors.push(FieldError::new(
                at.field(index).field("age_to"),
                "wrong_order",
                "The oldest age is below the youngest.",
                "Den højeste alder er lavere end den laveste.",
            ));
        }
    }
    errors
}

/// What is wrong with commitments, as [`group_faults`].
pub fn commitment_faults(commitments: &[Option<&Commitment>], at: &At) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, commitment) in commitments.iter().enumerate() {
        let Some(commitment) = commitment else { continue };
        let at = at.field(index);
        let mut before = commitments[..index].iter().flatten();
        if before.any(|other| other.code == commitment.code) {
            errors.push(FieldError::new(
                at.field("code"),
                "duplicate",
                "The same stands further up.",
                "Det samme står længere oppe.",
            ));
        }
        if commitment.quantity.is_some() != commitment.unit.is_some() {
            errors.push(FieldError::new(
                at.field("unit"),
                "quantity_and_unit",
                "A number and what it counts go together.",
                "Et tal og det, det tæller, hører sammen.",
            ));
        }
    }
    errors
}

/// Which members of two contents differ; a note for readers is none of what was agreed.
pub fn differences(before: &Content, after: &Content) -> Vec<&'static str> {
    macro_rules! differing {
        ($($member:ident),+) => {
            [$((stringify!($member), before.$member != after.$member)),+]
        };
    }
    differing!(
        focus_area,
        mobility,
        teams_apart,
        name,
        name_en,
        aliases,
        purpose,
        purpose_en,
        content,
        content_en,
        target_groups,
        actors,
        commitments,
        source
    )
    .into_iter()
    .filter(|(_, is_other)| *is_other)
    .map(|(member, _)| member)
    .collect()
}
