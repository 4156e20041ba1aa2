//! How assessments look from outside.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Closed, Criterion, Gap, Hypothetical, Judged, LimitUnit, Operator};
use super::truth::{Listing, Part, Truth, Verdict};
use super::values::Mean;
use crate::entities::{area, criterion, rule_set};
use crate::indicators::rules::Figure;
use crate::period::Period;
use crate::problem::{Language, Text};

/// How an area stands against the rule sets in force on a date.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CriteriaAssessment)]
pub struct AssessmentView {
    /// The area's code.
    #[schema(example = "all-zones")]
    pub area: String,
    /// What it is: `plan` (all zones), `zone` or `department`.
    #[schema(example = "plan")]
    pub area_kind: String,
    /// The area's name in Danish, official.
    #[schema(example = "Alle fire zoner")]
    pub name: String,
    /// The area's name in English.
    #[schema(example = "All four zones")]
    pub name_en: String,
    /// The date judged: rule sets in force then, figures of periods that had ended by then.
    #[schema(example = "2024-06-30")]
    pub on: NaiveDate,
    /// Whether it is only a "what if" under one of the rule sets, which say why.
    pub hypothetical: bool,
    /// On which official list the area is, or would be.
    pub listing: ListingView,
    /// The rule sets, in their order.
    pub rule_sets: Vec<RuleSetAssessmentView>,
}

impl AssessmentView {
    /// An area's assessment on a date.
    pub fn new(area: &area::Model, on: NaiveDate, listing: Listing, rule_sets: Vec<RuleSetAssessmentView>) -> Self {
        Self {
            area: area.code.clone(),
            area_kind: area.kind.clone(),
            name: area.name.clone(),
            name_en: area.name_en.clone(),
            on,
            hypothetical: rule_sets.iter().any(|rule_set| rule_set.hypothetical.is_some()),
            listing: ListingView {
                result: listing.truth,
                list: listing.list,
                possible: listing.possible,
            },
            rule_sets,
        }
    }
}

/// On which official list an area is: the strictest whose rules it meets.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CriteriaListing)]
pub struct ListingView {
    /// Whether it is on one; `undetermined` without `possible` where no official list's rules are known for the date.
    pub result: Truth,
    /// The rule set of the list; null where it is on none, or where it is open on which.
    #[schema(required)]
    pub list: Option<String>,
    /// Where it is open, the rule sets of the lists that it could be on, the strictest first.
    #[schema(example = json!(["law-2021-prevention-area"]))]
    pub possible: Vec<String>,
}

/// How an area stands against one rule set.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RuleSetAssessment)]
pub struct RuleSetAssessmentView {
    /// The rule set's code.
    #[schema(example = "law-2021-prevention-area")]
    pub rule_set: String,
    /// The rule set's name in Danish, official.
    #[schema(example = "Forebyggelsesområde")]
    pub name: String,
    /// The rule set's name in English.
    #[schema(example = "Prevention area")]
    pub name_en: String,
    /// Whether the area meets it, its size and kind aside. `undetermined` only if it could still go either way.
    pub result: Truth,
    /// The criteria that leave it undetermined: those that could still change it.
    #[schema(example = json!(["non-western", "convicted"]))]
    pub undetermined_by: Vec<String>,
    /// How the criteria stand of which so many must be met.
    pub counted: CountedView,
    /// Why it is only a "what if"; null where the area is one in the rule's sense.
    #[schema(required)]
    pub hypothetical: Option<ReasonView>,
    /// The area's residents; null where the rule set asks for none, or none are known.
    #[schema(required)]
    pub residents: Option<MeanView>,
    /// The criteria, in the order of the rule set.
    pub criteria: Vec<CriterionAssessmentView>,
}

/// How many of the counted criteria stand how.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CountedCriteria)]
pub struct CountedView {
    /// How many must be met.
    #[schema(example = 2)]
    pub needed: i16,
    /// How many are met.
    #[schema(example = 1)]
    pub met: usize,
    /// How many are not.
    #[schema(example = 2)]
    pub not_met: usize,
    /// How many are undetermined.
    #[schema(example = 1)]
    pub undetermined: usize,
}

/// Why something is as it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CriteriaReason)]
pub struct ReasonView {
    /// The reason for programs: `not_an_area_of_the_law`, `too_few_residents` or `residents_unknown`.
    #[schema(example = "not_an_area_of_the_law")]
    pub code: String,
    /// The same for people.
    pub detail: String,
}

/// A value with what it stands on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CriterionValue)]
pub struct MeanView {
    /// The value; an average where there are several periods.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    #[schema(value_type = f64, example = 35)]
    pub value: Decimal,
    /// The periods of the figures that it stands on, oldest first.
    pub periods: Vec<Period>,
    /// The measurements that it stands on.
    pub evidence: Vec<EvidenceView>,
}

impl From<Mean> for MeanView {
    fn from(mean: Mean) -> Self {
        Self {
            value: mean.value,
            periods: mean.periods,
            evidence: evidence(mean.parts),
        }
    }
}

/// A measurement that was used.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CriterionEvidence)]
pub struct EvidenceView {
    /// The measurement's id.
    #[schema(required)]
    pub id: Option<Uuid>,
    /// Its revision.
    #[schema(required, example = 1)]
    pub revision: Option<i32>,
    /// The area that it is about.
    #[schema(example = "all-zones")]
    pub area: String,
    /// The period that it is about.
    pub period: Period,
}

fn evidence(figures: Vec<Figure>) -> Vec<EvidenceView> {
    figures
        .into_iter()
        .map(|figure| EvidenceView {
            id: figure.id,
            revision: figure.revision,
            area: figure.area,
            period: figure.period,
        })
        .collect()
}

/// How an area stands against one criterion.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CriterionAssessment)]
pub struct CriterionAssessmentView {
    /// The criterion's code.
    #[schema(example = "outside-work")]
    pub criterion: String,
    /// The criterion's name in Danish, official.
    pub name: String,
    /// The criterion's name in English.
    #[schema(example = "18–64-year-olds outside work and education")]
    pub name_en: String,
    /// `counted` or `required`.
    pub part: Part,
    /// Whether it is the legally contested one.
    pub contested: bool,
    /// Whether it is met.
    pub result: Truth,
    /// How the value is compared with the limit.
    pub operator: Operator,
    /// The limit in the value's unit: for a multiple of the reference, worked out; null where that cannot be.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 30)]
    pub limit: Option<Decimal>,
    /// The indicator whose figures were used, also where they do not suffice.
    #[schema(required, example = "criteria-outside-labour-market")]
    pub indicator: Option<String>,
    /// The value that was compared.
    #[schema(required)]
    pub value: Option<MeanView>,
    /// The area of the reference; null where there is none.
    #[schema(required)]
    pub reference_area: Option<String>,
    /// The reference's value.
    #[schema(required)]
    pub reference: Option<MeanView>,
    /// The value less the limit, in the value's unit: above 0 the value lies over the limit, below 0 under it.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 5)]
    pub distance: Option<Decimal>,
    /// What is missing for an answer. Of several series any one would do.
    pub missing: Vec<MissingView>,
    /// Measurements that are there but do not suffice, such as one of two years.
    pub found: Vec<EvidenceView>,
}

impl CriterionAssessmentView {
    /// A criterion as judged.
    pub fn new(row: &criterion::Model, rule: &Criterion, judged: Judged, language: Language) -> Self {
        let (reference_area, reference) = judged.reference.unzip();
        Self {
            criterion: row.code.clone(),
            name: row.name.clone(),
            name_en: row.name_en.clone(),
            part: rule.part,
            contested: rule.is_contested,
            result: judged.truth,
            operator: rule.operator,
            limit: judged
                .limit
                .or_else(|| (rule.limit_unit == LimitUnit::Percent).then_some(rule.limit)),
            indicator: judged.indicator,
            value: judged.value.map(MeanView::from),
            reference_area,
            reference: reference.map(MeanView::from),
            distance: judged.distance,
            missing: judged
                .gaps
                .into_iter()
                .map(|gap| MissingView::new(gap, language))
                .collect(),
            found: evidence(judged.found),
        }
    }
}

/// What is missing for a criterion.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MissingInput)]
pub struct MissingView {
    /// For programs: `figure` or `reference` (a figure of the area or of the reference area is missing), `contested_off`
    /// (the service is set up without the contested criterion) or `contested_not_permitted` (the token lacks
    /// `criteria:contested`).
    #[schema(example = "reference")]
    pub code: String,
    /// The indicator of the missing figure.
    #[schema(required, example = "criteria-convicted")]
    pub indicator: Option<String>,
    /// The area of the missing figure.
    #[schema(required, example = "denmark")]
    pub area: Option<String>,
    /// The period of the missing figure; null where there is none at all, so that no period is the one.
    #[schema(required)]
    pub period: Option<Period>,
    /// The same for people.
    pub detail: String,
}

impl MissingView {
    fn new(gap: Gap, language: Language) -> Self {
        let (code, text, figure) = match gap {
            Gap::Closed(Closed::Setting) => (
                "contested_off",
                Text::new(
                    "The criterion is legally contested, and this service is set up without it.",
                    "Kriteriet er retligt omstridt, og denne tjeneste er sat op uden det.",
                ),
                None,
            ),
            Gap::Closed(Closed::Permission) => (
                "contested_not_permitted",
                Text::new(
                    "The criterion is legally contested; it needs the scope criteria:contested.",
                    "Kriteriet er retligt omstridt; det kræver scopet criteria:contested.",
                ),
                None,
            ),
            Gap::Figure {
                indicator,
                area,
                period,
            } => (
                "figure",
                lacks(&indicator, &area, period),
                Some((indicator, area, period)),
            ),
            Gap::Reference {
                indicator,
                area,
                period,
            } => (
                "reference",
                lacks(&indicator, &area, period),
                Some((indicator, area, period)),
            ),
        };
        let (indicator, area, period) = match figure {
            Some((indicator, area, period)) => (Some(indicator), Some(area), period),
            None => (None, None, None),
        };
        Self {
            code: code.to_owned(),
            indicator,
            area,
            period,
            detail: text.in_language(language).to_owned(),
        }
    }
}

fn lacks(indicator: &str, area: &str, period: Option<Period>) -> Text {
    match period {
        Some(period) => Text::new(
            format!("{indicator} has no figure for {area} in {period}."),
            format!("{indicator} har intet tal for {area} i {period}."),
        ),
        None => Text::new(
            format!("{indicator} has no figure for {area} up to the date."),
            format!("{indicator} har intet tal for {area} frem til datoen."),
        ),
    }
}

impl RuleSetAssessmentView {
    /// A rule set as judged.
    pub fn new(
        row: &rule_set::Model,
        verdict: Verdict,
        hypothetical: Option<Hypothetical>,
        residents: Option<Mean>,
        criteria: Vec<CriterionAssessmentView>,
        language: Language,
    ) -> Self {
        let [met, not_met, undetermined] = verdict.counted;
        Self {
            rule_set: row.code.clone(),
            name: row.name.clone(),
            name_en: row.name_en.clone(),
            result: verdict.truth,
            undetermined_by: verdict.open,
            counted: CountedView {
                needed: row.needed,
                met,
                not_met,
                undetermined,
            },
            hypothetical: hypothetical.map(|why| ReasonView::new(why, row.min_residents, language)),
            residents: residents.map(MeanView::from),
            criteria,
        }
    }
}

impl ReasonView {
    fn new(why: Hypothetical, least: Option<i64>, language: Language) -> Self {
        let least = least.unwrap_or(0);
        let (code, text) = match why {
            Hypothetical::Kind => (
                "not_an_area_of_the_law",
                Text::new(
                    "The law speaks of estates that lie together; this area is put together by the plan.",
                    "Loven taler om fysisk sammenhængende boligområder; dette område er sat sammen af planen.",
                ),
            ),
            Hypothetical::TooFewResidents => (
                "too_few_residents",
                Text::new(
                    format!("The law asks for {least} residents or more."),
                    format!("Loven kræver mindst {least} beboere."),
                ),
            ),
            Hypothetical::ResidentsUnknown => (
                "residents_unknown",
                Text::new(
                    format!("The law asks for {least} residents or more; how many there are is not known."),
                    format!("Loven kræver mindst {least} beboere; hvor mange der er, vides ikke."),
                ),
            ),
        };
        Self {
            code: code.to_owned(),
            detail: text.in_language(language).to_owned(),
        }
    }
}
