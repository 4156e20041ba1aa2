//! Formats beside JSON, and choosing between them.

pub mod calendar;
pub mod csv;
pub mod jsonstat;

use std::cmp::Reverse;

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, Accept, Header, HeaderValue, Quality};
use mime::Mime;
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

/// The one of `offers` (format, media type) that `Accept` wants most; the first where there is no `Accept`.
///
/// For each offer the most specific range counts, and a weight of 0 refuses it (RFC 9110, section 12.5.1). Between equals,
/// the range that stands first in the header decides, then the order of the offers.
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
    let is_absent = |value: &HeaderValue| value.as_bytes().iter().all(u8::is_ascii_whitespace);
    if request.headers().get(ACCEPT).is_none_or(is_absent) {
        return offers.first().map(|(format, _)| *format).ok_or_else(unacceptable);
    }
    let ranges = Accept::parse(request)
        .map_err(|_| Problem::invalid_header("Accept", "Accept cannot be read.", "Accept kan ikke læses."))?;
    let wanted = offers.iter().filter_map(|(format, media_type)| {
        let matching = ranges.iter().enumerate().filter_map(|(place, range)| {
            let specificity = specificity(&range.item, media_type)?;
            Some((specificity, place, range.quality))
        });
        let (_, place, quality) = matching.max_by_key(|(specificity, place, _)| (*specificity, Reverse(*place)))?;
        (quality > Quality::ZERO).then_some((quality, Reverse(place), *format))
    });
    // The last of equals wins in `max_by_key`, so the offers are gone through from the end.
    let wanted: Vec<_> = wanted.collect();
    wanted
        .into_iter()
        .rev()
        .max_by_key(|(quality, place, _)| (*quality, *place))
        .map(|(_, _, format)| format)
        .ok_or_else(unacceptable)
}

/// How closely a range of `Accept` names a media type: 2 itself, 1 its kind, 0 anything; none where it does not.
fn specificity(range: &Mime, media_type: &str) -> Option<u8> {
    let (kind, _) = media_type.split_once('/')?;
    match (range.type_().as_str(), range.subtype().as_str()) {
        ("*", _) => Some(0),
        (found, "*") => (found == kind).then_some(1),
        _ => (range.essence_str() == media_type).then_some(2),
    }
}
