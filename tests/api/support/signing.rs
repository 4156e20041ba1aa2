//! Key pairs of others, whose tokens the tests sign: of trusted issuers and of registered clients.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, EncodingKey};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use serde_json::{Value, json};

/// An RSA key of 2048 bits that was made for these tests, PKCS #1; nothing else knows it.
const RSA: &str = "\
    MIIEowIBAAKCAQEAz+CkgWFVhTYEw3eXPsYOOE+LZw5Psr1QVePVKGEM7tzclINKtNpbBisgnIJR0WSnqd3ZUSPTpFRoEayVCoa6VGN7JID2\
    8CiPHUrvzvVfrBsm5qOByqYQ4S2wW0GksOkt+lilyZZsb7eyYb9sdx4h3vpZvqSnTU8XirlnzdpfQFDS1WoVBAXGry6z+6BwI8NBmBxWrlX0\
    KNLWovZKOaXtUH5JLIbaW6lfSpMICc2TZ3JYXpXX0ZcIMRZJd/jcuAtL7wbi7pLUJN61RDj9UHg5SSuLKk/X+YzPZNEv3NmK3MY139rmmBOS\
    n7Zdh6T3MHhdDfC12zUo09DXNDcYJ+9e3QIDAQABAoIBAAtDpb5iBxeREgiCgDZVVptsCgaDUsPBeOsyjZAi1CfUXXqJs8BhjamjqCB6+lKB\
    pQkyHY7FRXhj34DHrIrVup6MhnV3rInedMTWVPDOwIirrvuz8/pGbec5ydLkF3fDputoJtGp3kXeeyLLU+YPgq/Zuoe3Vd59UO4CNnMD6IHs\
    VjeNEX9jiNCvvo6I361JHpb8dbrOsMqcryl/PKQOA18Ax0Wkkbp1+COTh3EHDMQqtTzMNLEBo8q9lX1rwcVqQ0XyEsi3Rd9qwQ1JUE2uKfzL\
    k17s0lAv0u5c4ySCVG/PtB4y2SRokKcibYd42maCo9Y0fLL1Nv8TCpmgt7WngCECgYEA9Z4bCU9PydU3dzRETDlLqhSGZOwAVU4uIigFbUYZ\
    0iP4uciERqHRSI16ISdqv+pwO37zjl8nqKZmtQQbeD5Y1YFmePE2nvFOfyYMm69DpxZikFQ9qBxt6riY3ky9u7GAIum5g4kYoJoRgoe4iVPT\
    fna3UnCT1IGNzt7HOTxQxv0CgYEA2KokKxXBj5+NgP1ADAsjKyjAjOhiX3MS3uP6tgoLokhIVpLS/Z65m1Jp+xUsEppnWSf6RS22RH/mVOOn\
    h4iQC52qdCIVpV+itDtOawmbrguHbChKbxVt0gG16Yxl6zyi+05LrXhbYDFuYbhU0hvvClKlU/UwLHRIyXYfqti3rWECgYAQfnKQWHwiMKhN\
    3/uqJrrXDBPOWS7Yi6x7bLaYlPmM7A964mVHnPxB5AZMjaoUgzjQNgFDEU7He40wILt7gqxSgiMQghpJ6Ch+T17PYaCoas9po86UKHyVI5pY\
    a0zeetgBADMOCznVJyN/4X9Z8YAlYPGEnry+q4iLWNiGFm/SPQKBgQCwv4OH3lSr7JYMDwyrhn5nG/SQPpbZlM9lIwgIbwN0nJDehyI2IcD6\
    U23/lRMCDhGXKsTAoHzbPpdQ0vJ830vbHgDKgm+0G+NoMiVTrl/gyKjt86RdIFcZham333/ZOfsfFY0o81FflJOehjgzuvPzMN6MMi3dZfNm\
    3cURo3+boQKBgAwzVpoIe4SIyLoZdp3MrPNc7lBbrFlZ546d7N+LPRiEYyatUBFQP2Mz0DrVsgCJcW2XrCwE8K9Xbg+v+v58dp0N8fWYgDUa\
    fTQm763pVlZfaCY9dNv1KJ091HZGRHMCawO13BCU0vjx5eFFZRgMh+wS6qX/eoXBOwYtVEfxoRu0";
/// Its modulus.
const RSA_MODULUS: &str = "\
    z-CkgWFVhTYEw3eXPsYOOE-\
    LZw5Psr1QVePVKGEM7tzclINKtNpbBisgnIJR0WSnqd3ZUSPTpFRoEayVCoa6VGN7JID28CiPHUrvzvVfrBsm5qOByqYQ4S2wW0GksOkt-li\
    lyZZsb7eyYb9sdx4h3vpZvqSnTU8XirlnzdpfQFDS1WoVBAXGry6z-\
    6BwI8NBmBxWrlX0KNLWovZKOaXtUH5JLIbaW6lfSpMICc2TZ3JYXpXX0ZcIMRZJd_jcuAtL7wbi7pLUJN61RDj9UHg5SSuLKk_X-\
    YzPZNEv3NmK3MY139rmmBOSn7Zdh6T3MHhdDfC12zUo09DXNDcYJ-9e3Q";

/// A key pair with an id.
pub(crate) struct Signer {
    /// Its public half.
    pub(crate) jwk: Value,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl Signer {
    /// An Ed25519 key; another for another number.
    pub(crate) fn ed25519(kid: &str, number: u8) -> Self {
        let secret = SigningKey::from_bytes(&[number; 32]);
        let x = URL_SAFE_NO_PAD.encode(secret.verifying_key().as_bytes());
        Self {
            jwk: json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid}),
            algorithm: Algorithm::EdDSA,
            key: EncodingKey::from_ed_der(secret.to_pkcs8_der().unwrap().as_bytes()),
        }
    }

    /// A key on P-256; another for another number.
    pub(crate) fn p256(kid: &str, number: u8) -> Self {
        use p256::pkcs8::EncodePrivateKey;
        let secret = p256::SecretKey::from_slice(&[number; 32]).unwrap();
        let point = secret.public_key().to_encoded_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        Self {
            jwk: json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid}),
            algorithm: Algorithm::ES256,
            key: EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes()),
        }
    }

    /// The RSA key, for this algorithm.
    pub(crate) fn rsa(kid: &str, algorithm: Algorithm) -> Self {
        Self {
            jwk: json!({"kty": "RSA", "n": RSA_MODULUS, "e": "AQAB", "kid": kid, "use": "sig"}),
            algorithm,
            key: EncodingKey::from_rsa_der(&STANDARD.decode(RSA).unwrap()),
        }
    }

    /// Signs claims under a header that names type, algorithm and key.
    pub(crate) fn token(&self, typ: &str, claims: &Value) -> String {
        let header = json!({"typ": typ, "alg": self.algorithm, "kid": self.jwk["kid"]});
        self.sign(&header, claims)
    }

    /// Signs whatever it is given, by its own algorithm.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = sign(signed.as_bytes(), &self.key, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}
