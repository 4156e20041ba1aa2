//! Answers that are known from elsewhere, or by hand.

use microlp::ComparisonOp;

use super::attacker::{Attacker, enumerate};
use super::*;

#[test]
fn the_standard_plan_has_1455_cells_over_1582_leaves() {
    let plan = Plan::new(synthetic::definition()).unwrap();
    assert_eq!(plan.shape().cells(), 1455);
    assert_eq!(plan.shape().leaves(), 41 * 14 + 4 * 14 * 6 * 3);
    assert_eq!(plan.shape().links().len(), 4 * 14);
    let cells = |name: &str| plan.shape().table(name).unwrap().len();
    assert_eq!(cells("department-activity"), (41 + 4 + 1) * 15);
    assert_eq!(cells("zone-activity-age"), 5 * 15 * 7);
    assert_eq!(cells("zone-activity-gender"), 5 * 15 * 4);
    assert_eq!(cells("zone-age-gender"), 5 * 7 * 4);
    assert!(plan.shape().table("nothing").is_none());
}

#[test]
fn everybody_has_a_leaf_where_unknown_and_outside_are_leaves_too() {
    let definition = synthetic::definition().with_everybody();
    let plan = Plan::new(definition).unwrap();
    let unknown = plan.shape().find(&["zone-3-unknown", "activity-2", "total", "total"]);
    assert!(unknown.is_some());
    let record = |area| Record {
        area,
        activity: "activity-2",
        age_band: "10-14",
        gender: "female",
        participants: 3,
        parts: &[],
    };
    let counts = plan
        .count(["department-1", "zone-3-unknown", OUTSIDE].map(record))
        .unwrap();
    let cell = |codes: [&str; 4]| counts.cell(plan.shape(), plan.shape().find(&codes).unwrap());
    assert_eq!(cell(["total", "total", "total", "total"]), 9);
    assert_eq!(cell(["outside", "activity-2", "total", "total"]), 3);
    assert_eq!(cell(["zone-3", "total", "10-14", "female"]), 3);
    let zone_itself = plan.count([record("zone-3")]);
    assert!(
        matches!(zone_itself, Err(CountError::Unknown { .. })),
        "a zone with departments is no leaf"
    );
}

#[test]
fn cells_keep_their_numbers_and_names() {
    let plan = Plan::new(synthetic::definition()).unwrap();
    let shape = plan.shape();
    for cell in 0..shape.cells() {
        let codes: Vec<&str> = shape.codes(cell).collect();
        assert_eq!(shape.find(&codes), Some(cell), "{}", shape.key(cell));
    }
    assert_eq!(shape.key(0), "total|total|total|total");
    let last = shape.cells() - 1;
    assert_eq!(shape.key(last), "zone-4|total|65-plus|other-unknown");
}

#[test]
fn a_plan_whose_tables_do_not_reduce_is_refused() {
    let tables = [("department-age".to_owned(), [2, 0, 1, 0])];
    let refused = Plan::with_tables(synthetic::definition(), &tables);
    assert_eq!(
        refused.err(),
        Some(ShapeError::NotReducible("department-age".to_owned()))
    );
    let dimensions = || vec![Dimension::flat("a", ["a1", "a2"]), Dimension::flat("b", ["b1", "b2"])];
    let table = || {
        vec![Table {
            name: "t".to_owned(),
            depths: vec![1, 1],
        }]
    };
    let three = Shape::new(dimensions(), table(), &[vec![1, 1], vec![1, 0], vec![0, 1]]);
    assert_eq!(three.err(), Some(ShapeError::TooManySides(3)));
}

#[test]
fn two_linked_sides_always_come_from_one_table_of_leaves() {
    // The north-west-corner rule, below each cell of the common margin, for a witness of a whole quarter.
    let plan = Plan::new(synthetic::definition()).unwrap();
    let shape = plan.shape();
    let counts = synthetic::quarter(&plan, 2500, 3).unwrap();
    let release = protect(shape, &counts, &Terms::first(five())).unwrap();
    let mut leaves: Vec<i64> = counts.leaves().iter().map(|value| *value as i64).collect();
    for (leaf, by) in &release.certificate.changes[0] {
        leaves[*leaf as usize] += by;
    }
    let mut filled = vec![0; shape.leaves()];
    for [one, other] in shape.links() {
        let (mut first, mut second) = (0, 0);
        let mut left: Vec<i64> = [one.as_slice(), other]
            .concat()
            .iter()
            .map(|leaf| leaves[*leaf as usize])
            .collect();
        while first < one.len() && second < other.len() {
            let people = left[first].min(left[one.len() + second]);
            assert!(people >= 0);
            filled[one[first] as usize] += people;
            filled[other[second] as usize] += people;
            left[first] -= people;
            left[one.len() + second] -= people;
            if left[first] == 0 { first += 1 } else { second += 1 }
        }
    }
    assert_eq!(filled, leaves);
}

#[test]
fn a_table_of_two_by_two_with_sums_7_3_and_6_4_leaves_3_to_6() {
    let shape = flat(&[2, 2], &[&[0, 1]]);
    let counts = rows(&shape, &[&[4, 3], &[2, 1]]);
    let published = Published::mask(&shape, &counts, |cell| shape.order(cell) == 2);
    let cell = at(&shape, 0, 0);
    let mut attacker = Attacker::who_knows(&shape, &published, false);
    assert!(attacker.allows(&shape, cell, ComparisonOp::Le, 3.0));
    assert!(!attacker.allows(&shape, cell, ComparisonOp::Le, 2.99));
    assert!(attacker.allows(&shape, cell, ComparisonOp::Ge, 6.0));
    assert!(!attacker.allows(&shape, cell, ComparisonOp::Ge, 6.01));
    // Whoever knows that none of these cells is hidden as a zero knows more: the last is at least 1, and so is the second.
    assert_eq!(enumerate(&shape, &published, 10)[&cell], [4, 5]);
}

#[test]
fn two_hidden_cells_in_every_line_are_not_enough() {
    // Rows and columns of a 4×4 table with at least two hidden cells each. Rows 1 and 2 less columns 1 and 2 leave the
    // cell (1, 3) less what is nothing: it is exact.
    let shape = flat(&[4, 4], &[&[0, 1]]);
    let counts = rows(
        &shape,
        &[&[7, 8, 3, 20], &[9, 6, 30, 31], &[25, 26, 8, 9], &[27, 28, 7, 6]],
    );
    let hidden = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)];
    let hide = |cells: &[(usize, usize)]| {
        let cells: Vec<CellId> = cells.iter().map(|(row, column)| at(&shape, *row, *column)).collect();
        Published::mask(&shape, &counts, |cell| cells.contains(&cell))
    };
    let published = hide(&hidden);
    for line in 0..4 {
        assert!(
            (0..4)
                .filter(|other| published.is_hidden(at(&shape, line, *other)))
                .count()
                >= 2
        );
        assert!(
            (0..4)
                .filter(|other| published.is_hidden(at(&shape, *other, line)))
                .count()
                >= 2
        );
    }
    let exact = Attacker::new(&shape, &published).finds(&shape, &counts, &published, 1);
    assert_eq!(exact, [at(&shape, 0, 2)]);
    let published = hide(&[hidden.as_slice(), &[(1, 3)]].concat());
    assert_eq!(
        Attacker::new(&shape, &published).finds(&shape, &counts, &published, 1),
        Vec::<CellId>::new()
    );
}

#[test]
fn no_release_leaves_that_cell_exact() {
    let shape = flat(&[4, 4], &[&[0, 1]]);
    let counts = rows(
        &shape,
        &[&[7, 8, 3, 20], &[9, 6, 30, 31], &[25, 26, 8, 9], &[27, 28, 7, 6]],
    );
    let release = protect(&shape, &counts, &Terms::first(five())).unwrap();
    let published = &release.published;
    assert_eq!(
        Attacker::new(&shape, published).finds(&shape, &counts, published, 5),
        Vec::<CellId>::new()
    );
    assert_eq!(release.stats.primary, 1);
    assert_eq!(release.stats.hidden, 4, "one cycle of four is enough");
}

#[test]
fn hiding_small_cells_alone_lets_many_be_worked_out() {
    // The negative control, with a pinned seed.
    let plan = Plan::new(synthetic::definition()).unwrap();
    let shape = plan.shape();
    let counts = synthetic::quarter(&plan, 5000, 1).unwrap();
    let cells = counts.cells(shape);
    let small = |cell: CellId| 0 < cells[cell] && cells[cell] < 5;
    let published = Published::mask(shape, &counts, small);
    // One hidden cell beside shown ones is their margin less their sum; whatever that gives may give more.
    let mut known: Vec<Option<u64>> = published.values().to_vec();
    let before = known.iter().filter(|value| value.is_none()).count();
    loop {
        let mut found = None;
        for equation in shape.equations() {
            let all = || [equation.parent].into_iter().chain(equation.children.iter().copied());
            let mut unknown = all().filter(|cell| known[*cell].is_none());
            if let (Some(cell), None) = (unknown.next(), unknown.next()) {
                let sum: u64 = equation.children.iter().filter_map(|child| known[*child]).sum();
                found = Some((cell, known[equation.parent].map_or(sum, |parent| parent - sum)));
            }
        }
        let Some((cell, value)) = found else { break };
        assert_eq!(value, cells[cell]);
        known[cell] = Some(value);
    }
    let exact = before - known.iter().filter(|value| value.is_none()).count();
    assert!(exact > 50, "{exact} of {before}");
    let release = protect(shape, &counts, &Terms::first(five())).unwrap();
    assert!(
        (0..shape.cells())
            .filter(|cell| small(*cell))
            .all(|cell| release.published.is_hidden(cell))
    );
}
