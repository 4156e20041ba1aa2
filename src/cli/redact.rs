//! `helhedsplan redact`: a text that should not have been written is taken out by the operator.

use std::io::{Read, Write};

use anyhow::Context;
use clap::Args;
use helhedsplan::db::Db;
use helhedsplan::record::Actor;
use helhedsplan::redactions::read;
use helhedsplan::redactions::store::redact;
use helhedsplan::web::json;

use super::{chosen_plans, in_words};

/// What is taken out, and why. The text itself is read from standard input: arguments can be seen by others on the machine.
#[derive(Args)]
pub(crate) struct RedactOptions {
    /// The plan, by code [default: the only one there is]
    #[arg(long)]
    plan: Option<String>,
    /// Why; it stays, so it must not say again what is taken out
    #[arg(long)]
    reason: String,
    /// Only tell where the text stands
    #[arg(long)]
    dry_run: bool,
}

/// Takes the text out of the plan, and prints the receipt.
pub(crate) async fn run(db: &Db, options: RedactOptions) -> anyhow::Result<()> {
    let named: Vec<String> = options.plan.into_iter().collect();
    let plans = chosen_plans(db, &named).await?;
    let plan = plans.first().context("--plan: there is no such plan")?;
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("the text cannot be read from standard input as UTF-8")?;
    let body = serde_json::json!({ "text": text, "reason": options.reason, "dry_run": options.dry_run });
    let node = json::parse(&serde_json::to_vec(&body)?).map_err(in_words)?;
    let order = read::order(&node).map_err(in_words)?;
    let receipt = redact(db, plan.id, &order, Actor::operator()).await.map_err(in_words)?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&receipt)?)?;
    Ok(())
}
