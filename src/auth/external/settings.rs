//! The operator's file of trusted issuers: read, checked and typed before the service starts.
//!
//! ```toml
//! [[issuers]]
//! name = "kommune"                                   # stands before the subject of its tokens
//! issuer = "https://login.example.dk/kommune"        # `iss`
//! audience = "api://helhedsplan"                     # `aud`
//! jwks_url = "https://login.example.dk/kommune/keys" # https, or http on this machine
//! ca_file = "/etc/helhedsplan/ca.pem"                # who vouches for jwks_url; default: the public authorities
//! algorithms = ["RS256"]
//! typ = "JWT"                                        # default: at+jwt
//! role_claim = "/roles"                              # a claim, or a JSON pointer into the claims
//! organisation_claim = "department"
//! plans_claim = "plans"
//! scope_claim = "scp"
//! plans = ["fredericia-2023-2026"]                   # the plans that its tokens reach, at most
//! scopes = ["measurements:read"]                     # what they may, at most
//! [issuers.roles]                                    # what the claim says = the role here
//! "Helhedsplan.Indberetter" = "municipality"
//! [issuers.organisations]                            # what the claim says = the organisation here
//! "4711" = "jobcenter-fredericia"
//! ```
//!
//! A claim that is not named is not looked at: then every token has the one role or organisation of the table, and all of
//! the plans and scopes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jsonwebtoken::{Algorithm, AlgorithmFamily};
use serde::Deserialize;
use url::{Host, Url};

use crate::auth::role::{Permission, Role};

/// What an issuer is trusted with.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Its short name, in subjects and logs.
    pub name: String,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// Where its keys are.
    pub jwks_url: Url,
    /// PEM certificates of those who vouch for that address; the public authorities where absent.
    pub ca_file: Option<PathBuf>,
    /// The algorithms of its signatures.
    pub algorithms: Vec<Algorithm>,
    /// `typ`.
    pub typ: String,
    /// Where the role stands; none where every token has the same.
    pub role_claim: Option<String>,
    /// Where the organisation stands; none where every token has the same, or none.
    pub organisation_claim: Option<String>,
    /// Where the plans stand; none where every token reaches all of them.
    pub plans_claim: Option<String>,
    /// Where the scopes stand; none where every token has all of them.
    pub scope_claim: Option<String>,
    /// The roles that it may give, by what the claim says.
    pub roles: BTreeMap<String, Role>,
    /// The organisations that it may speak for, by what the claim says.
    pub organisations: BTreeMap<String, String>,
    /// The plans that its tokens reach, at most.
    pub plans: Vec<String>,
    /// What its tokens may, at most.
    pub scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    issuers: Vec<Given>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    name: String,
    issuer: String,
    audience: String,
    jwks_url: String,
    ca_file: Option<PathBuf>,
    algorithms: Vec<String>,
    typ: Option<String>,
    role_claim: Option<String>,
    organisation_claim: Option<String>,
    plans_claim: Option<String>,
    scope_claim: Option<String>,
    roles: BTreeMap<String, String>,
    #[serde(default)]
    organisations: BTreeMap<String, String>,
    plans: Vec<String>,
    scopes: Vec<String>,
}

/// Reads the file of issuers; `own` is the issuer of this service's own tokens, which nobody else may be.
///
/// # Errors
/// The file cannot be read, or one of its issuers cannot be used: every fault, one a line.
pub fn read(path: &Path, own: &str) -> anyhow::Result<Vec<Trust>> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("the file {shown} cannot be read"))?;
    let file: File = toml::from_str(&text).with_context(|| format!("the file {shown} cannot be used"))?;
    let mut faults = Vec::new();
    let mut trusted: Vec<Trust> = Vec::new();
    for given in file.issuers {
        let name = given.name.clone();
        let mut fault = |cause: String| faults.push(format!("issuer '{name}': {cause}"));
        if given.issuer == own || trusted.iter().any(|other| other.issuer == given.issuer) {
            fault("`issuer` is this service's own, or given twice".into());
        }
        if trusted.iter().any(|other| other.name == given.name) {
            fault("`name` is given twice".into());
        }
        trusted.extend(check(given, &mut fault));
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(trusted)
}

fn check(given: Given, fault: &mut impl FnMut(String)) -> Option<Trust> {
    let is_name = |name: &str| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (1..=30).contains(&name.len()) && name.chars().all(is_plain)
    };
    if !is_name(&given.name) {
        fault("`name` is 1 to 30 small letters, digits and -".into());
    }
    for (key, value) in [("issuer", &given.issuer), ("audience", &given.audience)] {
        if value.trim().is_empty() {
            fault(format!("`{key}` is empty"));
        }
    }
    let jwks_url = jwks_url(&given.jwks_url);
    if jwks_url.is_none() {
        fault("`jwks_url` is not an https: address (or http: on this machine)".into());
    }
    let algorithms = algorithms(&given.algorithms, fault);
    let mut roles = BTreeMap::new();
    for (value, code) in &given.roles {
        match code.parse::<Role>() {
            Ok(Role::Public) | Err(_) => fault(format!("'{code}' is not a role that a token can have")),
            Ok(role) => {
                roles.insert(value.clone(), role);
            }
        }
    }
    if given.role_claim.is_none() && roles.len() != 1 {
        fault("without `role_claim` there is one role".into());
    }
    if given.organisation_claim.is_none() && given.organisations.len() > 1 {
        fault("without `organisation_claim` there is one organisation at most".into());
    }
    for scope in &given.scopes {
        let permission = scope.parse::<Permission>();
        if !permission.is_ok_and(|permission| roles.values().any(|role| role.may(permission))) {
            fault(format!("'{scope}' is not a scope, or none of a role that is given"));
        }
    }
    Some(Trust {
        name: given.name,
        issuer: given.issuer,
        audience: given.audience,
        jwks_url: jwks_url?,
        ca_file: given.ca_file,
        algorithms,
        typ: given.typ.unwrap_or_else(|| "at+jwt".into()),
        role_claim: given.role_claim,
        organisation_claim: given.organisation_claim,
        plans_claim: given.plans_claim,
        scope_claim: given.scope_claim,
        roles,
        organisations: given.organisations,
        plans: given.plans,
        scopes: given.scopes,
    })
}

/// An address from which nobody in between can make keys come: https, or this machine itself.
fn jwks_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_here = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let has_password = !url.username().is_empty() || url.password().is_some();
    (!has_password && (url.scheme() == "https" || (url.scheme() == "http" && is_here))).then_some(url)
}

/// Algorithms by which anybody can verify and one can sign.
fn algorithms(names: &[String], fault: &mut impl FnMut(String)) -> Vec<Algorithm> {
    let mut algorithms = Vec::new();
    for name in names {
        match name.parse::<Algorithm>() {
            Ok(algorithm) if !AlgorithmFamily::Hmac.algorithms().contains(&algorithm) => algorithms.push(algorithm),
            _ => fault(format!(
                "'{name}' is not one of EdDSA, ES256, ES384, RS256 to RS512, PS256 to PS512"
            )),
        }
    }
    if names.is_empty() {
        fault("`algorithms` is empty".into());
    }
    algorithms
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[issuers]]
        name = "kommune"
        issuer = "https://login.example.dk"
        audience = "api://helhedsplan"
        jwks_url = "https://login.example.dk/keys"
        algorithms = ["RS256", "ES256"]
        plans = ["fredericia-2023-2026"]
        scopes = ["measurements:read"]
        roles = { "Reporter" = "municipality" }
    "#;

    fn resolve(text: &str) -> Result<Vec<Trust>, String> {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        fs::write(&path, text).unwrap();
        read(&path, "http://127.0.0.1:8080").map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn an_issuer_is_trusted_with_what_the_file_says() {
        let trust = resolve(GOOD).unwrap().remove(0);
        assert_eq!((trust.typ.as_str(), trust.algorithms.len()), ("at+jwt", 2));
        assert_eq!(trust.roles["Reporter"], Role::Municipality);
        assert!(trust.organisations.is_empty());
    }

    #[test]
    fn every_fault_of_the_file_is_named() {
        let bad = GOOD
            .replace("https://login.example.dk/keys", "http://login.example.dk/keys")
            .replace("\"RS256\", \"ES256\"", "\"HS256\", \"none\"")
            .replace("measurements:read", "kendskabsgrad:read everything")
            .replace("\"kommune\"", "\"Kommune\"")
            .replace("municipality", "mayor");
        let error = resolve(&bad).unwrap_err();
        assert_eq!(error.lines().count(), 7, "{error}");
        for part in [
            "`name`",
            "`jwks_url`",
            "'HS256'",
            "'none'",
            "'mayor'",
            "one role",
            "everything",
        ] {
            assert!(error.contains(part), "{part} is not in {error}");
        }
        for (from, to, part) in [
            ("https://login.example.dk\"", "http://127.0.0.1:8080\"", "own"),
            ("municipality", "public", "'public'"),
            ("audience", "audiense", "audiense"),
            ("[\"RS256\", \"ES256\"]", "[]", "`algorithms` is empty"),
        ] {
            let error = resolve(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.contains(part), "{part} is not in {error}");
        }
        let twice = resolve(&format!("{GOOD}{GOOD}")).unwrap_err();
        assert!(twice.contains("given twice"), "{twice}");
    }

    #[test]
    fn keys_come_from_https_or_from_this_machine() {
        for good in [
            "https://a.dk/k",
            "http://127.0.0.1:1/k",
            "http://localhost/k",
            "http://[::1]/k",
        ] {
            assert!(jwks_url(good).is_some(), "{good}");
        }
        for bad in [
            "http://a.dk/k",
            "http://localhost.a.dk/k",
            "https://u:p@a.dk/k",
            "file:///k",
            "k",
        ] {
            assert!(jwks_url(bad).is_none(), "{bad}");
        }
    }
}
