//! Lists: pages by an opaque keyset cursor, `{"items": […], "next": …}` and `Link: rel="next"`.
//!
//! A list is ordered by a key that never changes: a position, or a date. The cursor carries the last key of the page
//! before, so that nothing is repeated or missed when rows come in between.

use std::borrow::Cow;

use actix_web::http::header::{HeaderValue, LINK};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::etag;
use crate::db::Window;
use crate::problem::{At, FieldError, Problem};

/// The size of a page where the client names none.
pub const DEFAULT_LIMIT: u64 = 100;
/// The largest page.
pub const MAX_LIMIT: u64 = 1000;

/// One page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last.
    pub next: Option<String>,
}

/// By hand, because the derived schema of a generic type writes the items out instead of referring to them by name.
impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .description(Some("The items, in the list's order."));
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("The cursor of the next page; null on the last."));
        ObjectBuilder::new()
            .description(Some("One page of a list."))
            .property("items", items)
            .required("items")
            .property("next", next)
            .required("next")
            .into()
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    pub cursor: Option<String>,
}

/// Which page of a list of reference data.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReferenceQuery {
    /// How many items at most, 1 to 1000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u64>,
    /// `next` of the page before; opaque.
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// `true` to have archived items, too.
    pub archived: Option<bool>,
}

/// A key that lists are ordered by.
pub trait Key: Sized {
    /// The key as the cursor carries it.
    fn to_text(&self) -> String;
    /// The key that a cursor carries.
    fn from_text(text: &str) -> Option<Self>;
}

impl Key for i32 {
    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Key for i64 {
    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Key for chrono::NaiveDate {
    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        super::query::parse_date(text)
    }
}

impl Key for uuid::Uuid {
    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl PageQuery {
    /// The page that is asked for; 400 where limit or cursor cannot be used.
    pub fn window<K: Key>(&self) -> Result<Window<K>, Problem> {
        window(self.limit, self.cursor.as_deref())
    }
}

impl ReferenceQuery {
    /// The page that is asked for; 400 where limit or cursor cannot be used.
    pub fn window(&self) -> Result<Window<i32>, Problem> {
        window(self.limit, self.cursor.as_deref())
    }

    /// Whether archived items are asked for.
    pub fn archived(&self) -> bool {
        self.archived.unwrap_or(false)
    }
}

/// The page that is asked for; 400 where limit or cursor cannot be used.
pub fn window<K: Key>(limit: Option<u64>, cursor: Option<&str>) -> Result<Window<K>, Problem> {
    let mut errors = Vec::new();
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        errors.push(FieldError::new(
            At::Parameter("limit".into()),
            "invalid_value",
            format!("limit is 1 to {MAX_LIMIT}."),
            format!("limit er 1 til {MAX_LIMIT}."),
        ));
    }
    let after = cursor.map(decode::<K>);
    if matches!(after, Some(None)) {
        errors.push(FieldError::new(
            At::Parameter("cursor".into()),
            "invalid_value",
            "The cursor is not one that a list gave out.",
            "Cursoren er ikke en, som en liste har udleveret.",
        ));
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_parameters(errors));
    }
    Ok(Window {
        limit,
        after: after.flatten(),
    })
}

fn encode(key: &impl Key) -> String {
    URL_SAFE_NO_PAD.encode(format!("1:{}", key.to_text()))
}

fn decode<K: Key>(cursor: &str) -> Option<K> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    K::from_text(std::str::from_utf8(&bytes).ok()?.strip_prefix("1:")?)
}

impl<T: Serialize> Page<T> {
    /// Makes a page of rows, of which the query fetched one more than the page holds.
    pub fn new<R, K: Key>(mut rows: Vec<R>, limit: u64, key: impl Fn(&R) -> K, view: impl FnMut(R) -> T) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|last| encode(&key(last)));
        Self {
            items: rows.into_iter().map(view).collect(),
            next,
        }
    }

    /// The answer, with `Link` to the next page, conditional as every read.
    pub fn respond(&self, request: &HttpRequest) -> Result<HttpResponse, Problem> {
        let mut response = etag::respond_json(request, self)?;
        if let Some(next) = &self.next {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
                if name != "cursor" {
                    query.append_pair(&name, &value);
                }
            }
            query.append_pair("cursor", next);
            let link = format!("<{}?{}>; rel=\"next\"", request.path(), query.finish());
            if let Ok(link) = HeaderValue::from_str(&link) {
                response.headers_mut().insert(LINK, link);
            }
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_carries_its_key(position in any::<i32>()) {
            prop_assert_eq!(decode::<i32>(&encode(&position)), Some(position));
        }

        #[test]
        fn so_do_those_of_dates_and_ids(days in 0..1_000_000_i32, id in any::<u128>()) {
            let date = chrono::NaiveDate::from_num_days_from_ce_opt(days + 366).unwrap();
            prop_assert_eq!(decode(&encode(&date)), Some(date));
            let id = uuid::Uuid::from_u128(id);
            prop_assert_eq!(decode(&encode(&id)), Some(id));
        }

        #[test]
        fn a_made_up_cursor_is_refused_without_a_panic(text in "\\PC{0,40}") {
            let _ = window::<i32>(None, Some(&text));
            let _ = window::<chrono::NaiveDate>(None, Some(&text));
            let _ = window::<uuid::Uuid>(None, Some(&text));
        }
    }
}
