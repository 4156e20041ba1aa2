//! Formats beside JSON, and choosing between them.

pub mod csv;
pub mod jsonstat;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, Accept, Header};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::{Problem, ProblemKind};

/// How numbers and columns are written in CSV.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// `,` between columns, point before decimals.
    #[default]
    En,
    /// `;` between columns, comma before decimals: as a Danish spreadsheet opens it.
    Da,
}

/// The first of `offers` (format, media type) that `Accept` ranks highest; the very first where there is no `Accept`.
pub fn negotiate<F: Copy>(request: &HttpRequest, offers: &[(F, &str)]) -> Result<F, Problem> {
    let unacceptable = || {
        let list: Vec<_> = offers.iter().map(|(_, media_type)| *media_type).collect();
        let list = list.join(", ");
        Problem::new(
            ProblemKind::NotAcceptable,
            format!("The operation answers as {list}."),
            format!("Handlingen svarer som {list}."),
        )
    };
    if !request.headers().contains_key(ACCEPT) {
        return offers.first().map(|(format, _)| *format).ok_or_else(unacceptable);
    }
    let accepted = Accept::parse(request)
        .map_err(|_| Problem::invalid_header("Accept", "Accept cannot be read.", "Accept kan ikke læses."))?;
    accepted
        .ranked()
        .iter()
        .find_map(|range| {
            offers
                .iter()
                .find(|(_, media_type)| {
                    let (kind, subtype) = media_type.split_once('/').unwrap_or((media_type, ""));
                    range.type_() == "*"
                        || (range.type_() == kind
                            && (range.subtype() == "*" || range.essence_str().ends_with(&format!("/{subtype}"))))
                })
                .map(|(format, _)| *format)
        })
        .ok_or_else(unacceptable)
}
