//! How the contingency plan and its log look from outside, and what clients say of them.

mod log;
mod plan;

pub use log::{ActionPatch, ActionView, ActivationView, Closing, Correction, NewActivation};
pub use plan::{GroupView, NewVersion, Signature, SignatureView, Standing, VersionSummary, VersionView};
