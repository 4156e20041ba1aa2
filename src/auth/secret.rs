//! The secrets that the service makes: client secrets, kept as Argon2id hashes; read tokens and calendar addresses, kept as
//! SHA-256.
//!
//! All are 256 random bits behind a public beginning, the handle, by which people and secret scanners recognise them and
//! by which a client's two secrets are told apart without trying both. SHA-256 is enough for a text that random, and read
//! tokens need it, since they come with every request; client secrets come once in 15 minutes and live for years, so they can
//! have the slow hash.

use anyhow::Context;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

/// How a client secret begins.
pub const CLIENT_SECRET: &str = "hpcs_";
/// How the secret of a calendar address begins.
pub const CALENDAR_FEED: &str = "hpcf_";
/// How a read token begins.
pub const READ_TOKEN: &str = "hprt_";

/// So many characters of the handle follow the beginning: six random bytes.
const HANDLE: usize = 8;
/// So many characters follow the handle: 32 random bytes.
const RANDOM: usize = 43;

/// What a wrong secret of an unknown client is compared with, so that it takes as long as that of a known one. Nobody
/// knows a text with this hash.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Vw0mC5yVbP3kq0o2m7Qx1A$9b0Zs3iQh7mXn2Cw4E6u8T1rYk5aLqPvDf0gJxHoNsM";

/// A secret that was just made: shown once, then forgotten.
pub struct NewSecret {
    /// Its public beginning.
    pub handle: String,
    /// All of it.
    pub text: SecretString,
}

impl NewSecret {
    /// Makes a secret that begins with `prefix`.
    pub fn make(prefix: &str) -> anyhow::Result<Self> {
        let mut bytes = [0_u8; 38];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness for a new secret: {error}"))?;
        let (public, private) = bytes.split_at(6);
        let handle = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(public));
        let text = format!("{handle}{}", URL_SAFE_NO_PAD.encode(private)).into();
        Ok(Self { handle, text })
    }
}

/// Whether a text holds the beginning of a secret, wherever it stands.
pub fn holds_one(text: &str) -> bool {
    [CLIENT_SECRET, CALENDAR_FEED, READ_TOKEN]
        .iter()
        .any(|beginning| text.contains(beginning))
}

/// The public beginning of a secret; none where the text has not the form of one.
pub fn handle<'a>(prefix: &str, secret: &'a str) -> Option<&'a str> {
    let is_shaped = secret.starts_with(prefix) && secret.is_ascii() && secret.len() == prefix.len() + HANDLE + RANDOM;
    is_shaped.then(|| &secret[..prefix.len() + HANDLE])
}

/// The Argon2id hash of a client secret, with OWASP's parameters: 19 MiB, 2 passes, 1 lane. Takes tens of milliseconds.
pub fn hash(secret: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(secret.as_bytes());
    Ok(hash.context("a secret cannot be hashed")?.to_string())
}

/// Whether this is the secret of that hash. Without a hash it is not, but takes as long to say so.
pub fn verify(secret: &str, hash: Option<&str>) -> bool {
    let Ok(expected) = PasswordHash::new(hash.unwrap_or(NOBODYS_HASH)) else {
        tracing::error!("a stored hash is none");
        return false;
    };
    let is_equal = Argon2::default().verify_password(secret.as_bytes(), &expected).is_ok();
    is_equal && hash.is_some()
}

/// The SHA-256 of a read token or a calendar address.
pub fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_secret_is_known_by_its_hash_and_nothing_else_is() {
        let one = NewSecret::make(CLIENT_SECRET).unwrap();
        let two = NewSecret::make(CLIENT_SECRET).unwrap();
        let (one_text, two_text) = (one.text.expose_secret(), two.text.expose_secret());
        let stored = hash(one_text).unwrap();
        assert!(verify(one_text, Some(&stored)));
        assert!(!verify(two_text, Some(&stored)));
        assert!(!verify(one_text, None));
        assert!(!verify(one_text, Some("nonsense")));
        assert!(!stored.contains(one_text));
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_everybodys() {
        let cost = |hash: &str| hash.rsplitn(3, '$').nth(2).unwrap().to_owned();
        assert_eq!(cost(NOBODYS_HASH), cost(&hash("x").unwrap()));
        assert!(PasswordHash::new(NOBODYS_HASH).is_ok());
        assert_eq!(cost(NOBODYS_HASH), "$argon2id$v=19$m=19456,t=2,p=1");
    }

    #[test]
    fn a_handle_is_the_beginning_of_a_well_formed_secret() {
        let secret = NewSecret::make(READ_TOKEN).unwrap();
        let text = secret.text.expose_secret();
        assert_eq!(handle(READ_TOKEN, text), Some(secret.handle.as_str()));
        assert_eq!(handle(CLIENT_SECRET, text), None);
        assert_eq!(handle(READ_TOKEN, &text[1..]), None);
        assert_eq!(handle(READ_TOKEN, "hprt_æ"), None);
        assert!(!format!("{:?}", secret.text).contains(text));
    }
}
