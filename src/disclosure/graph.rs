//! Cheapest cycles in one slice of the cube.

use super::shape::{Family, Place, Shape};

/// No way leads there.
pub(crate) const NO_WAY: u32 = u32::MAX / 4;

/// What it costs to change a sum by one.
pub(crate) trait Prices {
    /// The price of one more (`sign` 1) or one less (−1); [`NO_WAY`] if the sum may not change so.
    fn price(&self, sum: usize, sign: i64) -> u32;
}

/// Two dimensions, each below a node, that a graph is spanned by.
///
/// The graph is bipartite: the leaves of the one dimension and those of the other, and on each side a node for the
/// total. Going from leaf x to leaf y adds one person at (x, y), going back takes one away; so a closed way adds as
/// much as it takes at each of its leaves, and keeps both margins. The way over the other side's total changes the
/// margin instead.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) dimensions: [usize; 2],
    pub(crate) leaves: [Vec<u16>; 2],
    /// By whether a family tells apart the leaves of the first, and of the second dimension: neither, second, first, both.
    families: [Vec<usize>; 4],
}

impl Pair {
    pub(crate) fn new(shape: &Shape, dimensions: [usize; 2], leaves: [Vec<u16>; 2]) -> Self {
        let mut families: [Vec<usize>; 4] = Default::default();
        for (number, family) in shape.families().iter().enumerate() {
            let tells = |side: usize| {
                let first = usize::from(leaves[side][0]);
                let mut others = leaves[side].iter();
                others.any(|leaf| family.tells_apart(dimensions[side], first, usize::from(*leaf)))
            };
            families[2 * usize::from(tells(0)) + usize::from(tells(1))].push(number);
        }
        Self {
            dimensions,
            leaves,
            families,
        }
    }

    /// The families that one person's place touches.
    pub(crate) fn crossed(&self) -> &[usize] {
        &self.families[3]
    }
}

/// One slice: a pair, the leaves of all other dimensions, and the slices in which everything happens with the
/// opposite sign.
pub(crate) struct Slice<'a> {
    pair: &'a Pair,
    /// A place in each slice, and the sign of changes there.
    copies: Vec<(Place, i64)>,
    /// For each class of families: those that changes in all copies reach, with the sum without the pair's shares.
    bases: [Vec<(&'a Family, u32, i64)>; 4],
}

/// A way through a slice: nodes of the first dimension (0) and the second (1) in turn; one past the leaves is the total.
type Way = Vec<(usize, usize)>;

impl<'a> Slice<'a> {
    /// The slice at a place, mirrored in others: each a dimension and its other leaf.
    pub(crate) fn new(shape: &'a Shape, pair: &'a Pair, at: Place, mirrors: &[(usize, u16)]) -> Self {
        let mut copies = vec![(at, 1)];
        for (dimension, other) in mirrors {
            let mirrored = copies.iter().map(|(place, sign)| {
                let mut place = *place;
                place[*dimension] = *other;
                (place, -sign)
            });
            copies.extend(mirrored.collect::<Vec<_>>());
        }
        let mut bases: [Vec<(&Family, u32, i64)>; 4] = Default::default();
        for (class, families) in pair.families.iter().enumerate() {
            for family in families {
                let family = &shape.families()[*family];
                let is_cancelled = mirrors.iter().any(|(dimension, other)| {
                    !family.tells_apart(*dimension, usize::from(at[*dimension]), usize::from(*other))
                });
                if is_cancelled {
                    continue;
                }
                for (place, sign) in &copies {
                    if let Some(base) = base(shape, pair, family, place) {
                        bases[class].push((family, base, *sign));
                    }
                }
            }
        }
        Self { pair, copies, bases }
    }

    fn total(&self, side: usize) -> usize {
        self.pair.leaves[side].len()
    }

    /// The price of the step between node `x` of the first dimension and `y` of the second; `forth` from first to second.
    fn price(&self, prices: &impl Prices, x: usize, y: usize, forth: bool) -> u32 {
        let is_total = [x == self.total(0), y == self.total(1)];
        let class = 2 * usize::from(!is_total[0]) + usize::from(!is_total[1]);
        let sign = if forth == (is_total[0] == is_total[1]) { 1 } else { -1 };
        let leaf =
            |side: usize, node: usize| usize::from(self.pair.leaves[side][if is_total[side] { 0 } else { node }]);
        let [first, second] = self.pair.dimensions;
        let (x, y) = (leaf(0, x), leaf(1, y));
        let mut price = 1;
        for (family, base, copy) in &self.bases[class] {
            let (one, other) = (family.share(first, x), family.share(second, y));
            if one == u32::MAX || other == u32::MAX {
                continue;
            }
            let more = prices.price((base + one + other) as usize, sign * copy);
            if more >= NO_WAY {
                return NO_WAY;
            }
            price += more;
        }
        price.min(NO_WAY)
    }

    /// The cheapest cycle through one of the steps from `starts.0` to `starts.1` (nodes as in a way, on opposite
    /// sides), cheaper than `limit`. The steps themselves are not taken back.
    pub(crate) fn cycle(
        &self,
        prices: &impl Prices,
        from: &[(usize, usize)],
        to: (usize, usize),
        limit: u32,
    ) -> Option<(u32, Way)> {
        let step = |one: (usize, usize), other: (usize, usize)| match one.0 {
            0 => self.price(prices, one.1, other.1, true),
            _ => self.price(prices, other.1, one.1, false),
        };
        let firsts: Vec<u32> = from.iter().map(|start| step(*start, to)).collect();
        if firsts.iter().all(|price| *price >= limit) {
            return None;
        }
        let sizes = [self.total(0) + 1, self.total(1) + 1];
        let number = |node: (usize, usize)| node.0 * sizes[0] + node.1;
        let mut distance = vec![NO_WAY; sizes[0] + sizes[1]];
        let mut before = vec![None; sizes[0] + sizes[1]];
        let mut is_done = vec![false; sizes[0] + sizes[1]];
        distance[number(to)] = 0;
        let node_of = |number: usize| {
            if number < sizes[0] {
                (0, number)
            } else {
                (1, number - sizes[0])
            }
        };
        let mut best: Option<(u32, usize)> = None;
        loop {
            let open = (0..distance.len()).filter(|node| !is_done[*node] && distance[*node] < NO_WAY);
            let Some(nearest) = open.min_by_key(|node| distance[*node]) else {
                break;
            };
            let bound = best.map_or(limit, |(price, _)| price);
            if distance[nearest] >= bound {
                break;
            }
            is_done[nearest] = true;
            let node = node_of(nearest);
            for start in 0..from.len() {
                if number(from[start]) == nearest && firsts[start] < NO_WAY {
                    let price = distance[nearest] + firsts[start];
                    if price < best.map_or(limit, |(price, _)| price) {
                        best = Some((price, start));
                    }
                }
            }
            let side = 1 - node.0;
            for other in 0..sizes[side] {
                let next = (side, other);
                if is_done[number(next)] || (node == to && from.contains(&next)) {
                    continue;
                }
                let reached = distance[nearest].saturating_add(step(node, next));
                if reached < distance[number(next)] {
                    distance[number(next)] = reached;
                    before[number(next)] = Some(node);
                }
            }
        }
        let (price, start) = best?;
        let mut way = vec![from[start]];
        while let Some(previous) = before[number(way[way.len() - 1])] {
            way.push(previous);
        }
        way.reverse();
        Some((price, way))
    }

    /// The people that a closed way adds and takes. Steps over totals add nobody: they close what leaves a margin open.
    pub(crate) fn people(&self, way: &Way, people: &mut Vec<(Place, i64)>) {
        people.clear();
        for (at, node) in way.iter().enumerate() {
            let next = way[(at + 1) % way.len()];
            let (x, y, forth) = if node.0 == 0 {
                (node.1, next.1, 1)
            } else {
                (next.1, node.1, -1)
            };
            if x == self.total(0) || y == self.total(1) {
                continue;
            }
            for (place, sign) in &self.copies {
                let mut place = *place;
                place[self.pair.dimensions[0]] = self.pair.leaves[0][x];
                place[self.pair.dimensions[1]] = self.pair.leaves[1][y];
                people.push((place, forth * sign));
            }
        }
    }
}

/// The sum that a place lies in, without the shares of the pair's dimensions.
fn base(shape: &Shape, pair: &Pair, family: &Family, place: &Place) -> Option<u32> {
    let mut base = family.offset();
    for dimension in (0..shape.dimensions().len()).filter(|dimension| !pair.dimensions.contains(dimension)) {
        let share = family.share(dimension, usize::from(place[dimension]));
        if share == u32::MAX {
            return None;
        }
        base += share;
    }
    Some(base)
}
