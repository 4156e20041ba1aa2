//! What can be found out from what is published alone: an attack that needs neither the figures nor a certificate.
//!
//! It solves linear programs over what is shown. Fractions of people make its intervals at least as wide as they are in whole
//! numbers: so what it finds is wrong for certain, and what it does not find is proven by the certificate alone.

use microlp::{ComparisonOp, Error, LinearExpr, OptimizationDirection, Problem, Solution, Variable};

use super::release::{Published, Threshold};
use super::shape::{CellId, Shape};

/// What is wrong with what is published. Names cells by number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Values of another shape.
    #[error("not of these tables")]
    Foreign,
    /// Shown parts do not add up to their shown margin.
    #[error("the parts of cell {0} do not add up to it")]
    Sum(CellId),
    /// Rule 1: a small count is shown.
    #[error("cell {0} is small and shown")]
    Small(CellId),
    /// Rule 2: a cell is shown below a hidden margin, and no margin says that it is zero.
    #[error("cell {0} is shown below a hidden margin")]
    Closure(CellId),
    /// Rule 3: hidden parts of this margin are together too few people.
    #[error("hidden parts of cell {0} are given away together")]
    Group(CellId),
    /// No table of numbers is possible with what is shown.
    #[error("what is shown contradicts itself")]
    Impossible,
    /// A hidden cell has one possible value.
    #[error("hidden cell {0} can be worked out")]
    Exact(CellId),
    /// A hidden cell counts somebody for certain, and fewer than may be shown.
    #[error("hidden cell {0} is small for certain")]
    Narrow(CellId),
    /// The solver gave up.
    #[error("cell {0} could not be attacked")]
    Unsolved(CellId),
}

/// Looks for what is wrong, from what is published and the hierarchy alone.
///
/// `rules` has the threshold of an audience that knows nothing else; without it only sums, and what can be worked out, are looked
/// at: an organisation that reported is shown its own small counts. `was_hidden` says which cells earlier releases to the same
/// audience hid: these stay hidden, so it is not known that they count anybody.
pub fn audit(
    shape: &Shape,
    published: &Published,
    rules: Option<Threshold>,
    was_hidden: impl Fn(CellId) -> bool,
) -> Vec<Finding> {
    if published.values().len() != shape.cells() {
        return vec![Finding::Foreign];
    }
    let mut findings = sums(shape, published);
    if let Some(threshold) = rules {
        findings.extend(pattern(shape, published, threshold.get()));
    }
    if findings.is_empty() && published.values().contains(&None) {
        let is_certain = |cell: CellId| {
            let mut parents = shape.parents(cell).iter();
            !was_hidden(cell) && parents.all(|parent| !published.is_hidden(*parent))
        };
        findings.extend(attack(shape, published, rules.map(Threshold::get), is_certain));
    }
    findings
}

fn sums(shape: &Shape, published: &Published) -> Vec<Finding> {
    let is_wrong = |equation: &&super::Equation| {
        let parts: Option<u64> = equation.children.iter().map(|child| published.value(*child)).sum();
        let margin = published.value(equation.parent);
        margin.zip(parts).is_some_and(|(margin, parts)| margin != parts)
    };
    let wrong = shape.equations().iter().filter(is_wrong);
    wrong.map(|equation| Finding::Sum(equation.parent)).collect()
}

fn pattern(shape: &Shape, published: &Published, threshold: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let said_zero = |cell: CellId| {
        let mut parents = shape.parents(cell).iter();
        parents.any(|parent| published.value(*parent) == Some(0))
    };
    for cell in 0..shape.cells() {
        let Some(value) = published.value(cell) else { continue };
        if 0 < value && value < threshold {
            findings.push(Finding::Small(cell));
        }
        let is_below_hidden = shape.parents(cell).iter().any(|parent| published.is_hidden(*parent));
        let is_all = || {
            let twin = shape.twin(cell);
            twin.is_some_and(|(whole, rest)| !published.is_hidden(whole) && said_zero(rest))
        };
        if is_below_hidden && !said_zero(cell) && !is_all() {
            findings.push(Finding::Closure(cell));
        }
    }
    for equation in shape.equations() {
        let Some(margin) = published.value(equation.parent) else {
            continue;
        };
        let shown: u64 = equation
            .children
            .iter()
            .filter_map(|child| published.value(*child))
            .sum();
        let has_hidden = equation.children.iter().any(|child| published.is_hidden(*child));
        if has_hidden && margin.saturating_sub(shown) < threshold {
            findings.push(Finding::Group(equation.parent));
        }
    }
    findings
}

/// The program of all tables that are possible, in fractions of people.
struct Attack<'a> {
    shape: &'a Shape,
    leaves: Vec<Variable>,
    possible: Solution,
    /// For each cell the lowest and highest value that was seen in any possible table.
    seen: Vec<(f64, f64)>,
}

/// What tells two values apart, beyond what the solver rounds.
const HALF: f64 = 0.5;

fn attack(
    shape: &Shape,
    published: &Published,
    threshold: Option<u64>,
    is_certain: impl Fn(CellId) -> bool,
) -> Vec<Finding> {
    let hidden: Vec<CellId> = (0..shape.cells()).filter(|cell| published.is_hidden(*cell)).collect();
    let counts_somebody = |cell: CellId| threshold.is_some() && is_certain(cell);
    let Some(mut attack) = Attack::new(shape, published, &counts_somebody) else {
        return vec![Finding::Impossible];
    };
    let mut findings = Vec::new();
    for cell in hidden {
        let found = attack.exact(cell).and_then(|is_exact| {
            if is_exact {
                return Ok(Some(Finding::Exact(cell)));
            }
            let Some(threshold) = threshold.filter(|_| counts_somebody(cell)) else {
                return Ok(None);
            };
            let is_large = attack.allows(cell, ComparisonOp::Ge, threshold as f64)?;
            Ok((!is_large).then_some(Finding::Narrow(cell)))
        });
        findings.extend(found.unwrap_or(Some(Finding::Unsolved(cell))));
    }
    findings
}

impl<'a> Attack<'a> {
    fn new(shape: &'a Shape, published: &Published, counts_somebody: &dyn Fn(CellId) -> bool) -> Option<Self> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let leaves: Vec<Variable> = (0..shape.leaves())
            .map(|_| problem.add_var(0.0, (0.0, f64::INFINITY)))
            .collect();
        let sum = |cell: CellId| sum_of(&leaves, shape.members(cell), 1.0);
        for cell in 0..shape.cells() {
            match published.value(cell) {
                Some(value) => problem.add_constraint(sum(cell), ComparisonOp::Eq, value as f64),
                None if counts_somebody(cell) => problem.add_constraint(sum(cell), ComparisonOp::Ge, 1.0),
                None => {}
            }
        }
        for [one, other] in shape.links() {
            let mut both = sum_of(&leaves, one, 1.0);
            for leaf in other {
                both.add(leaves[*leaf as usize], -1.0);
            }
            problem.add_constraint(both, ComparisonOp::Eq, 0.0);
        }
        let possible = problem.solve().ok()?.into_solution().ok()?;
        let mut attack = Self {
            shape,
            leaves,
            possible: possible.clone(),
            seen: vec![(f64::INFINITY, f64::NEG_INFINITY); shape.cells()],
        };
        attack.look_at(&possible);
        Some(attack)
    }

    /// Notes what every cell is in a possible table.
    fn look_at(&mut self, table: &Solution) {
        for (cell, (low, high)) in self.seen.iter_mut().enumerate() {
            let members = self.shape.members(cell).iter();
            let value: f64 = members.map(|leaf| table.var_value(self.leaves[*leaf as usize])).sum();
            *low = low.min(value);
            *high = high.max(value);
        }
    }

    /// Whether a cell may be so in some possible table.
    fn allows(&mut self, cell: CellId, comparison: ComparisonOp, value: f64) -> Result<bool, Error> {
        let (low, high) = self.seen[cell];
        let is_seen = match comparison {
            ComparisonOp::Ge => high >= value,
            ComparisonOp::Le => low <= value,
            ComparisonOp::Eq => low == value || high == value,
        };
        if is_seen {
            return Ok(true);
        }
        let sum = sum_of(&self.leaves, self.shape.members(cell), 1.0);
        let outcome = match self.possible.clone().add_constraint(sum, comparison, value) {
            Ok(outcome) => outcome,
            Err(Error::Infeasible) => return Ok(false),
            Err(error) => return Err(error),
        };
        let Some(table) = outcome.solution() else {
            return Ok(false);
        };
        let table = table.clone();
        self.look_at(&table);
        Ok(true)
    }

    /// Whether a cell has one value only.
    fn exact(&mut self, cell: CellId) -> Result<bool, Error> {
        let (low, high) = self.seen[cell];
        if high - low >= HALF {
            return Ok(false);
        }
        Ok(!self.allows(cell, ComparisonOp::Ge, high + HALF)? && !self.allows(cell, ComparisonOp::Le, low - HALF)?)
    }
}

fn sum_of(variables: &[Variable], leaves: &[u32], factor: f64) -> LinearExpr {
    let mut sum = LinearExpr::empty();
    for leaf in leaves {
        sum.add(variables[*leaf as usize], factor);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::*;

    #[test]
    fn a_quarter_that_was_protected_passes_and_one_with_small_cells_hidden_only_does_not() {
        let mut definition = synthetic::definition();
        definition.zones.truncate(2);
        definition.activities.truncate(4);
        let plan = Plan::new(definition).unwrap();
        let shape = plan.shape();
        let counts = synthetic::quarter(&plan, 700, 3).unwrap();
        let rules = Some(Threshold::DEFAULT);
        let release = protect(shape, &counts, &Terms::first(Threshold::DEFAULT)).unwrap();
        assert_eq!(audit(shape, &release.published, rules, |_| false), []);
        let naive = Published::mask(shape, &counts, |cell| (1..5).contains(&counts.cell(shape, cell)));
        let found = audit(shape, &naive, rules, |_| false);
        assert!(
            found.iter().any(|finding| matches!(finding, Finding::Group(_))),
            "{found:?}"
        );
        let alone = audit(shape, &naive, None, |_| false);
        assert!(
            alone.iter().any(|finding| matches!(finding, Finding::Exact(_))),
            "{alone:?}"
        );
    }

    #[test]
    fn what_is_shown_wrongly_is_found_without_the_figures() {
        let definition = PlanDefinition {
            zones: vec![Zone {
                code: "zone-1".to_owned(),
                departments: vec!["a".to_owned(), "b".to_owned()],
            }],
            activities: vec!["x".to_owned(), "y".to_owned()],
            age_bands: vec!["young".to_owned(), "old".to_owned()],
            genders: vec!["female".to_owned(), "male".to_owned()],
            parts: Vec::new(),
        };
        let plan = Plan::new(definition).unwrap();
        let shape = plan.shape();
        let rules = Some(Threshold::DEFAULT);
        let mut values = vec![Some(0); shape.cells()];
        let total = shape.find(&["total", "total", "total", "total"]).unwrap();
        assert_eq!(
            audit(shape, &Published::from_values(values.clone()), rules, |_| false),
            []
        );
        values[total] = Some(2);
        let found = audit(shape, &Published::from_values(values.clone()), rules, |_| false);
        assert!(found.contains(&Finding::Sum(total)) && found.contains(&Finding::Small(total)));
        values[total] = None;
        let found = audit(shape, &Published::from_values(values.clone()), rules, |_| false);
        assert!(found.iter().any(|finding| matches!(finding, Finding::Closure(_))));
        values.pop();
        assert_eq!(
            audit(shape, &Published::from_values(values), rules, |_| false),
            [Finding::Foreign]
        );
    }
}
