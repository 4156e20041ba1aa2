//! How commitments stand.

use chrono::{Datelike, NaiveDate};

use crate::activities::rules::CommitmentPeriod;
use crate::period::Period;
use crate::words::words;

words! {
    /// How a commitment stands in a year.
    pub CommitmentStatus {
        /// At least what was promised was delivered.
        Met = "met",
        /// Less than promised, and a quarter is still to be reported.
        NotYet = "not_yet",
        /// Less than promised, and every quarter is reported.
        Short = "short",
        /// No report says anything of it.
        NotReported = "not_reported",
        /// No number per time was promised, so there is nothing to hold it against.
        Unnumbered = "unnumbered",
    }
}

/// What was promised for the part of a year that lies in the plan, from `first` to `last`; none where no number per time was.
///
/// A month or quarter counts when it lies in that part as a whole, a week for every seven days; a part of a year counts as a
/// year.
pub fn promised(
    quantity: Option<i32>,
    per: Option<CommitmentPeriod>,
    first: NaiveDate,
    last: NaiveDate,
) -> Option<i64> {
    let days = (last - first).num_days() + 1;
    let (from, to) = whole_months(first, last);
    let times = match per? {
        CommitmentPeriod::Week => days / 7,
        CommitmentPeriod::Month => i64::from(to.saturating_sub(from)),
        CommitmentPeriod::Quarter => i64::from((to / 3).saturating_sub(from.div_ceil(3))),
        CommitmentPeriod::Year => 1,
    };
    Some(i64::from(quantity?) * times)
}

/// The quarters that have a day between two days.
pub fn quarters(first: NaiveDate, last: NaiveDate) -> Vec<String> {
    let quarter: Option<Period> = format!("{}-Q{}", first.year(), first.month0() / 3 + 1).parse().ok();
    std::iter::successors(quarter, |quarter| quarter.next())
        .take_while(|quarter| quarter.start() <= last)
        .map(|quarter| quarter.to_string())
        .collect()
}

/// The months that lie wholly between two days of one year: from the first, counted from 0, to before the second.
fn whole_months(first: NaiveDate, last: NaiveDate) -> (u32, u32) {
    let from = first.month0() + u32::from(first.day() > 1);
    let ends_month = last.succ_opt().is_none_or(|next| next.day() == 1);
    (from, last.month() - u32::from(!ends_month))
}

/// How a commitment stands: `unreported` is how many quarters say nothing of it.
pub fn standing(promised: Option<i64>, delivered: Option<i64>, unreported: usize) -> CommitmentStatus {
    match (promised, delivered) {
        (None, _) => CommitmentStatus::Unnumbered,
        (Some(_), None) => CommitmentStatus::NotReported,
        (Some(promised), Some(delivered)) if delivered >= promised => CommitmentStatus::Met,
        _ if unreported > 0 => CommitmentStatus::NotYet,
        _ => CommitmentStatus::Short,
    }
}
