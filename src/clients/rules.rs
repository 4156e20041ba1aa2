//! Which clients and read tokens there may be, and which of a client's secrets are good.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::auth::jwks::{KeyFault, PublicKey};
use crate::auth::role::{Permission, Role};
use crate::entities::{client, client_secret, read_token};
use crate::problem::{At, FieldError};

/// How long an access token of a registered client is good, in seconds.
pub const TOKEN_SECONDS: u64 = 15 * 60;
/// How long a rotated secret stays good where nobody says, in hours.
pub const OVERLAP_HOURS: i64 = 168;
/// How long a rotated secret stays good at most, in hours.
pub const MOST_OVERLAP_HOURS: i64 = 720;
/// How long a read token is good at most, in days.
pub const MOST_DAYS: i64 = 366;
/// The roles whose clients the secretariat registers; it sees and touches no others.
pub const OF_THE_SECRETARIAT: [Role; 2] = [Role::Municipality, Role::HousingOrganisation];

/// A client with its secrets, oldest first.
#[derive(Clone, Debug)]
pub struct Client {
    /// The client.
    pub row: client::Model,
    /// Its secrets.
    pub secrets: Vec<client_secret::Model>,
}

/// A read token.
pub type ReadToken = read_token::Model;

/// What a new client or read token is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// What people call it.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// The organisation for which it acts, by code.
    pub organisation: Option<String>,
    /// What it is given: scopes separated by spaces.
    pub scope: String,
}

/// The kinds of organisations that a role acts for; empty for a role that is not tied to a kind.
pub fn organisation_kinds(role: Role) -> &'static [&'static str] {
    match role {
        Role::Municipality => &["municipality", "municipal_unit"],
        Role::HousingOrganisation => &["housing_organisation"],
        Role::Fund => &["fund"],
        Role::Secretariat => &["secretariat"],
        Role::Board | Role::Auditor | Role::Public => &[],
    }
}

/// Whether a caller of this role always acts for an organisation.
pub fn needs_organisation(role: Role) -> bool {
    matches!(role, Role::Municipality | Role::HousingOrganisation | Role::Fund)
}

/// The role that the secretariat may give a client.
pub fn check_role(text: &str, at: At, errors: &mut Vec<FieldError>) -> Option<Role> {
    let role = text.parse().ok().filter(|role| OF_THE_SECRETARIAT.contains(role));
    if role.is_none() {
        errors.push(FieldError::new(
            at,
            "role_not_allowed",
            "A client made over the API is municipality or housing_organisation; an operator makes all others.",
            "En klient oprettet via API'et er municipality eller housing_organisation; driften opretter alle andre.",
        ));
    }
    role
}

/// Whether an organisation of the plan is one that the role acts for; `kinds` has the kind of each by code.
pub fn check_organisation(
    role: Role,
    code: &str,
    kinds: &HashMap<String, String>,
    at: At,
    errors: &mut Vec<FieldError>,
) {
    let right = organisation_kinds(role);
    let Some(kind) = kinds.get(code) else {
        errors.push(FieldError::new(
            at,
            "unknown_organisation",
            "The plan has no organisation of this code in use.",
            "Helhedsplanen har ingen organisation med denne kode i brug.",
        ));
        return;
    };
    if !right.is_empty() && !right.contains(&kind.as_str()) {
        let right = right.join(", ");
        errors.push(FieldError::new(
            at,
            "wrong_kind",
            format!("The role {role} acts for an organisation of the kind {right}; this is a {kind}."),
            format!("Rollen {role} handler for en organisation af typen {right}; denne er {kind}."),
        ));
    }
}

/// The scopes of a role, each checked; every wrong one is an error at its place. `may` says what whoever gives them may
/// give.
pub fn check_scopes(
    role: Role,
    reads_only: bool,
    may: impl Fn(Permission) -> bool,
    names: &[String],
    at: impl Fn(usize) -> At,
    errors: &mut Vec<FieldError>,
) -> String {
    let mut granted: Vec<&str> = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let fault = match name.parse::<Permission>() {
            Err(_) => Some((
                "unknown_scope",
                "There is no such scope.".to_owned(),
                "Der er intet sådant scope.".to_owned(),
            )),
            Ok(permission) if !role.may(permission) => Some((
                "not_in_role",
                format!("The role {role} never has this scope."),
                format!("Rollen {role} har aldrig dette scope."),
            )),
            Ok(permission) if reads_only && !permission.reads() => Some((
                "not_a_read",
                "A read token only reads.".to_owned(),
                "Et læsetoken læser kun.".to_owned(),
            )),
            Ok(permission) if !may(permission) => Some((
                "not_your_scope",
                "Nobody gives away what they may not do themselves.".to_owned(),
                "Ingen kan give adgang til mere, end de selv har.".to_owned(),
            )),
            Ok(permission) => {
                if !granted.contains(&permission.scope()) {
                    granted.push(permission.scope());
                }
                None
            }
        };
        if let Some((code, en, da)) = fault {
            errors.push(FieldError::new(at(index), code, en, da));
        }
    }
    granted.join(" ")
}

/// What becomes of a client's secrets when a new one is made: the newest stays good for a while, so at most two are good.
///
/// Gives the one that stays, with its end; none where it is to end at once.
pub fn kept(
    secrets: &[client_secret::Model],
    now: DateTime<Utc>,
    overlap: TimeDelta,
) -> Option<(client_secret::Model, DateTime<Utc>)> {
    let newest = secrets.iter().max_by_key(|secret| secret.number)?;
    (overlap > TimeDelta::zero()).then(|| (newest.clone(), now + overlap))
}

/// The keys by which a client can prove itself, as they are stored. A set that cannot be read, which is this service's fault, lets
/// nobody in.
pub fn stored_keys(client: &client::Model) -> Vec<PublicKey> {
    let stored: Vec<Value> = client
        .jwks
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    stored.iter().filter_map(|key| PublicKey::read(key).ok()).collect()
}

/// What of a public key is kept: what it takes to verify by it.
pub fn public_part(jwk: &Value) -> Value {
    let kept = ["kid", "kty", "alg", "crv", "x", "y", "n", "e"];
    let members = kept
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), jwk.get(name)?.clone())));
    Value::Object(members.filter(|(_, value)| value.is_string()).collect())
}

/// Checks the public keys of a client; each fault is an error at its place. Every key has a `kid` of its own.
pub fn check_keys(keys: &[Value], at: impl Fn(usize) -> At, errors: &mut Vec<FieldError>) {
    let mut kids: HashSet<String> = HashSet::new();
    for (index, jwk) in keys.iter().enumerate() {
        let fault = match PublicKey::read(jwk).map(|key| key.kid) {
            Ok(Some(kid)) if kids.insert(kid.clone()) => continue,
            Ok(_) => (
                "kid",
                "Every key has a kid, and no two the same.",
                "Hver nøgle har et kid, og ikke to det samme.",
            ),
            Err(KeyFault::Private) => (
                "private_key",
                "The key has a private part, which nobody else may know: make another key and register its public part alone.",
                "Nøglen har en privat del, som ingen andre må kende: lav en ny nøgle, og registrér kun dens offentlige del.",
            ),
            Err(KeyFault::NotAKey) => (
                "not_a_key",
                "It is not a public JSON Web Key.",
                "Det er ikke en offentlig JSON Web Key.",
            ),
            Err(KeyFault::NotForSignatures) => (
                "not_for_signatures",
                "The key's use is not sig.",
                "Nøglens use er ikke sig.",
            ),
            Err(KeyFault::Unsupported) => (
                "unsupported_key",
                "A key is RSA of 2048 to 8192 bits, EC on P-256 or P-384, or OKP on Ed25519, with an alg that fits.",
                "En nøgle er RSA på 2048 til 8192 bit, EC på P-256 eller P-384 eller OKP på Ed25519, med en alg, der passer.",
            ),
        };
        let (code, en, da) = fault;
        errors.push(FieldError::new(at(index), code, en, da));
    }
}

/// Whether a secret is good at an instant.
pub fn is_good(secret: &client_secret::Model, now: DateTime<Utc>) -> bool {
    secret.ends_at.is_none_or(|ends| now < ends)
}

/// The scopes of a new access token: those that are asked for, or all that the client has; none where one is asked for that
/// the client has not.
pub fn narrowed(client: &client::Model, asked: Option<&str>) -> Option<String> {
    let role: Role = client.role.parse().ok()?;
    let had: Vec<&str> = client
        .scope
        .split_whitespace()
        .filter(|scope| scope.parse().is_ok_and(|permission| role.may(permission)))
        .collect();
    let Some(asked) = asked else {
        return Some(had.join(" "));
    };
    let mut granted: Vec<&str> = Vec::new();
    for scope in asked.split(' ').filter(|scope| !scope.is_empty()) {
        if !had.contains(&scope) {
            return None;
        }
        if !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    Some(granted.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn client(role: &str, scope: &str) -> client::Model {
        client::Model {
            plan_id: 1,
            id: Uuid::nil(),
            name: "c".into(),
            role: role.into(),
            organisation: None,
            scope: scope.into(),
            created_at: DateTime::UNIX_EPOCH,
            created_by: "operator".into(),
            revoked_at: None,
            jwks: None,
        }
    }

    fn secret(number: i32, ends_at: Option<DateTime<Utc>>) -> client_secret::Model {
        client_secret::Model {
            plan_id: 1,
            client: Uuid::nil(),
            number,
            handle: String::new(),
            hash: String::new(),
            created_at: DateTime::UNIX_EPOCH,
            ends_at,
        }
    }

    #[test]
    fn a_token_has_no_more_than_is_asked_for_and_the_client_was_given() {
        let one = client("municipality", "measurements:read measurements:write");
        assert_eq!(narrowed(&one, None).unwrap(), "measurements:read measurements:write");
        assert_eq!(
            narrowed(&one, Some("measurements:read measurements:read")).unwrap(),
            "measurements:read"
        );
        assert_eq!(narrowed(&one, Some("measurements:read kendskabsgrad:write")), None);
        assert_eq!(narrowed(&one, Some("nonsense")), None);
        // None given, none had; and what the role has lost, its clients have lost.
        assert_eq!(narrowed(&client("municipality", ""), None).unwrap(), "");
        assert_eq!(narrowed(&client("board", "measurements:write"), None).unwrap(), "");
    }

    #[test]
    fn at_most_two_secrets_are_good() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(5);
        let both = [secret(1, Some(now + TimeDelta::hours(1))), secret(2, None)];
        let (stays, ends) = kept(&both, now, TimeDelta::hours(24)).unwrap();
        assert_eq!((stays.number, ends), (2, now + TimeDelta::hours(24)));
        assert!(kept(&both, now, TimeDelta::zero()).is_none());
        assert!(is_good(&both[0], now) && is_good(&both[1], now));
        assert!(!is_good(&both[0], now + TimeDelta::hours(1)));
    }

    #[test]
    fn every_scope_that_cannot_be_given_is_named() {
        let names: Vec<String> = [
            "plan:read",
            "measurements:write",
            "kendskabsgrad:write",
            "all",
            "plan:read",
        ]
        .map(str::to_owned)
        .to_vec();
        let mut errors = Vec::new();
        let at = |index| At::Pointer(format!("/scopes/{index}"));
        let granted = check_scopes(Role::Secretariat, true, |_| true, &names, at, &mut errors);
        assert_eq!(granted, "plan:read");
        let codes: Vec<_> = errors.iter().map(|error| error.code).collect();
        assert_eq!(codes, ["not_a_read", "not_in_role", "unknown_scope"]);
    }
}
