//! Rules broken one at a time: the checker or the attacker must notice.

use super::super::protect::protect_by;
use super::super::rules::Rules;
use super::attacker::Attacker;
use super::*;

struct Case {
    plan: Plan,
    counts: Counts,
    release: Release,
}

/// A sparse quarter: much is hidden, margins too.
fn sparse() -> &'static Case {
    static CASE: std::sync::OnceLock<Case> = std::sync::OnceLock::new();
    CASE.get_or_init(make_sparse)
}

fn make_sparse() -> Case {
    let plan = Plan::new(synthetic::definition()).unwrap();
    let counts = synthetic::quarter(&plan, 1500, 1).unwrap();
    let release = protect(plan.shape(), &counts, &Terms::first(five())).unwrap();
    Case { plan, counts, release }
}

impl Case {
    fn check(&self, published: &Published, certificate: &Certificate) -> Result<(), Violation> {
        check(
            self.plan.shape(),
            &self.counts,
            &Terms::first(five()),
            published,
            certificate,
        )
    }

    fn broken(&self, rules: Rules) -> Result<(), Violation> {
        match protect_by(self.plan.shape(), &self.counts, &Terms::first(five()), rules) {
            Ok(release) => self.check(&release.published, &release.certificate),
            Err(refusal) => panic!("{refusal}"),
        }
    }
}

#[test]
fn no_secondary_suppression_is_caught() {
    let case = sparse();
    let rules = Rules {
        secondary: false,
        ..Rules::ALL
    };
    assert!(case.broken(rules).is_err());
    let shape = case.plan.shape();
    let release = protect_by(shape, &case.counts, &Terms::first(five()), rules).unwrap();
    let found = Attacker::new(shape, &release.published).finds(shape, &case.counts, &release.published, 5);
    assert!(found.len() > 20, "{}", found.len());
}

#[test]
fn no_closure_is_caught() {
    let case = sparse();
    let rules = Rules {
        closure: false,
        ..Rules::ALL
    };
    assert!(matches!(case.broken(rules), Err(Violation::Closure(_))));
}

#[test]
fn a_zero_hidden_below_a_shown_zero_is_caught() {
    // Nobody in row 2; column 1 is small altogether, so its subtree is hidden, but for the zero that row 2 says is one.
    let shape = flat(&[3, 3], &[&[0, 1]]);
    let counts = rows(&shape, &[&[2, 20, 30], &[0, 0, 0], &[1, 25, 35]]);
    let terms = Terms::first(five());
    let release = protect(&shape, &counts, &terms).unwrap();
    assert_eq!(release.published.value(at(&shape, 1, 0)), Some(0));
    let rules = Rules {
        zero_margins: false,
        ..Rules::ALL
    };
    // The zero needs a table in which it is none, so everything would have to be hidden for it.
    let broken = protect_by(&shape, &counts, &terms, rules).unwrap();
    assert!(release.stats.shown > 0);
    assert_eq!(broken.stats.shown, 0);
    // And written by hand:
    let mut values = release.published.values().to_vec();
    values[at(&shape, 1, 0)] = None;
    let published = Published::from_values(values);
    assert!(check(&shape, &counts, &terms, &published, &release.certificate).is_err());
    let found = Attacker::new(&shape, &published).finds(&shape, &counts, &published, 5);
    assert_eq!(found, [at(&shape, 1, 0)]);
}

#[test]
fn bound_one_holds_below_shown_margins_only() {
    // Row 1 is small altogether: hidden with its zero, so all its cells may be zero; below shown margins none may.
    let shape = flat(&[3, 3], &[&[0, 1]]);
    let counts = rows(&shape, &[&[2, 1, 0], &[20, 30, 40], &[25, 35, 45]]);
    let terms = Terms::first(five());
    let release = protect(&shape, &counts, &terms).unwrap();
    assert!(
        release.published.is_hidden(at(&shape, 0, 2)),
        "its zero is hidden with it"
    );
    let witness = |cells: [(usize, usize, i64); 4]| {
        let mut certificate = release.certificate.clone();
        let leaf = |row, column| shape.members(at(&shape, row, column))[0];
        certificate
            .changes
            .push(cells.map(|(row, column, by)| (leaf(row, column), by)).to_vec());
        let last = certificate.changes.len() as u32;
        (certificate, last)
    };
    let hidden: Vec<usize> = (1..3)
        .filter(|row| release.published.is_hidden(at(&shape, *row, 0)))
        .collect();
    let row = hidden[0];
    // A change that leaves nobody at (1, 2), which the attacker must think possible below the hidden row.
    let (certificate, _) = witness([(0, 1, -1), (0, 0, 1), (row, 1, 1), (row, 0, -1)]);
    let is_hidden = |row, column| release.published.is_hidden(at(&shape, row, column));
    assert!(is_hidden(row, 0) && is_hidden(row, 1));
    assert_eq!(check(&shape, &counts, &terms, &release.published, &certificate), Ok(()));
    // The same below shown margins: nobody at (1, 1), whose row and column are shown.
    let counts = rows(&shape, &[&[1, 30, 40], &[20, 30, 40], &[25, 35, 45]]);
    let release = protect(&shape, &counts, &terms).unwrap();
    let hidden: Vec<(usize, usize)> = (0..9)
        .map(|cell| (cell / 3, cell % 3))
        .filter(|(row, column)| *row > 0 && *column > 0 && release.published.is_hidden(at(&shape, *row, *column)))
        .collect();
    let (row, column) = hidden[0];
    let mut certificate = release.certificate.clone();
    let leaf = |row, column| shape.members(at(&shape, row, column))[0];
    certificate.changes.push(vec![
        (leaf(0, 0), -1),
        (leaf(0, column), 1),
        (leaf(row, 0), 1),
        (leaf(row, column), -1),
    ]);
    let last = certificate.changes.len() as u32;
    let refused = check(&shape, &counts, &terms, &release.published, &certificate);
    assert_eq!(refused, Err(Violation::Bound(last, at(&shape, 0, 0))));
}

#[test]
fn a_witness_off_by_one_in_one_leaf_is_caught() {
    let case = sparse();
    for (number, change) in case.release.certificate.changes.iter().enumerate().step_by(40) {
        for at in [0, change.len() - 1] {
            for by in [1, -1] {
                let mut certificate = case.release.certificate.clone();
                certificate.changes[number][at].1 += by;
                let refused = case.check(&case.release.published, &certificate);
                let witness = number as u32 + 1;
                let is_caught = match refused {
                    Err(
                        Violation::Shown(found, _)
                        | Violation::Link(found)
                        | Violation::Leaf(found, _)
                        | Violation::Bound(found, _),
                    ) => found == witness,
                    other => panic!("{other:?}"),
                };
                assert!(is_caught);
            }
        }
    }
}

#[test]
fn a_witness_that_differs_in_what_is_shown_and_in_nothing_else_is_caught() {
    // One table without links: nothing but the shown cells says that somebody more is not possible.
    let shape = flat(&[2, 4], &[&[0, 1]]);
    let counts = rows(&shape, &[&[1, 20, 30, 40], &[30, 31, 32, 33]]);
    let terms = Terms::first(five());
    let release = protect(&shape, &counts, &terms).unwrap();
    let mut certificate = release.certificate.clone();
    certificate.changes.push(vec![(shape.members(at(&shape, 1, 3))[0], 1)]);
    let last = certificate.changes.len() as u32;
    let refused = check(&shape, &counts, &terms, &release.published, &certificate);
    assert!(
        matches!(refused, Err(Violation::Shown(witness, _)) if witness == last),
        "{refused:?}"
    );
}

#[test]
fn a_broken_link_is_caught() {
    // People of one zone change their activity in v but not in u, and the opposite happens in another zone: no cell of
    // v that is shown differs, and none of u does at all.
    let case = sparse();
    let shape = case.plan.shape();
    let published = &case.release.published;
    let code = |at: usize, leaf: usize| {
        let nodes = shape.dimensions()[at].nodes().iter();
        nodes.filter(|node| node.level == 1).nth(leaf).unwrap().code.clone()
    };
    let is_hidden = |zone: usize, activity: usize, age: usize, gender: usize| {
        let (zone, activity) = (code(0, zone), code(1, activity));
        let aged = shape.find(&[&zone, &activity, &code(2, age), "total"]).unwrap();
        let gendered = shape.find(&[&zone, &activity, "total", &code(3, gender)]).unwrap();
        published.is_hidden(aged) && published.is_hidden(gendered)
    };
    let leaf = |zone: usize, activity: usize, age: usize, gender: usize| {
        let aged = shape
            .find(&[&code(0, zone), &code(1, activity), &code(2, age), "total"])
            .unwrap();
        shape.members(aged)[gender]
    };
    let mut caught = 0;
    for (one, other) in [(0, 1), (1, 2), (2, 3), (0, 3)] {
        for (first, second) in (0..14).flat_map(|first| (0..14).map(move |second| (first, second))) {
            for (age, gender) in (0..6).flat_map(|age| (0..3).map(move |gender| (age, gender))) {
                let places = [
                    (one, first, 1),
                    (one, second, -1),
                    (other, first, -1),
                    (other, second, 1),
                ];
                if first == second
                    || !places
                        .iter()
                        .all(|(zone, activity, _)| is_hidden(*zone, *activity, age, gender))
                {
                    continue;
                }
                let mut certificate = case.release.certificate.clone();
                let change = places.map(|(zone, activity, by)| (leaf(zone, activity, age, gender), by));
                certificate.changes.push(change.to_vec());
                let last = certificate.changes.len() as u32;
                if case.check(published, &certificate) == Err(Violation::Link(last)) {
                    caught += 1;
                }
            }
            if caught > 0 {
                return;
            }
        }
    }
    panic!("no witness was broken at a link alone");
}

#[test]
fn a_correction_that_unhides_is_caught() {
    let case = sparse();
    let shape = case.plan.shape();
    let earlier = [Frozen {
        counts: &case.counts,
        published: &case.release.published,
        threshold: five(),
        kinship: Kinship::Same,
    }];
    let terms = Terms {
        earlier: &earlier,
        ..Terms::first(five())
    };
    let large = |cell: &CellId| case.release.published.is_hidden(*cell) && case.counts.cell(shape, *cell) >= 5;
    let below_shown = |cell: &CellId| {
        shape
            .parents(*cell)
            .iter()
            .all(|parent| !case.release.published.is_hidden(*parent))
    };
    let cell = (0..shape.cells())
        .find(|cell| large(cell) && below_shown(cell))
        .unwrap();
    let published = Published::mask(shape, &case.counts, |other| {
        case.release.published.is_hidden(other) && other != cell
    });
    let refused = check(shape, &case.counts, &terms, &published, &case.release.certificate);
    assert!(
        matches!(
            refused,
            Err(Violation::Inherited(_) | Violation::Closure(_) | Violation::Group(_))
        ),
        "{refused:?}"
    );
    let unchanged = check(
        shape,
        &case.counts,
        &terms,
        &case.release.published,
        &case.release.certificate,
    );
    assert_eq!(unchanged, Ok(()));
}

#[test]
fn hidden_written_as_zero_is_caught() {
    let case = sparse();
    let published = &case.release.published;
    let cell = (0..case.plan.shape().cells())
        .find(|cell| published.is_hidden(*cell) && case.counts.cell(case.plan.shape(), *cell) > 0);
    let mut values = published.values().to_vec();
    values[cell.unwrap()] = Some(0);
    let refused = case.check(&Published::from_values(values), &case.release.certificate);
    assert_eq!(refused, Err(Violation::Value(cell.unwrap())));
}

#[test]
fn a_group_that_one_equation_gives_away_is_caught() {
    // 1, 1 and 1 are hidden, and the row's total less what is shown says that they are 3.
    let shape = flat(&[2, 4], &[&[0, 1]]);
    let counts = rows(&shape, &[&[1, 1, 1, 40], &[30, 31, 32, 33]]);
    let terms = Terms::first(five());
    let rules = Rules {
        secondary: false,
        ..Rules::ALL
    };
    let broken = protect_by(&shape, &counts, &terms, rules).unwrap();
    let refused = check(&shape, &counts, &terms, &broken.published, &broken.certificate);
    assert!(matches!(refused, Err(Violation::Group(_))));
    assert!(protect(&shape, &counts, &terms).is_ok());
}

#[test]
fn a_certificate_without_a_mark_or_with_a_foreign_one_is_refused() {
    let case = sparse();
    let mut certificate = case.release.certificate.clone();
    let mark = certificate.marks.pop().unwrap();
    assert_eq!(
        case.check(&case.release.published, &certificate),
        Err(Violation::Mark(mark.cell as usize))
    );
    for foreign in [
        Witnesses { cell: u32::MAX, ..mark },
        Witnesses { low: u32::MAX, ..mark },
    ] {
        let mut certificate = case.release.certificate.clone();
        *certificate.marks.last_mut().unwrap() = foreign;
        assert!(case.check(&case.release.published, &certificate).is_err());
    }
    let mut certificate = case.release.certificate.clone();
    certificate.threshold = Threshold::new(3).unwrap();
    assert_eq!(
        case.check(&case.release.published, &certificate),
        Err(Violation::Foreign)
    );
    let text = serde_json::to_string(&case.release.certificate).unwrap();
    assert_eq!(
        serde_json::from_str::<Certificate>(&text).unwrap(),
        case.release.certificate
    );
}
