//! Those who meet: the board, the steering groups and the others; their seats, how often they meet and in which order.

pub mod model;
pub mod read;
pub mod routes;
pub mod rules;
pub mod store;
