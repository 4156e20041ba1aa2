//! Takes a draft of a version out of a body. Everything that is wrong is noted with its place.

use chrono::NaiveDate;

use super::rules::check::{Catalogue, Parts, check};
use super::rules::content::{
    Annex, AnnexKind, BudgetLine, Content, Hours, Kroner, LineKind, Party, Period, Signature, Staffing, YearAmount,
};
use crate::goals::terms;
use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, array, boolean, count, decimal, string};
use crate::web::values::{MAX_NAME, MAX_NOTE, MAX_SOURCE, code, date, word};

/// So many items of one list are read: many times what an agreement has.
const MAX_ITEMS: usize = 200;

/// A draft as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The version that it is written from.
    pub base: Option<i32>,
    /// The day proposed.
    pub effective_from: Option<NaiveDate>,
    /// What a reader ought to know.
    pub note: Option<String>,
    /// Where the content is stated, or who asks for it.
    pub source: String,
    /// What is to be agreed; none where it is that of the version it is written from.
    pub content: Option<Content>,
}

/// Reads a draft; `needs_content` where there is no other to take it from.
pub fn draft(node: &Node, needs_content: bool, catalogue: &Catalogue, errors: &mut Vec<FieldError>) -> Option<Draft> {
    let before = errors.len();
    let mut reader = Reader::of_body(node, errors);
    let at = reader.at("base");
    let base = reader.optional("base").and_then(|node| number(node, &at, errors));
    let effective_from = optional(&mut reader, "effective_from", errors, date);
    let note = optional(&mut reader, "note", errors, |node, at, errors| {
        string(node, at, MAX_NOTE, errors)
    });
    let source = required(&mut reader, "source", errors, |node, at, errors| {
        string(node, at, MAX_SOURCE, errors)
    });
    let at = reader.at("content");
    let node = if needs_content {
        reader.required("content", errors)
    } else {
        reader.optional("content")
    };
    reader.finish(errors);
    let content = node.and_then(|node| content(node, &at, catalogue, errors));
    if errors.len() > before {
        return None;
    }
    Some(Draft {
        base,
        effective_from,
        note,
        source: source?,
        content,
    })
}

/// The number of a version or a year.
fn number<T: TryFrom<i64>>(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<T> {
    let number = T::try_from(count(node, at, errors)?).ok();
    if number.is_none() {
        errors.push(FieldError::new(
            at.clone(),
            "out_of_range",
            "The number is too large.",
            "Tallet er for stort.",
        ));
    }
    number
}

type Take<T> = fn(&Node, &At, &mut Vec<FieldError>) -> Option<T>;

fn required<T>(reader: &mut Reader<'_>, name: &'static str, errors: &mut Vec<FieldError>, take: Take<T>) -> Option<T> {
    let at = reader.at(name);
    reader.required(name, errors).and_then(|node| take(node, &at, errors))
}

fn optional<T>(reader: &mut Reader<'_>, name: &'static str, errors: &mut Vec<FieldError>, take: Take<T>) -> Option<T> {
    let at = reader.at(name);
    reader.optional(name).and_then(|node| take(node, &at, errors))
}

fn name(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<String> {
    string(node, at, MAX_NAME, errors)
}

fn note(node: &Node, at: &At, errors: &mut Vec<FieldError>) -> Option<String> {
    string(node, at, MAX_NOTE, errors)
}

/// The items of a list, each with its place; those that cannot be read are left out and their errors noted.
fn list<T>(
    reader: &mut Reader<'_>,
    name: &'static str,
    errors: &mut Vec<FieldError>,
    mut take: impl FnMut(&Node, At, &mut Vec<FieldError>) -> Option<T>,
) -> Vec<(At, T)> {
    let at = reader.at(name);
    let items = reader
        .optional(name)
        .and_then(|node| array(node, &at, MAX_ITEMS, errors));
    let items = items.unwrap_or_default().iter().enumerate();
    items
        .filter_map(|(index, node)| {
            let at = at.field(index);
            Some((at.clone(), take(node, at, errors)?))
        })
        .collect()
}

fn refs<T>(items: &[(At, T)]) -> Vec<(At, &T)> {
    items.iter().map(|(at, item)| (at.clone(), item)).collect()
}

fn items<T>(items: Vec<(At, T)>) -> Vec<T> {
    items.into_iter().map(|(_, item)| item).collect()
}

fn content(node: &Node, at: &At, catalogue: &Catalogue, errors: &mut Vec<FieldError>) -> Option<Content> {
    let mut reader = Reader::new(node, at.clone(), errors);
    let at_period = reader.at("period");
    let period = reader
        .required("period", errors)
        .and_then(|node| period(node, at_period.clone(), errors));
    let at_parties = reader.at("parties");
    let parties = list(&mut reader, "parties", errors, party);
    let goals_at = reader.at("goals");
    let goals = reader
        .optional("goals")
        .map(|node| terms::read_goals(node, &goals_at, &catalogue.terms, errors))
        .unwrap_or_default();
    let sub_goals_at = reader.at("sub_goals");
    let before_sub_goals = errors.len();
    let sub_goals = reader
        .optional("sub_goals")
        .map(|node| terms::read_sub_goals(node, &sub_goals_at, &catalogue.terms, errors))
        .unwrap_or_default();
    let sub_goals_are_sound = errors.len() == before_sub_goals;
    let activities = list(&mut reader, "activities", errors, |node, at, errors| {
        code(node, &at, errors)
    });
    let staffing = list(&mut reader, "staffing", errors, staffing);
    let annexes = list(&mut reader, "annexes", errors, annex);
    let budget = list(&mut reader, "budget", errors, budget_line);
    let signatures = list(&mut reader, "signatures", errors, signature);
    reader.finish(errors);
    if has_none(node, "parties") {
        errors.push(FieldError::new(
            at_parties,
            "required",
            "An agreement has parties.",
            "En aftale har parter.",
        ));
    }
    let mut parts = Parts {
        period: period.as_ref().map(|period| (at_period, period)),
        parties: refs(&parties),
        activities: refs(&activities),
        staffing: refs(&staffing),
        annexes: refs(&annexes),
        budget: refs(&budget),
        signatures: refs(&signatures),
        ..Parts::default()
    };
    parts.goals = goals
        .iter()
        .enumerate()
        .map(|(index, goal)| (goals_at.field(index), goal))
        .collect();
    if sub_goals_are_sound {
        // Where one could not be read, the others' places are not known.
        parts.sub_goals = sub_goals
            .iter()
            .enumerate()
            .map(|(index, sub_goal)| (sub_goals_at.field(index), sub_goal))
            .collect();
    }
    check(&parts, catalogue, errors);
    Some(Content {
        period: period?,
        parties: items(parties),
        goals,
        sub_goals,
        activities: items(activities),
        staffing: items(staffing),
        annexes: items(annexes),
        budget: items(budget),
        signatures: items(signatures),
    })
}

/// Whether an object has no items under a name: none is there, or an empty list.
fn has_none(node: &Node, name: &str) -> bool {
    let Node::Object(members) = node else { return false };
    match members.get(name) {
        None | Some(Node::Null) => true,
        Some(Node::Array(items)) => items.is_empty(),
        Some(_) => false,
    }
}

fn period(node: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<Period> {
    let mut item = Reader::new(node, at, errors);
    let from = required(&mut item, "from", errors, date);
    let to = required(&mut item, "to", errors, date);
    let note = optional(&mut item, "note", errors, note);
    item.finish(errors);
    Some(Period {
        from: from?,
        to: to?,
        note,
    })
}

fn party(node: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<Party> {
    let mut item = Reader::new(node, at, errors);
    let organisation = required(&mut item, "organisation", errors, code);
    let capacity = required(&mut item, "capacity", errors, name);
    item.finish(errors);
    Some(Party {
        organisation: organisation?,
        capacity: capacity?,
    })
}

fn staffing(node: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<Staffing> {
    let mut item = Reader::new(node, at, errors);
    let before = errors.len();
    let organisation = optional(&mut item, "organisation", errors, code);
    let role = required(&mut item, "role", errors, name);
    let weekly_hours = optional(&mut item, "weekly_hours", errors, decimal);
    let note = optional(&mut item, "note", errors, note);
    // What could not be read is not the same as not stated.
    let is_sound = errors.len() == before;
    item.finish(errors);
    Some(Staffing {
        organisation,
        role: role?,
        weekly_hours: weekly_hours.map(Hours),
        note,
    })
    .filter(|_| is_sound)
}

fn annex(node: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<Annex> {
    let mut item = Reader::new(node, at, errors);
    let before = errors.len();
    let kind = required(&mut item, "kind", errors, |node, at, errors| {
        word(node, at, &AnnexKind::ALL.map(|kind| (kind.code(), kind)), errors)
    });
    let focus_area = optional(&mut item, "focus_area", errors, code);
    let present = required(&mut item, "present", errors, boolean);
    let note = optional(&mut item, "note", errors, note);
    let is_sound = errors.len() == before;
    item.finish(errors);
    Some(Annex {
        kind: kind?,
        focus_area,
        present: present?,
        note,
    })
    .filter(|_| is_sound)
}

fn budget_line(node: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<BudgetLine> {
    let mut item = Reader::new(node, at, errors);
    let line = required(&mut item, "code", errors, code);
    let title = required(&mut item, "name", errors, name);
    let name_en = required(&mut item, "name_en", errors, name);
    let kind = required(&mut item, "kind", errors, |node, at, errors| {
        let words = [LineKind::Cost, LineKind::Financing].map(|kind| (kind.code(), kind));
        word(node, at, &words, errors)
    });
    let focus_area = optional(&mut item, "focus_area", errors, code);
    let organisation = optional(&mut item, "organisation", errors, code);
    let before = errors.len();
    let amounts = list(&mut item, "amounts", errors, year_amount);
    let are_sound = errors.len() == before;
    let note = optional(&mut item, "note", errors, note);
    item.finish(errors);
    Some(BudgetLine {
        code: line?,
        name: title?,
        name_en: name_en?,
        kind: kind?,
        focus_area,
        organisation,
        amounts: items(amounts),
        note,
    })
    .filter(|_| are_sound)
}

fn year_amount(node: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<YearAmount> {
    let mut item = Reader::new(node, at, errors);
    let year = required(&mut item, "year", errors, number);
    let amount = required(&mut item, "amount", errors, decimal);
    item.finish(errors);
    Some(YearAmount {
        year: year?,
        amount: Kroner(amount?),
    })
}

fn signature(node: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<Signature> {
    let mut item = Reader::new(node, at, errors);
    let before = errors.len();
    let organisation = required(&mut item, "organisation", errors, code);
    let signed_on = optional(&mut item, "signed_on", errors, date);
    let is_sound = errors.len() == before;
    item.finish(errors);
    Some(Signature {
        organisation: organisation?,
        signed_on,
    })
    .filter(|_| is_sound)
}
