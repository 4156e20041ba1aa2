//! How goals, sub-goals and where the plan stands look from outside.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::assess::{Assessment, Facts};
use super::rules::observed::{Observed, Revision};
use super::rules::path::Judged;
use super::rules::standing::Standing;
use super::terms::{Aim, ChangeUnit, Goal, Measure, SubGoal, Target, TargetKind};
use crate::indicators::rules::{Direction, Unit};
use crate::period::Period;

/// Which version of which agreement holds a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldBy {
    /// The agreement's code.
    #[schema(example = "beskaeftigelse")]
    pub agreement: String,
    /// Its version.
    #[schema(example = 1)]
    pub version: i32,
    /// The first day on which that version holds.
    #[schema(example = "2023-01-01")]
    pub effective_from: NaiveDate,
}

/// A goal of the strategic agreement (overordnet mål) that is in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GoalInForce)]
pub struct GoalView {
    /// The goal's code, stable over versions.
    #[schema(example = "employment")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Flere får tilknytning til arbejdsmarkedet")]
    pub name: String,
    /// The name in English.
    #[schema(example = "More people are attached to the labour market")]
    pub name_en: String,
    /// The agreement that holds it.
    pub held_by: HeldBy,
    /// What it is followed by.
    pub measures: Vec<Measure>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

impl GoalView {
    /// The goal, as a version holds it.
    pub fn new(goal: Goal, held_by: HeldBy) -> Self {
        Self {
            code: goal.code,
            name: goal.name,
            name_en: goal.name_en,
            held_by,
            measures: goal.measures,
            note: goal.note,
            source: goal.source,
        }
    }
}

/// A sub-goal of a sub-agreement (delmål) that is in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SubGoalInForce)]
pub struct SubGoalView {
    /// The sub-goal's code, stable over versions.
    #[schema(example = "far-from-labour-market")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Færre ledige langt fra arbejdsmarkedet")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Fewer unemployed far from the labour market")]
    pub name_en: String,
    /// The agreement that holds it.
    pub held_by: HeldBy,
    /// The agreement's focus area.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// The goals of the strategic agreement that it is a step toward, by code.
    #[schema(example = json!(["employment"]))]
    pub goals: Vec<String>,
    /// What it is measured by.
    pub measures: Vec<Measure>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where this is stated.
    pub source: String,
}

impl SubGoalView {
    /// The sub-goal, as a version holds it.
    pub fn new(sub_goal: SubGoal, held_by: HeldBy, focus_area: Option<String>) -> Self {
        Self {
            code: sub_goal.code,
            name: sub_goal.name,
            name_en: sub_goal.name_en,
            held_by,
            focus_area,
            goals: sub_goal.goals,
            measures: sub_goal.measures,
            note: sub_goal.note,
            source: sub_goal.source,
        }
    }
}

/// Whether something is measured for a goal or for a sub-goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GoalLevel {
    /// A goal of the strategic agreement; the measure is one of the nine fixed indicators.
    Goal,
    /// A sub-goal of a sub-agreement.
    SubGoal,
}

impl GoalLevel {
    /// The level as it is sent.
    pub fn code(self) -> &'static str {
        match self {
            GoalLevel::Goal => "goal",
            GoalLevel::SubGoal => "sub_goal",
        }
    }
}

/// The goal or sub-goal that something is measured for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GoalReference)]
pub struct GoalRefView {
    /// Whether it is a goal or a sub-goal.
    pub level: GoalLevel,
    /// Its code.
    #[schema(example = "far-from-labour-market")]
    pub code: String,
    /// Its name in Danish, official.
    #[schema(example = "Færre ledige langt fra arbejdsmarkedet")]
    pub name: String,
    /// Its name in English.
    #[schema(example = "Fewer unemployed far from the labour market")]
    pub name_en: String,
    /// The goals that a sub-goal is a step toward; for a goal, itself.
    #[schema(example = json!(["employment"]))]
    pub toward: Vec<String>,
    /// The agreement that holds it: the version in force on the day judged or, once its period is over, its last one.
    pub held_by: HeldBy,
    /// The agreement's focus area; null for the strategic agreement.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
}

/// Where one area stands against one measure of a goal or sub-goal, and by which figures.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GoalStatusItem)]
pub struct GoalStatusView {
    /// The measure's code.
    #[schema(example = "activity-ready-cash-benefit")]
    pub code: String,
    /// The area's code.
    #[schema(example = "all-zones")]
    pub area: String,
    /// The goal or sub-goal that it belongs to.
    pub goal: GoalRefView,
    /// The indicator.
    #[schema(example = "kendskabsgrad-count")]
    pub indicator: String,
    /// The category; null for the figure as a whole.
    #[schema(required, example = "6.3")]
    pub category: Option<String>,
    /// The indicator's unit.
    pub unit: Unit,
    /// Which way is good.
    pub direction: Direction,
    /// The day judged: by figures whose period had ended by then.
    #[schema(example = "2024-06-30")]
    pub on: NaiveDate,
    /// Where the area stands: the worst of its targets.
    pub status: Standing,
    /// What it starts from.
    pub baseline: BaselineView,
    /// The last figure after the baseline; null where there is none.
    #[schema(required)]
    pub latest: Option<FigureView>,
    /// Each target.
    pub targets: Vec<TargetStatusView>,
    /// Other areas beside it: where they stood, and where they stand at the date of `latest`.
    pub comparisons: Vec<ComparisonView>,
    /// The revisions of the measurements that this rests on.
    pub evidence: Vec<EvidenceView>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
}

/// What an area starts from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GoalBaseline)]
pub struct BaselineView {
    /// The period.
    #[schema(example = "2022-06-01")]
    pub period: Period,
    /// The value; null where the agreement has none, or where shares without denominators cannot be added up.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 201)]
    pub value: Option<Decimal>,
    /// Whether it stands only until the figure has arrived that the agreement measures by: that of `rebase_on`.
    pub provisional: bool,
    /// The period by whose figure the agreement measures; null where the printed baseline stands.
    #[schema(required, example = "2023-01-01")]
    pub rebase_on: Option<Period>,
    /// What the agreement prints, where the figure of `rebase_on` has taken its place; null where it has not.
    #[schema(required)]
    pub printed: Option<PrintedView>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
}

/// A printed baseline that another figure has replaced.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReplacedBaseline)]
pub struct PrintedView {
    /// The period.
    #[schema(example = "2022-06-01")]
    pub period: Period,
    /// The value.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 201)]
    pub value: Option<Decimal>,
}

/// A figure of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PeriodValue)]
pub struct FigureView {
    /// The period.
    #[schema(example = "2024-01-01")]
    pub period: Period,
    /// The value.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    #[schema(value_type = f64, example = 180)]
    pub value: Decimal,
}

/// A target, and where the area stands against it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GoalTargetStatus)]
pub struct TargetStatusView {
    /// The target's kind.
    pub kind: TargetKind,
    /// The value to be reached: worked out from the baseline, or the comparator's figure at the date judged; null for a
    /// direction only, and where what it is worked out from is unknown.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 160.8)]
    pub value: Option<Decimal>,
    /// For `relative_change`: by how much.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = -20)]
    pub change: Option<Decimal>,
    /// For `relative_change`: percent of the baseline, or percentage points.
    #[schema(required)]
    pub change_unit: Option<ChangeUnit>,
    /// For `match_comparator`: what is to be matched, and its last figure at the date judged.
    #[schema(required)]
    pub comparator: Option<ComparatorView>,
    /// The day by which.
    #[schema(example = "2026-12-31")]
    pub due: NaiveDate,
    /// The figure that was judged: the last one after the baseline and up to the due date.
    #[schema(required)]
    pub judged: Option<FigureView>,
    /// What the straight way from baseline to target has at that figure's period end, to four decimals.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 186.1075)]
    pub expected: Option<Decimal>,
    /// The share of the way that is behind the area: 0 at the baseline, 1 at the target, below 0 where it went the wrong
    /// way. Null for a direction only and where the baseline already met the target.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 0.5224)]
    pub progress: Option<Decimal>,
    /// Where the area stands against this target.
    pub status: Standing,
    /// How an unclear text is read.
    #[schema(required)]
    pub reading: Option<String>,
}

/// What is to be matched.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GoalComparatorStatus)]
pub struct ComparatorView {
    /// The area.
    #[schema(example = "fredericia")]
    pub area: String,
    /// The indicator.
    #[schema(example = "kendskabsgrad")]
    pub indicator: String,
    /// Its last figure at the date judged; null where there is none.
    #[schema(required)]
    pub latest: Option<FigureView>,
}

/// Another area beside the one that is judged.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GoalComparison)]
pub struct ComparisonView {
    /// The area.
    #[schema(example = "fredericia")]
    pub area: String,
    /// Where it stood, as printed.
    pub baseline: PrintedView,
    /// Its last figure at the date of the judged area's; null where there is none.
    #[schema(required)]
    pub latest: Option<FigureView>,
}

/// What a measurement was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceRole {
    /// The baseline, or the measurement that holds the printed one.
    Baseline,
    /// The figure that was judged.
    Judged,
    /// What was to be matched.
    Comparator,
    /// An area beside it.
    Comparison,
}

/// One revision of a measurement that a status rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = GoalEvidence)]
pub struct EvidenceView {
    /// What it was used for.
    pub role: EvidenceRole,
    /// The measurement's id.
    pub id: Uuid,
    /// Its revision, as known at the time asked about.
    #[schema(example = 1)]
    pub revision: i32,
    /// Its area: a zone's where all zones were added up.
    #[schema(example = "zone-1")]
    pub area: String,
    /// Its period.
    #[schema(example = "2024-01-01")]
    pub period: Period,
    /// Its value in that revision; null where only its counts were added up.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    #[schema(required, value_type = Option<f64>, example = 79)]
    pub value: Option<Decimal>,
}

impl GoalStatusView {
    /// A judgement, with the revisions that it rests on.
    pub fn new(goal: GoalRefView, measure: &Measure, facts: Facts, on: NaiveDate, assessment: Assessment) -> Self {
        let evidence = evidence(&assessment);
        let baseline = BaselineView {
            period: assessment.start.period,
            value: assessment.start.value,
            provisional: assessment.start.provisional,
            rebase_on: measure.rebase_on,
            printed: assessment.start.printed.map(|printed| PrintedView {
                period: printed.period,
                value: printed.value,
            }),
            note: assessment.note,
        };
        let targets = assessment.targets.into_iter();
        Self {
            code: measure.code.clone(),
            targets: targets
                .map(|(target, due, judged)| TargetStatusView::new(target, due, judged, measure, &assessment.area))
                .collect(),
            area: assessment.area,
            goal,
            indicator: measure.indicator.clone(),
            category: measure.category.clone(),
            unit: facts.sums.unit,
            direction: facts.direction,
            on,
            status: assessment.standing,
            baseline,
            latest: assessment.latest.as_ref().map(FigureView::from),
            comparisons: assessment
                .comparisons
                .into_iter()
                .map(|comparison| ComparisonView {
                    area: comparison.printed.area,
                    baseline: PrintedView {
                        period: comparison.printed.period,
                        value: comparison.printed.value,
                    },
                    latest: comparison.latest.as_ref().map(FigureView::from),
                })
                .collect(),
            evidence,
            note: measure.note.clone(),
        }
    }
}

impl From<&Observed> for FigureView {
    fn from(figure: &Observed) -> Self {
        Self {
            period: figure.period,
            value: figure.value,
        }
    }
}

impl TargetStatusView {
    fn new(target: Target, due: NaiveDate, judged: Judged, measure: &Measure, area: &str) -> Self {
        let kind = target.aim.kind();
        let (change, change_unit) = match target.aim {
            Aim::RelativeChange { change, unit } => (Some(change), Some(unit)),
            _ => (None, None),
        };
        let comparator = match target.aim {
            Aim::MatchComparator { comparator } => Some(ComparatorView {
                area: comparator.area.unwrap_or_else(|| area.to_owned()),
                indicator: comparator.indicator.unwrap_or_else(|| measure.indicator.clone()),
                latest: judged.comparator.as_ref().map(FigureView::from),
            }),
            _ => None,
        };
        Self {
            kind,
            value: judged.value,
            change,
            change_unit,
            comparator,
            due,
            judged: judged.figure.as_ref().map(FigureView::from),
            expected: judged.expected,
            progress: judged.progress,
            status: judged.standing,
            reading: target.reading,
        }
    }
}

/// What a judgement rests on, each revision once for each use.
fn evidence(assessment: &Assessment) -> Vec<EvidenceView> {
    let judged = || assessment.targets.iter().map(|(_, _, judged)| judged);
    let figures = judged()
        .filter_map(|judged| judged.figure.as_ref())
        .chain(&assessment.latest);
    let comparators = judged().filter_map(|judged| judged.comparator.as_ref());
    let comparisons = assessment.comparisons.iter().filter_map(|other| other.latest.as_ref());
    let of = |role, revisions: &[Revision]| -> Vec<EvidenceView> {
        revisions
            .iter()
            .map(|revision| EvidenceView::new(role, revision))
            .collect()
    };
    let mut all = of(EvidenceRole::Baseline, &assessment.start.stands_on);
    all.extend(figures.flat_map(|figure| of(EvidenceRole::Judged, &figure.stands_on)));
    all.extend(comparators.flat_map(|figure| of(EvidenceRole::Comparator, &figure.stands_on)));
    all.extend(comparisons.flat_map(|figure| of(EvidenceRole::Comparison, &figure.stands_on)));
    let mut once: Vec<EvidenceView> = Vec::new();
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

impl EvidenceView {
    fn new(role: EvidenceRole, revision: &Revision) -> Self {
        Self {
            role,
            id: revision.id,
            revision: revision.revision,
            area: revision.area.clone(),
            period: revision.period,
            value: revision.value,
        }
    }
}
