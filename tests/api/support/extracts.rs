//! Table 9 of the agreement, as a Jobcenter would send it.

use serde_json::{Value, json};

/// The target groups in their order.
pub(crate) const GROUPS: [&str; 15] = [
    "6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7", "6.8", "6.9", "6.10", "6.11", "6.12", "INT-II", "INT-SHP",
    "INT-SP",
];

/// The zones in their order.
pub(crate) const ZONES: [&str; 4] = ["zone-1", "zone-2", "zone-3", "zone-4"];

/// Table 9: a row a group, a column a zone.
pub(crate) const TABLE_9: [[i64; 4]; 15] = [
    [24, 33, 38, 24],
    [29, 18, 11, 26],
    [79, 49, 41, 32],
    [14, 15, 12, 17],
    [16, 17, 24, 13],
    [26, 29, 25, 38],
    [15, 25, 13, 18],
    [25, 26, 24, 25],
    [52, 64, 51, 61],
    [1, 0, 1, 2],
    [4, 6, 5, 7],
    [7, 2, 0, 6],
    [4, 2, 0, 0],
    [2, 3, 3, 9],
    [8, 7, 5, 4],
];

/// Table 9 as it is printed, with its header, blank cells, thousands point, repeated header and subset row.
pub(crate) fn printed() -> String {
    std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/seeds/fredericia-2023-2026/table-9.csv"
    ))
    .unwrap()
}

/// The counts of table 9 as JSON, zone by zone within each group.
pub(crate) fn counts() -> Vec<Value> {
    let mut counts = Vec::new();
    for (group, row) in GROUPS.iter().zip(TABLE_9) {
        for (zone, count) in ZONES.iter().zip(row) {
            counts.push(json!({"area": zone, "target_group": group, "count": count}));
        }
    }
    counts
}

/// Table 9 as JSON, drawn on a date.
pub(crate) fn extract(date: &str) -> Value {
    json!({"extracted_on": date, "counts": counts()})
}

/// The index in [`counts`] of a group's count in a zone.
pub(crate) fn index(group: &str, zone: &str) -> usize {
    let row = GROUPS.iter().position(|known| *known == group).unwrap();
    let column = ZONES.iter().position(|known| *known == zone).unwrap();
    row * 4 + column
}

/// The same extract with one count changed.
pub(crate) fn with_count(mut extract: Value, group: &str, zone: &str, count: i64) -> Value {
    extract["counts"][index(group, zone)]["count"] = json!(count);
    extract
}
