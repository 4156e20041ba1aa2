//! `helhedsplan`: a headless REST/JSON API that holds a Danish social-housing plan as live data.
//!
//! The modules in reading order. A request walks down: [`routes`] → a slice's `routes` (HTTP) → its `store` (queries) and
//! `rules` (pure) → [`entities`]; its answer walks up the same way.

// What a client meets.
pub mod app; // build_app(): the one factory, used by main and by every test
pub mod openapi; // the document that describes every operation
pub mod routes; // the table of contents: one line a slice

// The slices, one folder a resource.
pub mod areas; // areas and organisations
pub mod indicators; // indicators, target groups, measurements, series
pub mod kendskabsgrad; // the Jobcenter's extracts: push, receipt, correction
pub mod measurements; // measured figures as rows: imports, the flat list, history
pub mod plans; // plans and focus areas; where a caller's reach is decided
pub mod system; // health, keys, problems, who am I

// What every slice stands on.
pub mod auth; // who is calling, and what they may
pub mod problem; // the only error that a client sees
pub mod record; // what every write leaves behind: sequence, deed, idempotency
pub mod web; // HTTP conventions: bodies, queries, pages, conditional requests, formats

// The ground floor.
pub mod config; // the settings
pub mod db; // SQLite or PostgreSQL
pub mod disclosure; // small counts that nobody can work out: pure, no I/O
pub mod entities; // one file a table, no logic
pub mod period; // a year, a quarter, a day …: a value type
pub mod seed; // loads a plan from files
pub mod state; // what every handler can reach
pub mod telemetry; // logs
pub mod text; // what holds for every text that comes in
