//! The rows of a masked table: everything that is filtered, sorted and written out comes from what was released; pure.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::cube::Cube;
use super::rules::Shown;
use crate::disclosure::{CellId, Published};
use crate::problem::{At, FieldError};
use crate::text::quoted;

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The code in each dimension, `total` where it is a margin.
    pub(crate) codes: Vec<String>,
    /// The zone that its area is or lies in.
    pub(crate) zone: String,
    /// How many; none where it is hidden.
    pub(crate) value: Option<u64>,
}

impl Row {
    /// Whether it is shown.
    pub(crate) fn status(&self) -> Shown {
        Shown::of(self.value)
    }
}

/// Which rows, and in which order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// The codes that a dimension may have, by its name; all where it is not named. `zone` is as good as a dimension.
    pub(crate) codes: BTreeMap<&'static str, Vec<String>>,
    /// The least value: of rows that are hidden nobody can tell, so none of them is among these.
    pub(crate) min_value: Option<u64>,
    /// What to sort by, and whether downwards; then by the table's own order.
    pub(crate) sort: Vec<(String, bool)>,
}

/// The name by which rows are sorted by their value.
const VALUE: &str = "value";

/// The rows of a table; the errors where it has no such codes or nothing of that name to sort by.
pub(crate) fn rows(
    cube: &Cube,
    cells: &[CellId],
    published: &Published,
    choice: &Choice,
) -> Result<Vec<Row>, Vec<FieldError>> {
    let shape = cube.shape();
    let names: Vec<&str> = shape.dimensions().iter().map(|dimension| dimension.code()).collect();
    let keys = judge(cube, &names, choice)?;
    let is_chosen = |cell: &CellId| {
        let mut asked = choice.codes.iter();
        let matches = asked.all(|(name, codes)| match names.iter().position(|known| known == name) {
            Some(at) => {
                let code = shape.codes(*cell).nth(at);
                codes.iter().any(|wanted| Some(wanted.as_str()) == code)
            }
            None => codes.iter().any(|wanted| wanted == cube.zone(*cell)),
        });
        let is_enough = |least: u64| published.value(*cell).is_some_and(|value| value >= least);
        matches && choice.min_value.is_none_or(is_enough)
    };
    let mut chosen: Vec<CellId> = cells.iter().copied().filter(is_chosen).collect();
    chosen.sort_by(|one, other| {
        let by_keys = keys.iter().map(|(key, is_down)| match key {
            Some(at) => {
                let order = shape.nodes(*one)[*at].cmp(&shape.nodes(*other)[*at]);
                if *is_down { order.reverse() } else { order }
            }
            None => by_value(published.value(*one), published.value(*other), *is_down),
        });
        let own = || shape.nodes(*one).cmp(shape.nodes(*other));
        by_keys.fold(Ordering::Equal, Ordering::then).then_with(own)
    });
    let row = |cell: &CellId| Row {
        codes: shape.codes(*cell).map(str::to_owned).collect(),
        zone: cube.zone(*cell).to_owned(),
        value: published.value(*cell),
    };
    Ok(chosen.iter().map(row).collect())
}

/// Hidden values come last, upwards and downwards: they are nowhere among the others.
fn by_value(one: Option<u64>, other: Option<u64>, is_down: bool) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) if is_down => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// What to sort by: the place of a dimension, or none for the value; the errors where something is not there.
fn judge(cube: &Cube, names: &[&str], choice: &Choice) -> Result<Vec<(Option<usize>, bool)>, Vec<FieldError>> {
    let mut errors = Vec::new();
    for (name, codes) in &choice.codes {
        let at = names.iter().position(|known| known == name);
        let area = names.iter().position(|known| *known == "area");
        let Some(dimension) = at.or(area).map(|at| &cube.shape().dimensions()[at]) else {
            continue;
        };
        let is_there = |code: &&String| {
            let node = dimension.find(code).map(|node| &dimension.nodes()[node]);
            node.is_some_and(|node| at.is_some() || node.level <= 1)
        };
        for code in codes.iter().filter(|code| !is_there(code)) {
            errors.push(unknown_category(name, code));
        }
    }
    let mut keys = Vec::new();
    for (name, is_down) in &choice.sort {
        match names.iter().position(|known| known == name) {
            Some(at) => keys.push((Some(at), *is_down)),
            None if name == VALUE => keys.push((None, *is_down)),
            None => {
                let known = names.join(", ");
                errors.push(FieldError::new(
                    At::Parameter("sort".into()),
                    "invalid_value",
                    format!("The table is sorted by {known} or {VALUE}, not by '{}'.", quoted(name)),
                    format!(
                        "Tabellen sorteres efter {known} eller {VALUE}, ikke efter '{}'.",
                        quoted(name)
                    ),
                ));
            }
        }
    }
    if errors.is_empty() { Ok(keys) } else { Err(errors) }
}

/// A dimension of a table has no such code.
pub(crate) fn unknown_category(name: &str, code: &str) -> FieldError {
    let code = quoted(code);
    FieldError::new(
        At::Parameter(name.to_owned().into()),
        "unknown_category",
        format!("The table has no {name} '{code}'."),
        format!("Tabellen har ingen {name} '{code}'."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclosure::{Counts, Plan, Published, Record, synthetic};

    /// 3 of department 1 are hidden; 8 of department 2 and nobody else.
    fn sample() -> (Cube, Published, Vec<CellId>) {
        let mut definition = synthetic::definition();
        definition.zones.truncate(1);
        definition.zones[0].departments.truncate(3);
        definition.activities.truncate(1);
        let plan = Plan::new(definition).unwrap();
        let record = |area, participants| Record {
            area,
            activity: "activity-1",
            age_band: "10-14",
            gender: "female",
            participants,
            parts: &[],
        };
        let counts: Counts = plan
            .count([record("department-1", 3), record("department-2", 8)])
            .unwrap();
        let small = |cell: CellId| (1..5).contains(&counts.cell(plan.shape(), cell));
        let published = Published::mask(plan.shape(), &counts, small);
        let cells = plan.shape().table("department-activity").unwrap();
        (Cube::Participation(plan), published, cells)
    }

    fn values(choice: &Choice) -> Vec<Option<u64>> {
        let (cube, published, cells) = sample();
        let rows = rows(&cube, &cells, &published, choice).unwrap();
        rows.iter().map(|row| row.value).collect()
    }

    fn sorted(sort: &str) -> Choice {
        let (name, is_down) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
        Choice {
            codes: BTreeMap::from([("activity", vec!["activity-1".to_owned()])]),
            sort: vec![(name.to_owned(), is_down)],
            ..Choice::default()
        }
    }

    #[test]
    fn hidden_rows_come_last_however_the_table_is_sorted() {
        assert_eq!(values(&sorted("value")), [Some(0), Some(8), Some(11), Some(11), None]);
        assert_eq!(values(&sorted("-value")), [Some(11), Some(11), Some(8), Some(0), None]);
    }

    #[test]
    fn no_least_value_finds_a_hidden_row() {
        for least in [0, 1, 3, 4] {
            let choice = Choice {
                min_value: Some(least),
                ..sorted("area")
            };
            assert!(!values(&choice).contains(&None), "{least}");
        }
        assert!(values(&sorted("area")).contains(&None));
    }

    #[test]
    fn a_zone_is_found_with_its_departments() {
        let choice = Choice {
            codes: BTreeMap::from([("zone", vec!["zone-1".to_owned()])]),
            ..sorted("area")
        };
        assert_eq!(values(&choice).len(), 8);
    }

    #[test]
    fn what_a_table_does_not_have_is_named() {
        let (cube, published, cells) = sample();
        let choice = Choice {
            codes: BTreeMap::from([
                ("area", vec!["zone-9".to_owned()]),
                ("zone", vec!["department-1".to_owned()]),
            ]),
            sort: vec![("colour".to_owned(), false)],
            ..Choice::default()
        };
        let errors = rows(&cube, &cells, &published, &choice).unwrap_err();
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, ["unknown_category", "unknown_category", "invalid_value"]);
    }
}
