//! Processes of the service that may be killed.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use super::client::Client;
use crate::{
    postgres::Server,
    service::{self, START_LIMIT},
};

/// What the service writes to.
pub(super) enum Database {
    /// The file in its folder.
    Embedded,
    /// A server, which can be killed, too.
    Server(Server),
    /// A database of a server.
    At(String),
}

impl Database {
    pub(super) fn can_be_killed(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    pub(super) fn kill_and_start(&mut self) -> Result<()> {
        match self {
            Self::Server(server) => server.kill_and_start(),
            Self::Embedded | Self::At(_) => bail!("this database is no process of its own"),
        }
    }
}

/// A process of the service.
pub(super) struct Replica {
    process: Child,
    folder: PathBuf,
    address: SocketAddr,
    database_url: Option<String>,
    log: File,
}

impl Replica {
    /// Starts the service on a free port, with its keys (and the embedded database) in a folder; on an empty server it
    /// makes the schema and loads the plan first.
    pub(super) fn start(folder: &Path, database: &Database) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let database_url = match database {
            Database::Embedded => None,
            Database::Server(server) => Some(server.url()),
            Database::At(url) => Some(url.clone()),
        };
        let log = File::options()
            .create(true)
            .append(true)
            .open(folder.join(format!("{}.log", address.port())))?;
        if database_url.is_some() {
            for step in ["migrate", "seed"] {
                let done = command(folder, address, database_url.as_deref(), &log)?
                    .arg(step)
                    .status()?;
                ensure!(done.success(), "`helhedsplan {step}` ended with {done}");
            }
        }
        Self::serve(folder, address, database_url, log)
    }

    /// Restores a backup of an embedded database into a folder, and starts the service on it.
    pub(super) fn start_on_backup(folder: &Path, file: &str) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = File::create(folder.join("log"))?;
        let done = command(folder, address, None, &log)?.args(["restore", file]).status()?;
        ensure!(done.success(), "`helhedsplan restore` ended with {done}");
        Self::serve(folder, address, None, log)
    }

    fn serve(folder: &Path, address: SocketAddr, database_url: Option<String>, log: File) -> Result<Self> {
        let process = command(folder, address, database_url.as_deref(), &log)?
            .arg("serve")
            .spawn()?;
        let mut replica = Self {
            process,
            folder: folder.to_owned(),
            address,
            database_url,
            log,
        };
        replica.wait_until_ready()?;
        Ok(replica)
    }

    /// Kills the process without warning (SIGKILL).
    pub(super) fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts a killed one again, at its address, on its data.
    pub(super) fn start_again(&mut self) -> Result<()> {
        self.process = command(&self.folder, self.address, self.database_url.as_deref(), &self.log)?
            .arg("serve")
            .spawn()?;
        self.wait_until_ready()
    }

    /// A client with a token that the program makes for these flags.
    pub(super) fn client(&self, caller: &[&str]) -> Result<Client> {
        let mut words = vec!["token", "--ttl", "24h"];
        words.extend(caller);
        Ok(Client::new(self.run(&words)?.trim().to_owned()))
    }

    /// Runs the program beside the service, with its settings, and gives what it prints.
    pub(super) fn run(&self, words: &[&str]) -> Result<String> {
        let mut command = command(&self.folder, self.address, self.database_url.as_deref(), &self.log)?;
        service::printed(&mut command, words)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the service says of itself that it can serve.
    pub(super) fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            if let Some(status) = self.process.try_wait()? {
                bail!("the service ended with {status}");
            }
            if service::is_ready(self.address).unwrap_or(false) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
        bail!("the service was not ready after {} s", START_LIMIT.as_secs())
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program with the settings of a replica and none from outside. Replicas have one public address, so that a token of
/// one is good at the other.
fn command(folder: &Path, address: SocketAddr, database_url: Option<&str>, log: &File) -> Result<Command> {
    let mut command = service::command(service::program()?, folder, address);
    command
        .env("HELHEDSPLAN_PUBLIC_URL", "http://helhedsplan.test")
        .stdin(Stdio::null())
        .stdout(log.try_clone().context("the log")?)
        .stderr(log.try_clone().context("the log")?);
    if let Some(url) = database_url {
        command.env("HELHEDSPLAN_DATABASE_URL", url);
    }
    Ok(command)
}
