//! What is stored, as a page and as a spreadsheet. Both say what the JSON says: every number is the stored one.

pub mod page;
mod parts;
pub mod workbook;

mod words;
