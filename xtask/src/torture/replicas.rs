//! Two replicas on one PostgreSQL and one folder of keys: what holds at one holds at the other within a second.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use super::{
    client::{Client, PLAN},
    service::{Database, Replica},
};
use crate::postgres::Server;

/// How long the other replica may take.
const AT_MOST: Duration = Duration::from_secs(1);
/// How often each is tried.
const WRITES: u32 = 40;
/// See [`WRITES`].
const REVOCATIONS: u32 = 10;
/// See [`WRITES`].
const ROTATIONS: u32 = 5;

/// Measures how long the other replica takes, and fails where it is more than a second.
pub(super) fn agree() -> Result<()> {
    let server = Server::start()?;
    let name = format!("PostgreSQL {}", server.version());
    let folder = tempfile::Builder::new().prefix("helhedsplan-torture-").tempdir()?;
    let database = Database::Server(server);
    let pair = [
        Replica::start(folder.path(), &database)?,
        Replica::start(folder.path(), &database)?,
    ];
    println!("\n| {name}, two replicas: until the other one knows | times | median | longest |");
    println!("|---|---|---|---|");
    report("of a write, what it remembers included", writes(&pair)?)?;
    report("that a client was revoked", revocations(&pair)?)?;
    report("that there is a new key, and that an old one is gone", keys(&pair)?)?;
    Ok(())
}

/// One writes a figure; the other has the series of it in memory.
fn writes(pair: &[Replica; 2]) -> Result<Vec<Duration>> {
    let client = pair[0].client(&["--role", "secretariat"])?;
    let series = format!("{PLAN}/indicators/households/series?area=zone-1&from=1950&to=1950");
    let mut times = Vec::new();
    for number in 0..WRITES {
        let (writer, reader) = (&pair[number as usize % 2], &pair[(number as usize + 1) % 2]);
        let series = format!("{}{series}", reader.url());
        // Asked for twice, it is remembered.
        client.json(&series)?;
        client.json(&series)?;
        let value = 7_000_000 + number;
        let rows = format!("indicator,area,period,value,source\nhouseholds,zone-1,1950,{value},torture\n");
        let url = format!("{}{PLAN}/measurements/imports", writer.url());
        let sent = client.post(&url, &format!("write-{number}"), "text/csv", &rows);
        let is_written = sent.as_ref().is_some_and(|(status, _)| [200, 201].contains(status));
        ensure!(is_written, "the write was answered {sent:?}");
        times.push(until("the write is seen", || {
            let value = value.to_string();
            Ok(client.get_once(&series)?.1.contains(&value))
        })?);
    }
    Ok(times)
}

/// A registered client is revoked through one; its token is no good at the other.
fn revocations(pair: &[Replica; 2]) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for number in 0..REVOCATIONS {
        let (one, other) = (&pair[number as usize % 2], &pair[(number as usize + 1) % 2]);
        let made = one.run(&[
            "client",
            "add",
            "--name",
            "Torture",
            "--role",
            "municipality",
            "--org",
            "jobcenter-fredericia",
            "--scope",
            "indicators:read",
        ])?;
        let value = |name: &str| -> Result<String> {
            let line = made.lines().find_map(|line| line.strip_prefix(name));
            Ok(line.with_context(|| format!("no {name}"))?.to_owned())
        };
        let (id, secret) = (value("CLIENT_ID=")?, value("CLIENT_SECRET=")?);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id.as_str()),
            ("client_secret", secret.as_str()),
        ];
        let token = until_some("the client is known", || {
            let answer = ureq::post(format!("{}/oauth/token", one.url())).send_form(form);
            let Ok(mut answer) = answer else { return Ok(None) };
            let answer: serde_json::Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
            Ok(answer["access_token"].as_str().map(str::to_owned))
        })?;
        let client = Client::new(token);
        let read = format!("{}{PLAN}/indicators", other.url());
        until("the token is good", || Ok(client.get_once(&read)?.0 == 200))?;
        one.run(&["client", "revoke", &id])?;
        times.push(until("the token is refused", || Ok(client.get_once(&read)?.0 == 401))?);
    }
    Ok(times)
}

/// A new key is published by both, and what a removed one has signed is refused by both.
fn keys(pair: &[Replica; 2]) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..ROTATIONS {
        let before = kids(&pair[0].run(&["keys", "list"])?);
        let client = pair[0].client(&["--role", "secretariat"])?;
        let read = |replica: &Replica| format!("{}{PLAN}/indicators", replica.url());
        for replica in pair {
            until("the token is good", || Ok(client.get_once(&read(replica))?.0 == 200))?;
        }
        let after = kids(&pair[0].run(&["keys", "rotate"])?);
        let new = after.iter().find(|kid| !before.contains(kid));
        let new = new.context("rotating makes a key")?;
        for replica in pair {
            let published = format!("{}/.well-known/jwks.json", replica.url());
            times.push(until("the key is published", || {
                Ok(client.get_once(&published)?.1.contains(new.as_str()))
            })?);
            let (status, _) = client.get_once(&read(replica))?;
            ensure!(status == 200, "while keys rotate a valid token is answered {status}");
        }
        for kid in &before {
            pair[0].run(&["keys", "remove", kid])?;
        }
        for replica in pair {
            times.push(until("the token is refused", || {
                Ok(client.get_once(&read(replica))?.0 == 401)
            })?);
        }
    }
    Ok(times)
}

/// The first word of every line but the heading.
fn kids(list: &str) -> Vec<String> {
    let lines = list.lines().skip(1);
    lines
        .filter(|line| !line.ends_with("ended"))
        .filter_map(|line| line.split('\t').next().map(str::to_owned))
        .collect()
}

/// How long it takes from now until something holds.
fn until(what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<Duration> {
    let start = Instant::now();
    until_some(what, || Ok(holds()?.then_some(())))?;
    Ok(start.elapsed())
}

/// What there is, as soon as it is there.
fn until_some<T>(what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = ask()? {
            return Ok(found);
        }
        if start.elapsed() > 10 * AT_MOST {
            bail!("after {} s it does not hold that {what}", start.elapsed().as_secs());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn report(what: &str, mut times: Vec<Duration>) -> Result<()> {
    times.sort_unstable();
    let longest = times.last().copied().unwrap_or_default();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!(
        "| {what} | {} | {} ms | {} ms |",
        times.len(),
        median.as_millis(),
        longest.as_millis()
    );
    ensure!(longest <= AT_MOST, "{what}: more than a second");
    Ok(())
}
