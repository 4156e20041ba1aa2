//! Making the service's own tokens (RFC 9068, EdDSA), and checking those and the ones of trusted issuers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use arc_swap::ArcSwap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Validation, decode};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::claims::{Caller, Claims};
use super::external::External;
use super::keys::{Jwk, JwkSet, KeyRing, LONGEST_TOKEN};
use super::role::Role;

/// A longer token is refused unread.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// How far two clocks may be apart, in seconds.
pub const LEEWAY_SECONDS: i64 = 30;
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
    /// How long it is valid; 24 hours at most.
    pub lifetime: Duration,
}

/// Signs and verifies.
pub struct Issuer {
    keys: ArcSwap<KeyRing>,
    external: Vec<Arc<External>>,
    /// Rises whenever keys have changed, the service's own or an issuer's: what was verified before is verified again.
    generation: AtomicU64,
    /// The key directory could not be used when it was last looked at.
    is_blind: AtomicBool,
    issuer: String,
    audience: String,
    validation: Validation,
    verified: Cache<[u8; 32], Verified>,
}

/// A token whose signature was good.
#[derive(Clone)]
struct Verified {
    caller: Arc<Caller>,
    /// Which keys it was held against.
    generation: u64,
    /// When it is good no longer, in seconds since 1970.
    ends: i64,
}

/// The header of an own token: just these members. `jku`, `jwk`, `x5u` or `crit` make it somebody else's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnHeader {
    alg: String,
    typ: String,
    kid: String,
}

/// Who says to have signed a token; nothing else of it is believed before it is verified.
#[derive(Deserialize)]
struct Said {
    iss: String,
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
            keys: ArcSwap::from_pointee(keys),
            external: Vec::new(),
            generation: AtomicU64::new(0),
            is_blind: AtomicBool::new(false),
            issuer,
            audience,
            validation,
            verified: Cache::new(REMEMBERED_TOKENS),
        }
    }

    /// The same, with tokens of others accepted, too.
    pub fn trusting(mut self, external: Vec<External>) -> Self {
        self.external = external.into_iter().map(Arc::new).collect();
        self
    }

    /// The issuers that are trusted.
    pub fn external(&self) -> &[Arc<External>] {
        &self.external
    }

    /// The `iss` of its tokens: the service's public address.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// When the key that signs now was made; none where there is no key.
    pub fn signing_key_made_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.keys.load().signing_key(now).ok().map(|key| key.made_at)
    }

    /// The public keys that are good now.
    pub fn jwks(&self, now: DateTime<Utc>) -> JwkSet {
        self.keys.load().jwks(now)
    }

    /// Looks at the key directory again, on a thread that may wait. Keys that were removed are good no longer when it comes
    /// back. Where the directory cannot be used, the keys stay as they were: a folder that is away for a moment is no reason to
    /// refuse everybody.
    pub fn reread_keys(&self) {
        match self.keys.load().reread() {
            Ok(new) => {
                self.is_blind.store(false, Ordering::Relaxed);
                if let Some(new) = new {
                    self.keys.store(Arc::new(new));
                    self.keys_changed();
                    tracing::info!("the signing keys have changed");
                }
            }
            // Once, not at every look.
            Err(error) if !self.is_blind.swap(true, Ordering::Relaxed) => {
                tracing::error!(error = format!("{error:#}"), "the signing keys cannot be read again");
            }
            Err(_) => {}
        }
    }

    /// Has every token verified again that was verified before. Called after the new keys are in place, so that whoever still
    /// used the old ones is remembered under the old number.
    pub fn keys_changed(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Makes a token.
    ///
    /// # Errors
    /// It is to be good for longer than a day, or there is no key.
    pub fn issue(&self, token: &NewToken, now: DateTime<Utc>) -> anyhow::Result<String> {
        let lifetime = i64::try_from(token.lifetime.as_secs()).context("the lifetime is too long")?;
        if lifetime > LONGEST_TOKEN.num_seconds() {
            bail!("the lifetime is too long: keys are kept for a day after they signed");
        }
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: token.subject.clone(),
            client_id: token.subject.clone(),
            iat: now.timestamp(),
            exp: now.timestamp().saturating_add(lifetime),
            nbf: None,
            jti: uuid::Uuid::now_v7().to_string(),
            scope: token.scope.clone(),
            role: token.role.code().into(),
            org: token.organisation.clone(),
            plans: token.plans.clone(),
        };
        self.keys.load().signing_key(now)?.signed("at+jwt", &claims)
    }

    /// Signs something else than a token, of another type, with the key that signs now; gives its public half, too.
    ///
    /// # Errors
    /// There is no key, or the claims are no JSON.
    pub fn signed(&self, typ: &str, claims: &impl Serialize, now: DateTime<Utc>) -> anyhow::Result<(String, Jwk)> {
        let keys = self.keys.load();
        let key = keys.signing_key(now)?;
        Ok((key.signed(typ, claims)?, key.jwk.clone()))
    }

    /// Who the token says is calling, or `None` where it is not accepted for whatever reason.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Arc<Caller>> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        // Before the keys are looked at, see `keys_changed`.
        let generation = self.generation.load(Ordering::Acquire);
        let remembered = self.verified.get(&digest);
        if let Some(known) = remembered.filter(|known| known.generation == generation && now.timestamp() < known.ends) {
            return Some(known.caller);
        }
        let (caller, ends) = self.check(token, now)?;
        let verified = Verified {
            caller: Arc::clone(&caller),
            generation,
            ends,
        };
        self.verified.insert(digest, verified);
        Some(caller)
    }

    /// Who it is, and until when that is known, in seconds since 1970.
    fn check(&self, token: &str, now: DateTime<Utc>) -> Option<(Arc<Caller>, i64)> {
        let mut parts = token.split('.');
        let (header, payload) = (parts.next()?, parts.next()?);
        let said: Said = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        if said.iss != self.issuer {
            let external = self.external.iter().find(|external| external.issuer() == said.iss)?;
            return external.verify(token, now);
        }
        let header: OwnHeader = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.alg != "EdDSA" || !header.typ.eq_ignore_ascii_case("at+jwt") {
            return None;
        }
        let claims = {
            let keys = self.keys.load();
            let key = keys.find(&header.kid, now)?;
            decode::<Claims>(token, &key.verify, &self.validation).ok()?.claims
        };
        let begins = claims.nbf.unwrap_or(i64::MIN).saturating_sub(LEEWAY_SECONDS);
        let ends = claims.exp.saturating_add(LEEWAY_SECONDS);
        let is_now = begins <= now.timestamp() && now.timestamp() < ends;
        (is_now && !claims.sub.is_empty()).then(|| (Caller::from_claims(claims), ends))
    }
}
