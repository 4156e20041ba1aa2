//! What every answer tells browsers: to take it for what it says it is, to load nothing that it should not, and to tell
//! nobody where they came from.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;

use crate::state::state;

/// For data: a browser that opens it as a page loads and runs nothing.
const OF_DATA: &str = "default-src 'none'; frame-ancestors 'none'";
/// For drawings, which bring their own styles.
const OF_DRAWINGS: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
/// For pages: scripts and everything else from here alone; forms go nowhere.
const OF_PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Adds the headers.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let seconds = state(response.request()).config.hsts_seconds;
    let headers = response.headers_mut();
    // A handler may have said something stricter.
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        let policy = policy(headers);
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if seconds > 0
        && let Ok(value) = HeaderValue::try_from(format!("max-age={seconds}"))
    {
        headers.insert(STRICT_TRANSPORT_SECURITY, value);
    }
    Ok(response)
}

fn policy(headers: &HeaderMap) -> &'static str {
    let media_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    if media_type.starts_with(b"text/html") {
        OF_PAGES
    } else if media_type.starts_with(b"image/svg+xml") {
        OF_DRAWINGS
    } else {
        OF_DATA
    }
}
