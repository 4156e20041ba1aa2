//! The rules of an extract; pure. A draft is judged whole: every error that is not the mere consequence of another.
//!
//! What is absent is judged in [`super::gaps`], what must add up in [`super::sums`].

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::draft::{Cell, Codes, Draft, Unsound};
use super::model::{Comparator, Content, Count, EmptyCells, Share, StatedTotals, SubsetCount};
use super::{gaps, sums};
use crate::indicators::rules::Status;
use crate::period::Period;
use crate::problem::{At, FieldError};

/// The decimals of a share that is divided here.
pub const SHARE_DECIMALS: u32 = 1;

/// A draft that was found good.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The date.
    pub extracted_on: NaiveDate,
    /// The date as the period of its figures.
    pub period: Period,
    /// What it says.
    pub content: Content,
    /// Cells that were sent.
    pub received: usize,
    /// Gaps that were filled.
    pub filled: usize,
    /// Where each figure was sent.
    pub places: HashMap<Key, At>,
}

/// What a figure of an extract is: field, area, category.
pub type Key = (&'static str, String, String);

/// A cell's count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// So many.
    Known(i64),
    /// It is known to be missing.
    Missing,
    /// It is wrong, which is reported; nothing that follows from it is.
    Unsound,
    /// It is not there, and nobody says what that means; the same holds.
    Absent,
}

/// The counts by zone and target group.
pub type Cells = BTreeMap<(String, String), Found>;

/// Judges a draft.
///
/// `errors` holds what reading the body found; what is wrong is added. `today` is the date in Denmark, `source` the data
/// owner's name. The content is only returned if there is no error at all.
pub fn check(
    draft: &Draft,
    codes: &Codes,
    today: NaiveDate,
    source: &str,
    errors: &mut Vec<FieldError>,
) -> Option<Checked> {
    let period = draft
        .extracted_on
        .and_then(|date| check_date(draft, date, today, errors));
    let groups: Vec<&str> = codes
        .groups
        .iter()
        .filter(|group| group.is_valid_on(draft.extracted_on))
        .map(|group| group.code.as_str())
        .collect();
    let mut duplicates = Vec::new();
    let mut cells = sent_cells(&draft.counts, &mut duplicates, errors);
    if draft.has_counts {
        errors.extend(gaps::errors(draft, codes, &groups, &cells, duplicates));
    }
    let mut filled = fill(draft, codes, &groups, &mut cells);
    let subsets = subsets(draft, &cells, &mut filled, errors);
    let stated = sums::check(draft, codes, &groups, &cells, &subsets, errors);
    if !errors.is_empty() {
        return None;
    }
    Some(Checked {
        extracted_on: draft.extracted_on?,
        period: period?,
        received: draft.counts.len() + draft.subsets.len(),
        filled,
        places: places(draft),
        content: content(draft, codes, &groups, &cells, subsets, stated, source),
    })
}

/// The date as a period, if counts can be drawn on it.
fn check_date(draft: &Draft, date: NaiveDate, today: NaiveDate, errors: &mut Vec<FieldError>) -> Option<Period> {
    let at = draft.at_date.clone();
    if date > today {
        errors.push(FieldError::new(
            at,
            "in_the_future",
            "Counts cannot be drawn on a date to come.",
            "Tal kan ikke være trukket på en kommende dato.",
        ));
        return None;
    }
    let period = Period::day(date).ok();
    if period.is_none() {
        errors.push(FieldError::new(
            at,
            "out_of_range",
            "The date is before the year 1900.",
            "Datoen ligger før år 1900.",
        ));
    }
    period
}

/// The cells that were sent; a second one for the same place is an error and makes the place unsound.
fn sent_cells(counts: &[Cell], duplicates: &mut Vec<Unsound>, errors: &mut Vec<FieldError>) -> Cells {
    let mut cells = Cells::new();
    for cell in counts {
        let key = (cell.area.clone(), cell.group.clone());
        let found = cell.count.map_or(Found::Unsound, Found::Known);
        if cells.insert(key.clone(), found).is_some() {
            errors.push(duplicate(cell));
            cells.insert(key, Found::Unsound);
            duplicates.push(Unsound {
                area: Some(cell.area.clone()),
                group: Some(cell.group.clone()),
            });
        }
    }
    cells
}

/// Gives every cell that was not sent its meaning; says how many gaps were filled.
fn fill(draft: &Draft, codes: &Codes, groups: &[&str], cells: &mut Cells) -> usize {
    let mut filled = 0;
    for zone in &codes.zones {
        for group in groups {
            cells.entry((zone.clone(), (*group).to_owned())).or_insert_with(|| {
                let is_mentioned = draft.zones.contains(zone) && draft.groups.contains(*group);
                let meaning = draft.empty_cells.filter(|_| is_mentioned && draft.has_counts);
                filled += usize::from(meaning.is_some());
                match meaning {
                    Some(EmptyCells::Zero) => Found::Known(0),
                    Some(EmptyCells::Missing) => Found::Missing,
                    None => Found::Absent,
                }
            });
        }
    }
    filled
}

fn duplicate(cell: &Cell) -> FieldError {
    let category = category(cell);
    FieldError::new(
        cell.at.clone(),
        "duplicate",
        format!("There is another figure for {} in {}.", category, cell.area),
        format!("Der er et andet tal for {} i {}.", category, cell.area),
    )
}

fn category(cell: &Cell) -> String {
    match &cell.subset {
        Some(subset) => format!("{}/{subset}", cell.group),
        None => cell.group.clone(),
    }
}

/// The parts of groups, each at most its group.
fn subsets(draft: &Draft, cells: &Cells, filled: &mut usize, errors: &mut Vec<FieldError>) -> Vec<SubsetCount> {
    let mut found: BTreeMap<(String, String, String), SubsetCount> = BTreeMap::new();
    let sent = draft.subsets.iter().map(|cell| (cell, cell.count));
    let blank = draft.blank_subsets.iter().map(|cell| {
        *filled += 1;
        let count = match draft.empty_cells {
            Some(EmptyCells::Zero) => Some(0),
            Some(EmptyCells::Missing) => None,
            None => {
                errors.push(gaps::missing_cell(cell.at.clone(), &category(cell), &cell.area));
                None
            }
        };
        (cell, count)
    });
    let blank: Vec<_> = blank.collect();
    for (cell, count) in sent.chain(blank) {
        let whole = cells.get(&(cell.area.clone(), cell.group.clone()));
        if let (Some(count), Some(Found::Known(whole))) = (count, whole)
            && count > *whole
        {
            let category = category(cell);
            errors.push(FieldError::new(
                cell.at.clone(),
                "subset_exceeds_group",
                format!(
                    "{category} in {} has {count}, more than the {whole} of the whole group.",
                    cell.area
                ),
                format!(
                    "{category} i {} har {count}, flere end hele gruppens {whole}.",
                    cell.area
                ),
            ));
        }
        let subset = cell.subset.clone().unwrap_or_default();
        let row = SubsetCount {
            area: cell.area.clone(),
            target_group: cell.group.clone(),
            subset: subset.clone(),
            count,
            status: status(count),
            note: cell.note.clone(),
        };
        if found
            .insert((cell.group.clone(), subset, cell.area.clone()), row)
            .is_some()
        {
            errors.push(duplicate(cell));
        }
    }
    found.into_values().collect()
}

/// A count that is not there is missing.
pub fn status(count: Option<i64>) -> Status {
    if count.is_some() {
        Status::Final
    } else {
        Status::Missing
    }
}

/// Where each figure was sent.
fn places(draft: &Draft) -> HashMap<Key, At> {
    let mut places: HashMap<Key, At> = HashMap::new();
    for cell in draft.counts.iter().chain(&draft.subsets) {
        places.insert(("count", cell.area.clone(), category(cell)), cell.at.clone());
    }
    for entry in &draft.population {
        places.insert(("population", entry.area.clone(), String::new()), entry.at.clone());
    }
    for entry in &draft.shares {
        places.insert(("share", entry.area.clone(), String::new()), entry.at.clone());
    }
    for comparator in &draft.comparators {
        for field in ["count", "share"] {
            places.insert((field, comparator.area.clone(), String::new()), comparator.at.clone());
        }
    }
    places
}

fn content(
    draft: &Draft,
    codes: &Codes,
    groups: &[&str],
    cells: &Cells,
    subsets: Vec<SubsetCount>,
    stated_totals: StatedTotals,
    source: &str,
) -> Content {
    let notes: HashMap<(&str, &str), &String> = draft
        .counts
        .iter()
        .filter_map(|cell| Some(((cell.area.as_str(), cell.group.as_str()), cell.note.as_ref()?)))
        .collect();
    let mut counts = Vec::new();
    for group in groups {
        for zone in &codes.zones {
            let count = match cells.get(&(zone.clone(), (*group).to_owned())) {
                Some(Found::Known(count)) => Some(*count),
                _ => None,
            };
            counts.push(Count {
                area: zone.clone(),
                target_group: (*group).to_owned(),
                count,
                status: status(count),
                note: notes.get(&(zone.as_str(), *group)).map(|note| (*note).clone()),
            });
        }
    }
    Content {
        source: draft.source.clone().unwrap_or_else(|| source.to_owned()),
        note: draft.note.clone(),
        counts,
        subsets,
        population: draft
            .population
            .iter()
            .map(|entry| (entry.area.clone(), entry.value))
            .collect(),
        comparators: comparators(draft, codes),
        shares: draft
            .shares
            .iter()
            .map(|entry| (entry.area.clone(), Share(entry.value)))
            .collect(),
        stated_totals,
    }
}

fn comparators(draft: &Draft, codes: &Codes) -> Vec<Comparator> {
    codes
        .municipality
        .iter()
        .chain(&codes.rest)
        .filter_map(|area| draft.comparators.iter().find(|comparator| comparator.area == *area))
        .filter_map(|comparator| {
            Some(Comparator {
                area: comparator.area.clone(),
                count: comparator.count?,
                share: comparator.share.map(Share),
                note: comparator.note.clone(),
            })
        })
        .collect()
}

/// Whether a figure is so far from that of the extract before that someone should look: over 50 % and over 10 persons.
pub fn is_jump(before: i64, after: i64) -> bool {
    let distance = (after - before).abs();
    distance > 10 && distance * 2 > before
}
