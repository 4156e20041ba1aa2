//! The publishing plan of participation: which tables a quarter is published in.

use serde::{Deserialize, Serialize};

use super::counts::{CountError, Counts, Known};
use super::dimension::{Dimension, TOTAL};
use super::shape::{CellId, MAX_DIMENSIONS, Place, Shape, ShapeError, Table};

/// The code of the zone of everybody who lives in none of the plan's zones.
pub const OUTSIDE: &str = "outside";
/// The first age of each age band unless reference data says otherwise.
pub const AGE_BANDS: [&str; 6] = ["0-9", "10-14", "15-17", "18-29", "30-64", "65-plus"];
/// The genders unless reference data says otherwise.
pub const GENDERS: [&str; 3] = ["female", "male", "other-unknown"];

const ACTIVITY: usize = 1;
const PART: usize = 4;

/// A zone and its departments; a zone without any is counted as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The zone's code.
    pub code: String,
    /// Its departments' codes.
    pub departments: Vec<String>,
}

/// What a plan's tables are made of: codes only. Stored with every release, for the cells' numbers depend on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDefinition {
    /// The zones.
    pub zones: Vec<Zone>,
    /// The activities.
    pub activities: Vec<String>,
    /// The age bands, youngest first.
    pub age_bands: Vec<String>,
    /// The genders.
    pub genders: Vec<String>,
    /// Parts of the participants, such as newcomers; shown under the same rules as the whole.
    pub parts: Vec<String>,
}

impl PlanDefinition {
    /// Gives every zone a department for people of whom no more is known, and adds the zone [`OUTSIDE`]: so every
    /// participant has a leaf.
    pub fn with_everybody(mut self) -> Self {
        for zone in &mut self.zones {
            zone.departments.push(unknown_in(&zone.code));
        }
        self.zones.push(Zone {
            code: OUTSIDE.to_owned(),
            departments: Vec::new(),
        });
        self
    }
}

/// The code of the department `unknown` of a zone.
pub fn unknown_in(zone: &str) -> String {
    format!("{zone}-unknown")
}

/// People of one area, activity, age band and gender, as they were reported.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// A department, or a zone that has none.
    pub area: &'a str,
    /// The activity.
    pub activity: &'a str,
    /// The age band.
    pub age_band: &'a str,
    /// The gender.
    pub gender: &'a str,
    /// How many people.
    pub participants: u64,
    /// How many of them are in each part, in the order of the definition.
    pub parts: &'a [u64],
}

/// The four tables of a quarter with all their margins:
///
/// | table | |
/// |---|---|
/// | `department-activity` | departments in zones in the plan × activity |
/// | `zone-activity-age` | zones in the plan × activity × age band |
/// | `zone-activity-gender` | zones in the plan × activity × gender |
/// | `zone-age-gender` | zones in the plan × age band × gender |
///
/// Each is shown for all participants and, where the plan has parts, for each part and the rest.
///
/// Departments occur in one table only, so the leaves reduce exactly to u(department, activity) and v(zone, activity,
/// age band, gender), linked by their common margin zone × activity (with parts: both also by combination of parts).
#[derive(Clone, Debug)]
pub struct Plan {
    definition: PlanDefinition,
    shape: Shape,
}

impl Plan {
    /// The plan of a definition; refused if a code occurs twice or a dimension is empty.
    pub fn new(definition: PlanDefinition) -> Result<Self, ShapeError> {
        let table = |name: &str, depths: [usize; 4]| (name.to_owned(), depths);
        let tables = [
            table("department-activity", [2, 1, 0, 0]),
            table("zone-activity-age", [1, 1, 1, 0]),
            table("zone-activity-gender", [1, 1, 0, 1]),
            table("zone-age-gender", [1, 0, 1, 1]),
        ];
        Self::with_tables(definition, &tables)
    }

    /// A plan of other tables; each has a depth in area (2: departments), activity, age band and gender.
    ///
    /// Refused where the reduction does not hold: departments may be crossed with activities only.
    pub fn with_tables(definition: PlanDefinition, tables: &[(String, [usize; 4])]) -> Result<Self, ShapeError> {
        let mut areas = Vec::new();
        for zone in &definition.zones {
            let parent = areas.len();
            areas.push((zone.code.clone(), None));
            areas.extend(zone.departments.iter().map(|code| (code.clone(), Some(parent))));
        }
        let mut dimensions = vec![
            Dimension::tree("area", areas),
            Dimension::flat("activity", definition.activities.clone()),
            Dimension::flat("age_band", definition.age_bands.clone()),
            Dimension::flat("gender", definition.genders.clone()),
        ];
        let has_parts = !definition.parts.is_empty();
        if has_parts {
            dimensions.push(Dimension::parts("part", &definition.parts));
        }
        let with_parts = |depths: [usize; 4]| {
            let mut depths = depths.to_vec();
            depths.extend(has_parts.then_some(1));
            depths
        };
        let tables = tables.iter().map(|(name, depths)| Table {
            name: name.clone(),
            depths: with_parts(*depths),
        });
        let sides = [with_parts([2, 1, 0, 0]), with_parts([1, 1, 1, 1])];
        let shape = Shape::new(dimensions, tables.collect(), &sides)?;
        Ok(Self { definition, shape })
    }

    /// What it is made of.
    pub fn definition(&self) -> &PlanDefinition {
        &self.definition
    }

    /// Its cells.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The cell of everybody in an activity.
    pub fn activity_margin(&self, activity: &str) -> Option<CellId> {
        let codes = self.shape.dimensions().iter().enumerate();
        let codes: Vec<&str> = codes
            .map(|(at, _)| if at == ACTIVITY { activity } else { TOTAL })
            .collect();
        self.shape.find(&codes)
    }

    /// Counts records. Whoever is in several parts is not reported, so of each record the first people are put into
    /// each part: one possible table with these numbers, and no published cell depends on which.
    pub fn count<'a>(&self, records: impl IntoIterator<Item = Record<'a>>) -> Result<Counts, CountError> {
        let mut people = Vec::new();
        for record in records {
            let mut place: Place = [0; MAX_DIMENSIONS];
            let codes = [record.area, record.activity, record.age_band, record.gender];
            for (at, code) in codes.into_iter().enumerate() {
                let dimension = &self.shape.dimensions()[at];
                let leaf = dimension.find(code).and_then(|node| dimension.leaf_of(node));
                place[at] = leaf.ok_or_else(|| CountError::Unknown {
                    dimension: dimension.code().to_owned(),
                    code: code.to_owned(),
                })? as u16;
            }
            if record.parts.len() != self.definition.parts.len() {
                return Err(CountError::Parts);
            }
            for (part, number) in self.definition.parts.iter().zip(record.parts) {
                if *number > record.participants {
                    return Err(CountError::PartExceedsWhole(part.clone()));
                }
            }
            let mut ends: Vec<u64> = record.parts.iter().copied().chain([record.participants]).collect();
            ends.sort_unstable();
            let mut start = 0;
            for end in ends {
                if end > start {
                    let bits = record.parts.iter().enumerate();
                    let combination: u16 = bits.map(|(bit, number)| u16::from(*number > start) << bit).sum();
                    if !record.parts.is_empty() {
                        place[PART] = combination;
                    }
                    people.push((place, end - start));
                    start = end;
                }
            }
        }
        Counts::of(&self.shape, people)
    }

    /// What an organisation knows that reported these activities: everything of theirs.
    pub fn knowing(&self, activities: &[&str]) -> Result<Known, CountError> {
        let dimension = &self.shape.dimensions()[ACTIVITY];
        let leaves = activities.iter().map(|code| {
            let leaf = dimension.find(code).and_then(|node| dimension.leaf_of(node));
            leaf.ok_or_else(|| CountError::Unknown {
                dimension: dimension.code().to_owned(),
                code: (*code).to_owned(),
            })
        });
        Ok(Known {
            dimension: ACTIVITY,
            leaves: leaves.collect::<Result<_, _>>()?,
        })
    }
}
