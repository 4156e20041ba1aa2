//! How clients, read tokens and access tokens look from outside.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rules::{Client, ReadToken, stored_keys};
use crate::auth::role::Role;
use crate::entities::client_secret;

/// A client to be registered.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "Jobcenter Fredericia, fagsystem", "role": "municipality",
    "organisation": "jobcenter-fredericia", "scopes": ["indicators:read", "measurements:read", "measurements:write"]}))]
pub struct NewClient {
    /// What people call it; no names of persons.
    #[schema(max_length = 100)]
    pub name: String,
    /// `municipality` or `housing_organisation`; an operator registers all others.
    pub role: Role,
    /// The organisation for which it acts: one of the role's kind.
    pub organisation: String,
    /// What it may, of what its role may; none named, none had.
    #[schema(max_items = 100)]
    pub scopes: Vec<String>,
}

/// A registered client: a program that exchanges its secret for access tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Client)]
pub struct ClientView {
    /// Its `client_id`.
    #[schema(example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12")]
    pub id: Uuid,
    /// What people call it.
    #[schema(example = "Jobcenter Fredericia, fagsystem")]
    pub name: String,
    /// Its role.
    #[schema(example = "municipality")]
    pub role: String,
    /// The organisation for which it acts.
    #[schema(required, example = "jobcenter-fredericia")]
    pub organisation: Option<String>,
    /// What it was given.
    #[schema(example = json!(["measurements:read", "measurements:write"]))]
    pub scopes: Vec<String>,
    /// The ids (`kid`) of its public keys.
    #[schema(example = json!(["2026-11"]))]
    pub keys: Vec<String>,
    /// Its secrets, oldest first; never the secrets themselves. Two while it is rotated.
    pub secrets: Vec<SecretView>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was revoked; null while it may call.
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// What may be known of a client's secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Secret)]
pub struct SecretView {
    /// How the secret begins, to tell which of two a program uses; made up here.
    #[schema(example = "hpcs_q83vEjRW")]
    pub handle: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops being good; null for the newest.
    #[schema(required)]
    pub ends_at: Option<DateTime<Utc>>,
}

/// A client with the secret that was made for it. The secret is shown here and never again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedClient)]
pub struct IssuedClientView {
    /// The client.
    pub client: ClientView,
    /// The secret; made up here.
    #[serde(serialize_with = "shown_once")]
    #[schema(value_type = String, example = "hpcs_q83vEjRWmKuT0wq2Yb7sXn4Lc9dPfZ1hVg5tJrAe8oUiMkQyB3x")]
    pub client_secret: SecretString,
}

/// How a client's secret is to be replaced.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"overlap_hours": 24}))]
pub struct Rotation {
    /// For how many hours the secret before stays good, 0 to 720; 168, a week, where absent.
    #[schema(minimum = 0, maximum = 720, nullable = false)]
    pub overlap_hours: Option<u32>,
}

/// The public keys of a client (RFC 7517, section 5).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ClientKeys)]
pub struct ClientKeysView {
    /// The keys, each with a `kid` of its own: two while one replaces the other.
    #[schema(max_items = 10)]
    pub keys: Vec<ClientKeyView>,
}

/// A public key: `RSA` with `n` and `e`, `EC` with `crv`, `x` and `y`, or `OKP` with `crv` and `x`. Of other members, such as
/// `x5c`, nothing is kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ClientKey)]
pub struct ClientKeyView {
    /// The key's id: what a client puts into the header of what it signs.
    #[schema(max_length = 200, example = "2026-11")]
    pub kid: String,
    /// The key type: `RSA`, `EC` or `OKP`.
    #[schema(example = "OKP")]
    pub kty: String,
    /// The one algorithm that it is for, such as `PS256`; every one that fits the type where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "EdDSA")]
    pub alg: Option<String>,
    /// The curve: `P-256`, `P-384` or `Ed25519`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Ed25519")]
    pub crv: Option<String>,
    /// The point's first coordinate, or the whole key of an `OKP`, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: Option<String>,
    /// The point's second coordinate, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub y: Option<String>,
    /// The modulus, base64url; 2048 to 8192 bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub n: Option<String>,
    /// The public exponent, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "AQAB")]
    pub e: Option<String>,
}

impl ClientKeysView {
    /// The keys of a client, as they are stored.
    pub fn new(client: &Client) -> Self {
        let stored = client
            .row
            .jwks
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok());
        Self {
            keys: stored.unwrap_or_default(),
        }
    }
}

/// A read token to be made.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "Power BI, bestyrelsens rapport", "scopes": ["indicators:read", "measurements:read"], "valid_days": 180}))]
pub struct NewReadToken {
    /// What people call it; no names of persons.
    #[schema(max_length = 100)]
    pub name: String,
    /// What it may read, of what the secretariat may read.
    #[schema(max_items = 100)]
    pub scopes: Vec<String>,
    /// For how many days it is good.
    #[schema(minimum = 1, maximum = 366)]
    pub valid_days: u32,
}

/// An opaque token that only reads, for programs that cannot fetch access tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ReadToken)]
pub struct ReadTokenView {
    /// Its name inside the service.
    #[schema(example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a13")]
    pub id: Uuid,
    /// What people call it.
    #[schema(example = "Power BI, bestyrelsens rapport")]
    pub name: String,
    /// Whose eyes it reads with.
    #[schema(example = "secretariat")]
    pub role: String,
    /// The organisation for which it reads.
    #[schema(required, example = "omraadesekretariatet")]
    pub organisation: Option<String>,
    /// What it may read.
    #[schema(example = json!(["indicators:read", "measurements:read"]))]
    pub scopes: Vec<String>,
    /// How the token begins, to recognise it by; made up here.
    #[schema(example = "hprt_Zm9vYmFy")]
    pub handle: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked; null where it was not.
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A read token that was just made. The token itself is shown here and never again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedReadToken)]
pub struct IssuedReadTokenView {
    /// What is known of it.
    pub read_token: ReadTokenView,
    /// The token; made up here.
    #[serde(serialize_with = "shown_once")]
    #[schema(value_type = String, example = "hprt_Zm9vYmFymKuT0wq2Yb7sXn4Lc9dPfZ1hVg5tJrAe8oUiMkQyB3x")]
    pub token: SecretString,
}

/// A request for an access token (RFC 6749, section 4.4.2).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenRequest {
    /// `client_credentials`
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// The client, where it does not come by HTTP Basic.
    #[schema(nullable = false, example = "019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a12")]
    pub client_id: Option<String>,
    /// Its secret, where it does not come by HTTP Basic.
    #[schema(nullable = false)]
    pub client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, where the client proves itself by a signature.
    #[schema(nullable = false, example = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    pub client_assertion_type: Option<String>,
    /// A JWT that the client has signed (RFC 7523): `iss` and `sub` its id, `aud` this address or the issuer of tokens, `exp` at
    /// most 5 minutes ahead, `jti` used once.
    #[schema(nullable = false)]
    pub client_assertion: Option<String>,
    /// Scopes separated by spaces, to get less than the client may; all that it may where absent.
    #[schema(nullable = false, example = "measurements:read")]
    pub scope: Option<String>,
}

/// An access token (RFC 6749, section 5.1).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessToken)]
pub struct AccessTokenView {
    /// The token (RFC 9068): `Authorization: Bearer …`.
    #[serde(serialize_with = "shown_once")]
    #[schema(value_type = String)]
    pub access_token: SecretString,
    /// `Bearer`
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// For how many seconds it is good.
    #[schema(example = 900)]
    pub expires_in: u64,
    /// What it allows: scopes separated by spaces.
    #[schema(example = "measurements:read measurements:write")]
    pub scope: String,
}

/// Why there is no access token (RFC 6749, section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OAuthErrorCode {
    /// The request lacks something, has something twice, or names the client in two ways.
    InvalidRequest,
    /// The client is unknown or revoked, or the secret is not its own.
    InvalidClient,
    /// The grant is not `client_credentials`.
    UnsupportedGrantType,
    /// A scope is unknown or more than the client was given.
    InvalidScope,
}

/// Why there is no access token, in the form of RFC 6749, section 5.2.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OAuthError)]
pub struct OAuthErrorView {
    /// Which error, for programs.
    pub error: OAuthErrorCode,
    /// What is wrong, for people.
    #[schema(example = "The client is unknown, or the secret is not its own.")]
    pub error_description: &'static str,
}

/// The only way in which a secret becomes text.
fn shown_once<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn words(scope: &str) -> Vec<String> {
    scope.split_whitespace().map(str::to_owned).collect()
}

impl From<&client_secret::Model> for SecretView {
    fn from(row: &client_secret::Model) -> Self {
        Self {
            handle: row.handle.clone(),
            created_at: row.created_at,
            ends_at: row.ends_at,
        }
    }
}

impl From<&Client> for ClientView {
    fn from(client: &Client) -> Self {
        let row = &client.row;
        Self {
            id: row.id,
            name: row.name.clone(),
            role: row.role.clone(),
            organisation: row.organisation.clone(),
            scopes: words(&row.scope),
            keys: stored_keys(row).into_iter().filter_map(|key| key.kid).collect(),
            secrets: client.secrets.iter().map(SecretView::from).collect(),
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        }
    }
}

impl From<&ReadToken> for ReadTokenView {
    fn from(row: &ReadToken) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            role: row.role.clone(),
            organisation: row.organisation.clone(),
            scopes: words(&row.scope),
            handle: row.handle.clone(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}
