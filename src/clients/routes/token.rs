//! `POST /oauth/token`: OAuth 2.0, client credentials (RFC 6749, section 4.4).

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue, PRAGMA, WWW_AUTHENTICATE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::super::model::{AccessTokenView, OAuthErrorCode, OAuthErrorView, TokenRequest};
use super::super::rules::{TOKEN_SECONDS, narrowed, stored_keys};
use super::super::store::{self, Credential};
use super::failed;
use crate::auth::assertion::{self, ASSERTION_TYPE};
use crate::auth::issuer::NewToken;
use crate::auth::secret::{self, CLIENT_SECRET};
use crate::db;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::body::{Body, ShortBody};
use crate::web::problems::OwnBody;

/// More parameters than the request has, and fewer than cost anything.
const MAX_PARAMETERS: usize = 20;

/// Why there is no token.
enum Refusal {
    /// As RFC 6749 says it.
    OAuth(OAuthErrorCode, &'static str),
    /// What that standard has no word for: too many attempts, no database.
    Problem(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// The same for an unknown client, a revoked one, a wrong secret and one that has ended.
const NOT_THE_CLIENT: Refusal = Refusal::OAuth(
    OAuthErrorCode::InvalidClient,
    "The client is unknown, or the secret is not its own.",
);

/// The same whatever is wrong with an assertion.
const NOT_THE_SIGNER: Refusal = Refusal::OAuth(
    OAuthErrorCode::InvalidClient,
    "The client is unknown, or the assertion is not signed by a key of its own, not for this service, not for now, or used before.",
);

/// Get an access token
///
/// OAuth 2.0, client credentials (RFC 6749, section 4.4). The client proves itself by HTTP Basic, by `client_id` and
/// `client_secret` in the body, or by a signature (`private_key_jwt`, RFC 7523): by one of them. `scope` asks for less than the client may. The token is good for 15 minutes. 400 and 401
/// have the form of RFC 6749, section 5.2. A client may ask 20 times a minute from one address; then comes 429 with `Retry-After`, which that standard has
/// no word for: a problem as everywhere here, and so are 408, 500 and 503.
#[utoipa::path(tag = "clients", security((), ("basic" = [])),
    request_body(description = "The request.", content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
    (status = 200, description = "The token.", body = AccessTokenView),
    (status = 400, description = "`invalid_request`, `unsupported_grant_type` or `invalid_scope`.", body = OAuthErrorView),
    (status = 401, description = "`invalid_client`.", body = OAuthErrorView,
        headers(("WWW-Authenticate" = String, description = "`Basic`."))),
))]
#[post("/oauth/token")]
pub(super) async fn issue_token(
    request: HttpRequest,
    body: Result<ShortBody, Problem>,
    app: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    match exchange(&app, &request, body.map(|short| short.0)).await {
        Ok(token) => Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((PRAGMA, "no-cache"))
            .json(token)),
        Err(Refusal::OAuth(error, error_description)) => Ok(refuse(error, error_description)),
        Err(Refusal::Problem(problem)) => Err(problem),
    }
}

fn refuse(error: OAuthErrorCode, error_description: &'static str) -> HttpResponse {
    let mut response = HttpResponse::BadRequest();
    if error == OAuthErrorCode::InvalidClient {
        let challenge = HeaderValue::from_static("Basic realm=\"helhedsplan\", charset=\"UTF-8\"");
        response
            .status(StatusCode::UNAUTHORIZED)
            .insert_header((WWW_AUTHENTICATE, challenge));
    }
    let mut response = response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((PRAGMA, "no-cache"))
        .json(OAuthErrorView {
            error,
            error_description,
        });
    response.extensions_mut().insert(OwnBody);
    response
}

async fn exchange(
    app: &AppState,
    request: &HttpRequest,
    body: Result<Body, Problem>,
) -> Result<AccessTokenView, Refusal> {
    let mut form = form(request, body)?;
    match form.remove("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(Refusal::OAuth(
                OAuthErrorCode::UnsupportedGrantType,
                "The only grant_type is client_credentials.",
            ));
        }
        None => return Err(invalid_request("grant_type is missing.")),
    }
    let assertion = form.remove("client_assertion");
    let found = match form.remove("client_assertion_type") {
        None if assertion.is_none() => by_secret(app, request, &mut form).await?,
        Some(kind) if kind == ASSERTION_TYPE => match assertion {
            Some(assertion) => by_signature(app, request, &mut form, &assertion).await?,
            None => return Err(invalid_request("client_assertion is missing.")),
        },
        _ => return Err(invalid_request("client_assertion_type is not the one of RFC 7523.")),
    };
    let id = found.client.id;
    let Some(scope) = narrowed(&found.client, form.remove("scope").as_deref()) else {
        return Err(Refusal::OAuth(
            OAuthErrorCode::InvalidScope,
            "A scope is unknown, or more than the client was given.",
        ));
    };
    let Ok(role) = found.client.role.parse() else {
        tracing::error!(client = %id, "a client has a role that there is not");
        return Err(Problem::internal().into());
    };
    let new = NewToken {
        subject: found.client.id.to_string(),
        role,
        organisation: found.client.organisation,
        plans: vec![found.plan],
        scope: scope.clone(),
        lifetime: Duration::from_secs(TOKEN_SECONDS),
    };
    let access_token = app.auth.issue(&new, db::now()).map_err(failed)?.into();
    tracing::info!(client = new.subject, "access token issued");
    Ok(AccessTokenView {
        access_token,
        token_type: "Bearer",
        expires_in: TOKEN_SECONDS,
        scope,
    })
}

/// The client that proves itself by its id and secret.
async fn by_secret(
    app: &AppState,
    request: &HttpRequest,
    form: &mut BTreeMap<String, String>,
) -> Result<Credential, Refusal> {
    let (id, given) = credentials(request, form)?;
    // An id that is no UUID is nobody's; all of them count as one client.
    let id: Uuid = id.parse().unwrap_or_default();
    app.gate.admit(id, app.limits.address(request))?;
    let handle = secret::handle(CLIENT_SECRET, given.expose_secret()).map(str::to_owned);
    let found = store::credential(app.db.read(), id, handle.as_deref(), db::now()).await?;
    let hash = found.as_ref().and_then(|found| found.hash.clone());
    // One hash is made whoever it is, so that the time says nothing.
    let is_own = app
        .gate
        .hash(move || secret::verify(given.expose_secret(), hash.as_deref()))
        .await?;
    found.filter(|_| is_own).ok_or(NOT_THE_CLIENT)
}

/// The client that has signed the assertion, which is good once.
async fn by_signature(
    app: &AppState,
    request: &HttpRequest,
    form: &mut BTreeMap<String, String>,
    text: &str,
) -> Result<Credential, Refusal> {
    if request.headers().contains_key(AUTHORIZATION) || form.contains_key("client_secret") {
        return Err(invalid_request("The client proves itself in two ways."));
    }
    let id = assertion::said_client(text).unwrap_or_default();
    app.gate.admit(id, app.limits.address(request))?;
    if form.remove("client_id").is_some_and(|also| also != id.to_string()) {
        return Err(NOT_THE_SIGNER);
    }
    let now = db::now();
    let found = store::credential(app.db.read(), id, None, now).await?;
    let keys = found
        .as_ref()
        .map(|found| stored_keys(&found.client))
        .unwrap_or_default();
    let issuer = app.auth.issuer();
    let audiences = [format!("{issuer}/oauth/token"), issuer.to_owned()];
    let accepted = assertion::verify(text, id, &keys, &audiences, now);
    let (Some(found), Some(accepted)) = (found, accepted) else {
        return Err(NOT_THE_SIGNER);
    };
    if !store::use_assertion(&app.db, &found.client, &accepted, now).await? {
        tracing::warn!(client = %id, "an assertion came a second time");
        return Err(NOT_THE_SIGNER);
    }
    Ok(found)
}

fn invalid_request(description: &'static str) -> Refusal {
    Refusal::OAuth(OAuthErrorCode::InvalidRequest, description)
}

/// The parameters, each given once; one without a value is as good as absent (RFC 6749, section 3.2).
fn form(request: &HttpRequest, body: Result<Body, Problem>) -> Result<BTreeMap<String, String>, Refusal> {
    if !request.query_string().is_empty() {
        return Err(invalid_request("Parameters stand in the body, never in the address."));
    }
    let body = body.map_err(|_| invalid_request("The body cannot be read."))?;
    if body.media_type != "application/x-www-form-urlencoded" {
        return Err(invalid_request("The body is application/x-www-form-urlencoded."));
    }
    let mut form = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(&body.bytes) {
        if form.len() == MAX_PARAMETERS {
            return Err(invalid_request("There are too many parameters."));
        }
        if form.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(invalid_request("A parameter is given twice."));
        }
    }
    form.retain(|_, value| !value.is_empty());
    Ok(form)
}

/// Who says it is which client, by HTTP Basic or in the body.
fn credentials(request: &HttpRequest, form: &mut BTreeMap<String, String>) -> Result<(String, SecretString), Refusal> {
    let in_body = (form.remove("client_id"), form.remove("client_secret"));
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let (header, another) = (headers.next(), headers.next());
    if another.is_some() {
        return Err(invalid_request("Authorization is given twice."));
    }
    match (header, in_body) {
        (None, (Some(id), Some(secret))) => Ok((id, secret.into())),
        (None, (None, Some(_))) => Err(invalid_request("client_id is missing.")),
        (None, (_, None)) => Err(Refusal::OAuth(
            OAuthErrorCode::InvalidClient,
            "The client does not prove itself; it does so by HTTP Basic, by client_id and client_secret in the body, or by client_assertion.",
        )),
        (Some(_), (_, Some(_))) => Err(invalid_request("The client proves itself in two ways.")),
        (Some(header), (also, None)) => {
            let (id, secret) = header.to_str().ok().and_then(basic).ok_or(NOT_THE_CLIENT)?;
            if also.is_some_and(|also| also != id) {
                return Err(invalid_request("The body names another client than Authorization."));
            }
            Ok((id, secret))
        }
    }
}

/// Client and secret of HTTP Basic, each form-encoded before it was joined (RFC 6749, section 2.3.1).
fn basic(header: &str) -> Option<(String, SecretString)> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(credentials.trim_start_matches(' ')).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
    Some((decoded(id)?, decoded(secret)?.into()))
}
