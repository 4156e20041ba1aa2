//! A client that says what it was answered, and whether it was answered at all.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use ureq::Agent;

/// The path of the plan.
pub(super) const PLAN: &str = "/v1/plans/fredericia-2023-2026";

/// How long a read is asked again where the service says that it cannot answer now.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer: its status and its body. None where there was none, or only a part of one.
pub(super) type Sent = Option<(u16, String)>;

/// Somebody with an access token.
#[derive(Clone)]
pub(super) struct Client {
    agent: Agent,
    token: String,
}

impl Client {
    pub(super) fn new(token: String) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)));
        Self {
            agent: config.build().into(),
            token,
        }
    }

    /// Reads an address; a service that has just lost its database may say for a while that it cannot answer (503).
    pub(super) fn get(&self, url: &str) -> Result<(u16, String)> {
        let start = Instant::now();
        loop {
            let (status, body) = self.get_once(url)?;
            if status != 503 || start.elapsed() > PATIENCE {
                return Ok((status, body));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Reads an address and takes the answer as it is.
    pub(super) fn get_once(&self, url: &str) -> Result<(u16, String)> {
        let mut response = self
            .agent
            .get(url)
            .header("authorization", format!("Bearer {}", self.token))
            .call()?;
        let status = response.status().as_u16();
        Ok((status, response.body_mut().read_to_string()?))
    }

    /// Reads a JSON document that must be there.
    pub(super) fn json(&self, url: &str) -> Result<Value> {
        let (status, body) = self.get(url)?;
        ensure!(status == 200, "{url}: {status} {body}");
        serde_json::from_str(&body).with_context(|| format!("{url}: {body}"))
    }

    /// Sends a write, with a key under which it may be sent again.
    pub(super) fn post(&self, url: &str, key: &str, media_type: &str, body: &str) -> Sent {
        let sent = self
            .agent
            .post(url)
            .header("authorization", format!("Bearer {}", self.token))
            .header("idempotency-key", key)
            .header("content-type", media_type)
            .send(body);
        let mut response = sent.ok()?;
        let status = response.status().as_u16();
        Some((status, response.body_mut().read_to_string().ok()?))
    }

    /// Sends a write that must succeed, and gives the answer.
    pub(super) fn done(&self, url: &str, key: &str, body: &Value) -> Result<Value> {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let start = Instant::now();
        loop {
            match self.post(url, key, "application/json", &text) {
                Some((200 | 201, answer)) => return Ok(serde_json::from_str(&answer)?),
                // It is sent again under its key; what the key stands for happens once.
                None | Some((503, _)) if start.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
                answer => anyhow::bail!("{url}: {answer:?}"),
            }
        }
    }
}
