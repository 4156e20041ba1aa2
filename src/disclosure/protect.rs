//! From counts to a release: hide what is small, then more, until every hidden cell has its witnesses.

use super::certificate::{Certificate, Witnesses, check};
use super::counts::Counts;
use super::program::{Answer, Program};
use super::release::{Published, Refusal, Release, Stats, Terms};
use super::rules::{Rules, Stack};
use super::search::{Desk, Search, Witness};
use super::shape::{CellId, Shape};

/// Decides what of these counts may be shown, and proves it.
///
/// The same counts and terms give the same release on every machine, unless [`super::Limits::time`] cuts in. Refused
/// where earlier releases leave no way; never half safe.
pub fn protect(shape: &Shape, counts: &Counts, terms: &Terms<'_>) -> Result<Release, Refusal> {
    let release = protect_by(shape, counts, terms, Rules::ALL)?;
    let checked = check(shape, counts, terms, &release.published, &release.certificate);
    match checked {
        Ok(()) => Ok(release),
        Err(violation) => Err(Refusal::Uncertified(violation)),
    }
}

/// [`protect`] without the last check, and with rules that a test may have broken.
pub(crate) fn protect_by(shape: &Shape, counts: &Counts, terms: &Terms<'_>, rules: Rules) -> Result<Release, Refusal> {
    let mut stack = Stack::new(shape, counts, terms, rules)?;
    stack.hide_primary(terms)?;
    refuse_if_any(stack.shown_before(), Refusal::ShownBefore)?;
    refuse_if_any(stack.small_corrections(), Refusal::SmallCorrection)?;
    let mut run = Run::new(stack, terms);
    if rules.secondary {
        run.protect()?;
        run.refine();
        refuse_if_any(run.stack.small_corrections(), Refusal::SmallCorrection)?;
    }
    Ok(run.finish(counts))
}

fn refuse_if_any(cells: Vec<CellId>, refusal: impl FnOnce(Vec<CellId>) -> Refusal) -> Result<(), Refusal> {
    if cells.is_empty() { Ok(()) } else { Err(refusal(cells)) }
}

pub(super) struct Run<'a, 't> {
    pub(super) stack: Stack<'a>,
    pub(super) terms: &'t Terms<'t>,
    pub(super) desk: Desk<'a>,
    pub(super) search: Search,
    pub(super) program: Option<Program>,
    pub(super) witnesses: Vec<Witness>,
    /// For each cell the lowest change that a witness has there, and which witness; 0 is the truth.
    pub(super) lowest: Vec<(i64, u32)>,
    pub(super) highest: Vec<(i64, u32)>,
    /// Cells in the order in which their marks are met: the hardest first.
    pub(super) order: Vec<CellId>,
    pub(super) stats: Stats,
}

impl<'a, 't> Run<'a, 't> {
    fn new(stack: Stack<'a>, terms: &'t Terms<'t>) -> Self {
        let shape = stack.shape;
        let mut order: Vec<CellId> = (0..shape.cells()).collect();
        // The more places a cell sums, the fewer cells there are to move people to.
        let places = |cell: CellId| -> usize {
            let nodes = shape.nodes(cell).iter().zip(shape.dimensions());
            let sizes = nodes.map(|(node, dimension)| dimension.nodes()[usize::from(*node)].leaves.len());
            sizes.product()
        };
        order.sort_by_key(|cell| (std::cmp::Reverse(places(*cell)), stack.current().cells[*cell], *cell));
        Self {
            desk: Desk::new(&stack),
            search: Search::new(&stack),
            terms,
            program: None,
            witnesses: Vec::new(),
            lowest: vec![(0, 0); shape.cells()],
            highest: vec![(0, 0); shape.cells()],
            order,
            stats: Stats::default(),
            stack,
        }
    }

    fn protect(&mut self) -> Result<(), Refusal> {
        loop {
            let order = std::mem::take(&mut self.order);
            let mut is_done = true;
            for cell in &order {
                while let Some(by) = self.wanted(*cell) {
                    is_done = false;
                    if !self.meet(*cell, by) {
                        self.escalate(*cell)?;
                    }
                }
            }
            self.order = order;
            // What the marks hid beside a small cell is mostly enough for its groups too.
            if is_done && self.stack.small_groups().next().is_none() {
                return Ok(());
            }
            self.widen_groups()?;
        }
    }

    /// By how much a cell has still to change in some witness.
    pub(super) fn wanted(&self, cell: CellId) -> Option<i64> {
        let mark = self.stack.mark(cell);
        let (low, high) = (self.lowest[cell].0, self.highest[cell].0);
        let up = mark.high.filter(|wanted| high < *wanted);
        let down = mark.low.filter(|wanted| low > *wanted);
        let any = (mark.any && low == 0 && high == 0).then_some(1);
        up.or(down).or(any)
    }

    /// Rule 3: as long as hidden cells are given away together, and are too few people, one more is hidden beside them.
    fn widen_groups(&mut self) -> Result<(), Refusal> {
        loop {
            let Some((parent, children)) = self.stack.small_groups().next() else {
                return Ok(());
            };
            let layer = self.stack.current();
            let may_hide =
                |cell: &CellId| !layer.hidden[*cell] && layer.cells[*cell] > 0 && !self.stack.is_fixed[*cell];
            let beside = children
                .iter()
                .copied()
                .filter(may_hide)
                .min_by_key(|cell| self.desk.weight(*cell));
            let Some(cell) = beside.or_else(|| Some(parent).filter(may_hide)) else {
                return Err(Refusal::Unprotected(vec![parent]));
            };
            self.hide([cell]);
        }
    }

    fn hide(&mut self, cells: impl IntoIterator<Item = CellId>) {
        let mut has_changed = false;
        for cell in cells {
            if !self.stack.current().hidden[cell] {
                self.stack.hide(cell);
                has_changed = true;
            }
        }
        if has_changed {
            self.desk.refresh(&self.stack);
            self.program = None;
        }
    }

    /// Finds a witness for a mark; by the search, else by an integer program.
    fn meet(&mut self, cell: CellId, by: i64) -> bool {
        let is_any = self.stack.mark(cell).any && self.lowest[cell].0 == 0 && self.highest[cell].0 == 0;
        let ways: &[i64] = if is_any { &[1, -1] } else { &[by] };
        for by in ways {
            if let Some(witness) = self.search.reach(&mut self.desk, cell, *by, true) {
                self.hide(witness.cells.iter().map(|(cell, _)| *cell));
                self.keep(witness);
                return true;
            }
        }
        for by in ways {
            if self.stats.programs >= self.terms.limits.programs {
                return false;
            }
            self.stats.programs += 1;
            let program = self.program.get_or_insert_with(|| Program::new(&self.stack));
            if let Answer::Found(leaves) = program.reach(&self.stack, cell, *by, &self.terms.limits) {
                self.keep(Witness::of(self.stack.shape, leaves));
                return true;
            }
        }
        false
    }

    /// Keeps a witness, and notes every cell that it serves.
    pub(super) fn keep(&mut self, witness: Witness) {
        self.witnesses.push(witness);
        self.note(self.witnesses.len() - 1);
    }

    /// Notes every cell that a witness serves.
    pub(super) fn note(&mut self, witness: usize) {
        let number = witness as u32 + 1;
        for (cell, by) in &self.witnesses[witness].cells {
            if *by < self.lowest[*cell].0 {
                self.lowest[*cell] = (*by, number);
            }
            if *by > self.highest[*cell].0 {
                self.highest[*cell] = (*by, number);
            }
        }
    }

    /// Nothing will do as things are: the cheapest shown margin above the cell is hidden too, with its whole subtree.
    fn escalate(&mut self, cell: CellId) -> Result<(), Refusal> {
        let layer = self.stack.current();
        let may_hide = |cell: &CellId| !layer.hidden[*cell] && layer.cells[*cell] > 0 && !self.stack.is_fixed[*cell];
        let cheapest = |cells: &[CellId]| {
            let cells = cells.iter().copied().filter(may_hide);
            cells.min_by_key(|cell| (self.desk.weight(*cell), *cell))
        };
        let own = Some(cell).filter(may_hide);
        let near = || cheapest(self.stack.shape.parents(cell));
        let far = || cheapest(self.desk.ancestors(cell));
        let Some(above) = own.or_else(near).or_else(far) else {
            return Err(Refusal::Unprotected(vec![cell]));
        };
        self.stats.escalations += 1;
        self.hide([above]);
        Ok(())
    }

    fn finish(mut self, counts: &Counts) -> Release {
        let shape = self.stack.shape;
        let layer = self.stack.current();
        let mut numbers = vec![0u32; self.witnesses.len() + 1];
        let mut changes = Vec::new();
        let mut marks = Vec::new();
        for cell in 0..shape.cells() {
            if !self.stack.layers.iter().any(|layer| layer.hidden[cell]) {
                continue;
            }
            let mut renumber = |number: u32| {
                let place = &mut numbers[number as usize];
                if number > 0 && *place == 0 {
                    changes.push(std::mem::take(&mut self.witnesses[number as usize - 1].leaves));
                    *place = changes.len() as u32;
                }
                *place
            };
            marks.push(Witnesses {
                cell: cell as u32,
                low: renumber(self.lowest[cell].1),
                high: renumber(self.highest[cell].1),
            });
        }
        let count = |is: &dyn Fn(CellId) -> bool| (0..shape.cells()).filter(|cell| is(*cell)).count();
        let stats = Stats {
            nonzero: count(&|cell| layer.cells[cell] > 0),
            shown: count(&|cell| layer.cells[cell] > 0 && !layer.hidden[cell]),
            primary: count(&|cell| 0 < layer.cells[cell] && layer.cells[cell] < layer.threshold),
            hidden: count(&|cell| layer.hidden[cell]),
            witnesses: changes.len(),
            ..self.stats
        };
        Release {
            published: Published::mask(shape, counts, |cell| layer.hidden[cell]),
            certificate: Certificate {
                threshold: self.terms.threshold,
                changes,
                marks,
            },
            stats,
        }
    }
}
