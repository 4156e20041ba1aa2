//! Clients that write without pause, and can tell from outside whether a write is there.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::{
    client::{Client, PLAN},
    decisions::Board,
    service::Replica,
};

const GROUPS: [&str; 15] = [
    "6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7", "6.8", "6.9", "6.10", "6.11", "6.12", "INT-II", "INT-SHP",
    "INT-SP",
];
const ZONES: [&str; 4] = ["zone-1", "zone-2", "zone-3", "zone-4"];
/// So many dates have extracts; a later one for the same date is a correction.
const DATES: u32 = 1000;
/// An import has figures of so many days in every zone.
const DAYS: u32 = 50;
/// So many imports lie side by side; a later one writes over an earlier one.
const WINDOWS: u32 = 1000;

/// What a writer writes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Kind {
    /// Kendskabsgrad extracts, one a date.
    Extracts,
    /// Measurements, 200 at a time.
    Imports,
    /// Decisions that the board adopts, each with its effect on the plan.
    Decisions,
}

/// One write: what it says is all of its number, so that a half of it would show.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) kind: Kind,
    pub(super) number: u32,
}

/// What can be seen of a write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Seen {
    /// All of it, once.
    Whole,
    /// All of it, more than once.
    Twice,
    /// Nothing of it.
    Nothing,
    /// A part of it.
    Half,
}

impl Operation {
    /// Writes of the same kind and place replace each other.
    pub(super) fn place(&self) -> (Kind, u32) {
        let places = match self.kind {
            Kind::Extracts => DATES,
            Kind::Imports => WINDOWS,
            Kind::Decisions => u32::MAX,
        };
        (self.kind, self.number % places)
    }

    /// The one number of which everything it says is made.
    fn value(&self) -> u32 {
        1 + self.number % 97
    }

    fn revision(&self) -> u32 {
        1 + self.number / DATES
    }

    fn key(&self) -> String {
        format!("{:?}-{}", self.kind, self.number)
    }

    fn path(&self) -> String {
        match self.kind {
            Kind::Extracts => format!("{PLAN}/kendskabsgrad/extracts"),
            Kind::Imports => format!("{PLAN}/measurements/imports"),
            Kind::Decisions => format!("{PLAN}/decisions"),
        }
    }

    fn body(&self) -> String {
        match self.kind {
            Kind::Extracts => {
                let counts: Vec<Value> = GROUPS
                    .iter()
                    .flat_map(|group| {
                        ZONES.map(|zone| json!({"area": zone, "target_group": group, "count": self.value()}))
                    })
                    .collect();
                let reason = (self.revision() > 1).then_some("torture");
                json!({"extracted_on": day(2023, self.place().1), "counts": counts, "revision_reason": reason})
                    .to_string()
            }
            Kind::Imports => {
                let mut rows = String::from("indicator,area,period,value,source\n");
                for number in 0..DAYS {
                    let period = day(1900, self.place().1 * DAYS + number);
                    for zone in ZONES {
                        rows.push_str(&format!("households,{zone},{period},{},torture\n", self.value()));
                    }
                }
                rows
            }
            // The board adopts.
            Kind::Decisions => String::new(),
        }
    }

    /// Looks whether it is there.
    fn look(&self, writer: &Writer, url: &str) -> Result<Seen> {
        match self.kind {
            Kind::Extracts => {
                let url = format!("{url}{}/{}", self.path(), day(2023, self.place().1));
                let (status, body) = writer.client.get(&url)?;
                if status == 404 {
                    return Ok(Seen::Nothing);
                }
                let extract: Value = serde_json::from_str(&body).with_context(|| format!("{status}: {body}"))?;
                let counts = extract["counts"].as_array().context("an extract has counts")?;
                let cells: Vec<u64> = counts.iter().filter_map(|cell| cell["count"].as_u64()).collect();
                let own = u64::from(self.value());
                let revision = extract["revision"].as_u64().unwrap_or_default();
                let all_are_own = cells.len() == GROUPS.len() * ZONES.len() && cells.iter().all(|cell| *cell == own);
                Ok(match revision.cmp(&u64::from(self.revision())) {
                    std::cmp::Ordering::Less => Seen::Nothing,
                    std::cmp::Ordering::Equal if all_are_own => Seen::Whole,
                    std::cmp::Ordering::Equal => Seen::Half,
                    std::cmp::Ordering::Greater => Seen::Twice,
                })
            }
            Kind::Imports => {
                let (from, to) = (
                    day(1900, self.place().1 * DAYS),
                    day(1900, self.place().1 * DAYS + DAYS - 1),
                );
                let query = format!("indicator=households&from={from}&to={to}&format=csv");
                let (status, body) = writer.client.get(&format!("{url}{PLAN}/measurements?{query}"))?;
                if status != 200 {
                    bail!("{status}: {body}");
                }
                let own = format!(",{},", self.value());
                let lines = body.lines().filter(|line| line.contains("households,"));
                let rows = lines.clone().count();
                let own = lines.filter(|line| line.contains(&own)).count();
                let whole = DAYS as usize * ZONES.len();
                Ok(match own {
                    0 => Seen::Nothing,
                    _ if own == whole && rows == whole => Seen::Whole,
                    _ if rows > whole => Seen::Twice,
                    _ => Seen::Half,
                })
            }
            Kind::Decisions => writer.board()?.look(url, self.number),
        }
    }
}

/// What came of writing for a while.
#[derive(Default)]
pub(super) struct Written {
    /// What was acknowledged.
    pub(super) acknowledged: Vec<Operation>,
    /// What got no answer, or the answer that the service cannot serve it now.
    pub(super) unanswered: Vec<Operation>,
    /// Answers that should not be.
    pub(super) unexpected: Vec<String>,
}

/// How a write went.
pub(super) enum Answer {
    Acknowledged,
    /// No answer, or one that says that it may be tried again.
    Unanswered,
    Unexpected(String),
}

/// A client that writes.
pub(super) struct Writer {
    kind: Kind,
    client: Client,
    /// Of a writer of decisions.
    board: Option<Board>,
    next: u32,
}

impl Writer {
    /// A writer with tokens of this replica, which are good at every one.
    pub(super) fn new(kind: Kind, replica: &Replica) -> Result<Self> {
        let secretariat = ["--role", "secretariat"];
        let client = match kind {
            Kind::Extracts => replica.client(&["--role", "municipality", "--org", "jobcenter-fredericia"])?,
            Kind::Imports => replica.client(&secretariat)?,
            Kind::Decisions => replica.client(&["--role", "board"])?,
        };
        let board = match kind {
            Kind::Decisions => Some(Board::call(
                &replica.url(),
                replica.client(&secretariat)?,
                client.clone(),
            )?),
            _ => None,
        };
        Ok(Self {
            kind,
            client,
            board,
            next: 0,
        })
    }

    /// One of each kind.
    pub(super) fn all(replica: &Replica) -> Result<[Self; 3]> {
        Ok([
            Self::new(Kind::Extracts, replica)?,
            Self::new(Kind::Imports, replica)?,
            Self::new(Kind::Decisions, replica)?,
        ])
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    fn board(&self) -> Result<&Board> {
        self.board.as_ref().context("decisions have their board")
    }

    /// Makes ready what the next round needs.
    pub(super) fn prepare(&mut self, url: &str) -> Result<()> {
        match &mut self.board {
            Some(board) => board.prepare(url),
            None => Ok(()),
        }
    }

    /// Writes until it is told to stop or is not answered.
    pub(super) fn write_until(&mut self, url: &str, stop: &AtomicBool) -> Written {
        let mut written = Written::default();
        while !stop.load(Ordering::SeqCst) {
            let Some(operation) = self.next() else { break };
            match self.send(url, &operation) {
                Answer::Acknowledged => written.acknowledged.push(operation),
                Answer::Unanswered => {
                    written.unanswered.push(operation);
                    break;
                }
                Answer::Unexpected(answer) => {
                    written.unexpected.push(format!("{operation:?}: {answer}"));
                    break;
                }
            }
        }
        written
    }

    /// The next write; none where nothing is ready.
    pub(super) fn next(&mut self) -> Option<Operation> {
        let number = match &mut self.board {
            Some(board) => board.next()?,
            None => self.next,
        };
        self.next += 1;
        Some(Operation {
            kind: self.kind,
            number,
        })
    }

    /// Sends a write, the first time or again.
    pub(super) fn send(&self, url: &str, operation: &Operation) -> Answer {
        let path = format!("{url}{}", operation.path());
        let post = |media_type| self.client.post(&path, &operation.key(), media_type, &operation.body());
        let sent = match (operation.kind, &self.board) {
            (Kind::Decisions, Some(board)) => board.adopt(url, operation.number, &operation.key()),
            (Kind::Imports, _) => post("text/csv"),
            _ => post("application/json"),
        };
        let Some((status, body)) = sent else {
            return Answer::Unanswered;
        };
        match status {
            200 | 201 => Answer::Acknowledged,
            // Not now (503), no room (507), or the killed process still holds the key (409).
            503 | 507 => Answer::Unanswered,
            409 if body.contains("idempotency-in-progress") => Answer::Unanswered,
            _ => Answer::Unexpected(format!("{status} {body}")),
        }
    }

    /// Looks whether a write is there.
    pub(super) fn look(&self, url: &str, operation: &Operation) -> Result<Seen> {
        operation.look(self, url)
    }
}

/// The day so many days after the start of a year, as `2023-01-01`.
pub(super) fn day(year: u32, days: u32) -> String {
    let (mut year, mut left) = (year, days);
    let is_leap = |year: u32| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while left >= 365 + u32::from(is_leap(year)) {
        left -= 365 + u32::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u32::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", left + 1)
}
