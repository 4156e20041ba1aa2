//! Holding a plan's log against its chain, the record of writes, and the checkpoints: entry by entry, in the same little memory
//! however long it is.

use std::collections::VecDeque;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::checkpoints::Lines;
use super::model::Checkpoint;
use super::rules::{Kind, Verdict};
use super::store;
use crate::entities::{audit_entry, audit_head, change, plan, plan_clock};
use crate::record::chain::{Fault, Walk};

/// How many rows are read at a time.
const ROWS: u64 = 2000;

/// Verifies the log of a plan, on a snapshot of the database that was taken after the checkpoints were opened: else a checkpoint of
/// a moment ago would name an entry that the snapshot has not.
///
/// # Errors
/// Database or checkpoints cannot be read.
pub async fn verify(db: &impl ConnectionTrait, plan: &plan::Model, lines: Option<Lines>) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::default();
    let mut walk = Walk::of_plan(&plan.code);
    let mut witnesses = Witnesses::new(lines, &mut verdict)?;
    let mut writes = Writes::new(plan.id);
    let mut last = i64::MIN;
    loop {
        let entries = store::after(db, plan.id, last, ROWS).await?;
        let Some(end) = entries.last() else { break };
        last = end.number;
        for entry in &entries {
            verdict.entries += 1;
            for fault in walk.step(entry) {
                verdict.find(entry.number, kind(fault));
            }
            witnesses.meet(entry, &mut verdict)?;
            writes.meet(db, entry, &mut verdict).await?;
        }
    }
    let head = audit_head::Entity::find_by_id(plan.id).one(db).await?;
    let is_at_head = match (&head, verdict.entries) {
        (Some(head), 0) => head.number == 0,
        (Some(head), _) => (head.number, head.hash.as_str()) == (walk.number(), walk.hash()),
        (None, _) => false,
    };
    if !is_at_head {
        verdict.find(walk.number(), Kind::EndMoved);
    }
    witnesses.end(&mut verdict)?;
    writes.end(db, &mut verdict).await?;
    Ok(verdict)
}

fn kind(fault: Fault) -> Kind {
    match fault {
        Fault::Gap => Kind::Gap,
        Fault::Unlinked => Kind::Unlinked,
        Fault::Altered => Kind::Altered,
    }
}

/// The checkpoints, of which the next one is looked at.
struct Witnesses {
    lines: Option<Lines>,
    next: Option<Checkpoint>,
    /// The number of the newest one that was read.
    newest: i64,
}

impl Witnesses {
    fn new(lines: Option<Lines>, verdict: &mut Verdict) -> anyhow::Result<Self> {
        let mut witnesses = Self {
            lines,
            next: None,
            newest: 0,
        };
        witnesses.advance(verdict)?;
        Ok(witnesses)
    }

    /// Goes on to the next good checkpoint.
    fn advance(&mut self, verdict: &mut Verdict) -> anyhow::Result<()> {
        self.next = None;
        let Some(lines) = &mut self.lines else { return Ok(()) };
        while let Some((line, checkpoint)) = lines.read_next()? {
            match checkpoint.filter(|(checkpoint, _)| checkpoint.number > self.newest) {
                Some((checkpoint, key)) => {
                    verdict.checkpoint(&key, checkpoint.number);
                    self.newest = checkpoint.number;
                    self.next = Some(checkpoint);
                    break;
                }
                None => verdict.find(line, Kind::BadCheckpoint),
            }
        }
        Ok(())
    }

    fn meet(&mut self, entry: &audit_entry::Model, verdict: &mut Verdict) -> anyhow::Result<()> {
        while let Some(next) = self.next.take_if(|next| next.number <= entry.number) {
            if next.number < entry.number {
                verdict.find(next.number, Kind::Gap);
            } else if next.hash == entry.hash {
                verdict.witnessed = next.number;
            } else {
                verdict.find(next.number, Kind::Rewritten);
            }
            self.advance(verdict)?;
        }
        Ok(())
    }

    fn end(mut self, verdict: &mut Verdict) -> anyhow::Result<()> {
        while let Some(next) = self.next.take() {
            verdict.find(next.number, Kind::CutOff);
            self.advance(verdict)?;
        }
        Ok(())
    }
}

/// The record of writes, from the first one that has an entry.
struct Writes {
    plan_id: i32,
    /// The number of the last one that was read; none before the first entry of a write.
    read: Option<i64>,
    next: VecDeque<change::Model>,
}

impl Writes {
    fn new(plan_id: i32) -> Self {
        Self {
            plan_id,
            read: None,
            next: VecDeque::new(),
        }
    }

    async fn meet(
        &mut self,
        db: &impl ConnectionTrait,
        entry: &audit_entry::Model,
        verdict: &mut Verdict,
    ) -> Result<(), DbErr> {
        let Some(version) = entry.data_version else {
            return Ok(());
        };
        // What was written before there was an audit log is not in it.
        self.read.get_or_insert(version.saturating_sub(1));
        loop {
            self.fill(db).await?;
            match self.next.front() {
                Some(write) if write.seq < version => {
                    verdict.find(write.seq, Kind::WriteWithoutEntry);
                    self.next.pop_front();
                }
                Some(write) if write.seq == version => {
                    if !is_same(write, entry) {
                        verdict.find(entry.number, Kind::WriteDiffers);
                    }
                    self.next.pop_front();
                    return Ok(());
                }
                _ => {
                    verdict.find(entry.number, Kind::EntryWithoutWrite);
                    return Ok(());
                }
            }
        }
    }

    async fn end(mut self, db: &impl ConnectionTrait, verdict: &mut Verdict) -> Result<(), DbErr> {
        if self.read.is_none() {
            return Ok(());
        }
        loop {
            self.fill(db).await?;
            let Some(write) = self.next.pop_front() else { break };
            verdict.find(write.seq, Kind::WriteWithoutEntry);
        }
        // The plan's clock gave out a number of which there is no record any more.
        let clock = plan_clock::Entity::find_by_id(self.plan_id).one(db).await?;
        if let (Some(clock), Some(read)) = (clock, self.read)
            && clock.seq > read
        {
            verdict.find(clock.seq, Kind::WriteWithoutEntry);
        }
        Ok(())
    }

    /// Reads on where everything that was read is used up.
    async fn fill(&mut self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        let (true, Some(read)) = (self.next.is_empty(), self.read) else {
            return Ok(());
        };
        let rows = change::Entity::find()
            .filter(change::Column::PlanId.eq(self.plan_id))
            .filter(change::Column::Seq.gt(read))
            .order_by_asc(change::Column::Seq)
            .limit(ROWS)
            .all(db)
            .await?;
        if let Some(last) = rows.last() {
            self.read = Some(last.seq);
        }
        self.next = rows.into();
        Ok(())
    }
}

/// Whether the record of a write and its entry say the same.
fn is_same(write: &change::Model, entry: &audit_entry::Model) -> bool {
    write.at == entry.at
        && write.subject == entry.subject
        && write.operation == entry.operation
        && write.target == entry.target
        && write.request_id == entry.request_id
}
