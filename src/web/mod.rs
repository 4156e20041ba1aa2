//! HTTP conventions that every operation keeps: bodies, queries, pages, conditional requests, formats, problems.

pub mod access_log;
pub mod actor;
pub mod body;
pub mod day;
pub mod etag;
pub mod formats;
pub mod headers;
pub mod idempotency;
pub mod json;
pub mod merge_patch;
pub mod outgoing;
mod pace;
pub mod page;
pub mod path;
pub mod problems;
pub mod query;
pub mod registrar;
pub mod request_id;
pub mod spool;
pub mod table;
pub mod values;
