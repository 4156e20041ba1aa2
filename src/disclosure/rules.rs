//! The rules that need no search: primary suppression, closure, bounds, groups, corrections.

use super::counts::Counts;
use super::release::{Kinship, Refusal, Terms};
use super::shape::{CellId, Shape};

/// One release that the attacker holds: the frozen counts and what was hidden of them.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) cells: Vec<i64>,
    pub(crate) leaves: Vec<i64>,
    pub(crate) hidden: Vec<bool>,
    pub(crate) threshold: i64,
    pub(crate) kinship: Kinship,
    /// Least values of hidden cells as the attacker knows them.
    pub(crate) bounds: Vec<i64>,
    /// Hidden in an earlier release to the same audience.
    pub(crate) carried: Vec<bool>,
}

/// What a cell's witnesses have to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Some change of at most this.
    pub(crate) low: Option<i64>,
    /// Some change of at least this.
    pub(crate) high: Option<i64>,
    /// Some change at all.
    pub(crate) any: bool,
}

/// The releases of a quarter, the last being the one under way.
#[derive(Clone, Debug)]
pub(crate) struct Stack<'a> {
    pub(crate) shape: &'a Shape,
    pub(crate) layers: Vec<Layer>,
    /// Shown in an earlier release: a change there is a change that the attacker sees.
    pub(crate) is_fixed: Vec<bool>,
    /// Hidden in the release under way for themselves, not by closure alone.
    pub(crate) is_chosen: Vec<bool>,
    /// Parents before children.
    order: Vec<CellId>,
    rules: Rules,
}

/// Which rules hold. Tests break one at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) closure: bool,
    pub(crate) secondary: bool,
    pub(crate) zero_margins: bool,
    pub(crate) groups: bool,
}

impl Rules {
    pub(crate) const ALL: Self = Self {
        closure: true,
        secondary: true,
        zero_margins: true,
        groups: true,
    };
}

impl<'a> Stack<'a> {
    pub(crate) fn new(shape: &'a Shape, counts: &Counts, terms: &Terms<'_>, rules: Rules) -> Result<Self, Refusal> {
        let cells = shape.cells();
        let mut layers = Vec::new();
        let mut is_fixed = vec![false; cells];
        let mut carried = vec![false; cells];
        for earlier in terms.earlier {
            if earlier.counts.leaves().len() != shape.leaves() || earlier.published.values().len() != cells {
                return Err(Refusal::Foreign);
            }
            let full = earlier.counts.cells(shape);
            let is_right = |cell: CellId| earlier.published.value(cell).is_none_or(|value| value == full[cell]);
            if !(0..cells).all(is_right) {
                return Err(Refusal::Foreign);
            }
            let hidden: Vec<bool> = (0..cells).map(|cell| earlier.published.is_hidden(cell)).collect();
            for cell in 0..cells {
                is_fixed[cell] |= !hidden[cell];
            }
            let threshold = match earlier.kinship {
                Kinship::Same => earlier.threshold,
                Kinship::Narrower => terms.threshold,
            };
            let was_carried = carried.clone();
            if earlier.kinship == Kinship::Same {
                for cell in 0..cells {
                    carried[cell] |= hidden[cell];
                }
            }
            let mut layer = Layer::of(shape, earlier.counts, terms, hidden, was_carried)?;
            layer.threshold = threshold.get() as i64;
            layer.kinship = earlier.kinship;
            layers.push(layer);
        }
        if counts.leaves().len() != shape.leaves() {
            return Err(Refusal::Foreign);
        }
        layers.push(Layer::of(shape, counts, terms, carried.clone(), carried.clone())?);
        let mut order: Vec<CellId> = (0..cells).collect();
        let level = |cell: &CellId| -> usize {
            let nodes = shape.nodes(*cell).iter().zip(shape.dimensions());
            let depths = nodes.map(|(node, dimension)| match dimension.are_parts() {
                true => usize::from(*node != 0),
                false => dimension.nodes()[usize::from(*node)].level,
            });
            depths.sum()
        };
        order.sort_by_key(level);
        let mut stack = Self {
            shape,
            layers,
            is_fixed,
            is_chosen: carried,
            order,
            rules,
        };
        for layer in 0..stack.layers.len() {
            stack.set_bounds(layer);
        }
        Ok(stack)
    }

    pub(crate) fn current(&self) -> &Layer {
        &self.layers[self.layers.len() - 1]
    }

    fn current_mut(&mut self) -> &mut Layer {
        let last = self.layers.len() - 1;
        &mut self.layers[last]
    }

    /// The least value of every hidden cell that the pattern lets the attacker conclude: a zero is hidden only below a
    /// hidden margin, or because it was hidden before.
    fn set_bounds(&mut self, layer: usize) {
        let shape = self.shape;
        let layer = &mut self.layers[layer];
        for cell in 0..shape.cells() {
            let may_be_zero = shape.parents(cell).iter().any(|parent| layer.hidden[*parent])
                || layer.carried[cell]
                || (layer.kinship == Kinship::Narrower && layer.cells[cell] == 0);
            layer.bounds[cell] = i64::from(!may_be_zero);
        }
    }

    /// Rule 1, and what wider audiences do not see.
    pub(crate) fn hide_primary(&mut self, terms: &Terms<'_>) -> Result<(), Refusal> {
        let cells = self.shape.cells();
        if terms.wider.iter().any(|wider| wider.values().len() != cells) {
            return Err(Refusal::Foreign);
        }
        for cell in 0..cells {
            let is_small = self.is_small(cell);
            self.is_chosen[cell] |= is_small || terms.wider.iter().any(|wider| wider.is_hidden(cell));
        }
        self.rebuild();
        // A zero that a wider audience does not see, below shown margins, would be taken for at least 1.
        for cell in 0..cells {
            if self.current().hidden[cell] && self.current().cells[cell] < self.current().bounds[cell] {
                let parents = self.shape.parents(cell).iter().copied();
                let cheapest = parents.min_by_key(|parent| (self.current().cells[*parent] == 0, *parent));
                if let Some(parent) = cheapest {
                    self.hide(parent);
                }
            }
        }
        Ok(())
    }

    /// Whether a cell counts somebody, but fewer than may be shown.
    pub(crate) fn is_small(&self, cell: CellId) -> bool {
        let layer = self.current();
        0 < layer.cells[cell] && layer.cells[cell] < layer.threshold
    }

    /// Hides a cell and what rule 2 hides with it.
    pub(crate) fn hide(&mut self, cell: CellId) {
        self.is_chosen[cell] = true;
        self.current_mut().hidden[cell] = true;
        self.close();
    }

    /// Hides what was chosen, and nothing else but what rule 2 hides with it.
    pub(crate) fn rebuild(&mut self) {
        let chosen = self.is_chosen.clone();
        self.current_mut().hidden = chosen;
        self.close();
    }

    /// Rule 2. A zero below a shown zero stays shown: its margin says already that it is one.
    fn close(&mut self) {
        let shape = self.shape;
        let rules = self.rules;
        let order = std::mem::take(&mut self.order);
        let layer = self.current_mut();
        for cell in &order {
            if layer.hidden[*cell] || !rules.closure {
                continue;
            }
            let parents = shape.parents(*cell);
            let is_below_hidden = parents.iter().any(|parent| layer.hidden[*parent]);
            let stays = rules.zero_margins && (layer.is_known_zero(shape, *cell) || layer.is_known_part(shape, *cell));
            layer.hidden[*cell] = is_below_hidden && !stays;
        }
        self.order = order;
        self.set_bounds(self.layers.len() - 1);
    }

    /// Cells hidden now that an earlier release showed: the attacker knows them, up to the correction.
    pub(crate) fn shown_before(&self) -> Vec<CellId> {
        let hidden = &self.current().hidden;
        (0..self.shape.cells())
            .filter(|cell| hidden[*cell] && self.is_fixed[*cell])
            .collect()
    }

    /// Groups of hidden cells that a shown margin less its shown parts gives away, and that are too small to be: their
    /// margin and parts. Also groups of zeros alone, each of which would be known to be zero.
    pub(crate) fn small_groups(&self) -> impl Iterator<Item = (CellId, &[CellId])> {
        let layer = self.current();
        let are_checked = self.rules.groups;
        self.shape.equations().iter().filter_map(move |equation| {
            if !are_checked || layer.hidden[equation.parent] {
                return None;
            }
            let hidden = || equation.children.iter().filter(|child| layer.hidden[**child]);
            let sum: i64 = hidden().map(|child| layer.cells[*child]).sum();
            let is_small = sum < layer.threshold && hidden().next().is_some();
            is_small.then_some((equation.parent, equation.children.as_slice()))
        })
    }

    /// Rule 5: by how much a correction changed what was hidden. Names the margins of groups that one equation gives
    /// away and that changed, but by less than the threshold.
    pub(crate) fn small_corrections(&self) -> Vec<CellId> {
        let (Some(new), olds) = (self.layers.last(), &self.layers[..self.layers.len() - 1]) else {
            return Vec::new();
        };
        let mut small = Vec::new();
        for equation in self.shape.equations() {
            let is_small = olds.iter().any(|old| {
                let is_known = !old.hidden[equation.parent] && !new.hidden[equation.parent];
                let hidden = equation
                    .children
                    .iter()
                    .filter(|child| old.hidden[**child] || new.hidden[**child]);
                let change: i64 = hidden.map(|child| new.cells[*child] - old.cells[*child]).sum();
                is_known && change != 0 && change.abs() < new.threshold
            });
            if is_small {
                small.push(equation.parent);
            }
        }
        small.sort_unstable();
        small.dedup();
        small
    }

    /// What the witnesses of a cell have to show, over all releases that hide it.
    pub(crate) fn mark(&self, cell: CellId) -> Mark {
        let mut mark = Mark::default();
        for layer in self.layers.iter().filter(|layer| layer.hidden[cell]) {
            let value = layer.cells[cell];
            if 0 < value && value < layer.threshold {
                mark.low = Some(mark.low.map_or(1 - value, |low| low.min(1 - value)));
                mark.high = Some(
                    mark.high
                        .map_or(layer.threshold - value, |high| high.max(layer.threshold - value)),
                );
            } else if layer.kinship == Kinship::Same {
                match value {
                    0 => mark.high = Some(mark.high.map_or(1, |high| high.max(1))),
                    _ => mark.any = true,
                }
            }
        }
        mark
    }

    /// How far below its present value a hidden cell may go in all releases that hide it.
    pub(crate) fn slack(&self, cell: CellId) -> i64 {
        let layers = self.layers.iter().filter(|layer| layer.hidden[cell]);
        let slacks = layers.map(|layer| layer.cells[cell] - layer.bounds[cell]);
        slacks.min().unwrap_or(i64::MAX)
    }

    /// How far below its present value a leaf may go.
    pub(crate) fn leaf_slack(&self, leaf: usize) -> i64 {
        let layers = self.layers.iter().map(|layer| layer.leaves[leaf]);
        layers.min().unwrap_or(0)
    }
}

impl Layer {
    fn of(
        shape: &Shape,
        counts: &Counts,
        terms: &Terms<'_>,
        hidden: Vec<bool>,
        carried: Vec<bool>,
    ) -> Result<Self, Refusal> {
        let others = match terms.known {
            None => counts.clone(),
            Some(known) => counts.without(shape, known).ok_or(Refusal::Knowledge)?,
        };
        Ok(Self {
            cells: others.cells(shape).into_iter().map(|value| value as i64).collect(),
            leaves: others.leaves().iter().map(|value| *value as i64).collect(),
            hidden,
            threshold: terms.threshold.get() as i64,
            kinship: Kinship::Same,
            bounds: vec![0; shape.cells()],
            carried,
        })
    }

    /// A zero below a margin that is shown as zero.
    fn is_known_zero(&self, shape: &Shape, cell: CellId) -> bool {
        let mut parents = shape.parents(cell).iter();
        self.cells[cell] == 0 && parents.any(|parent| !self.hidden[*parent] && self.cells[*parent] == 0)
    }

    /// A part that is all of a shown whole, for a margin says that the rest is zero: nothing is left to hide.
    fn is_known_part(&self, shape: &Shape, cell: CellId) -> bool {
        shape
            .twin(cell)
            .is_some_and(|(whole, rest)| !self.hidden[whole] && self.is_known_zero(shape, rest))
    }
}
