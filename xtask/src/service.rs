//! A service of its own for a task: the program on a free port, with the Fredericia plan in a temporary folder.

use std::{
    env,
    fs::{self, File},
    io::{Read as _, Seek as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::postgres::SUPERVISOR;

/// How long the service may take to load its data and answer.
pub(crate) const START_LIMIT: Duration = Duration::from_secs(60);

/// A running service with the Fredericia plan. Dropping it stops it and deletes its data.
pub(crate) struct Service {
    supervisor: Child,
    folder: TempDir,
    log: File,
    address: SocketAddr,
}

impl Service {
    /// Starts the service on a free port of 127.0.0.1 and returns when it is ready.
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("helhedsplan-xtask-").tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = tempfile::tempfile()?;
        let mut command = command("sh".into(), folder.path(), address);
        let supervisor = command
            .args(["-c", SUPERVISOR, "sh"])
            .arg(folder.path())
            .arg(program()?)
            .process_group(0) // Ctrl-C is for this process; the supervisor notices its end.
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log.try_clone()?)
            .spawn()
            .context("`sh` could not be started")?;

        let mut service = Self {
            supervisor,
            folder,
            log,
            address,
        };
        service.wait_until_ready()?;
        Ok(service)
    }

    /// The service's address for clients.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same as an address.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How much memory the service holds, in MiB.
    pub(crate) fn memory(&self) -> Result<usize> {
        let shell = self.supervisor.id();
        let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"))?;
        for child in children.split_whitespace() {
            let status = fs::read_to_string(format!("/proc/{child}/status"))?;
            if status.starts_with("Name:\thelhedsplan") {
                let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
                let size = line.and_then(|line| line.split_whitespace().next());
                return Ok(size.context("no size")?.parse::<usize>()? / 1024);
            }
        }
        bail!("the service is not there")
    }

    /// What the program prints for a command beside the running service.
    pub(crate) fn run(&self, words: &[&str]) -> Result<String> {
        let mut command = command(program()?, self.folder.path(), self.address);
        printed(command.stderr(Stdio::inherit()), words)
    }

    /// An access token for these flags.
    pub(crate) fn token(&self, caller: &[&str]) -> Result<String> {
        let words = [&["token", "--ttl", "24h"], caller].concat();
        Ok(self.run(&words)?.trim().to_owned())
    }

    /// Id and secret of a client of the Jobcenter, from the program itself.
    pub(crate) fn client(&self, scope: &str) -> Result<[String; 2]> {
        let flags = [
            "--role",
            "municipality",
            "--org",
            "jobcenter-fredericia",
            "--scope",
            scope,
        ];
        let printed = self.run(&[&["client", "add", "--name", "Tour"], flags.as_slice()].concat())?;
        let value = |name| {
            printed
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::to_owned)
        };
        let id = value("CLIENT_ID=").context("the service printed no client id")?;
        let secret = value("CLIENT_SECRET=").context("the service printed no client secret")?;
        Ok([id, secret])
    }

    /// Waits until the service says of itself that it is ready.
    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            if self.supervisor.try_wait()?.is_some() {
                bail!("the service did not start:\n{}", self.log()?);
            }
            if is_ready(self.address).unwrap_or(false) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        bail!(
            "the service was not ready after {} s:\n{}",
            START_LIMIT.as_secs(),
            self.log()?
        )
    }

    /// What the service has logged.
    pub(crate) fn log(&mut self) -> Result<String> {
        let mut text = String::new();
        self.log.rewind()?;
        self.log.read_to_string(&mut text)?;
        Ok(text)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // `wait` closes the supervisor's stdin first, which is its sign to stop the service.
        let _ = self.supervisor.wait();
    }
}

/// What the program prints for these words.
pub(crate) fn printed(program: &mut Command, words: &[&str]) -> Result<String> {
    let output = program.args(words).stdout(Stdio::piped()).output()?;
    ensure!(
        output.status.success(),
        "`helhedsplan {}` ended with {}",
        words.join(" "),
        output.status
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether `GET /readyz` answers 200.
pub(crate) fn is_ready(address: SocketAddr) -> Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        stream,
        "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200 "))
}

/// A command with the settings of this service and none from outside: its data are in the folder.
pub(crate) fn command(program: PathBuf, folder: &Path, address: SocketAddr) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("HELHEDSPLAN_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .env("HELHEDSPLAN_DATA_DIR", folder.join("data"))
        // One client asks as often as it can here; that is no attack.
        .env("HELHEDSPLAN_CLIENT_REQUESTS_PER_MINUTE", "10000000")
        .env("HELHEDSPLAN_ADDRESS_REQUESTS_PER_MINUTE", "10000000")
        .env("HELHEDSPLAN_LISTEN", address.to_string());
    command
}

/// The service's program: cargo builds it into the folder of this one.
pub(crate) fn program() -> Result<PathBuf> {
    let name = format!("helhedsplan{}", env::consts::EXE_SUFFIX);
    Ok(env::current_exe()?.with_file_name(name))
}
