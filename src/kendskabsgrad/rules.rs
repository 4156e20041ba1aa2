//! The rules of an extract; pure. A draft is judged whole: every error that is not the mere consequence of another.
//!
//! # Quirks
//!
//! - A row that names no cell (unknown zone or group) or one already named leaves a gap where it was meant to stand. One
//!   gap that shares its zone or group is put down to it and not reported. In the same way each unknown zone or group code
//!   stands for one zone or group that is not mentioned at all.
//! - A zone or group that is not mentioned at all is an error even where `empty_cells` says what gaps mean: a table
//!   without a zone is a mistake, not a zone without unemployed.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::draft::{Cell, Codes, Draft, TotalOf, Unsound};
use super::model::{Comparator, Content, Count, EmptyCells, ReceiptShare, Share, SubsetCount, Totals};
use crate::indicators::rules::{NewFigure, Status, share};
use crate::problem::{At, FieldError};

/// The share's indicator.
pub const SHARE_INDICATOR: &str = "kendskabsgrad";
/// The counts' indicator.
pub const COUNT_INDICATOR: &str = "kendskabsgrad-count";
/// The decimals of a share that is divided here.
const SHARE_DECIMALS: u32 = 1;

/// A draft that was found good.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The date.
    pub extracted_on: NaiveDate,
    /// What it says.
    pub content: Content,
    /// Cells that were sent.
    pub received: usize,
    /// Gaps that were filled.
    pub filled: usize,
    /// Where each figure was sent, by its key in [`figures_by_key`].
    pub places: HashMap<Key, At>,
}

/// What a figure of an extract is: field, area, category.
pub type Key = (&'static str, String, String);

/// A cell's count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Known(i64),
    /// It is known to be missing.
    Missing,
    /// It is wrong or absent, which is reported; nothing that follows from it is.
    Unsound,
}

/// The sum of some counts, with missing ones left out.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    known: i64,
    has_missing: bool,
    is_unsound: bool,
}

impl Sum {
    fn of(cells: impl Iterator<Item = Found>) -> Self {
        cells.fold(Self::default(), |mut sum, cell| {
            match cell {
                Found::Known(count) => sum.known = sum.known.saturating_add(count),
                Found::Missing => sum.has_missing = true,
                Found::Unsound => sum.is_unsound = true,
            }
            sum
        })
    }

    fn whole(self) -> Option<i64> {
        (!self.has_missing && !self.is_unsound).then_some(self.known)
    }
}

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
    if draft.extracted_on.is_some_and(|date| date > today) {
        errors.push(FieldError::new(
            draft.at_date.clone(),
            "in_the_future",
            "Counts cannot be drawn on a date to come.",
            "Tal kan ikke være trukket på en kommende dato.",
        ));
    }
    let groups: Vec<&str> = codes
        .groups
        .iter()
        .filter(|group| group.is_valid_on(draft.extracted_on))
        .map(|group| group.code.as_str())
        .collect();
    let mut unsound = draft.unsound.clone();
    let mut cells = sent_cells(&draft.counts, &mut unsound, errors);
    let gaps = gaps(draft, codes, &groups, &cells, unsound);
    errors.extend(gaps.iter().filter_map(|gap| gap.error(draft)));
    let mut filled = 0;
    for zone in &codes.zones {
        for group in &groups {
            cells.entry((zone.clone(), (*group).to_owned())).or_insert_with(|| {
                let is_mentioned = draft.zones.contains(zone) && draft.groups.contains(*group);
                match draft.empty_cells {
                    Some(EmptyCells::Zero) if is_mentioned => {
                        filled += 1;
                        Found::Known(0)
                    }
                    Some(EmptyCells::Missing) if is_mentioned => {
                        filled += 1;
                        Found::Missing
                    }
                    _ => Found::Unsound,
                }
            });
        }
    }
    let subsets = subsets(draft, &cells, &mut filled, errors);
    let sums = Sums::new(codes, &groups, &cells);
    check_totals(draft, codes, &sums, &subsets, errors);
    let zone_counts = zone_counts(draft, codes, &sums);
    check_population(draft, codes, &zone_counts, errors);
    check_comparators(draft, codes, &zone_counts, errors);
    check_shares(draft, codes, &zone_counts, errors);
    if !errors.is_empty() {
        return None;
    }
    let notes: HashMap<(&str, &str), &Cell> = draft
        .counts
        .iter()
        .map(|cell| ((cell.area.as_str(), cell.group.as_str()), cell))
        .collect();
    let mut places: HashMap<Key, At> = HashMap::new();
    let mut counts = Vec::new();
    for group in &groups {
        for zone in &codes.zones {
            let cell = notes.get(&(zone.as_str(), *group));
            let count = match cells.get(&(zone.clone(), (*group).to_owned())) {
                Some(Found::Known(count)) => Some(*count),
                _ => None,
            };
            if let Some(cell) = cell {
                places.insert(("count", zone.clone(), (*group).to_owned()), cell.at.clone());
            }
            counts.push(Count {
                area: zone.clone(),
                target_group: (*group).to_owned(),
                count,
                status: status(count),
                note: cell.and_then(|cell| cell.note.clone()),
            });
        }
    }
    let stated_totals = zone_counts
        .iter()
        .filter(|(zone, count)| count.is_some() && sums.by_area.get(*zone).is_some_and(|sum| sum.has_missing))
        .filter_map(|(zone, count)| count.map(|count| (zone.clone(), count)))
        .collect();
    for cell in &draft.subsets {
        let category = format!("{}/{}", cell.group, cell.subset.as_deref().unwrap_or_default());
        places.insert(("count", cell.area.clone(), category), cell.at.clone());
    }
    for entry in &draft.population {
        places.insert(("population", entry.area.clone(), String::new()), entry.at.clone());
    }
    for entry in &draft.shares {
        places.insert(("share", entry.area.clone(), String::new()), entry.at.clone());
    }
    for comparator in &draft.comparators {
        places.insert(("count", comparator.area.clone(), String::new()), comparator.at.clone());
        places.insert(("share", comparator.area.clone(), String::new()), comparator.at.clone());
    }
    Some(Checked {
        extracted_on: draft.extracted_on?,
        received: draft.counts.len() + draft.subsets.len(),
        filled,
        places,
        content: Content {
            source: draft.source.clone().unwrap_or_else(|| source.to_owned()),
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
        },
    })
}

fn status(count: Option<i64>) -> Status {
    if count.is_some() {
        Status::Final
    } else {
        Status::Missing
    }
}

/// The cells that were sent; a second one for the same place is an error and makes the place unsound.
fn sent_cells(
    counts: &[Cell],
    unsound: &mut Vec<Unsound>,
    errors: &mut Vec<FieldError>,
) -> BTreeMap<(String, String), Found> {
    let mut cells = BTreeMap::new();
    for cell in counts {
        let key = (cell.area.clone(), cell.group.clone());
        let found = cell.count.map_or(Found::Unsound, Found::Known);
        if cells.insert(key.clone(), found).is_some() {
            errors.push(duplicate(cell));
            cells.insert(key, Found::Unsound);
            unsound.push(Unsound {
                area: Some(cell.area.clone()),
                group: Some(cell.group.clone()),
            });
        }
    }
    cells
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

/// Something that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Gap {
    Area(String),
    Group(String),
    Cell(String, String),
}

impl Gap {
    /// Whether the gap may be there because of an unsound row, which then stands for it.
    fn may_come_from(&self, unsound: &Unsound) -> bool {
        let Gap::Cell(zone, group) = self else { return false };
        let shares_zone = unsound.area.as_ref() == Some(zone);
        let shares_group = unsound.group.as_ref() == Some(group);
        shares_zone || shares_group || (unsound.area.is_none() && unsound.group.is_none())
    }

    fn error(&self, draft: &Draft) -> Option<FieldError> {
        let at = draft.at_counts.clone();
        match self {
            Gap::Area(zone) => Some(FieldError::new(
                at,
                "missing_area",
                format!("There are no counts for {zone}."),
                format!("Der er ingen tal for {zone}."),
            )),
            Gap::Group(group) => Some(FieldError::new(
                at,
                "missing_target_group",
                format!("There are no counts for the target group {group}."),
                format!("Der er ingen tal for målgruppe {group}."),
            )),
            Gap::Cell(..) if draft.empty_cells.is_some() => None,
            Gap::Cell(zone, group) => Some(FieldError::new(
                draft.blanks.get(&(zone.clone(), group.clone())).cloned().unwrap_or(at),
                "missing_cell",
                format!("There is no count for {group} in {zone}; empty_cells can say what a gap means."),
                format!("Der mangler et tal for {group} i {zone}; empty_cells kan sige, hvad et hul betyder."),
            )),
        }
    }
}

/// What is absent, less what unsound rows explain.
fn gaps(
    draft: &Draft,
    codes: &Codes,
    groups: &[&str],
    cells: &BTreeMap<(String, String), Found>,
    unsound: Vec<Unsound>,
) -> Vec<Gap> {
    let (present, absent): (Vec<&String>, Vec<&String>) =
        codes.zones.iter().partition(|zone| draft.zones.contains(*zone));
    let absent = absent.into_iter().skip(draft.not_zones.len());
    let mut gaps: Vec<Gap> = absent.map(|zone| Gap::Area(zone.clone())).collect();
    if present.is_empty() {
        return gaps;
    }
    let (mentioned, absent): (Vec<&str>, Vec<&str>) = groups.iter().partition(|group| draft.groups.contains(**group));
    let absent = absent.into_iter().skip(draft.not_groups.len());
    gaps.extend(absent.map(|group| Gap::Group(group.to_owned())));
    for group in mentioned {
        for zone in &present {
            let key = ((*zone).clone(), group.to_owned());
            if !cells.contains_key(&key) {
                gaps.push(Gap::Cell(key.0, key.1));
            }
        }
    }
    for row in unsound {
        if let Some(index) = gaps.iter().position(|gap| gap.may_come_from(&row)) {
            gaps.remove(index);
        }
    }
    gaps
}

/// The parts of groups, each at most its group.
fn subsets(
    draft: &Draft,
    cells: &BTreeMap<(String, String), Found>,
    filled: &mut usize,
    errors: &mut Vec<FieldError>,
) -> Vec<SubsetCount> {
    let mut found: BTreeMap<(String, String, String), SubsetCount> = BTreeMap::new();
    for cell in draft.subsets.iter().chain(&draft.blank_subsets) {
        let subset = cell.subset.clone().unwrap_or_default();
        let is_blank = draft.blank_subsets.iter().any(|blank| blank.at == cell.at);
        let count = match (is_blank, draft.empty_cells) {
            (true, Some(EmptyCells::Zero)) => Some(0),
            (true, Some(EmptyCells::Missing)) => None,
            (true, None) => {
                errors.push(FieldError::new(
                    cell.at.clone(),
                    "missing_cell",
                    format!(
                        "There is no count for {} in {}; empty_cells can say what a gap means.",
                        category(cell),
                        cell.area
                    ),
                    format!(
                        "Der mangler et tal for {} i {}; empty_cells kan sige, hvad et hul betyder.",
                        category(cell),
                        cell.area
                    ),
                ));
                None
            }
            (false, _) => cell.count,
        };
        *filled += usize::from(is_blank);
        let whole = cells.get(&(cell.area.clone(), cell.group.clone()));
        if let (Some(count), Some(Found::Known(whole))) = (count, whole)
            && count > *whole
        {
            errors.push(FieldError::new(
                cell.at.clone(),
                "subset_exceeds_group",
                format!(
                    "{} in {} has {count}, more than the {whole} of the whole group.",
                    category(cell),
                    cell.area
                ),
                format!(
                    "{} i {} har {count}, flere end hele gruppens {whole}.",
                    category(cell),
                    cell.area
                ),
            ));
        }
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

struct Sums {
    by_area: BTreeMap<String, Sum>,
    by_group: BTreeMap<String, Sum>,
    all: Sum,
}

impl Sums {
    fn new(codes: &Codes, groups: &[&str], cells: &BTreeMap<(String, String), Found>) -> Self {
        let of = |zone: Option<&String>, group: Option<&str>| {
            Sum::of(
                cells
                    .iter()
                    .filter(|((z, g), _)| zone.is_none_or(|zone| zone == z) && group.is_none_or(|group| group == g))
                    .map(|(_, found)| *found),
            )
        };
        Self {
            by_area: codes
                .zones
                .iter()
                .map(|zone| (zone.clone(), of(Some(zone), None)))
                .collect(),
            by_group: groups
                .iter()
                .map(|group| ((*group).to_owned(), of(None, Some(group))))
                .collect(),
            all: of(None, None),
        }
    }
}

fn check_totals(draft: &Draft, codes: &Codes, sums: &Sums, subsets: &[SubsetCount], errors: &mut Vec<FieldError>) {
    for total in &draft.totals {
        let (sum, name) = match &total.of {
            TotalOf::All => (Some(sums.all), "all".to_owned()),
            TotalOf::Area(zone) => {
                if let Err(error) = codes.zone(zone, total.at.clone()) {
                    errors.push(error);
                }
                (sums.by_area.get(zone).copied(), zone.clone())
            }
            TotalOf::Group(group) => {
                if let Err(error) = codes.group(group, draft.extracted_on, total.at.clone()) {
                    errors.push(error);
                }
                (sums.by_group.get(group).copied(), group.clone())
            }
            TotalOf::Subset(group, subset) => {
                let is_part = |cell: &&Cell| cell.group == *group && cell.subset.as_ref() == Some(subset);
                let is_unsound = draft.subsets.iter().filter(is_part).any(|cell| cell.count.is_none());
                let rows: Vec<_> = subsets
                    .iter()
                    .filter(|row| row.target_group == *group && row.subset == *subset)
                    .collect();
                let is_whole = !is_unsound && rows.len() == codes.zones.len();
                let sum = Sum::of(rows.iter().map(|row| row.count.map_or(Found::Missing, Found::Known)));
                (Some(sum).filter(|_| is_whole), format!("{group}/{subset}"))
            }
        };
        let Some(sum) = sum.filter(|sum| !sum.is_unsound) else {
            continue;
        };
        let is_right = if sum.has_missing {
            sum.known <= total.count
        } else {
            sum.known == total.count
        };
        if !is_right {
            errors.push(FieldError::new(
                total.at.clone(),
                "total_mismatch",
                format!("The counts of {name} add up to {}, not to {}.", sum.known, total.count),
                format!(
                    "Tallene for {name} giver tilsammen {}, ikke {}.",
                    sum.known, total.count
                ),
            ));
        }
    }
}

/// How many each zone has: the sum, or what is stated where a count is missing; none where neither is sound.
fn zone_counts(draft: &Draft, codes: &Codes, sums: &Sums) -> BTreeMap<String, Option<i64>> {
    let stated = |zone: &String| {
        let mut totals = draft.totals.iter();
        totals
            .find(|total| total.of == TotalOf::Area(zone.clone()))
            .map(|total| total.count)
    };
    codes
        .zones
        .iter()
        .map(|zone| {
            let sum = sums.by_area.get(zone).copied().unwrap_or_default();
            let count = if sum.is_unsound {
                None
            } else {
                sum.whole().or_else(|| stated(zone))
            };
            (zone.clone(), count)
        })
        .collect()
}

fn all_zones<'a>(counts: impl IntoIterator<Item = &'a Option<i64>>) -> Option<i64> {
    counts
        .into_iter()
        .try_fold(0_i64, |sum, count| sum.checked_add((*count)?))
}

/// The areas that a population may be of.
fn population_areas(codes: &Codes) -> Vec<&String> {
    codes
        .zones
        .iter()
        .chain(&codes.whole)
        .chain(&codes.municipality)
        .chain(&codes.rest)
        .collect()
}

fn unknown_area(at: &At, code: &str, allowed: &[&String]) -> FieldError {
    let list: Vec<&str> = allowed.iter().map(|area| area.as_str()).collect();
    let list = list.join(", ");
    FieldError::new(
        at.clone(),
        "unknown_area",
        format!("'{code}' is not one of {list}."),
        format!("'{code}' er ikke en af {list}."),
    )
}

/// The count of an area: of a zone, of all zones, or of a comparator.
fn count_of(area: &str, draft: &Draft, codes: &Codes, zones: &BTreeMap<String, Option<i64>>) -> Option<i64> {
    if codes.whole.as_deref() == Some(area) {
        return all_zones(zones.values());
    }
    match zones.get(area) {
        Some(count) => *count,
        None => draft
            .comparators
            .iter()
            .find(|comparator| comparator.area == area)
            .and_then(|comparator| comparator.count),
    }
}

fn check_population(draft: &Draft, codes: &Codes, zones: &BTreeMap<String, Option<i64>>, errors: &mut Vec<FieldError>) {
    let allowed = population_areas(codes);
    for entry in &draft.population {
        if !allowed.contains(&&entry.area) {
            errors.push(unknown_area(&entry.at, &entry.area, &allowed));
        } else if let Some(count) = count_of(&entry.area, draft, codes, zones)
            && count > entry.value
        {
            errors.push(FieldError::new(
                entry.at.clone(),
                "exceeds_population",
                format!("{} has {count} persons counted out of {}.", entry.area, entry.value),
                format!("{} har {count} personer talt ud af {}.", entry.area, entry.value),
            ));
        }
    }
    let of = |area: Option<&String>| draft.population.iter().find(|entry| Some(&entry.area) == area);
    let zones: Option<i64> = codes
        .zones
        .iter()
        .try_fold(0_i64, |sum, zone| sum.checked_add(of(Some(zone))?.value));
    if let (Some(zones), Some(whole)) = (zones, of(codes.whole.as_ref()))
        && zones != whole.value
    {
        errors.push(FieldError::new(
            whole.at.clone(),
            "total_mismatch",
            format!("The zones' populations add up to {zones}, not to {}.", whole.value),
            format!("Zonernes befolkning giver tilsammen {zones}, ikke {}.", whole.value),
        ));
    }
    let zones = zones.or_else(|| of(codes.whole.as_ref()).map(|whole| whole.value));
    if let (Some(zones), Some(municipality), Some(rest)) =
        (zones, of(codes.municipality.as_ref()), of(codes.rest.as_ref()))
        && municipality.value - zones != rest.value
    {
        errors.push(rest_mismatch(&rest.at, municipality.value, zones, rest.value));
    }
}

fn rest_mismatch(at: &At, municipality: i64, zones: i64, rest: i64) -> FieldError {
    let difference = municipality - zones;
    FieldError::new(
        at.clone(),
        "rest_mismatch",
        format!("The municipality's {municipality} less the zones' {zones} is {difference}, not {rest}."),
        format!("Kommunens {municipality} minus zonernes {zones} er {difference}, ikke {rest}."),
    )
}

fn check_comparators(
    draft: &Draft,
    codes: &Codes,
    zones: &BTreeMap<String, Option<i64>>,
    errors: &mut Vec<FieldError>,
) {
    let allowed: Vec<&String> = codes.municipality.iter().chain(&codes.rest).collect();
    for (index, comparator) in draft.comparators.iter().enumerate() {
        if !allowed.contains(&&comparator.area) {
            errors.push(unknown_area(&comparator.at.field("area"), &comparator.area, &allowed));
        } else if draft.comparators[..index]
            .iter()
            .any(|other| other.area == comparator.area)
        {
            errors.push(FieldError::new(
                comparator.at.clone(),
                "duplicate",
                format!("There is another figure for {}.", comparator.area),
                format!("Der er et andet tal for {}.", comparator.area),
            ));
        }
        if let (Some(share), Some(count)) = (comparator.share, comparator.count) {
            let at = comparator.at.field("share");
            errors.extend(share_mismatch(draft, &comparator.area, share, count, &at));
        }
    }
    let of = |area: Option<&String>| {
        let found = draft
            .comparators
            .iter()
            .find(|comparator| Some(&comparator.area) == area)?;
        Some((found.count?, found.at.field("count")))
    };
    let Some(zones) = all_zones(zones.values()) else { return };
    match (of(codes.municipality.as_ref()), of(codes.rest.as_ref())) {
        (Some((municipality, _)), Some((rest, at))) if municipality - zones != rest => {
            errors.push(rest_mismatch(&at, municipality, zones, rest));
        }
        (Some((municipality, at)), None) if municipality < zones => {
            errors.push(FieldError::new(
                at,
                "less_than_zones",
                format!("The municipality's {municipality} is less than the zones' {zones}."),
                format!("Kommunens {municipality} er mindre end zonernes {zones}."),
            ));
        }
        _ => {}
    }
}

fn check_shares(draft: &Draft, codes: &Codes, zones: &BTreeMap<String, Option<i64>>, errors: &mut Vec<FieldError>) {
    let allowed: Vec<&String> = codes.zones.iter().chain(&codes.whole).collect();
    for entry in &draft.shares {
        if !allowed.contains(&&entry.area) {
            errors.push(unknown_area(&entry.at, &entry.area, &allowed));
        } else if let Some(count) = count_of(&entry.area, draft, codes, zones) {
            errors.extend(share_mismatch(draft, &entry.area, entry.value, count, &entry.at));
        }
    }
}

/// The number that an area's count is divided by, where it was sent.
fn population_of<'a>(population: impl IntoIterator<Item = (&'a String, i64)>, area: &str) -> Option<i64> {
    population
        .into_iter()
        .find(|(known, _)| *known == area)
        .map(|(_, value)| value)
}

/// A stated share must be the quotient, rounded to the decimals that it is stated with.
fn share_mismatch(draft: &Draft, area: &str, stated: Decimal, count: i64, at: &At) -> Option<FieldError> {
    let entries = draft.population.iter().map(|entry| (&entry.area, entry.value));
    let population = population_of(entries, area).filter(|population| *population > 0)?;
    // Half a unit of the last decimal, both ways: whoever rounds half to even is right, too.
    let exact = Decimal::from(count) * Decimal::ONE_HUNDRED / Decimal::from(population);
    let half = Decimal::new(5, stated.scale() + 1);
    if (stated - exact).abs() <= half {
        return None;
    }
    let right = share(count, population, stated.scale().max(SHARE_DECIMALS))?;
    Some(FieldError::new(
        at.clone(),
        "share_mismatch",
        format!("{count} of {population} is {right} %, not {stated} %."),
        format!("{count} ud af {population} er {right} %, ikke {stated} %."),
    ))
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

/// The sums of an extract's content.
pub fn totals(content: &Content) -> Totals {
    let mut by_area: IndexMap<String, Option<i64>> = IndexMap::new();
    let mut by_target_group: IndexMap<String, Option<i64>> = IndexMap::new();
    let mut all = Some(0_i64);
    let add = |sum: Option<i64>, count: Option<i64>| sum.zip(count).map(|(sum, count)| sum + count);
    for row in &content.counts {
        let sum = by_area.entry(row.area.clone()).or_insert(Some(0));
        *sum = add(*sum, row.count);
        let sum = by_target_group.entry(row.target_group.clone()).or_insert(Some(0));
        *sum = add(*sum, row.count);
        all = add(all, row.count);
    }
    for (area, count) in &content.stated_totals {
        by_area.insert(area.clone(), Some(*count));
    }
    Totals {
        by_area,
        by_target_group,
        all,
    }
}

/// The share of every area that has a count: zones, all zones where something is stated of them, the comparators.
pub fn shares(content: &Content, codes: &Codes) -> Vec<ReceiptShare> {
    let by_area = totals(content).by_area;
    let of = |area: &String, count: Option<i64>, stated: Option<Share>| {
        let population = content.population.get(area).copied();
        let divided = count
            .zip(population)
            .and_then(|(count, population)| share(count, population, SHARE_DECIMALS));
        ReceiptShare {
            area: area.clone(),
            count,
            population,
            share: stated.or(divided.map(Share)),
        }
    };
    let mut shares: Vec<ReceiptShare> = by_area
        .iter()
        .map(|(zone, count)| of(zone, *count, content.shares.get(zone).copied()))
        .collect();
    if let Some(whole) = &codes.whole
        && (content.shares.contains_key(whole) || content.population.contains_key(whole))
    {
        shares.push(of(
            whole,
            all_zones(by_area.values()),
            content.shares.get(whole).copied(),
        ));
    }
    shares.extend(
        content
            .comparators
            .iter()
            .map(|comparator| of(&comparator.area, Some(comparator.count), comparator.share)),
    );
    shares
}

/// The figures that an extract gives: shares and counts, see the module of the same name in the domain's description.
pub fn figures(content: &Content, codes: &Codes) -> Vec<NewFigure> {
    let count = |area: &str, category: String, count: Option<i64>, note: Option<String>| NewFigure {
        indicator: COUNT_INDICATOR,
        area: area.to_owned(),
        category,
        value: count.map(Decimal::from),
        numerator: None,
        denominator: None,
        status: status(count),
        note,
    };
    let mut figures: Vec<NewFigure> = Vec::new();
    for row in &content.counts {
        figures.push(count(&row.area, row.target_group.clone(), row.count, row.note.clone()));
    }
    for row in &content.subsets {
        let category = format!("{}/{}", row.target_group, row.subset);
        figures.push(count(&row.area, category, row.count, row.note.clone()));
    }
    let is_zone = |area: &String| codes.zones.contains(area);
    for row in shares(content, codes) {
        let note = content
            .comparators
            .iter()
            .find(|comparator| comparator.area == row.area)
            .and_then(|comparator| comparator.note.clone());
        if is_zone(&row.area) || Some(&row.area) != codes.whole.as_ref() {
            figures.push(count(&row.area, String::new(), row.count, note.clone()));
        }
        figures.push(NewFigure {
            indicator: SHARE_INDICATOR,
            area: row.area,
            category: String::new(),
            value: row.share.map(|share| share.0),
            numerator: row.count,
            denominator: row.population,
            status: if row.share.is_some() {
                Status::Final
            } else {
                Status::Missing
            },
            note,
        });
    }
    figures
}

/// Every figure that an extract states, by what it is: for telling two revisions apart.
pub fn figures_by_key(content: &Content) -> BTreeMap<Key, Option<Decimal>> {
    let mut figures: BTreeMap<Key, Option<Decimal>> = BTreeMap::new();
    for row in &content.counts {
        let key = ("count", row.area.clone(), row.target_group.clone());
        figures.insert(key, row.count.map(Decimal::from));
    }
    for row in &content.subsets {
        let key = (
            "count",
            row.area.clone(),
            format!("{}/{}", row.target_group, row.subset),
        );
        figures.insert(key, row.count.map(Decimal::from));
    }
    for (area, population) in &content.population {
        let key = ("population", area.clone(), String::new());
        figures.insert(key, Some(Decimal::from(*population)));
    }
    for row in &content.comparators {
        figures.insert(
            ("count", row.area.clone(), String::new()),
            Some(Decimal::from(row.count)),
        );
        if let Some(share) = row.share {
            figures.insert(("share", row.area.clone(), String::new()), Some(share.0));
        }
    }
    for (area, share) in &content.shares {
        figures.insert(("share", area.clone(), String::new()), Some(share.0));
    }
    figures
}

/// Whether a figure is so far from that of the extract before that someone should look: over 50 % and over 10 persons.
pub fn is_jump(before: i64, after: i64) -> bool {
    let distance = (after - before).abs();
    distance > 10 && distance * 2 > before
}
