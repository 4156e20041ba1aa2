//! Witnesses by cycles of single people.

use super::dimension::Dimension;
use super::graph::{NO_WAY, Pair, Prices, Slice};
use super::rules::Stack;
use super::shape::{CellId, Family, MAX_DIMENSIONS, Place, Shape};

/// What hiding one cell costs, before what closure hides with it; a step of a way costs 1.
const CELL: u32 = 64;
/// What hiding a zero costs: nobody misses it, but it needs a witness of its own.
const ZERO: u32 = 8;

/// A change of leaves: a possible table is the true one with it.
pub(crate) type Change = Vec<(u32, i64)>;

/// A possible table: what differs from the true one in cells and in leaves.
pub(crate) struct Witness {
    pub(crate) cells: Vec<(CellId, i64)>,
    pub(crate) leaves: Change,
}

impl Witness {
    /// The witness in which these leaves differ.
    pub(crate) fn of(shape: &Shape, leaves: Change) -> Self {
        let mut change = vec![0; shape.leaves()];
        for (leaf, by) in &leaves {
            change[*leaf as usize] += by;
        }
        let sum = |cell: CellId| shape.members(cell).iter().map(|leaf| change[*leaf as usize]).sum();
        let cells = (0..shape.cells())
            .map(|cell| (cell, sum(cell)))
            .filter(|(_, by)| *by != 0);
        Self {
            cells: cells.collect(),
            leaves,
        }
    }
}

/// The prices of changing sums, and the change under way.
///
/// Sums are the cells of the shape, and after them its leaves, which are never published and cost nothing.
pub(crate) struct Desk<'a> {
    shape: &'a Shape,
    ancestors: Vec<Vec<CellId>>,
    /// Cost of hiding a shown cell with all that closure hides.
    weights: Vec<u32>,
    is_hidden: Vec<bool>,
    prices: Vec<u32>,
    /// How far a sum may go down.
    room: Vec<i64>,
    /// By how much each sum differs from the truth now.
    change: Vec<i64>,
    touched: Vec<usize>,
    /// Whether shown cells may be changed at all, and so be hidden.
    may_hide: bool,
}

impl Prices for Desk<'_> {
    #[inline]
    fn price(&self, sum: usize, sign: i64) -> u32 {
        let change = self.change[sum];
        let price = self.prices[sum];
        if (sign < 0 && change <= -self.room[sum]) || (price > 0 && !self.may_hide) {
            return NO_WAY;
        }
        // What differs already will be hidden whatever happens.
        if change != 0 { 0 } else { price }
    }
}

impl<'a> Desk<'a> {
    pub(crate) fn new(stack: &Stack<'a>) -> Self {
        let shape = stack.shape;
        let sums = shape.cells() + shape.leaves();
        let mut desk = Self {
            shape,
            ancestors: ancestors(shape),
            weights: vec![0; shape.cells()],
            is_hidden: vec![true; shape.cells()],
            prices: vec![0; sums],
            room: vec![0; sums],
            change: vec![0; sums],
            touched: Vec::new(),
            may_hide: true,
        };
        for leaf in 0..shape.leaves() {
            desk.room[shape.cells() + leaf] = stack.leaf_slack(leaf);
        }
        for cell in 0..shape.cells() {
            if !stack.current().hidden[cell] {
                desk.count(stack, cell, 1);
                desk.is_hidden[cell] = false;
            }
        }
        desk.refresh(stack);
        desk
    }

    /// Counts a shown cell for all that would hide it, or no longer.
    fn count(&mut self, stack: &Stack<'_>, cell: CellId, sign: i64) {
        let weight = i64::from(if stack.current().cells[cell] == 0 { ZERO } else { CELL });
        for above in self.ancestors[cell].iter().chain([&cell]) {
            let sum = i64::from(self.weights[*above]) + sign * weight;
            self.weights[*above] = sum.clamp(0, i64::from(NO_WAY / 64)) as u32;
        }
    }

    /// Takes over what is hidden now.
    pub(crate) fn refresh(&mut self, stack: &Stack<'_>) {
        let layer = stack.current();
        for cell in 0..self.shape.cells() {
            if layer.hidden[cell] != self.is_hidden[cell] {
                self.is_hidden[cell] = layer.hidden[cell];
                self.count(stack, cell, if layer.hidden[cell] { -1 } else { 1 });
            }
        }
        for cell in 0..self.shape.cells() {
            let value = layer.cells[cell];
            let never = stack.is_fixed[cell] || (!layer.hidden[cell] && value == 0);
            self.prices[cell] = match (never, layer.hidden[cell]) {
                (true, _) => NO_WAY,
                (_, true) => 0,
                (_, false) => self.weights[cell],
            };
            self.room[cell] = if layer.hidden[cell] {
                stack.slack(cell)
            } else {
                value - 1
            };
        }
    }

    /// What hiding a cell costs.
    pub(crate) fn weight(&self, cell: CellId) -> u32 {
        self.weights[cell]
    }

    /// All margins above a cell.
    pub(crate) fn ancestors(&self, cell: CellId) -> &[CellId] {
        &self.ancestors[cell]
    }

    fn add(&mut self, people: &[(Place, i64)], by: i64) {
        let shape = self.shape;
        for (place, sign) in people {
            for family in shape.families() {
                if let Some(sum) = family.sum_at(place) {
                    if self.change[sum] == 0 {
                        self.touched.push(sum);
                    }
                    self.change[sum] += sign * by;
                }
            }
        }
    }

    fn clear(&mut self) {
        while let Some(sum) = self.touched.pop() {
            self.change[sum] = 0;
        }
    }

    /// The price of all cells that the change under way differs in; none if it may not be.
    fn bill(&self) -> Option<u32> {
        let mut bill = 0u32;
        let mut touched: Vec<usize> = self.touched.clone();
        touched.sort_unstable();
        touched.dedup();
        for sum in touched {
            let change = self.change[sum];
            if change == 0 {
                continue;
            }
            let price = self.prices[sum];
            if price >= NO_WAY || (price > 0 && !self.may_hide) || -change > self.room[sum] {
                return None;
            }
            bill = bill.saturating_add(self.prices[sum]);
        }
        Some(bill)
    }

    /// The change under way in cells, and in leaves.
    fn take(&mut self) -> Witness {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        let (mut cells, mut leaves) = (Vec::new(), Vec::new());
        for sum in touched {
            let change = std::mem::take(&mut self.change[sum]);
            match sum.checked_sub(self.shape.cells()) {
                _ if change == 0 => {}
                None => cells.push((sum, change)),
                Some(leaf) => leaves.push((leaf as u32, change)),
            }
        }
        Witness { cells, leaves }
    }
}

fn ancestors(shape: &Shape) -> Vec<Vec<CellId>> {
    let each = (0..shape.cells()).map(|cell| {
        let mut found: Vec<CellId> = shape.parents(cell).to_vec();
        let mut at = 0;
        while at < found.len() {
            for parent in shape.parents(found[at]) {
                if !found.contains(parent) {
                    found.push(*parent);
                }
            }
            at += 1;
        }
        found
    });
    each.collect()
}

/// A pair with what is known about the dimensions outside it.
struct Span {
    pair: Pair,
    /// For each dimension its leaves, grouped where it makes no difference to a step which one is taken.
    groups: Vec<Vec<Vec<u16>>>,
    /// Dimensions in which the opposite may happen at another leaf.
    mirrors: Vec<usize>,
}

/// All graphs of a shape.
pub(crate) struct Search {
    spans: Vec<Span>,
    turn: usize,
}

impl Search {
    /// A graph for each two dimensions; of a tree also one for each branch.
    pub(crate) fn new(stack: &Stack<'_>) -> Self {
        let shape = stack.shape;
        let dimensions = shape.dimensions();
        let is_active = active(stack);
        let branches = |at: usize| -> Vec<Vec<u16>> {
            let dimension = &dimensions[at];
            let nodes = dimension.nodes().iter().enumerate();
            let roots = nodes
                .filter(|(place, _)| *place == 0 || (!dimension.are_parts() && dimension.leaf_of(*place).is_none()));
            let active = |leaves: &[usize]| {
                leaves
                    .iter()
                    .filter(|leaf| is_active[at][**leaf])
                    .map(|leaf| *leaf as u16)
                    .collect()
            };
            let branches = roots
                .map(|(_, node)| active(&node.leaves))
                .filter(|leaves: &Vec<u16>| leaves.len() > 1);
            branches.collect()
        };
        let mut spans = Vec::new();
        for one in 0..dimensions.len() {
            for other in one + 1..dimensions.len() {
                for first in branches(one) {
                    for second in branches(other) {
                        let pair = Pair::new(shape, [one, other], [first.clone(), second]);
                        spans.extend(Span::new(shape, pair, &is_active));
                    }
                }
            }
        }
        Self { spans, turn: 0 }
    }

    /// A witness in which a cell changes by at least `by` (or, if it is negative, at most), reached one person at a time.
    /// Unless it `may_hide`, no cell that is shown now differs in it.
    pub(crate) fn reach(&mut self, desk: &mut Desk<'_>, cell: CellId, by: i64, may_hide: bool) -> Option<Witness> {
        let sign = by.signum();
        desk.clear();
        desk.may_hide = may_hide;
        while desk.change[cell] * sign < by * sign {
            let Some(people) = self.step(desk, cell, sign) else {
                desk.clear();
                return None;
            };
            desk.add(&people, 1);
        }
        Some(desk.take())
    }

    /// The cheapest cycle that changes a cell by one.
    fn step(&mut self, desk: &mut Desk<'_>, cell: CellId, sign: i64) -> Option<Vec<(Place, i64)>> {
        self.turn += 1;
        let mut best: Option<(u32, Vec<(Place, i64)>)> = None;
        let before = desk.change[cell];
        let mut people = Vec::new();
        for are_mirrored in [false, true] {
            for span in &self.spans {
                let Some(starts) = span.starts(desk.shape, cell, sign) else {
                    continue;
                };
                for (at, mirrors) in span.slices(desk.shape, cell, self.turn, are_mirrored) {
                    let slice = Slice::new(desk.shape, &span.pair, at, &mirrors);
                    for (from, to) in &starts {
                        let limit = best.as_ref().map_or(NO_WAY, |(price, _)| *price);
                        let Some((_, way)) = slice.cycle(desk, from, *to, limit) else {
                            continue;
                        };
                        slice.people(&way, &mut people);
                        let touched = desk.touched.len();
                        desk.add(&people, 1);
                        let bill = desk.bill().filter(|_| desk.change[cell] == before + sign);
                        desk.add(&people, -1);
                        desk.touched.truncate(touched);
                        let Some(bill) = bill else { continue };
                        let price = bill.saturating_add(people.len() as u32);
                        if best.as_ref().is_none_or(|(least, _)| price < *least) {
                            best = Some((price, people.clone()));
                        }
                    }
                }
                if best.as_ref().is_some_and(|(price, _)| *price < CELL) {
                    return best.map(|(_, people)| people);
                }
            }
        }
        best.map(|(_, people)| people)
    }
}

/// The leaves of each dimension where anybody is counted: nobody can be taken from the others.
fn active(stack: &Stack<'_>) -> Vec<Vec<bool>> {
    let shape = stack.shape;
    let mut is_active: Vec<Vec<bool>> = shape
        .dimensions()
        .iter()
        .map(|dimension| vec![false; dimension.leaves()])
        .collect();
    for family in shape.families().iter().filter(|family| family.is_leaf) {
        for (at, dimension) in shape.dimensions().iter().enumerate() {
            let mut shares: Vec<u32> = (0..dimension.leaves()).map(|leaf| family.share(at, leaf)).collect();
            shares.sort_unstable();
            let is_split = shares.windows(2).all(|pair| pair[0] != pair[1]);
            if !is_split {
                continue;
            }
            for leaf in 0..shape.leaves() {
                if stack.leaf_slack(leaf) > 0 && family.sum_at(shape.first_place(leaf)) == Some(shape.cells() + leaf) {
                    is_active[at][usize::from(shape.first_place(leaf)[at])] = true;
                }
            }
        }
    }
    is_active
}

impl Span {
    /// None where a step touches no published cell: such a graph moves nothing that matters.
    fn new(shape: &Shape, pair: Pair, is_active: &[Vec<bool>]) -> Option<Self> {
        let families = || pair.crossed().iter().map(|family| &shape.families()[*family]);
        families().find(|family| !family.is_leaf)?;
        let dimensions = shape.dimensions();
        let mut groups = Vec::new();
        for (at, dimension) in dimensions.iter().enumerate() {
            let mut own: Vec<Vec<u16>> = Vec::new();
            for leaf in (0..dimension.leaves()).filter(|leaf| is_active[at][*leaf]) {
                let is_same = |group: &&mut Vec<u16>| {
                    let first = usize::from(group[0]);
                    families().all(|family| !family.tells_apart(at, first, leaf))
                };
                match own.iter_mut().find(is_same) {
                    Some(group) => group.push(leaf as u16),
                    None => own.push(vec![leaf as u16]),
                }
            }
            groups.push(own);
        }
        let is_before = |at: usize, dimension: &Dimension| at < pair.dimensions[0] || dimension.are_parts();
        let mirrors = (0..dimensions.len())
            .filter(|at| !pair.dimensions.contains(at) && is_before(*at, &dimensions[*at]))
            .filter(|at| {
                let tells = |family: &Family| family.levels[*at] != 0;
                let mut published = families().filter(|family| !family.is_leaf);
                published.any(tells) && families().any(|family| !tells(family))
            });
        let mirrors = mirrors.collect();
        Some(Self { pair, groups, mirrors })
    }

    /// The steps that change a cell by one in the direction of `sign`, grouped by where they end; none where the graph
    /// has no such step.
    #[allow(clippy::type_complexity)]
    fn starts(&self, shape: &Shape, cell: CellId, sign: i64) -> Option<Vec<(Vec<(usize, usize)>, (usize, usize))>> {
        let mut nodes: [Vec<usize>; 2] = Default::default();
        let mut is_total = [false; 2];
        for side in 0..2 {
            let leaves = &self.pair.leaves[side];
            let dimension = self.pair.dimensions[side];
            let inside = &shape.dimensions()[dimension].nodes()[usize::from(shape.nodes(cell)[dimension])].leaves;
            nodes[side] = (0..leaves.len())
                .filter(|at| inside.contains(&usize::from(leaves[*at])))
                .collect();
            match nodes[side].len() {
                0 => return None,
                all if all == leaves.len() => {
                    is_total[side] = true;
                    nodes[side] = vec![leaves.len()];
                }
                _ => {}
            }
        }
        if is_total == [true, true] && shape.order(cell) > 0 {
            return None;
        }
        let is_forth = (is_total[0] == is_total[1]) == (sign > 0);
        let [from, to] = if is_forth { [0, 1] } else { [1, 0] };
        let froms: Vec<(usize, usize)> = nodes[from].iter().map(|node| (from, *node)).collect();
        Some(nodes[to].iter().map(|node| (froms.clone(), (to, *node))).collect())
    }

    /// The slices in which a step changes a cell: a place, and what is mirrored.
    fn slices(&self, shape: &Shape, cell: CellId, turn: usize, are_mirrored: bool) -> Vec<(Place, Vec<(usize, u16)>)> {
        let mut places: Vec<Place> = vec![[0; MAX_DIMENSIONS]];
        for (at, dimension) in shape.dimensions().iter().enumerate() {
            if self.pair.dimensions.contains(&at) {
                continue;
            }
            let inside = &dimension.nodes()[usize::from(shape.nodes(cell)[at])].leaves;
            let mut chosen = Vec::new();
            for group in &self.groups[at] {
                let group: Vec<u16> = group
                    .iter()
                    .copied()
                    .filter(|leaf| inside.contains(&usize::from(*leaf)))
                    .collect();
                if !group.is_empty() {
                    chosen.push(group[turn % group.len()]);
                }
            }
            let with = |place: &Place| {
                let place = *place;
                let each = chosen.clone().into_iter();
                each.map(move |leaf| {
                    let mut place = place;
                    place[at] = leaf;
                    place
                })
            };
            places = places.iter().flat_map(with).collect();
        }
        if !are_mirrored {
            return places.into_iter().map(|place| (place, Vec::new())).collect();
        }
        let mut slices = Vec::new();
        for place in places {
            let mut sets: Vec<Vec<(usize, u16)>> = vec![Vec::new()];
            for at in &self.mirrors {
                let others = self.groups[*at].iter().filter(|group| !group.contains(&place[*at]));
                let others: Vec<u16> = others.map(|group| group[turn % group.len()]).collect();
                let longer: Vec<_> = sets
                    .iter()
                    .flat_map(|set| others.iter().map(|other| [set.as_slice(), &[(*at, *other)]].concat()))
                    .collect();
                sets.extend(longer);
            }
            slices.extend(sets.into_iter().skip(1).map(|set| (place, set)));
        }
        slices
    }
}
