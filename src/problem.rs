//! The only error that a client sees: RFC 9457 `application/problem+json`.
//!
//! [`ProblemKind`] is the closed list. Each kind has one row in [`ProblemKind::entry`]: status, title and
//! explanation in English and Danish. A [`Problem`] is one occurrence: what happened, and where in the request.
//!
//! A handler returns `Err(Problem)`. The answer's language and request id are only known from the request, so
//! [`ResponseError`] leaves the problem in the response's extensions and [`crate::web::problems`] writes the body.

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use sea_orm::{DbErr, RuntimeErr, TransactionError};
use serde::Serialize;
use utoipa::ToSchema;

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

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $code:literal, $status:ident, $title:literal, $title_da:literal, $about:literal, $about_da:literal;)+) => {
        /// The closed list of problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $kind,)+ }

        impl ProblemKind {
            /// Every kind, in the order of status.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$kind,)+];

            /// The row of this kind.
            pub fn entry(self) -> Entry {
                match self {
                    $(ProblemKind::$kind => Entry {
                        code: $code,
                        status: StatusCode::$status,
                        title: Text::new($title, $title_da),
                        explanation: Text::new($about, $about_da),
                    },)+
                }
            }
        }
    };
}

/// What the list says of one kind.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The last segment of the problem's `type`: `/problems/{code}`.
    pub code: &'static str,
    /// The HTTP status that goes with it.
    pub status: StatusCode,
    /// A few words, the same for every occurrence.
    pub title: Text,
    /// What it means and what a client should do.
    pub explanation: Text,
}

kinds! {
    /// The body cannot be read at all.
    MalformedBody, "malformed-body", BAD_REQUEST,
        "The body cannot be read", "Indholdet kan ikke læses",
        "The request body is not well-formed JSON or CSV in UTF-8. Correct the syntax and send it again; nothing was stored.",
        "Indholdet er ikke velformet JSON eller CSV i UTF-8. Ret syntaksen og send igen; intet er gemt.";
    /// A query or path parameter is unknown or has no usable value.
    InvalidParameter, "invalid-parameter", BAD_REQUEST,
        "A parameter cannot be used", "En parameter kan ikke bruges",
        "A query parameter is unknown, given twice, or its value has the wrong form. Each is named under errors.",
        "En parameter er ukendt, angivet to gange eller har en forkert form. Hver af dem er nævnt under errors.";
    /// A request header has no usable value.
    InvalidHeader, "invalid-header", BAD_REQUEST,
        "A header cannot be used", "En header kan ikke bruges",
        "A request header has a value that cannot be used. It is named under errors.",
        "En header i forespørgslen har en værdi, der ikke kan bruges. Den er nævnt under errors.";
    /// No token, or one that is not accepted.
    Unauthenticated, "unauthenticated", UNAUTHORIZED,
        "A valid token is needed", "Der kræves et gyldigt token",
        "The operation needs a token in the header Authorization: Bearer …, and there was none or it was not accepted. Get a new token and repeat the request.",
        "Handlingen kræver et token i headeren Authorization: Bearer …, og der var intet, eller det blev ikke godtaget. Hent et nyt token og gentag forespørgslen.";
    /// The token's role or scope does not include the operation.
    Forbidden, "forbidden", FORBIDDEN,
        "The token does not allow this", "Tokenet tillader ikke dette",
        "The token is valid, but its role or scope does not include the operation. GET /v1/me shows what it allows.",
        "Tokenet er gyldigt, men rollen eller scopet omfatter ikke handlingen. GET /v1/me viser, hvad det tillader.";
    /// There is nothing here for this caller.
    NotFound, "not-found", NOT_FOUND,
        "Nothing was found here", "Der er intet her",
        "The path is unknown, or what it names does not exist or is outside what the caller may see.",
        "Stien er ukendt, eller det den peger på findes ikke eller ligger uden for det, kalderen må se.";
    /// The path exists, the method does not.
    MethodNotAllowed, "method-not-allowed", METHOD_NOT_ALLOWED,
        "The method is not allowed here", "Metoden kan ikke bruges her",
        "The path exists, but not with this method. The header Allow lists those that do.",
        "Stien findes, men ikke med denne metode. Headeren Allow viser, hvilke der findes.";
    /// None of the accepted media types can be produced.
    NotAcceptable, "not-acceptable", NOT_ACCEPTABLE,
        "No acceptable format", "Intet format kan bruges",
        "The operation produces none of the media types in Accept. Its formats are in the OpenAPI document; ?format= chooses one by name.",
        "Handlingen kan ikke svare i nogen af medietyperne i Accept. Formaterne står i OpenAPI-dokumentet; ?format= vælger et ved navn.";
    /// Another revision came between.
    RevisionConflict, "revision-conflict", CONFLICT,
        "Another revision came between", "En anden revision kom imellem",
        "The revision named in replaces_revision is no longer the current one. Fetch the current one, decide again, and send the correction with its number.",
        "Revisionen i replaces_revision er ikke længere den gældende. Hent den gældende, tag stilling igen, og send rettelsen med dens nummer.";
    /// A request with this idempotency key has not finished.
    IdempotencyInProgress, "idempotency-in-progress", CONFLICT,
        "The same request is still running", "Samme forespørgsel er stadig i gang",
        "A request with this Idempotency-Key has not finished. Wait as long as Retry-After says and repeat it unchanged.",
        "En forespørgsel med denne Idempotency-Key er ikke færdig. Vent så længe Retry-After siger, og gentag den uændret.";
    /// The body is larger than the limit.
    PayloadTooLarge, "payload-too-large", PAYLOAD_TOO_LARGE,
        "The body is too large", "Indholdet er for stort",
        "The request body is larger than the limit, which the detail states in bytes. Nothing was stored.",
        "Indholdet er større end grænsen, som detail angiver i byte. Intet er gemt.";
    /// The body's media type is not one that the operation reads.
    UnsupportedMediaType, "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE,
        "The media type is not supported", "Medietypen understøttes ikke",
        "The operation does not read the body's Content-Type or Content-Encoding. The detail lists what it reads.",
        "Handlingen kan ikke læse den Content-Type eller Content-Encoding. Detail viser, hvad den kan læse.";
    /// The content breaks one or more rules.
    InvalidContent, "invalid-content", UNPROCESSABLE_ENTITY,
        "The content breaks a rule", "Indholdet bryder en regel",
        "The request was read, but what it says breaks one or more rules. All of them are listed under errors, each with its place; nothing was stored.",
        "Forespørgslen kunne læses, men indholdet bryder en eller flere regler. De står alle under errors med hver deres sted; intet er gemt.";
    /// The idempotency key was used for another body.
    IdempotencyKeyReused, "idempotency-key-reused", UNPROCESSABLE_ENTITY,
        "The idempotency key belongs to another request", "Idempotensnøglen hører til en anden forespørgsel",
        "The Idempotency-Key was used within 24 hours for the same operation with another body. Use a new key for new content.",
        "Nøglen i Idempotency-Key er brugt inden for 24 timer til samme handling med et andet indhold. Brug en ny nøgle til nyt indhold.";
    /// The service failed.
    Internal, "internal", INTERNAL_SERVER_ERROR,
        "The service failed", "Tjenesten fejlede",
        "Something went wrong that is not the client's fault. Nothing was stored. Report the request id in instance if it persists.",
        "Noget gik galt, som ikke er klientens fejl. Intet er gemt. Oplys forespørgslens id i instance, hvis det fortsætter.";
    /// The service cannot answer now.
    Unavailable, "unavailable", SERVICE_UNAVAILABLE,
        "The service cannot answer now", "Tjenesten kan ikke svare nu",
        "The database is busy or cannot be reached. Repeat the request after the seconds in Retry-After.",
        "Databasen er optaget eller kan ikke nås. Gentag forespørgslen efter det antal sekunder, som Retry-After angiver.";
    /// There is no room to store the request.
    InsufficientStorage, "insufficient-storage", INSUFFICIENT_STORAGE,
        "There is no room left", "Der er ikke mere plads",
        "The database has no room to store the request. Nothing was stored; the operator must make room.",
        "Databasen har ikke plads til at gemme forespørgslen. Intet er gemt; driften skal skaffe plads.";
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
        match self {
            At::Pointer(pointer) => {
                let token = field.to_string().replace('~', "~0").replace('/', "~1");
                At::Pointer(format!("{pointer}/{token}"))
            }
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
        let listed = if n > MAX_LISTED_ERRORS { MAX_LISTED_ERRORS } else { n };
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

    /// 404: `what` (a noun with its article, in both languages) is not here for this caller.
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
    /// JSON Pointer (RFC 6901) into the body.
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
    /// The line of a CSV body; the header is line 1.
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

impl From<DbErr> for Problem {
    /// A database error that no call site has given a meaning: busy, full, unreachable, or a bug.
    fn from(error: DbErr) -> Self {
        let text = error.to_string();
        let kind = if is_out_of_room(&text) {
            ProblemKind::InsufficientStorage
        } else if is_passing(&error, &text) {
            ProblemKind::Unavailable
        } else {
            ProblemKind::Internal
        };
        tracing::error!(error = %text, problem = kind.entry().code, "database error");
        match kind {
            ProblemKind::InsufficientStorage => {
                Self::new(kind, "The database is full.", "Databasen er fuld.").retry_after(60)
            }
            ProblemKind::Unavailable => Self::new(
                kind,
                "The database did not answer in time.",
                "Databasen svarede ikke i tide.",
            )
            .retry_after(5),
            _ => Self::internal(),
        }
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

impl From<TransactionError<Problem>> for Problem {
    fn from(error: TransactionError<Problem>) -> Self {
        match error {
            TransactionError::Connection(error) => error.into(),
            TransactionError::Transaction(problem) => problem,
        }
    }
}

/// SQLITE_FULL (13) and PostgreSQL's class 53100 say so in words.
fn is_out_of_room(text: &str) -> bool {
    text.contains("database or disk is full") || text.contains("No space left on device")
}

fn is_passing(error: &DbErr, text: &str) -> bool {
    matches!(error, DbErr::ConnectionAcquire(_))
        || matches!(
            error,
            DbErr::Conn(_) | DbErr::Query(RuntimeErr::SqlxError(_)) | DbErr::Exec(RuntimeErr::SqlxError(_))
                if text.contains("database is locked")
                    || text.contains("pool timed out")
                    || text.contains("Connection refused")
                    || text.contains("connection closed")
                    || text.contains("shutting down")
                    || text.contains("terminating connection")
                    || text.contains("unexpected end of file")
                    || text.contains("Broken pipe")
                    || text.contains("Connection reset")
        )
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
