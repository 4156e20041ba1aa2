//! Tests of the whole: known answers, attackers, broken rules, quarters.

mod attacker;
mod audiences;
mod known_answers;
mod mutations;
mod parts;
mod quarters;
mod small_tables;

use super::*;

/// A small shape of flat dimensions with the given tables, each a list of the dimensions that it crosses.
fn flat(sizes: &[usize], tables: &[&[usize]]) -> Shape {
    let dimensions = sizes.iter().enumerate().map(|(at, size)| {
        let codes = (1..=*size).map(|number| format!("{}{number}", (b'a' + at as u8) as char));
        Dimension::flat(&format!("dimension-{at}"), codes)
    });
    let tables = tables.iter().enumerate().map(|(number, crossed)| Table {
        name: format!("table-{number}"),
        depths: (0..sizes.len()).map(|at| usize::from(crossed.contains(&at))).collect(),
    });
    Shape::small(dimensions.collect(), tables.collect()).unwrap()
}

/// Counts of a two-way table, row by row.
fn rows(shape: &Shape, rows: &[&[u64]]) -> Counts {
    let people = rows.iter().enumerate().flat_map(|(row, values)| {
        let cells = values.iter().enumerate();
        cells.map(move |(column, value)| ([row as u16, column as u16, 0, 0, 0, 0], *value))
    });
    Counts::of(shape, people).unwrap()
}

/// The cell of a two-way table, counted from 0.
fn at(shape: &Shape, row: usize, column: usize) -> CellId {
    shape
        .find(&[&format!("a{}", row + 1), &format!("b{}", column + 1)])
        .unwrap()
}

fn five() -> Threshold {
    Threshold::new(5).unwrap()
}

/// A plan small enough for many releases: two zones of three departments, three activities, three ages, two genders.
fn small_plan(parts: &[&str]) -> Plan {
    let mut definition = synthetic::definition();
    definition.zones.truncate(2);
    for zone in &mut definition.zones {
        zone.departments.truncate(3);
    }
    definition.activities.truncate(3);
    definition.age_bands.truncate(3);
    definition.genders.truncate(2);
    definition.parts = parts.iter().map(|part| (*part).to_owned()).collect();
    Plan::new(definition).unwrap()
}

/// `few`, or `many` where `HELHEDSPLAN_TEST_PROOFS` is set, as `cargo xtask test` does: minutes of proofs.
fn proofs(few: u32, many: u32) -> u32 {
    match std::env::var_os("HELHEDSPLAN_TEST_PROOFS") {
        Some(_) => many,
        None => few,
    }
}
