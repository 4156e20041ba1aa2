//! What the targets have in common: the codes of a small plan, and what holds for every error.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use helhedsplan::kendskabsgrad::draft::{Codes, Draft, Group, Subset};
use helhedsplan::kendskabsgrad::rules;
use helhedsplan::measurements::rules::{Catalogue, Facts};
use helhedsplan::participation::draft as participation;
use helhedsplan::problem::{At, FieldError, Language, Problem};

/// The day on which everything is read.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 6, 30).expect("a date")
}

/// Four zones, as the agreement has them.
fn zones() -> Vec<String> {
    (1..=4).map(|number| format!("zone-{number}")).collect()
}

/// The codes of an extract: the target groups of table 9.
pub fn extract_codes() -> Codes {
    let act = (1..=12).map(|number| format!("6.{number}"));
    let groups = act.chain(["INT-II", "INT-SHP", "INT-SP"].map(String::from));
    Codes {
        zones: zones(),
        whole: Some("all-zones".into()),
        municipality: Some("fredericia".into()),
        rest: Some("rest-of-municipality".into()),
        groups: groups
            .map(|code| Group {
                // One that does not exist yet.
                valid_from: (code == "INT-SP").then(|| NaiveDate::from_ymd_opt(2020, 1, 1).expect("a date")),
                valid_to: None,
                code,
            })
            .collect(),
        subsets: [("6.9", "unemployed", "ledige"), ("6.2", "long_term", "langtidsledige")]
            .map(|(group, code, keyword)| Subset {
                group: group.into(),
                code: code.into(),
                keyword: keyword.into(),
            })
            .to_vec(),
    }
}

/// The codes of measurements, with one indicator of each kind.
pub fn catalogue() -> Catalogue {
    let facts = |unit: &str, by_target_group, may_write, is_fed_by_extracts| Facts {
        unit: unit.parse().expect("a unit"),
        by_target_group,
        may_write,
        is_fed_by_extracts,
    };
    Catalogue {
        indicators: HashMap::from([
            ("households".into(), facts("count", false, Ok(()), false)),
            ("turnout".into(), facts("percent", false, Ok(()), false)),
            ("by-group".into(), facts("count", true, Ok(()), false)),
            ("others".into(), facts("percent", false, Err("boli-nu".into()), false)),
            ("kendskabsgrad-count".into(), facts("count", true, Ok(()), true)),
        ]),
        areas: zones().into_iter().collect::<HashSet<_>>(),
        categories: HashMap::from([("6.1".into(), (None, NaiveDate::from_ymd_opt(2023, 12, 31)))]),
    }
}

/// The codes of participation: one activity in two zones.
pub fn participation_codes() -> participation::Codes {
    participation::Codes {
        days: NaiveDate::from_ymd_opt(2023, 1, 1).zip(NaiveDate::from_ymd_opt(2026, 12, 31)),
        activities: HashMap::from([(
            "brobyggende-fritidsaktiviteter".into(),
            vec!["youth-school-classes".into()],
        )]),
        own: None,
        departments: BTreeMap::from([(
            "afd-1".into(),
            vec![participation::Membership {
                zone: "zone-1".into(),
                from: None,
                to: None,
            }],
        )]),
        zones: zones(),
        age_bands: vec!["10-14".into(), "15-17".into()],
        genders: vec!["female".into(), "male".into()],
        archived: HashMap::new(),
    }
}

/// Judges an extract: there is content where, and only where, there is no error; and every cell of it is there.
pub fn judge(draft: &Draft, codes: &Codes, mut errors: Vec<FieldError>) {
    let checked = rules::check(draft, codes, today(), "Jobcenter", &mut errors);
    assert_eq!(checked.is_some(), errors.is_empty(), "content beside {errors:?}");
    if let Some(checked) = checked {
        let is_valid = |group: &&Group| group.is_valid_on(Some(checked.extracted_on));
        let groups = codes.groups.iter().filter(is_valid).count();
        assert_eq!(checked.content.counts.len(), groups * codes.zones.len());
        assert!(
            checked
                .content
                .counts
                .iter()
                .all(|count| count.count.is_none_or(|count| count >= 0))
        );
        assert!(checked.extracted_on <= today());
    }
}

/// What holds for every error: it has a code, a sentence in both languages, and a place that can be found; a pointer leads into the
/// document or to a member that is missing there.
pub fn sound(errors: &[FieldError], lines: usize) {
    for error in errors {
        let is_code = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        assert!(!error.code.is_empty() && error.code.bytes().all(is_code), "{error:?}");
        for language in [Language::English, Language::Danish] {
            assert!(!error.view(language).detail.is_empty(), "{error:?}");
        }
        match &error.at {
            At::Pointer(pointer) | At::Member { pointer, .. } => {
                assert!(pointer.is_empty() || pointer.starts_with('/'), "{error:?}");
            }
            At::Cell { line, column } => {
                let line = usize::try_from(*line).expect("a line");
                assert!(
                    (1..=lines.max(1)).contains(&line) && *column != Some(0),
                    "{error:?} of {lines}"
                );
            }
            // A parameter may have been sent without a name.
            At::Parameter(_) => {}
            At::Header(name) => assert!(!name.is_empty(), "{error:?}"),
        }
    }
}

/// A refusal is the client's fault: whatever is sent, nothing breaks here.
pub fn refused(problem: &Problem, lines: usize) {
    let status = problem.view(Language::English, None).status;
    assert!((400..500).contains(&status), "{problem:?}");
    sound(problem.errors(), lines);
}

/// How many lines there are, as people count them.
pub fn lines(bytes: &[u8]) -> usize {
    1 + bytes.iter().filter(|byte| **byte == b'\n').count()
}
