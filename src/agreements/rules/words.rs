//! A change as a sentence, in Danish and in English.

use serde_json::Value;

use super::super::model::ChangeKind;

/// The longest text that a sentence repeats.
const MAX_TEXT: usize = 80;

/// A step into a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Member(String),
    /// The key of an item of a list.
    Key(String),
}

impl Step {
    /// The step as it stands in a path.
    pub fn as_str(&self) -> &str {
        match self {
            Step::Member(text) | Step::Key(text) => text,
        }
    }
}

/// What a member is called in Danish and in English; its name where the table has none.
fn noun(member: &str) -> (&str, &str) {
    match member {
        "period" => ("periode", "period"),
        "parties" => ("part", "party"),
        "goals" => ("mål", "goal"),
        "sub_goals" => ("delmål", "sub-goal"),
        "measures" => ("måling", "measure"),
        "targets" => ("måltal", "target"),
        "baselines" => ("udgangspunkt", "baseline"),
        "comparisons" => ("sammenligning", "comparison"),
        "activities" => ("aktivitet", "activity"),
        "staffing" => ("bemanding", "staffing"),
        "annexes" => ("bilag", "annex"),
        "budget" => ("budgetlinje", "budget line"),
        "amounts" => ("år", "year"),
        "signatures" => ("underskrift", "signature"),
        "from" => ("første dag", "first day"),
        "to" => ("sidste dag", "last day"),
        "note" => ("bemærkning", "note"),
        "source" => ("kilde", "source"),
        "capacity" => ("egenskab", "capacity"),
        "organisation" => ("organisation", "organisation"),
        "weekly_hours" => ("timer om ugen", "weekly hours"),
        "present" => ("foreligger", "present"),
        "focus_area" => ("indsatsområde", "focus area"),
        "kind" => ("art", "kind"),
        "name" => ("navn", "name"),
        "name_en" => ("engelsk navn", "English name"),
        "indicator" => ("indikator", "indicator"),
        "category" => ("kategori", "category"),
        "rebase_on" => ("måles efter tallene for", "to be measured by the figures of"),
        "value" => ("værdi", "value"),
        "numerator" => ("antal", "count"),
        "denominator" => ("ud af", "out of"),
        "change" => ("ændring", "change"),
        "change_unit" => ("ændringens enhed", "unit of the change"),
        "comparator" => ("sammenlignes med", "compared with"),
        "area" => ("område", "area"),
        "due" => ("frist", "due date"),
        "reading" => ("læsning", "reading"),
        "amount" => ("beløb", "amount"),
        "signed_on" => ("dato", "date"),
        other => (other, other),
    }
}

/// The sentence, in Danish and in English.
pub fn sentence(path: &[Step], kind: ChangeKind, before: Option<&Value>, after: Option<&Value>) -> (String, String) {
    let (place, place_en) = place(path);
    let (what, what_en) = match kind {
        ChangeKind::Added => ("tilføjet".to_owned(), "added".to_owned()),
        ChangeKind::Removed => ("fjernet".to_owned(), "removed".to_owned()),
        ChangeKind::Changed => {
            let (before, before_en) = shown(before);
            let (after, after_en) = shown(after);
            (
                format!("ændret fra {before} til {after}"),
                format!("changed from {before_en} to {after_en}"),
            )
        }
    };
    (format!("{place}: {what}."), format!("{place_en}: {what_en}."))
}

/// "Bemanding (jobcenter-fredericia:…), timer om ugen".
fn place(path: &[Step]) -> (String, String) {
    let (mut da, mut en) = (String::new(), String::new());
    for step in path {
        match step {
            Step::Member(member) => {
                let (noun, noun_en) = noun(member);
                for (text, noun) in [(&mut da, noun), (&mut en, noun_en)] {
                    if !text.is_empty() {
                        text.push_str(", ");
                    }
                    text.push_str(noun);
                }
            }
            Step::Key(key) => {
                for text in [&mut da, &mut en] {
                    text.push_str(" (");
                    text.push_str(key);
                    text.push(')');
                }
            }
        }
    }
    (capitalised(&da), capitalised(&en))
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// A value as people write it, in Danish and in English.
fn shown(value: Option<&Value>) -> (String, String) {
    match value {
        None | Some(Value::Null) => ("ikke angivet".to_owned(), "not stated".to_owned()),
        Some(Value::Bool(true)) => ("ja".to_owned(), "yes".to_owned()),
        Some(Value::Bool(false)) => ("nej".to_owned(), "no".to_owned()),
        Some(Value::Number(number)) => {
            let text = number.to_string();
            (text.replace('.', ","), text)
        }
        Some(Value::String(text)) => {
            let text = match text.char_indices().nth(MAX_TEXT) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text.clone(),
            };
            (format!("\"{text}\""), format!("\"{text}\""))
        }
        // Only where a document takes the place of nothing: the change carries it whole.
        Some(Value::Array(_) | Value::Object(_)) => ("det angivne".to_owned(), "what is given".to_owned()),
    }
}
