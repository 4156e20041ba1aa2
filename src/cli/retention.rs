//! `helhedsplan retention`: what has been kept long enough is deleted.

use std::io::Write;

use clap::Args;
use helhedsplan::config::Config;
use helhedsplan::db;
use helhedsplan::retention::rules::{Limited, RULES};
use helhedsplan::retention::store;

use super::{chosen_plans, every_plan, in_words, open};

/// Of which plans, and whether to do it.
#[derive(Args)]
pub(crate) struct RetentionOptions {
    /// A plan, by code; may be given several times [default: every plan]
    #[arg(long)]
    plan: Vec<String>,
    /// Only tell how many records have been kept long enough
    #[arg(long, conflicts_with = "list")]
    dry_run: bool,
    /// Only print the table: each kind of record, how long it is kept, and why
    #[arg(long)]
    list: bool,
}

/// Deletes what has been kept long enough, and prints how many records of each kind and plan.
pub(crate) async fn run(config: &Config, options: RetentionOptions) -> anyhow::Result<()> {
    let days = |limited| days(config, limited);
    let mut out = std::io::stdout();
    if options.list {
        writeln!(out, "kind\tkept\tthen\twhy")?;
        for rule in RULES {
            let then = if rule.then.is_empty() { "-" } else { rule.then };
            writeln!(out, "{}\t{}\t{then}\t{}", rule.kind, rule.kept_in_words(days), rule.why)?;
        }
        return Ok(());
    }
    let db = open(config).await?;
    let plans = match options.plan.as_slice() {
        [] => every_plan(&db).await?,
        named => chosen_plans(&db, named).await?,
    };
    let now = db::now();
    writeln!(out, "plan\tkind\t{}", if options.dry_run { "due" } else { "deleted" })?;
    for plan in plans {
        let outcomes = match options.dry_run {
            true => store::due(db.read(), &plan, days, now).await,
            false => store::apply(&db, &plan, days, now).await,
        };
        for outcome in outcomes.map_err(in_words)? {
            writeln!(out, "{}\t{}\t{}", plan.code, outcome.kind, outcome.records)?;
        }
    }
    if !options.dry_run && !db.purge(&store::tables()).await? {
        tracing::warn!(
            "somebody was reading, so the database keeps what is deleted in its log for now; run this again"
        );
    }
    db.close().await?;
    Ok(())
}

fn days(config: &Config, limited: Limited) -> u32 {
    match limited {
        Limited::Answers | Limited::Assertions => 0,
        Limited::Imports => config.keep_imports_days,
        Limited::Credentials => config.keep_credentials_days,
        Limited::DeletedSessions => config.keep_deleted_sessions_days,
        Limited::Participation => config.keep_participation_days,
        Limited::ContingencyLog => config.keep_contingency_log_days,
    }
}
