//! Showing again what turns out to be hidden for nothing.
//!
//! The search hides what the mark before it needs; later ones often need less. So every cell that was hidden for
//! others' sake is tried once more: if all marks can be met with it shown, it is shown.

use super::protect::Run;
use super::shape::CellId;

impl Run<'_, '_> {
    /// Tries to show each cell that was hidden for others' sake, the largest counts first.
    pub(super) fn refine(&mut self) {
        let mut cells: Vec<CellId> = (0..self.stack.shape.cells())
            .filter(|cell| self.stack.is_chosen[*cell] && !self.must_hide(*cell))
            .collect();
        cells.sort_by_key(|cell| (std::cmp::Reverse(self.stack.current().cells[*cell]), *cell));
        for cell in cells {
            self.try_to_show(cell);
        }
    }

    /// Whether a cell is hidden whatever the search does.
    fn must_hide(&self, cell: CellId) -> bool {
        let is_carried = self.stack.current().carried[cell];
        is_carried || self.stack.is_small(cell) || self.terms.wider.iter().any(|wider| wider.is_hidden(cell))
    }

    fn try_to_show(&mut self, cell: CellId) {
        let witnesses = self.witnesses.len();
        let before = (self.stack.clone(), self.lowest.clone(), self.highest.clone());
        self.stack.is_chosen[cell] = false;
        self.stack.rebuild();
        let is_shown = !self.stack.current().hidden[cell];
        if is_shown && self.still_holds() {
            return;
        }
        (self.stack, self.lowest, self.highest) = before;
        self.witnesses.truncate(witnesses);
        self.desk.refresh(&self.stack);
    }

    /// Whether all marks can be met, and all groups are large enough, with nothing more hidden.
    fn still_holds(&mut self) -> bool {
        if self.stack.small_groups().next().is_some() {
            return false;
        }
        self.desk.refresh(&self.stack);
        self.lowest.fill((0, 0));
        self.highest.fill((0, 0));
        for witness in 0..self.witnesses.len() {
            if self.is_possible(witness) {
                self.note(witness);
            }
        }
        for at in 0..self.order.len() {
            let cell = self.order[at];
            while let Some(by) = self.wanted(cell) {
                let Some(witness) = self.search.reach(&mut self.desk, cell, by, false) else {
                    return false;
                };
                self.keep(witness);
            }
        }
        true
    }

    /// Whether a witness leaves all shown cells as they are, and all hidden ones within their bounds.
    fn is_possible(&self, witness: usize) -> bool {
        let mut cells = self.witnesses[witness].cells.iter();
        cells.all(|(cell, by)| self.stack.current().hidden[*cell] && -by <= self.stack.slack(*cell))
    }
}
