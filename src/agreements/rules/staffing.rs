//! Weekly hours added up: by focus area, by organisation, in all. Only what is stated is added.

use rust_decimal::Decimal;

use super::content::{Content, Staffing};

/// The hours of one focus area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfFocusArea<'a> {
    /// The focus area's code.
    pub focus_area: &'a str,
    /// Its rows.
    pub rows: &'a [Staffing],
    /// The hours of those rows that state any.
    pub hours: Decimal,
}

/// The hours of one organisation over the focus areas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfOrganisation<'a> {
    /// The organisation's code; none for the jobs of which the agreements do not say who fills them.
    pub organisation: Option<&'a str>,
    /// In all.
    pub hours: Decimal,
    /// By focus area, where it has any.
    pub by_focus_area: Vec<(&'a str, Decimal)>,
}

/// The sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums<'a> {
    /// By focus area, in the order given.
    pub focus_areas: Vec<OfFocusArea<'a>>,
    /// By organisation, in the order in which they first appear; what has no organisation comes last.
    pub organisations: Vec<OfOrganisation<'a>>,
    /// In all.
    pub total: Decimal,
}

/// Adds up the hours of sub-agreements, each with its focus area.
pub fn sums<'a>(agreements: &[(&'a str, &'a Content)]) -> Sums<'a> {
    let mut focus_areas = Vec::new();
    let mut organisations: Vec<OfOrganisation<'a>> = Vec::new();
    for (focus_area, content) in agreements {
        let mut total = Decimal::ZERO;
        for row in &content.staffing {
            let Some(hours) = row.weekly_hours else { continue };
            total += hours.0;
            let organisation = row.organisation.as_deref();
            let index = match organisations.iter().position(|one| one.organisation == organisation) {
                Some(index) => index,
                None => {
                    organisations.push(OfOrganisation {
                        organisation,
                        hours: Decimal::ZERO,
                        by_focus_area: Vec::new(),
                    });
                    organisations.len() - 1
                }
            };
            let one = &mut organisations[index];
            one.hours += hours.0;
            match one.by_focus_area.iter_mut().find(|(area, _)| area == focus_area) {
                Some((_, sum)) => *sum += hours.0,
                None => one.by_focus_area.push((focus_area, hours.0)),
            }
        }
        focus_areas.push(OfFocusArea {
            focus_area,
            rows: &content.staffing,
            hours: total,
        });
    }
    organisations.sort_by_key(|one| one.organisation.is_none());
    let total = focus_areas.iter().map(|one| one.hours).sum();
    Sums {
        focus_areas,
        organisations,
        total,
    }
}
