//! What bodies are, and how often they meet; pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::period::Period;
use crate::words::words;

words! {
    /// What sort of body it is.
    #[derive(serde::Deserialize)]
    pub BodyKind {
        /// The plan's board (bestyrelse).
        Board = "board",
        /// A steering group (styregruppe).
        SteeringGroup = "steering_group",
        /// The joint secretariat (fællessekretariat).
        JointSecretariat = "joint_secretariat",
        /// The secretariat and the directors of the housing organisations (koordineringsmøde).
        Coordination = "coordination",
        /// The residents' representatives of a zone (beboerdemokrater).
        ResidentDemocracy = "resident_democracy",
        /// Managers, for a focus area (arbejdsgruppe).
        WorkingGroup = "working_group",
        /// A network of several authorities, such as TOT and Lokalråd.
        Network = "network",
        /// The boards of the departments (afdelingsbestyrelser).
        DepartmentBoards = "department_boards",
    }
}

words! {
    /// In what time meetings are counted.
    #[derive(serde::Deserialize)]
    pub Per {
        /// A calendar year.
        Year = "year",
        /// January to June, July to December.
        HalfYear = "half_year",
        /// Three months.
        Quarter = "quarter",
    }
}

impl Per {
    /// The periods of this length in a year, in their order.
    pub fn of_year(self, year: i32) -> Vec<Period> {
        let texts = match self {
            Per::Year => vec![format!("{year:04}")],
            Per::HalfYear => (1..=2).map(|half| format!("{year:04}-S{half}")).collect(),
            Per::Quarter => (1..=4).map(|quarter| format!("{year:04}-Q{quarter}")).collect(),
        };
        texts.iter().filter_map(|text| text.parse().ok()).collect()
    }
}

/// Of which bodies a caller sees the meetings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Of all.
    Every,
    /// Of these, by code.
    Of(BTreeSet<String>),
}

impl Sight {
    /// Whether it takes in this body.
    pub fn sees(&self, body: &str) -> bool {
        match self {
            Sight::Every => true,
            Sight::Of(codes) => codes.contains(body),
        }
    }
}

/// The last day that lies `days` before a meeting on `day`.
pub fn days_before(day: NaiveDate, days: i16) -> Option<NaiveDate> {
    day.checked_sub_days(chrono::Days::new(u64::try_from(days).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::check;

    #[test]
    fn the_words_are_sent_as_they_are_stored() {
        check::<BodyKind>();
        check::<Per>();
    }

    #[test]
    fn a_year_has_one_two_or_four_periods() {
        let texts = |per: Per| -> Vec<String> { per.of_year(2024).iter().map(ToString::to_string).collect() };
        assert_eq!(texts(Per::Year), ["2024"]);
        assert_eq!(texts(Per::HalfYear), ["2024-S1", "2024-S2"]);
        assert_eq!(texts(Per::Quarter), ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]);
        let last: Vec<NaiveDate> = Per::HalfYear.of_year(2024).iter().map(|half| half.end()).collect();
        assert_eq!(last, ["2024-06-30".parse().unwrap(), "2024-12-31".parse().unwrap()]);
    }

    #[test]
    fn days_before_a_meeting_go_over_the_end_of_february() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(days_before(day("2024-03-05"), 14), Some(day("2024-02-20")));
        assert_eq!(days_before(day("2024-03-05"), 0), Some(day("2024-03-05")));
        assert_eq!(days_before(NaiveDate::MIN, 1), None);
    }
}
