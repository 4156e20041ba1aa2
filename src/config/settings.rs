//! The settings as they are given, and what becomes of them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use clap::Args;
use serde::Deserialize;
use toml::{Table, Value};

use super::values::{
    a_minute, address, collector, database_url, embedded_database, https, log_filter, log_format, networks, on_or_off,
    origins, per_minute, public_url, whole, word,
};
use super::{Config, ConfigError, LogFormat};

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
