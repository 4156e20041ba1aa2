//! An indicator's figures over time, in every format: JSON, CSV, JSON-stat, and a chart with baseline and target.
//!
//! A slice of its own above [`indicators`](crate::indicators) and [`goals`](crate::goals), because the chart draws both.

pub mod chart;
pub mod formats;
pub mod model;
pub mod routes;
