//! Witnesses by integer programs, for what the search misses.

use std::collections::HashMap;

use microlp::{ComparisonOp, Error, LinearExpr, OptimizationDirection, Problem, SolveOptions, Variable};

use super::release::Limits;
use super::rules::Stack;
use super::search::Change;
use super::shape::CellId;

/// No leaf differs by more: large enough for any threshold in use, small enough for the solver.
const MOST: i32 = 1_000_000;

/// All tables that the attacker must think possible, as changes of the true one.
pub(crate) struct Program {
    problem: Problem,
    variables: HashMap<u32, Variable>,
}

/// How a program ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// With a witness.
    Found(Change),
    /// No table that the attacker thinks possible is such.
    Impossible,
    /// Nobody knows: a limit was reached.
    Unknown,
}

impl Program {
    pub(crate) fn new(stack: &Stack<'_>) -> Self {
        let shape = stack.shape;
        let layer = stack.current();
        let mut is_free = vec![true; shape.leaves()];
        for cell in (0..shape.cells()).filter(|cell| !layer.hidden[*cell] && layer.cells[*cell] == 0) {
            for leaf in shape.members(cell) {
                is_free[*leaf as usize] = false;
            }
        }
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let mut variables = HashMap::new();
        for leaf in (0..shape.leaves()).filter(|leaf| is_free[*leaf]) {
            let least = stack.leaf_slack(leaf).min(i64::from(MOST)) as i32;
            variables.insert(leaf as u32, problem.add_integer_var(0.0, (-least, MOST)));
        }
        let mut program = Self { problem, variables };
        let mut is_implied = vec![false; shape.cells()];
        for equation in shape.equations() {
            let is_shown = |cell: &CellId| !layer.hidden[*cell] || stack.is_fixed[*cell];
            is_implied[equation.parent] |= equation.children.iter().all(is_shown);
        }
        for (cell, is_implied) in is_implied.into_iter().enumerate() {
            let is_shown = !layer.hidden[cell] || stack.is_fixed[cell];
            let slack = stack.slack(cell);
            let leaves: i64 = shape
                .members(cell)
                .iter()
                .map(|leaf| stack.leaf_slack(*leaf as usize))
                .sum();
            if is_shown && !is_implied {
                program.add(&[(shape.members(cell), 1.0)], ComparisonOp::Eq, 0);
            } else if !is_shown && slack < leaves {
                program.add(&[(shape.members(cell), 1.0)], ComparisonOp::Ge, -slack);
            }
        }
        for [one, other] in shape.links() {
            program.add(&[(one, 1.0), (other, -1.0)], ComparisonOp::Eq, 0);
        }
        program
    }

    fn add(&mut self, sums: &[(&[u32], f64)], comparison: ComparisonOp, value: i64) {
        let mut expression = LinearExpr::empty();
        let mut is_empty = true;
        for (leaves, factor) in sums {
            for variable in leaves.iter().filter_map(|leaf| self.variables.get(leaf)) {
                expression.add(*variable, *factor);
                is_empty = false;
            }
        }
        if !is_empty {
            self.problem.add_constraint(expression, comparison, value as f64);
        }
    }

    /// A table in which a cell differs by at least `by`, or, if it is negative, at most.
    pub(crate) fn reach(&self, stack: &Stack<'_>, cell: CellId, by: i64, limits: &Limits) -> Answer {
        let mut wanted = Self {
            problem: self.problem.clone(),
            variables: self.variables.clone(),
        };
        let members = stack.shape.members(cell);
        if !members.iter().any(|leaf| self.variables.contains_key(leaf)) {
            return Answer::Impossible;
        }
        let comparison = if by > 0 { ComparisonOp::Ge } else { ComparisonOp::Le };
        wanted.add(&[(members, 1.0)], comparison, by);
        let mut options = SolveOptions::default();
        options.time_limit = limits.time;
        options.node_limit = Some(limits.nodes);
        let outcome = match wanted.problem.solve_with(options) {
            Ok(outcome) => outcome,
            Err(Error::Infeasible) => return Answer::Impossible,
            Err(_) => return Answer::Unknown,
        };
        let Some(solution) = outcome.solution() else {
            return Answer::Unknown;
        };
        let each = self
            .variables
            .iter()
            .map(|(leaf, variable)| (*leaf, solution.var_value(*variable).round() as i64));
        let mut change: Change = each.filter(|(_, by)| *by != 0).collect();
        change.sort_unstable();
        Answer::Found(change)
    }
}
