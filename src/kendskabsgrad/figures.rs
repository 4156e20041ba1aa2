//! What follows from an extract's content: sums, shares, measurements; pure.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::draft::Codes;
use super::model::{Content, ReceiptShare, Share, Totals};
use super::rules::{Key, SHARE_DECIMALS, status};
use crate::indicators::rules::{NewFigure, Status, share};

/// The share's indicator.
pub const SHARE_INDICATOR: &str = "kendskabsgrad";
/// The counts' indicator.
pub const COUNT_INDICATOR: &str = "kendskabsgrad-count";

/// How many all zones have together; none where one is unknown.
pub fn all_zones<'a>(counts: impl IntoIterator<Item = &'a Option<i64>>) -> Option<i64> {
    counts
        .into_iter()
        .try_fold(0_i64, |sum, count| sum.checked_add((*count)?))
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
    let stated = &content.stated_totals;
    for (area, count) in &stated.by_area {
        by_area.insert(area.clone(), Some(*count));
    }
    for (group, count) in &stated.by_target_group {
        by_target_group.insert(group.clone(), Some(*count));
    }
    Totals {
        all: all.or(stated.all).or_else(|| all_zones(by_area.values())),
        by_area,
        by_target_group,
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

/// The figures that an extract gives: `kendskabsgrad` with numerator and, where known, denominator, and
/// `kendskabsgrad-count` by target group, by part of a group, and as a whole.
pub fn measurements(content: &Content, codes: &Codes) -> Vec<NewFigure> {
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
    for row in shares(content, codes) {
        let note = content
            .comparators
            .iter()
            .find(|comparator| comparator.area == row.area)
            .and_then(|comparator| comparator.note.clone())
            .or_else(|| content.note.clone());
        if Some(&row.area) != codes.whole.as_ref() {
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
pub fn by_key(content: &Content) -> BTreeMap<Key, Option<Decimal>> {
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
