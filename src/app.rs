//! `build_app`: the one factory of the application, used by `main` and by every test.

use std::sync::LazyLock;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, ALLOW, CONTENT_LANGUAGE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LINK, LOCATION,
};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{App, Error, HttpRequest, HttpResponse};
use tracing_actix_web::TracingLogger;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::answers::Rendered;
use crate::problem::{Problem, ProblemKind};
use crate::state::AppState;
use crate::web::access_log::AccessLog;
use crate::web::etag::{Audience, render, respond_rendered};
use crate::web::registrar::Registrar;
use crate::web::{headers, outgoing, problems, request_id};
use crate::{openapi, routes, watch};

/// The application: every operation, the document, and what each request passes through on its way.
pub fn build_app(
    state: AppState,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    build_app_with(state, |_| ())
}

/// The application with more routes behind the same middleware: for benchmarks, which hold it against a constant.
pub fn build_app_with(
    state: AppState,
    more: impl FnOnce(&mut ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let origins = state.config.cors_origins.clone();
    App::new()
        .data_factory(move || {
            let state = state.clone();
            async move { state.for_worker().await }
        })
        .configure(more)
        .configure(|service| routes::configure(&mut Registrar::answered(service, || web::to(unrouted))))
        .route("/openapi.json", web::get().to(document))
        .route("/docs", web::get().to(to_docs))
        .service(
            SwaggerUi::new("/docs/{_:.*}").config(
                Config::from("/openapi.json")
                    // The page asks nobody outside, under whatever name it is reached.
                    .validator_url("none")
                    // A client's secret stays out of the browser's storage.
                    .persist_authorization(false)
                    .display_request_duration(true)
                    .try_it_out_enabled(true),
            ),
        )
        .default_service(web::to(unrouted))
        .wrap(from_fn(watch::middleware))
        .wrap(Condition::new(!origins.is_empty(), cors(origins)))
        .wrap(from_fn(problems::middleware))
        .wrap(from_fn(headers::middleware))
        .wrap(from_fn(head_as_get))
        .wrap(TracingLogger::<AccessLog>::new())
        .wrap(from_fn(request_id::middleware))
        .wrap(from_fn(outgoing::middleware))
}

/// Lets the pages of these origins read what can be read without a token, and nothing else. No credentials go with it.
fn cors(origins: Vec<String>) -> Cors {
    let trace = ["x-request-id", "traceparent"].map(HeaderName::from_static);
    Cors::default()
        .allowed_origin_fn(move |origin, head| {
            let is_listed = origins.iter().any(|listed| listed.as_bytes() == origin.as_bytes());
            is_listed && openapi::is_public_read(head.uri.path())
        })
        .allowed_methods([Method::GET, Method::HEAD])
        .allowed_headers([ACCEPT, ACCEPT_LANGUAGE, IF_NONE_MATCH])
        .allowed_headers(trace.clone())
        .expose_headers([ETAG, LINK, CONTENT_LANGUAGE])
        .expose_headers(trace)
        .max_age(3600)
}

/// The document as it is sent: made once, since whoever asks for it needs no token.
static DOCUMENT: LazyLock<Rendered> =
    LazyLock::new(|| render("application/json", Bytes::from_static(openapi::json().as_bytes())));

async fn document(request: HttpRequest) -> HttpResponse {
    respond_rendered(&request, Audience::Public, DOCUMENT.clone())
}

async fn to_docs() -> HttpResponse {
    HttpResponse::MovedPermanently()
        .insert_header((LOCATION, "/docs/"))
        .finish()
}

/// `HEAD` is `GET` without the body (RFC 9110, section 9.3.2); the connection leaves the body out by itself.
async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}

/// Answers where no operation is: 405 if the path has other methods, else 404.
async fn unrouted(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let methods = openapi::methods_of(request.path());
    if methods.is_empty() {
        return Err(Problem::not_found(
            "There is no operation at this path; /openapi.json lists them all.",
            "Der er ingen handling på denne sti; /openapi.json viser dem alle.",
        ));
    }
    let allow = methods.join(", ");
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((ALLOW, allow)).finish());
    }
    let problem = Problem::new(
        ProblemKind::MethodNotAllowed,
        format!("The path allows {allow}."),
        format!("Stien tillader {allow}."),
    );
    Err(match HeaderValue::from_str(&allow) {
        Ok(value) => problem.with_header(ALLOW, value),
        Err(_) => problem,
    })
}
