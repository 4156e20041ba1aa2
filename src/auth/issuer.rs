//! Making and checking the service's own tokens (RFC 9068, EdDSA).

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use moka::sync::Cache;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::claims::{Caller, Claims};
use super::keys::{JwkSet, KeyRing};
use super::role::Role;

/// A longer token is refused unread.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// How far two clocks may be apart, in seconds.
const LEEWAY_SECONDS: i64 = 30;
/// How many verified tokens are remembered; checking a signature costs more than a look-up.
const REMEMBERED_TOKENS: u64 = 10_000;

/// What a new token is to say.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The client or person's seat that it is for.
    pub subject: String,
    /// The role.
    pub role: Role,
    /// The organisation, by code.
    pub organisation: Option<String>,
    /// The plans that it reaches.
    pub plans: Vec<String>,
    /// The scopes, separated by spaces.
    pub scope: String,
    /// How long it is valid.
    pub lifetime: Duration,
}

/// Signs and verifies.
pub struct Issuer {
    keys: KeyRing,
    issuer: String,
    audience: String,
    validation: Validation,
    verified: Cache<[u8; 32], Arc<Caller>>,
}

/// The header of an own token: just these members. `jku`, `jwk`, `x5u` or `crit` make it somebody else's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnHeader {
    alg: String,
    typ: String,
    kid: String,
}

impl Issuer {
    /// An issuer with these keys, for tokens that carry `issuer` and `audience`.
    pub fn new(keys: KeyRing, issuer: String, audience: String) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        // Time is an argument here, so the dates are checked below and not by the library.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[&audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Self {
            keys,
            issuer,
            audience,
            validation,
            verified: Cache::new(REMEMBERED_TOKENS),
        }
    }

    /// The public keys.
    pub fn jwks(&self) -> JwkSet {
        self.keys.jwks()
    }

    /// Makes a token.
    pub fn issue(&self, token: &NewToken, now: DateTime<Utc>) -> anyhow::Result<String> {
        let key = self.keys.signing_key()?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".into());
        header.kid = Some(key.jwk.kid.clone());
        let lifetime = i64::try_from(token.lifetime.as_secs()).context("the lifetime is too long")?;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: token.subject.clone(),
            client_id: token.subject.clone(),
            iat: now.timestamp(),
            exp: now
                .timestamp()
                .checked_add(lifetime)
                .context("the lifetime is too long")?,
            nbf: None,
            jti: uuid::Uuid::now_v7().to_string(),
            scope: token.scope.clone(),
            role: token.role.code().into(),
            org: token.organisation.clone(),
            plans: token.plans.clone(),
        };
        encode(&header, &claims, &key.sign).context("the token cannot be signed")
    }

    /// Who the token says is calling, or `None` where it is not accepted for whatever reason.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Arc<Caller>> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let caller = match self.verified.get(&digest) {
            Some(caller) => caller,
            None => {
                let claims = self.check(token)?;
                if claims
                    .nbf
                    .is_some_and(|begins| now.timestamp() < begins.saturating_sub(LEEWAY_SECONDS))
                {
                    return None;
                }
                let caller = Caller::from_claims(claims);
                self.verified.insert(digest, Arc::clone(&caller));
                caller
            }
        };
        let ends = caller.expires_at.unwrap_or(0).saturating_add(LEEWAY_SECONDS);
        (now.timestamp() < ends).then_some(caller)
    }

    fn check(&self, token: &str) -> Option<Claims> {
        let encoded = token.split('.').next()?;
        let header: OwnHeader = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?;
        if header.alg != "EdDSA" || !header.typ.eq_ignore_ascii_case("at+jwt") {
            return None;
        }
        let key = self.keys.find(&header.kid)?;
        let claims = decode::<Claims>(token, &key.verify, &self.validation).ok()?.claims;
        (!claims.sub.is_empty()).then_some(claims)
    }
}
