//! `ValidQuery<T>`: query parameters, every error of which is reported at once.
//!
//! `T` is the same type that documents the parameters, so what is read and what is documented cannot differ. Each of
//! its fields is optional. Unknown parameters and parameters given twice are errors.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use crate::problem::{At, FieldError, Problem};
use crate::text::{has_forbidden_character, quoted};

/// Query parameters of the type `T`.
#[derive(Debug)]
pub struct ValidQuery<T>(pub T);

/// An operation without query parameters: any is an error.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoQuery {}

impl<T: DeserializeOwned + IntoParams + 'static> FromRequest for ValidQuery<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

thread_local! {
    /// The names of each type's parameters. To describe them whole took a tenth of the time of a read from memory.
    static KNOWN: RefCell<HashMap<TypeId, Rc<[String]>>> = RefCell::default();
}

/// The names of the parameters of `T`.
fn known<T: IntoParams + 'static>() -> Rc<[String]> {
    let describe = || {
        let parameters = T::into_params(|| Some(ParameterIn::Query));
        parameters.into_iter().map(|parameter| parameter.name).collect()
    };
    KNOWN.with_borrow_mut(|known| Rc::clone(known.entry(TypeId::of::<T>()).or_insert_with(describe)))
}

fn parse<T: DeserializeOwned + IntoParams + 'static>(query: &str) -> Result<T, Problem> {
    let known = known::<T>();
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut errors = Vec::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if !known.iter().any(|known| *known == name) {
            let (en, da) = match known.join(", ") {
                list if list.is_empty() => (
                    "The operation has no query parameters.".to_owned(),
                    "Handlingen har ingen parametre i adressen.".to_owned(),
                ),
                list => (
                    format!("The operation has no such parameter; it has: {list}."),
                    format!("Handlingen har ikke denne parameter; den har: {list}."),
                ),
            };
            errors.push(FieldError::new(
                At::Parameter(quoted(&name).into()),
                "unknown_parameter",
                en,
                da,
            ));
        } else if has_forbidden_character(&value) {
            errors.push(FieldError::new(
                At::Parameter(name.into_owned().into()),
                "forbidden_character",
                "The value has a control or direction-changing character.",
                "Værdien har et styretegn eller et tegn, der ændrer skriveretning.",
            ));
        } else if value.is_empty() {
            errors.push(FieldError::new(
                At::Parameter(name.into_owned().into()),
                "invalid_value",
                "The parameter has no value.",
                "Parameteren har ingen værdi.",
            ));
        } else if values.insert(name.to_string(), value.into_owned()).is_some() {
            errors.push(FieldError::new(
                At::Parameter(name.into_owned().into()),
                "duplicate_parameter",
                "The parameter is given twice.",
                "Parameteren er angivet to gange.",
            ));
        }
    }
    if errors.is_empty()
        && let Ok(all) = read(&values)
    {
        return Ok(all);
    }
    // One by one, to name each that is wrong.
    for (name, value) in &values {
        if let Err(error) = read::<T>([(name, value)]) {
            errors.push(FieldError::new(
                At::Parameter(name.clone().into()),
                "invalid_value",
                // The reader's words repeat the value.
                match quoted(value) == *value {
                    true => format!("The value cannot be used: {error}."),
                    false => "The value cannot be used; the parameter's description says how it is written.".to_owned(),
                },
                "Værdien kan ikke bruges; parameterens beskrivelse siger, hvordan den skrives.",
            ));
        }
    }
    if errors.is_empty() {
        return Err(Problem::internal());
    }
    Err(Problem::invalid_parameters(errors))
}

fn read<'a, T: DeserializeOwned>(
    pairs: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<T, serde_html_form::de::Error> {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(pairs);
    serde_html_form::from_str(&encoded.finish())
}

/// A date `2024-01-01`; a whole one, never a part.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let is_shaped = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_shaped {
        NaiveDate::from_str(text).ok()
    } else {
        None
    }
}

/// 400 for parameters that are given but do not go with the request's format; `why` says so in both languages.
pub fn refuse(
    given: &[(&'static str, bool)],
    code: &'static str,
    why: impl Fn(&str) -> (String, String),
) -> Result<(), Problem> {
    let errors: Vec<FieldError> = given
        .iter()
        .filter(|(_, is_given)| *is_given)
        .map(|(name, _)| {
            let (en, da) = why(name);
            FieldError::new(At::Parameter((*name).into()), code, en, da)
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid_parameters(errors))
    }
}

/// Several values in one parameter, separated by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommaList(pub Vec<String>);

impl<'de> Deserialize<'de> for CommaList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let items: Vec<String> = text.split(',').map(|item| item.trim().to_owned()).collect();
        if items.len() > 1 && items.iter().any(String::is_empty) {
            return Err(serde::de::Error::custom("an item between two commas is empty"));
        }
        Ok(Self(items))
    }
}

/// An instant, RFC 3339 with its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // A plus sign that was not percent-encoded arrives as a space.
        let text = text.replace(' ', "+");
        DateTime::parse_from_rfc3339(&text)
            .map(|instant| Self(instant.with_timezone(&Utc).trunc_subsecs(6)))
            .map_err(|_| serde::de::Error::custom("an instant is written as in RFC 3339, such as 2024-01-31T12:00:00Z"))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Deserialize, IntoParams)]
    struct Sample {
        /// A number.
        limit: Option<u16>,
        /// An instant.
        #[param(value_type = Option<String>)]
        as_of: Option<Instant>,
        /// A list.
        #[param(value_type = Option<String>)]
        area: Option<CommaList>,
    }

    #[test]
    fn every_error_of_a_query_is_found_at_once() {
        let problem = parse::<Sample>("limit=x&colour=red&as_of=yesterday&area=a&area=b").unwrap_err();
        let mut codes: Vec<_> = problem.errors().iter().map(|error| error.code).collect();
        codes.sort_unstable();
        assert_eq!(
            codes,
            [
                "duplicate_parameter",
                "invalid_value",
                "invalid_value",
                "unknown_parameter"
            ]
        );
    }

    #[test]
    fn an_offset_whose_plus_arrived_as_a_space_is_understood() {
        let sample: Sample = parse("as_of=2024-01-01T01:00:00+01:00&limit=5&area=zone-1,zone-2").unwrap();
        assert_eq!(sample.as_of.unwrap().to_string(), "2024-01-01T00:00:00.000000Z");
        assert_eq!(sample.limit, Some(5));
        assert_eq!(sample.area.unwrap().0, ["zone-1", "zone-2"]);
    }

    #[test]
    fn a_date_is_whole() {
        assert_eq!(parse_date("2024-02-29"), NaiveDate::from_ymd_opt(2024, 2, 29));
        for wrong in [
            "2023-02-29",
            "2024-2-9",
            "2024-01-01T00:00:00Z",
            "+024-01-01",
            "-024-01-01",
            "",
        ] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_error_repeats_a_personal_number() {
        for query in [
            "010190-1234=x",
            "limit=010190-1234",
            "as_of=0101901234",
            "area=a,,010190-1234",
            "area=a&area=010190-1234",
        ] {
            let said = format!("{:?}", parse::<Sample>(query).unwrap_err());
            assert!(said.contains("value") || said.contains("parameter"), "{said}");
            assert!(!said.contains("1234"), "{said}");
        }
    }

    proptest! {
        #[test]
        fn any_query_is_values_or_a_refusal_of_parameters(text in "\\PC{0,60}", known in "(limit|as_of|area)=[%0-9A-Za-z,:+&=-]{0,40}") {
            for query in [text, known] {
                if let Err(problem) = parse::<Sample>(&query) {
                    prop_assert!(!problem.errors().is_empty(), "{query}");
                }
            }
        }
    }
}
