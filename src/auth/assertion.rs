//! How a registered client proves itself by a signature: `private_key_jwt` (RFC 7523, sections 2.2 and 3).

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::issuer::LEEWAY_SECONDS;
use super::jwks::{PublicKey, TokenHeader};

/// `client_assertion_type` of such an assertion.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion may be good at most, from now.
pub const LONGEST_ASSERTION: TimeDelta = TimeDelta::minutes(5);
/// A longer one is refused unread.
const MAX_BYTES: usize = 8 * 1024;
/// The longest `jti`.
const MAX_ID: usize = 200;

/// An assertion whose signature is good, and which is good once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Its id.
    pub id: String,
    /// When it is good no longer, in UTC.
    pub ends_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What of an assertion is read before its signature is checked: whose it says to be.
#[derive(Deserialize)]
struct Said {
    sub: String,
}

/// Which client says to have made it; none where it is not an assertion of anybody.
pub fn said_client(assertion: &str) -> Option<Uuid> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    if assertion.len() > MAX_BYTES {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(assertion.split('.').nth(1)?).ok()?;
    let said: Said = serde_json::from_slice(&payload).ok()?;
    said.sub.parse().ok()
}

/// Checks an assertion of `client`, which has these keys; it is to name one of the `audiences` and no other. None where it
/// is not accepted for whatever reason. Whether it was used before is not seen here.
pub fn verify(
    assertion: &str,
    client: Uuid,
    keys: &[PublicKey],
    audiences: &[String],
    now: DateTime<Utc>,
) -> Option<Assertion> {
    let header = TokenHeader::read(assertion).filter(|_| assertion.len() <= MAX_BYTES)?;
    if !header.typ.as_deref().is_none_or(is_type) {
        return None;
    }
    let mut fitting = keys.iter().filter(|key| header.kid.is_none() || header.kid == key.kid);
    let claims: Claims = fitting.find_map(|key| key.verify(assertion, header.alg))?;
    let is_own = claims.iss == claims.sub && claims.sub == client.to_string();
    let is_for_us = match &claims.aud {
        Audience::One(one) => audiences.contains(one),
        Audience::Several(several) => matches!(several.as_slice(), [one] if audiences.contains(one)),
    };
    let now = now.timestamp();
    let begins = claims.nbf.unwrap_or(i64::MIN).saturating_sub(LEEWAY_SECONDS);
    let ends = claims.exp.saturating_add(LEEWAY_SECONDS);
    let is_now = begins <= now && now < ends && claims.exp <= now + LONGEST_ASSERTION.num_seconds() + LEEWAY_SECONDS;
    let has_id = (1..=MAX_ID).contains(&claims.jti.len());
    let ends_at = DateTime::from_timestamp(ends, 0)?;
    (is_own && is_for_us && is_now && has_id).then_some(Assertion {
        id: claims.jti,
        ends_at,
    })
}

/// RFC 7523 leaves the type open; one that belongs to another kind of token is refused.
fn is_type(typ: &str) -> bool {
    ["JWT", "client-authentication+jwt"]
        .iter()
        .any(|good| typ.eq_ignore_ascii_case(good))
}
