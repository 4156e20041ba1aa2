//! Clients generated from the OpenAPI document, against a service of their own.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{
    service::Service,
    steps::{build, root, step},
};

/// What the tour needs.
const SCOPE: &str = "plan:read indicators:read measurements:read kendskabsgrad:read kendskabsgrad:write";

/// Lints the document, generates the clients and does the tour with them. Needs Node.js, Python and their registries.
pub(crate) fn clients() -> Result<()> {
    build()?;
    let service = Service::start()?;
    let [id, secret] = service.client(SCOPE)?;
    let mut tour = Command::new(root().join("tests/clients/run.sh"));
    step("Clients", tour.arg(service.url()).args([id, secret]))
        .ok()
        .context("the clients failed; what they said is above")
}
