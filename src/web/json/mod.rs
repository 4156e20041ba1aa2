//! Reading JSON bodies without losing anything: every error at once, each with its pointer, and numbers as they were
//! sent.
//!
//! [`Node`] is a parsed document that refuses what readers disagree about: a member given twice, a control or
//! direction-changing character. [`Reader`] takes typed values out of it; where a value has the wrong type it notes the
//! error and goes on. It is our own because receipts need what general deserializers throw away: the digits of a number
//! (13.0 is not 13), the place of every error, and the sound part of a body that also has unsound parts.

mod node;
mod reader;
mod scalars;

#[cfg(test)]
pub(crate) use node::any_node;
pub use node::{Node, parse};
pub use reader::{Reader, array, map, required, too_many};
pub use scalars::{MAX_COUNT, boolean, checked_count, count, decimal, personal_number, string, wrong_type};
