//! `helhedsplan token`: an access token for no registered client.

use std::io::Write;
use std::time::Duration;

use helhedsplan::auth::issuer::{Issuer, NewToken};
use helhedsplan::auth::keys::{KeyRing, LONGEST_TOKEN};
use helhedsplan::auth::role::Role;
use helhedsplan::config::Config;
use helhedsplan::db;

use super::{check_organisation, check_role, chosen_plans, open, scopes};

/// The flags of the command.
#[derive(clap::Args)]
pub(crate) struct TokenOptions {
    /// secretariat, municipality, housing_organisation, board, fund or auditor
    #[arg(long)]
    role: Role,
    /// The holder's organisation, by code
    #[arg(long)]
    org: Option<String>,
    /// The plan, by code; repeat it for several [default: the only one there is]
    #[arg(long)]
    plan: Vec<String>,
    /// Scopes separated by spaces [default: all that the role may, but those given by name only: criteria:contested]
    #[arg(long)]
    scope: Option<String>,
    /// How long it is valid, such as 15m or 1h; at most 24h
    #[arg(long, default_value = "15m", value_parser = lifetime)]
    ttl: Duration,
}

/// A lifetime: these tokens cannot be taken back, so none is good for longer than a day.
fn lifetime(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration.as_secs() >= 1 && duration.as_secs() <= LONGEST_TOKEN.num_seconds().unsigned_abs() {
        Ok(duration)
    } else {
        Err("a token is valid for 1s to 24h".to_owned())
    }
}

/// Prints a token and nothing else.
pub(crate) async fn token(config: &Config, options: TokenOptions) -> anyhow::Result<()> {
    let (role, org) = (options.role, options.org.as_deref());
    check_role(role, org)?;
    let scope = match &options.scope {
        Some(text) => scopes(role, false, text)?,
        None => role.default_scope(),
    };
    let db = open(config).await?;
    let plans = chosen_plans(&db, &options.plan).await?;
    for plan in &plans {
        check_organisation(&db, plan, role, org).await?;
    }
    let new = NewToken {
        subject: org.unwrap_or(role.code()).to_owned(),
        role,
        organisation: options.org,
        plans: plans.into_iter().map(|plan| plan.code).collect(),
        scope,
        lifetime: options.ttl,
    };
    let keys = KeyRing::open(&config.keys_dir())?;
    let issuer = Issuer::new(keys, config.public_url.clone(), config.audience.clone());
    writeln!(std::io::stdout(), "{}", issuer.issue(&new, db::now())?)?;
    Ok(())
}
