//! `helhedsplan healthcheck`: asks the service on this machine whether it is ready, for containers that hold no other program.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use anyhow::Context;
use helhedsplan::config::Config;
use ureq::Agent;

/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Ends well if `/readyz` does.
pub(crate) fn healthcheck(config: &Config) -> anyhow::Result<()> {
    let mut address = config.listen;
    // Who listens on every address listens here, too.
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let settings = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .proxy(None)
        .build();
    let url = format!("http://{address}/readyz");
    Agent::new_with_config(settings)
        .get(&url)
        .call()
        .with_context(|| format!("{url} does not say that the service is ready"))?;
    Ok(())
}
