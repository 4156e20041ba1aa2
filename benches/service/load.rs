//! A closed loop of requests over kept-alive connections: each waits for its answer before the next is sent.
//!
//! It speaks just enough HTTP/1.1 to take as little as possible of the time that is to be measured.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A kept-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and reads the answer; says its status and how long the body was.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<(u16, usize)> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the connection was closed");
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let status = text
            .get(9..12)
            .and_then(|code| code.parse().ok())
            .context("no status")?;
        let length: usize = text
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
            .context("no content-length")?;
        while self.buffer.len() < head + length {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the connection was closed");
        }
        Ok((status, length))
    }
}

/// A `GET` as it goes over the wire.
pub(crate) fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n\r\n")
        .into_bytes()
}

/// Requests answered a second, by so many connections for so long.
pub(crate) async fn throughput(address: &str, request: &[u8], connections: usize, time: Duration) -> Result<f64> {
    let start = Instant::now();
    let end = start + time;
    let mut tasks = Vec::new();
    for _ in 0..connections {
        let mut connection = Connection::open(address).await?;
        let request = request.to_vec();
        tasks.push(tokio::spawn(async move {
            let mut answered = 0_u32;
            while Instant::now() < end {
                let (status, _) = connection.exchange(&request).await?;
                ensure!(status == 200, "answered {status}");
                answered += 1;
            }
            Ok(answered)
        }));
    }
    let mut answered = 0.0;
    for task in tasks {
        answered += f64::from(task.await??);
    }
    Ok(answered / start.elapsed().as_secs_f64())
}

/// The middle and the 99th percentile of some durations.
pub(crate) fn percentiles(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    (at(50), at(99))
}
