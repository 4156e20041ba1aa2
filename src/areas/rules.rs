//! Closed lists of organisations and areas, and what must hold between them; pure.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::words::words;

words! {
    /// What an organisation is.
    pub OrganisationKind {
        /// Runs social housing (boligorganisation).
        HousingOrganisation = "housing_organisation",
        /// The municipality.
        Municipality = "municipality",
        /// A department or institution of the municipality.
        MunicipalUnit = "municipal_unit",
        /// The project manager's office.
        Secretariat = "secretariat",
        /// The national fund.
        Fund = "fund",
        /// A ministry or agency.
        StateAuthority = "state_authority",
        /// The police, or a unit of it.
        Police = "police",
        /// A business.
        Company = "company",
        /// An association, a church, a volunteer centre.
        Association = "association",
        /// Makes surveys and analyses.
        Research = "research",
    }
}

words! {
    /// What an area is.
    pub AreaKind {
        /// The country.
        Country = "country",
        /// A region.
        Region = "region",
        /// A police district.
        PoliceDistrict = "police_district",
        /// The municipality.
        Municipality = "municipality",
        /// The municipality less the plan's zones.
        MunicipalityRest = "municipality_rest",
        /// All zones of the plan.
        Plan = "plan",
        /// A group of departments.
        Zone = "zone",
        /// An estate run by one housing organisation (boligafdeling).
        Department = "department",
        /// A named place that may hold several departments.
        Estate = "estate",
        /// A school district.
        SchoolDistrict = "school_district",
        /// A school.
        School = "school",
    }
}

words! {
    /// How an area is related to another.
    pub AreaRelationKind {
        /// Part of it inside the plan: a department of its zone, a zone of all zones.
        Parent = "parent",
        /// In the country.
        InCountry = "in_country",
        /// In the region.
        InRegion = "in_region",
        /// In the police district.
        InPoliceDistrict = "in_police_district",
        /// In the municipality.
        InMunicipality = "in_municipality",
        /// In the estate.
        InEstate = "in_estate",
        /// In the school district.
        InSchoolDistrict = "in_school_district",
        /// In the zone according to a text, where the plan does not make it part of it.
        InZoneStated = "in_zone_stated",
    }
}

impl AreaRelationKind {
    /// What kinds of areas it leads to.
    pub fn leads_to(self) -> &'static [AreaKind] {
        match self {
            AreaRelationKind::Parent => &[AreaKind::Zone, AreaKind::Plan],
            AreaRelationKind::InCountry => &[AreaKind::Country],
            AreaRelationKind::InRegion => &[AreaKind::Region],
            AreaRelationKind::InPoliceDistrict => &[AreaKind::PoliceDistrict],
            AreaRelationKind::InMunicipality => &[AreaKind::Municipality],
            AreaRelationKind::InEstate => &[AreaKind::Estate],
            AreaRelationKind::InSchoolDistrict => &[AreaKind::SchoolDistrict],
            AreaRelationKind::InZoneStated => &[AreaKind::Zone],
        }
    }
}

/// What lies directly above each thing: its parent, or the areas that it lies in.
pub type Above = HashMap<String, Vec<String>>;

/// Whether `outer` is `inner` itself, or above it, directly or through others.
pub fn is_above(above: &Above, inner: &str, outer: &str) -> bool {
    let mut seen = HashSet::new();
    let mut next = vec![inner];
    while let Some(code) = next.pop() {
        if code == outer {
            return true;
        }
        if seen.insert(code) {
            next.extend(above.get(code).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

/// Days from a first to a last, both included and each open where it is not stated.
pub type Days = (Option<NaiveDate>, Option<NaiveDate>);

/// Whether two stretches of days have a day in common.
pub fn overlap(a: Days, b: Days) -> bool {
    let begins_in_time = |(from, _): Days, (_, to): Days| from.zip(to).is_none_or(|(from, to)| from <= to);
    begins_in_time(a, b) && begins_in_time(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_sent_as_they_are_stored() {
        crate::words::check::<OrganisationKind>();
        crate::words::check::<AreaKind>();
        crate::words::check::<AreaRelationKind>();
    }

    #[test]
    fn what_is_above_is_found_through_others_and_in_circles() {
        let above: Above = [("a", "b"), ("b", "c"), ("x", "y"), ("y", "x")]
            .map(|(inner, outer)| (inner.to_owned(), vec![outer.to_owned()]))
            .into();
        assert!(is_above(&above, "a", "c"));
        assert!(is_above(&above, "a", "a"));
        assert!(!is_above(&above, "c", "a"));
        assert!(!is_above(&above, "x", "a"));
    }

    #[test]
    fn stretches_that_meet_on_one_day_overlap() {
        let day = |day| NaiveDate::from_ymd_opt(2024, 1, day);
        assert!(overlap((None, None), (None, None)));
        assert!(overlap((None, day(5)), (day(5), None)));
        assert!(!overlap((None, day(5)), (day(6), None)));
        assert!(!overlap((day(6), day(7)), (day(1), day(5))));
    }

    proptest! {
        #[test]
        fn overlapping_is_mutual(days in proptest::array::uniform4(proptest::option::of(1..28_u32))) {
            let [a, b, c, d] = days.map(|day| day.and_then(|day| NaiveDate::from_ymd_opt(2024, 1, day)));
            prop_assert_eq!(overlap((a, b), (c, d)), overlap((c, d), (a, b)));
        }
    }
}
