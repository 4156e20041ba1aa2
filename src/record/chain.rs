//! The chain of a plan's audit log: what an entry's hash is, and what is wrong with a chain. Pure, no I/O.
//!
//! # The hash, for those who compute it themselves
//!
//! An entry's hash is SHA-256 of these twelve fields in this order, each as a [netstring] (the number of its bytes in UTF-8,
//! `:`, the bytes, `,`), or as `-,` where it is null:
//!
//! 1. the text `helhedsplan-audit-1`
//! 2. `previous_hash`: the hash of the entry before, 64 small hexadecimal digits
//! 3. `number`, 4. `at` as RFC 3339 in UTC with six decimals and `Z`, 5. `subject`, 6. `client`, 7. `role`, 8. `operation`,
//!    9. `target`, 10. `outcome`, 11. `request_id`, 12. `data_version`; numbers in decimal
//!
//! The first entry has no one before it: its `previous_hash` is SHA-256 of two netstrings, `helhedsplan-audit-1` and the plan's
//! code, so that the chain of one plan is not that of another.
//!
//! [netstring]: https://cr.yp.to/proto/netstrings.txt

use chrono::SecondsFormat;
use sha2::{Digest, Sha256};

use crate::entities::audit_entry::Model as Entry;

/// Says how the hash is made; another way would be another text.
const EDITION: &str = "helhedsplan-audit-1";

/// What stands before the first entry of a plan.
pub fn origin(plan: &str) -> String {
    hash([Some(EDITION), Some(plan)])
}

/// The hash that an entry is to have.
pub fn hash_of(entry: &Entry) -> String {
    let number = entry.number.to_string();
    let at = entry.at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let data_version = entry.data_version.map(|version| version.to_string());
    hash([
        Some(EDITION),
        Some(&entry.previous_hash),
        Some(&number),
        Some(&at),
        Some(&entry.subject),
        entry.client.as_deref(),
        entry.role.as_deref(),
        Some(&entry.operation),
        Some(&entry.target),
        Some(&entry.outcome),
        entry.request_id.as_deref(),
        data_version.as_deref(),
    ])
}

fn hash<const FIELDS: usize>(fields: [Option<&str>; FIELDS]) -> String {
    let mut sha = Sha256::new();
    for field in fields {
        match field {
            Some(text) => sha.update(format!("{}:{text},", text.len())),
            None => sha.update("-,"),
        }
    }
    format!("{:x}", sha.finalize())
}

/// What can be wrong with a link of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Numbers are left out, or there twice, before the entry.
    Gap,
    /// The entry does not carry the hash of the one before.
    Unlinked,
    /// The entry's hash is not that of what it says.
    Altered,
}

/// A walk along a chain, entry by entry, that remembers the last one only.
#[derive(Clone, Debug)]
pub struct Walk {
    number: i64,
    hash: String,
}

impl Walk {
    /// Before the first entry of a plan.
    pub fn of_plan(plan: &str) -> Self {
        Self::after(0, origin(plan))
    }

    /// After an entry that is known to be right.
    pub fn after(number: i64, hash: String) -> Self {
        Self { number, hash }
    }

    /// Goes on to the next entry and says what is wrong with it. Where something is, the walk goes on from what is there, so
    /// that one fault is not told of every entry after it.
    pub fn step(&mut self, entry: &Entry) -> Vec<Fault> {
        let faults = [
            (Fault::Gap, entry.number != self.number + 1),
            (Fault::Unlinked, entry.previous_hash != self.hash),
            (Fault::Altered, entry.hash != hash_of(entry)),
        ];
        self.number = entry.number;
        self.hash.clone_from(&entry.hash);
        faults
            .into_iter()
            .filter_map(|(fault, is_there)| is_there.then_some(fault))
            .collect()
    }

    /// The number of the entry that it stands at; 0 before the first.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// The hash of that entry.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn entry(number: i64, previous_hash: String) -> Entry {
        let mut entry = Entry {
            plan_id: 1,
            number,
            at: DateTime::from_timestamp_micros(1_706_788_800_000_001 + number).unwrap(),
            subject: format!("subject-{}", number % 3),
            client: (number % 2 == 0).then(|| "client".to_owned()),
            role: Some("secretariat".to_owned()),
            operation: "get_minutes".to_owned(),
            target: format!("meetings/{number}/minutes"),
            outcome: "shown".to_owned(),
            request_id: (number % 3 == 0).then(|| format!("r{number}")),
            data_version: (number % 2 == 1).then_some(number),
            previous_hash,
            hash: String::new(),
        };
        entry.hash = hash_of(&entry);
        entry
    }

    fn chain(length: i64) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for number in 1..=length {
            let previous = entries.last().map_or_else(|| origin("plan"), |last| last.hash.clone());
            entries.push(entry(number, previous));
        }
        entries
    }

    /// Whether a walk finds anything, the last entry held against the head.
    fn is_found(entries: &[Entry], head: (i64, &str)) -> bool {
        let mut walk = Walk::of_plan("plan");
        let faults: usize = entries.iter().map(|entry| walk.step(entry).len()).sum();
        faults > 0 || (walk.number(), walk.hash()) != head
    }

    /// Worked out with Python's hashlib from the description above.
    #[test]
    fn a_hash_is_the_one_that_others_compute() {
        assert_eq!(
            origin("fredericia-2023-2026"),
            "babe687ab3dd5f5abb8a266dbb346480507724c6ad73b5e60b6fc705ce5fca49"
        );
        let entry = Entry {
            plan_id: 7,
            number: 1,
            at: DateTime::from_timestamp_micros(1_706_788_800_000_001).unwrap(),
            subject: "områdesekretariatet".to_owned(),
            client: None,
            role: Some("secretariat".to_owned()),
            operation: "get_minutes".to_owned(),
            target: "meetings/019342f1-7c1e-7d5b-9a3e-0d6f5e2b8a16/minutes".to_owned(),
            outcome: "shown".to_owned(),
            request_id: Some("r-1".to_owned()),
            data_version: None,
            previous_hash: origin("fredericia-2023-2026"),
            hash: String::new(),
        };
        assert_eq!(
            hash_of(&entry),
            "65f8efa988eee087b3462bbba10865c9cdf6df120171debab80c9b136667fbfd"
        );
    }

    #[test]
    fn what_is_wrong_is_told_once() {
        let whole = chain(5);
        let mut walk = Walk::of_plan("plan");
        assert!(whole.iter().all(|entry| walk.step(entry).is_empty()));
        let mut altered = whole.clone();
        altered[2].subject = "somebody".to_owned();
        let faults = |entries: &[Entry]| -> Vec<Vec<Fault>> {
            let mut walk = Walk::of_plan("plan");
            entries.iter().map(|entry| walk.step(entry)).collect()
        };
        assert_eq!(faults(&altered)[2], [Fault::Altered]);
        assert_eq!(faults(&altered).concat().len(), 1);
        let mut dropped = whole.clone();
        dropped.remove(1);
        assert_eq!(faults(&dropped).concat(), [Fault::Gap, Fault::Unlinked]);
        let mut walk = Walk::of_plan("another");
        assert_eq!(walk.step(&whole[0]), [Fault::Unlinked]);
    }

    #[test]
    fn null_and_empty_are_two_things_and_fields_do_not_run_into_each_other() {
        let base = chain(1).remove(0);
        let with = |client: Option<&str>, role: Option<&str>| {
            let mut entry = base.clone();
            entry.client = client.map(str::to_owned);
            entry.role = role.map(str::to_owned);
            hash_of(&entry)
        };
        assert_ne!(with(None, None), with(Some(""), None));
        assert_ne!(with(None, None), with(Some("-"), None));
        assert_ne!(with(Some("ab"), Some("c")), with(Some("a"), Some("bc")));
        assert_ne!(with(Some("a,1:b"), Some("c")), with(Some("a"), Some("b,1:c")));
    }

    proptest! {
        #[test]
        fn any_other_field_is_found(length in 1_i64..20, place in any::<prop::sample::Index>(), field in 0..12, text in "[a-z]{0,8}") {
            let mut entries = chain(length);
            let last = entries[entries.len() - 1].clone();
            let entry = place.get(&entries).number;
            let entry = &mut entries[usize::try_from(entry - 1).unwrap()];
            let before = entry.clone();
            match field {
                0 => entry.number += 1,
                1 => entry.at += chrono::TimeDelta::microseconds(1),
                2 => entry.subject = text,
                3 => entry.client = Some(text),
                4 => entry.role = None,
                5 => entry.operation = text,
                6 => entry.target = text,
                7 => entry.outcome = text,
                8 => entry.request_id = Some(text),
                9 => entry.data_version = Some(99),
                10 => entry.previous_hash = text,
                _ => entry.hash = text,
            }
            prop_assume!(*entry != before);
            prop_assert!(is_found(&entries, (last.number, &last.hash)));
        }

        #[test]
        fn any_entry_left_out_exchanged_repeated_or_added_is_found(
            length in 2_i64..20, one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), way in 0..4,
        ) {
            let mut entries = chain(length);
            let last = entries[entries.len() - 1].clone();
            prop_assert!(!is_found(&entries, (last.number, &last.hash)));
            let (one, other) = (one.index(entries.len()), other.index(entries.len()));
            match way {
                0 => { entries.remove(one); }
                1 => {
                    prop_assume!(one != other);
                    entries.swap(one, other);
                }
                2 => {
                    let copy = entries[one].clone();
                    entries.insert(other, copy);
                }
                _ => {
                    // Added with a hash of its own, as somebody would who knows how it is made.
                    let before = if one == 0 { origin("plan") } else { entries[one - 1].hash.clone() };
                    let number = entries[one].number;
                    let mut added = entry(number, before);
                    added.subject = "somebody".to_owned();
                    added.hash = hash_of(&added);
                    entries.insert(one, added);
                }
            }
            prop_assert!(is_found(&entries, (last.number, &last.hash)));
        }
    }
}
