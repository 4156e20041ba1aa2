//! `helhedsplan agreement …`: what an operator does with agreements as long as the board's decisions are not recorded here.

use std::io::Write;

use anyhow::Context;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use helhedsplan::agreements;
use helhedsplan::db::Db;
use helhedsplan::problem::{Language, Problem};
use helhedsplan::record::{Clock, Deed};

use super::chosen_plans;

/// What to do with an agreement.
#[derive(Subcommand)]
pub(crate) enum AgreementCommand {
    /// Put a draft in force, as the board decided; from then on it never changes
    InForce(InForceOptions),
}

/// Which draft, from when.
#[derive(Args)]
pub(crate) struct InForceOptions {
    /// The agreement, by code: strategisk, or the focus area's
    agreement: String,
    /// The draft's number
    version: i32,
    /// The first day from which it holds, such as 2024-07-01
    #[arg(long)]
    from: NaiveDate,
    /// The plan, by code [default: the only one there is]
    #[arg(long)]
    plan: Option<String>,
}

/// Carries out the command.
pub(crate) async fn run(db: &Db, command: AgreementCommand) -> anyhow::Result<()> {
    match command {
        AgreementCommand::InForce(options) => in_force(db, options).await,
    }
}

async fn in_force(db: &Db, options: InForceOptions) -> anyhow::Result<()> {
    let InForceOptions {
        agreement,
        version,
        from,
        plan,
    } = options;
    let mut plans = chosen_plans(db, plan.as_slice()).await?;
    let plan = plans.pop().context("--plan: there is no plan")?;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let deed = Deed {
        subject: "operator",
        operation: "put_agreement_in_force",
        target: format!("agreements/{agreement}/versions/{version}"),
        request_id: None,
    };
    let stamp = clock.tick(&transaction, deed).await?;
    let is_new = agreements::store::put_in_force(&transaction, &plan, &agreement, version, from, stamp)
        .await
        .map_err(in_words)?;
    let mut out = std::io::stdout();
    if is_new {
        transaction.commit().await?;
        writeln!(out, "version {version} of {agreement} is in force from {from}")?;
    } else {
        writeln!(out, "version {version} of {agreement} was in force from {from} already")?;
    }
    Ok(())
}

/// A problem as an error for the operator, with every reason.
fn in_words(problem: Problem) -> anyhow::Error {
    let view = problem.view(Language::English, None);
    let reasons: Vec<String> = view
        .errors
        .iter()
        .map(|error| {
            let place = error.pointer.as_ref().or(error.parameter.as_ref());
            format!("\n  {}: {}", place.map_or("", String::as_str), error.detail)
        })
        .collect();
    anyhow::anyhow!("{}. {}{}", view.title, view.detail, reasons.concat())
}
