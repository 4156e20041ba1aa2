//! A dimension: its categories, and how they nest.

/// The code of every margin.
pub const TOTAL: &str = "total";

/// No node of that level holds the leaf.
pub(crate) const NONE: u32 = u32::MAX;

/// A category, or a margin over several.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its code, unlike any other of its dimension.
    pub code: String,
    /// The margin that it is part of; none for the total.
    pub parent: Option<usize>,
    /// 0 for the total. In a tree the depth; among parts the number of the part, from 1.
    pub level: usize,
    /// The leaves that it sums.
    pub leaves: Vec<usize>,
}

/// A dimension of counts: area, activity, age band …
///
/// A *tree* is cut finer from level to level: plan, zones, departments. *Parts* are several ways of cutting the same
/// people in two, newcomers and the rest, those with a job and the rest: each is a level of its own, and the leaves are
/// all combinations.
#[derive(Clone, Debug)]
pub struct Dimension {
    code: String,
    nodes: Vec<Node>,
    levels: Vec<Vec<usize>>,
    leaves: usize,
    are_parts: bool,
}

impl Dimension {
    /// Categories side by side.
    pub fn flat<C: Into<String>>(code: &str, categories: impl IntoIterator<Item = C>) -> Self {
        Self::tree(code, categories.into_iter().map(|category| (category.into(), None)))
    }

    /// Categories below categories: each with the place of its parent in the list, none for those right below the total.
    /// A parent comes before its children.
    pub fn tree(code: &str, categories: impl IntoIterator<Item = (String, Option<usize>)>) -> Self {
        let mut nodes = vec![Node {
            code: TOTAL.to_owned(),
            parent: None,
            level: 0,
            leaves: Vec::new(),
        }];
        for (category, parent) in categories {
            let parent = parent.map_or(0, |parent| (parent + 1).min(nodes.len() - 1));
            nodes.push(Node {
                code: category,
                parent: Some(parent),
                level: nodes[parent].level + 1,
                leaves: Vec::new(),
            });
        }
        let mut leaves = 0;
        for node in 0..nodes.len() {
            let is_leaf = !nodes.iter().any(|other| other.parent == Some(node));
            if is_leaf {
                let mut above = Some(node);
                while let Some(place) = above {
                    nodes[place].leaves.push(leaves);
                    above = nodes[place].parent;
                }
                leaves += 1;
            }
        }
        Self::of(code, nodes, leaves, false)
    }

    /// Parts of the whole, each cutting it in two: `newcomers` and `not-newcomers`. Leaf `m` holds those who are in
    /// exactly the parts whose bits `m` has set.
    pub fn parts(code: &str, parts: &[String]) -> Self {
        let leaves = 1 << parts.len();
        let mut nodes = vec![Node {
            code: TOTAL.to_owned(),
            parent: None,
            level: 0,
            leaves: (0..leaves).collect(),
        }];
        for (bit, part) in parts.iter().enumerate() {
            for (code, inside) in [(part.clone(), 1), (format!("not-{part}"), 0)] {
                nodes.push(Node {
                    code,
                    parent: Some(0),
                    level: bit + 1,
                    leaves: (0..leaves).filter(|leaf| (leaf >> bit) & 1 == inside).collect(),
                });
            }
        }
        Self::of(code, nodes, leaves, true)
    }

    fn of(code: &str, nodes: Vec<Node>, leaves: usize, are_parts: bool) -> Self {
        let deepest = nodes.iter().map(|node| node.level).max().unwrap_or(0);
        let levels = (0..=deepest)
            .map(|level| (0..nodes.len()).filter(|node| nodes[*node].level == level).collect())
            .collect();
        Self {
            code: code.to_owned(),
            nodes,
            levels,
            leaves,
            are_parts,
        }
    }

    /// The dimension's code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// All nodes; the total is the first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node of a code.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.code == code)
    }

    /// The leaf that is this node; none for a margin.
    pub fn leaf_of(&self, node: usize) -> Option<usize> {
        let is_margin = self.are_parts || self.nodes.iter().any(|other| other.parent == Some(node));
        self.nodes[node].leaves.first().copied().filter(|_| !is_margin)
    }

    /// How many leaves there are.
    pub fn leaves(&self) -> usize {
        self.leaves
    }

    /// Whether the levels are parts of the whole instead of depths of a tree.
    pub fn are_parts(&self) -> bool {
        self.are_parts
    }

    /// The deepest level.
    pub fn depth(&self) -> usize {
        self.levels.len() - 1
    }

    /// The levels that a table shows which goes down to `depth`: of parts all or none.
    pub(crate) fn levels_to(&self, depth: usize) -> std::ops::RangeInclusive<usize> {
        match (self.are_parts, depth) {
            (_, 0) => 0..=0,
            (true, _) => 0..=self.depth(),
            (false, _) => 0..=depth.min(self.depth()),
        }
    }

    /// The nodes of a level.
    pub(crate) fn level(&self, level: usize) -> &[usize] {
        &self.levels[level]
    }

    /// For each leaf its node's place in a level, [`NONE`] where the level has no node above it.
    pub(crate) fn places(&self, level: usize) -> Vec<u32> {
        let mut places = vec![NONE; self.leaves];
        for (place, node) in self.levels[level].iter().enumerate() {
            for leaf in &self.nodes[*node].leaves {
                places[*leaf] = place as u32;
            }
        }
        places
    }

    /// Cuts all leaves at a depth: for each leaf the number of its piece, and how many pieces there are. Where a branch
    /// ends before that depth, its leaf is a piece. Parts are cut into all their combinations.
    pub(crate) fn cut(&self, depth: usize) -> (Vec<u32>, usize) {
        if self.are_parts && depth > 0 {
            return ((0..self.leaves as u32).collect(), self.leaves);
        }
        let mut pieces = vec![NONE; self.leaves];
        let mut count = 0;
        for (place, node) in self.nodes.iter().enumerate() {
            let ends_here = !self.nodes.iter().any(|other| other.parent == Some(place));
            if node.level == depth || (node.level < depth && ends_here) {
                for leaf in &node.leaves {
                    pieces[*leaf] = count as u32;
                }
                count += 1;
            }
        }
        (pieces, count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_may_end_at_different_depths() {
        let areas = [("zone-1", None), ("a", Some(0)), ("b", Some(0)), ("outside", None)];
        let tree = Dimension::tree("area", areas.map(|(code, parent)| (code.to_owned(), parent)));
        assert_eq!(tree.leaves(), 3);
        assert_eq!(tree.nodes()[0].leaves, [0, 1, 2]);
        assert_eq!(tree.nodes()[1].leaves, [0, 1]);
        assert_eq!(tree.places(1), [0, 0, 1]);
        assert_eq!(tree.places(2), [0, 1, NONE]);
        assert_eq!(tree.cut(1), (vec![0, 0, 1], 2));
        assert_eq!(tree.cut(2), (vec![0, 1, 2], 3));
        assert_eq!(tree.leaf_of(4), Some(2));
        assert_eq!(tree.leaf_of(1), None);
    }

    #[test]
    fn each_part_cuts_the_whole_in_two() {
        let parts = Dimension::parts("part", &["newcomers".to_owned(), "job".to_owned()]);
        assert_eq!(parts.leaves(), 4);
        let leaves = |code: &str| parts.nodes()[parts.find(code).unwrap()].leaves.clone();
        assert_eq!(leaves("newcomers"), [1, 3]);
        assert_eq!(leaves("not-newcomers"), [0, 2]);
        assert_eq!(leaves("job"), [2, 3]);
        assert_eq!(parts.levels_to(1), 0..=2);
        assert_eq!(parts.leaf_of(1), None);
    }
}
