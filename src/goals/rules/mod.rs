//! Where an area stands against a goal; pure.
//!
//! [`observed`] makes one series of figures for an area, each with the measurements it stands on. [`baseline`] chooses what
//! the area starts from. [`path`] holds a figure against a target. [`assess`] does so for every area of a measure.

pub mod assess;
pub mod baseline;
pub mod observed;
pub mod path;
pub mod standing;

#[cfg(test)]
mod tests;
