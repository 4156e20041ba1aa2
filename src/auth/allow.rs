//! `Allow<P>`: a handler's first argument, which says what the caller must be allowed.
//!
//! It is synchronous and reads only the token: so a caller who may not do a thing is told so (401, 403, 404) before the
//! body or the query is looked at. Whether the plan exists, and which rows the caller reaches, the queries decide by
//! [`Scope`].

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;

use super::claims::{Caller, Scope, TokenKind};
use super::role::Grant;
use super::secret;
use crate::problem::{Problem, ProblemKind};
use crate::state::{AppState, state};

/// Whoever is calling, with or without a token: for operations that need no permission.
#[derive(Clone, Debug)]
pub struct Anyone(pub Arc<Caller>);

/// A caller who has the permission `P` and whose token reaches the plan in the path.
#[derive(Debug)]
pub struct Allow<P> {
    caller: Arc<Caller>,
    permission: PhantomData<P>,
}

/// Marks a request that is let in, or would be, to what is protected, in a plan that its caller's token reaches: what becomes of
/// it is entered in that plan's audit log.
#[derive(Clone, Copy, Debug)]
pub struct Watched;

impl<P> Allow<P> {
    /// The rows that the caller reaches.
    pub fn scope(&self) -> &Scope {
        &self.caller.scope
    }

    /// Who is calling.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

impl FromRequest for Anyone {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identify(request).map(Anyone))
    }
}

impl<P: Grant> FromRequest for Allow<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identify(request).and_then(|caller| authorize::<P>(request, caller)))
    }
}

fn authorize<P: Grant>(request: &HttpRequest, caller: Arc<Caller>) -> Result<Allow<P>, Problem> {
    // Who does not reach the plan leaves nothing in its log: else how long the answer takes would tell whether there is one.
    if P::PERMISSION.is_watched()
        && caller.is_authenticated()
        && let Some(plan) = request.match_info().get("plan")
        && caller.scope.may_reach(plan)
    {
        request.extensions_mut().insert(Watched);
    }
    if !caller.may(P::PERMISSION) {
        if !caller.is_authenticated() {
            return Err(Problem::unauthenticated());
        }
        let scope = P::PERMISSION.scope();
        return Err(Problem::new(
            ProblemKind::Forbidden,
            format!("The operation needs the scope {scope}, which this token does not have."),
            format!("Handlingen kræver scopet {scope}, som dette token ikke har."),
        ));
    }
    if let Some(plan) = request.match_info().get("plan")
        && !caller.scope.may_reach(plan)
    {
        return Err(no_such_plan());
    }
    Ok(Allow {
        caller,
        permission: PhantomData,
    })
}

/// 404 for a plan that does not exist or that the caller does not reach: the same answer for both.
pub fn no_such_plan() -> Problem {
    Problem::not_found(
        "There is no plan of this code that you reach.",
        "Der er ingen helhedsplan med denne kode, som du har adgang til.",
    )
}

/// Reads the token once a request; a token that is there but not accepted is 401 even where none is needed. Accepted ones are
/// counted by client, others by address, as requests without a token are where they come in.
fn identify(request: &HttpRequest) -> Result<Arc<Caller>, Problem> {
    let limits = &state(request).limits;
    let caller = match accepted(request) {
        Err(problem) if problem.kind() == ProblemKind::Unauthenticated => {
            limits.admit_address(request)?;
            return Err(problem);
        }
        caller => caller?,
    };
    if caller.is_authenticated() {
        limits.admit_client(request, &caller)?;
    }
    request.extensions_mut().insert(Arc::clone(&caller));
    Ok(caller)
}

fn accepted(request: &HttpRequest) -> Result<Arc<Caller>, Problem> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    match (values.next(), values.next()) {
        (None, _) => Ok(Caller::public()),
        (Some(value), None) => {
            let value = value.to_str().map_err(|_| Problem::unauthenticated())?;
            holder(state(request), value)?.ok_or_else(Problem::unauthenticated)
        }
        (Some(_), Some(_)) => Err(Problem::unauthenticated()),
    }
}

/// Whom the value of an `Authorization` header lets in: an access token or a read token as `Bearer`, a read token as the
/// password of `Basic`, whatever the user name.
fn holder(app: &AppState, authorization: &str) -> Result<Option<Arc<Caller>>, Problem> {
    let Some((scheme, credentials)) = authorization.split_once(' ') else {
        return Ok(None);
    };
    let credentials = credentials.trim_start_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") {
        if credentials.starts_with(secret::READ_TOKEN) {
            return app.registry.reader(credentials, Utc::now());
        }
        let now = Utc::now();
        let Some(caller) = app.auth.verify(credentials, now) else {
            return Ok(None);
        };
        if caller.token != Some(TokenKind::External) {
            app.auth.trusts_its_keys(now)?;
        }
        return match caller.registered_client() {
            Some(client) if app.registry.is_revoked(client)? => Ok(None),
            _ => Ok(Some(caller)),
        };
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = STANDARD
            .decode(credentials)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let password = decoded.as_deref().and_then(|pair| pair.split_once(':'));
        return match password {
            Some((_, token)) if token.starts_with(secret::READ_TOKEN) => app.registry.reader(token, Utc::now()),
            _ => Ok(None),
        };
    }
    Ok(None)
}
