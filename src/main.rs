//! The command line.

mod cli {
    pub(crate) mod agreement;
}

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use helhedsplan::app::build_app;
use helhedsplan::auth::issuer::{Issuer, NewToken};
use helhedsplan::auth::keys::{KeyRing, make_private_directory};
use helhedsplan::auth::role::{Permission, Role};
use helhedsplan::config::{Config, Settings};
use helhedsplan::db::{self, Db, Window};
use helhedsplan::seed::{self, Loaded, Source};
use helhedsplan::state::AppState;
use helhedsplan::{areas, auth, openapi, plans, telemetry};
use secrecy::ExposeSecret;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A headless REST/JSON API that holds a Danish social-housing plan as live data.
#[derive(Parser)]
#[command(version, about)]
struct CommandLine {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (also without a command). An empty embedded database gets its schema and the Fredericia plan
    Serve,
    /// Bring the database's schema up to date
    Migrate,
    /// Load a plan: what is there already stays as it is
    Seed {
        /// A folder of files as in seeds/; the Fredericia plan where absent
        #[arg(long)]
        from: Option<PathBuf>,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Print an access token and nothing else
    Token(TokenOptions),
    /// Put a draft of an agreement in force
    #[command(subcommand)]
    Agreement(cli::agreement::AgreementCommand),
}

#[derive(clap::Args)]
struct TokenOptions {
    /// secretariat, municipality, housing_organisation, board, fund or auditor
    #[arg(long)]
    role: Role,
    /// The holder's organisation, by code
    #[arg(long)]
    org: Option<String>,
    /// The plan, by code; repeat it for several [default: the only one there is]
    #[arg(long)]
    plan: Vec<String>,
    /// Scopes separated by spaces [default: all that the role may]
    #[arg(long)]
    scope: Option<String>,
    /// How long it is valid, such as 15m or 1h; at most 24h
    #[arg(long, default_value = "15m", value_parser = lifetime)]
    ttl: Duration,
}

/// A lifetime: tokens cannot be taken back, so none is good for longer than a day.
fn lifetime(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if (1..=24 * 60 * 60).contains(&duration.as_secs()) {
        Ok(duration)
    } else {
        Err("a token is valid for 1s to 24h".to_owned())
    }
}

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    let command_line = CommandLine::parse();
    match run(command_line).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "helhedsplan: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(command_line: CommandLine) -> anyhow::Result<()> {
    // Needs no settings, so that it works anywhere.
    if matches!(command_line.command, Some(Command::Openapi)) {
        return print_document();
    }
    let config = command_line.settings.resolve()?;
    telemetry::init(&config)?;
    match command_line.command {
        None | Some(Command::Serve) => serve(config).await,
        Some(Command::Migrate) => {
            connect(&config).await?.migrate().await?;
            tracing::info!("the schema is up to date");
            Ok(())
        }
        Some(Command::Seed { from }) => {
            let db = connect(&config).await?;
            require_schema(&db).await?;
            report(&seed::load(&db, &from.map_or(Source::Fredericia, Source::Folder)).await?);
            Ok(())
        }
        Some(Command::Token(options)) => token(&config, options).await,
        Some(Command::Agreement(command)) => {
            let db = connect(&config).await?;
            require_schema(&db).await?;
            cli::agreement::run(&db, command).await
        }
        Some(Command::Openapi) => print_document(),
    }
}

fn print_document() -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(openapi::json().as_bytes())?)
}

async fn connect(config: &Config) -> anyhow::Result<Db> {
    if config.is_embedded() {
        // Small counts and keys: nobody else on the machine is to read them.
        make_private_directory(&config.data_dir)
            .with_context(|| format!("HELHEDSPLAN_DATA_DIR: {} cannot be made", config.data_dir.display()))?;
    }
    Db::connect(config.database_url.expose_secret(), config.database_max_connections)
        .await
        .context("HELHEDSPLAN_DATABASE_URL: the database cannot be reached")
}

async fn require_schema(db: &Db) -> anyhow::Result<()> {
    let pending = db.pending_migrations().await?;
    if pending > 0 {
        bail!("the database lacks {pending} migrations; run `helhedsplan migrate` first");
    }
    Ok(())
}

fn report(loaded: &Loaded) {
    tracing::info!(
        plan = loaded.plan,
        rows = loaded.rows,
        extracts = loaded.extracts,
        agreements = loaded.agreements,
        measurements = loaded.measurements,
        "loaded"
    );
}

fn issuer(config: &Config) -> anyhow::Result<Issuer> {
    let keys = KeyRing::open(&config.keys_dir())?;
    Ok(Issuer::new(keys, config.public_url.clone(), config.audience.clone()))
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let db = connect(&config).await?;
    if config.is_embedded() {
        db.migrate().await?;
        if seed::is_empty(db.read()).await? {
            report(&seed::load(&db, &Source::Fredericia).await?);
        }
    } else {
        require_schema(&db).await?;
        if seed::is_empty(db.read()).await? {
            tracing::warn!("the database holds no plan; `helhedsplan seed` loads one");
        }
    }
    let state = AppState {
        db: db.clone(),
        auth: Arc::new(issuer(&config)?),
        config: Arc::new(config.clone()),
    };
    let for_greeting = state.clone();
    let server = HttpServer::new(move || build_app(state.clone()))
        .workers(config.workers)
        .shutdown_timeout(config.shutdown_seconds)
        .bind(config.listen)
        .with_context(|| format!("HELHEDSPLAN_LISTEN: {} cannot be listened on", config.listen))?;
    tracing::info!(listen = %config.listen, "ready");
    greet(&for_greeting).await?;
    server.run().await?;
    db.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Says what to try next; with a token only where nobody but the operator can see or use it.
async fn greet(state: &AppState) -> anyhow::Result<()> {
    let config = &state.config;
    let mut out = std::io::stdout();
    let url = &config.public_url;
    let is_private = config.is_embedded() && config.listen.ip().is_loopback() && out.is_terminal();
    writeln!(out, "\n  Documentation      {url}/docs/")?;
    writeln!(out, "  OpenAPI document   {url}/openapi.json")?;
    let everything = Window { limit: 2, after: None };
    let public = auth::Caller::public();
    let plans = plans::store::list(state.db.read(), &public.scope, &everything).await?;
    let Some(plan) = plans.first() else { return Ok(()) };
    writeln!(out, "  Without a token    curl {url}/v1/plans/{}/areas", plan.code)?;
    let series = format!("{url}/v1/plans/{}/indicators/kendskabsgrad/series", plan.code);
    if is_private {
        let new = NewToken {
            subject: "operator".to_owned(),
            role: Role::Secretariat,
            organisation: None,
            plans: vec![plan.code.clone()],
            scope: all_scopes(Role::Secretariat),
            lifetime: Duration::from_secs(60 * 60),
        };
        let token = state.auth.issue(&new, db::now())?;
        writeln!(out, "\n  With a token of the secretariat, good for an hour:\n")?;
        writeln!(out, "export TOKEN={token}")?;
        writeln!(out, "curl -H \"Authorization: Bearer $TOKEN\" {series}\n")?;
    } else {
        writeln!(
            out,
            "  A token            TOKEN=$(helhedsplan token --role secretariat)"
        )?;
        writeln!(
            out,
            "  With the token     curl -H \"Authorization: Bearer $TOKEN\" {series}\n"
        )?;
    }
    Ok(())
}

fn all_scopes(role: Role) -> String {
    let scopes: Vec<&str> = role.permissions().map(Permission::scope).collect();
    scopes.join(" ")
}

async fn token(config: &Config, options: TokenOptions) -> anyhow::Result<()> {
    if options.role == Role::Public {
        bail!("--role public: whoever has no token is public");
    }
    let needs_org = matches!(
        options.role,
        Role::Municipality | Role::HousingOrganisation | Role::Fund
    );
    if needs_org && options.org.is_none() {
        bail!("--org: the role {} needs an organisation", options.role);
    }
    let scope = options.scope.unwrap_or_else(|| all_scopes(options.role));
    for name in scope.split_whitespace() {
        let permission: Permission = name.parse().map_err(|error| anyhow::anyhow!("--scope: {error}"))?;
        if !options.role.may(permission) {
            bail!("--scope: the role {} never has {name}", options.role);
        }
    }
    let plans = reachable_plans(config, options.role, options.plan, options.org.as_deref()).await?;
    let new = NewToken {
        subject: options.org.clone().unwrap_or_else(|| options.role.code().to_owned()),
        role: options.role,
        organisation: options.org,
        plans,
        scope,
        lifetime: options.ttl,
    };
    let token = issuer(config)?.issue(&new, db::now())?;
    writeln!(std::io::stdout(), "{token}")?;
    Ok(())
}

/// The plans a token is to reach, by code: the named ones, or the only one; each must exist and have the organisation.
async fn reachable_plans(
    config: &Config,
    role: Role,
    named: Vec<String>,
    org: Option<&str>,
) -> anyhow::Result<Vec<String>> {
    let db = connect(config).await?;
    require_schema(&db).await?;
    let every = auth::Scope {
        plans: auth::Plans::Every,
        organisation: None,
    };
    let window = Window {
        limit: 1000,
        after: None,
    };
    let known = plans::store::list(db.read(), &every, &window).await?;
    let codes: Vec<&str> = known.iter().map(|plan| plan.code.as_str()).collect();
    let chosen = match (named.is_empty(), codes.as_slice()) {
        (true, [only]) => vec![(*only).to_owned()],
        (true, []) => bail!("--plan: the database holds no plan; `helhedsplan seed` loads one"),
        (true, several) => bail!("--plan: there are several plans, name one: {}", several.join(", ")),
        (false, _) => named,
    };
    for code in &chosen {
        let Some(plan) = known.iter().find(|plan| plan.code == *code) else {
            bail!("--plan: there is no plan '{code}'; there is {}", codes.join(", "));
        };
        if let Some(org) = org {
            let everything = Window {
                limit: 10_000,
                after: None,
            };
            let organisations = areas::store::organisations(db.read(), plan.id, &everything, false).await?;
            let Some(organisation) = organisations.iter().find(|known| known.code == org) else {
                bail!("--org: the plan {code} has no organisation '{org}'");
            };
            let kinds: &[&str] = match role {
                Role::Municipality => &["municipality", "municipal_unit"],
                Role::HousingOrganisation => &["housing_organisation"],
                Role::Fund => &["fund"],
                Role::Secretariat => &["secretariat"],
                Role::Board | Role::Auditor | Role::Public => &[],
            };
            if !kinds.is_empty() && !kinds.contains(&organisation.kind.as_str()) {
                bail!(
                    "--org: '{org}' is a {}, which has not the role {role}",
                    organisation.kind
                );
            }
        }
    }
    Ok(chosen)
}
