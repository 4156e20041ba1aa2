//! The settings of the service: read, checked and typed before anything starts.
//!
//! A setting comes from its flag, else its variable `HELHEDSPLAN_…`, else its key in the TOML file, else its default.
//! [`Settings`] holds the texts as given, [`Config`] the checked values. An empty value counts as not given, so that
//! a compose file may pass on a variable that nobody set.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::{fmt::Display, fs, ops::RangeInclusive, str::FromStr, thread};

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use toml::{Table, Value};
use tracing_subscriber::EnvFilter;
use url::Url;

/// The settings as they were given, unchecked; one flag, variable and key each.
///
/// Numbers are texts here, so that [`Settings::resolve`] can report every bad one with its name. No `Debug`, since the
/// database URL may hold a password.
#[derive(Args, Clone, Default, Deserialize)]
#[command(next_help_heading = "Settings")]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// TOML file with further settings, keys as below with `_` for `-`; default: none. Flags and variables win over it
    #[arg(long, env = "HELHEDSPLAN_CONFIG", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Address and port to listen on; default: 127.0.0.1:8080
    #[arg(long, env = "HELHEDSPLAN_LISTEN", global = true)]
    pub listen: Option<String>,
    /// Folder of the embedded database and the signing keys, seen from the working directory; default: ./data
    #[arg(long, env = "HELHEDSPLAN_DATA_DIR", global = true)]
    pub data_dir: Option<String>,
    /// Folder of the signed checkpoints of the audit log, which all replicas share; default: `<data-dir>/checkpoints`. What is
    /// written there is worth most where the database's administrators cannot change it
    #[arg(long, env = "HELHEDSPLAN_CHECKPOINTS_DIR", global = true)]
    pub checkpoints_dir: Option<String>,
    /// Database, sqlite://… or postgres://…; default: `sqlite://<data-dir>/helhedsplan.db?mode=rwc`. Other users of the
    /// machine can see flags, so give a password by variable or file
    #[arg(long, env = "HELHEDSPLAN_DATABASE_URL", global = true)]
    #[arg(hide_env_values = true)]
    pub database_url: Option<String>,
    /// Connections for reads, 1 to 1000; default: 10. The workers share them, and each has four at least. On PostgreSQL
    /// writes have half as many of their own, two at least, imports two more, and work beside requests one or two: with 10
    /// and two workers, a replica has at most 19
    #[arg(long, env = "HELHEDSPLAN_DATABASE_MAX_CONNECTIONS", global = true)]
    pub database_max_connections: Option<String>,
    /// Address that clients use, without a slash at the end, also the issuer (`iss`) of tokens; default: `http://<listen>`
    #[arg(long, env = "HELHEDSPLAN_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Origins whose pages may read what is public, such as `https://www.example.dk`, separated by commas; default: none
    #[arg(long, env = "HELHEDSPLAN_CORS_ORIGINS", global = true)]
    pub cors_origins: Option<String>,
    /// Licence of the session feed, an address; default: <https://creativecommons.org/licenses/by/4.0/>
    #[arg(long, env = "HELHEDSPLAN_FEED_LICENSE", global = true)]
    pub feed_license: Option<String>,
    /// Audience (`aud`) that tokens must name; default: helhedsplan
    #[arg(long, env = "HELHEDSPLAN_AUDIENCE", global = true)]
    pub audience: Option<String>,
    /// What to log: a level, and levels for parts of the program; default: info,actix_server=warn,sea_orm=warn,sqlx=warn
    #[arg(long, env = "HELHEDSPLAN_LOG", global = true)]
    pub log: Option<String>,
    /// Form of the log, auto, pretty or json; default: auto, which is pretty on a terminal and json elsewhere
    #[arg(long, env = "HELHEDSPLAN_LOG_FORMAT", global = true)]
    pub log_format: Option<String>,
    /// Largest request body in bytes, 1024 to 1073741824; default: 2097152 (2 MiB)
    #[arg(long, env = "HELHEDSPLAN_MAX_BODY_BYTES", global = true)]
    pub max_body_bytes: Option<String>,
    /// Largest import of measurements in bytes, 1024 to 17179869184; default: 536870912 (512 MiB)
    #[arg(long, env = "HELHEDSPLAN_MAX_IMPORT_BYTES", global = true)]
    pub max_import_bytes: Option<String>,
    /// Imports of more bytes than this are answered 202 and carried out in the background; default: 8388608 (8 MiB)
    #[arg(long, env = "HELHEDSPLAN_BACKGROUND_IMPORT_BYTES", global = true)]
    pub background_import_bytes: Option<String>,
    /// Seconds that running requests get to finish when the service stops, 0 to 600; default: 30
    #[arg(long, env = "HELHEDSPLAN_SHUTDOWN_SECONDS", global = true)]
    pub shutdown_seconds: Option<String>,
    /// Threads that answer requests, 1 to 256; default: the number of processor cores
    #[arg(long, env = "HELHEDSPLAN_WORKERS", global = true)]
    pub workers: Option<String>,
    /// Whether the legally contested area criterion is judged, on or off; default: off. Tokens need `criteria:contested`, too
    #[arg(long, env = "HELHEDSPLAN_CONTESTED_CRITERION", global = true)]
    pub contested_criterion: Option<String>,
    /// TOML file of the issuers whose tokens are accepted beside the service's own; default: none
    #[arg(long, env = "HELHEDSPLAN_ISSUERS_FILE", global = true)]
    pub issuers_file: Option<String>,
    /// Address and port of the figures for Prometheus, `/metrics`, for machines of the operator alone; default: none
    #[arg(long, env = "HELHEDSPLAN_ADMIN_LISTEN", global = true)]
    pub admin_listen: Option<String>,
    /// Networks of the proxies that are believed when they say who is calling (`X-Forwarded-For`), such as `10.0.0.0/8`,
    /// separated by commas; default: none
    #[arg(long, env = "HELHEDSPLAN_TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<String>,
    /// Requests a minute, and as many at once, of one client, 1 to 10000000; each replica counts for itself; default: 6000
    #[arg(long, env = "HELHEDSPLAN_CLIENT_REQUESTS_PER_MINUTE", global = true)]
    pub client_requests_per_minute: Option<String>,
    /// The same of one address without an accepted token; default: 1200
    #[arg(long, env = "HELHEDSPLAN_ADDRESS_REQUESTS_PER_MINUTE", global = true)]
    pub address_requests_per_minute: Option<String>,
    /// Seconds that a client has for the head of a request and between two pieces of its body or of
    /// its answer, which must go at 16 KiB a second in the long run, 1 to 600; default: 15
    #[arg(long, env = "HELHEDSPLAN_CLIENT_SECONDS", global = true)]
    pub client_seconds: Option<String>,
    /// Connections of clients, 16 to 1000000; further ones wait until one is free; default: 10000
    #[arg(long, env = "HELHEDSPLAN_HTTP_MAX_CONNECTIONS", global = true)]
    pub http_max_connections: Option<String>,
    /// Seconds for which browsers are told to come by https only (`Strict-Transport-Security`), 0 to 63072000; default: 0,
    /// nothing is said
    #[arg(long, env = "HELHEDSPLAN_HSTS_SECONDS", global = true)]
    pub hsts_seconds: Option<String>,
    /// Days for which `helhedsplan retention` keeps background imports after their end, 1 to 36500; default: 90
    #[arg(long, env = "HELHEDSPLAN_KEEP_IMPORTS_DAYS", global = true)]
    pub keep_imports_days: Option<String>,
    /// The same of client secrets, read tokens and calendar addresses after they ended, 0 to 36500; default: 365
    #[arg(long, env = "HELHEDSPLAN_KEEP_CREDENTIALS_DAYS", global = true)]
    pub keep_credentials_days: Option<String>,
    /// The same of deleted sessions, which followers of the feed are told of for so long, 7 to 36500; default: 30
    #[arg(long, env = "HELHEDSPLAN_KEEP_DELETED_SESSIONS_DAYS", global = true)]
    pub keep_deleted_sessions_days: Option<String>,
    /// The same of exact counts of participation, after the plan's last day, 0 to 36500; default: 1826
    #[arg(long, env = "HELHEDSPLAN_KEEP_PARTICIPATION_DAYS", global = true)]
    pub keep_participation_days: Option<String>,
    /// The same of the log of the contingency plan, after an activation was closed, 0 to 36500; default: 1826
    #[arg(long, env = "HELHEDSPLAN_KEEP_CONTINGENCY_LOG_DAYS", global = true)]
    pub keep_contingency_log_days: Option<String>,
    /// Address of an OpenTelemetry collector that gets the spans of requests, OTLP over HTTP, such as
    /// `http://127.0.0.1:4318`; needs a program built with the feature `otel`; default: none
    #[arg(long, env = "HELHEDSPLAN_OTLP_ENDPOINT", global = true)]
    pub otlp_endpoint: Option<String>,
}

/// The checked settings. Its `Debug` form may be logged: the database URL, which may hold a password, is hidden.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the service listens.
    pub listen: SocketAddr,
    /// Folder of the embedded database and the signing keys; it need not exist yet.
    pub data_dir: PathBuf,
    /// `sqlite://…` or `postgres://…` (also `postgresql://…`).
    pub database_url: SecretString,
    /// Size of the PostgreSQL pool, or number of reading connections to SQLite; 1 to 1000.
    pub database_max_connections: u32,
    /// `http://…` or `https://…`, without a slash at the end; the `iss` of tokens.
    pub public_url: String,
    /// Origins (scheme, host and port) whose pages may read what is public; none by default.
    pub cors_origins: Vec<String>,
    /// The licence that the session feed names; an `https:` address.
    pub feed_license: String,
    /// The `aud` of tokens.
    pub audience: String,
    /// A filter that `EnvFilter` accepts.
    pub log: String,
    /// The form of a log line.
    pub log_format: LogFormat,
    /// Largest request body in bytes; 1024 to 1 GiB.
    pub max_body_bytes: usize,
    /// Largest import of measurements in bytes; 1024 to 16 GiB.
    pub max_import_bytes: usize,
    /// Imports of more bytes than this are carried out in the background.
    pub background_import_bytes: u64,
    /// Seconds that running requests get to finish; 0 to 600.
    pub shutdown_seconds: u64,
    /// Threads that answer requests; 1 to 256.
    pub workers: usize,
    /// Whether the legally contested area criterion is judged, for tokens that may see it.
    pub contested_criterion: bool,
    /// The file of the issuers whose tokens are accepted beside the service's own.
    pub issuers_file: Option<PathBuf>,
    /// Where the figures for Prometheus are; none unless set.
    pub admin_listen: Option<SocketAddr>,
    /// The networks of the proxies that are believed when they say who is calling.
    pub trusted_proxies: Vec<IpNet>,
    /// Requests a minute of one client.
    pub client_requests_per_minute: NonZeroU32,
    /// Requests a minute of one address without an accepted token.
    pub address_requests_per_minute: NonZeroU32,
    /// Seconds that a client has for the head of a request and between two pieces of its body or of its answer; 1 to 600.
    pub client_seconds: u64,
    /// Connections of clients; 16 to 1,000,000.
    pub http_max_connections: usize,
    /// Seconds for which browsers are told to come by https only; 0 where nothing is said.
    pub hsts_seconds: u32,
    /// For how many days background imports are kept after their end.
    pub keep_imports_days: u32,
    /// For how many days client secrets, read tokens and calendar addresses are kept after they ended.
    pub keep_credentials_days: u32,
    /// For how many days deleted sessions are kept; 7 at least.
    pub keep_deleted_sessions_days: u32,
    /// For how many days after the plan's last day exact counts of participation are kept.
    pub keep_participation_days: u32,
    /// For how many days the log of the contingency plan is kept after an activation was closed.
    pub keep_contingency_log_days: u32,
    /// The OpenTelemetry collector, without a slash at the end; none unless set.
    pub otlp_endpoint: Option<String>,
    /// Folder of the checkpoints of the audit log; it need not exist yet. Where none is set, `checkpoints` in the data folder.
    pub checkpoints_dir: Option<PathBuf>,
}

impl Config {
    /// Whether the database is the embedded one, SQLite.
    pub fn is_embedded(&self) -> bool {
        self.database_url.expose_secret().starts_with("sqlite:")
    }

    /// The same settings for the demonstration: a database and keys of its own, in the folder `demo` of the data folder.
    ///
    /// # Errors
    /// When a database is named: the demonstration goes into none but its own.
    pub fn for_demo(mut self) -> Result<Self, ConfigError> {
        let own = embedded_database(&self.data_dir);
        if self.database_url.expose_secret() != own.expose_secret() {
            let sentence =
                "HELHEDSPLAN_DATABASE_URL: the demonstration has a database of its own; leave the setting out";
            return Err(ConfigError(sentence.to_owned()));
        }
        self.data_dir.push("demo");
        // Plans of the same code are not the same.
        self.checkpoints_dir = None;
        self.database_url = embedded_database(&self.data_dir);
        Ok(self)
    }

    /// The folder of the checkpoints of the audit log.
    pub fn checkpoints_dir(&self) -> PathBuf {
        let own = || self.data_dir.join("checkpoints");
        self.checkpoints_dir.clone().unwrap_or_else(own)
    }

    /// The folder of the signing keys, `keys` in the data folder.
    pub fn keys_dir(&self) -> PathBuf {
        self.data_dir.join("keys")
    }
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Pretty where standard error is a terminal, else JSON.
    Auto,
    /// One readable line an event.
    Pretty,
    /// One JSON object an event.
    Json,
}

/// All that cannot be used, one sentence a line, with variable and, from the file, key. Never shows the database URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Settings {
    /// Reads the file, if one is named, fills in the defaults and checks every value.
    ///
    /// # Errors
    /// One [`ConfigError`] with all faults: a file that cannot be read, its unknown keys, and each bad value.
    pub fn resolve(self) -> Result<Config, ConfigError> {
        let mut check = Check::default();
        let path = self.config.filter(|path| !path.as_os_str().is_empty());
        let file = path.map(|path| check.read_file(&path)).unwrap_or_default();
        macro_rules! setting {
            ($key:ident: $parse:expr; else $default:expr) => {
                check
                    .value(stringify!($key), [self.$key, file.$key], $parse)
                    .unwrap_or_else(|| $default)
            };
        }
        let cores = thread::available_parallelism().map_or(1, |cores| cores.get().min(256));
        let listen = setting!(listen: address; else SocketAddr::from(([127, 0, 0, 1], 8080)));
        let data_dir = setting!(data_dir: |text| Ok(text.into()); else PathBuf::from("./data"));
        let config = Config {
            database_url: setting!(database_url: database_url; else embedded_database(&data_dir)),
            database_max_connections: setting!(database_max_connections: whole(1..=1000); else 10),
            public_url: setting!(public_url: public_url; else format!("http://{listen}")),
            cors_origins: setting!(cors_origins: origins; else Vec::new()),
            feed_license: setting!(feed_license: https; else "https://creativecommons.org/licenses/by/4.0/".into()),
            audience: setting!(audience: word; else "helhedsplan".into()),
            log: setting!(log: log_filter; else "info,actix_server=warn,sea_orm=warn,sqlx=warn".into()),
            log_format: setting!(log_format: log_format; else LogFormat::Auto),
            max_body_bytes: setting!(max_body_bytes: whole(1024..=1 << 30); else 2 << 20),
            max_import_bytes: setting!(max_import_bytes: whole(1024..=1 << 34); else 512 << 20),
            background_import_bytes: setting!(background_import_bytes: whole(0..=1 << 34); else 8 << 20),
            shutdown_seconds: setting!(shutdown_seconds: whole(0..=600); else 30),
            workers: setting!(workers: whole(1..=256); else cores),
            contested_criterion: setting!(contested_criterion: on_or_off; else false),
            issuers_file: setting!(issuers_file: |text| Ok(Some(text.into())); else None),
            admin_listen: setting!(admin_listen: |text| address(text).map(Some); else None),
            trusted_proxies: setting!(trusted_proxies: networks; else Vec::new()),
            client_requests_per_minute: setting!(client_requests_per_minute: a_minute; else per_minute(6000)),
            address_requests_per_minute: setting!(address_requests_per_minute: a_minute; else per_minute(1200)),
            client_seconds: setting!(client_seconds: whole(1..=600); else 15),
            http_max_connections: setting!(http_max_connections: whole(16..=1_000_000); else 10_000),
            hsts_seconds: setting!(hsts_seconds: whole(0..=63_072_000); else 0),
            checkpoints_dir: setting!(checkpoints_dir: |text| Ok(Some(text.into())); else None),
            keep_imports_days: setting!(keep_imports_days: whole(1..=36_500); else 90),
            keep_credentials_days: setting!(keep_credentials_days: whole(0..=36_500); else 365),
            keep_deleted_sessions_days: setting!(keep_deleted_sessions_days: whole(7..=36_500); else 30),
            keep_participation_days: setting!(keep_participation_days: whole(0..=36_500); else 1826),
            keep_contingency_log_days: setting!(keep_contingency_log_days: whole(0..=36_500); else 1826),
            otlp_endpoint: setting!(otlp_endpoint: collector; else None),
            listen,
            data_dir,
        };
        let all = check.faults.join("\n");
        all.is_empty().then_some(config).ok_or(ConfigError(all))
    }
}

/// Collects the faults while the settings are checked one by one.
#[derive(Default)]
struct Check {
    file: String,
    faults: Vec<String>,
}

impl Check {
    /// The settings in the file. Faults quote no line of it, since a line may hold a password.
    fn read_file(&mut self, path: &Path) -> Settings {
        self.file = path.display().to_string();
        let read = fs::read_to_string(path).map_err(|error| error.to_string());
        let table = read.and_then(|text| {
            text.parse::<Table>().map_err(|error| {
                let before = error.span().and_then(|span| text.get(..span.start));
                let line = before.map_or(0, |before| before.matches('\n').count()) + 1;
                format!("line {line}: {}", error.message())
            })
        });
        let mut table = table.unwrap_or_else(|fault| self.file_fault(&fault));
        table.retain(|key, value| {
            // Numbers may stand without quotation marks.
            if !(value.is_str() || value.is_array() || value.is_table()) {
                *value = Value::String(value.to_string());
            }
            let one = Table::from_iter([(key.to_owned(), value.clone())]);
            Settings::deserialize(one)
                .map_err(|error| self.file_fault(&format!("key `{key}`: {}", error.message())))
                .is_ok()
        });
        Settings::deserialize(table).unwrap_or_default()
    }

    /// Notes the fault; the empty table stands for what could not be read.
    fn file_fault(&mut self, fault: &str) -> Table {
        let cause = format!("the file {} cannot be used: {fault}", self.file);
        self.faults.push(format!("HELHEDSPLAN_CONFIG: {cause}."));
        Table::new()
    }

    /// The value as given by flag or variable, else as in the file; none if both are empty or it is bad.
    fn value<T>(
        &mut self,
        key: &str,
        [given, in_file]: [Option<String>; 2],
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let place = format!(" (key `{key}` in {})", self.file);
        let given = given.map(|text| (text, ""));
        let in_file = in_file.map(|text| (text, place.as_str()));
        let filled = |source: &(String, &str)| !source.0.trim().is_empty();
        let (text, place) = given.filter(filled).or(in_file.filter(filled))?;
        let name = format!("HELHEDSPLAN_{}{place}", key.to_uppercase());
        let note = |fault| self.faults.push(format!("{name}: {fault}."));
        parse(text.trim()).map_err(note).ok()
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("'{text}' is not an address such as 127.0.0.1:8080"))
}

fn whole<T: FromStr + PartialOrd + Display>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| format!("'{text}' is not a whole number from {least} to {most}"))
    }
}

fn per_minute(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

fn a_minute(text: &str) -> Result<NonZeroU32, String> {
    whole(1..=10_000_000)(text).map(per_minute)
}

/// Networks, or single addresses.
fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let network = |item: &str| {
        let single = || item.parse::<IpAddr>().map(IpNet::from);
        item.parse::<IpNet>()
            .or_else(|_| single())
            .map_err(|_| format!("'{item}' is not a network such as 10.0.0.0/8"))
    };
    text.split(',').map(str::trim).map(network).collect()
}

/// Shows nothing of a bad URL, since it may hold a password.
fn database_url(text: &str) -> Result<SecretString, String> {
    let server = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let file = text.strip_prefix("sqlite://").unwrap_or_default();
    if !file.is_empty() || (server && Url::parse(text).is_ok()) {
        return Ok(text.into());
    }
    let password = "with / # ? @ in a password written as %2F %23 %3F %40";
    Err(format!("the value is not sqlite://… or postgres://…, {password}"))
}

/// The SQLite file in the data folder. SQLx decodes `%` in the path, so a folder may have any name; `components` leaves
/// out doubled slashes, which SQLx would not read as an absolute path.
fn embedded_database(data_dir: &Path) -> SecretString {
    let file: PathBuf = data_dir.join("helhedsplan.db").components().collect();
    let mut url = "sqlite://".to_owned();
    for byte in file.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/.-_".contains(&byte) {
            url.push(byte.into());
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    (url + "?mode=rwc").into()
}

fn public_url(text: &str) -> Result<String, String> {
    let web = text.starts_with("http://") || text.starts_with("https://");
    if web && !text.contains(['@', '?', '#']) && !text.ends_with('/') && Url::parse(text).is_ok() {
        return Ok(text.to_owned());
    }
    let shape = "https://plan.example.dk, without a slash at the end";
    Err(format!("'{text}' is not an address such as {shape}"))
}

fn collector(text: &str) -> Result<Option<String>, String> {
    if cfg!(feature = "otel") {
        public_url(text).map(Some)
    } else {
        Err("the program was built without the feature `otel`".to_owned())
    }
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("'{text}' is not on or off")),
    }
}

/// Origins as browsers send them: compared as they are, so nothing may be left to interpretation.
fn origins(text: &str) -> Result<Vec<String>, String> {
    let origin = |item: &str| {
        let is_exact = Url::parse(item)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == item);
        let shape = "https://www.example.dk";
        is_exact
            .then(|| item.to_owned())
            .ok_or_else(|| format!("'{item}' is not an origin such as {shape}, in small letters and without a path"))
    };
    text.split(',').map(str::trim).map(origin).collect()
}

fn https(text: &str) -> Result<String, String> {
    let is_good = Url::parse(text).is_ok_and(|url| url.scheme() == "https");
    is_good
        .then(|| text.to_owned())
        .ok_or_else(|| format!("'{text}' is not an https: address"))
}

fn word(text: &str) -> Result<String, String> {
    match text.split_whitespace().nth(1) {
        Some(_) => Err(format!("'{text}' is not one word")),
        None => Ok(text.to_owned()),
    }
}

fn log_filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|error| format!("'{text}' is not a log filter such as info,sqlx=warn: {error}"))
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    LogFormat::from_str(text, false).map_err(|_| format!("'{text}' is not auto, pretty or json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both texts are TOML; `given` stands for flags and variables.
    fn resolve(given: &str, file: &str) -> Result<Config, ConfigError> {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        fs::write(&path, file).unwrap();
        let mut settings: Settings = toml::from_str(given).unwrap();
        settings.config = Some(path.to_path_buf());
        settings.resolve()
    }

    #[test]
    fn nothing_given_means_the_documented_defaults() {
        let config = resolve("listen = ' '", "").unwrap();
        let url = config.database_url.expose_secret();
        assert_eq!(url, "sqlite://./data/helhedsplan.db?mode=rwc");
        let shown = "Config { listen: 127.0.0.1:8080, data_dir: './data', database_url: SecretBox<str>([REDACTED]), \
            database_max_connections: 10, public_url: 'http://127.0.0.1:8080', cors_origins: [], \
            feed_license: 'https://creativecommons.org/licenses/by/4.0/', audience: 'helhedsplan', \
            log: 'info,actix_server=warn,sea_orm=warn,sqlx=warn', log_format: Auto, max_body_bytes: 2097152, max_import_bytes: 536870912, background_import_bytes: 8388608, shutdown_seconds: 30, ";
        let debug = format!("{config:?}").replace('"', "'");
        assert!(debug.starts_with(shown), "{debug}");
        assert!(config.is_embedded() && config.keys_dir() == Path::new("./data/keys"));
    }

    #[test]
    fn what_is_given_wins_over_the_file_and_the_file_over_the_default() {
        let file = "workers = 5\nshutdown_seconds = 7\ndata_dir = '//srv/my data?/'";
        let config = resolve("workers = '3'", file).unwrap();
        assert_eq!((config.workers, config.shutdown_seconds), (3, 7));
        let url = config.database_url.expose_secret();
        assert_eq!(url, "sqlite:///srv/my%20data%3F/helhedsplan.db?mode=rwc");
    }

    #[test]
    fn the_demonstration_has_a_folder_of_its_own_and_takes_no_other_database() {
        let config = resolve("", "").unwrap().for_demo().unwrap();
        let url = config.database_url.expose_secret();
        assert_eq!(url, "sqlite://./data/demo/helhedsplan.db?mode=rwc");
        assert_eq!(config.keys_dir(), Path::new("./data/demo/keys"));
        let other = resolve("database_url = 'sqlite:///srv/plan.db'", "").unwrap();
        assert!(other.for_demo().is_err());
    }

    #[test]
    fn the_contested_criterion_is_off_unless_it_is_switched_on() {
        let is_on = |given: &str| resolve(given, "").map(|config| config.contested_criterion);
        assert_eq!(is_on(""), Ok(false));
        assert_eq!(is_on("contested_criterion = 'on'"), Ok(true));
        let error = is_on("contested_criterion = 'yes'").unwrap_err().to_string();
        assert_eq!(error, "HELHEDSPLAN_CONTESTED_CRITERION: 'yes' is not on or off.");
    }

    #[test]
    fn trusted_proxies_are_networks_or_single_addresses() {
        let config = resolve("trusted_proxies = '10.0.0.0/8, ::1'", "").unwrap();
        let inside = |address: &str| {
            let address: IpAddr = address.parse().unwrap();
            config.trusted_proxies.iter().any(|network| network.contains(&address))
        };
        assert!(inside("10.1.2.3") && inside("::1"));
        assert!(!inside("11.0.0.1") && !inside("::2"));
        let error = resolve("trusted_proxies = 'proxy'", "").unwrap_err().to_string();
        assert!(
            error.starts_with("HELHEDSPLAN_TRUSTED_PROXIES: 'proxy' is not a network"),
            "{error}"
        );
    }

    #[test]
    fn every_bad_setting_is_named_in_one_error() {
        let given = "listen = 'foo'\npublic_url = 'https://a.dk/'\nlog = 'sqlx=loud'
            database_url = 'mysql://u:hemmelig@h/d'";
        let file = "workers = 0\nlisten = 1\nlissten = 2\naudience = []";
        let error = resolve(given, file).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 7, "{error}");
        for name in ["PUBLIC_URL: ", "DATABASE_URL: ", "LOG: ", "WORKERS (key `workers` in "] {
            assert!(error.contains(&format!("\nHELHEDSPLAN_{name}")), "{error}");
        }
        for part in [
            "HELHEDSPLAN_LISTEN: 'foo' is not an address such as 127.0.0.1:8080.",
            "): '0' is not a whole number from 1 to 256.",
            "key `lissten`: unknown field",
            "key `audience`: ",
        ] {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
        assert!(!error.contains("hemmelig"));
    }

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        let config = resolve("cors_origins = 'https://www.fredericia.dk, http://localhost:5173'", "").unwrap();
        assert_eq!(
            config.cors_origins,
            ["https://www.fredericia.dk", "http://localhost:5173"]
        );
        for wrong in [
            "*",
            "null",
            "www.fredericia.dk",
            "https://x.dk/",
            "https://X.dk",
            "https://x.dk:443",
            "https://x.dk,",
        ] {
            let error = resolve(&format!("cors_origins = '{wrong}'"), "")
                .unwrap_err()
                .to_string();
            assert!(error.contains("HELHEDSPLAN_CORS_ORIGINS: "), "{error}");
        }
    }

    #[test]
    fn the_database_password_is_never_shown() {
        let url = "database_url = 'postgres://u:hemmelig@db/plan'";
        let config = resolve(url, "").unwrap();
        assert!(!config.is_embedded() && !format!("{config:?}").contains("hemmelig"));
        for unquoted in [url.trim_end_matches('\''), &url.replace('\'', "")] {
            let error = resolve("", unquoted).unwrap_err().to_string();
            assert!(error.contains("line 1: ") && !error.contains("hemmelig"));
        }
    }
}
