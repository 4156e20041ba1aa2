//! The services that are measured: one inside this process, beside constants, and the program itself as another process.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use anyhow::{Context, Result, ensure};
use helhedsplan::answers::Rendered;
use helhedsplan::app::build_app_with;
use helhedsplan::auth::Allow;
use helhedsplan::auth::issuer::{Issuer, NewToken};
use helhedsplan::auth::keys::KeyRing;
use helhedsplan::auth::role::{Permission, ReadMeasurements, Role};
use helhedsplan::config::{Config, Settings};
use helhedsplan::db::{self, Db};
use helhedsplan::seed::{self, Source};
use helhedsplan::state::AppState;
use helhedsplan::web::etag::{Audience, respond_rendered};
use tempfile::TempDir;

/// The plan that is measured on.
pub(crate) const PLAN: &str = "fredericia-2023-2026";

/// The settings for a database, or for an embedded one in `folder`.
pub(crate) fn config(folder: &TempDir, database: Option<&str>) -> Result<Config> {
    Ok(Settings {
        data_dir: Some(folder.path().display().to_string()),
        database_url: database.map(str::to_owned),
        public_url: Some("http://bench".into()),
        workers: Some("1".into()),
        // One client sends it all.
        client_requests_per_minute: Some("10000000".into()),
        address_requests_per_minute: Some("10000000".into()),
        ..Settings::default()
    }
    .resolve()?)
}

/// A token of a role that may all that the role may.
pub(crate) fn token(config: &Config, role: Role) -> Result<String> {
    let keys = KeyRing::open(&config.keys_dir())?;
    let scopes: Vec<&str> = role.permissions().map(Permission::scope).collect();
    let new = NewToken {
        subject: "bench".into(),
        role,
        organisation: None,
        plans: vec![PLAN.into()],
        scope: scopes.join(" "),
        lifetime: Duration::from_secs(24 * 60 * 60),
    };
    Issuer::new(keys, config.public_url.clone(), config.audience.clone()).issue(&new, db::now())
}

/// Connects, and brings schema and plan in.
pub(crate) async fn database(config: &Config) -> Result<Db> {
    use secrecy::ExposeSecret;
    std::fs::create_dir_all(&config.data_dir)?;
    let db = Db::connect(config.database_url.expose_secret(), config.database_max_connections).await?;
    db.migrate().await?;
    seed::load(&db, &Source::Fredericia).await?;
    Ok(db)
}

async fn constant(_: Allow<ReadMeasurements>, request: HttpRequest, answer: Data<Rendered>) -> HttpResponse {
    respond_rendered(&request, Audience::Private, answer.get_ref().clone())
}

async fn bare(answer: Data<Rendered>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(answer.body.clone())
}

/// The service in this process with one worker, and beside its operations `/v1/plans/{plan}/constant`, which answers with
/// `answer` behind the same middleware and authorization. On a second address the same without any middleware.
pub(crate) fn inside(config: &Config, db: &Db, answer: &Rendered) -> Result<(String, String)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let bare_listener = TcpListener::bind("127.0.0.1:0")?;
    let addresses = (
        listener.local_addr()?.to_string(),
        bare_listener.local_addr()?.to_string(),
    );
    let state = AppState::new(db.clone(), config.clone())?;
    let answer = Data::new(answer.clone());
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let for_bare = answer.clone();
            let bare = HttpServer::new(move || App::new().app_data(for_bare.clone()).route("/", web::get().to(bare)))
                .workers(1)
                .disable_signals()
                .listen(bare_listener)?
                .run();
            let service = HttpServer::new(move || {
                let answer = answer.clone();
                build_app_with(state.clone(), move |more| {
                    more.app_data(answer)
                        .route("/v1/plans/{plan}/constant", web::get().to(constant));
                })
            })
            .workers(1)
            .disable_signals()
            .listen(listener)?
            .run();
            let (service, bare) = tokio::join!(service, bare);
            service.and(bare)
        })
    });
    Ok(addresses)
}

/// The program as a process of its own.
pub(crate) struct Program {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
    /// How long it took from its start until `/readyz` answered 200.
    pub(crate) until_ready: Duration,
}

impl Program {
    /// Starts `helhedsplan serve`.
    pub(crate) async fn start(config: &Config) -> Result<Self> {
        use secrecy::ExposeSecret;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let started = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_helhedsplan"))
            .arg("serve")
            .env("HELHEDSPLAN_LISTEN", &address)
            .env("HELHEDSPLAN_DATA_DIR", &config.data_dir)
            .env("HELHEDSPLAN_DATABASE_URL", config.database_url.expose_secret())
            .env("HELHEDSPLAN_PUBLIC_URL", &config.public_url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // What it prints is read, so that it never waits for room to print.
        let out = child.stdout.take().context("no standard output")?;
        thread::spawn(move || BufReader::new(out).lines().for_each(drop));
        while !is_ready(&address).await {
            ensure!(
                started.elapsed() < Duration::from_secs(60),
                "the service did not get ready"
            );
            tokio::task::yield_now().await;
        }
        Ok(Self {
            child,
            address,
            until_ready: started.elapsed(),
        })
    }

    /// A line of its `/proc/…/status`, in MiB: `VmRSS` is what it holds now, `VmHWM` the most it ever held.
    pub(crate) fn memory(&self, name: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .context("no such line")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }
}

async fn is_ready(address: &str) -> bool {
    let Ok(mut connection) = crate::load::Connection::open(address).await else {
        return false;
    };
    let request = b"GET /readyz HTTP/1.1\r\nHost: bench\r\n\r\n";
    matches!(connection.exchange(request).await, Ok((200, _)))
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
