//! `helhedsplan`: a headless REST/JSON API that holds a Danish social-housing plan as live data.
//!
//! The modules in reading order. A request walks down: [`routes`] → a slice's `routes` (HTTP) → its `store` (queries) and
//! `rules` (pure) → [`entities`]; its answer walks up the same way.

// What a client meets.
pub mod admin; // figures for the operator, on a port of its own
pub mod app; // build_app(): the one factory, used by main and by every test
pub mod openapi; // the document that describes every operation
pub mod routes; // the table of contents: one line a slice
pub mod watch; // nothing protected is shown before it is in the audit log

// The slices, one folder a resource.
pub mod activities; // what the plan does, for whom, and where
pub mod agreements; // agreements in versions, what differs between them, staffing
pub mod areas; // areas, organisations and venues
pub mod audit; // the audit log: read, verified, witnessed by signed checkpoints
pub mod bodies; // the board and the other bodies: seats, how often they meet
pub mod budget; // the budget, and the accounts of each year
pub mod clients; // registered clients, their secrets and tokens; read tokens
pub mod contingency; // who acts on unrest, and the log of when it was done
pub mod criteria; // area criteria: dated rule sets, and how areas stand against them
pub mod decisions; // what the board decides, and what that does to the plan
pub mod deliveries; // which figures are due, late, received
pub mod follow_ups; // how goals are followed up, and the proof of it
pub mod goals; // goals and sub-goals, and where the plan stands against them
pub mod indicators; // indicators, target groups, what figures are
pub mod kendskabsgrad; // the Jobcenter's extracts: push, receipt, correction
pub mod measurements; // measured figures as rows: imports, the flat list, history
pub mod meetings; // meetings: calls, agendas, the figures that were seen, minutes, calendars
pub mod milestones; // the milestone plan
pub mod participation; // who took part, as it is reported; commitments against what was delivered
pub mod plans; // plans and focus areas; where a caller's reach is decided
pub mod redactions; // a text that should not have been written is taken out; its place stays
pub mod releases; // what is shown of figures that count people, and to whom
pub mod reports; // the board pack: what a meeting is told, in three formats
pub mod retention; // how long each kind of record is kept, and the deletion of the rest
pub mod series; // figures over time in every format, charts too
pub mod sessions; // what residents can come to, and the feeds that show it
pub mod system; // health, keys, problems, who am I

// What every slice stands on.
pub mod auth; // who is calling, and what they may
pub mod problem; // the only error that a client sees
pub mod record; // what every write leaves behind: sequence, deed, idempotency
pub mod reference; // what all reference data has in common: lists, reads, and the one way of writing
pub mod web; // HTTP conventions: bodies, queries, pages, conditional requests, formats

// The ground floor.
pub mod answers; // what was answered and is still true
pub mod backup; // copies of the embedded database, written and read back
pub mod config; // the settings
pub mod db; // SQLite or PostgreSQL
pub mod disclosure; // small counts that nobody can work out: pure, no I/O
pub mod entities; // one file a table, no logic
pub mod fresh; // keeps what a replica remembers as new as the database
pub mod local_time; // what the clock in Copenhagen shows: no I/O
pub mod metrics; // figures about the running service
pub mod period; // a year, a quarter, a day …: a value type
pub mod seed; // loads a plan from files
pub mod state; // what every handler can reach
pub mod telemetry; // logs
pub mod text; // what holds for every text that comes in
pub mod underway; // what goes on after its request was answered
pub mod witness; // writes checkpoints of the audit log outside the database
pub mod witnessed; // what it remembers of them
pub mod words; // closed lists
