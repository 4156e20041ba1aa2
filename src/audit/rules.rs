//! What can be wrong with an audit log, in words. Pure.

use std::fmt;

/// What is wrong with an audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Entries are missing before this one, or one is there twice.
    Gap,
    /// It does not carry the hash of the one before: something was dropped, added, exchanged or altered there.
    Unlinked,
    /// It is not what it was when its hash was made.
    Altered,
    /// The log's end is not where the database says that it is.
    EndMoved,
    /// A checkpoint names an entry that is not there: the log's end was cut off.
    CutOff,
    /// The entry has not the hash that a checkpoint witnesses: the log was written anew.
    Rewritten,
    /// A checkpoint cannot be read, or its signature is not good.
    BadCheckpoint,
    /// A write has no entry.
    WriteWithoutEntry,
    /// An entry says that something was written, and no write is recorded.
    EntryWithoutWrite,
    /// Entry and record of a write differ.
    WriteDiffers,
}

impl Kind {
    /// The word by which it is told.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Gap => "gap",
            Kind::Unlinked => "unlinked",
            Kind::Altered => "altered",
            Kind::EndMoved => "end_moved",
            Kind::CutOff => "cut_off",
            Kind::Rewritten => "rewritten",
            Kind::BadCheckpoint => "bad_checkpoint",
            Kind::WriteWithoutEntry => "write_without_entry",
            Kind::EntryWithoutWrite => "entry_without_write",
            Kind::WriteDiffers => "write_differs",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Kind::Gap => "entries are missing before this one, or it is there twice",
            Kind::Unlinked => "it does not carry the hash of the entry before",
            Kind::Altered => "it is not what it was when its hash was made",
            Kind::EndMoved => "the log's end is not where the database says that it is",
            Kind::CutOff => "a checkpoint names it, and the log ends before it",
            Kind::Rewritten => "it has not the hash that a checkpoint witnesses",
            Kind::BadCheckpoint => {
                "this line of the checkpoints cannot be read, is out of order, or is not signed by a known key"
            }
            Kind::WriteWithoutEntry => "the write of this data version has no entry",
            Kind::EntryWithoutWrite => "it says that something was written, and no write is recorded",
            Kind::WriteDiffers => "the record of the write says something else",
        }
    }
}

/// Something wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The entry's number; of a bad checkpoint its line, of a write without an entry its data version.
    pub number: i64,
    /// What.
    pub kind: Kind,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            Kind::BadCheckpoint => "line",
            Kind::WriteWithoutEntry => "data version",
            _ => "entry",
        };
        write!(
            f,
            "{what} {}: {}: {}",
            self.number,
            self.kind.code(),
            self.kind.sentence()
        )
    }
}

/// So many findings of a plan are told one by one.
const MOST_TOLD: usize = 100;

/// A key that has signed checkpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Its thumbprint.
    pub key: String,
    /// The first entry that a checkpoint of it names.
    pub first: i64,
    /// The last one.
    pub last: i64,
}

/// What a verification of one plan's log came to.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// How many entries there are.
    pub entries: u64,
    /// How many checkpoints there are.
    pub checkpoints: u64,
    /// The newest entry that a good checkpoint witnesses; 0 where none does.
    pub witnessed: i64,
    /// Which keys have signed the checkpoints, each with the first and the last entry that it names, in the order of the lines.
    pub signers: Vec<Signer>,
    /// What is wrong: the first hundred.
    pub findings: Vec<Finding>,
    /// How much is wrong in all.
    pub found: u64,
}

impl Verdict {
    /// Counts a good checkpoint of the entry with this number.
    pub fn checkpoint(&mut self, key: &str, number: i64) {
        self.checkpoints += 1;
        match self.signers.iter_mut().find(|signer| signer.key == key) {
            Some(signer) => signer.last = number,
            None => self.signers.push(Signer {
                key: key.to_owned(),
                first: number,
                last: number,
            }),
        }
    }

    /// Notes something wrong.
    pub fn find(&mut self, number: i64, kind: Kind) {
        self.found += 1;
        if self.findings.len() < MOST_TOLD {
            self.findings.push(Finding { number, kind });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_flood_of_findings_the_first_hundred_are_told_and_all_are_counted() {
        let mut verdict = Verdict::default();
        for number in 1..=250 {
            verdict.find(number, Kind::Altered);
        }
        assert_eq!((verdict.findings.len(), verdict.found), (100, 250));
        let told = verdict.findings[0].to_string();
        assert_eq!(told, "entry 1: altered: it is not what it was when its hash was made");
    }
}
