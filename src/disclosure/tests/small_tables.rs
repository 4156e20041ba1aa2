//! Many small tables of every kind.

use proptest::prelude::*;

use super::attacker::{Attacker, enumerate};
use super::*;

/// Protects one random table, and has it checked and attacked.
fn round(seed: u64, is_attacked: bool) -> Result<(), String> {
    let (shape, counts) = synthetic::small(seed).map_err(|error| format!("{seed}: {error}"))?;
    assert!(shape.leaves() <= 200, "{} leaves", shape.leaves());
    let threshold = 3 + seed % 5;
    let terms = Terms::first(Threshold::new(threshold).unwrap());
    let release = protect(&shape, &counts, &terms).map_err(|refusal| format!("{seed}: {refusal:?}"))?;
    check(&shape, &counts, &terms, &release.published, &release.certificate)
        .map_err(|error| format!("{seed}: {error}"))?;
    if is_attacked {
        let found = Attacker::new(&shape, &release.published).finds(&shape, &counts, &release.published, threshold);
        if !found.is_empty() {
            return Err(format!("{seed}: the attacker finds {found:?}"));
        }
    }
    Ok(())
}

#[test]
fn random_small_tables_are_released_and_no_attacker_finds_anything() {
    for seed in 0..500 {
        round(seed, seed % 4 == 0).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(proofs(200, 10_000)))]

    #[test]
    fn any_small_table_is_released_safely(seed in 1_000_000u64..) {
        prop_assert_eq!(round(seed, false), Ok(()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_table_that_is_possible_was_counted_for(values in prop::collection::vec(0u64..8, 6), threshold in 3u64..5) {
        // Small enough to try every table: what the certificate says holds, for the attacker who knows everything.
        let shape = flat(&[2, 3], &[&[0, 1]]);
        let counts = rows(&shape, &[&values[..3], &values[3..]]);
        let terms = Terms::first(Threshold::new(threshold).unwrap());
        let release = protect(&shape, &counts, &terms).unwrap();
        let total: u64 = values.iter().sum();
        let is_total_shown = !release.published.is_hidden(shape.find(&["total", "total"]).unwrap());
        prop_assume!(total <= 16 && is_total_shown);
        for (cell, possible) in enumerate(&shape, &release.published, total) {
            let value = counts.cell(&shape, cell);
            prop_assert!(possible.contains(&value));
            match value {
                0 => prop_assert!(possible.iter().any(|other| *other >= 1)),
                _ if value < threshold => {
                    prop_assert!(possible.iter().any(|other| *other <= 1));
                    prop_assert!(possible.iter().any(|other| *other >= threshold));
                }
                _ => prop_assert!(possible.len() > 1),
            }
        }
    }

    #[test]
    fn no_input_makes_it_panic(values in prop::collection::vec(any::<u32>(), 9), threshold in 3u64..1000) {
        let shape = flat(&[3, 3], &[&[0, 1]]);
        let counts = rows(&shape, &[3, 6, 9].map(|end| {
            let values: Vec<u64> = values[end - 3..end].iter().map(|value| u64::from(*value)).collect();
            values
        }).each_ref().map(Vec::as_slice));
        let terms = Terms::first(Threshold::new(threshold).unwrap());
        prop_assert!(protect(&shape, &counts, &terms).is_ok());
    }
}

#[test]
fn nobody_and_one_person_are_released() {
    let shape = flat(&[2, 2], &[&[0, 1]]);
    let nobody = protect(&shape, &Counts::zero(&shape), &Terms::first(five())).unwrap();
    assert!(nobody.published.values().iter().all(|value| *value == Some(0)));
    let counts = rows(&shape, &[&[1, 0], &[0, 0]]);
    let release = protect(&shape, &counts, &Terms::first(five())).unwrap();
    assert!(
        release.published.values().iter().all(Option::is_none),
        "even where nobody is would tell where the one is"
    );
}

#[test]
fn target_groups_by_zone_are_a_small_table() {
    // Rule 7: a table of target groups × zones as the Jobcenter counts them, here with made-up numbers; within group
    // 6.9 the unemployed are counted too.
    let groups = [("6.2", None), ("6.3", None), ("6.8", None), ("6.9", None)];
    let mut groups: Vec<(String, Option<usize>)> = groups.map(|(code, parent)| (code.to_owned(), parent)).into();
    groups.push(("6.9/unemployed".to_owned(), Some(3)));
    groups.push(("6.9/other".to_owned(), Some(3)));
    let dimensions = vec![
        Dimension::tree("target_group", groups),
        Dimension::flat("zone", ["zone-1", "zone-2", "zone-3", "zone-4"]),
    ];
    let table = Table {
        name: "kendskabsgrad".to_owned(),
        depths: vec![2, 1],
    };
    let shape = Shape::small(dimensions, vec![table]).unwrap();
    let made_up: [[u64; 4]; 5] = [
        [31, 22, 40, 18],
        [4, 12, 9, 7],
        [0, 2, 6, 11],
        [20, 14, 13, 16],
        [3, 8, 10, 5],
    ];
    let people = made_up.iter().enumerate().flat_map(|(group, zones)| {
        zones
            .iter()
            .enumerate()
            .map(move |(zone, value)| ([group as u16, zone as u16, 0, 0, 0, 0], *value))
    });
    let counts = Counts::of(&shape, people).unwrap();
    let release = protect(&shape, &counts, &Terms::first(five())).unwrap();
    let value = |group, zone| release.published.value(shape.find(&[group, zone]).unwrap());
    assert_eq!(value("total", "total"), Some(251));
    assert_eq!(value("6.9", "zone-1"), Some(23));
    assert_eq!(
        (value("6.9/unemployed", "zone-1"), value("6.9/other", "zone-1")),
        (None, None)
    );
    assert_eq!((value("6.3", "zone-1"), value("6.8", "zone-2")), (None, None));
    assert_eq!(value("6.8", "zone-1"), Some(0), "a zero below shown margins is shown");
    let mut attacker = Attacker::new(&shape, &release.published);
    assert_eq!(
        attacker.finds(&shape, &counts, &release.published, 5),
        Vec::<CellId>::new()
    );
}
