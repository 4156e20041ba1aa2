//! The bodies of requests about clients and read tokens.

use std::collections::HashMap;

use serde_json::Value;

use super::rules::{
    MOST_DAYS, MOST_OVERLAP_HOURS, OVERLAP_HOURS, Registration, check_keys, check_organisation, check_role,
    check_scopes, public_part,
};
use crate::auth::role::{Permission, Role};
use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, array, count, string};

/// The most keys of a client.
const MAX_KEYS: usize = 10;
/// The longest name.
const MAX_NAME: usize = 100;
/// The longest code or scope.
const MAX_CODE: usize = 100;
/// The most scopes.
const MAX_SCOPES: usize = 100;

/// A client to be registered by the secretariat; `kinds` has the kind of each of the plan's organisations, by code.
pub(super) fn client(
    body: &Node,
    kinds: &HashMap<String, String>,
    errors: &mut Vec<FieldError>,
) -> Option<Registration> {
    let mut reader = Reader::of_body(body, errors);
    let name = text(&mut reader, "name", MAX_NAME, errors);
    let role = text(&mut reader, "role", MAX_CODE, errors);
    let role = role.and_then(|role| check_role(&role, reader.at("role"), errors));
    let organisation = text(&mut reader, "organisation", MAX_CODE, errors);
    if let (Some(role), Some(code)) = (role, &organisation) {
        check_organisation(role, code, kinds, reader.at("organisation"), errors);
    }
    let scope = scopes(&mut reader, role, false, |_| true, errors);
    reader.finish(errors);
    Some(Registration {
        name: name?,
        role: role?,
        organisation: Some(organisation?),
        scope: scope?,
    })
}

/// A read token to be made for a caller of the role, and for how many days.
pub(super) fn read_token(
    body: &Node,
    role: Role,
    organisation: Option<String>,
    may: impl Fn(Permission) -> bool,
    errors: &mut Vec<FieldError>,
) -> Option<(Registration, i64)> {
    let mut reader = Reader::of_body(body, errors);
    let name = text(&mut reader, "name", MAX_NAME, errors);
    let scope = scopes(&mut reader, Some(role), true, may, errors);
    let at = reader.at("valid_days");
    let days = reader
        .required("valid_days", errors)
        .and_then(|node| whole(node, &at, 1..=MOST_DAYS, errors));
    reader.finish(errors);
    let registration = Registration {
        name: name?,
        role,
        organisation,
        scope: scope?,
    };
    Some((registration, days?))
}

/// The public keys of a client, of each what is kept.
pub(super) fn keys(body: &Node, errors: &mut Vec<FieldError>) -> Option<Vec<Value>> {
    let mut reader = Reader::of_body(body, errors);
    let at = reader.at("keys");
    let items = reader
        .required("keys", errors)
        .and_then(|node| array(node, &at, MAX_KEYS, errors));
    reader.finish(errors);
    let given: Vec<Value> = items?.iter().map(jwk).collect();
    check_keys(&given, |index| at.field(index), errors);
    Some(given.iter().map(public_part).collect())
}

/// A key as it was sent. Members that are no text say nothing but that they are there.
fn jwk(node: &Node) -> Value {
    let Node::Object(members) = node else {
        return Value::Null;
    };
    let members = members.iter().map(|(name, value)| match value {
        Node::String(text) => (name.clone(), Value::from(text.as_str())),
        _ => (name.clone(), Value::Null),
    });
    Value::Object(members.collect())
}

/// For how many hours a secret stays good after a rotation.
pub(super) fn overlap_hours(body: &Node, errors: &mut Vec<FieldError>) -> Option<i64> {
    let mut reader = Reader::of_body(body, errors);
    let at = reader.at("overlap_hours");
    let hours = match reader.optional("overlap_hours") {
        None => Some(OVERLAP_HOURS),
        Some(node) => whole(node, &at, 0..=MOST_OVERLAP_HOURS, errors),
    };
    reader.finish(errors);
    hours
}

fn text(reader: &mut Reader<'_>, name: &'static str, max: usize, errors: &mut Vec<FieldError>) -> Option<String> {
    let at = reader.at(name);
    reader
        .required(name, errors)
        .and_then(|node| string(node, &at, max, errors))
}

/// The scopes; each is judged where the role is known.
fn scopes(
    reader: &mut Reader<'_>,
    role: Option<Role>,
    reads_only: bool,
    may: impl Fn(Permission) -> bool,
    errors: &mut Vec<FieldError>,
) -> Option<String> {
    let at = reader.at("scopes");
    let items = reader
        .required("scopes", errors)
        .and_then(|node| array(node, &at, MAX_SCOPES, errors))?;
    let mut names = Vec::new();
    for (index, item) in items.iter().enumerate() {
        names.push(string(item, &at.field(index), MAX_CODE, errors)?);
    }
    Some(check_scopes(
        role?,
        reads_only,
        may,
        &names,
        |index| at.field(index),
        errors,
    ))
}

fn whole(node: &Node, at: &At, range: std::ops::RangeInclusive<i64>, errors: &mut Vec<FieldError>) -> Option<i64> {
    let number = count(node, at, errors)?;
    if !range.contains(&number) {
        let (least, most) = (range.start(), range.end());
        errors.push(FieldError::new(
            at.clone(),
            "out_of_range",
            format!("The number is {least} to {most}."),
            format!("Tallet er {least} til {most}."),
        ));
        return None;
    }
    Some(number)
}
