//! The command line.

mod cli;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use anyhow::Context;
use clap::{Parser, Subcommand};
use helhedsplan::admin::build_admin;
use helhedsplan::app::build_app;
use helhedsplan::auth::issuer::NewToken;
use helhedsplan::auth::role::Role;
use helhedsplan::backup::{Occupied, database_file};
use helhedsplan::config::{Config, Settings};
use helhedsplan::db::{self, Window};
use helhedsplan::measurements::jobs;
use helhedsplan::seed::{self, Loaded, Source};
use helhedsplan::state::AppState;
use helhedsplan::web::outgoing;
use helhedsplan::{auth, fresh, openapi, plans, telemetry, witness};
use secrecy::ExposeSecret;

use cli::audit::AuditCommand;
use cli::clients::ClientCommand;
use cli::disclosure::DisclosureCommand;
use cli::keys::KeysCommand;
use cli::read_tokens::ReadTokenCommand;
use cli::redact::RedactOptions;
use cli::retention::RetentionOptions;
use cli::token::TokenOptions;
use cli::{compare_connections, connect, open, require_schema};

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
    Serve {
        /// Serve a demonstration instead: made-up participants, in a database of their own in the folder `demo` of the data folder
        #[arg(long)]
        demo: bool,
    },
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
    /// Copy the embedded database into a new file, also while the service runs
    Backup {
        /// The file; nothing may be there yet
        file: PathBuf,
    },
    /// Put a copy that `backup` has made in the place of the embedded database; no service may be running on it
    Restore {
        /// The file
        file: PathBuf,
    },
    /// Ask the service on this machine whether it is ready; ends with 0 if it is
    Healthcheck,
    /// Verify the audit log, and witness how far it is
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Delete what has been kept long enough, kind by kind
    Retention(RetentionOptions),
    /// Take a text that should not have been written out of everything that is stored; the text is read from standard input
    Redact(RedactOptions),
    /// Check what was released of small counts again
    #[command(subcommand)]
    Disclosure(DisclosureCommand),
    /// Register, list, rotate and revoke clients
    #[command(subcommand)]
    Client(ClientCommand),
    /// Rotate, list and remove the keys that sign access tokens
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Make, list and revoke read tokens
    #[command(subcommand)]
    ReadToken(ReadTokenCommand),
}

/// How long a service that stops may take to note what it has cut off.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(5);

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    // The allocator asks for pages of 2 MiB and touches a little of each: an idle service would hold twice what it uses.
    // Where it cannot be had, it costs nothing but memory.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
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
    let _sending = telemetry::init(&config)?;
    match command_line.command {
        None => serve(config, false).await,
        Some(Command::Serve { demo: false }) => serve(config, false).await,
        Some(Command::Serve { demo: true }) => serve(config.for_demo()?, true).await,
        Some(Command::Migrate) => {
            connect(&config).await?.migrate().await?;
            tracing::info!("the schema is up to date");
            Ok(())
        }
        Some(Command::Seed { from }) => {
            let db = open(&config).await?;
            report(&seed::load(&db, &from.map_or(Source::Fredericia, Source::Folder)).await?);
            Ok(())
        }
        Some(Command::Token(options)) => cli::token::token(&config, options).await,
        Some(Command::Client(command)) => cli::clients::client(&config, command).await,
        Some(Command::Keys(command)) => cli::keys::keys(&config, command),
        Some(Command::ReadToken(command)) => cli::read_tokens::read_token(&config, command).await,
        Some(Command::Backup { file }) => cli::backup::backup(&config, &file).await,
        Some(Command::Restore { file }) => cli::backup::restore(&config, &file).await,
        Some(Command::Healthcheck) => cli::healthcheck::healthcheck(&config),
        Some(Command::Audit(command)) => cli::audit::run(&config, command).await,
        Some(Command::Disclosure(command)) => {
            let db = open(&config).await?;
            cli::disclosure::run(&db, command).await
        }
        Some(Command::Retention(options)) => cli::retention::run(&config, options).await,
        Some(Command::Redact(options)) => {
            let db = open(&config).await?;
            cli::redact::run(&db, options).await
        }
        Some(Command::Openapi) => print_document(),
    }
}

fn print_document() -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(openapi::json().as_bytes())?)
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

async fn serve(config: Config, is_demo: bool) -> anyhow::Result<()> {
    let db = connect(&config).await?;
    // No backup is restored into the embedded database as long as this is held.
    let _occupied = match config.is_embedded() {
        true => Some(Occupied::shared(&database_file(config.database_url.expose_secret())?)?),
        false => None,
    };
    if config.is_embedded() {
        db.migrate().await?;
        if seed::is_empty(db.read()).await? {
            report(&match is_demo {
                true => seed::load_demo(&db).await?,
                false => seed::load(&db, &Source::Fredericia).await?,
            });
        }
    } else {
        require_schema(&db).await?;
        compare_connections(&db, config.workers).await?;
        if seed::is_empty(db.read()).await? {
            tracing::warn!("the database holds no plan; `helhedsplan seed` loads one");
        }
    }
    let state = AppState::new(db.clone(), config.clone())?;
    // Before the first request: a client that was revoked while the service was down stays out.
    fresh::refresh(&state).await?;
    let refresher = fresh::keep_fresh(state.clone());
    let witnessing = witness::keep_witness(state.clone()).await;
    let for_greeting = state.clone();
    let server = HttpServer::new(move || build_app(state.clone()))
        .workers(config.workers)
        .max_connections(config.http_max_connections.div_ceil(config.workers))
        .client_request_timeout(Duration::from_secs(config.client_seconds))
        .on_connect(outgoing::bounded(Duration::from_secs(config.client_seconds)))
        .shutdown_timeout(config.shutdown_seconds)
        .bind(config.listen)
        .with_context(|| format!("HELHEDSPLAN_LISTEN: {} cannot be listened on", config.listen))?;
    let admin = listen_for_admins(&for_greeting)?;
    tracing::info!(listen = %config.listen, "ready");
    if is_demo {
        writeln!(
            std::io::stdout(),
            "\n  DEMONSTRATION: departments, participants and releases are synthetic; nobody in them exists"
        )?;
    }
    greet(&for_greeting, is_demo).await?;
    server.run().await?;
    if let Some(admin) = admin {
        admin.stop(false).await;
    }
    refresher.abort();
    witnessing.abort();
    // Nothing is carried out any more. Its senders are told so, unless the database is busy for long.
    let ending = jobs::end_underway(&db, &for_greeting.underway);
    if actix_web::rt::time::timeout(PATIENCE_AT_THE_END, ending).await.is_err() {
        tracing::error!("imports that are cut off could not be ended; they will count as interrupted in a minute");
    }
    // What was entered since the last round.
    witness::round(&for_greeting, None).await;
    db.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Serves the figures on their own port, where a setting names one.
fn listen_for_admins(state: &AppState) -> anyhow::Result<Option<ServerHandle>> {
    let Some(listen) = state.config.admin_listen else {
        return Ok(None);
    };
    let state = state.clone();
    let server = HttpServer::new(move || build_admin(state.clone()))
        .workers(1)
        // The service stops it.
        .disable_signals()
        .bind(listen)
        .with_context(|| format!("HELHEDSPLAN_ADMIN_LISTEN: {listen} cannot be listened on"))?
        .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    tracing::info!(%listen, "figures are at /metrics");
    Ok(Some(handle))
}

/// Says what to try next; with a token only where nobody but the operator can see or use it.
async fn greet(state: &AppState, is_demo: bool) -> anyhow::Result<()> {
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
            scope: Role::Secretariat.default_scope(),
            lifetime: Duration::from_secs(60 * 60),
        };
        let token = state.auth.issue(&new, db::now())?;
        writeln!(out, "\n  With a token of the secretariat, good for an hour:\n")?;
        writeln!(out, "export TOKEN={token}")?;
        writeln!(out, "curl -H \"Authorization: Bearer $TOKEN\" {series}\n")?;
    } else {
        // The demonstration has keys of its own, in a folder that no setting names.
        let folder = match is_demo {
            true => format!(" --data-dir '{}'", config.data_dir.display()),
            false => String::new(),
        };
        writeln!(
            out,
            "  A token            TOKEN=$(helhedsplan token --role secretariat{folder})"
        )?;
        writeln!(
            out,
            "  With the token     curl -H \"Authorization: Bearer $TOKEN\" {series}\n"
        )?;
    }
    Ok(())
}
