//! Corrections of a published quarter, and audiences that see different amounts.

use super::attacker::Attacker;
use super::*;

const FIRST: [[u64; 4]; 4] = [[7, 8, 3, 20], [9, 16, 30, 31], [25, 26, 18, 9], [27, 28, 7, 12]];

fn four() -> Shape {
    flat(&[4, 4], &[&[0, 1]])
}

fn of(shape: &Shape, table: [[u64; 4]; 4]) -> Counts {
    rows(shape, &table.each_ref().map(|row| row.as_slice()))
}

/// Releases a table, then another of the same quarter.
fn correct(shape: &Shape, to: impl FnOnce(&Release) -> [[u64; 4]; 4]) -> (Release, Counts, Result<Release, Refusal>) {
    let counts = of(shape, FIRST);
    let first = protect(shape, &counts, &Terms::first(five())).unwrap();
    let corrected = of(shape, to(&first));
    let earlier = [Frozen {
        counts: &counts,
        published: &first.published,
        threshold: five(),
        kinship: Kinship::Same,
    }];
    let terms = Terms {
        earlier: &earlier,
        ..Terms::first(five())
    };
    let second = protect(shape, &corrected, &terms);
    if let Ok(second) = &second {
        assert_eq!(
            check(shape, &corrected, &terms, &second.published, &second.certificate),
            Ok(())
        );
    }
    (first, corrected, second)
}

fn plus(mut table: [[u64; 4]; 4], row: usize, column: usize, by: i64) -> [[u64; 4]; 4] {
    table[row][column] = table[row][column].strict_add_signed(by);
    table
}

/// The cells of the first release that are hidden: the small one first.
fn hidden(shape: &Shape, release: &Release) -> Vec<(usize, usize)> {
    let all = (0..16).map(|cell| (cell / 4, cell % 4));
    let mut hidden: Vec<_> = all
        .filter(|(row, column)| release.published.is_hidden(at(shape, *row, *column)))
        .collect();
    hidden.sort_by_key(|(row, column)| FIRST[*row][*column]);
    hidden
}

#[test]
fn a_shown_cell_may_go_from_12_to_13() {
    let shape = four();
    let (first, _, second) = correct(&shape, |first| {
        assert_eq!(first.published.value(at(&shape, 3, 3)), Some(12));
        plus(FIRST, 3, 3, 1)
    });
    let second = second.unwrap();
    assert_eq!(second.published.value(at(&shape, 3, 3)), Some(13));
    assert_eq!(
        second.published.value(shape.find(&["total", "total"]).unwrap()),
        Some(277)
    );
    let is_hidden = |release: &Release| {
        release
            .published
            .values()
            .iter()
            .map(Option::is_none)
            .collect::<Vec<_>>()
    };
    assert_eq!(is_hidden(&first), is_hidden(&second));
}

#[test]
fn a_correction_on_hidden_cells_is_nothing_or_at_least_the_threshold() {
    let shape = four();
    for by in [1, 4, -1, -2, 5, 9] {
        let mut changed = (0, 0);
        let (_, _, second) = correct(&shape, |first| {
            changed = hidden(&shape, first)[3];
            plus(FIRST, changed.0, changed.1, by)
        });
        match by {
            5.. => assert!(second.is_ok(), "{by}: {second:?}"),
            _ => {
                let Err(Refusal::SmallCorrection(margins)) = second else {
                    panic!("{by}: {second:?}")
                };
                let row = shape.find(&[&format!("a{}", changed.0 + 1), "total"]).unwrap();
                let column = shape.find(&["total", &format!("b{}", changed.1 + 1)]).unwrap();
                assert_eq!(
                    margins,
                    [row.min(column), row.max(column)],
                    "the figures that cause it are named"
                );
            }
        }
    }
    // Moving somebody around the cycle of hidden cells changes no group at all.
    let (_, _, second) = correct(&shape, |_| FIRST);
    assert!(second.is_ok());
}

#[test]
fn a_cell_that_turns_small_after_it_was_shown_is_refused_by_name() {
    let shape = four();
    let (_, _, second) = correct(&shape, |_| plus(FIRST, 3, 3, -10));
    assert_eq!(second.err(), Some(Refusal::ShownBefore(vec![at(&shape, 3, 3)])));
}

#[test]
fn whoever_holds_both_releases_learns_nothing_more() {
    let shape = four();
    let (first, corrected, second) = correct(&shape, |first| {
        let (row, column) = hidden(&shape, first)[3];
        plus(plus(FIRST, row, column, 6), 3, 3, 1)
    });
    let second = second.unwrap();
    // He even knows by how much every leaf was corrected: so what he knows of the one he knows of the other.
    let before = of(&shape, FIRST);
    for release in [&first, &second] {
        let counts = if std::ptr::eq(release, &first) {
            &before
        } else {
            &corrected
        };
        let both = Published::mask(&shape, counts, |cell| {
            first.published.is_hidden(cell) && second.published.is_hidden(cell)
        });
        assert_eq!(
            Attacker::new(&shape, &both).finds(&shape, counts, &both, 5),
            Vec::<CellId>::new()
        );
    }
}

#[test]
fn what_was_hidden_stays_hidden_when_it_grew() {
    let shape = four();
    let (first, _, second) = correct(&shape, |first| {
        let (row, column) = hidden(&shape, first)[0];
        plus(FIRST, row, column, 20)
    });
    let second = second.unwrap();
    for cell in 0..shape.cells() {
        assert!(!first.published.is_hidden(cell) || second.published.is_hidden(cell));
    }
}

#[test]
fn a_quarter_is_corrected_many_times() {
    let plan = small_plan(&[]);
    let shape = plan.shape();
    let first_counts = synthetic::quarter(&plan, 600, 2).unwrap();
    let first = protect(shape, &first_counts, &Terms::first(five())).unwrap();
    // Each correction moves so many people that every changed group changes by 5 or more, or shows the change.
    let add = |codes: [&str; 4], number| {
        let [area, activity, age_band, gender] = codes;
        let record = Record {
            area,
            activity,
            age_band,
            gender,
            participants: number,
            parts: &[],
        };
        plan.count([record]).unwrap()
    };
    let mut releases = vec![(first_counts, first.published)];
    for step in 1..=3u64 {
        let counts = releases[releases.len() - 1]
            .0
            .plus(&add(["department-1", "activity-1", "15-17", "female"], 5 + step));
        let earlier: Vec<Frozen<'_>> = releases
            .iter()
            .map(|(counts, published)| Frozen {
                counts,
                published,
                threshold: five(),
                kinship: Kinship::Same,
            })
            .collect();
        let terms = Terms {
            earlier: &earlier,
            ..Terms::first(five())
        };
        let next = protect(shape, &counts, &terms).unwrap();
        for (cell, value) in next.published.values().iter().enumerate() {
            assert_eq!(value.is_none(), releases[0].1.is_hidden(cell), "{}", shape.key(cell));
        }
        releases.push((counts, next.published));
    }
}

#[test]
fn those_who_see_less_see_part_of_what_those_see_who_see_more() {
    let plan = small_plan(&[]);
    let shape = plan.shape();
    let counts = synthetic::quarter(&plan, 600, 4).unwrap();
    let board = protect(shape, &counts, &Terms::first(five())).unwrap();
    let wider = [&board.published];
    let ten = Threshold::new(10).unwrap();
    let terms = Terms {
        wider: &wider,
        ..Terms::first(ten)
    };
    let public = protect(shape, &counts, &terms).unwrap();
    for cell in 0..shape.cells() {
        assert!(!board.published.is_hidden(cell) || public.published.is_hidden(cell));
    }
    assert!(public.stats.shown < board.stats.shown);
    // Released to the board afterwards, the same counts must show what the public sees.
    let earlier = [Frozen {
        counts: &counts,
        published: &public.published,
        threshold: ten,
        kinship: Kinship::Narrower,
    }];
    let terms = Terms {
        earlier: &earlier,
        ..Terms::first(five())
    };
    let later = protect(shape, &counts, &terms).unwrap();
    for cell in 0..shape.cells() {
        assert!(public.published.is_hidden(cell) || !later.published.is_hidden(cell));
    }
}

#[test]
fn an_organisation_that_knows_its_own_activities_learns_nothing_of_the_others() {
    let plan = small_plan(&[]);
    let shape = plan.shape();
    let counts = synthetic::quarter(&plan, 600, 6).unwrap();
    let known = plan.knowing(&["activity-1"]).unwrap();
    let terms = Terms {
        known: Some(&known),
        ..Terms::first(five())
    };
    let release = protect(shape, &counts, &terms).unwrap();
    let own = shape.find(&["zone-1", "activity-1", "15-17", "total"]).unwrap();
    assert_eq!(
        release.published.value(own),
        Some(counts.cell(shape, own)),
        "its own cells are exact, however small"
    );
    // What it knows can be taken off: the attacker faces the others alone.
    let others = counts.without(shape, &known).unwrap();
    let left = Published::mask(shape, &others, |cell| release.published.is_hidden(cell));
    assert_eq!(
        Attacker::new(shape, &left).finds(shape, &others, &left, 5),
        Vec::<CellId>::new()
    );
    // The board's release alone would not do: it shows totals from which its own leave few.
    let board = protect(shape, &counts, &Terms::first(five())).unwrap();
    let refused = check(shape, &counts, &terms, &board.published, &board.certificate);
    assert!(refused.is_err());
    assert!(plan.knowing(&["activity-15"]).is_err());
}

#[test]
fn releases_of_other_tables_are_refused() {
    let shape = four();
    let other = flat(&[2, 2], &[&[0, 1]]);
    let counts = of(&shape, FIRST);
    let foreign = rows(&other, &[&[9, 9], &[9, 9]]);
    let published = Published::mask(&other, &foreign, |_| false);
    let earlier = [Frozen {
        counts: &foreign,
        published: &published,
        threshold: five(),
        kinship: Kinship::Same,
    }];
    let terms = Terms {
        earlier: &earlier,
        ..Terms::first(five())
    };
    assert_eq!(protect(&shape, &counts, &terms).err(), Some(Refusal::Foreign));
    let wider = [&published];
    let terms = Terms {
        wider: &wider,
        ..Terms::first(five())
    };
    assert_eq!(protect(&shape, &counts, &terms).err(), Some(Refusal::Foreign));
    let falsified = Published::from_values(vec![Some(1); shape.cells()]);
    let earlier = [Frozen {
        counts: &counts,
        published: &falsified,
        threshold: five(),
        kinship: Kinship::Same,
    }];
    let terms = Terms {
        earlier: &earlier,
        ..Terms::first(five())
    };
    assert_eq!(protect(&shape, &counts, &terms).err(), Some(Refusal::Foreign));
}

#[test]
fn a_threshold_below_three_cannot_be_made() {
    assert_eq!(Threshold::new(2), None);
    assert!(serde_json::from_str::<Threshold>("2").is_err());
    assert_eq!(serde_json::from_str::<Threshold>("3").unwrap().get(), 3);
    assert_eq!(Threshold::DEFAULT.get(), 5);
}
