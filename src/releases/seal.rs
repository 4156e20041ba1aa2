//! The seal of a release: what binds what is published to the entry that its making has in the audit log; pure.
//!
//! Whoever can write the database can change what a stored release says. Its figures are proven by the certificate; but its tables
//! are proven under whatever codes its definition has, and the words about it under none. So the write that stores releases says
//! in the plan's audit log what it stored: SHA-256 over all that their readers may be shown. The log is a chain, witnessed by signed
//! checkpoints outside the database, so the seal cannot be exchanged without `helhedsplan audit verify` finding that.
//!
//! The seal is over what every reader of the log may be shown: with more in it, it would let them try what is hidden from them. So
//! the proof is left out, and so are the figures of releases to one organisation, which are shown its own small counts; all of
//! these are checked against each other, and against what was reported. Texts that can be redacted (`citation`, `reason`) are left
//! out, too.

use chrono::SecondsFormat;
use sha2::{Digest, Sha256};

use crate::entities::release;

/// Says how the seal is made; another way would be another text.
const EDITION: &str = "helhedsplan-release-1";
/// What stands before a seal in the target of a write.
pub(crate) const MARK: &str = "/sha256-";

/// The seal of the releases that one write stores, in the order of their ids.
///
/// SHA-256, in hexadecimal, of `helhedsplan-release-1` and then of each release its id, subject, period, audience, organisation,
/// number, threshold, rules, definition, published values, parts, data version and instant; each as a netstring (the number of
/// its bytes, `:`, the bytes, `,`), or as `-,` where it is null. Values and parts are `-,` where the release is to one
/// organisation.
pub(crate) fn seal(releases: &[release::Model]) -> String {
    let mut releases: Vec<&release::Model> = releases.iter().collect();
    releases.sort_by_key(|release| release.id);
    let mut sha = Sha256::new();
    let mut field = |text: Option<&str>| match text {
        Some(text) => sha.update(format!("{}:{text},", text.len())),
        None => sha.update("-,"),
    };
    field(Some(EDITION));
    for release in releases {
        field(Some(&release.id.to_string()));
        field(Some(&release.subject));
        field(Some(&release.period));
        field(Some(&release.audience));
        field(release.organisation.as_deref());
        field(Some(&release.number.to_string()));
        field(release.threshold.map(|threshold| threshold.to_string()).as_deref());
        field(Some(&release.rules));
        field(Some(&release.definition));
        let is_for_all = release.organisation.is_none();
        field(is_for_all.then_some(&release.published));
        field(release.parts.as_deref().filter(|_| is_for_all));
        field(Some(&release.seq.to_string()));
        field(Some(&release.released_at.to_rfc3339_opts(SecondsFormat::Micros, true)));
    }
    format!("{:x}", sha.finalize())
}

/// The target of the write that stores these releases, which carries their seal.
pub(crate) fn sealed(target: &str, releases: &[release::Model]) -> String {
    format!("{target}{MARK}{}", seal(releases))
}

/// The seal that a target carries; none where it was written before there were seals.
pub(crate) fn seal_of(target: &str) -> Option<&str> {
    target.split_once(MARK).map(|(_, seal)| seal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn release(id: u128) -> release::Model {
        release::Model {
            plan_id: 1,
            id: Uuid::from_u128(id),
            subject: "participation".into(),
            period: "2023-Q1".into(),
            audience: "parties".into(),
            organisation: None,
            organisation_key: String::new(),
            number: 1,
            threshold: Some(5),
            rules: "1".into(),
            definition: "{}".into(),
            published: "[]".into(),
            parts: None,
            citation: None,
            reason: None,
            seq: 7,
            released_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_seal_is_of_everything_that_is_published_in_any_order() {
        let both = [release(1), release(2)];
        let whole = seal(&both);
        assert_eq!(whole.len(), 64);
        assert_eq!(seal(&[release(2), release(1)]), whole);
        assert_ne!(seal(&both[..1]), whole);
        let changes: [fn(&mut release::Model); 11] = [
            |row| row.subject = "kendskabsgrad".into(),
            |row| row.period = "2023-Q2".into(),
            |row| row.audience = "public".into(),
            |row| row.organisation = Some("boli-nu".into()),
            |row| row.number = 2,
            |row| row.threshold = None,
            |row| row.rules = "2".into(),
            |row| row.definition = "{\"a\":1}".into(),
            |row| row.published = "[1]".into(),
            |row| row.parts = Some(String::new()),
            |row| row.seq = 8,
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut other = both.clone();
            change(&mut other[1]);
            assert_ne!(seal(&other), whole, "{at}");
        }
        // The figures of one organisation's are its own: another way finds what was done to them.
        let mut own = both.clone();
        own[1].organisation = Some("boli-nu".into());
        let before = seal(&own);
        own[1].published = "[1]".into();
        assert_eq!(seal(&own), before);
        // What may be redacted may.
        let mut redacted = both.clone();
        redacted[0].reason = Some("[fjernet]".into());
        assert_eq!(seal(&redacted), whole);
    }

    #[test]
    fn a_target_carries_its_seal() {
        let target = sealed("participation/releases/2023-Q1", &[release(1)]);
        assert_eq!(seal_of(&target), Some(seal(&[release(1)]).as_str()));
        assert_eq!(seal_of("participation/releases/2023-Q1"), None);
    }
}
