//! `X-Request-Id`: taken from the client or made here, echoed, and in every log line.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};

use crate::auth::secret;
use crate::text::has_personal_number;

/// The header's name.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken over.
const MAX_LENGTH: usize = 64;

/// A request's id: at most 64 of `[A-Za-z0-9._-]`. It stays in the audit log for ever, so nothing is taken over that looks like a
/// secret of this service or a personal number: neither belongs there, whoever put it in the wrong header. (One trace id in some
/// thousand looks like a number, by chance.) An access token is longer than an id may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The client's id where it is usable, else a new one.
    fn from_header(value: Option<&HeaderValue>) -> Self {
        let usable = value.and_then(|value| value.to_str().ok()).filter(|text| {
            !text.is_empty()
                && text.len() <= MAX_LENGTH
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
                && !secret::holds_one(text)
                && !has_personal_number(text)
        });
        match usable {
            Some(text) => Self(text.into()),
            None => Self(uuid::Uuid::now_v7().to_string().into()),
        }
    }

    /// The id of a request that is being served.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// The same as text, for what is recorded of a write.
    pub fn text_of(request: &HttpRequest) -> Option<String> {
        Self::of(request).map(|id| id.as_str().to_owned())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Gives the request its id and the response its header. The outermost middleware.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = RequestId::from_header(request.headers().get(HEADER));
    request.extensions_mut().insert(id.clone());
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unusable_id_is_replaced() {
        let taken = |text: &str| {
            let value = HeaderValue::from_str(text).unwrap();
            RequestId::from_header(Some(&value)).as_str() == text
        };
        assert!(taken("trace-1.A_b"));
        assert!(taken(&"x".repeat(64)));
        assert!(!taken(&"x".repeat(65)));
        assert!(!taken(""));
        assert!(!taken("a b"));
        assert!(!taken("a\"b"));
        assert!(!taken("010190-1234"));
        assert!(!taken("job.0101901234.2"));
        assert!(!taken(&format!("hprt_{}", "x".repeat(51))));
        assert!(!taken("id-hpcs_x"));
        assert!(taken("0af76519-16cd-43dd-8448-eb211c80319c"));
    }
}
