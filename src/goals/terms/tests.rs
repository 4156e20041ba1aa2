//! Drafts, sound and unsound.

use serde_json::{Value, json};

use super::*;
use crate::problem::At;
use crate::web::json::parse;

fn catalogue() -> Catalogue {
    let indicator = |is_percent, is_down, has_target_groups| IndicatorTerms {
        is_percent,
        is_down,
        has_target_groups,
    };
    Catalogue {
        areas: ["zone-1", "zone-2", "fredericia"].map(str::to_owned).into(),
        indicators: [
            ("counted", indicator(false, true, true)),
            ("share", indicator(true, true, false)),
            ("grade", indicator(false, false, false)),
        ]
        .map(|(code, terms)| (code.to_owned(), terms))
        .into(),
        categories: ["6.3".to_owned()].into(),
        starts_on: "2023-01-01".parse().unwrap(),
        ends_on: "2026-12-31".parse().unwrap(),
    }
}

fn read(sub_goals: &Value) -> (Vec<SubGoal>, Vec<String>) {
    let node = parse(sub_goals.to_string().as_bytes()).unwrap();
    let mut errors = Vec::new();
    let at = At::Pointer("/sub_goals".into());
    let found = read_sub_goals(&node, &at, &catalogue(), &mut errors);
    let errors = errors.into_iter().map(|error| {
        let At::Pointer(pointer) = error.at else {
            panic!("an error has no pointer")
        };
        format!("{} {}", pointer.trim_start_matches("/sub_goals/0"), error.code)
    });
    (found, errors.collect())
}

fn sub_goal() -> Value {
    json!({"code": "far-away", "name": "Færre", "name_en": "Fewer", "goals": ["employment"], "source": "Delaftale",
        "measures": [{"code": "activity-ready", "indicator": "counted", "category": "6.3", "rebase_on": "2023-01-01",
            "baselines": [{"area": "zone-1", "period": "2022-06-01", "value": 79}],
            "targets": [{"kind": "relative_change", "change": -20, "change_unit": "percent"}]}]})
}

fn errors_with(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut sub_goal = sub_goal();
    change(&mut sub_goal);
    read(&json!([sub_goal])).1
}

fn errors_with_target(target: Value) -> Vec<String> {
    let errors = errors_with(|sub_goal| sub_goal["measures"][0]["targets"] = json!([target]));
    errors
        .into_iter()
        .map(|error| error.trim_start_matches("/measures/0/targets/0").to_owned())
        .collect()
}

#[test]
fn what_is_read_is_written_and_read_again() {
    let (found, errors) = read(&json!([sub_goal()]));
    assert_eq!((found.len(), errors), (1, Vec::new()));
    let written = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Vec<SubGoal>>(&written).unwrap(), found);
    let again = read(&serde_json::from_str(&written).unwrap());
    assert_eq!(again, (found, Vec::new()));
}

#[test]
fn every_error_is_found_at_once_with_its_place() {
    let errors = errors_with(|sub_goal| {
        sub_goal["code"] = json!("Far Away");
        sub_goal["name"] = json!("");
        sub_goal["colour"] = json!("red");
        let measure = &mut sub_goal["measures"][0];
        measure["category"] = json!("7.1");
        measure["rebase_on"] = json!("2022-01-01");
        measure["baselines"][0] = json!({"area": "zone-9", "period": "June", "value": 1e20});
        measure["targets"] = json!([]);
    });
    assert_eq!(
        errors,
        [
            "/code invalid_code",
            "/name length",
            "/measures/0/category unknown_category",
            "/measures/0/baselines/0/area unknown_area",
            "/measures/0/baselines/0/period invalid_value",
            "/measures/0/baselines/0/value out_of_range",
            "/measures/0/targets required",
            "/colour unknown_field",
        ]
    );
}

#[test]
fn codes_areas_and_periods_must_make_sense_together() {
    let twice = errors_with(|sub_goal| sub_goal["measures"][0]["code"] = json!("far-away"));
    assert_eq!(twice, ["/measures/0/code duplicate"]);
    let twice = errors_with(|sub_goal| {
        let baseline = sub_goal["measures"][0]["baselines"][0].clone();
        sub_goal["measures"][0]["baselines"] = json!([baseline, baseline]);
    });
    assert_eq!(twice, ["/measures/0/baselines/1/area duplicate"]);
    for late in ["2022-06-01", "2021", "2027-01-01"] {
        let errors = errors_with(|sub_goal| sub_goal["measures"][0]["rebase_on"] = json!(late));
        assert_eq!(errors, ["/measures/0/rebase_on out_of_range"], "{late}");
    }
    let unknown = errors_with(|sub_goal| sub_goal["measures"][0]["indicator"] = json!("wealth"));
    assert_eq!(unknown, ["/measures/0/indicator unknown_indicator"]);
}

#[test]
fn a_target_has_the_members_of_its_kind_and_goes_the_good_way() {
    for (target, error) in [
        (json!({"kind": "relative_change", "change": -20}), " wrong_members"),
        (
            json!({"kind": "relative_change", "change": -20, "change_unit": "points"}),
            "/change_unit invalid_value",
        ),
        (
            json!({"kind": "relative_change", "change": 20, "change_unit": "percent"}),
            "/change wrong_direction",
        ),
        (
            json!({"kind": "relative_change", "change": -101, "change_unit": "percent"}),
            "/change wrong_direction",
        ),
        (
            json!({"kind": "relative_change", "change": -5, "change_unit": "percentage_points"}),
            "/change_unit not_a_share",
        ),
        (json!({"kind": "absolute"}), " wrong_members"),
        (json!({"kind": "absolute", "value": 5, "change": -1}), " wrong_members"),
        (json!({"kind": "direction_only", "value": 5}), " wrong_members"),
        (json!({"kind": "direction_only", "change": 5}), " wrong_members"),
        (json!({"kind": "match_comparator"}), " wrong_members"),
        (
            json!({"kind": "match_comparator", "comparator": {}}),
            "/comparator required",
        ),
        (
            json!({"kind": "match_comparator", "comparator": {"area": "mars"}}),
            "/comparator/area unknown_area",
        ),
        (json!({"kind": "better"}), "/kind invalid_value"),
        (
            json!({"kind": "direction_only", "due": "2022-12-31"}),
            "/due out_of_range",
        ),
        (
            json!({"kind": "direction_only", "due": "2027-01-01"}),
            "/due out_of_range",
        ),
        (json!({"kind": "direction_only", "due": "soon"}), "/due invalid_date"),
    ] {
        assert_eq!(errors_with_target(target.clone()), [error], "{target}");
    }
    for target in [
        json!({"kind": "absolute", "value": 27.7, "due": "2025-12-31", "reading": "til og med 2025"}),
        json!({"kind": "below_limit", "value": 30}),
        json!({"kind": "match_comparator", "comparator": {"area": "fredericia"}}),
        json!({"kind": "match_comparator", "comparator": {"indicator": "share"}}),
        json!({"kind": "direction_only"}),
    ] {
        assert_eq!(errors_with_target(target.clone()), [""; 0], "{target}");
    }
    // More is better for grades: there is nothing to gain below a limit.
    let errors = errors_with(|sub_goal| {
        let measure = &mut sub_goal["measures"][0];
        measure["indicator"] = json!("grade");
        measure["category"] = Value::Null;
        measure["targets"] = json!([{"kind": "below_limit", "value": 7}]);
    });
    assert_eq!(errors, ["/measures/0/targets/0/kind wrong_direction"]);
}

#[test]
fn a_stored_target_whose_members_do_not_belong_together_is_not_read() {
    let text = r#"{"kind": "absolute", "change": -20, "change_unit": "percent"}"#;
    assert!(serde_json::from_str::<Target>(text).is_err());
}
