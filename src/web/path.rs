//! Path parameters that many operations share.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::problem::{At, FieldError, Problem};

/// The plan, which stands in the path of everything that belongs to it.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PlanPath {
    /// The plan's code.
    #[param(example = "fredericia-2023-2026")]
    pub plan: String,
}

/// The id in a path; 400 where it is none.
pub fn parse_id(id: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| {
        Problem::invalid_parameters(vec![FieldError::new(
            At::Parameter("id".into()),
            "invalid_value",
            "An id is a UUID.",
            "Et id er en UUID.",
        )])
    })
}
