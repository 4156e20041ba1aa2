//! The commands beside `serve`, and what they check alike.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod clients;
pub(crate) mod disclosure;
pub(crate) mod healthcheck;
pub(crate) mod keys;
pub(crate) mod read_tokens;
pub(crate) mod redact;
pub(crate) mod retention;
pub(crate) mod token;

use anyhow::{Context, bail};
use helhedsplan::auth;
use helhedsplan::auth::key_files::make_private_directory;
use helhedsplan::auth::role::Role;
use helhedsplan::backup::database_file;
use helhedsplan::clients::rules;
use helhedsplan::config::Config;
use helhedsplan::db::{Db, Window};
use helhedsplan::entities::plan;
use helhedsplan::problem::{At, FieldError, Language, in_words};
use helhedsplan::record::{Actor, Deed};
use helhedsplan::web::json;
use helhedsplan::{areas, plans};
use secrecy::ExposeSecret;

/// The longest name.
const MAX_NAME: usize = 100;

/// The database of the settings; the embedded one is made where it is missing.
pub(crate) async fn connect(config: &Config) -> anyhow::Result<Db> {
    if config.is_embedded() {
        // Small counts and keys: nobody else on the machine is to read them.
        make_private_directory(&config.data_dir)
            .with_context(|| format!("HELHEDSPLAN_DATA_DIR: {} cannot be made", config.data_dir.display()))?;
        // A folder that was there may be open to others; the database is not.
        helhedsplan::backup::reserve(config.database_url.expose_secret())?;
    }
    Db::connect(config.database_url.expose_secret(), config.database_max_connections)
        .await
        .context("HELHEDSPLAN_DATABASE_URL: the database cannot be reached")
}

/// The database of the settings, which has to be there and to have this program's schema: a command that looks at a database or
/// changes something in it makes none, so that one in the wrong folder says so.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Db> {
    if config.is_embedded() {
        let database = database_file(config.database_url.expose_secret())?;
        let is_there = database.try_exists();
        if !is_there.with_context(|| format!("{} cannot be looked at", database.display()))? {
            bail!(
                "there is no database at {} (HELHEDSPLAN_DATA_DIR, HELHEDSPLAN_DATABASE_URL); `helhedsplan serve` or \
                 `helhedsplan migrate` makes one",
                database.display()
            );
        }
    }
    let db = connect(config).await?;
    require_schema(&db).await?;
    Ok(db)
}

/// Stops where the database has not this program's schema.
pub(crate) async fn require_schema(db: &Db) -> anyhow::Result<()> {
    let pending = db.pending_migrations().await?;
    if pending > 0 {
        bail!("the database lacks {pending} migrations; run `helhedsplan migrate` first");
    }
    Ok(())
}

/// Says how many connections to PostgreSQL the service may come to hold, and warns where there are not so many.
pub(crate) async fn compare_connections(db: &Db, workers: usize) -> anyhow::Result<()> {
    let Some(allowed) = db.allowed_connections().await? else {
        return Ok(());
    };
    let most = db.most_connections(workers);
    if most > allowed {
        tracing::warn!(
            most,
            allowed,
            "the service may come to need more connections than PostgreSQL has for all its clients: raise max_connections, or set \
             HELHEDSPLAN_WORKERS or HELHEDSPLAN_DATABASE_MAX_CONNECTIONS"
        );
    } else {
        tracing::info!(most, allowed, "connections to PostgreSQL");
    }
    Ok(())
}

/// What a command that acts on the operator's behalf leaves in the record.
fn deed(operation: &str, target: String) -> Deed<'_> {
    Deed {
        actor: Actor::operator(),
        operation,
        target,
    }
}

/// Every plan of the database, oldest first.
async fn every_plan(db: &Db) -> anyhow::Result<Vec<plan::Model>> {
    let every = auth::Scope {
        plans: auth::Plans::Every,
        organisation: None,
    };
    let window = Window {
        limit: 1000,
        after: None,
    };
    Ok(plans::store::list(db.read(), &every, &window).await?)
}

/// The plans that are named, or the only one there is.
async fn chosen_plans(db: &Db, named: &[String]) -> anyhow::Result<Vec<plan::Model>> {
    let known = every_plan(db).await?;
    let codes: Vec<&str> = known.iter().map(|plan| plan.code.as_str()).collect();
    match (named.is_empty(), codes.as_slice()) {
        (true, [_]) => return Ok(known),
        (true, []) => bail!("--plan: the database holds no plan; `helhedsplan seed` loads one"),
        (true, several) => bail!("--plan: there are several plans, name one: {}", several.join(", ")),
        (false, _) => {}
    }
    let mut chosen = Vec::new();
    for code in named {
        match known.iter().find(|plan| plan.code == *code) {
            Some(plan) => chosen.push(plan.clone()),
            None => bail!("--plan: there is no plan '{code}'; there is {}", codes.join(", ")),
        }
    }
    Ok(chosen)
}

/// Stops where the role has no token, or lacks the organisation that it acts for.
fn check_role(role: Role, org: Option<&str>) -> anyhow::Result<()> {
    if role == Role::Public {
        bail!("--role public: whoever has no token is public");
    }
    if rules::needs_organisation(role) && org.is_none() {
        bail!("--org: the role {role} needs an organisation");
    }
    Ok(())
}

/// Stops where the plan has not the organisation, or the role does not act for its kind.
async fn check_organisation(db: &Db, plan: &plan::Model, role: Role, org: Option<&str>) -> anyhow::Result<()> {
    let Some(org) = org else { return Ok(()) };
    let kinds = areas::store::kinds_of_organisations(db.read(), plan.id).await?;
    let mut errors = Vec::new();
    rules::check_organisation(role, org, &kinds, nowhere(), &mut errors);
    stop(&format!("--org {org}"), errors)
}

/// The scopes as they are stored, each of which the role must have.
fn scopes(role: Role, reads_only: bool, text: &str) -> anyhow::Result<String> {
    let names: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let mut errors = Vec::new();
    let at = |index: usize| At::Parameter(names[index].clone().into());
    let granted = rules::check_scopes(role, reads_only, |_| true, &names, at, &mut errors);
    stop("--scope", errors)?;
    Ok(granted)
}

/// A name, read as one that comes in a request.
fn name(text: &str) -> anyhow::Result<String> {
    let mut errors = Vec::new();
    let node = json::parse(&serde_json::to_vec(text)?)?;
    let name = json::string(&node, &nowhere(), MAX_NAME, &mut errors);
    stop("--name", errors)?;
    name.context("--name cannot be used")
}

/// An error on the command line has no place but its flag.
fn nowhere() -> At {
    At::Pointer(String::new())
}

fn stop(flag: &str, errors: Vec<FieldError>) -> anyhow::Result<()> {
    let said: Vec<String> = errors
        .iter()
        .map(|error| match &error.at {
            At::Parameter(name) => format!("{name}: {}", error.detail.in_language(Language::English)),
            _ => error.detail.in_language(Language::English).to_owned(),
        })
        .collect();
    if said.is_empty() {
        Ok(())
    } else {
        bail!("{flag}: {}", said.join(" "))
    }
}
