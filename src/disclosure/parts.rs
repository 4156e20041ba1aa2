//! Parts of the participants, such as newcomers, of whole activities: which of them may be shown.
//!
//! Let `n` people take part in an activity, all residences, ages and genders together, and `k` of them be in a part. With the
//! threshold `t`, the part is shown where its whole is shown in the same release and
//!
//! - nobody took part: then nobody is in the part, which the whole says already; or
//! - the reader knows the activity exactly, for it reported it; or
//! - `n ≥ 2t`, `k` is 0 or at least `t`, and so is the rest, `n − k`; no release that the reader holds hid the part, and no
//!   release of the same figures to an audience that sees more hides it.
//!
//! The total over the activities is shown where each of them is: it is a sum that everybody can add up, and no more.
//!
//! # Why that is safe
//!
//! **A part says nothing of anything but itself.** A report says for people of one residence, age band and gender how many of
//! them are in each part, and asks of each such number alone that it is at most theirs. So whatever table of participants one
//! thinks possible, its activity adds up to the shown `n`, and any `k` from 0 to `n` can be laid out below it: `k` narrows no
//! hidden count of participants, and the tables of participants say nothing of `k` but that it is at most `n`. One
//! person may be in several parts, and nothing limits their sum: parts say nothing of each other, and neither do activities. No
//! equation holds two of these numbers; the total holds several, and is shown only where it hides none of them.
//!
//! **A hidden part may be anything that matters.** Whether it is hidden follows from `n`, `k` and `t` alone, so the attacker
//! knows of `k` just which values would be hidden:
//!
//! | | values of a hidden `k` |
//! |---|---|
//! | the whole is hidden | as the whole, from 0 |
//! | `t ≤ n < 2t` | 0 to `n`: hidden whatever it is |
//! | `2t ≤ n` | 1 to `t − 1`, and `n − t + 1` to `n − 1` |
//! | hidden for a release or audience | more than that |
//!
//! In each there is a value of at most 1 and one of at least `t`, for the part and for the rest alike: with `2t ≤ n` these are
//! 1 and `n − 1`. Below `2t` this would not hold of all of them, so there nothing depends on `k`.
//!
//! **Releases stack.** What was hidden once stays hidden, so a later release says of it at most that. What was shown once, of an
//! activity that had anybody, can't be hidden again: the release is refused. It can change by any number, as a shown
//! count of participants can. A zero of an activity in which nobody had taken part yet was nobody's, and binds nobody.
//!
//! **A correction needs no common change.** Of participants a witness is the same change in every release, because the attacker sees
//! by how much hidden cells changed together: two shown margins, less what is shown of each, differ by it. Of a hidden part he
//! sees no such thing, for no number that it goes into is shown in a release that hides it. So all that he holds of its `k` in one
//! release and its `k′` in another are two lines of the table above, one for each, and every pair of numbers that fulfils both is
//! possible: with `k′` as it is, `k` can still be any value of its own line, and the other way round. (A test tries every pair.) To ask
//! for one change that fits both would refuse corrections of which nothing is published, and make nothing safer. Who has a
//! correction from elsewhere knows more, and some of it without any release: that 50 of 100 were taken back says that they
//! were 50 or more; that they were hidden, then, that they were 96 or more. That is not covered.
//!
//! **Audiences nest**, since what is hidden from one that sees more is hidden here. A part that is hidden for that reason alone may
//! have values that would else be shown, so there are more of them, not fewer. An organisation that reported an activity is
//! shown what it knows; the others' parts are no easier to find for it, since no equation but the total joins them.
//!
//! Not covered, beside what no release covers: what words mean from quarter to quarter (a newcomer has been one just once), and
//! that a few of a hundred are likelier than all but a few.

use serde::{Deserialize, Serialize};

use super::plan::Plan;
use super::release::{Published, Threshold};

/// How many people of each activity are in each part: what a release freezes. Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartCounts {
    parts: Vec<String>,
    counts: Vec<Vec<u64>>,
}

impl PartCounts {
    /// Nobody in any part of so many activities.
    pub fn zero(parts: &[&str], activities: usize) -> Self {
        Self {
            parts: parts.iter().map(|part| (*part).to_owned()).collect(),
            counts: vec![vec![0; parts.len()]; activities],
        }
    }

    /// Adds people to the parts of an activity, one number for each part in their order. What is not there is passed over.
    pub fn add(&mut self, activity: usize, numbers: &[u64]) {
        let own = self.counts.get_mut(activity).into_iter().flatten();
        for (sum, number) in own.zip(numbers) {
            *sum = sum.saturating_add(*number);
        }
    }

    /// Shows the numbers that `is_hidden` leaves; it is asked with the places of the activity and of the part.
    pub fn mask(&self, is_hidden: impl Fn(PartId) -> bool) -> PublishedParts {
        let row = |(activity, counts): (usize, &Vec<u64>)| {
            let each = counts.iter().enumerate();
            each.map(|(part, count)| (!is_hidden(PartId { activity, part })).then_some(*count))
                .collect()
        };
        PublishedParts {
            parts: self.parts.clone(),
            values: self.counts.iter().enumerate().map(row).collect(),
        }
    }
}

/// A part of an activity, by the places of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId {
    /// The activity's place in the plan's definition.
    pub activity: usize,
    /// The part's place.
    pub part: usize,
}

/// The parts as their audience sees them; `None` is hidden, without a reason.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PublishedParts {
    parts: Vec<String>,
    values: Vec<Vec<Option<u64>>>,
}

impl PublishedParts {
    /// What the parts are called, in their order.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// How many are in a part, none where it is hidden.
    pub fn value(&self, id: PartId) -> Option<u64> {
        self.values
            .get(id.activity)
            .and_then(|values| values.get(id.part).copied().flatten())
    }

    /// Whether a part is hidden.
    pub fn is_hidden(&self, id: PartId) -> bool {
        self.value(id).is_none()
    }

    /// How many are in a part of all activities together, none where a single one of them is hidden.
    pub fn total(&self, part: usize) -> Option<u64> {
        let each = (0..self.values.len()).map(|activity| self.value(PartId { activity, part }));
        each.sum()
    }

    /// Every part of every activity.
    pub fn ids(&self) -> impl Iterator<Item = PartId> + use<> {
        let (activities, parts) = (self.values.len(), self.parts.len());
        (0..activities).flat_map(move |activity| (0..parts).map(move |part| PartId { activity, part }))
    }

    fn is_of(&self, parts: &[String], activities: usize) -> bool {
        let is_whole = |values: &Vec<Option<u64>>| values.len() == parts.len();
        self.parts == parts && self.values.len() == activities && self.values.iter().all(is_whole)
    }
}

/// What a release of participants shows of each activity as a whole, in the order of the plan's definition.
pub fn wholes(plan: &Plan, published: &Published) -> Vec<Option<u64>> {
    let activities = plan.definition().activities.iter();
    activities
        .map(|activity| published.value(plan.activity_margin(activity)?))
        .collect()
}

/// A release of the same quarter that the audience has seen already.
#[derive(Clone, Debug)]
pub struct FrozenParts<'a> {
    /// What it showed of each activity as a whole.
    pub wholes: Vec<Option<u64>>,
    /// What it showed of the parts.
    pub published: &'a PublishedParts,
}

/// Under which terms parts are released to an audience.
#[derive(Clone, Debug)]
pub struct PartTerms<'a> {
    /// Numbers from 1 up to this are hidden.
    pub threshold: Threshold,
    /// The places of the activities that the audience knows exactly.
    pub known: &'a [usize],
    /// The releases of the same quarter that it has seen.
    pub earlier: &'a [FrozenParts<'a>],
    /// Releases of the same figures to audiences that see more.
    pub wider: &'a [&'a PublishedParts],
}

/// Why no parts are released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartsRefusal {
    /// These were shown in an earlier release and would have to be hidden now.
    #[error("{} parts that were shown earlier would have to be hidden", .0.len())]
    ShownBefore(Vec<PartId>),
    /// An earlier or wider release has other parts or activities, or a part is larger than its whole.
    #[error("wholes, parts and releases do not belong together")]
    Foreign,
}

/// Decides which parts are shown; `shown_wholes` is what the same release shows of each activity.
pub fn protect_parts(
    shown_wholes: &[Option<u64>],
    counts: &PartCounts,
    terms: &PartTerms<'_>,
) -> Result<PublishedParts, PartsRefusal> {
    let is_of = |published: &PublishedParts, wholes: usize| {
        published.is_of(&counts.parts, counts.counts.len()) && wholes == counts.counts.len()
    };
    let are_kin = terms.wider.iter().all(|wider| is_of(wider, shown_wholes.len()))
        && terms.earlier.iter().all(|one| is_of(one.published, one.wholes.len()));
    let is_part = |(counts, whole): (&Vec<u64>, &Option<u64>)| {
        whole.is_none_or(|whole| counts.iter().all(|count| *count <= whole))
    };
    if !are_kin || counts.counts.len() != shown_wholes.len() || !counts.counts.iter().zip(shown_wholes).all(is_part) {
        return Err(PartsRefusal::Foreign);
    }
    let published = counts.mask(|id| match shown_wholes[id.activity] {
        None => true,
        Some(0) => false,
        Some(_) if terms.known.contains(&id.activity) => false,
        Some(whole) => {
            !is_open(whole, counts.counts[id.activity][id.part], terms.threshold)
                || terms.earlier.iter().any(|one| one.published.is_hidden(id))
                || terms.wider.iter().any(|wider| wider.is_hidden(id))
        }
    });
    let was_shown = |id: &PartId| {
        terms
            .earlier
            .iter()
            .any(|one| one.wholes[id.activity] != Some(0) && !one.published.is_hidden(*id))
    };
    let turned: Vec<PartId> = published
        .ids()
        .filter(|id| published.is_hidden(*id) && was_shown(id))
        .collect();
    match turned.is_empty() {
        true => Ok(published),
        false => Err(PartsRefusal::ShownBefore(turned)),
    }
}

/// Whether so many of a whole may be shown.
fn is_open(whole: u64, inside: u64, threshold: Threshold) -> bool {
    let least = threshold.get();
    let is_safe = |people: u64| people == 0 || people >= least;
    whole >= 2 * least && is_safe(inside) && is_safe(whole - inside)
}

/// What is wrong with published parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartFinding {
    /// Not of these activities.
    #[error("not of these activities")]
    Foreign,
    /// A part is shown whose whole is hidden, or smaller.
    #[error("part {} of activity {} is shown and its whole is not, or is smaller", .0.part, .0.activity)]
    Whole(PartId),
    /// A part is shown, and it or the rest is small, or the whole is too small to tell of.
    #[error("part {} of activity {} is shown and small, or leaves few", .0.part, .0.activity)]
    Small(PartId),
    /// A part is shown that an earlier release hid.
    #[error("part {} of activity {} was hidden before", .0.part, .0.activity)]
    Before(PartId),
    /// A part is hidden and yet not open enough: it or the rest is small for certain, or large.
    #[error("hidden part {} of activity {} can be narrowed", .0.part, .0.activity)]
    Narrow(PartId),
}

/// Looks for what is wrong, from what is published alone: which wholes, parts and totals a reader sees.
///
/// `rules` has the threshold of an audience that knows nothing else; without it only sums and wholes are looked at. `earlier` are
/// the releases to the same audience before this one.
pub fn audit_parts(
    shown_wholes: &[Option<u64>],
    published: &PublishedParts,
    rules: Option<Threshold>,
    earlier: &[FrozenParts<'_>],
) -> Vec<PartFinding> {
    let is_of = |one: &PublishedParts, wholes: usize| one.is_of(&published.parts, wholes);
    let are_kin = earlier.iter().all(|one| is_of(one.published, shown_wholes.len()));
    if !is_of(published, shown_wholes.len()) || !are_kin {
        return vec![PartFinding::Foreign];
    }
    let mut findings = Vec::new();
    for id in published.ids() {
        let was_hidden = earlier.iter().any(|one| one.published.is_hidden(id));
        let whole = shown_wholes[id.activity];
        findings.extend(match (whole, published.value(id)) {
            (None, None) => None,
            (Some(0), Some(0)) => None,
            (Some(whole), Some(value)) if value <= whole => {
                shown(whole, value, rules, was_hidden).map(|finding| finding(id))
            }
            (_, Some(_)) => Some(PartFinding::Whole(id)),
            (Some(whole), None) => {
                let is_narrow = rules.is_some_and(|rules| is_narrow(whole, rules.get(), was_hidden));
                is_narrow.then_some(PartFinding::Narrow(id))
            }
        });
    }
    findings
}

/// What is wrong with a shown part of a whole.
fn shown(whole: u64, value: u64, rules: Option<Threshold>, was_hidden: bool) -> Option<fn(PartId) -> PartFinding> {
    let least = rules?.get();
    let few = 1..least;
    if few.contains(&value) || few.contains(&(whole - value)) || whole < least + least {
        return Some(PartFinding::Small);
    }
    was_hidden.then_some(PartFinding::Before)
}

/// Whether the values that a hidden part may have leave out all that are at most 1, or all that are at least the threshold, for
/// it or for the rest. They are gone through one by one, from both ends.
fn is_narrow(whole: u64, least: u64, was_hidden: bool) -> bool {
    let would_be_hidden = |value: &u64| {
        let groups = [*value, whole - *value];
        let has_few = groups.iter().any(|people| *people != 0 && *people < least);
        was_hidden || has_few || whole < least + least
    };
    let lowest = (0..=whole).find(would_be_hidden);
    let highest = (0..=whole).rev().find(would_be_hidden);
    let (Some(lowest), Some(highest)) = (lowest, highest) else {
        return true;
    };
    lowest > 1 || highest < least || whole - highest > 1 || whole - lowest < least
}
