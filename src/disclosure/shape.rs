//! What is published: cells and margins of linked tables, and the leaves that they are sums of.

use super::dimension::{Dimension, NONE};

/// The most dimensions that a shape has.
pub const MAX_DIMENSIONS: usize = 6;

/// A cell's number within its shape: stable as long as the shape's definition is.
pub type CellId = usize;

/// A leaf of the full cube: one leaf of each dimension.
pub type Place = [u16; MAX_DIMENSIONS];

/// A table with all its margins: how deep it goes in each dimension, 0 where only the total is shown.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// A depth for each dimension.
    pub depths: Vec<usize>,
}

/// Why no shape can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The exact reduction does not hold: a table needs leaves finer than either side has.
    #[error("table {0} lies on neither side of the reduction")]
    NotReducible(String),
    /// With more than two sides linked tables need not come from one table of leaves.
    #[error("the reduction is proven for one side or two, not for {0}")]
    TooManySides(usize),
    /// Too many dimensions, or a table or side without a depth for each.
    #[error("there are {0} dimensions, or not a depth for each")]
    Dimensions(usize),
    /// A dimension without a category, or with a code used twice.
    #[error("dimension {0} has no categories, or a code twice")]
    Categories(String),
    /// No table at all, or more cells than can be handled.
    #[error("no table, or too many cells")]
    Size,
}

/// Cells, or leaves of a side, that look at the same levels of all dimensions.
///
/// Adding the offset and each dimension's share gives the number of the cell that a place lies in.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) levels: Vec<usize>,
    pub(crate) is_leaf: bool,
    offset: u32,
    shares: Vec<Vec<u32>>,
}

impl Family {
    /// The share of one dimension's leaf; [`NONE`] where the family has no cell there.
    pub(crate) fn share(&self, dimension: usize, leaf: usize) -> u32 {
        self.shares[dimension][leaf]
    }

    /// The number of the sum that holds a place.
    pub(crate) fn sum_at(&self, place: &Place) -> Option<usize> {
        let mut sum = self.offset;
        for (shares, leaf) in self.shares.iter().zip(place) {
            let share = shares[usize::from(*leaf)];
            if share == NONE {
                return None;
            }
            sum += share;
        }
        Some(sum as usize)
    }

    /// Whether it tells two leaves of a dimension apart.
    pub(crate) fn tells_apart(&self, dimension: usize, one: usize, other: usize) -> bool {
        self.shares[dimension][one] != self.shares[dimension][other]
    }

    pub(crate) fn offset(&self) -> u32 {
        self.offset
    }
}

/// A published margin and the cells that add up to it along one dimension.
#[derive(Clone, Debug)]
pub struct Equation {
    /// The margin.
    pub parent: CellId,
    /// Its parts; all of them.
    pub children: Vec<CellId>,
}

/// Linked tables with their margins, made ready for counting and checking.
///
/// *Cells* are published or hidden; every cell once, however many tables show it. *Leaves* are what cells sum: with
/// one side, the full cube; with two, the exact reduction of it, whose *links* say where both sides must agree.
#[derive(Clone, Debug)]
pub struct Shape {
    dimensions: Vec<Dimension>,
    tables: Vec<Table>,
    families: Vec<Family>,
    nodes: Vec<Vec<u16>>,
    parents: Vec<Vec<CellId>>,
    twins: Vec<Option<(CellId, CellId)>>,
    equations: Vec<Equation>,
    members: Vec<Vec<u32>>,
    leaves: usize,
    first_places: Vec<Place>,
    links: Vec<[Vec<u32>; 2]>,
}

impl Shape {
    /// A shape of one side: the leaves are the full cube. For small tables.
    pub fn small(dimensions: Vec<Dimension>, tables: Vec<Table>) -> Result<Self, ShapeError> {
        let full = dimensions.iter().map(Dimension::depth).collect();
        Self::new(dimensions, tables, &[full])
    }

    /// A shape of one or two sides, each given by its depth in every dimension.
    ///
    /// Two sides linked by their complete common margin lose nothing: below a cell of that margin no dimension is cut
    /// further by both, so for any two non-negative sides that agree there, the north-west-corner rule fills a table of
    /// leaves with both as its margins. A table must lie on one side, else its cells are no sums of leaves.
    pub fn new(dimensions: Vec<Dimension>, tables: Vec<Table>, sides: &[Vec<usize>]) -> Result<Self, ShapeError> {
        let count = dimensions.len();
        let mut depths = tables.iter().map(|table| &table.depths).chain(sides);
        if count == 0 || count > MAX_DIMENSIONS || depths.any(|depths| depths.len() != count) {
            return Err(ShapeError::Dimensions(count));
        }
        for dimension in &dimensions {
            let mut codes: Vec<&str> = dimension.nodes().iter().map(|node| node.code.as_str()).collect();
            codes.sort_unstable();
            if codes.len() < 2 || codes.windows(2).any(|pair| pair[0] == pair[1]) || codes.len() > 4096 {
                return Err(ShapeError::Categories(dimension.code().to_owned()));
            }
        }
        if sides.is_empty() || sides.len() > 2 {
            return Err(ShapeError::TooManySides(sides.len()));
        }
        let lies_on = |depths: &[usize], side: &[usize]| depths.iter().zip(side).all(|(depth, limit)| depth <= limit);
        for table in &tables {
            if !sides.iter().any(|side| lies_on(&table.depths, side)) {
                return Err(ShapeError::NotReducible(table.name.clone()));
            }
        }
        let size = |side: &Vec<usize>| {
            let pieces = dimensions
                .iter()
                .zip(side)
                .map(|(dimension, depth)| dimension.cut(*depth).1);
            pieces.fold(1usize, usize::saturating_mul)
        };
        if tables.is_empty() || sides.iter().any(|side| size(side) > 1 << 21) {
            return Err(ShapeError::Size);
        }
        let mut shape = Self {
            dimensions,
            tables,
            families: Vec::new(),
            nodes: Vec::new(),
            parents: Vec::new(),
            twins: Vec::new(),
            equations: Vec::new(),
            members: Vec::new(),
            leaves: 0,
            first_places: Vec::new(),
            links: Vec::new(),
        };
        shape.add_cells();
        shape.add_leaves(sides);
        shape.relate();
        Ok(shape)
    }

    /// One family for each combination of levels that some table shows.
    fn add_cells(&mut self) {
        for table in &self.tables {
            let mut combinations: Vec<Vec<usize>> = vec![Vec::new()];
            for (dimension, depth) in self.dimensions.iter().zip(&table.depths) {
                let longer = |levels: &Vec<usize>| {
                    let levels = levels.clone();
                    dimension
                        .levels_to(*depth)
                        .map(move |level| [levels.as_slice(), &[level]].concat())
                };
                combinations = combinations.iter().flat_map(longer).collect();
            }
            for levels in combinations {
                if self.families.iter().any(|family| family.levels == levels) {
                    continue;
                }
                let places = self.dimensions.iter().zip(&levels).map(|(dimension, level)| {
                    let nodes = dimension.level(*level);
                    (dimension.places(*level), nodes.len())
                });
                let (shares, size) = strides(places);
                let offset = self.nodes.len();
                for place in 0..size {
                    let mut rest = place;
                    let nodes = self.dimensions.iter().zip(&levels).map(|(dimension, level)| {
                        let nodes = dimension.level(*level);
                        let node = nodes[rest % nodes.len()];
                        rest /= nodes.len();
                        node as u16
                    });
                    self.nodes.push(nodes.collect());
                }
                self.families.push(Family {
                    levels,
                    is_leaf: false,
                    offset: offset as u32,
                    shares,
                });
            }
        }
    }

    fn add_leaves(&mut self, sides: &[Vec<usize>]) {
        let cells = self.nodes.len();
        self.members = vec![Vec::new(); cells];
        let common: Vec<usize> = (0..self.dimensions.len())
            .map(|dimension| sides.iter().map(|side| side[dimension]).min().unwrap_or(0))
            .collect();
        let cuts = |depths: &[usize]| -> Vec<(Vec<u32>, usize)> {
            let each = self.dimensions.iter().zip(depths);
            each.map(|(dimension, depth)| dimension.cut(*depth)).collect()
        };
        let (link_shares, links) = strides(cuts(&common).into_iter());
        let mut link_members = vec![[Vec::new(), Vec::new()]; if sides.len() == 2 { links } else { 0 }];
        let mut is_placed = vec![false; self.families.len()];
        for (side, depths) in sides.iter().enumerate() {
            let cut = cuts(depths);
            let (shares, size) = strides(cut.iter().cloned());
            let mine: Vec<usize> = (0..self.families.len())
                .filter(|family| !is_placed[*family])
                .filter(|family| {
                    let levels = self.families[*family].levels.iter().zip(depths);
                    let mut levels = levels.zip(&self.dimensions);
                    levels.all(|((level, depth), dimension)| level <= depth || (dimension.are_parts() && *depth > 0))
                })
                .collect();
            for leaf in 0..size {
                let mut rest = leaf;
                let mut place: Place = [0; MAX_DIMENSIONS];
                for (dimension, (pieces, count)) in cut.iter().enumerate() {
                    let piece = (rest % count) as u32;
                    rest /= count;
                    let first = pieces.iter().position(|found| *found == piece);
                    place[dimension] = first.unwrap_or(0) as u16;
                }
                let number = (self.leaves + leaf) as u32;
                self.first_places.push(place);
                for family in &mine {
                    if let Some(cell) = self.families[*family].sum_at(&place) {
                        self.members[cell].push(number);
                    }
                }
                if sides.len() == 2 {
                    let share = |(shares, leaf): (&Vec<u32>, &u16)| shares[usize::from(*leaf)];
                    let link: u32 = link_shares.iter().zip(&place).map(share).sum();
                    link_members[link as usize][side].push(number);
                }
            }
            for family in mine {
                is_placed[family] = true;
            }
            self.families.push(Family {
                levels: depths.clone(),
                is_leaf: true,
                offset: (cells + self.leaves) as u32,
                shares,
            });
            is_placed.push(true);
            self.leaves += size;
        }
        self.links = link_members;
    }

    /// Parents and equations.
    fn relate(&mut self) {
        for cell in 0..self.nodes.len() {
            let mut parents = Vec::new();
            for (at, dimension) in self.dimensions.iter().enumerate() {
                let mut nodes = self.nodes[cell].clone();
                if let Some(parent) = dimension.nodes()[usize::from(nodes[at])].parent {
                    nodes[at] = parent as u16;
                    parents.extend(self.cell_at(&nodes));
                }
                let nodes = &self.nodes[cell];
                for level in 1..=dimension.depth() {
                    let below = dimension.level(level).iter().filter(|node| {
                        let parent = dimension.nodes()[**node].parent;
                        parent == Some(usize::from(nodes[at]))
                    });
                    let children: Vec<CellId> = below
                        .filter_map(|node| {
                            let mut nodes = nodes.clone();
                            nodes[at] = *node as u16;
                            self.cell_at(&nodes)
                        })
                        .collect();
                    if !children.is_empty() {
                        self.equations.push(Equation { parent: cell, children });
                    }
                }
            }
            self.parents.push(parents);
            self.twins.push(self.twin_of(cell));
        }
    }

    fn twin_of(&self, cell: CellId) -> Option<(CellId, CellId)> {
        let at = self.dimensions.iter().position(Dimension::are_parts)?;
        let nodes = &self.nodes[cell];
        let dimension = &self.dimensions[at];
        let level = dimension.nodes()[usize::from(nodes[at])].level;
        let rest = dimension
            .level(level)
            .iter()
            .find(|node| **node != usize::from(nodes[at]))?;
        let with = |node: usize| {
            let mut nodes = nodes.clone();
            nodes[at] = node as u16;
            self.cell_at(&nodes)
        };
        Some((with(0)?, with(*rest)?))
    }

    fn cell_at(&self, nodes: &[u16]) -> Option<CellId> {
        let node = |at: usize| &self.dimensions[at].nodes()[usize::from(nodes[at])];
        let family = self.families.iter().find(|family| {
            let mut levels = family.levels.iter().enumerate();
            !family.is_leaf && levels.all(|(at, level)| node(at).level == *level)
        })?;
        let mut place: Place = [0; MAX_DIMENSIONS];
        for (at, leaf) in place.iter_mut().take(nodes.len()).enumerate() {
            *leaf = *node(at).leaves.first()? as u16;
        }
        family.sum_at(&place)
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The tables.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// How many distinct cells the tables have with their margins.
    pub fn cells(&self) -> usize {
        self.nodes.len()
    }

    /// How many leaves the cells are sums of, over both sides.
    pub fn leaves(&self) -> usize {
        self.leaves
    }

    /// A cell's node in each dimension.
    pub fn nodes(&self, cell: CellId) -> &[u16] {
        &self.nodes[cell]
    }

    /// A cell's code in each dimension: `total` where it is a margin.
    pub fn codes(&self, cell: CellId) -> impl Iterator<Item = &str> {
        let nodes = self.nodes[cell].iter().zip(&self.dimensions);
        nodes.map(|(node, dimension)| dimension.nodes()[usize::from(*node)].code.as_str())
    }

    /// A cell's stable name: its codes with a stroke between.
    pub fn key(&self, cell: CellId) -> String {
        self.codes(cell).collect::<Vec<_>>().join("|")
    }

    /// The cell with these codes, one for each dimension.
    pub fn find(&self, codes: &[&str]) -> Option<CellId> {
        let nodes = self.dimensions.iter().zip(codes);
        let nodes: Option<Vec<u16>> = nodes
            .map(|(dimension, code)| dimension.find(code).map(|node| node as u16))
            .collect();
        let nodes = nodes.filter(|nodes| nodes.len() == self.dimensions.len())?;
        self.cell_at(&nodes)
    }

    /// The cells of a table, margins included.
    pub fn table(&self, name: &str) -> Option<Vec<CellId>> {
        let table = self.tables.iter().find(|table| table.name == name)?;
        let is_in = |cell: &CellId| {
            let nodes = self.nodes[*cell].iter().zip(&self.dimensions).zip(&table.depths);
            let mut levels = nodes.map(|((node, dimension), depth)| {
                let level = dimension.nodes()[usize::from(*node)].level;
                dimension.levels_to(*depth).contains(&level)
            });
            levels.all(|is_in| is_in)
        };
        Some((0..self.cells()).filter(is_in).collect())
    }

    /// The margins right above a cell.
    pub fn parents(&self, cell: CellId) -> &[CellId] {
        &self.parents[cell]
    }

    /// Of a part: the whole that it is part of, and the rest of it.
    pub fn twin(&self, cell: CellId) -> Option<(CellId, CellId)> {
        self.twins[cell]
    }

    /// Every margin with its parts.
    pub fn equations(&self) -> &[Equation] {
        &self.equations
    }

    /// The leaves that a cell sums, each once.
    pub fn members(&self, cell: CellId) -> &[u32] {
        &self.members[cell]
    }

    /// The first place of the full cube that a leaf holds.
    pub fn first_place(&self, leaf: usize) -> &Place {
        &self.first_places[leaf]
    }

    /// Where both sides must agree: the leaves of the one and of the other.
    pub fn links(&self) -> &[[Vec<u32>; 2]] {
        &self.links
    }

    /// How many dimensions a cell is not the total of.
    pub fn order(&self, cell: CellId) -> usize {
        self.nodes[cell].iter().filter(|node| **node != 0).count()
    }

    pub(crate) fn families(&self) -> &[Family] {
        &self.families
    }
}

/// Mixed-radix numbering: each dimension's places become shares that are added up.
fn strides(dimensions: impl Iterator<Item = (Vec<u32>, usize)>) -> (Vec<Vec<u32>>, usize) {
    let mut stride = 1;
    let mut shares = Vec::new();
    for (places, count) in dimensions {
        let share = |place: &u32| if *place == NONE { NONE } else { place * stride as u32 };
        shares.push(places.iter().map(share).collect());
        stride *= count;
    }
    (shares, stride)
}
