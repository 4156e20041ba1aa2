//! Decisions of the board: proposed, recommended, voted on, concluded, endorsed by the fund where they must be. What a
//! decision does to the plan happens in the transaction that makes it final, and is the only way in which something that is
//! in force changes.

pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
