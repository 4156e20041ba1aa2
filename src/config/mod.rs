//! The settings of the service: read, checked and typed before anything starts.
//!
//! A setting comes from its flag, else its variable `HELHEDSPLAN_…`, else its key in the TOML file, else its default.
//! [`Settings`] holds the texts as given, [`Config`] the checked values. An empty value counts as not given, so that
//! a compose file may pass on a variable that nobody set.

mod settings;
mod values;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::ValueEnum;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

pub use self::settings::Settings;
use self::values::embedded_database;

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::net::IpAddr;
    use std::path::Path;

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
