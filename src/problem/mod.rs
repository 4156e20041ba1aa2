//! The only error that a client sees: RFC 9457 `application/problem+json`.
//!
//! [`ProblemKind`] is the closed list. Each kind has one row in [`ProblemKind::entry`]: status, title and
//! explanation in English and Danish. A [`Problem`] is one occurrence: what happened, and where in the request.
//!
//! A handler returns `Err(Problem)`. The answer's language and request id are only known from the request, so
//! [`ResponseError`] leaves the problem in the response's extensions and [`crate::web::problems`] writes the body.

mod database;
mod kind;
mod operator;
mod view;

pub use kind::{Entry, ProblemKind};
pub use operator::in_words;
pub use view::{FieldErrorView, ProblemView};

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};

/// How many field errors one answer lists; the detail says how many there were in all.
pub const MAX_LISTED_ERRORS: usize = 1000;

/// The languages in which problems are explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, the default.
    English,
    /// Danish, when `Accept-Language` prefers it.
    Danish,
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    en: Cow<'static, str>,
    da: Cow<'static, str>,
}

impl Text {
    /// The same sentence in English and in Danish.
    pub fn new(en: impl Into<Cow<'static, str>>, da: impl Into<Cow<'static, str>>) -> Self {
        Self {
            en: en.into(),
            da: da.into(),
        }
    }

    /// The sentence in `language`.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Danish => &self.da,
        }
    }
}

/// The place in a request that an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A JSON Pointer (RFC 6901) into the body.
    Pointer(String),
    /// A query or path parameter.
    Parameter(Cow<'static, str>),
    /// A request header.
    Header(&'static str),
    /// A member of the JSON value on a line; lines count from 1.
    Member {
        /// The line.
        line: u64,
        /// The JSON Pointer within it.
        pointer: String,
    },
    /// A line, and where it makes sense a column, of a CSV body; both count from 1.
    Cell {
        /// The line, the header being line 1.
        line: u64,
        /// The column.
        column: Option<usize>,
    },
}

impl At {
    /// The pointer to `field` below this pointer; other places stay what they are.
    pub fn field(&self, field: impl fmt::Display) -> At {
        let token = field.to_string().replace('~', "~0").replace('/', "~1");
        match self {
            At::Pointer(pointer) => At::Pointer(format!("{pointer}/{token}")),
            At::Member { line, pointer } => At::Member {
                line: *line,
                pointer: format!("{pointer}/{token}"),
            },
            other => other.clone(),
        }
    }
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where.
    pub at: At,
    /// Which rule, for programs: snake_case, stable.
    pub code: &'static str,
    /// What is wrong, for people.
    pub detail: Text,
}

impl FieldError {
    /// An error at a place.
    pub fn new(at: At, code: &'static str, en: impl Into<Cow<'static, str>>, da: impl Into<Cow<'static, str>>) -> Self {
        Self {
            at,
            code,
            detail: Text::new(en, da),
        }
    }

    /// The error as it is written for one language.
    pub fn view(&self, language: Language) -> FieldErrorView {
        let mut view = FieldErrorView {
            pointer: None,
            parameter: None,
            header: None,
            line: None,
            column: None,
            code: self.code.to_owned(),
            detail: self.detail.in_language(language).to_owned(),
        };
        match &self.at {
            At::Pointer(pointer) => view.pointer = Some(pointer.clone()),
            At::Parameter(name) => view.parameter = Some(name.to_string()),
            At::Header(name) => view.header = Some((*name).to_owned()),
            At::Member { line, pointer } => {
                view.line = Some(*line);
                view.pointer = Some(pointer.clone()).filter(|pointer| !pointer.is_empty());
            }
            At::Cell { line, column } => {
                view.line = Some(*line);
                view.column = *column;
            }
        }
        view
    }
}

/// One occurrence of a problem.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: ProblemKind,
    detail: Text,
    errors: Vec<FieldError>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of `kind`, with what happened in both languages.
    pub fn new(kind: ProblemKind, en: impl Into<Cow<'static, str>>, da: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: Text::new(en, da),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// A problem of `kind` made of one or more errors, each with its place.
    pub fn with_errors(kind: ProblemKind, errors: Vec<FieldError>) -> Self {
        let n = errors.len();
        Self::with_first_errors(kind, errors, n)
    }

    /// A problem of `kind` made of `n` errors, of which these are the first.
    fn with_first_errors(kind: ProblemKind, errors: Vec<FieldError>, n: usize) -> Self {
        let listed = n.min(MAX_LISTED_ERRORS);
        let mut problem = if n == 1 {
            Self::new(kind, "There is one error.", "Der er én fejl.")
        } else if listed < n {
            Self::new(
                kind,
                format!("There are {n} errors; the first {listed} are listed."),
                format!("Der er {n} fejl; de første {listed} er vist."),
            )
        } else {
            Self::new(kind, format!("There are {n} errors."), format!("Der er {n} fejl."))
        };
        problem.errors = errors;
        problem.errors.truncate(MAX_LISTED_ERRORS);
        problem
    }

    /// 422 with every rule that the content breaks.
    pub fn invalid_content(errors: Vec<FieldError>) -> Self {
        Self::with_errors(ProblemKind::InvalidContent, errors)
    }

    /// 422 with the first of `n` errors.
    pub fn invalid_content_of(errors: Vec<FieldError>, n: usize) -> Self {
        Self::with_first_errors(ProblemKind::InvalidContent, errors, n)
    }

    /// 400 for parameters that cannot be used.
    pub fn invalid_parameters(errors: Vec<FieldError>) -> Self {
        Self::with_errors(ProblemKind::InvalidParameter, errors)
    }

    /// 400 for one header that cannot be used.
    pub fn invalid_header(
        name: &'static str,
        en: impl Into<Cow<'static, str>>,
        da: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::with_errors(
            ProblemKind::InvalidHeader,
            vec![FieldError::new(At::Header(name), "invalid_header", en, da)],
        )
    }

    /// 404, with a sentence that says what is not here for this caller.
    pub fn not_found(en: impl Into<Cow<'static, str>>, da: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemKind::NotFound, en, da)
    }

    /// 401, the same for every reason: a client learns nothing from it about which check failed.
    pub fn unauthenticated() -> Self {
        Self::new(
            ProblemKind::Unauthenticated,
            "No accepted token came with the request.",
            "Der fulgte ikke et godtaget token med forespørgslen.",
        )
        .with_header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"helhedsplan\""),
        )
    }

    /// Adds a response header.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Asks the client to wait before it repeats the request.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Which of the closed list.
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The errors with their places.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The body that a client reads.
    pub fn view(&self, language: Language, instance: Option<&str>) -> ProblemView {
        let entry = self.kind.entry();
        ProblemView {
            r#type: format!("/problems/{}", entry.code),
            title: entry.title.in_language(language).to_owned(),
            status: entry.status.as_u16(),
            detail: self.detail.in_language(language).to_owned(),
            instance: instance.map(str::to_owned),
            errors: self.errors.iter().map(|error| error.view(language)).collect(),
        }
    }
}

/// What `read` makes of a body, if it notes no error; else 422 with all of them.
pub fn judged<T>(read: impl FnOnce(&mut Vec<FieldError>) -> Option<T>) -> Result<T, Problem> {
    let mut errors = Vec::new();
    match read(&mut errors) {
        Some(said) if errors.is_empty() => Ok(said),
        _ => Err(Problem::invalid_content(errors)),
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.entry().code, self.detail.en)?;
        for error in self.errors.iter().take(3) {
            write!(f, " [{:?} {}]", error.at, error.code)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.entry().status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        for (name, value) in &self.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl Problem {
    /// 500; the cause is in the log under the same request id.
    pub fn internal() -> Self {
        Self::new(
            ProblemKind::Internal,
            "The request could not be completed.",
            "Forespørgslen kunne ikke gennemføres.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_own_code_and_an_error_status() {
        let mut codes: Vec<_> = ProblemKind::ALL.iter().map(|kind| kind.entry().code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ProblemKind::ALL.len());
        for kind in ProblemKind::ALL {
            assert!(kind.entry().status.as_u16() >= 400);
        }
    }

    #[test]
    fn a_pointer_escapes_what_json_pointer_escapes() {
        let at = At::Pointer("/population".into()).field("a/b~c");
        assert_eq!(at, At::Pointer("/population/a~1b~0c".into()));
    }

    #[test]
    fn more_errors_than_are_listed_are_counted() {
        let error = FieldError::new(At::Pointer("/x".into()), "x", "x", "x");
        let problem = Problem::invalid_content(vec![error; MAX_LISTED_ERRORS + 1]);
        assert_eq!(problem.errors().len(), MAX_LISTED_ERRORS);
        assert!(problem.view(Language::English, None).detail.contains("1001"));
    }
}
