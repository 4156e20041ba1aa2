//! What was acknowledged, and whether it is there.

use std::{collections::HashMap, fmt, ops::AddAssign};

use anyhow::{Context as _, Result};

use super::writer::{Answer, Kind, Operation, Seen, Writer, Written};

/// How many of what there was.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) acknowledged: usize,
    pub(super) unanswered: usize,
    pub(super) done: usize,
    pub(super) lost: usize,
    pub(super) duplicated: usize,
    pub(super) half: usize,
    pub(super) unexpected: usize,
}

impl Tally {
    /// What should not be.
    pub(super) fn faults(&self) -> usize {
        self.lost + self.duplicated + self.half + self.unexpected
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.unanswered += other.unanswered;
        self.done += other.done;
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.half += other.half;
        self.unexpected += other.unexpected;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            acknowledged,
            unanswered,
            done,
            lost,
            duplicated,
            half,
            unexpected,
        } = self;
        write!(
            f,
            "| {acknowledged} | {unanswered} | {done} | {lost} | {duplicated} | {half} | {unexpected} |"
        )
    }
}

/// What the writers know.
#[derive(Default)]
pub(super) struct Ledger {
    /// The last acknowledged write of each place.
    standing: HashMap<(Kind, u32), Operation>,
    fresh: Vec<Operation>,
    unanswered: Vec<Operation>,
    /// Writes that may be there or not.
    open: Vec<Operation>,
    tally: Tally,
}

impl Ledger {
    /// Notes what came of a round.
    pub(super) fn add(&mut self, written: Written) {
        self.tally.acknowledged += written.acknowledged.len();
        self.tally.unanswered += written.unanswered.len();
        self.tally.unexpected += written.unexpected.len();
        for answer in &written.unexpected {
            println!("unexpected: {answer}");
        }
        self.fresh.extend(written.acknowledged);
        self.unanswered.extend(written.unanswered);
    }

    /// Looks at what was written since the last look: what was acknowledged is there, what was not is there or not, and can
    /// be sent again.
    pub(super) fn check_new(&mut self, url: &str, writers: &[Writer]) -> Result<()> {
        for operation in std::mem::take(&mut self.fresh) {
            self.look(url, writers, &operation)?;
            self.standing.insert(operation.place(), operation);
        }
        self.retry_unanswered(url, writers)?;
        Ok(())
    }

    /// Sends again what was not answered, under the same key; whether all of it is answered now.
    pub(super) fn retry_unanswered(&mut self, url: &str, writers: &[Writer]) -> Result<bool> {
        for operation in std::mem::take(&mut self.unanswered) {
            let writer = writer(writers, &operation)?;
            let before = writer.look(url, &operation)?;
            if before == Seen::Half {
                self.note(before, &operation);
            }
            match writer.send(url, &operation) {
                Answer::Acknowledged => {
                    self.tally.done += usize::from(before == Seen::Whole);
                    self.look(url, writers, &operation)?;
                    self.standing.insert(operation.place(), operation);
                }
                Answer::Unanswered => self.unanswered.push(operation),
                Answer::Unexpected(answer) => {
                    println!("unexpected: {operation:?} again: {answer}");
                    self.tally.unexpected += 1;
                }
            }
        }
        Ok(self.unanswered.is_empty())
    }

    /// Takes over what another has noted; all of it may be there or not.
    pub(super) fn may_have(&mut self, other: Ledger) {
        self.tally.acknowledged += other.tally.acknowledged;
        self.tally.unanswered += other.tally.unanswered;
        self.tally.unexpected += other.tally.unexpected;
        self.open.extend(other.fresh);
        self.open.extend(other.unanswered);
    }

    /// Looks at everything once more.
    pub(super) fn check_all(&mut self, url: &str, writers: &[Writer]) -> Result<()> {
        for operation in &self.unanswered {
            println!("lost: {operation:?} cannot be sent again");
        }
        self.tally.lost += self.unanswered.len();
        for operation in self.standing.clone().into_values() {
            self.look(url, writers, &operation)?;
        }
        for operation in std::mem::take(&mut self.open) {
            match writer(writers, &operation)?.look(url, &operation)? {
                Seen::Nothing => {}
                seen => self.note(seen, &operation),
            }
        }
        Ok(())
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    fn look(&mut self, url: &str, writers: &[Writer], operation: &Operation) -> Result<()> {
        let seen = writer(writers, operation)?.look(url, operation)?;
        self.note(seen, operation);
        Ok(())
    }

    fn note(&mut self, seen: Seen, operation: &Operation) {
        match seen {
            Seen::Whole => return,
            Seen::Nothing => self.tally.lost += 1,
            Seen::Twice => self.tally.duplicated += 1,
            Seen::Half => self.tally.half += 1,
        }
        println!("{seen:?}: {operation:?}");
    }
}

fn writer<'a>(writers: &'a [Writer], operation: &Operation) -> Result<&'a Writer> {
    let mut known = writers.iter();
    known
        .find(|writer| writer.kind() == operation.kind)
        .context("every operation has its writer")
}
