//! What the tables of a release are made of, and their cells; pure.

use serde::{Deserialize, Serialize};

use crate::disclosure::{
    CellId, CountError, Counts, Dimension, Known, Plan, PlanDefinition, Published, Shape, ShapeError, Table, wholes,
};

/// The tables of a quarter, as [`Plan::new`] names them.
pub(crate) const TABLES: [&str; 4] = [
    "department-activity",
    "zone-activity-age",
    "zone-activity-gender",
    "zone-age-gender",
];
/// The table of the parts of a quarter's participants, in releases that have any.
pub(crate) const OUTCOMES: &str = "outcomes";
/// The table of target groups in the zones.
pub(crate) const TARGET_GROUPS: &str = "target-group-zone";

/// What a release's tables are made of: codes only. Stored with the release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "subject", rename_all = "snake_case")]
pub(crate) enum Definition {
    /// The tables of a quarter.
    Participation(PlanDefinition),
    /// The table of a date.
    Kendskabsgrad(TargetGroups),
}

impl Definition {
    /// The names of its tables.
    pub(crate) fn tables(&self, has_parts: bool) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Participation(_) => &TABLES,
            Self::Kendskabsgrad(_) => &[TARGET_GROUPS],
        };
        let names = names.iter().copied().chain(has_parts.then_some(OUTCOMES));
        names.map(str::to_owned).collect()
    }
}

/// Target groups and zones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TargetGroups {
    /// The groups, each with the part of it that is counted on its own, where there is one.
    pub(crate) groups: Vec<(String, Option<String>)>,
    /// The zones.
    pub(crate) zones: Vec<String>,
}

/// A definition with its cells.
#[derive(Clone, Debug)]
pub(crate) enum Cube {
    /// The tables of a quarter.
    Participation(Plan),
    /// The table of a date.
    Kendskabsgrad(Shape),
}

impl Cube {
    /// The cells of a definition.
    pub(crate) fn new(definition: &Definition) -> Result<Self, ShapeError> {
        match definition {
            Definition::Participation(definition) => Ok(Self::Participation(Plan::new(definition.clone())?)),
            Definition::Kendskabsgrad(definition) => Ok(Self::Kendskabsgrad(definition.shape()?)),
        }
    }

    /// The cells.
    pub(crate) fn shape(&self) -> &Shape {
        match self {
            Self::Participation(plan) => plan.shape(),
            Self::Kendskabsgrad(shape) => shape,
        }
    }

    /// Which people are known to whoever knows these activities exactly.
    pub(crate) fn known(&self, activities: &[String]) -> Result<Option<Known>, CountError> {
        match self {
            Self::Participation(plan) if !activities.is_empty() => {
                let activities: Vec<&str> = activities.iter().map(String::as_str).collect();
                plan.knowing(&activities).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The activities, in the order in which parts are frozen.
    pub(crate) fn activities(&self) -> &[String] {
        match self {
            Self::Participation(plan) => &plan.definition().activities,
            Self::Kendskabsgrad(_) => &[],
        }
    }

    /// What is shown of each activity as a whole.
    pub(crate) fn wholes(&self, published: &Published) -> Vec<Option<u64>> {
        match self {
            Self::Participation(plan) => wholes(plan, published),
            Self::Kendskabsgrad(_) => Vec::new(),
        }
    }

    /// The zone that the area of a cell is or lies in; the total where it is about all.
    pub(crate) fn zone(&self, cell: CellId) -> &str {
        let shape = self.shape();
        let at = match self {
            Self::Participation(_) => 0,
            Self::Kendskabsgrad(_) => 1,
        };
        let nodes = shape.dimensions()[at].nodes();
        let mut node = usize::from(shape.nodes(cell)[at]);
        while let Some(parent) = nodes[node].parent.filter(|parent| *parent != 0) {
            node = parent;
        }
        &nodes[node].code
    }
}

/// People of a group and zone.
pub(crate) struct GroupCount<'a> {
    /// The group.
    pub(crate) group: &'a str,
    /// The zone.
    pub(crate) zone: &'a str,
    /// How many.
    pub(crate) count: u64,
    /// How many of them are in the group's part.
    pub(crate) part: Option<u64>,
}

impl TargetGroups {
    /// The code of a group's part, and of the rest of it.
    fn parts_of(group: &str, part: &str) -> [String; 2] {
        [format!("{group}/{part}"), format!("{group}/not-{part}")]
    }

    fn shape(&self) -> Result<Shape, ShapeError> {
        let mut groups = Vec::new();
        for (group, part) in &self.groups {
            let parent = groups.len();
            groups.push((group.clone(), None));
            if let Some(part) = part {
                groups.extend(Self::parts_of(group, part).map(|code| (code, Some(parent))));
            }
        }
        let depth = if self.groups.iter().any(|(_, part)| part.is_some()) {
            2
        } else {
            1
        };
        let dimensions = vec![
            Dimension::tree("target_group", groups),
            Dimension::flat("area", self.zones.clone()),
        ];
        let table = Table {
            name: TARGET_GROUPS.to_owned(),
            depths: vec![depth, 1],
        };
        Shape::small(dimensions, vec![table])
    }

    /// Counts people. A group that has a part needs the part's number, too.
    pub(crate) fn count<'a>(
        &self,
        shape: &Shape,
        counted: impl IntoIterator<Item = GroupCount<'a>>,
    ) -> Result<Counts, CountError> {
        let place = |group: &str, zone: &str| {
            let [groups, zones] = [(0, group), (1, zone)].map(|(at, code)| {
                let dimension = &shape.dimensions()[at];
                let leaf = dimension.find(code).and_then(|node| dimension.leaf_of(node));
                leaf.ok_or_else(|| CountError::Unknown {
                    dimension: dimension.code().to_owned(),
                    code: code.to_owned(),
                })
            });
            let mut place = [0; crate::disclosure::MAX_DIMENSIONS];
            place[0] = groups? as u16;
            place[1] = zones? as u16;
            Ok(place)
        };
        let mut people = Vec::new();
        for one in counted {
            let part = self.groups.iter().find(|(group, _)| group == one.group);
            match part.and_then(|(_, part)| part.as_deref()) {
                None => people.push((place(one.group, one.zone)?, one.count)),
                Some(part) => {
                    let inside = one.part.ok_or(CountError::Parts)?;
                    let rest = one.count.checked_sub(inside);
                    let rest = rest.ok_or_else(|| CountError::PartExceedsWhole(part.to_owned()))?;
                    let [part, others] = Self::parts_of(one.group, part);
                    people.push((place(&part, one.zone)?, inside));
                    people.push((place(&others, one.zone)?, rest));
                }
            }
        }
        Counts::of(shape, people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclosure::synthetic;

    #[test]
    fn a_quarter_has_the_tables_that_are_named() {
        let definition = Definition::Participation(synthetic::definition().with_everybody());
        let cube = Cube::new(&definition).unwrap();
        let names: Vec<String> = cube.shape().tables().iter().map(|table| table.name.clone()).collect();
        assert_eq!(names, definition.tables(false));
        let zone_of = |code: &str| {
            let cell = cube.shape().find(&[code, "total", "total", "total"]).unwrap();
            cube.zone(cell).to_owned()
        };
        assert_eq!(zone_of("department-12"), "zone-2");
        assert_eq!(zone_of("zone-3-unknown"), "zone-3");
        assert_eq!(
            (zone_of("outside"), zone_of("total")),
            ("outside".into(), "total".into())
        );
        let text = serde_json::to_string(&definition).unwrap();
        assert_eq!(serde_json::from_str::<Definition>(&text).unwrap(), definition);
    }

    #[test]
    fn a_part_of_a_target_group_leaves_the_rest_of_it() {
        let target_groups = TargetGroups {
            groups: vec![("6.1".into(), None), ("6.9".into(), Some("unemployed".into()))],
            zones: vec!["zone-1".into(), "zone-2".into()],
        };
        let shape = target_groups.shape().unwrap();
        let counted = |zone, count, part| GroupCount {
            group: "6.9",
            zone,
            count,
            part,
        };
        let counts = target_groups
            .count(&shape, [counted("zone-1", 20, Some(14)), counted("zone-2", 9, Some(9))])
            .unwrap();
        let of = |group: &str, zone: &str| counts.cell(&shape, shape.find(&[group, zone]).unwrap());
        assert_eq!(
            (of("6.9/unemployed", "zone-1"), of("6.9/not-unemployed", "zone-1")),
            (14, 6)
        );
        assert_eq!((of("6.9", "total"), of("total", "total")), (29, 29));
        assert!(target_groups.count(&shape, [counted("zone-1", 3, Some(4))]).is_err());
        assert!(target_groups.count(&shape, [counted("zone-1", 3, None)]).is_err());
    }
}
