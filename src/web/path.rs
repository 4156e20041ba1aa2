//! Path parameters that many operations share.

use serde::Deserialize;
use utoipa::IntoParams;

/// The plan, which stands in the path of everything that belongs to it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PlanPath {
    /// The plan's code.
    #[param(example = "fredericia-2023-2026")]
    pub plan: String,
}
