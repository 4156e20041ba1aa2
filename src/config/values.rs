//! The value that each text stands for, or what is wrong with it, to go behind the name of its setting.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use ipnet::IpNet;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::LogFormat;

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("'{text}' is not an address such as 127.0.0.1:8080"))
}

pub(super) fn whole<T: FromStr + PartialOrd + Display>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| format!("'{text}' is not a whole number from {least} to {most}"))
    }
}

pub(super) fn per_minute(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

pub(super) fn a_minute(text: &str) -> Result<NonZeroU32, String> {
    whole(1..=10_000_000)(text).map(per_minute)
}

/// Networks, or single addresses.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let network = |item: &str| {
        let single = || item.parse::<IpAddr>().map(IpNet::from);
        item.parse::<IpNet>()
            .or_else(|_| single())
            .map_err(|_| format!("'{item}' is not a network such as 10.0.0.0/8"))
    };
    text.split(',').map(str::trim).map(network).collect()
}

/// Shows nothing of a bad URL, since it may hold a password.
pub(super) fn database_url(text: &str) -> Result<SecretString, String> {
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
pub(super) fn embedded_database(data_dir: &Path) -> SecretString {
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

pub(super) fn public_url(text: &str) -> Result<String, String> {
    let web = text.starts_with("http://") || text.starts_with("https://");
    if web && !text.contains(['@', '?', '#']) && !text.ends_with('/') && Url::parse(text).is_ok() {
        return Ok(text.to_owned());
    }
    let shape = "https://plan.example.dk, without a slash at the end";
    Err(format!("'{text}' is not an address such as {shape}"))
}

pub(super) fn collector(text: &str) -> Result<Option<String>, String> {
    if cfg!(feature = "otel") {
        public_url(text).map(Some)
    } else {
        Err("the program was built without the feature `otel`".to_owned())
    }
}

pub(super) fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("'{text}' is not on or off")),
    }
}

/// Origins as browsers send them: compared as they are, so nothing may be left to interpretation.
pub(super) fn origins(text: &str) -> Result<Vec<String>, String> {
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

pub(super) fn https(text: &str) -> Result<String, String> {
    let is_good = Url::parse(text).is_ok_and(|url| url.scheme() == "https");
    is_good
        .then(|| text.to_owned())
        .ok_or_else(|| format!("'{text}' is not an https: address"))
}

pub(super) fn word(text: &str) -> Result<String, String> {
    match text.split_whitespace().nth(1) {
        Some(_) => Err(format!("'{text}' is not one word")),
        None => Ok(text.to_owned()),
    }
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|error| format!("'{text}' is not a log filter such as info,sqlx=warn: {error}"))
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    LogFormat::from_str(text, false).map_err(|_| format!("'{text}' is not auto, pretty or json"))
}
