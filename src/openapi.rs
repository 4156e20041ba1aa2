//! The OpenAPI document: made from the handlers, without a database.
//!
//! Handlers write out their successes. What every operation has in common is added here, once: the problems it can
//! answer with, the conditional answer of reads, and whether it can be called without a token, which the permission table
//! knows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use utoipa::OpenApi;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ContentBuilder, Header, HeaderBuilder, ObjectBuilder, OpenApi as Document, Ref, RefOr, Required, Response,
    ResponseBuilder, Type,
};

use crate::auth::role::{Permission, Role};
use crate::problem::{FieldErrorView, ProblemKind, ProblemView};
use crate::routes;
use crate::web::problems::MEDIA_TYPE;
use crate::web::registrar::Registrar;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "helhedsplan",
        description = include_str!("openapi.md"),
        contact(name = "The operator of this service"),
    ),
    servers((url = "/", description = "This service")),
    components(schemas(ProblemView, FieldErrorView)),
    tags(
        (name = "kendskabsgrad", description = "Jobcenter extracts: push, dry run, correct, fetch the receipt."),
        (name = "indicators", description = "Indicators, target groups, and series of figures."),
        (name = "goals", description = "Goals, sub-goals, and where the plan stands against them."),
        (name = "measurements", description = "Figures as rows: import, list, history."),
        (name = "criteria", description = "Area criteria: rule sets, and how areas stand against them."),
        (name = "deliveries", description = "Which figures are due, late, received."),
        (name = "activities", description = "Activities, where they are, their sessions, and the feeds for frontends."),
        (name = "participation", description = "Who took part in the activities: reports, exact for those who work with them; commitments; what is released of them."),
        (name = "agreements", description = "Agreements in versions, drafts, differences, milestones, staff hours, budget and accounts."),
        (name = "contingency", description = "The contingency plan in dated versions, and the log of its activations."),
        (name = "decisions", description = "Recommendations, decisions and what they do, follow-up on goals."),
        (name = "meetings", description = "Bodies and their seats, meetings, agendas, the figures that were seen, minutes, calendars."),
        (name = "audit", description = "The audit log: who wrote what, and who was shown what is protected."),
        (name = "areas", description = "Areas, organisations and venues."),
        (name = "plans", description = "Plans and focus areas."),
        (name = "redactions", description = "Texts that should not have been written: take them out, and read what was taken out where."),
        (name = "clients", description = "Access tokens, the clients that get them, and read tokens."),
        (name = "system", description = "The service itself and its caller."),
    )
)]
struct Base;

static DOCUMENT: LazyLock<Document> = LazyLock::new(build);
static JSON: LazyLock<String> = LazyLock::new(|| {
    let mut text = serde_json::to_string_pretty(&*DOCUMENT).unwrap_or_default();
    text.push('\n');
    text
});
static ROUTES: LazyLock<Vec<(Vec<String>, Vec<&'static str>)>> = LazyLock::new(|| {
    DOCUMENT
        .paths
        .paths
        .iter()
        .map(|(path, item)| {
            let methods = operations(item).map(|(method, _)| method).collect();
            (path.split('/').map(str::to_owned).collect(), methods)
        })
        .collect()
});

static PUBLIC_READS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let needs_none = SecurityRequirement::default();
    let is_public = |item: &utoipa::openapi::PathItem| {
        let security = item.get.as_ref().and_then(|operation| operation.security.as_ref());
        security.is_some_and(|security| security.contains(&needs_none))
    };
    let all = DOCUMENT.paths.paths.iter();
    all.filter(|(path, item)| path.starts_with("/v1/plans") && is_public(item))
        .map(|(path, _)| path.split('/').map(str::to_owned).collect())
        .collect()
});

/// Whether a path is one that a template stands for.
fn is_at(template: &[String], segments: &[&str]) -> bool {
    template.len() == segments.len()
        && template
            .iter()
            .zip(segments)
            .all(|(expected, found)| expected == found || (expected.starts_with('{') && !found.is_empty()))
}

/// The document as it is served and committed.
pub fn json() -> &'static str {
    &JSON
}

/// The document.
pub fn document() -> &'static Document {
    &DOCUMENT
}

/// The methods that a path has; none where it is unknown. A path without a parameter comes before a template that is it, too.
pub fn methods_of(path: &str) -> Vec<&'static str> {
    let segments: Vec<&str> = path.split('/').collect();
    if matches!(path, "/openapi.json" | "/docs") {
        return vec!["GET", "HEAD"];
    }
    let words = |template: &[String]| template.iter().filter(|segment| !segment.starts_with('{')).count();
    ROUTES
        .iter()
        .filter(|(template, _)| is_at(template, &segments))
        .max_by_key(|(template, _)| words(template))
        .into_iter()
        .flat_map(|(_, methods)| methods.iter().copied())
        .flat_map(|method| {
            if method == "GET" {
                vec!["GET", "HEAD"]
            } else {
                vec![method]
            }
        })
        .collect()
}

/// The id of the operation that a method has at a path template.
pub fn operation_id(method: &str, template: &str) -> Option<&'static str> {
    let item = DOCUMENT.paths.paths.get(template)?;
    let (_, operation) = operations(item).find(|(known, _)| *known == method)?;
    operation.operation_id.as_deref()
}

/// Whether a path of plans can be read without a token.
pub fn is_public_read(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    PUBLIC_READS.iter().any(|template| is_at(template, &segments))
}

fn operations(item: &utoipa::openapi::PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
}

fn build() -> Document {
    let mut document = Base::openapi();
    routes::configure(&mut Registrar::Described(&mut document));
    let components = document.components.get_or_insert_default();
    for (name, scheme) in security_schemes() {
        components.add_security_scheme(name, scheme);
    }
    for (status, response) in problem_responses() {
        components
            .responses
            .insert(format!("Problem{status}"), RefOr::T(response));
    }
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [
            (HttpMethod::Get, &mut item.get),
            (HttpMethod::Post, &mut item.post),
            (HttpMethod::Put, &mut item.put),
            (HttpMethod::Patch, &mut item.patch),
            (HttpMethod::Delete, &mut item.delete),
        ] {
            if let Some(operation) = operation {
                complete(path, &method, operation);
            }
        }
    }
    describe_created(&mut document);
    document
}

/// What is created by `POST` and answered as the next read of it will be carries the validator of that read: so it is wherever the
/// answer to the `POST` and that to the `GET` one piece further down the path have the same schema.
fn describe_created(document: &mut Document) {
    let body = |operation: &Option<Operation>, status: &str| {
        let RefOr::T(response) = operation.as_ref()?.responses.responses.get(status)? else {
            return None;
        };
        let RefOr::T(content) = response.content.get("application/json")? else {
            return None;
        };
        match &content.schema {
            Some(RefOr::Ref(schema)) => Some(schema.ref_location.clone()),
            _ => None,
        }
    };
    let paths = &document.paths.paths;
    let read: BTreeSet<(String, String)> = paths
        .iter()
        .filter_map(|(path, item)| {
            let (collection, last) = path.rsplit_once('/')?;
            let is_one = last.starts_with('{');
            is_one.then_some((collection.to_owned(), body(&item.get, "200")?))
        })
        .collect();
    for (path, item) in &mut document.paths.paths {
        let Some(created) = body(&item.post, "201") else {
            continue;
        };
        if let Some(RefOr::T(response)) = item
            .post
            .as_mut()
            .filter(|_| read.contains(&(path.clone(), created)))
            .and_then(|operation| operation.responses.responses.get_mut("201"))
        {
            let etag = header("Strong validator of what was created; a read of `Location` has it, too.");
            response.headers.insert("ETag".to_owned(), RefOr::T(etag));
        }
    }
}

/// How a caller can prove who it is.
fn security_schemes() -> [(&'static str, SecurityScheme); 3] {
    let scopes = Permission::ALL
        .iter()
        .map(|permission| (permission.scope(), permission.about()));
    let flow = Flow::ClientCredentials(ClientCredentials::new("/oauth/token", Scopes::from_iter(scopes)));
    let about = "A registered client gets access tokens for its id and secret. `POST /oauth/token` says how.";
    let http = |scheme, about| {
        let scheme = HttpBuilder::new().scheme(scheme).description(Some(about));
        SecurityScheme::Http(scheme.build())
    };
    [
        (
            "oauth2",
            SecurityScheme::OAuth2(OAuth2::with_description([flow], about)),
        ),
        (
            "bearer",
            http(
                HttpAuthScheme::Bearer,
                "An access token (RFC 9068), whose scopes are those of `oauth2`; an operator makes one with `helhedsplan token \
                 --role …`. Or a read token, for what reads.",
            ),
        ),
        (
            "basic",
            http(
                HttpAuthScheme::Basic,
                "A read token as the password, with any user name. At `/oauth/token`: a client's id and secret.",
            ),
        ),
    ]
}

/// What an operation with a permission takes: an access token with the scope, and where it only reads, a read token. Bearer and
/// Basic name no scope, since OpenAPI gives scopes to OAuth 2 alone.
fn requirements(permission: Permission) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    let mut requirements = Vec::new();
    if Role::Public.may(permission) {
        requirements.push(SecurityRequirement::default());
    }
    requirements.push(SecurityRequirement::new("oauth2", [permission.scope()]));
    requirements.push(SecurityRequirement::new("bearer", none));
    if permission.reads() {
        requirements.push(SecurityRequirement::new("basic", none));
    }
    requirements
}

/// One response a status, which names the problems of that status.
fn problem_responses() -> BTreeMap<u16, Response> {
    let mut kinds: BTreeMap<u16, Vec<ProblemKind>> = BTreeMap::new();
    // No operation answers 405: it is for methods that are none.
    for kind in ProblemKind::ALL
        .iter()
        .filter(|kind| **kind != ProblemKind::MethodNotAllowed)
    {
        kinds.entry(kind.entry().status.as_u16()).or_default().push(*kind);
    }
    kinds
        .into_iter()
        .map(|(status, kinds)| {
            let names: Vec<String> = kinds
                .iter()
                .map(|kind| {
                    let entry = kind.entry();
                    let title = entry.title.in_language(crate::problem::Language::English).to_owned();
                    format!("`/problems/{}` ({title})", entry.code)
                })
                .collect();
            let mut response = ResponseBuilder::new();
            if [409, 429, 503, 507].contains(&status) {
                response = response.header("Retry-After", header("After how many seconds to repeat the request."));
            }
            if status == 401 {
                response = response.header("WWW-Authenticate", header("`Bearer`."));
            }
            let response = response
                .description(format!("{}.", names.join(" or ")))
                .content(
                    MEDIA_TYPE,
                    ContentBuilder::new()
                        .schema(Some(Ref::from_schema_name("Problem")))
                        .build(),
                )
                .build();
            (status, response)
        })
        .collect()
}

fn complete(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let permission = permission_of(operation);
    if let Some(permission) = permission {
        operation.security = Some(requirements(permission));
    }
    describe_once(operation);
    let is_read = *method == HttpMethod::Get;
    let parameters: Vec<&Parameter> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    let has_path_parameter = parameters
        .iter()
        .any(|parameter| parameter.parameter_in == ParameterIn::Path);
    let is_dated = parameters.iter().any(|parameter| parameter.name == "as_of");
    let is_list = parameters.iter().any(|parameter| parameter.name == "cursor");
    // A zone, a body or a year that the plan does not have.
    let names_a_thing = parameters.iter().any(|parameter| {
        parameter.parameter_in == ParameterIn::Query && ["body", "year", "zone"].contains(&parameter.name.as_str())
    });
    let has_formats = parameters.iter().any(|parameter| parameter.name == "format");
    let mut statuses: Vec<u16> = vec![500, 503];
    if path == "/livez" {
        statuses.clear();
    } else if path != "/readyz" {
        statuses.extend([400, 429]);
    }
    if path.starts_with("/v1/") {
        statuses.push(401);
    }
    if permission.is_some() {
        statuses.push(403);
    }
    if has_path_parameter {
        statuses.push(404);
    }
    if has_formats {
        statuses.push(406);
    }
    if has_formats || is_dated || names_a_thing {
        statuses.push(422);
    }
    if !is_read {
        statuses.extend([408, 413, 415, 422, 507]);
    }
    if *method == HttpMethod::Post {
        statuses.push(409);
    } else if !is_read {
        statuses.extend([409, 412, 428]);
    }
    if path == "/oauth/token" {
        // It answers as RFC 6749 says; what that standard has no word for are problems.
        statuses = vec![408, 429, 500, 503];
    }
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        operation.responses.responses.insert(
            status.to_string(),
            RefOr::Ref(Ref::from_response_name(format!("Problem{status}"))),
        );
    }
    if matches!(method, HttpMethod::Put | HttpMethod::Patch | HttpMethod::Delete) {
        describe_condition(method, operation);
    }
    let is_conditional = is_read && !matches!(path, "/livez" | "/readyz" | "/v1/me");
    if is_conditional {
        if let Some(RefOr::T(ok)) = operation.responses.responses.get_mut("200") {
            let etag = header("Strong validator of the answer; send it back in `If-None-Match`.");
            ok.headers.insert("ETag".to_owned(), RefOr::T(etag));
            if is_list {
                let link = header("`<…>; rel=\"next\"`: the next page; absent on the last.");
                ok.headers.insert("Link".to_owned(), RefOr::T(link));
            }
        }
        operation.responses.responses.insert(
            "304".to_owned(),
            RefOr::T(
                ResponseBuilder::new()
                    .description("The client has it already: `If-None-Match` names the current `ETag`. No body.")
                    .build(),
            ),
        );
        let condition = ParameterBuilder::new()
            .name("If-None-Match")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "The `ETag` of an earlier answer: 304 where it is still the current one.",
            ))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
            .build();
        operation.parameters.get_or_insert_default().push(RefOr::T(condition));
    }
}

/// A change names what it changes, and answers with the validator of what it made of it.
fn describe_condition(method: &HttpMethod, operation: &mut Operation) {
    let is_put = *method == HttpMethod::Put;
    let if_match = if is_put {
        "The `ETag` of what was read, to replace it; or `*`. A `PUT` has this or `If-None-Match`."
    } else {
        "The `ETag` of what was read, or `*`."
    };
    let must = if is_put { Required::False } else { Required::True };
    let mut conditions = vec![("If-Match", if_match, must)];
    if is_put {
        conditions.push((
            "If-None-Match",
            "`*`, to make something new: 412 where it is there already.",
            Required::False,
        ));
    }
    let parameters = operation.parameters.get_or_insert_default();
    for (name, description, required) in conditions {
        let is_described = parameters
            .iter()
            .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == name));
        if !is_described {
            let condition = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Header)
                .required(required)
                .description(Some(description))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
                .build();
            parameters.push(RefOr::T(condition));
        }
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.content.is_empty() {
            continue;
        }
        let etag = header("Strong validator of what is now there; the next read has it, too.");
        response
            .headers
            .entry("ETag".to_owned())
            .or_insert_with(|| RefOr::T(etag));
        if status == "201" {
            let location = header("Where the new thing is.");
            response
                .headers
                .entry("Location".to_owned())
                .or_insert_with(|| RefOr::T(location));
        }
    }
}

/// utoipa adds the names in the path once more where a described type stands for them; the described one is first.
fn describe_once(operation: &mut Operation) {
    let mut seen = BTreeSet::new();
    if let Some(parameters) = &mut operation.parameters {
        parameters.retain(|parameter| match parameter {
            RefOr::T(parameter) => seen.insert(parameter.name.clone()),
            RefOr::Ref(_) => true,
        });
    }
}

fn header(description: &str) -> Header {
    HeaderBuilder::new().description(Some(description)).build()
}

/// The permission that an operation declares as the scope of its bearer token.
fn permission_of(operation: &Operation) -> Option<Permission> {
    let security = serde_json::to_value(operation.security.as_ref()?).ok()?;
    security
        .as_array()?
        .iter()
        .filter_map(|requirement| requirement.get("bearer")?.get(0)?.as_str())
        .find_map(|scope| scope.parse().ok())
}
