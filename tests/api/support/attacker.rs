//! An attacker from outside: whatever the API answers, and how areas nest, is all that he has. He rebuilds the model and solves it.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, Error, LinearExpr, OptimizationDirection, Problem, Solution, Variable};
use serde_json::Value;

use super::Client;

/// The codes of a cell: area, activity, age band, gender.
pub(crate) type Cell = [String; 4];

/// The tables of a quarter.
pub(crate) const TABLES: [&str; 4] = [
    "department-activity",
    "zone-activity-age",
    "zone-activity-gender",
    "zone-age-gender",
];

/// A cell by its codes.
pub(crate) fn cell(codes: [&str; 4]) -> Cell {
    codes.map(str::to_owned)
}

/// What was answered of a quarter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    /// The value of each cell; none where it is hidden.
    pub(crate) cells: BTreeMap<Cell, Option<u64>>,
    /// The zone of each area.
    zones: BTreeMap<String, String>,
}

impl Answers {
    /// Reads all tables as JSON; cells that several tables show must be the same in all.
    pub(crate) async fn collect(client: &Client<'_>, query: &str) -> Self {
        let mut answers = Self::default();
        for table in TABLES {
            let answer = client
                .get(&format!("participation/tables/{table}?{query}"))
                .await
                .expect(200);
            for row in answer["rows"].as_array().unwrap() {
                answers.note(row);
            }
        }
        answers
    }

    /// Notes a row, which must not contradict what is known.
    pub(crate) fn note(&mut self, row: &Value) {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        let codes = ["area", "activity", "age_band", "gender"].map(text);
        let value = row["value"].as_u64();
        let status = if value.is_some() { "final" } else { "suppressed" };
        assert_eq!(row["status"], status, "{row}");
        let members: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(members.len(), 7, "{members:?}");
        self.zones.insert(codes[0].clone(), text("zone"));
        let known = self.cells.insert(codes.clone(), value);
        assert!(known.is_none_or(|known| known == value), "{codes:?}");
    }

    fn codes(&self, at: usize) -> Vec<String> {
        let codes: BTreeSet<&String> = self.cells.keys().map(|codes| &codes[at]).collect();
        codes.into_iter().filter(|code| *code != "total").cloned().collect()
    }

    fn areas(&self) -> (Vec<String>, Vec<String>) {
        let (zones, departments) = self.codes(0).into_iter().partition(|area| self.zones[area] == *area);
        (zones, departments)
    }

    /// The codes right above a code: the zone of a department, else the total.
    fn above(&self, at: usize, code: &str) -> Option<String> {
        match code {
            "total" => None,
            _ if at == 0 && self.zones[code] != code => Some(self.zones[code].clone()),
            _ => Some("total".to_owned()),
        }
    }

    /// The margins right above a cell.
    pub(crate) fn parents(&self, codes: &Cell) -> Vec<Cell> {
        let above = (0..4).filter_map(|at| {
            let mut parent = codes.clone();
            parent[at] = self.above(at, &codes[at])?;
            self.cells.contains_key(&parent).then_some(parent)
        });
        above.collect()
    }

    /// The hidden cells.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = &Cell> {
        self.cells
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(codes, _)| codes)
    }
}

/// All tables that are possible with what was answered, in fractions of people.
pub(crate) struct Attacker<'a> {
    answers: &'a Answers,
    by_department: BTreeMap<[String; 2], Variable>,
    by_person: BTreeMap<Cell, Variable>,
    possible: Solution,
    seen: BTreeMap<Cell, (f64, f64)>,
}

impl<'a> Attacker<'a> {
    /// Rebuilds the model. `was_hidden` are the cells that earlier releases hid: these may be nobody.
    pub(crate) fn new(answers: &'a Answers, was_hidden: &BTreeSet<Cell>) -> Self {
        Self::who_also_knows(&BTreeMap::new(), answers, was_hidden)
    }

    /// The same, with a part of the participants that he knows of some activities, such as newcomers: at most everybody of each
    /// residence, age and gender is in it.
    pub(crate) fn who_also_knows(
        part: &BTreeMap<String, u64>,
        answers: &'a Answers,
        was_hidden: &BTreeSet<Cell>,
    ) -> Self {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let (zones, departments) = answers.areas();
        let mut by_department = BTreeMap::new();
        let mut by_person = BTreeMap::new();
        let outer = zones
            .iter()
            .filter(|zone| !departments.iter().any(|area| answers.zones[area] == **zone));
        let leaves: Vec<&String> = departments.iter().chain(outer).collect();
        let mut variable = || problem.add_var(0.0, (0.0, f64::INFINITY));
        for activity in answers.codes(1) {
            for area in &leaves {
                by_department.insert([(*area).clone(), activity.clone()], variable());
            }
            for zone in &zones {
                for age in answers.codes(2) {
                    for gender in answers.codes(3) {
                        by_person.insert([zone.clone(), activity.clone(), age.clone(), gender], variable());
                    }
                }
            }
        }
        let mut model = Self {
            answers,
            by_department,
            by_person,
            possible: Problem::new(OptimizationDirection::Minimize)
                .solve()
                .unwrap()
                .into_solution()
                .ok()
                .unwrap(),
            seen: BTreeMap::new(),
        };
        for (codes, value) in &answers.cells {
            let sum = model.sum(codes);
            let mut parents = answers.parents(codes).into_iter();
            let may_be_nobody = was_hidden.contains(codes) || parents.any(|parent| answers.cells[&parent].is_none());
            match value {
                Some(value) => problem.add_constraint(sum, ComparisonOp::Eq, *value as f64),
                None if !may_be_nobody => problem.add_constraint(sum, ComparisonOp::Ge, 1.0),
                None => {}
            }
        }
        for zone in &zones {
            for activity in answers.codes(1) {
                let mut link = LinearExpr::empty();
                for ([area, of], variable) in &model.by_department {
                    if *of == activity && answers.zones[area] == *zone {
                        link.add(*variable, 1.0);
                    }
                }
                for ([area, of, _, _], variable) in &model.by_person {
                    if *of == activity && area == zone {
                        link.add(*variable, -1.0);
                    }
                }
                problem.add_constraint(link, ComparisonOp::Eq, 0.0);
            }
        }
        for (activity, number) in part {
            let mut sum = LinearExpr::empty();
            for (_, whole) in model.by_person.iter().filter(|(leaf, _)| leaf[1] == *activity) {
                let inside = problem.add_var(0.0, (0.0, f64::INFINITY));
                sum.add(inside, 1.0);
                let mut rest = LinearExpr::empty();
                rest.add(*whole, 1.0);
                rest.add(inside, -1.0);
                problem.add_constraint(rest, ComparisonOp::Ge, 0.0);
            }
            problem.add_constraint(sum, ComparisonOp::Eq, *number as f64);
        }
        model.possible = problem.solve().unwrap().into_solution().ok().unwrap();
        let possible = model.possible.clone();
        model.look_at(&possible);
        model
    }

    fn members(&self, codes: &Cell) -> Vec<Variable> {
        let [area, activity, age, gender] = codes;
        let zones = &self.answers.zones;
        let is_in = |inner: &String| area == "total" || inner == area || zones[inner] == *area;
        let fits = |wanted: &String, code: &String| wanted == "total" || wanted == code;
        let is_department = area != "total" && zones[area] != *area;
        if is_department {
            let all = self.by_department.iter();
            let own = all.filter(|([inner, of], _)| is_in(inner) && fits(activity, of));
            return own.map(|(_, variable)| *variable).collect();
        }
        let all = self.by_person.iter();
        let own = all.filter(|(leaf, _)| {
            is_in(&leaf[0]) && fits(activity, &leaf[1]) && fits(age, &leaf[2]) && fits(gender, &leaf[3])
        });
        own.map(|(_, variable)| *variable).collect()
    }

    fn sum(&self, codes: &Cell) -> LinearExpr {
        let mut sum = LinearExpr::empty();
        for variable in self.members(codes) {
            sum.add(variable, 1.0);
        }
        sum
    }

    fn look_at(&mut self, table: &Solution) {
        let hidden: Vec<Cell> = self.answers.hidden().cloned().collect();
        for codes in hidden {
            let members = self.members(&codes).into_iter();
            let value: f64 = members.map(|variable| table.var_value(variable)).sum();
            let seen = self.seen.entry(codes).or_insert((value, value));
            *seen = (seen.0.min(value), seen.1.max(value));
        }
    }

    fn allows(&mut self, codes: &Cell, comparison: ComparisonOp, value: f64) -> bool {
        let (low, high) = self.seen[codes];
        let is_seen = match comparison {
            ComparisonOp::Ge => high >= value,
            ComparisonOp::Le => low <= value,
            ComparisonOp::Eq => unreachable!(),
        };
        if is_seen {
            return true;
        }
        let sum = self.sum(codes);
        match self.possible.clone().add_constraint(sum, comparison, value) {
            Ok(outcome) => match outcome.solution() {
                Some(table) => {
                    let table = table.clone();
                    self.look_at(&table);
                    true
                }
                None => false,
            },
            Err(Error::Infeasible) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// What he finds, held against the truth: small cells that are narrowed beyond the rules, and hidden cells that are exact.
    pub(crate) fn finds(&mut self, truth: impl Fn(&Cell) -> u64, threshold: u64) -> Vec<Cell> {
        let hidden: Vec<Cell> = self.answers.hidden().cloned().collect();
        let mut found = Vec::new();
        for codes in hidden {
            let value = truth(&codes);
            let is_safe = match value {
                0 => self.allows(&codes, ComparisonOp::Ge, 0.01),
                small if small < threshold => {
                    self.allows(&codes, ComparisonOp::Le, 1.0)
                        && self.allows(&codes, ComparisonOp::Ge, threshold as f64)
                }
                large => {
                    self.allows(&codes, ComparisonOp::Ge, large as f64 + 0.01)
                        || self.allows(&codes, ComparisonOp::Le, large as f64 - 0.01)
                }
            };
            if !is_safe {
                found.push(codes);
            }
        }
        found
    }
}

/// By how much a cell changed from the first release to another.
pub(crate) type Corrections<'a> = &'a dyn Fn(usize, &Cell) -> i64;

/// An attacker who keeps every release of a quarter, and is told besides by how much each of the finest cells was corrected: so all
/// that any release says of its table is said of the first one's.
pub(crate) struct Stacked<'a> {
    releases: &'a [Answers],
    corrections: Corrections<'a>,
}

impl<'a> Stacked<'a> {
    /// Keeps these releases, in their order.
    pub(crate) fn new(releases: &'a [Answers], corrections: Corrections<'a>) -> Self {
        Self { releases, corrections }
    }

    /// The least and the most that a cell of the first release can have been, in fractions of people.
    pub(crate) fn interval(&self, codes: &Cell) -> (f64, f64) {
        let least = self.solve(codes, OptimizationDirection::Minimize);
        (least, self.solve(codes, OptimizationDirection::Maximize))
    }

    fn solve(&self, wanted: &Cell, direction: OptimizationDirection) -> f64 {
        let mut problem = Problem::new(direction);
        let target = problem.add_var(1.0, (0.0, 1e6));
        let first = &self.releases[0];
        let lowest = |leaf: &Cell| {
            let changes = (0..self.releases.len()).map(|at| -(self.corrections)(at, leaf));
            changes.max().unwrap_or(0).max(0) as f64
        };
        let table: BTreeMap<Cell, Variable> = leaves(first)
            .into_iter()
            .map(|leaf| {
                let least = lowest(&leaf);
                (leaf, problem.add_var(0.0, (least, f64::INFINITY)))
            })
            .collect();
        for codes in first.cells.keys() {
            let of_all = self.releases.iter().enumerate();
            let shown = of_all.clone().find_map(|(at, one)| Some((at, one.cells[codes]?)));
            if let Some((at, value)) = shown {
                let value = value as f64 - (self.corrections)(at, codes) as f64;
                problem.add_constraint(sum_of(first, &table, codes), ComparisonOp::Eq, value);
                continue;
            }
            // Hidden in all: at least 1 in each that hides it below nothing hidden, and for the first time.
            let least = of_all.filter_map(|(at, one)| {
                let was_hidden = self.releases[..at].iter().any(|before| before.cells[codes].is_none());
                let mut parents = one.parents(codes).into_iter();
                let may_be_nobody = was_hidden || parents.any(|parent| one.cells[&parent].is_none());
                (!may_be_nobody).then(|| 1 - (self.corrections)(at, codes))
            });
            if let Some(least) = least.max() {
                problem.add_constraint(sum_of(first, &table, codes), ComparisonOp::Ge, least as f64);
            }
        }
        let (zones, _) = first.areas();
        for zone in &zones {
            for activity in first.codes(1) {
                let mut link = LinearExpr::empty();
                for (leaf, variable) in table.iter().filter(|(leaf, _)| leaf[1] == activity) {
                    if first.zones[&leaf[0]] == *zone {
                        link.add(*variable, if leaf[2] == "total" { 1.0 } else { -1.0 });
                    }
                }
                problem.add_constraint(link, ComparisonOp::Eq, 0.0);
            }
        }
        let mut sum = sum_of(first, &table, wanted);
        sum.add(target, -1.0);
        problem.add_constraint(sum, ComparisonOp::Eq, 0.0);
        let solved = problem.solve().unwrap().into_solution().ok().unwrap();
        solved.var_value(target)
    }
}

/// The finest cells: departments by activity, and zones by activity, age and gender.
fn leaves(answers: &Answers) -> Vec<Cell> {
    let (zones, departments) = answers.areas();
    let outer = zones
        .iter()
        .filter(|zone| !departments.iter().any(|area| answers.zones[area] == **zone));
    let by_department: Vec<&String> = departments.iter().chain(outer).collect();
    let mut leaves = Vec::new();
    for activity in answers.codes(1) {
        for area in &by_department {
            leaves.push(cell([area, &activity, "total", "total"]));
        }
        for zone in &zones {
            for age in answers.codes(2) {
                for gender in answers.codes(3) {
                    leaves.push(cell([zone, &activity, &age, &gender]));
                }
            }
        }
    }
    leaves
}

fn sum_of(answers: &Answers, table: &BTreeMap<Cell, Variable>, codes: &Cell) -> LinearExpr {
    let [area, activity, age, gender] = codes;
    let is_department = area != "total" && answers.zones[area] != *area;
    let fits = |wanted: &String, code: &String| wanted == "total" || wanted == code;
    let mut sum = LinearExpr::empty();
    for (leaf, variable) in table {
        let is_own_side = (leaf[2] == "total") == is_department;
        let lives = area == "total" || leaf[0] == *area;
        if is_own_side && lives && fits(activity, &leaf[1]) && fits(age, &leaf[2]) && fits(gender, &leaf[3]) {
            sum.add(*variable, 1.0);
        }
    }
    sum
}
