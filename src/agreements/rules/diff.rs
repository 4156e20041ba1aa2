//! What differs between two contents, item by item.
//!
//! Lists are compared by key and not by place: an agreement with the same parties in another order is the same agreement.
//! Our own, because the keys are the point, and general JSON diffs compare by place.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::super::model::{ChangeKind, ChangeView};
use super::content::Content;
use super::words::{self, Step};
use crate::problem::At;

/// Every difference, in the order of the content.
pub fn diff(before: &Content, after: &Content) -> Result<Vec<ChangeView>, serde_json::Error> {
    let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    let mut diff = Diff::default();
    diff.values(&mut Vec::new(), &before, &after);
    Ok(diff.changes)
}

#[derive(Default)]
struct Diff {
    changes: Vec<ChangeView>,
}

impl Diff {
    fn values(&mut self, path: &mut Vec<Step>, before: &Value, after: &Value) {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => self.objects(path, before, after),
            (Value::Array(before), Value::Array(after)) => self.lists(path, before, after),
            _ if is_same(before, after) => {}
            _ => self.note(path, ChangeKind::Changed, Some(before), Some(after)),
        }
    }

    fn objects(&mut self, path: &mut Vec<Step>, before: &Map<String, Value>, after: &Map<String, Value>) {
        // Both are written by the same type: they have the same members.
        for (name, before) in before {
            path.push(Step::Member(name.clone()));
            self.values(path, before, after.get(name).unwrap_or(&Value::Null));
            path.pop();
        }
    }

    fn lists(&mut self, path: &mut Vec<Step>, before: &[Value], after: &[Value]) {
        let member = match path.last() {
            Some(Step::Member(name)) => name.clone(),
            _ => String::new(),
        };
        let (before, after) = (keyed(&member, before), keyed(&member, after));
        let earlier: HashMap<&str, &Value> = before.iter().map(|(key, item)| (key.as_str(), *item)).collect();
        let later: HashMap<&str, &Value> = after.iter().map(|(key, item)| (key.as_str(), *item)).collect();
        for (key, item) in &before {
            path.push(Step::Key(key.clone()));
            match later.get(key.as_str()) {
                Some(after) => self.values(path, item, after),
                None => self.note(path, ChangeKind::Removed, Some(item), None),
            }
            path.pop();
        }
        for (key, item) in after.iter().filter(|(key, _)| !earlier.contains_key(key.as_str())) {
            path.push(Step::Key(key.clone()));
            self.note(path, ChangeKind::Added, None, Some(item));
            path.pop();
        }
    }

    fn note(&mut self, path: &[Step], kind: ChangeKind, before: Option<&Value>, after: Option<&Value>) {
        let place = path
            .iter()
            .fold(At::Pointer(String::new()), |at, step| at.field(step.as_str()));
        let At::Pointer(pointer) = place else { return };
        let (text, text_en) = words::sentence(path, kind, before, after);
        self.changes.push(ChangeView {
            path: pointer,
            kind,
            before: before.cloned(),
            after: after.cloned(),
            text,
            text_en,
        });
    }
}

/// The items with their keys; where several have the same, the later ones are numbered.
fn keyed<'a>(member: &str, items: &'a [Value]) -> Vec<(String, &'a Value)> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    items
        .iter()
        .map(|item| {
            let key = key(member, item);
            let count = seen.entry(key.clone()).or_default();
            *count += 1;
            match *count {
                1 => (key, item),
                n => (format!("{key}:{n}"), item),
            }
        })
        .collect()
}

/// What an item of a list is known by.
fn key(member: &str, item: &Value) -> String {
    let names: &[&str] = match member {
        "parties" | "signatures" => &["organisation"],
        "targets" => &["kind"],
        "annexes" => &["kind", "focus_area"],
        "staffing" => &["organisation", "role"],
        "baselines" | "comparisons" => &["area"],
        "amounts" => &["year"],
        _ => &["code"],
    };
    let parts: Vec<String> = match item {
        Value::Object(members) => names
            .iter()
            .filter_map(|name| members.get(*name).and_then(plain))
            .collect(),
        other => plain(other).into_iter().collect(),
    };
    parts.join(":")
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether two values say the same: 37 and 37.0 do.
fn is_same(before: &Value, after: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Number(number) => Decimal::from_str_exact(&number.to_string()).ok(),
        _ => None,
    };
    match (number(before), number(after)) {
        (Some(before), Some(after)) => before == after,
        _ => before == after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn content(change: impl FnOnce(&mut Value)) -> Content {
        let mut value = json!({
            "period": {"from": "2023-01-01", "to": "2026-12-31", "note": null},
            "parties": [
                {"organisation": "boli-nu", "capacity": "Direktør"},
                {"organisation": "business-fredericia", "capacity": "Erhvervsdirektør"}
            ],
            "goals": [],
            "sub_goals": [{
                "code": "job-ready", "name": "Flere i job", "name_en": "More in work", "goals": ["employment"], "note": null,
                "source": "x",
                "measures": [{
                    "code": "job-ready-cash-benefit", "indicator": "kendskabsgrad-count", "category": "6.2",
                    "baselines": [{"area": "zone-1", "period": "2022-06-01", "value": 29, "numerator": null,
                        "denominator": null, "note": null}],
                    "rebase_on": null, "comparisons": [], "note": null,
                    "targets": [{"kind": "relative_change", "change": -20, "change_unit": "percent", "value": null,
                        "comparator": null, "due": null, "reading": null}]
                }]
            }],
            "activities": ["a", "b"],
            "staffing": [{"organisation": "jobcenter-fredericia", "role": "Medarbejder", "weekly_hours": 222, "note": null}],
            "annexes": [], "budget": [], "signatures": []
        });
        change(&mut value);
        serde_json::from_value(value).unwrap()
    }

    fn changes(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let changes = diff(&content(|_| {}), &content(change)).unwrap();
        changes
            .iter()
            .map(|one| format!("{:?} {} | {} | {}", one.kind, one.path, one.text, one.text_en))
            .collect()
    }

    #[test]
    fn each_change_is_named_where_it_is() {
        let found = changes(|content| {
            content["parties"] = json!([
                {"organisation": "business-fredericia", "capacity": "Direktør"},
                {"organisation": "boli-nu", "capacity": "Direktør"}
            ]);
            content["sub_goals"][0]["measures"][0]["targets"][0]["change"] = json!(-25);
            content["activities"] = json!(["b", "c"]);
            content["staffing"][0]["weekly_hours"] = json!(185.5);
            content["period"]["to"] = json!("2025-12-31");
        });
        insta::assert_snapshot!(found.join("\n"), @r#"
        Changed /period/to | Periode, sidste dag: ændret fra "2026-12-31" til "2025-12-31". | Period, last day: changed from "2026-12-31" to "2025-12-31".
        Changed /parties/business-fredericia/capacity | Part (business-fredericia), egenskab: ændret fra "Erhvervsdirektør" til "Direktør". | Party (business-fredericia), capacity: changed from "Erhvervsdirektør" to "Direktør".
        Changed /sub_goals/job-ready/measures/job-ready-cash-benefit/targets/relative_change/change | Delmål (job-ready), måling (job-ready-cash-benefit), måltal (relative_change), ændring: ændret fra -20 til -25. | Sub-goal (job-ready), measure (job-ready-cash-benefit), target (relative_change), change: changed from -20 to -25.
        Removed /activities/a | Aktivitet (a): fjernet. | Activity (a): removed.
        Added /activities/c | Aktivitet (c): tilføjet. | Activity (c): added.
        Changed /staffing/jobcenter-fredericia:Medarbejder/weekly_hours | Bemanding (jobcenter-fredericia:Medarbejder), timer om ugen: ændret fra 222 til 185,5. | Staffing (jobcenter-fredericia:Medarbejder), weekly hours: changed from 222 to 185.5.
        "#);
    }

    #[test]
    fn order_and_trailing_zeros_are_no_difference() {
        let found = changes(|content| {
            content["activities"] = json!(["b", "a"]);
            content["staffing"][0]["weekly_hours"] = serde_json::from_str("222.0").unwrap();
        });
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn hours_that_are_no_longer_stated_are_a_change_to_not_stated() {
        let found = changes(|content| content["staffing"][0]["weekly_hours"] = Value::Null);
        insta::assert_snapshot!(
            found.join("\n"),
            @"Changed /staffing/jobcenter-fredericia:Medarbejder/weekly_hours | Bemanding (jobcenter-fredericia:Medarbejder), timer om ugen: ændret fra 222 til ikke angivet. | Staffing (jobcenter-fredericia:Medarbejder), weekly hours: changed from 222 to not stated."
        );
    }

    proptest! {
        #[test]
        fn what_is_added_one_way_is_removed_the_other(
            earlier in proptest::collection::hash_set("[a-e]", 0..5),
            later in proptest::collection::hash_set("[a-e]", 0..5),
        ) {
            let with = |codes: &std::collections::HashSet<String>| {
                let codes: Vec<&String> = codes.iter().collect();
                content(|content| content["activities"] = json!(codes))
            };
            let kinds = |changes: Vec<ChangeView>, kind: ChangeKind| {
                let mut paths: Vec<String> =
                    changes.into_iter().filter(|one| one.kind == kind).map(|one| one.path).collect();
                paths.sort();
                paths
            };
            let (a, b) = (with(&earlier), with(&later));
            let there = diff(&a, &b).unwrap();
            prop_assert_eq!(there.len(), earlier.symmetric_difference(&later).count());
            let back = diff(&b, &a).unwrap();
            prop_assert_eq!(kinds(there, ChangeKind::Added), kinds(back, ChangeKind::Removed));
            prop_assert!(diff(&a, &a).unwrap().is_empty());
        }
    }
}
