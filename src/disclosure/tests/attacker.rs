//! An attacker who solves linear programs over what is published. His intervals are at least as wide as the true ones
//! in whole numbers: so he can show that a release is unsafe, never that it is safe.

use std::collections::BTreeMap;

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, Variable};

use super::*;

/// What the published values alone leave possible.
pub(super) struct Attacker {
    problem: Problem,
    leaves: Vec<Variable>,
    last: Option<microlp::Solution>,
}

impl Attacker {
    /// Builds the model from one release: shown cells are what they are, hidden ones at least 1, or 0 below a hidden margin.
    pub(super) fn new(shape: &Shape, published: &Published) -> Self {
        Self::who_knows(shape, published, true)
    }

    /// Without the rules a hidden cell may be zero anywhere.
    pub(super) fn who_knows(shape: &Shape, published: &Published, the_rules: bool) -> Self {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let leaves: Vec<Variable> = (0..shape.leaves())
            .map(|_| problem.add_var(0.0, (0.0, f64::INFINITY)))
            .collect();
        for cell in 0..shape.cells() {
            let mut sum = LinearExpr::empty();
            for leaf in shape.members(cell) {
                sum.add(leaves[*leaf as usize], 1.0);
            }
            match published.value(cell) {
                Some(value) => problem.add_constraint(sum, ComparisonOp::Eq, value as f64),
                None if !the_rules || shape.parents(cell).iter().any(|parent| published.is_hidden(*parent)) => {}
                None => problem.add_constraint(sum, ComparisonOp::Ge, 1.0),
            }
        }
        for [one, other] in shape.links() {
            let mut sum = LinearExpr::empty();
            one.iter().for_each(|leaf| sum.add(leaves[*leaf as usize], 1.0));
            other.iter().for_each(|leaf| sum.add(leaves[*leaf as usize], -1.0));
            problem.add_constraint(sum, ComparisonOp::Eq, 0.0);
        }
        Self {
            problem,
            leaves,
            last: None,
        }
    }

    /// Whether some table, in fractions of people, has a cell at most (or at least) at a value.
    pub(super) fn allows(&mut self, shape: &Shape, cell: CellId, comparison: ComparisonOp, value: f64) -> bool {
        let mut sum = LinearExpr::empty();
        for leaf in shape.members(cell) {
            sum.add(self.leaves[*leaf as usize], 1.0);
        }
        if self.last.is_none() {
            self.last = self.problem.solve().unwrap().into_solution().ok();
        }
        let solved = self.last.clone().unwrap();
        match solved.add_constraint(sum, comparison, value) {
            Ok(outcome) => outcome.solution().is_some(),
            Err(microlp::Error::Infeasible) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Primary cells that are narrowed too far, and hidden cells that are exact.
    pub(super) fn finds(
        &mut self,
        shape: &Shape,
        counts: &Counts,
        published: &Published,
        threshold: u64,
    ) -> Vec<CellId> {
        let hidden = (0..shape.cells()).filter(|cell| published.is_hidden(*cell));
        let is_found = |cell: &CellId| {
            let value = counts.cell(shape, *cell);
            let mut may_be = |comparison, value: f64| self.allows(shape, *cell, comparison, value);
            match value {
                0 => !may_be(ComparisonOp::Ge, 0.01),
                value if value < threshold => {
                    !may_be(ComparisonOp::Le, 1.0) || !may_be(ComparisonOp::Ge, threshold as f64)
                }
                value => {
                    !may_be(ComparisonOp::Ge, value as f64 + 0.01) && !may_be(ComparisonOp::Le, value as f64 - 0.01)
                }
            }
        };
        hidden.collect::<Vec<_>>().into_iter().filter(is_found).collect()
    }
}

/// All possible values of each hidden cell of a tiny shape, by trying every table of leaves.
pub(super) fn enumerate(shape: &Shape, published: &Published, most: u64) -> BTreeMap<CellId, Vec<u64>> {
    fn fill(
        shape: &Shape,
        published: &Published,
        leaves: &mut Vec<u64>,
        most: u64,
        found: &mut BTreeMap<CellId, Vec<u64>>,
    ) {
        let sums: Vec<(u64, bool)> = (0..shape.cells())
            .map(|cell| {
                let members = shape.members(cell);
                let known = members.iter().filter_map(|leaf| leaves.get(*leaf as usize)).sum();
                let is_complete = members.iter().all(|leaf| (*leaf as usize) < leaves.len());
                (known, is_complete)
            })
            .collect();
        for (cell, (sum, is_complete)) in sums.iter().enumerate() {
            let is_wrong = match published.value(cell) {
                Some(value) => *sum > value || (*is_complete && *sum != value),
                None => {
                    let may_be_zero = shape.parents(cell).iter().any(|parent| published.is_hidden(*parent));
                    *is_complete && *sum == 0 && !may_be_zero
                }
            };
            if is_wrong {
                return;
            }
        }
        if leaves.len() == shape.leaves() {
            for (cell, (sum, _)) in sums.iter().enumerate().filter(|(cell, _)| published.is_hidden(*cell)) {
                let values = found.entry(cell).or_default();
                if !values.contains(sum) {
                    values.push(*sum);
                }
            }
            return;
        }
        for value in 0..=most {
            leaves.push(value);
            fill(shape, published, leaves, most, found);
            leaves.pop();
        }
    }
    let mut found = BTreeMap::new();
    fill(shape, published, &mut Vec::new(), most, &mut found);
    found
}
