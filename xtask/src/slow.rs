//! What a good client notices while a thousand others are idle or slow.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use crate::{service::Service, steps::build};

/// What the good client reads.
const PATH: &str = "/v1/plans/fredericia-2023-2026/indicators/kendskabsgrad-count/series?area=zone-1";
/// How many clients are slow, a quarter in each way.
const SLOW: usize = 1000;
/// In which ways they are slow.
const KINDS: [&str; 4] = ["idle", "slow with the head", "slow with the body", "not reading"];
/// Says nothing, so that it sends no byte either.
const IDLE: usize = 0;
/// Does not read.
const UNREAD: usize = 3;
/// What those ask for who do not read: more than a megabyte.
const LONG: &str = "/openapi.json";
/// How often a slow client sends a byte.
const DRIP: Duration = Duration::from_secs(1);
/// How long each part of a round lasts; the good client asks every few milliseconds.
const PART: Duration = Duration::from_secs(10);
/// See [`PART`].
const PAUSE: Duration = Duration::from_millis(2);
/// How often both are measured, one after the other.
const ROUNDS: usize = 3;

/// Measures reads of one client alone and beside slow ones, in turn.
pub(crate) fn slow() -> Result<()> {
    build()?;
    let service = Service::start()?;
    let token = service.token(&["--role", "secretariat"])?;
    let address = service.address();
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let (mut held, mut cut_off, mut memory) = (usize::MAX, [0; KINDS.len()], 0);
    reads(address, &token, PART / 5)?;
    for _ in 0..ROUNDS {
        alone.extend(reads(address, &token, PART)?);
        let stop = AtomicBool::new(false);
        let open = AtomicUsize::new(0);
        let closed = [const { AtomicUsize::new(0) }; KINDS.len()];
        thread::scope(|scope| -> Result<()> {
            scope.spawn(|| hold(address, &token, &stop, &open, &closed));
            let start = Instant::now();
            while open.load(Ordering::SeqCst) < SLOW && start.elapsed() < PART {
                thread::sleep(Duration::from_millis(20));
            }
            // Longer than a slow client is given, so that some are cut off meanwhile.
            let measured = reads(address, &token, 2 * PART);
            held = held.min(open.load(Ordering::SeqCst));
            memory = memory.max(service.memory().unwrap_or_default());
            stop.store(true, Ordering::SeqCst);
            beside.extend(measured?);
            Ok(())
        })?;
        for (sum, closed) in cut_off.iter_mut().zip(&closed) {
            *sum += closed.load(Ordering::SeqCst);
        }
    }
    let (median, late) = percentiles(&mut alone);
    let (median_beside, late_beside) = percentiles(&mut beside);
    println!("\n| a series read | reads | median | 99 % |");
    println!("|---|---|---|---|");
    println!("| alone | {} | {median:.2?} | {late:.2?} |", alone.len());
    println!(
        "| beside {held} connections that are idle, slow with head or body, or do not read | {} | {median_beside:.2?} | {late_beside:.2?} |",
        beside.len()
    );
    println!();
    for (kind, cut_off) in KINDS.iter().zip(cut_off) {
        println!("{kind}: {cut_off} connections were cut off");
    }
    println!("The service held at most {memory} MiB.");
    ensure!(held > SLOW * 9 / 10, "only {held} slow connections were there");
    ensure!(
        cut_off.iter().all(|cut_off| *cut_off > 0),
        "some were never cut off: {cut_off:?}"
    );
    Ok(())
}

/// How long each read of a kept-alive connection takes, for so long.
fn reads(address: SocketAddr, token: &str, time: Duration) -> Result<Vec<Duration>> {
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: slow\r\nAuthorization: Bearer {token}\r\n\r\n");
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < time {
        let start = Instant::now();
        stream.write_all(request.as_bytes())?;
        let answer = answer(&mut stream)?;
        times.push(start.elapsed());
        ensure!(
            answer.starts_with("HTTP/1.1 200 "),
            "the good client was answered {answer}"
        );
        thread::sleep(PAUSE);
    }
    Ok(times)
}

/// Reads an answer with a `Content-Length` whole, and gives its head.
fn answer(stream: &mut TcpStream) -> Result<String> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut piece = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut piece)?;
        ensure!(read > 0, "the connection was closed");
        buffer.extend_from_slice(&piece[..read]);
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.context("no length")?.parse()?;
        if buffer.len() >= end + 4 + length {
            return Ok(String::from_utf8_lossy(&buffer[..end]).into_owned());
        }
    }
}

/// Keeps so many slow connections open: who is cut off comes again.
fn hold(address: SocketAddr, token: &str, stop: &AtomicBool, open: &AtomicUsize, closed: &[AtomicUsize; KINDS.len()]) {
    // One says nothing at all, the next never ends its head, the third never ends its body, and the fourth asks for what is long
    // and reads none of it.
    let beginnings = [
        String::new(),
        format!("GET {PATH} HTTP/1.1\r\nHost: slow\r\nX-Slow: "),
        format!(
            "POST /v1/plans/fredericia-2023-2026/measurements/imports HTTP/1.1\r\nHost: slow\r\n\
             Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nContent-Length: 100000\r\n\r\nindicator"
        ),
        format!("GET {LONG} HTTP/1.1\r\nHost: slow\r\nAuthorization: Bearer {token}\r\n\r\n"),
    ];
    let mut connections: Vec<Option<TcpStream>> = (0..SLOW).map(|_| None).collect();
    while !stop.load(Ordering::SeqCst) {
        let round = Instant::now();
        for (number, place) in connections.iter_mut().enumerate() {
            let kind = number % beginnings.len();
            if let Some(stream) = place
                && is_over(stream, kind)
            {
                closed[kind].fetch_add(1, Ordering::SeqCst);
                *place = None;
            }
            if place.is_none() {
                *place = connect(address, &beginnings[kind]).ok();
            }
        }
        open.store(connections.iter().flatten().count(), Ordering::SeqCst);
        thread::sleep(DRIP.saturating_sub(round.elapsed()));
    }
}

/// Goes on being slow in its own way; whether the service has cut the connection off.
fn is_over(stream: &mut TcpStream, kind: usize) -> bool {
    let is_idle = kind == IDLE;
    // Who reads nothing notices the end when it asks for more.
    let is_read = kind != UNREAD
        && match stream.read(&mut [0; 512]) {
            Ok(_) => true,
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        };
    is_read || !is_idle && stream.write_all(b"x").is_err()
}

fn connect(address: SocketAddr, beginning: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(beginning.as_bytes())?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// The middle and the 99th percentile.
fn percentiles(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    (at(50), at(99))
}
