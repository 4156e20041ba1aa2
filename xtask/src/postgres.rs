//! A temporary PostgreSQL server.

use std::{
    env,
    fs::{self, File},
    io::{Read as _, Seek as _},
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::programs;

/// How long a new server may take before it accepts connections.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The shell program that holds a server. It stops the server and removes its folder `$1` when
/// stdin closes, which happens however this process ends: normally, by Ctrl-C or killed. A folder that holds a file `keep`
/// stays.
pub(crate) const SUPERVISOR: &str = r#"
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ cat <&3; kill -INT "$server"; } >/dev/null 2>&1 &
wait "$server"
[ -e "$folder/keep" ] || rm -rf "$folder"
"#;

/// Settings of every server.
const SETTINGS: [&str; 3] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=300",
];

/// Settings of a server whose data nobody needs after the tests.
const FAST: [&str; 3] = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];

/// A running server. Dropping it stops the server and deletes its data.
pub(crate) struct Server {
    supervisor: Child,
    folder: TempDir,
    log: File,
    port: u16,
    version: String,
    bin: PathBuf,
    account: Option<Account>,
    is_durable: bool,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1 and returns when it accepts connections. It does not wait for its disk.
    pub(crate) fn start() -> Result<Self> {
        Self::start_as(false)
    }

    /// The same with PostgreSQL's own settings for what is written: it keeps what it has acknowledged.
    pub(crate) fn start_durable() -> Result<Self> {
        Self::start_as(true)
    }

    fn start_as(is_durable: bool) -> Result<Self> {
        let bin = programs::find_or_install()?;
        let version = programs::version(&bin)?;
        let account = Account::to_run_as()?;

        let folder = tempfile::Builder::new()
            .prefix("helhedsplan-postgres-")
            // An unprivileged account may not be let into root's own temporary folder.
            .tempdir_in(account.as_ref().map_or_else(env::temp_dir, |_| "/tmp".into()))?;
        if let Some(account) = &account {
            chown(folder.path(), Some(account.uid), Some(account.gid))?;
        }
        // C.UTF-8 is not known everywhere; initdb removes what it made when it fails.
        init(&bin, folder.path(), account.as_ref(), "C.UTF-8")
            .or_else(|_| init(&bin, folder.path(), account.as_ref(), "C"))?;

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = tempfile::tempfile()?;
        let supervisor = supervise(&bin, folder.path(), account.as_ref(), port, is_durable, &log)?;
        let mut server = Self {
            supervisor,
            folder,
            log,
            port,
            version,
            bin,
            account,
            is_durable,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Kills the server and everything that belongs to it without warning (SIGKILL), and starts it again on its data.
    pub(crate) fn kill_and_start(&mut self) -> Result<()> {
        let state = data(self.folder.path()).join("postmaster.pid");
        let text = fs::read_to_string(&state)?;
        let server = text.lines().next().context("postmaster.pid is empty")?;
        let keep = self.folder.path().join("keep");
        File::create(&keep)?;
        // Those that serve connections have process groups of their own. Stopped, the server starts no more of them; and it does
        // not start again while one of them still holds on to the memory that they shared.
        let kill = r#"
            kill -STOP "$1"
            all="$1 $(cat /proc/$1/task/*/children)"
            kill -9 $all
            for one in $all; do
                while grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$one/status"; do sleep 0.01; done
            done
        "#;
        crate::steps::run(Command::new("sh").args(["-c", kill, "sh", server]))?;
        self.supervisor.wait()?;
        fs::remove_file(&state)?;
        self.supervisor = supervise(
            &self.bin,
            self.folder.path(),
            self.account.as_ref(),
            self.port,
            self.is_durable,
            &self.log,
        )?;
        fs::remove_file(keep)?;
        self.wait_until_ready()
    }

    /// The address of the server's maintenance database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Makes an empty database and gives its address.
    pub(crate) fn new_database(&self, name: &str) -> Result<String> {
        self.query(&self.url(), &format!("CREATE DATABASE \"{name}\""))?;
        Ok(format!("postgres://postgres@127.0.0.1:{}/{name}", self.port))
    }

    /// What `psql` prints for a query: a line a row, columns separated by `|`.
    pub(crate) fn query(&self, database: &str, query: &str) -> Result<String> {
        let output = Command::new(self.program("psql"))
            .args([
                "--no-psqlrc",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
                "--command",
                query,
            ])
            .arg(database)
            .output()
            .context("`psql` could not be started")?;
        ensure!(
            output.status.success(),
            "`psql` ended with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// A program that comes with the server.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// The server's version, like `15.14`.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Waits for the state PostgreSQL itself writes, as `pg_ctl --wait` does: a port that answers
    /// may belong to another program or to a server that does not take queries yet.
    fn wait_until_ready(&mut self) -> Result<()> {
        let state = data(self.folder.path()).join("postmaster.pid");
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            let text = fs::read_to_string(&state).unwrap_or_default();
            if text.lines().nth(7).map(str::trim) == Some("ready") {
                return Ok(());
            }
            if self.supervisor.try_wait()?.is_some() {
                bail!("PostgreSQL did not start:\n{}", self.log()?);
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!(
            "PostgreSQL was not ready after {} s:\n{}",
            START_LIMIT.as_secs(),
            self.log()?
        )
    }

    /// What the server has logged.
    fn log(&mut self) -> Result<String> {
        let mut text = String::new();
        self.log.rewind()?;
        self.log.read_to_string(&mut text)?;
        Ok(text)
    }
}

/// Starts a server under its supervisor.
fn supervise(
    bin: &Path,
    folder: &Path,
    account: Option<&Account>,
    port: u16,
    is_durable: bool,
    log: &File,
) -> Result<Child> {
    let mut command = command("sh", folder, account);
    command.args(["-c", SUPERVISOR, "sh"]).arg(folder);
    command.arg(bin.join("postgres")).arg("-D");
    command.arg(data(folder)).arg("-p").arg(port.to_string());
    let fast: &[&str] = if is_durable { &[] } else { &FAST };
    for setting in SETTINGS.iter().chain(fast) {
        command.args(["-c", setting]);
    }
    command
        .process_group(0) // Ctrl-C is for this process; the supervisor notices its end.
        .stdin(Stdio::piped())
        .stdout(log.try_clone()?)
        .stderr(log.try_clone()?)
        .spawn()
        .context("`sh` could not be started")
}

impl Drop for Server {
    fn drop(&mut self) {
        // `wait` closes the supervisor's stdin first, which is its sign to stop the server.
        let _ = self.supervisor.wait();
    }
}

/// The unprivileged account that runs the server for root: PostgreSQL refuses to run as root.
struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// `None` when this process is unprivileged itself.
    fn to_run_as() -> Result<Option<Self>> {
        if !is_root()? {
            return Ok(None);
        }
        for name in ["postgres", "nobody"] {
            if let (Ok(uid), Ok(gid)) = (id(&["-u", name]), id(&["-g", name])) {
                return Ok(Some(Self { uid, gid }));
            }
        }
        bail!("PostgreSQL does not run as root, and there is no account `postgres` or `nobody`")
    }
}

/// Makes an empty cluster whose only user is `postgres`, without a password.
fn init(bin: &Path, folder: &Path, account: Option<&Account>, locale: &str) -> Result<()> {
    let output = command(bin.join("initdb"), folder, account)
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
        .args(["--no-sync", "--locale", locale, "-D"])
        .arg(data(folder))
        .output()
        .context("`initdb` could not be started")?;
    ensure!(
        output.status.success(),
        "`initdb` ended with {}:\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// A command run in the server's folder, as the account that owns it.
fn command(program: impl Into<PathBuf>, folder: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program.into());
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// Where a server keeps its data.
fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Whether this process is root's.
pub(crate) fn is_root() -> Result<bool> {
    Ok(id(&["-u"])? == 0)
}

/// A number `id` prints.
fn id(args: &[&str]) -> Result<u32> {
    let output = Command::new("id").args(args).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
