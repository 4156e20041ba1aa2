//! Problems as they are written for a client.

use serde::Serialize;
use utoipa::ToSchema;

/// The body of a problem answer (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// Which problem: a path below `/problems/` that answers with an explanation.
    #[schema(example = "/problems/invalid-content")]
    pub r#type: String,
    /// A few words, the same for every occurrence.
    #[schema(example = "The content breaks a rule")]
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    pub status: u16,
    /// What happened this time.
    #[schema(example = "There is one error.")]
    pub detail: String,
    /// The request id, as in the header `X-Request-Id` and in the service's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a11")]
    pub instance: Option<String>,
    /// Every error of the request, each with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldErrorView>,
}

/// One error of a request, with its place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FieldErrorView {
    /// JSON Pointer (RFC 6901) into the body; with a line, into the JSON value on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "/counts/3/count")]
    pub pointer: Option<String>,
    /// The query or path parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parameter: Option<String>,
    /// The request header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub header: Option<String>,
    /// The line of a CSV or NDJSON body, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub line: Option<u64>,
    /// The column of a CSV body, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub column: Option<usize>,
    /// Which rule, for programs.
    #[schema(example = "negative")]
    pub code: String,
    /// What is wrong, for people.
    #[schema(example = "A count is 0 or more; this is -3.")]
    pub detail: String,
}
