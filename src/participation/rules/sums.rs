//! What a report comes to, and its figures row by row.

use std::collections::BTreeMap;

use super::super::model::{Content, Totals};
use super::rows::row_of_count;

/// The sums of a report.
pub fn totals(content: &Content) -> Totals {
    let mut totals = Totals::default();
    for row in &content.counts {
        totals.participants += i64::from(row.participants);
        totals.newcomers += i64::from(row.newcomers);
        totals.to_education += i64::from(row.outcomes.education);
        totals.to_job += i64::from(row.outcomes.job);
        totals.to_leisure_job += i64::from(row.outcomes.leisure_job);
        totals.to_association += i64::from(row.outcomes.association);
    }
    for row in &content.places {
        totals.sessions += i64::from(row.sessions);
        totals.volunteers += i64::from(row.volunteers);
        totals.attendances += i64::from(row.attendances);
    }
    totals
}

/// The figures of every row, by the row's name.
pub fn figures(content: &Content) -> BTreeMap<String, Vec<(&'static str, i32)>> {
    let counts = content.counts.iter().map(|row| {
        let figures = vec![
            ("participants", row.participants),
            ("newcomers", row.newcomers),
            ("to_education", row.outcomes.education),
            ("to_job", row.outcomes.job),
            ("to_leisure_job", row.outcomes.leisure_job),
            ("to_association", row.outcomes.association),
        ];
        (row_of_count(&row.residence, &row.age_band, &row.gender), figures)
    });
    let places = content.places.iter().map(|row| {
        let figures = vec![
            ("sessions", row.sessions),
            ("volunteers", row.volunteers),
            ("attendances", row.attendances),
        ];
        (format!("places/{}", row.zone), figures)
    });
    let delivered = content.delivered.iter().map(|row| {
        let figures = vec![("quantity", row.quantity)];
        (format!("delivered/{}/{}", row.commitment, row.zone), figures)
    });
    counts.chain(places).chain(delivered).collect()
}
