//! Whole quarters, and those with parts.

use super::attacker::Attacker;
use super::*;

#[test]
fn full_quarters_are_proven_safe() {
    let plan = Plan::new(synthetic::definition()).unwrap();
    for seed in 0..u64::from(proofs(2, 20)) {
        let participations = [5000, 2500, 8000, 1500][seed as usize % 4];
        let counts = synthetic::quarter(&plan, participations, seed).unwrap();
        let terms = Terms::first(five());
        let release = protect(plan.shape(), &counts, &terms).unwrap();
        assert_eq!(
            check(plan.shape(), &counts, &terms, &release.published, &release.certificate),
            Ok(())
        );
        assert!(release.stats.shown > 0 && release.stats.hidden >= release.stats.primary);
    }
}

#[test]
fn an_attacker_finds_nothing_in_a_quarter() {
    let plan = Plan::new(synthetic::definition()).unwrap();
    let counts = synthetic::quarter(&plan, 5000, 7).unwrap();
    let release = protect(plan.shape(), &counts, &Terms::first(five())).unwrap();
    let mut attacker = Attacker::new(plan.shape(), &release.published);
    assert_eq!(
        attacker.finds(plan.shape(), &counts, &release.published, 5),
        Vec::<CellId>::new()
    );
}

#[test]
fn the_same_counts_give_the_same_release() {
    let plan = small_plan(&[]);
    let counts = synthetic::quarter(&plan, 300, 1).unwrap();
    let [one, other] = [0, 1].map(|_| protect(plan.shape(), &counts, &Terms::first(five())).unwrap());
    assert_eq!(one.published, other.published);
    assert_eq!(one.certificate, other.certificate);
}

#[test]
fn a_part_and_the_rest_of_the_whole_are_under_the_same_rules() {
    let plan = small_plan(&["newcomers"]);
    let shape = plan.shape();
    for seed in 0..5 {
        let counts = synthetic::quarter(&plan, 700, seed).unwrap();
        let cells = counts.cells(shape);
        let release = protect(shape, &counts, &Terms::first(five())).unwrap();
        let published = &release.published;
        for cell in 0..shape.cells() {
            let Some((whole, rest)) = shape.twin(cell) else {
                continue;
            };
            assert_eq!(cells[cell] + cells[rest], cells[whole]);
            if published.is_hidden(whole) {
                let is_zero = published.value(cell) == Some(0);
                assert!(published.is_hidden(cell) || is_zero, "{}", shape.key(cell));
            }
            let is_small = |value: u64| 0 < value && value < 5;
            if is_small(cells[cell]) || is_small(cells[rest]) {
                assert!(
                    published.is_hidden(cell) || published.is_hidden(whole),
                    "{}",
                    shape.key(cell)
                );
            }
        }
        assert_eq!(
            Attacker::new(shape, published).finds(shape, &counts, published, 5),
            Vec::<CellId>::new()
        );
    }
}

#[test]
fn ninety_eight_of_a_hundred_hides_both_the_two_and_the_ninety_eight() {
    let plan = small_plan(&["newcomers"]);
    let shape = plan.shape();
    let record = |area, gender, participants, newcomers| (area, gender, participants, [newcomers]);
    let reported = [
        record("department-1", "female", 100, 98),
        record("department-1", "male", 60, 30),
        record("department-2", "female", 80, 40),
        record("department-2", "male", 70, 30),
        record("department-12", "female", 90, 50),
    ];
    let records = reported.iter().flat_map(|(area, gender, participants, parts)| {
        ["activity-1", "activity-2"].map(|activity| Record {
            area,
            activity,
            age_band: "10-14",
            gender,
            participants: *participants,
            parts,
        })
    });
    let counts = plan.count(records).unwrap();
    let release = protect(shape, &counts, &Terms::first(five())).unwrap();
    let value = |codes: [&str; 5]| release.published.value(shape.find(&codes).unwrap());
    // Department 1: 128 newcomers of 160, and 2 of the 32 others are women; the department is not crossed with gender.
    assert_eq!(
        value(["department-1", "activity-1", "total", "total", "newcomers"]),
        Some(128)
    );
    let female = |part| value(["zone-1", "activity-1", "total", "female", part]);
    assert_eq!(female("total"), Some(180));
    assert_eq!(female("newcomers"), Some(138));
    // In another distribution the complement of a shown whole is small, so neither is shown.
    let counts = plan
        .count(["activity-1", "activity-2"].map(|activity| Record {
            area: "department-1",
            activity,
            age_band: "10-14",
            gender: "female",
            participants: 100,
            parts: if activity == "activity-1" { &[98] } else { &[50] },
        }))
        .unwrap();
    let release = protect(shape, &counts, &Terms::first(five())).unwrap();
    let value = |part| {
        let cell = shape.find(&["zone-1", "activity-1", "total", "total", part]);
        release.published.value(cell.unwrap())
    };
    assert_eq!(value("total"), Some(100));
    assert_eq!((value("newcomers"), value("not-newcomers")), (None, None));
}

#[test]
fn part_larger_than_its_whole_is_refused() {
    let plan = small_plan(&["newcomers"]);
    let record = Record {
        area: "department-1",
        activity: "activity-1",
        age_band: "10-14",
        gender: "female",
        participants: 3,
        parts: &[4],
    };
    assert_eq!(
        plan.count([record]),
        Err(CountError::PartExceedsWhole("newcomers".to_owned()))
    );
    assert_eq!(plan.count([Record { parts: &[], ..record }]), Err(CountError::Parts));
}
