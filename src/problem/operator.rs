//! Problems as they are told to the operator, on the command line.

use super::{At, Problem};

/// A problem as an error for the operator: what happened, and every error that is listed, after its place where it has one.
pub fn in_words(problem: Problem) -> anyhow::Error {
    let mut words = format!("{}. {}", problem.kind.entry().title.en, problem.detail.en);
    for error in &problem.errors {
        words.push(' ');
        if let Some(place) = place(&error.at) {
            words.push_str(&format!("{place}: "));
        }
        words.push_str(&error.detail.en);
    }
    anyhow::Error::msg(words)
}

fn place(at: &At) -> Option<String> {
    match at {
        At::Pointer(pointer) => Some(pointer.clone()).filter(|pointer| !pointer.is_empty()),
        At::Parameter(name) => Some(name.clone().into_owned()),
        At::Header(name) => Some((*name).to_owned()),
        At::Member { line, .. } | At::Cell { line, .. } => Some(format!("line {line}")),
    }
}
