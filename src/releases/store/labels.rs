//! What a release says of itself, held against the releases before it, the audit log and the record of writes.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::super::rules::EDITION;
use super::super::seal::{MARK, seal, seal_of};
use super::Shelf;
use super::verdict::Verdict;
use crate::entities::{audit_entry, change, release};
use crate::problem::Problem;

/// Whether a seal vouches for what is stored of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vouched {
    /// One is there, and it is right or was found wrong.
    BySeal,
    /// None is there.
    ByNothing,
}

/// By which rules the figures are said to be shown, in which tables, and whether that is what was entered in the audit log when
/// the release was made.
pub(super) async fn labels(
    db: &impl ConnectionTrait,
    shelf: &Shelf,
    before: &[Shelf],
    verdict: &mut Verdict,
) -> Result<Vouched, Problem> {
    let row = &shelf.row;
    if row.rules != EDITION {
        verdict.find("it says that it was made by rules of which nothing is known");
    }
    if before.iter().any(|one| one.row.definition != row.definition) {
        verdict.find("its tables are not those of the releases before it");
    }
    let entry = audit_entry::Entity::find()
        .filter(audit_entry::Column::PlanId.eq(row.plan_id))
        // The entry has the instant of its write, by which the log is indexed.
        .filter(audit_entry::Column::At.eq(row.released_at))
        .filter(audit_entry::Column::DataVersion.eq(row.seq))
        .one(db)
        .await?;
    let Some(entry) = entry else {
        unlogged(db, row, verdict).await?;
        return Ok(Vouched::ByNothing);
    };
    let Some(sealed) = seal_of(&entry.target) else {
        if is_after_a_seal(db, row).await? {
            verdict.find("the audit log does not say what was stored, as it does of a release before it");
        } else {
            verdict.leave_open("that it is what was stored: when it was made, releases had no seal in the audit log");
        }
        return Ok(Vouched::ByNothing);
    };
    let of_that_write = release::Entity::find()
        .filter(release::Column::PlanId.eq(row.plan_id))
        .filter(release::Column::Seq.eq(row.seq))
        .all(db)
        .await?;
    if seal(&of_that_write) != sealed {
        verdict.find("it, or one that was made with it, is not what the audit log says was stored");
    }
    Ok(Vouched::BySeal)
}

/// What is said of a release whose making is not in the audit log. If it is older than the log, its write is still in the record of
/// writes.
async fn unlogged(db: &impl ConnectionTrait, row: &release::Model, verdict: &mut Verdict) -> Result<(), Problem> {
    let first = audit_entry::Entity::find()
        .filter(audit_entry::Column::PlanId.eq(row.plan_id))
        .filter(audit_entry::Column::DataVersion.is_not_null())
        .order_by_asc(audit_entry::Column::Number)
        .one(db)
        .await?;
    let first = first.and_then(|first| first.data_version);
    if first.is_some_and(|first| first <= row.seq) {
        verdict.find("its making is not in the audit log");
        return Ok(());
    }
    let write = change::Entity::find_by_id((row.plan_id, row.seq)).one(db).await?;
    if write.is_some_and(|write| write.at == row.released_at) {
        verdict.leave_open("that it is what was stored: it was made before there was an audit log");
    } else {
        verdict.find("its making is neither in the audit log nor in the record of writes");
    }
    Ok(())
}

/// Whether a write before that of a release left a seal: from the first one on, all of them do.
async fn is_after_a_seal(db: &impl ConnectionTrait, row: &release::Model) -> Result<bool, Problem> {
    let sealed = audit_entry::Entity::find()
        .filter(audit_entry::Column::PlanId.eq(row.plan_id))
        .filter(audit_entry::Column::DataVersion.lt(row.seq))
        .filter(audit_entry::Column::Target.contains(MARK))
        .one(db)
        .await?;
    Ok(sealed.is_some())
}
