//! Reading what is to be taken out.

use super::rules::Passage;
use crate::problem::{FieldError, Problem};
use crate::web::json::{Node, Reader, boolean, string, wrong_type};

/// The longest reason, in characters.
const MAX_REASON: usize = 500;

/// What is to be taken out, and why.
#[derive(Clone, Debug)]
pub struct Order {
    /// The passage.
    pub passage: Passage,
    /// Why.
    pub reason: String,
    /// Whether only to tell where it stands.
    pub dry_run: bool,
}

/// Reads a body; 422 with everything that is wrong. The passage is the one text that may hold a personal number.
pub fn order(node: &Node) -> Result<Order, Problem> {
    let mut errors = Vec::new();
    let mut body = Reader::of_body(node, &mut errors);
    let at = body.at("text");
    let passage = match body.required("text", &mut errors) {
        Some(Node::String(text)) => Passage::new(text, &at, &mut errors),
        Some(_) => {
            errors.push(wrong_type(at, "a string", "en tekst"));
            None
        }
        None => None,
    };
    let at = body.at("reason");
    let reason = body
        .required("reason", &mut errors)
        .and_then(|node| string(node, &at, MAX_REASON, &mut errors));
    if let (Some(passage), Some(reason)) = (&passage, &reason)
        && passage.is_in(reason)
    {
        errors.push(FieldError::new(
            at,
            "repeats_the_text",
            "The reason stays and must not hold the passage.",
            "Begrundelsen bliver stående og må ikke indeholde passagen.",
        ));
    }
    let at = body.at("dry_run");
    let dry_run = body
        .optional("dry_run")
        .and_then(|node| boolean(node, &at, &mut errors));
    body.finish(&mut errors);
    match (passage, reason) {
        (Some(passage), Some(reason)) if errors.is_empty() => Ok(Order {
            passage,
            reason,
            dry_run: dry_run.unwrap_or(false),
        }),
        _ => Err(Problem::invalid_content(errors)),
    }
}
