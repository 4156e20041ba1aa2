//! A figure against a target: the straight way from the baseline, compared at the figure's own period end.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::baseline::Start;
use super::observed::{Observed, latest};
use super::standing::Standing;
use crate::goals::terms::{Aim, ChangeUnit};
use crate::indicators::rules::Direction;

/// So many decimals `expected` and `progress` are given with. What is compared is exact.
const DECIMALS: u32 = 4;

/// One area's question to one target.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What is to be reached.
    pub aim: &'a Aim,
    /// By when.
    pub due: NaiveDate,
    /// Which way is good.
    pub direction: Direction,
    /// What the area starts from.
    pub start: &'a Start,
    /// The area's figures whose period had ended by `on`, by period.
    pub series: &'a [Observed],
    /// The comparator's figures whose period had ended by `on`, by period; empty where there is none.
    pub comparator: &'a [Observed],
    /// The day judged.
    pub on: NaiveDate,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Where the area stands.
    pub standing: Standing,
    /// The figure that was judged: the last one after the baseline and up to the due date.
    pub figure: Option<Observed>,
    /// The comparator's figure at the same date.
    pub comparator: Option<Observed>,
    /// The value to be reached; none for a direction only, and where what it is reckoned from is unknown.
    pub value: Option<Decimal>,
    /// What the straight way has at the figure's period end.
    pub expected: Option<Decimal>,
    /// The share of the way that is behind the area: 0 at the baseline, 1 at the target; none for a direction only and
    /// where the baseline already met the target.
    pub progress: Option<Decimal>,
}

/// Holds the last figure against the target.
pub fn judge(question: Question<'_>) -> Judged {
    let Question {
        aim, due, start, on, ..
    } = question;
    let until = on.min(due);
    let figure = latest(question.series, until).filter(|figure| figure.period.end() > start.period.end());
    // What moves is judged at the same date: a comparator's later figure says nothing about an earlier one.
    let same_date = figure.map_or(until, |figure| figure.period.end());
    let comparator = match aim {
        Aim::MatchComparator { .. } => latest(question.comparator, same_date),
        _ => None,
    };
    let value = value(aim, start.value, comparator.map(|figure| figure.value));
    let way = Way::new(question, value);
    let judged = Judged {
        standing: Standing::NoData,
        figure: figure.cloned(),
        comparator: comparator.cloned(),
        value,
        expected: None,
        progress: None,
    };
    let Some(figure) = figure else { return judged };
    Judged {
        standing: way.standing(figure, on > due),
        expected: way.expected(figure),
        progress: way.progress(figure),
        ..judged
    }
}

/// The value to be reached.
pub fn value(aim: &Aim, baseline: Option<Decimal>, comparator: Option<Decimal>) -> Option<Decimal> {
    match aim {
        Aim::RelativeChange { change, unit } => {
            let baseline = baseline?;
            let target = match unit {
                ChangeUnit::Percent => {
                    let factor = Decimal::ONE_HUNDRED.checked_add(*change)?;
                    baseline.checked_mul(factor)?.checked_div(Decimal::ONE_HUNDRED)?
                }
                ChangeUnit::PercentagePoints => baseline.checked_add(*change)?,
            };
            Some(target.normalize())
        }
        Aim::Absolute { value } => Some(*value),
        Aim::BelowLimit { limit } => Some(*limit),
        Aim::MatchComparator { .. } => comparator,
        Aim::DirectionOnly => None,
    }
}

/// The way from the baseline to the target.
struct Way<'a> {
    aim: &'a Aim,
    direction: Direction,
    baseline: Option<Decimal>,
    target: Option<Decimal>,
    from: NaiveDate,
    due: NaiveDate,
}

impl<'a> Way<'a> {
    fn new(question: Question<'a>, target: Option<Decimal>) -> Self {
        Self {
            aim: question.aim,
            direction: question.direction,
            baseline: question.start.value,
            target,
            from: question.start.period.end(),
            due: question.due,
        }
    }

    /// How much better one value is than another; negative where it is worse.
    fn better_by(&self, one: Decimal, than: Decimal) -> Decimal {
        match self.direction {
            Direction::Up => one.saturating_sub(than),
            Direction::Down => than.saturating_sub(one),
        }
    }

    /// Whether a value meets the target; none where that cannot be said.
    fn is_met(&self, value: Decimal) -> Option<bool> {
        Some(match self.aim {
            Aim::DirectionOnly => self.better_by(value, self.baseline?) > Decimal::ZERO,
            Aim::BelowLimit { .. } => self.better_by(value, self.target?) > Decimal::ZERO,
            _ => self.better_by(value, self.target?) >= Decimal::ZERO,
        })
    }

    fn standing(&self, figure: &Observed, is_due_passed: bool) -> Standing {
        let Some(is_met) = self.is_met(figure.value) else {
            return Standing::NoData;
        };
        if is_met {
            return Standing::Achieved;
        }
        if is_due_passed {
            return Standing::Missed;
        }
        let Some(baseline) = self.baseline else {
            return Standing::NoData;
        };
        if self.better_by(figure.value, baseline) < Decimal::ZERO {
            return Standing::Worsening;
        }
        if self.is_as_expected(figure, baseline) {
            Standing::OnTrack
        } else {
            Standing::Behind
        }
    }

    /// Days passed and days in all, from the baseline's period end; none where the way has no length.
    fn days(&self, figure: &Observed) -> Option<(Decimal, Decimal)> {
        let whole = (self.due - self.from).num_days();
        let passed = (figure.period.end() - self.from).num_days().min(whole);
        (whole > 0).then(|| (Decimal::from(passed), Decimal::from(whole)))
    }

    /// Whether the figure is at least as good as the straight way; compared without a division, so exactly.
    fn is_as_expected(&self, figure: &Observed, baseline: Decimal) -> bool {
        let Some((target, (passed, whole))) = self.target.zip(self.days(figure)) else {
            return false;
        };
        let gained = self.better_by(figure.value, baseline).checked_mul(whole);
        let needed = self.better_by(target, baseline).checked_mul(passed);
        gained.zip(needed).is_some_and(|(gained, needed)| gained >= needed)
    }

    fn expected(&self, figure: &Observed) -> Option<Decimal> {
        let ((baseline, target), (passed, whole)) = self.baseline.zip(self.target).zip(self.days(figure))?;
        let gain = target.checked_sub(baseline)?.checked_mul(passed)?.checked_div(whole)?;
        Some(rounded(baseline.checked_add(gain)?))
    }

    fn progress(&self, figure: &Observed) -> Option<Decimal> {
        let (baseline, target) = self.baseline.zip(self.target)?;
        let needed = self.better_by(target, baseline);
        if needed <= Decimal::ZERO {
            return None;
        }
        self.better_by(figure.value, baseline).checked_div(needed).map(rounded)
    }
}

fn rounded(value: Decimal) -> Decimal {
    value
        .round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero)
        .normalize()
}
