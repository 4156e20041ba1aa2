//! What a token of a trusted issuer says, and whom it is taken for.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Number, Value};

use super::settings::Trust;
use crate::auth::claims::{Caller, Plans, Scope};
use crate::auth::issuer::LEEWAY_SECONDS;
use crate::text::has_personal_number;

/// The longest subject.
const MOST_SUBJECT: usize = 200;
/// Later than any instant that a token can mean, in seconds since 1970.
const LATEST: f64 = 1e15;

/// The claims of a token whose signature is good.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct ExternalClaims(Value);

impl ExternalClaims {
    /// When the token ends, in seconds since 1970, if it is this service's to accept, and now.
    pub(super) fn accepted(&self, trust: &Trust, now: DateTime<Utc>) -> Option<i64> {
        let now = now.timestamp();
        let is_for_us = match self.0.get("aud")? {
            Value::String(one) => *one == trust.audience,
            Value::Array(several) => several.iter().any(|one| *one == trust.audience),
            _ => false,
        };
        let exp = instant(self.0.get("exp")?)?;
        let begins = match self.0.get("nbf") {
            None => i64::MIN,
            Some(nbf) => instant(nbf)?.saturating_sub(LEEWAY_SECONDS),
        };
        let issued = match self.0.get("iat") {
            None => i64::MIN,
            Some(iat) => instant(iat)?.saturating_sub(LEEWAY_SECONDS),
        };
        let is_now = begins.max(issued) <= now && now < exp.saturating_add(LEEWAY_SECONDS);
        let is_good = self.text("iss")? == trust.issuer && is_for_us && is_now && self.subject().is_some();
        is_good.then_some(exp)
    }

    /// Whom it lets in. A role or an organisation that the issuer may not give lets nobody do anything: a valid token, and 403.
    pub(super) fn caller(&self, trust: &Trust, exp: i64) -> Arc<Caller> {
        let role = match &trust.role_claim {
            None => trust.roles.values().next().copied(),
            Some(claim) => self.one_of(claim, &trust.roles),
        };
        let (role, organisation) = match (&trust.organisation_claim, role) {
            (None, role) => (role, trust.organisations.values().next().cloned()),
            (Some(claim), role) if self.words(claim).is_empty() => (role, None),
            (Some(claim), role) => match self.one_of(claim, &trust.organisations) {
                Some(organisation) => (role, Some(organisation)),
                None => (None, None),
            },
        };
        let plans = self.narrowed(trust.plans_claim.as_deref(), &trust.plans);
        let scopes = self.narrowed(trust.scope_claim.as_deref(), &trust.scopes);
        let subject = format!("{}:{}", trust.name, self.subject().unwrap_or_default());
        let scope = Scope {
            plans: Plans::Named(plans),
            organisation,
        };
        Caller::of_external(subject, role, scope, &scopes, exp)
    }

    /// The subject: short, of characters that can stand in a line of a log, and no personal number: it stays in the audit log.
    fn subject(&self) -> Option<&str> {
        let subject = self.text("sub")?;
        let is_fine =
            (1..=MOST_SUBJECT).contains(&subject.len()) && subject.bytes().all(|byte| byte.is_ascii_graphic());
        (is_fine && !has_personal_number(subject)).then_some(subject)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// The texts at a claim or JSON pointer: one text with spaces between, or an array of texts.
    fn words(&self, claim: &str) -> Vec<&str> {
        let found = if claim.starts_with('/') {
            self.0.pointer(claim)
        } else {
            self.0.get(claim)
        };
        match found {
            Some(Value::String(text)) => text.split(' ').filter(|word| !word.is_empty()).collect(),
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The one thing that the claim's words stand for; none where they stand for nothing, or for several.
    fn one_of<T: Clone + PartialEq>(&self, claim: &str, table: &BTreeMap<String, T>) -> Option<T> {
        let mut found = self.words(claim).into_iter().filter_map(|word| table.get(word));
        let first = found.next()?;
        found.all(|other| other == first).then(|| first.clone())
    }

    /// What of `most` the claim names; all of it where no claim is looked at.
    fn narrowed(&self, claim: Option<&str>, most: &[String]) -> Vec<String> {
        let Some(claim) = claim else { return most.to_vec() };
        let named = self.words(claim);
        most.iter()
            .filter(|one| named.contains(&one.as_str()))
            .cloned()
            .collect()
    }
}

/// A `NumericDate` (RFC 7519, section 2) in whole seconds.
fn instant(value: &Value) -> Option<i64> {
    let number: &Number = value.as_number()?;
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    let seconds = number.as_f64().filter(|seconds| seconds.abs() < LATEST)?;
    Some(seconds as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::role::Role;
    use serde_json::json;
    use url::Url;

    fn trust() -> Trust {
        Trust {
            name: "kommune".into(),
            issuer: "https://i".into(),
            audience: "us".into(),
            jwks_url: Url::parse("https://i/keys").unwrap(),
            ca_file: None,
            algorithms: Vec::new(),
            typ: "at+jwt".into(),
            role_claim: Some("/access/roles".into()),
            organisation_claim: Some("dep".into()),
            plans_claim: Some("plans".into()),
            scope_claim: Some("scp".into()),
            roles: [("R".to_owned(), Role::Municipality), ("B".to_owned(), Role::Board)].into(),
            organisations: [("1".to_owned(), "jobcenter".to_owned())].into(),
            plans: vec!["p".into(), "q".into()],
            scopes: vec!["measurements:read".into(), "plan:read".into()],
        }
    }

    fn claims(change: Value) -> ExternalClaims {
        let mut claims = json!({"iss": "https://i", "aud": "us", "sub": "s", "exp": 1000,
            "access": {"roles": ["other", "R"]}, "dep": "1", "plans": ["p", "z"], "scp": "measurements:read plan:write"});
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        serde_json::from_value(claims).unwrap()
    }

    #[test]
    fn a_token_gives_what_its_issuer_may_give_and_no_more() {
        let caller = claims(json!({})).caller(&trust(), 1000);
        assert_eq!(
            (caller.subject.as_str(), caller.role),
            ("kommune:s", Some(Role::Municipality))
        );
        assert_eq!(caller.scope.organisation.as_deref(), Some("jobcenter"));
        assert_eq!(caller.scope.plans, Plans::Named(vec!["p".into()]));
        let scopes: Vec<_> = caller.permissions.iter().map(|permission| permission.scope()).collect();
        assert_eq!(scopes, ["measurements:read"]);
        assert_eq!(caller.registered_client(), None);
        for change in [
            json!({"access": {"roles": ["other"]}}),
            json!({"access": {"roles": ["R", "B"]}}),
            json!({"access": null}),
            json!({"dep": "2"}),
        ] {
            let caller = claims(change.clone()).caller(&trust(), 1000);
            assert!(caller.role.is_none() && caller.permissions.is_empty(), "{change}");
        }
        let caller = claims(json!({"dep": null, "scp": null, "plans": 1})).caller(&trust(), 1000);
        assert_eq!(caller.scope.organisation, None);
        assert_eq!(caller.scope.plans, Plans::Named(Vec::new()));
        assert!(caller.permissions.is_empty());
    }

    #[test]
    fn without_claims_to_look_at_every_token_is_the_same() {
        let mut trust = trust();
        trust.roles.remove("B");
        trust.role_claim = None;
        trust.organisation_claim = None;
        trust.plans_claim = None;
        trust.scope_claim = None;
        let caller = claims(json!({"access": 1, "dep": "2", "scp": ""})).caller(&trust, 1000);
        assert_eq!(caller.role, Some(Role::Municipality));
        assert_eq!(caller.scope.plans, Plans::Named(vec!["p".into(), "q".into()]));
        assert_eq!(caller.permissions.len(), 2);
    }

    #[test]
    fn only_tokens_for_this_service_and_for_now_are_accepted() {
        let at = |seconds: i64, change: Value| {
            claims(change).accepted(&trust(), DateTime::from_timestamp(seconds, 0).unwrap())
        };
        assert_eq!(at(0, json!({"aud": ["x", "us"], "exp": 1000.5})), Some(1000));
        assert_eq!(at(1029, json!({})), Some(1000));
        assert_eq!(at(1030, json!({})), None);
        assert_eq!(at(70, json!({"nbf": 100})), Some(1000));
        assert_eq!(at(69, json!({"nbf": 100})), None);
        assert_eq!(at(70, json!({"iat": 100})), Some(1000));
        assert_eq!(at(69, json!({"iat": 100})), None);
        for change in [
            json!({"iss": "https://j"}),
            json!({"iss": null}),
            json!({"aud": "them"}),
            json!({"aud": null}),
            json!({"sub": ""}),
            json!({"sub": 1}),
            json!({"sub": "a\nb"}),
            json!({"sub": "010190-1234"}),
            json!({"sub": "dk:0101901234"}),
            json!({"sub": "s".repeat(201)}),
            json!({"exp": "1000"}),
            json!({"exp": -31}),
            json!({"exp": null}),
            json!({"nbf": "0"}),
            json!({"exp": serde_json::from_str::<Value>("1e308").unwrap()}),
            json!({"exp": serde_json::from_str::<Value>("1e999").unwrap()}),
        ] {
            assert_eq!(at(0, change.clone()), None, "{change}");
        }
    }
}
