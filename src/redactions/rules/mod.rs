//! What can be redacted, where texts stand, and what is left in their place.

mod columns;
mod passage;

pub use columns::{Column, Form, Kept, TABLES};
pub use passage::{Found, LONGEST, MARK, MOST_RECORDS, Passage, SHORTEST, WRITTEN};
