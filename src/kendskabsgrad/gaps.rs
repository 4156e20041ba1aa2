//! What is absent from an extract; pure.
//!
//! # Quirks
//!
//! - A row that names no cell (unknown zone or group) or one already named leaves a gap where it was meant to stand. One
//!   gap that shares its zone or group is put down to it and not reported. In the same way an unknown zone or group code
//!   stands for a zone or group that is not mentioned at all, if it has more than half of the cells that one would have.
//! - A zone or group that is not mentioned at all is an error even where `empty_cells` says what gaps mean: a table
//!   without a zone is a mistake, not a zone without unemployed.

use std::collections::BTreeMap;

use super::draft::{Codes, Draft, Unsound};
use super::rules::{Cells, Found};
use crate::problem::{At, FieldError};

/// Something that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Gap {
    Area(String),
    Group(String),
    Cell(String, String),
}

/// The errors of what is absent, less what unsound rows explain. `duplicates` are rows for a cell that had one.
pub fn errors(
    draft: &Draft,
    codes: &Codes,
    groups: &[&str],
    cells: &Cells,
    duplicates: Vec<Unsound>,
) -> Vec<FieldError> {
    let gaps = find(draft, codes, groups, cells, duplicates);
    gaps.iter().filter_map(|gap| gap.error(draft)).collect()
}

fn find(draft: &Draft, codes: &Codes, groups: &[&str], cells: &Cells, duplicates: Vec<Unsound>) -> Vec<Gap> {
    let (present, absent): (Vec<&String>, Vec<&String>) =
        codes.zones.iter().partition(|zone| draft.zones.contains(*zone));
    let explained = wholes(&draft.not_zones, groups.len());
    let absent = absent.into_iter().skip(explained);
    let mut gaps: Vec<Gap> = absent.map(|zone| Gap::Area(zone.clone())).collect();
    if present.is_empty() {
        return gaps;
    }
    let (mentioned, absent): (Vec<&str>, Vec<&str>) = groups.iter().partition(|group| draft.groups.contains(**group));
    let explained = wholes(&draft.not_groups, present.len());
    let absent = absent.into_iter().skip(explained);
    gaps.extend(absent.map(|group| Gap::Group(group.to_owned())));
    for group in mentioned {
        for zone in &present {
            let key = ((*zone).clone(), group.to_owned());
            if matches!(cells.get(&key), None | Some(Found::Absent)) {
                gaps.push(Gap::Cell(key.0, key.1));
            }
        }
    }
    for row in draft.unsound.iter().chain(&duplicates) {
        if let Some(index) = gaps.iter().position(|gap| gap.may_come_from(row)) {
            gaps.remove(index);
        }
    }
    gaps
}

/// How many of the unknown codes stand in so many cells that each may be meant for a whole zone or group.
fn wholes(unknown: &BTreeMap<String, usize>, size: usize) -> usize {
    unknown.values().filter(|cells| **cells * 2 > size).count()
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
            Gap::Cell(zone, group) => {
                let blank = draft.blanks.get(&(zone.clone(), group.clone()));
                Some(missing_cell(blank.cloned().unwrap_or(at), group, zone))
            }
        }
    }
}

/// A cell that is blank or not sent, where nobody says what that means.
pub fn missing_cell(at: At, category: &str, zone: &str) -> FieldError {
    FieldError::new(
        at,
        "missing_cell",
        format!("There is no count for {category} in {zone}; empty_cells can say what a gap means."),
        format!("Der mangler et tal for {category} i {zone}; empty_cells kan sige, hvad et hul betyder."),
    )
}
