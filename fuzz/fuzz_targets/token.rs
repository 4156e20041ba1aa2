//! Tokens, assertions and keys of strangers: nothing that is made up is accepted. Lines: a token, then perhaps a key.
#![no_main]

use chrono::{DateTime, Utc};
use helhedsplan::auth::assertion::{said_client, verify};
use helhedsplan::auth::jwks::{PublicKey, TokenHeader};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use uuid::Uuid;

fuzz_target!(|text: &str| {
    let (token, key) = text.split_once('\n').unwrap_or((text, ""));
    let audience = ["http://helhedsplan.test/oauth/token".to_owned()];
    let now: DateTime<Utc> = DateTime::from_timestamp(1_719_700_000, 0).expect("an instant");
    let client = said_client(token).unwrap_or(Uuid::nil());
    // RFC 8037, appendix A.2: whose private half is known is none of ours.
    let known = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let known = PublicKey::read(&known).unwrap_or_else(|fault| panic!("{fault:?}"));
    if let Some(header) = TokenHeader::read(token) {
        assert_eq!(token.matches('.').count(), 2);
        assert!(
            known.verify::<Value>(token, header.alg).is_none(),
            "a signature that was made up"
        );
    }
    let mut keys = vec![known];
    assert!(verify(token, client, &keys, &audience, now).is_none());
    if let Ok(jwk) = serde_json::from_str::<Value>(key)
        && let Ok(read) = PublicKey::read(&jwk)
    {
        assert!(jwk["d"].is_null() && jwk["k"].is_null() && jwk["kty"] != "oct");
        keys.push(read);
        let _ = verify(token, client, &keys, &audience, now);
    }
});
