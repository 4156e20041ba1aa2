//! The keys of a trusted issuer, as they are known: fetched beside the requests, remembered, and trusted for a while when the
//! issuer does not answer.
//!
//! They are fetched every [`RENEWED`], and when a token names a key that is not known; whatever the reason, once in [`REST`]
//! at most, so that a flood of made-up key ids is one fetch. When the issuer does not answer, the keys that are known stay good
//! for [`TRUSTED`] after they were last fetched.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig};
use url::Url;

use super::settings::Trust;
use crate::auth::jwks::{MOST_KEYS, PublicKey};

/// How often keys are fetched where nothing else asks for it.
pub const RENEWED: TimeDelta = TimeDelta::minutes(10);
/// The least time between two fetches.
pub const REST: TimeDelta = TimeDelta::seconds(30);
/// How long keys are trusted that cannot be fetched again.
pub const TRUSTED: TimeDelta = TimeDelta::hours(24);
/// How long a fetch may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest set of keys.
const MOST_BYTES: u64 = 512 * 1024;

/// The keys of one issuer.
pub struct Keys {
    name: String,
    url: Url,
    agent: Agent,
    known: ArcSwapOption<Known>,
    /// When a fetch was last begun, in seconds since 1970.
    begun_at: AtomicI64,
    /// A token named a key that is not known.
    is_asked: AtomicBool,
}

/// The keys as they were fetched.
pub struct Known {
    keys: HashMap<String, PublicKey>,
    /// Of the text that they were read from.
    digest: [u8; 32],
    fetched_at: DateTime<Utc>,
}

impl Known {
    /// The key of this id. A token that names none fits none.
    pub fn find(&self, kid: Option<&str>) -> Option<&PublicKey> {
        self.keys.get(kid?)
    }

    /// Until when they are trusted unless they are fetched again, in seconds since 1970.
    pub fn good_until(&self) -> i64 {
        (self.fetched_at + TRUSTED).timestamp()
    }
}

impl Keys {
    pub(super) fn new(trust: &Trust) -> anyhow::Result<Self> {
        let mut config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent("helhedsplan");
        if trust.jwks_url.scheme() == "http" {
            // On this machine: no proxy stands between.
            config = config.proxy(None);
        }
        if let Some(path) = &trust.ca_file {
            let pem = fs::read(path).with_context(|| format!("the file {} cannot be read", path.display()))?;
            let certificates: Vec<_> = ureq::tls::parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            if certificates.is_empty() {
                bail!("the file {} holds no certificate", path.display());
            }
            let roots = RootCerts::Specific(Arc::new(certificates));
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Ok(Self {
            name: trust.name.clone(),
            url: trust.jwks_url.clone(),
            agent: config.build().new_agent(),
            known: ArcSwapOption::empty(),
            begun_at: AtomicI64::new(i64::MIN),
            is_asked: AtomicBool::new(false),
        })
    }

    /// The keys, as long as they are trusted.
    pub fn current(&self, now: DateTime<Utc>) -> Option<Arc<Known>> {
        self.known.load_full().filter(|known| now - known.fetched_at <= TRUSTED)
    }

    /// Asks for the keys to be fetched when it is time again.
    pub fn ask(&self) {
        self.is_asked.store(true, Ordering::Relaxed);
    }

    /// Whether the keys are to be fetched now; if so, a fetch counts as begun.
    pub fn begin(&self, now: DateTime<Utc>) -> bool {
        let begun_at = self.begun_at.load(Ordering::Relaxed);
        // Also when the clock was set back.
        let has_rested = now.timestamp().abs_diff(begun_at) >= REST.num_seconds().unsigned_abs();
        let known = self.known.load();
        let is_old = known.as_ref().is_none_or(|known| now - known.fetched_at >= RENEWED);
        let is_due = has_rested && (is_old || self.is_asked.load(Ordering::Relaxed));
        let exchange = |to| {
            self.begun_at
                .compare_exchange(begun_at, to, Ordering::Relaxed, Ordering::Relaxed)
        };
        if !is_due || exchange(now.timestamp()).is_err() {
            return false;
        }
        self.is_asked.store(false, Ordering::Relaxed);
        true
    }

    /// Fetches the keys, on a thread that may wait; says whether they are others than before.
    pub fn fetch(&self, now: DateTime<Utc>) -> bool {
        let fetched = get(&self.agent, &self.url).and_then(|text| read(&text, now));
        match fetched {
            Ok(new) => {
                let is_new = self.known.load().as_ref().is_none_or(|old| old.digest != new.digest);
                if is_new {
                    tracing::info!(issuer = self.name, keys = new.keys.len(), "an issuer's keys are new");
                }
                self.known.store(Some(Arc::new(new)));
                is_new
            }
            Err(error) => {
                let error = format!("{error:#}");
                tracing::warn!(issuer = self.name, error, "an issuer's keys cannot be fetched");
                false
            }
        }
    }
}

fn get(agent: &Agent, url: &Url) -> anyhow::Result<Vec<u8>> {
    let accepted = "application/jwk-set+json, application/json";
    let mut response = agent.get(url.as_str()).header("accept", accepted).call()?;
    if response.status().as_u16() != 200 {
        bail!("the answer is {}", response.status());
    }
    Ok(response.body_mut().with_config().limit(MOST_BYTES).read_to_vec()?)
}

/// The keys of a set that can be used: others may stand beside them (RFC 7517, section 5).
fn read(text: &[u8], now: DateTime<Utc>) -> anyhow::Result<Known> {
    let set: Value = serde_json::from_slice(text).context("it is not JSON")?;
    let given = set
        .get("keys")
        .and_then(Value::as_array)
        .context("it is no set of keys")?;
    let usable = given.iter().take(MOST_KEYS).filter_map(|key| PublicKey::read(key).ok());
    let keys: HashMap<String, PublicKey> = usable.filter_map(|key| Some((key.kid.clone()?, key))).collect();
    if keys.is_empty() {
        bail!("none of its keys can be used");
    }
    Ok(Known {
        keys,
        digest: Sha256::digest(text).into(),
        fetched_at: now,
    })
}
