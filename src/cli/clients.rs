//! `helhedsplan client`: registered clients, of every role.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::TimeDelta;
use clap::Subcommand;
use helhedsplan::auth::role::Role;
use helhedsplan::auth::secret::{self, CLIENT_SECRET, NewSecret};
use helhedsplan::clients::rules::{Client, MOST_OVERLAP_HOURS, OVERLAP_HOURS, Registration, check_keys, public_part};
use helhedsplan::clients::store::{self, Hashed};
use helhedsplan::config::Config;
use helhedsplan::db::{Db, Window};
use helhedsplan::entities::plan;
use helhedsplan::problem::{At, ProblemKind};
use helhedsplan::record::Clock;
use secrecy::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

use super::{check_organisation, check_role, chosen_plans, deed, every_plan, name, open, scopes, stop};

/// What to do with clients.
#[derive(Subcommand)]
pub(crate) enum ClientCommand {
    /// Register a client; prints CLIENT_ID and CLIENT_SECRET, each a line, and nothing else. The secret is shown once
    Add {
        /// What people call it; no names of persons
        #[arg(long)]
        name: String,
        /// secretariat, municipality, housing_organisation, board, fund or auditor
        #[arg(long)]
        role: Role,
        /// The organisation for which it acts, by code
        #[arg(long)]
        org: Option<String>,
        /// The plan, by code [default: the only one there is]
        #[arg(long)]
        plan: Option<String>,
        /// Scopes separated by spaces: all that it will ever have; none given, none had
        #[arg(long)]
        scope: String,
        /// File with its public keys, a JSON Web Key Set: it then proves itself by a signature, and gets no secret
        #[arg(long)]
        jwks: Option<PathBuf>,
    },
    /// Replace a client's public keys
    Keys {
        /// The client's id
        id: Uuid,
        /// File with the public keys, a JSON Web Key Set; an empty set takes all keys away
        #[arg(long)]
        jwks: PathBuf,
    },
    /// List the clients, one a line; never their secrets
    List {
        /// The plan, by code [default: every plan]
        #[arg(long)]
        plan: Option<String>,
    },
    /// Replace a client's secret; prints the client's id and new secret as `add` does
    Rotate {
        /// The client's id
        id: Uuid,
        /// For how many hours the secret before stays good; 0 ends it at once
        #[arg(long, default_value_t = OVERLAP_HOURS, value_parser = clap::value_parser!(i64).range(0..=MOST_OVERLAP_HOURS))]
        overlap_hours: i64,
    },
    /// Revoke a client and its tokens: running services see it within a second
    Revoke {
        /// The client's id
        id: Uuid,
    },
}

/// Does it.
pub(crate) async fn client(config: &Config, command: ClientCommand) -> anyhow::Result<()> {
    let db = open(config).await?;
    match command {
        ClientCommand::Add {
            name: text,
            role,
            org,
            plan,
            scope,
            jwks,
        } => {
            check_role(role, org.as_deref())?;
            let plan = only(&db, plan).await?;
            check_organisation(&db, &plan, role, org.as_deref()).await?;
            let new = Registration {
                name: name(&text)?,
                role,
                organisation: org,
                scope: scopes(role, false, &scope)?,
            };
            match jwks {
                Some(path) => add_with_keys(&db, &plan, &new, &key_set(&path)?).await,
                None => add(&db, &plan, &new).await,
            }
        }
        ClientCommand::Keys { id, jwks } => set_keys(&db, id, &key_set(&jwks)?).await,
        ClientCommand::List { plan } => list(&db, plan).await,
        ClientCommand::Rotate { id, overlap_hours } => rotate(&db, id, TimeDelta::hours(overlap_hours)).await,
        ClientCommand::Revoke { id } => revoke(&db, id).await,
    }
}

/// The plan that is named, or the only one there is.
pub(super) async fn only(db: &Db, named: Option<String>) -> anyhow::Result<plan::Model> {
    let named: Vec<String> = named.into_iter().collect();
    match chosen_plans(db, &named).await?.pop() {
        Some(plan) => Ok(plan),
        None => bail!("--plan: there is none"),
    }
}

fn new_secret() -> anyhow::Result<(NewSecret, Hashed)> {
    let secret = NewSecret::make(CLIENT_SECRET)?;
    let hashed = Hashed::new(&secret, secret::hash(secret.text.expose_secret())?);
    Ok((secret, hashed))
}

async fn add(db: &Db, plan: &plan::Model, new: &Registration) -> anyhow::Result<()> {
    let (secret, hashed) = new_secret()?;
    let id = Uuid::now_v7();
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let deed = deed("register_client", format!("clients/{id}"));
    store::add(&transaction, clock, plan.id, id, new, hashed, deed).await?;
    transaction.commit().await?;
    show(id, &secret)
}

async fn add_with_keys(db: &Db, plan: &plan::Model, new: &Registration, keys: &[Value]) -> anyhow::Result<()> {
    let id = Uuid::now_v7();
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan.id).await?;
    let deed = deed("register_client", format!("clients/{id}"));
    store::add_with_keys(&transaction, clock, plan.id, id, new, keys, deed).await?;
    transaction.commit().await?;
    writeln!(std::io::stdout(), "CLIENT_ID={id}")?;
    Ok(())
}

async fn set_keys(db: &Db, id: Uuid, keys: &[Value]) -> anyhow::Result<()> {
    let plan_id = find(db, id).await?.row.plan_id;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let client = store::find(&transaction, plan_id, &Role::ALL, id).await?;
    if client.row.revoked_at.is_some() {
        bail!("the client {id} is revoked; register another");
    }
    let deed = deed("put_client_keys", format!("clients/{id}"));
    store::set_keys(&transaction, clock, &client, keys, deed).await?;
    transaction.commit().await?;
    tracing::info!(client = %id, keys = keys.len(), "the client has these keys");
    Ok(())
}

/// The keys of a file, of each what is kept.
fn key_set(path: &Path) -> anyhow::Result<Vec<Value>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("--jwks: the file {shown} cannot be read"))?;
    let set: Value = serde_json::from_str(&text).with_context(|| format!("--jwks: the file {shown} is not JSON"))?;
    let Some(keys) = set.get("keys").and_then(Value::as_array) else {
        bail!("--jwks: the file {shown} is no JSON Web Key Set: it has no `keys`");
    };
    let mut errors = Vec::new();
    check_keys(keys, |index| At::Parameter(format!("key {index}").into()), &mut errors);
    stop("--jwks", errors)?;
    Ok(keys.iter().map(public_part).collect())
}

/// The only place where the command line prints a client's secret.
fn show(id: Uuid, secret: &NewSecret) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "CLIENT_ID={id}")?;
    writeln!(out, "CLIENT_SECRET={}", secret.text.expose_secret())?;
    Ok(())
}

async fn list(db: &Db, plan: Option<String>) -> anyhow::Result<()> {
    let plans = match plan {
        Some(code) => chosen_plans(db, &[code]).await?,
        None => every_plan(db).await?,
    };
    let everything = Window {
        limit: 10_000,
        after: None,
    };
    let mut out = std::io::stdout();
    writeln!(out, "id\tplan\trole\torganisation\tstate\tsecrets\tscopes\tname")?;
    for plan in plans {
        for client in store::list(db.read(), plan.id, &Role::ALL, &everything, true).await? {
            let row = &client.row;
            let state = row
                .revoked_at
                .map_or("active".to_owned(), |at| format!("revoked {at:?}"));
            let handles: Vec<&str> = client.secrets.iter().map(|secret| secret.handle.as_str()).collect();
            let organisation = row.organisation.as_deref().unwrap_or("-");
            writeln!(
                out,
                "{}\t{}\t{}\t{organisation}\t{state}\t{}\t{}\t{}",
                row.id,
                plan.code,
                row.role,
                handles.join(","),
                row.scope,
                row.name
            )?;
        }
    }
    Ok(())
}

/// The client of this id, whatever its plan.
async fn find(db: &Db, id: Uuid) -> anyhow::Result<Client> {
    for plan in every_plan(db).await? {
        match store::find(db.read(), plan.id, &Role::ALL, id).await {
            Err(problem) if problem.kind() == ProblemKind::NotFound => {}
            found => return Ok(found?),
        }
    }
    bail!("there is no client {id}; `helhedsplan client list` shows them all")
}

async fn rotate(db: &Db, id: Uuid, overlap: TimeDelta) -> anyhow::Result<()> {
    let plan_id = find(db, id).await?.row.plan_id;
    let (secret, hashed) = new_secret()?;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let client = store::find(&transaction, plan_id, &Role::ALL, id).await?;
    if client.row.revoked_at.is_some() {
        bail!("the client {id} is revoked; register another");
    }
    let deed = deed("rotate_client", format!("clients/{id}"));
    store::rotate(&transaction, clock, &client, hashed, overlap, deed).await?;
    transaction.commit().await?;
    show(id, &secret)
}

async fn revoke(db: &Db, id: Uuid) -> anyhow::Result<()> {
    let plan_id = find(db, id).await?.row.plan_id;
    let transaction = db.begin().await?;
    let clock = Clock::lock(&transaction, plan_id).await?;
    let client = store::find(&transaction, plan_id, &Role::ALL, id).await?;
    if client.row.revoked_at.is_none() {
        let deed = deed("revoke_client", format!("clients/{id}"));
        store::revoke(&transaction, clock, &client, deed).await?;
        transaction.commit().await?;
    }
    tracing::info!(client = %id, "revoked");
    Ok(())
}
