//! Certificates, and the checker that takes no solver's word.
//!
//! The checker shares with the search only what a cell is: its leaves, its margins, the links. Everything else it works
//! out itself, by addition, from the frozen counts and what is published of them.

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::release::{Kinship, Published, Terms, Threshold};
use super::shape::{CellId, Shape};

/// Why a release is safe: possible tables, each given by what differs from the true one, and for each hidden cell the
/// two that its marks need.
///
/// Secret like the counts: the differences together say a good deal about the truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The threshold that it was made for.
    pub threshold: Threshold,
    /// Witnesses: the leaves that differ, and by how much. The same difference is added to every release of the quarter.
    pub changes: Vec<Vec<(u32, i64)>>,
    /// The hidden cells.
    pub marks: Vec<Witnesses>,
}

/// The witnesses of one hidden cell; 0 is the true table, n the nth change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witnesses {
    /// The cell.
    pub cell: u32,
    /// Where it is lowest.
    pub low: u32,
    /// Where it is highest.
    pub high: u32,
}

/// What is wrong with a release or its certificate. Names cells by number, witnesses as a certificate does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Tables of another shape, or a certificate for another threshold or with numbers out of range.
    #[error("not of these tables")]
    Foreign,
    /// A shown value is not what the frozen counts sum to.
    #[error("cell {0} shows what was not counted")]
    Value(CellId),
    /// Rule 1: a small count is shown.
    #[error("cell {0} is small and shown")]
    Small(CellId),
    /// Rule 2: a cell is shown below a hidden margin.
    #[error("cell {0} is shown below a hidden margin")]
    Closure(CellId),
    /// Rule 3: a group of hidden parts of this margin is given away, and is small or nothing but zeros.
    #[error("hidden parts of cell {0} are given away together")]
    Group(CellId),
    /// Rule 5: a correction changed such a group by less than the threshold.
    #[error("a correction of hidden parts of cell {0} is given away")]
    Correction(CellId),
    /// Rule 5: hidden before and shown now; rule 6: shown to those who see less and hidden here, or hidden from those
    /// who see more and shown here.
    #[error("cell {0} does not follow from other releases")]
    Inherited(CellId),
    /// A witness has a negative leaf.
    #[error("witness {0} has fewer than no people at leaf {1}")]
    Leaf(u32, u32),
    /// A witness whose sides disagree.
    #[error("witness {0} breaks a link")]
    Link(u32),
    /// A witness that differs in a shown cell.
    #[error("witness {0} differs in cell {1}, which is shown")]
    Shown(u32, CellId),
    /// A witness in which a hidden cell is less than the pattern says it is.
    #[error("witness {0} is below the bound of cell {1}")]
    Bound(u32, CellId),
    /// A hidden cell whose witnesses are not far enough from its value.
    #[error("hidden cell {0} is narrowed too far")]
    Mark(CellId),
}

/// Counts as the attacker has to guess them, and what he was shown.
struct Seen {
    cells: Vec<i64>,
    leaves: Vec<i64>,
    is_hidden: Vec<bool>,
    bounds: Vec<i64>,
    threshold: i64,
    kinship: Kinship,
}

/// Checks a release from the frozen counts, what is published, and the certificate, by addition alone.
pub fn check(
    shape: &Shape,
    counts: &Counts,
    terms: &Terms<'_>,
    published: &Published,
    certificate: &Certificate,
) -> Result<(), Violation> {
    if certificate.threshold != terms.threshold {
        return Err(Violation::Foreign);
    }
    let mut stack = Vec::new();
    let mut was_hidden = vec![false; shape.cells()];
    for earlier in terms.earlier {
        let threshold = match earlier.kinship {
            Kinship::Same => earlier.threshold,
            Kinship::Narrower => terms.threshold,
        };
        let seen = see(
            shape,
            earlier.counts,
            terms,
            earlier.published,
            &was_hidden,
            threshold,
            earlier.kinship,
        )?;
        if earlier.kinship == Kinship::Same {
            for (was_hidden, is_hidden) in was_hidden.iter_mut().zip(&seen.is_hidden) {
                *was_hidden |= is_hidden;
            }
        }
        stack.push(seen);
    }
    let now = see(
        shape,
        counts,
        terms,
        published,
        &was_hidden,
        terms.threshold,
        Kinship::Same,
    )?;
    check_pattern(shape, &now)?;
    check_inheritance(shape, &stack, &now, &was_hidden, terms)?;
    stack.push(now);
    check_witnesses(shape, &stack, certificate)
}

fn see(
    shape: &Shape,
    counts: &Counts,
    terms: &Terms<'_>,
    published: &Published,
    was_hidden: &[bool],
    threshold: Threshold,
    kinship: Kinship,
) -> Result<Seen, Violation> {
    if counts.leaves().len() != shape.leaves() || published.values().len() != shape.cells() {
        return Err(Violation::Foreign);
    }
    let mut leaves: Vec<i64> = counts.leaves().iter().map(|value| *value as i64).collect();
    let sum = |leaves: &[i64], of: &[u32]| of.iter().map(|leaf| leaves[*leaf as usize]).sum::<i64>();
    for (cell, shown) in published.values().iter().enumerate() {
        if shown.is_some_and(|shown| shown as i64 != sum(&leaves, shape.members(cell))) {
            return Err(Violation::Value(cell));
        }
    }
    if let Some(known) = terms.known {
        for (leaf, value) in leaves.iter_mut().enumerate() {
            let place = shape.first_place(leaf)[known.dimension];
            if known.leaves.contains(&usize::from(place)) {
                *value = 0;
            }
        }
    }
    if shape
        .links()
        .iter()
        .any(|[one, other]| sum(&leaves, one) != sum(&leaves, other))
    {
        return Err(Violation::Link(0));
    }
    let cells: Vec<i64> = (0..shape.cells())
        .map(|cell| sum(&leaves, shape.members(cell)))
        .collect();
    let is_hidden: Vec<bool> = published.values().iter().map(Option::is_none).collect();
    let bound = |cell: CellId| {
        let is_below_hidden = shape.parents(cell).iter().any(|parent| is_hidden[*parent]);
        let may_be_zero = is_below_hidden || was_hidden[cell] || (kinship == Kinship::Narrower && cells[cell] == 0);
        i64::from(!may_be_zero)
    };
    let bounds = (0..shape.cells()).map(bound).collect();
    Ok(Seen {
        cells,
        leaves,
        is_hidden,
        bounds,
        threshold: threshold.get() as i64,
        kinship,
    })
}

/// Rules 1 to 3 as far as they need no witness.
fn check_pattern(shape: &Shape, now: &Seen) -> Result<(), Violation> {
    let is_shown_zero = |cell: CellId| !now.is_hidden[cell] && now.cells[cell] == 0;
    let is_said_zero =
        |cell: CellId| now.cells[cell] == 0 && shape.parents(cell).iter().any(|parent| is_shown_zero(*parent));
    for cell in (0..shape.cells()).filter(|cell| !now.is_hidden[*cell]) {
        if 0 < now.cells[cell] && now.cells[cell] < now.threshold {
            return Err(Violation::Small(cell));
        }
        let is_below_hidden = shape.parents(cell).iter().any(|parent| now.is_hidden[*parent]);
        let is_all_of_whole = || {
            shape
                .twin(cell)
                .is_some_and(|(whole, rest)| !now.is_hidden[whole] && is_said_zero(rest))
        };
        if is_below_hidden && !is_said_zero(cell) && !is_all_of_whole() {
            return Err(Violation::Closure(cell));
        }
    }
    for equation in shape
        .equations()
        .iter()
        .filter(|equation| !now.is_hidden[equation.parent])
    {
        let shown = equation.children.iter().filter(|child| !now.is_hidden[**child]);
        let (count, sum) = shown.fold((0, 0), |(count, sum), child| (count + 1, sum + now.cells[*child]));
        let rest = now.cells[equation.parent] - sum;
        if count < equation.children.len() && rest < now.threshold {
            return Err(Violation::Group(equation.parent));
        }
    }
    Ok(())
}

/// Rules 5 and 6 as far as they need no witness.
fn check_inheritance(
    shape: &Shape,
    earlier: &[Seen],
    now: &Seen,
    was_hidden: &[bool],
    terms: &Terms<'_>,
) -> Result<(), Violation> {
    for (cell, was_hidden) in was_hidden.iter().enumerate() {
        let is_seen_by_narrower = earlier
            .iter()
            .any(|seen| seen.kinship == Kinship::Narrower && !seen.is_hidden[cell]);
        let is_hidden_from_wider = terms.wider.iter().any(|wider| wider.is_hidden(cell));
        let is_lost = now.is_hidden[cell] && is_seen_by_narrower;
        let is_gained = !now.is_hidden[cell] && (*was_hidden || is_hidden_from_wider);
        if is_lost || is_gained {
            return Err(Violation::Inherited(cell));
        }
    }
    for equation in shape.equations() {
        for old in earlier {
            if old.is_hidden[equation.parent] || now.is_hidden[equation.parent] {
                continue;
            }
            let shown = equation
                .children
                .iter()
                .filter(|child| !old.is_hidden[**child] && !now.is_hidden[**child]);
            let change = |cell: CellId| now.cells[cell] - old.cells[cell];
            let rest = change(equation.parent) - shown.map(|child| change(*child)).sum::<i64>();
            if rest != 0 && rest.abs() < now.threshold {
                return Err(Violation::Correction(equation.parent));
            }
        }
    }
    Ok(())
}

/// Every witness is a possible table of every release, and every hidden cell has those that it needs.
fn check_witnesses(shape: &Shape, stack: &[Seen], certificate: &Certificate) -> Result<(), Violation> {
    let mut cells_of = vec![Vec::new(); shape.leaves()];
    for cell in 0..shape.cells() {
        for leaf in shape.members(cell) {
            cells_of[*leaf as usize].push(cell);
        }
    }
    let mut marks = vec![None; shape.cells()];
    for mark in &certificate.marks {
        let slot = marks.get_mut(mark.cell as usize).ok_or(Violation::Foreign)?;
        let is_known = mark.low.max(mark.high) as usize <= certificate.changes.len();
        *slot = Some((mark.low, mark.high)).filter(|_| is_known);
    }
    // What the witnesses named for a cell change there.
    let mut reached = vec![(0i64, 0i64); shape.cells()];
    let none = Vec::new();
    let changes = std::iter::once(&none).chain(&certificate.changes);
    for (number, change) in changes.enumerate() {
        let number = number as u32;
        let mut leaves = vec![0i64; shape.leaves()];
        let mut cells = vec![0i64; shape.cells()];
        for (leaf, by) in change {
            *leaves.get_mut(*leaf as usize).ok_or(Violation::Foreign)? += by;
            for cell in &cells_of[*leaf as usize] {
                cells[*cell] += by;
            }
        }
        for seen in stack {
            if let Some(leaf) = (0..shape.leaves()).find(|leaf| seen.leaves[*leaf] + leaves[*leaf] < 0) {
                return Err(Violation::Leaf(number, leaf as u32));
            }
            for (cell, by) in cells.iter().enumerate() {
                if !seen.is_hidden[cell] && *by != 0 {
                    return Err(Violation::Shown(number, cell));
                }
                if seen.is_hidden[cell] && seen.cells[cell] + by < seen.bounds[cell] {
                    return Err(Violation::Bound(number, cell));
                }
            }
        }
        let sum = |of: &[u32]| of.iter().map(|leaf| leaves[*leaf as usize]).sum::<i64>();
        if shape.links().iter().any(|[one, other]| sum(one) != sum(other)) {
            return Err(Violation::Link(number));
        }
        for ((mark, reached), by) in marks.iter().zip(&mut reached).zip(&cells) {
            if let Some((low, high)) = mark {
                if *low == number {
                    reached.0 = *by;
                }
                if *high == number {
                    reached.1 = *by;
                }
            }
        }
    }
    for seen in stack {
        for cell in (0..shape.cells()).filter(|cell| seen.is_hidden[*cell]) {
            let value = seen.cells[cell];
            let (low, high) = (value + reached[cell].0, value + reached[cell].1);
            let is_small = 0 < value && value < seen.threshold;
            let is_wide = match value {
                _ if is_small => low <= 1 && high >= seen.threshold,
                _ if seen.kinship == Kinship::Narrower => true,
                0 => high >= 1,
                _ => low != value || high != value,
            };
            let needs_witness = is_small || seen.kinship == Kinship::Same;
            if !is_wide || (needs_witness && marks[cell].is_none()) {
                return Err(Violation::Mark(cell));
            }
        }
    }
    Ok(())
}
