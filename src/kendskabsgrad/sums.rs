//! What must add up in an extract: totals, populations, comparators, shares; pure.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::draft::{Cell, Codes, Draft, TotalOf};
use super::figures::all_zones;
use super::model::{StatedTotals, SubsetCount};
use super::rules::{Cells, Found, SHARE_DECIMALS};
use crate::indicators::rules::share;
use crate::problem::{At, FieldError};
use crate::text::quoted;

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
                Found::Unsound | Found::Absent => sum.is_unsound = true,
            }
            sum
        })
    }

    fn known(known: i64) -> Self {
        Self {
            known,
            ..Self::default()
        }
    }

    fn whole(self) -> Option<i64> {
        (!self.has_missing && !self.is_unsound).then_some(self.known)
    }
}

struct Sums {
    by_area: BTreeMap<String, Sum>,
    by_group: BTreeMap<String, Sum>,
    all: Sum,
}

impl Sums {
    fn new(codes: &Codes, groups: &[&str], cells: &Cells) -> Self {
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

/// Judges everything that must add up; gives the totals that were stated where a count is missing.
pub fn check(
    draft: &Draft,
    codes: &Codes,
    groups: &[&str],
    cells: &Cells,
    subsets: &[SubsetCount],
    errors: &mut Vec<FieldError>,
) -> StatedTotals {
    let sums = Sums::new(codes, groups, cells);
    let zones = zone_counts(draft, codes, &sums);
    let stated = check_totals(draft, codes, &sums, &zones, subsets, errors);
    check_population(draft, codes, &zones, errors);
    check_comparators(draft, codes, &zones, errors);
    check_shares(draft, codes, &zones, errors);
    stated
}

/// Totals must be the sums; where a count is missing, at least what is known, and zones must add up to the whole.
fn check_totals(
    draft: &Draft,
    codes: &Codes,
    sums: &Sums,
    zones: &BTreeMap<String, Option<i64>>,
    subsets: &[SubsetCount],
    errors: &mut Vec<FieldError>,
) -> StatedTotals {
    let mut stated = StatedTotals::default();
    for total in &draft.totals {
        let (sum, name, name_da) = match &total.of {
            TotalOf::All => {
                let whole = all_zones(zones.values()).map(Sum::known);
                (
                    whole.or(Some(sums.all)),
                    "all zones".to_owned(),
                    "alle zoner".to_owned(),
                )
            }
            TotalOf::Area(zone) => {
                errors.extend(codes.zone(zone, total.at.clone()).err());
                (sums.by_area.get(zone).copied(), quoted(zone), quoted(zone))
            }
            TotalOf::Group(group) => {
                errors.extend(codes.group(group, draft.extracted_on, total.at.clone()).err());
                (sums.by_group.get(group).copied(), quoted(group), quoted(group))
            }
            TotalOf::Subset(group, subset) => {
                let name = format!("{group}/{subset}");
                (subset_sum(draft, codes, subsets, group, subset), name.clone(), name)
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
                    "Tallene for {name_da} giver tilsammen {}, ikke {}.",
                    sum.known, total.count
                ),
            ));
        } else if sum.has_missing {
            match &total.of {
                TotalOf::All => stated.all = Some(total.count),
                TotalOf::Area(zone) => {
                    stated.by_area.insert(zone.clone(), total.count);
                }
                TotalOf::Group(group) => {
                    stated.by_target_group.insert(group.clone(), total.count);
                }
                TotalOf::Subset(..) => {}
            }
        }
    }
    stated
}

/// The sum of a part of a group over all zones; none where a zone has no figure or one that is unsound.
fn subset_sum(draft: &Draft, codes: &Codes, subsets: &[SubsetCount], group: &str, subset: &str) -> Option<Sum> {
    let is_part = |cell: &&Cell| cell.group == group && cell.subset.as_deref() == Some(subset);
    if draft.subsets.iter().filter(is_part).any(|cell| cell.count.is_none()) {
        return None;
    }
    let rows = subsets
        .iter()
        .filter(|row| row.target_group == group && row.subset == subset);
    let found: Vec<Found> = rows.map(|row| row.count.map_or(Found::Missing, Found::Known)).collect();
    (found.len() == codes.zones.len()).then(|| Sum::of(found.into_iter()))
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
        format!("'{}' is not one of {list}.", quoted(code)),
        format!("'{}' er ikke en af {list}.", quoted(code)),
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
    let (municipality, rest) = (of(codes.municipality.as_ref()), of(codes.rest.as_ref()));
    match (zones, municipality, rest) {
        (Some(zones), Some(municipality), Some(rest)) if municipality.value - zones != rest.value => {
            errors.push(rest_mismatch(&rest.at, municipality.value, zones, rest.value));
        }
        (Some(zones), Some(municipality), None) if municipality.value < zones => {
            errors.push(less_than_zones(&municipality.at, municipality.value, zones));
        }
        _ => {}
    }
}

fn less_than_zones(at: &At, municipality: i64, zones: i64) -> FieldError {
    FieldError::new(
        at.clone(),
        "less_than_zones",
        format!("The municipality's {municipality} is less than the zones' {zones}."),
        format!("Kommunens {municipality} er mindre end zonernes {zones}."),
    )
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
            errors.push(less_than_zones(&at, municipality, zones));
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
        format!(
            "{count} ud af {population} er {} %, ikke {} %.",
            danish(right),
            danish(stated)
        ),
    ))
}

/// A number with a decimal comma.
fn danish(number: Decimal) -> String {
    number.to_string().replace('.', ",")
}
