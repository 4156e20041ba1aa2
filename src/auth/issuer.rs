//! Making the service's own tokens (RFC 9068, EdDSA), and checking those and the ones of trusted issuers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use arc_swap::ArcSwap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Validation, decode};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::claims::{Caller, Claims};
use super::external::External;
use super::keys::{Jwk, JwkSet, KeyRing, LONGEST_TOKEN};
use super::role::Role;
use crate::problem::{Problem, ProblemKind};

/// A longer token is refused unread.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// How far two clocks may be apart, in seconds.
pub const LEEWAY_SECONDS: i64 = 30;
/// How long the service's own keys are trusted while their directory cannot be read: one may have been removed.
pub const KEYS_TRUSTED: TimeDelta = TimeDelta::seconds(60);
/// The directory could be read when it was last looked at.
const SEES: i64 = i64::MAX;
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
    /// Since when the key directory cannot be used, in seconds since 1970; [`SEES`] where it can.
    blind_since: AtomicI64,
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
            blind_since: AtomicI64::new(SEES),
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
    /// back. Where the directory cannot be used, the keys stay as they were for [`KEYS_TRUSTED`]: a folder that is away for a moment
    /// is no reason to refuse everybody, and one that stays away may hide that a key was removed.
    pub fn reread_keys(&self, now: DateTime<Utc>) {
        let old = self.keys.load();
        match old.reread() {
            Ok(new) => {
                self.blind_since.store(SEES, Ordering::Relaxed);
                if let Some(new) = new {
                    for fault in new.faults().iter().filter(|fault| !old.faults().contains(fault)) {
                        tracing::error!(fault, "a file among the signing keys is left out");
                    }
                    self.keys.store(Arc::new(new));
                    self.keys_changed();
                    tracing::info!("the signing keys have changed");
                }
            }
            // Once, not at every look.
            Err(error) => {
                if self.blind_since.fetch_min(now.timestamp(), Ordering::Relaxed) == SEES {
                    let seconds = KEYS_TRUSTED.num_seconds();
                    tracing::error!(
                        error = format!("{error:#}"),
                        "the signing keys cannot be read again; after {seconds} seconds access tokens are refused until they can"
                    );
                }
            }
        }
    }

    /// Whether the key directory, and each file in it, could be used when it was last looked at.
    pub fn reads_its_keys(&self) -> bool {
        self.blind_since.load(Ordering::Relaxed) == SEES && self.keys.load().faults().is_empty()
    }

    /// 503 where the key directory could not be read for longer than [`KEYS_TRUSTED`], so that a key of it may have been removed.
    pub fn trusts_its_keys(&self, now: DateTime<Utc>) -> Result<(), Problem> {
        let blind_for = now.timestamp().saturating_sub(self.blind_since.load(Ordering::Relaxed));
        if blind_for <= KEYS_TRUSTED.num_seconds() {
            return Ok(());
        }
        let problem = Problem::new(
            ProblemKind::Unavailable,
            "The keys of access tokens cannot be looked at.",
            "Nøglerne til adgangstokens kan ikke læses.",
        );
        Err(problem.retry_after(5))
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
        // This service makes no token for later, and none that lasts longer.
        let is_made = claims.iat <= now.timestamp().saturating_add(LEEWAY_SECONDS)
            && claims.exp.saturating_sub(claims.iat) <= LONGEST_TOKEN.num_seconds();
        (is_now && is_made && !claims.sub.is_empty()).then(|| (Caller::from_claims(claims), ends))
    }
}
