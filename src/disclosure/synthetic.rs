//! Made-up quarters, for tests, benches and the demonstration only. Nobody in them exists.

use std::collections::BTreeMap;

use super::counts::{CountError, Counts};
use super::dimension::Dimension;
use super::plan::{AGE_BANDS, GENDERS, Plan, PlanDefinition, Record, Zone};
use super::shape::{Place, Shape, ShapeError, Table};

/// A small generator of pseudo-random numbers (splitmix64): the same seed gives the same numbers everywhere.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 up to, without, 1.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        ((self.share() * end as f64) as usize).min(end.saturating_sub(1))
    }

    /// A number of the standard normal distribution: twelve even ones, less their mean.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    /// A place, as likely as its weight.
    pub fn pick(&mut self, weights: &[f64]) -> usize {
        let mut rest = self.share() * weights.iter().sum::<f64>();
        for (place, weight) in weights.iter().enumerate() {
            rest -= weight;
            if rest < 0.0 {
                return place;
            }
        }
        weights.len().saturating_sub(1)
    }
}

/// The standard case: 41 departments in 4 zones, 14 activities, 6 age bands, 3 genders.
pub fn definition() -> PlanDefinition {
    let mut next = 0;
    let zones = [11, 10, 10, 10].iter().enumerate().map(|(zone, departments)| {
        let first = next + 1;
        next += departments;
        Zone {
            code: format!("zone-{}", zone + 1),
            departments: (first..=next).map(|number| format!("department-{number}")).collect(),
        }
    });
    PlanDefinition {
        zones: zones.collect(),
        activities: (1..=14).map(|number| format!("activity-{number}")).collect(),
        age_bands: AGE_BANDS.map(str::to_owned).to_vec(),
        genders: GENDERS.map(str::to_owned).to_vec(),
        parts: Vec::new(),
    }
}

/// What a made-up quarter looks like before its people are drawn.
struct Profile {
    areas: Vec<(String, f64)>,
    zone_of: Vec<usize>,
    activities: Vec<Vec<f64>>,
    ages: Vec<Vec<f64>>,
    genders: Vec<Vec<f64>>,
    parts: Vec<f64>,
}

impl Profile {
    /// Activities weigh 1/rank^0.9, departments are log-normal with σ 0.7. A zone's preferences among activities are
    /// log-normal with σ 0.4, an activity's age profile with σ 0.7; its first gender has from 29 to 69 %, and 2 % are of
    /// gender other or unknown.
    fn of(definition: &PlanDefinition, dice: &mut Dice) -> Self {
        let mut areas = Vec::new();
        let mut zone_of = Vec::new();
        for (zone, found) in definition.zones.iter().enumerate() {
            let own = std::slice::from_ref(&found.code);
            let (codes, is_whole) = if found.departments.is_empty() {
                (own, true)
            } else {
                (&found.departments[..], false)
            };
            for code in codes {
                // People from outside or of unknown residence are a few per cent, as in any register.
                let is_rare = is_whole || code.ends_with("-unknown");
                let weight = if is_rare { 0.3 } else { (0.7 * dice.normal()).exp() };
                areas.push((code.clone(), weight));
                zone_of.push(zone);
            }
        }
        let activities = definition.zones.iter().map(|_| {
            let ranks = 1..=definition.activities.len();
            ranks
                .map(|rank| (rank as f64).powf(-0.9) * (0.4 * dice.normal()).exp())
                .collect()
        });
        let activities = activities.collect();
        let ages = definition.activities.iter().map(|_| {
            let bands = definition.age_bands.iter();
            bands.map(|_| (0.7 * dice.normal()).exp()).collect()
        });
        let ages = ages.collect();
        let genders = definition.activities.iter().map(|_| {
            let first = 0.3 + 0.4 * dice.share();
            let rest = definition.genders.len().saturating_sub(2).max(1) as f64;
            let each = definition.genders.iter().enumerate();
            each.map(|(place, _)| match place {
                0 => 0.98 * first,
                1 => 0.98 * (1.0 - first),
                _ => 0.02 / rest,
            })
            .collect()
        });
        let genders = genders.collect();
        let parts = definition
            .parts
            .iter()
            .enumerate()
            .map(|(part, _)| 0.3 / (part + 1) as f64);
        Self {
            areas,
            zone_of,
            activities,
            ages,
            genders,
            parts: parts.collect(),
        }
    }
}

/// How many people there are of an area, activity, age band and gender, by their codes.
pub type People = BTreeMap<[String; 4], u64>;

/// Draws a quarter of so many participations, as it would be reported; without parts.
pub fn people(definition: &PlanDefinition, participations: usize, seed: u64) -> People {
    let mut people = People::new();
    for (area, [activity, age, gender], _) in draw(definition, participations, seed) {
        let at = [
            area,
            definition.activities[activity].clone(),
            definition.age_bands[age].clone(),
            definition.genders[gender].clone(),
        ];
        *people.entry(at).or_default() += 1;
    }
    people
}

/// Draws a quarter of so many participations.
pub fn quarter(plan: &Plan, participations: usize, seed: u64) -> Result<Counts, CountError> {
    let definition = plan.definition();
    let people = draw(definition, participations, seed);
    plan.count(people.iter().map(|(area, [activity, age, gender], parts)| Record {
        area,
        activity: &definition.activities[*activity],
        age_band: &definition.age_bands[*age],
        gender: &definition.genders[*gender],
        participants: 1,
        parts,
    }))
}

/// A person: the area's code, the places of activity, age band and gender, and which parts they are in.
type Person = (String, [usize; 3], Vec<u64>);

/// Draws people one by one.
fn draw(definition: &PlanDefinition, participations: usize, seed: u64) -> Vec<Person> {
    let mut dice = Dice::new(seed);
    let profile = Profile::of(definition, &mut dice);
    let weights: Vec<f64> = profile.areas.iter().map(|(_, weight)| *weight).collect();
    let mut people = Vec::with_capacity(participations);
    for _ in 0..participations {
        let area = dice.pick(&weights);
        let activity = dice.pick(&profile.activities[profile.zone_of[area]]);
        let age = dice.pick(&profile.ages[activity]);
        let gender = dice.pick(&profile.genders[activity]);
        let parts: Vec<u64> = profile
            .parts
            .iter()
            .map(|share| u64::from(dice.share() < *share))
            .collect();
        people.push((profile.areas[area].0.clone(), [activity, age, gender], parts));
    }
    people
}

/// A random small table, or several linked ones, with its counts: up to 200 leaves, many of them small or zero.
pub fn small(seed: u64) -> Result<(Shape, Counts), ShapeError> {
    let mut dice = Dice::new(seed);
    let shape = random_shape(&mut dice)?;
    let counts = random_counts(&shape, &mut dice);
    Ok((shape, counts))
}

/// A random shape of up to 200 leaves: two or three dimensions, one of them perhaps a tree, and linked tables.
fn random_shape(dice: &mut Dice) -> Result<Shape, ShapeError> {
    let tree = |dice: &mut Dice, code: &str, leaves: usize| {
        let mut categories = Vec::new();
        let mut left = leaves;
        while left > 0 {
            let parent = categories.len();
            let own = (1 + dice.below(3)).min(left);
            categories.push((format!("{code}{parent}"), None));
            for child in 0..own {
                categories.push((format!("{code}{parent}-{child}"), Some(parent)));
            }
            left -= own;
        }
        Dimension::tree(code, categories)
    };
    let flat = |code: &str, leaves: usize| Dimension::flat(code, (0..leaves).map(|leaf| format!("{code}{leaf}")));
    let has_three = dice.below(2) == 1;
    let sizes: Vec<usize> = match has_three {
        true => (0..3).map(|_| 2 + dice.below(4)).collect(),
        false => (0..2).map(|_| 2 + dice.below(9)).collect(),
    };
    let mut dimensions: Vec<Dimension> = sizes
        .iter()
        .enumerate()
        .map(|(at, size)| match at == 0 && dice.below(3) == 0 {
            true => tree(dice, "a", *size),
            false => flat(["a", "b", "c"][at], *size),
        })
        .collect();
    let leaves: usize = sizes.iter().product();
    if leaves <= 60 && dice.below(4) == 0 {
        dimensions.push(Dimension::parts("part", &["newcomers".to_owned()]));
    }
    let full: Vec<usize> = dimensions.iter().map(Dimension::depth).collect();
    let tables: Vec<Vec<usize>> = match (has_three, dice.below(2)) {
        (true, 0) => (0..3)
            .map(|out| {
                full.iter()
                    .enumerate()
                    .map(|(at, depth)| if at == out { 0 } else { *depth })
                    .collect()
            })
            .collect(),
        _ => vec![full],
    };
    let tables = tables.into_iter().enumerate().map(|(number, depths)| Table {
        name: number.to_string(),
        depths,
    });
    Shape::small(dimensions, tables.collect())
}

/// Random counts with many small ones and zeros.
fn random_counts(shape: &Shape, dice: &mut Dice) -> Counts {
    let mean = [1.0, 3.0, 8.0, 25.0][dice.below(4)];
    let zeros = [0.1, 0.4, 0.7][dice.below(3)];
    let people: Vec<(Place, u64)> = (0..shape.leaves())
        .map(|leaf| {
            let value = if dice.share() < zeros {
                0.0
            } else {
                -mean * (1.0 - dice.share()).ln()
            };
            (*shape.first_place(leaf), value.round() as u64)
        })
        .collect();
    Counts::of(shape, people).unwrap_or_else(|_| Counts::zero(shape))
}
