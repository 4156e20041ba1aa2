//! Public keys of others (RFC 7517): those of registered clients that prove themselves by a signature, and those of trusted
//! issuers.
//!
//! Only asymmetric keys: RSA from 2048 bits, the curves P-256 and P-384, Ed25519. Which algorithm a signature may have follows
//! from the key, never from the token alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The most keys that a set of somebody else may have.
pub const MOST_KEYS: usize = 100;
/// The longest `kid`.
const MOST_KID: usize = 200;
/// The least bits of an RSA modulus (RFC 7518, section 3.3), and the most that are tried.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key of somebody else.
pub struct PublicKey {
    /// Its id, where it has one.
    pub kid: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// It is not a JSON Web Key.
    NotAKey,
    /// It has a private part.
    Private,
    /// Its type, curve, size or algorithm is none that is accepted.
    Unsupported,
    /// It is not for signatures.
    NotForSignatures,
}

/// What of a token's header is looked at.
#[derive(Debug, Deserialize)]
pub struct TokenHeader {
    /// The algorithm.
    pub alg: Algorithm,
    /// The type.
    #[serde(default)]
    pub typ: Option<String>,
    /// Which key signed.
    #[serde(default)]
    pub kid: Option<String>,
    // A key that comes with the token proves nothing, a place to fetch one from is never visited, and an extension that must
    // be understood is not.
    #[serde(default)]
    jku: Given,
    #[serde(default)]
    jwk: Given,
    #[serde(default)]
    x5u: Given,
    #[serde(default)]
    crit: Given,
}

/// Whether a member is there, were it only with `null`.
#[derive(Debug, Default)]
struct Given(bool);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

impl TokenHeader {
    /// The header of a token of somebody else; none where it is not one that is looked at any further.
    pub fn read(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (header, _, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
            return None;
        };
        let header: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let is_plain = [&header.jku, &header.jwk, &header.x5u, &header.crit]
            .iter()
            .all(|member| !member.0);
        is_plain.then_some(header)
    }
}

impl PublicKey {
    /// Reads a key.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn read(jwk: &Value) -> Result<Self, KeyFault> {
        let object = jwk.as_object().ok_or(KeyFault::NotAKey)?;
        if ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]
            .iter()
            .any(|name| object.contains_key(*name))
        {
            return Err(KeyFault::Private);
        }
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|used| used != "sig") {
            return Err(KeyFault::NotForSignatures);
        }
        let bytes = |name: &str| -> Result<Vec<u8>, KeyFault> {
            let text = text(name).ok_or(KeyFault::NotAKey)?;
            URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFault::NotAKey)
        };
        let (mut algorithms, key) = match (text("kty").ok_or(KeyFault::NotAKey)?, text("crv")) {
            ("RSA", _) => {
                let (n, e) = (bytes("n")?, bytes("e")?);
                if !RSA_BITS.contains(&bits(&n)) {
                    return Err(KeyFault::Unsupported);
                }
                use Algorithm::{PS256, PS384, PS512, RS256, RS384, RS512};
                let algorithms = vec![RS256, RS384, RS512, PS256, PS384, PS512];
                (algorithms, DecodingKey::from_rsa_raw_components(&n, &e))
            }
            ("EC", Some("P-256")) => (vec![Algorithm::ES256], curve_point(&bytes("x")?, &bytes("y")?, 32)?),
            ("EC", Some("P-384")) => (vec![Algorithm::ES384], curve_point(&bytes("x")?, &bytes("y")?, 48)?),
            ("OKP", Some("Ed25519")) => {
                let x: [u8; 32] = bytes("x")?.try_into().map_err(|_| KeyFault::NotAKey)?;
                let is_strong = VerifyingKey::from_bytes(&x).is_ok_and(|key| !key.is_weak());
                if !is_strong {
                    return Err(KeyFault::NotAKey);
                }
                (vec![Algorithm::EdDSA], DecodingKey::from_ed_der(&x))
            }
            _ => return Err(KeyFault::Unsupported),
        };
        if let Some(alg) = text("alg") {
            algorithms.retain(|algorithm| alg.parse().is_ok_and(|named: Algorithm| named == *algorithm));
        }
        let kid = text("kid").map(str::to_owned);
        if algorithms.is_empty() || kid.as_ref().is_some_and(|kid| kid.len() > MOST_KID) {
            return Err(KeyFault::Unsupported);
        }
        Ok(Self { kid, algorithms, key })
    }

    /// The claims of a token that this key has signed by this algorithm. Nothing but the signature is looked at.
    pub fn verify<C: DeserializeOwned>(&self, token: &str, algorithm: Algorithm) -> Option<C> {
        if !self.algorithms.contains(&algorithm) {
            return None;
        }
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        Some(decode(token, &self.key, &validation).ok()?.claims)
    }
}

fn bits(number: &[u8]) -> usize {
    let mut digits = number.iter().skip_while(|byte| **byte == 0);
    digits.next().map_or(0, |first| {
        let length = 8 - usize::try_from(first.leading_zeros()).unwrap_or(8);
        length + 8 * digits.count()
    })
}

fn curve_point(x: &[u8], y: &[u8], size: usize) -> Result<DecodingKey, KeyFault> {
    if x.len() != size || y.len() != size {
        return Err(KeyFault::NotAKey);
    }
    // SEC 1, section 2.3.3: an uncompressed point.
    Ok(DecodingKey::from_ec_der(&[&[4], x, y].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 8037, appendix A.2.
    const ED25519: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn fault(jwk: Value) -> Option<KeyFault> {
        PublicKey::read(&jwk).err()
    }

    #[test]
    fn only_public_keys_for_strong_signatures_are_taken() {
        let modulus = |bytes: usize| URL_SAFE_NO_PAD.encode(vec![0xC5; bytes]);
        let coordinate = URL_SAFE_NO_PAD.encode([1; 32]);
        assert_eq!(fault(json!({"kty": "OKP", "crv": "Ed25519", "x": ED25519})), None);
        assert_eq!(
            fault(json!({"kty": "RSA", "n": modulus(256), "e": "AQAB", "kid": "a", "use": "sig"})),
            None
        );
        assert_eq!(
            fault(json!({"kty": "EC", "crv": "P-256", "x": coordinate, "y": coordinate, "alg": "ES256"})),
            None
        );
        for (jwk, expected) in [
            (json!("key"), KeyFault::NotAKey),
            (json!({"x": ED25519}), KeyFault::NotAKey),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}), KeyFault::NotAKey),
            // A point of small order: whatever is signed verifies.
            (
                json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode([0; 32])}),
                KeyFault::NotAKey,
            ),
            (
                json!({"kty": "OKP", "crv": "Ed25519", "x": ED25519, "d": "AAAA"}),
                KeyFault::Private,
            ),
            (json!({"kty": "oct", "k": "AAAA"}), KeyFault::Private),
            (json!({"kty": "oct"}), KeyFault::Unsupported),
            (
                json!({"kty": "OKP", "crv": "X25519", "x": ED25519}),
                KeyFault::Unsupported,
            ),
            (
                json!({"kty": "OKP", "crv": "Ed25519", "x": ED25519, "use": "enc"}),
                KeyFault::NotForSignatures,
            ),
            (
                json!({"kty": "OKP", "crv": "Ed25519", "x": ED25519, "alg": "HS256"}),
                KeyFault::Unsupported,
            ),
            (
                json!({"kty": "OKP", "crv": "Ed25519", "x": ED25519, "kid": "x".repeat(201)}),
                KeyFault::Unsupported,
            ),
            (
                json!({"kty": "RSA", "n": modulus(128), "e": "AQAB"}),
                KeyFault::Unsupported,
            ),
            (
                json!({"kty": "EC", "crv": "secp256k1", "x": coordinate, "y": coordinate}),
                KeyFault::Unsupported,
            ),
            (
                json!({"kty": "EC", "crv": "P-384", "x": coordinate, "y": coordinate}),
                KeyFault::NotAKey,
            ),
        ] {
            assert_eq!(fault(jwk.clone()), Some(expected), "{jwk}");
        }
    }

    #[test]
    fn the_size_of_a_modulus_is_that_of_its_number() {
        assert_eq!(bits(&[0, 0, 1]), 1);
        assert_eq!(bits(&[0x80, 0]), 16);
        assert_eq!(bits(&[]), 0);
    }

    #[test]
    fn a_header_that_brings_a_key_or_asks_for_more_is_not_read() {
        let read = |header: &str| TokenHeader::read(&format!("{}.e30.x", URL_SAFE_NO_PAD.encode(header)));
        assert!(read(r#"{"alg":"RS256","kid":"a","x5t":"b"}"#).is_some());
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"kid":"a"}"#,
            r#"{"alg":"RS256","jku":"https://x"}"#,
            r#"{"alg":"RS256","jwk":{}}"#,
            r#"{"alg":"RS256","x5u":"https://x"}"#,
            r#"{"alg":"RS256","crit":["exp"]}"#,
            r#"{"alg":"RS256","alg":"RS256"}"#,
            "{",
        ] {
            assert!(read(header).is_none(), "{header}");
        }
        assert!(TokenHeader::read("e30.e30").is_none());
    }
}
