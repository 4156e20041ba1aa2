//! Takes the accounts of a year out of a body. Everything that is wrong is noted with its place.

use std::collections::HashSet;

use super::model::{AccountedAmount, AccountsState, WrittenAccounts};
use super::rules::{Sent, check};
use crate::agreements::rules::content::Kroner;
use crate::problem::{At, FieldError};
use crate::web::json::{Node, Reader, array, decimal, string};
use crate::web::values::{MAX_NOTE, MAX_SOURCE, code, word};

/// So many amounts are read: as many as a budget may have lines.
const MAX_ITEMS: usize = 200;

/// Reads the accounts of a year whose budget has these lines.
pub fn accounts(node: &Node, lines: &HashSet<String>, errors: &mut Vec<FieldError>) -> Option<WrittenAccounts> {
    let before = errors.len();
    let at = |name: &str| At::Pointer(format!("/{name}"));
    let mut reader = Reader::of_body(node, errors);
    let state = reader.required("state", errors);
    let states = [AccountsState::Draft, AccountsState::Final].map(|state| (state.code(), state));
    let state = state.and_then(|node| word(node, &at("state"), &states, errors));
    let items = reader.required("amounts", errors);
    let items = items.and_then(|node| array(node, &at("amounts"), MAX_ITEMS, errors));
    let amounts: Vec<(At, AccountedAmount)> = items
        .unwrap_or_default()
        .iter()
        .enumerate()
        .filter_map(|(index, node)| {
            let at = at("amounts").field(index);
            Some((at.clone(), amount(node, at, errors)?))
        })
        .collect();
    let note = reader.optional("note");
    let note = note.and_then(|node| string(node, &at("note"), MAX_NOTE, errors));
    let source = reader.required("source", errors);
    let source = source.and_then(|node| string(node, &at("source"), MAX_SOURCE, errors));
    reader.finish(errors);
    let sent: Vec<Sent<'_>> = amounts
        .iter()
        .map(|(at, amount)| Sent {
            at: at.clone(),
            line: &amount.line,
            amount: amount.amount.0,
        })
        .collect();
    check(&sent, lines, errors);
    if errors.len() > before {
        return None;
    }
    Some(WrittenAccounts {
        state: state?,
        amounts: amounts.into_iter().map(|(_, amount)| amount).collect(),
        note,
        source: source?,
    })
}

fn amount(node: &Node, at: At, errors: &mut Vec<FieldError>) -> Option<AccountedAmount> {
    let mut item = Reader::new(node, at.clone(), errors);
    let line = item.required("line", errors);
    let line = line.and_then(|node| code(node, &at.field("line"), errors));
    let amount = item.required("amount", errors);
    let amount = amount.and_then(|node| decimal(node, &at.field("amount"), errors));
    let note = item.optional("note");
    let note = note.and_then(|node| string(node, &at.field("note"), MAX_NOTE, errors));
    item.finish(errors);
    Some(AccountedAmount {
        line: line?,
        amount: Kroner(amount?),
        note,
    })
}
