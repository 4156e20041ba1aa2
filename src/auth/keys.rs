//! The service's own signing keys: Ed25519 (RFC 8037), and which of them signs and which are good when.
//!
//! Replicas share one directory of keys, see [`super::key_files`], and look at it again within half a second. A new key is
//! published at once, and signs after [`PUBLISHED`], when every replica and whoever remembers the published keys for a minute
//! knows it. The key before it stays good until the last token that it may have signed has ended, so that a rotation takes
//! nothing from anybody. A key whose file is removed is good no longer as soon as a replica looks.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::key_files;

/// How long a new key is public before it signs.
pub const PUBLISHED: TimeDelta = TimeDelta::seconds(60);
/// The longest that a token of this service is good.
pub const LONGEST_TOKEN: TimeDelta = TimeDelta::hours(24);
/// So much longer than the last token that it signed a key is good: for clocks that differ.
const MARGIN: TimeDelta = TimeDelta::seconds(60);

/// The public half of a key, as RFC 7517 and RFC 8037 write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    /// The key type, `OKP`.
    #[schema(example = "OKP")]
    pub kty: String,
    /// The curve, `Ed25519`.
    #[schema(example = "Ed25519")]
    pub crv: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
    /// The key's id: its RFC 7638 thumbprint.
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    pub kid: String,
    /// The algorithm, `EdDSA`.
    #[schema(example = "EdDSA")]
    pub alg: String,
    /// The use, `sig`.
    #[schema(example = "sig")]
    pub r#use: String,
}

/// The keys that external parties verify tokens with (RFC 7517, section 5).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JwkSet {
    /// The keys: two while one replaces the other.
    pub keys: Vec<Jwk>,
}

/// One key pair.
pub struct Key {
    /// The public half.
    pub jwk: Jwk,
    /// Its file.
    pub path: PathBuf,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When its file was written: the same name may come to hold another key.
    pub(super) written_at: SystemTime,
    pub(super) verify: DecodingKey,
    pub(super) sign: EncodingKey,
}

impl Key {
    pub(super) fn from_pem(
        pem: &str,
        path: PathBuf,
        made_at: DateTime<Utc>,
        written_at: SystemTime,
    ) -> anyhow::Result<Self> {
        let secret = SigningKey::from_pkcs8_pem(pem).context("not an Ed25519 private key in PKCS #8 PEM")?;
        let x = URL_SAFE_NO_PAD.encode(secret.verifying_key().as_bytes());
        let kid = thumbprint(&x);
        Ok(Self {
            verify: DecodingKey::from_ed_components(&x).context("the public key cannot be used")?,
            sign: EncodingKey::from_ed_pem(pem.as_bytes()).context("the private key cannot be used")?,
            path,
            made_at,
            written_at,
            jwk: Jwk {
                kty: "OKP".into(),
                crv: "Ed25519".into(),
                x,
                kid,
                alg: "EdDSA".into(),
                r#use: "sig".into(),
            },
        })
    }
}

impl Key {
    /// Signs claims as a compact JWS (RFC 7515) of this type. Types tell apart what one key signs for several ends.
    ///
    /// # Errors
    /// The claims are no JSON.
    pub fn signed(&self, typ: &str, claims: &impl Serialize) -> anyhow::Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.jwk.kid.clone());
        encode(&header, claims, &self.sign).context("it cannot be signed")
    }
}

/// The RFC 7638 thumbprint of a public key on Ed25519.
pub fn thumbprint(x: &str) -> String {
    // The required members in lexical order.
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(members.as_bytes()))
}

/// What a key does at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is published and will sign from then on.
    SignsFrom(DateTime<Utc>),
    /// It signs.
    Signs,
    /// Another signs; what it has signed is good until then.
    GoodUntil(DateTime<Utc>),
    /// All that it has signed has ended.
    Ended,
}

/// Every key of the directory, oldest first; one at least.
pub struct KeyRing {
    directory: PathBuf,
    keys: Vec<Arc<Key>>,
    /// What is wrong with files that were no usable keys when the directory was looked at again.
    faults: Vec<String>,
}

impl KeyRing {
    /// Reads the directory; makes it, and a first key, where there is none.
    ///
    /// # Errors
    /// The directory cannot be used, or a file in it is open to others or no key.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        key_files::prepare(directory)?;
        Ok(Self {
            directory: directory.to_owned(),
            keys: key_files::read_whole(directory)?,
            faults: Vec::new(),
        })
    }

    /// The keys as the directory has them now; none where it has the same as before. A file that is no usable key, or is open to
    /// others, is left out and told by [`KeyRing::faults`]: it must not hide that another was removed.
    ///
    /// # Errors
    /// The directory cannot be used, or holds no key any more.
    pub fn reread(&self) -> anyhow::Result<Option<Self>> {
        let key_files::Found { keys, faults } = key_files::read(&self.directory, &self.keys)?;
        let is_same = faults == self.faults
            && keys.len() == self.keys.len()
            && keys.iter().zip(&self.keys).all(|(new, old)| Arc::ptr_eq(new, old));
        Ok((!is_same).then(|| Self {
            directory: self.directory.clone(),
            keys,
            faults,
        }))
    }

    /// What is wrong with files of the directory, one sentence each.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// The key that signs: the newest that has been public long enough, else the oldest.
    ///
    /// # Errors
    /// There is no key.
    pub fn signing_key(&self, now: DateTime<Utc>) -> anyhow::Result<&Key> {
        let long_enough = self.keys.iter().rfind(|key| key.made_at + PUBLISHED <= now);
        let key = long_enough.or(self.keys.first());
        key.map(Arc::as_ref).context("the key directory holds no key")
    }

    /// The key of this id, if what it has signed may be good now.
    pub fn find(&self, kid: &str, now: DateTime<Utc>) -> Option<&Key> {
        let index = self.keys.iter().position(|key| key.jwk.kid == kid)?;
        self.ends(index)
            .is_none_or(|ends| now < ends)
            .then(|| &*self.keys[index])
    }

    /// The public halves of the keys that are good now.
    pub fn jwks(&self, now: DateTime<Utc>) -> JwkSet {
        let good = self.states(now).filter(|(_, state)| *state != KeyState::Ended);
        JwkSet {
            keys: good.map(|(key, _)| key.jwk.clone()).collect(),
        }
    }

    /// Every key, oldest first, and what it does now.
    pub fn states(&self, now: DateTime<Utc>) -> impl Iterator<Item = (&Key, KeyState)> {
        let signing = self
            .signing_key(now)
            .map(|key| key.jwk.kid.as_str())
            .unwrap_or_default();
        self.keys.iter().enumerate().map(move |(index, key)| {
            let state = match self.ends(index) {
                _ if key.jwk.kid == signing => KeyState::Signs,
                Some(ends) if ends <= now => KeyState::Ended,
                Some(ends) if key.made_at + PUBLISHED <= now => KeyState::GoodUntil(ends),
                _ => KeyState::SignsFrom(key.made_at + PUBLISHED),
            };
            (&**key, state)
        })
    }

    /// When the last token that a key may have signed has ended; none for the newest key.
    fn ends(&self, index: usize) -> Option<DateTime<Utc>> {
        let next = self.keys.get(index + 1)?;
        Some(next.made_at + PUBLISHED + LONGEST_TOKEN + MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::pkcs8::EncodePrivateKey;
    use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;

    fn key(seed: [u8; 32], seconds: i64) -> Arc<Key> {
        let secret = SigningKey::from_bytes(&seed);
        let made_at = DateTime::from_timestamp(seconds, 0).unwrap();
        let path = format!("{seconds}.pem").into();
        Arc::new(
            Key::from_pem(
                &secret.to_pkcs8_pem(LineEnding::LF).unwrap(),
                path,
                made_at,
                SystemTime::UNIX_EPOCH,
            )
            .unwrap(),
        )
    }

    #[test]
    fn a_thumbprint_is_the_one_of_rfc_8037() {
        // RFC 8037, appendix A.1 to A.3.
        let seed = URL_SAFE_NO_PAD
            .decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
            .unwrap();
        let key = key(seed.try_into().unwrap(), 0);
        assert_eq!(key.jwk.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.jwk.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_new_key_is_published_before_it_signs_and_the_old_one_outlives_its_tokens() {
        let day = LONGEST_TOKEN.num_seconds();
        let ring = KeyRing {
            directory: PathBuf::new(),
            keys: vec![key([1; 32], 0), key([2; 32], 10_000)],
            faults: Vec::new(),
        };
        let states = |seconds: i64| -> Vec<KeyState> {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(
                ring.jwks(now).keys.len(),
                ring.states(now).filter(|(_, state)| *state != KeyState::Ended).count()
            );
            ring.states(now).map(|(_, state)| state).collect()
        };
        let instant = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let signs_from = KeyState::SignsFrom(instant(10_060));
        let good_until = KeyState::GoodUntil(instant(10_120 + day));
        assert_eq!(states(10_000), [KeyState::Signs, signs_from]);
        assert_eq!(states(10_059), [KeyState::Signs, signs_from]);
        assert_eq!(states(10_060), [good_until, KeyState::Signs]);
        assert_eq!(states(10_119 + day), [good_until, KeyState::Signs]);
        assert_eq!(states(10_120 + day), [KeyState::Ended, KeyState::Signs]);
        let old = &ring.keys[0].jwk.kid;
        assert!(ring.find(old, instant(10_119 + day)).is_some());
        assert!(ring.find(old, instant(10_120 + day)).is_none());
        // Alone, a key signs at once, however new it is.
        let alone = KeyRing {
            directory: PathBuf::new(),
            keys: vec![key([1; 32], 10_000)],
            faults: Vec::new(),
        };
        assert_eq!(alone.states(instant(10_000)).next().unwrap().1, KeyState::Signs);
    }
}
