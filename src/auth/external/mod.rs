//! Trusted external issuers: tokens that somebody else has signed, taken for what the operator's file of issuers says.
//!
//! Nothing is fetched while a request waits: its token is judged by the keys that are known, and one that names a key that is
//! not is refused and asks for the keys to be fetched again, soon and at most twice a minute. See [`keys`].

mod claims;
pub mod keys;
pub mod settings;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use self::claims::ExternalClaims;
use self::keys::Keys;
use self::settings::Trust;
use super::claims::Caller;
use super::issuer::LEEWAY_SECONDS;
use super::jwks::TokenHeader;

/// An issuer that is trusted, with its keys as they are known.
pub struct External {
    trust: Trust,
    /// Its keys.
    pub keys: Keys,
}

impl External {
    /// Trusts an issuer; its keys are still to be fetched.
    ///
    /// # Errors
    /// The file of certificate authorities cannot be used.
    pub fn new(trust: Trust) -> anyhow::Result<Self> {
        Ok(Self {
            keys: Keys::new(&trust)?,
            trust,
        })
    }

    /// The `iss` of its tokens.
    pub fn issuer(&self) -> &str {
        &self.trust.issuer
    }

    /// Whom a token lets in, and until when that is known, in seconds since 1970; none where it is not accepted.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<(Arc<Caller>, i64)> {
        let header = TokenHeader::read(token)?;
        if !self.trust.algorithms.contains(&header.alg) || !self.is_type(header.typ.as_deref()?) {
            return None;
        }
        let known = self.keys.current(now);
        let Some(key) = known.as_ref().and_then(|known| known.find(header.kid.as_deref())) else {
            self.keys.ask();
            return None;
        };
        let claims: ExternalClaims = key.verify(token, header.alg)?;
        let exp = claims.accepted(&self.trust, now)?;
        let ends = exp.saturating_add(LEEWAY_SECONDS).min(known.as_ref()?.good_until());
        Some((claims.caller(&self.trust, exp), ends))
    }

    /// Whether `typ` is the one that is expected; RFC 7515, section 4.1.9, lets `application/` be left out.
    fn is_type(&self, typ: &str) -> bool {
        let short = typ.get(..12).filter(|start| start.eq_ignore_ascii_case("application/"));
        let typ = short.map_or(typ, |_| &typ[12..]);
        typ.eq_ignore_ascii_case(&self.trust.typ)
    }
}
