//! The retention table: for every kind of record how long it is kept, what then happens, and why. A test compares it with the
//! tables of the database, so that none is without an answer.
//!
//! The agreement lays down no period. It makes the housing organisation show its auditor every year that goals are followed up, and
//! lets the fund call for agreements: what shows that is kept as long as the plan. All periods in days are defaults of ours, which
//! who answers for the data (the data controller) sets otherwise where its own rules say so.

/// The kinds of records that are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// Answers that are kept for repeated requests.
    Answers,
    /// Assertions that clients have used.
    Assertions,
    /// Imports that were carried out in the background.
    Imports,
    /// Secrets, read tokens and calendar addresses that are good no longer.
    Credentials,
    /// Sessions that were deleted.
    DeletedSessions,
    /// Exact counts of participants.
    Participation,
    /// Activations of the contingency plan that are over.
    ContingencyLog,
}

impl Limited {
    /// The setting that says how many days; none where the period is fixed.
    pub fn setting(self) -> Option<&'static str> {
        match self {
            Limited::Answers | Limited::Assertions => None,
            Limited::Imports => Some("HELHEDSPLAN_KEEP_IMPORTS_DAYS"),
            Limited::Credentials => Some("HELHEDSPLAN_KEEP_CREDENTIALS_DAYS"),
            Limited::DeletedSessions => Some("HELHEDSPLAN_KEEP_DELETED_SESSIONS_DAYS"),
            Limited::Participation => Some("HELHEDSPLAN_KEEP_PARTICIPATION_DAYS"),
            Limited::ContingencyLog => Some("HELHEDSPLAN_KEEP_CONTINGENCY_LOG_DAYS"),
        }
    }
}

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// As long as the plan is in the database.
    WithThePlan,
    /// For a time that is always the same.
    Fixed(Limited, &'static str),
    /// For so many days as a setting says, after something.
    Days(Limited, &'static str),
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The kind of record.
    pub kind: &'static str,
    /// The tables in which it is.
    pub tables: &'static [&'static str],
    /// How long.
    pub kept: Kept,
    /// What then happens.
    pub then: &'static str,
    /// Why so long.
    pub why: &'static str,
}

impl Rule {
    /// The kind of records that are deleted; none where none are.
    pub fn limited(&self) -> Option<Limited> {
        match self.kept {
            Kept::WithThePlan => None,
            Kept::Fixed(limited, _) | Kept::Days(limited, _) => Some(limited),
        }
    }

    /// How long, in words.
    pub fn kept_in_words(&self, days: impl Fn(Limited) -> u32) -> String {
        match self.kept {
            Kept::WithThePlan => "as long as the plan".to_owned(),
            Kept::Fixed(_, words) => words.to_owned(),
            Kept::Days(limited, after) => format!("{} days after {after}", days(limited)),
        }
    }

    /// The row as it stands in the README.
    pub fn in_markdown(&self, days: impl Fn(Limited) -> u32) -> String {
        let setting = self.limited().and_then(Limited::setting);
        let setting = setting.map_or_else(String::new, |setting| format!(" (`{setting}`)"));
        let kept = self.kept_in_words(days);
        format!("| {} | {kept}{setting} | {} | {} |", self.kind, self.then, self.why)
    }
}

/// What is never deleted has no then.
const NOTHING: &str = "";

/// The table.
pub const RULES: &[Rule] = &[
    Rule {
        kind: "answers kept for repeated requests",
        tables: &["idempotency_keys"],
        kept: Kept::Fixed(Limited::Answers, "24 hours"),
        then: "deleted, also while the service runs",
        why: "the promise of `Idempotency-Key`",
    },
    Rule {
        kind: "used assertions of clients",
        tables: &["client_assertions"],
        kept: Kept::Fixed(Limited::Assertions, "until they end, five minutes at most"),
        then: "deleted, also while the service runs",
        why: "each is good once",
    },
    Rule {
        kind: "background imports",
        tables: &["imports"],
        kept: Kept::Days(Limited::Imports, "their end"),
        then: "deleted; the figures stay",
        why: "the sender fetches the receipt",
    },
    Rule {
        kind: "client secrets, read tokens and calendar addresses that ended",
        tables: &["client_secrets", "read_tokens", "calendar_feeds"],
        kept: Kept::Days(Limited::Credentials, "their end or revocation"),
        then: "deleted",
        why: "whoever looks into a misuse sees what there was",
    },
    Rule {
        kind: "deleted sessions",
        tables: &["sessions"],
        kept: Kept::Days(Limited::DeletedSessions, "their deletion"),
        then: "deleted from the feed, too",
        why: "followers of the feed are told of the deletion, for at least 7 days",
    },
    Rule {
        kind: "exact participation: people and volunteers counted",
        tables: &["participation_counts", "participation_places"],
        kept: Kept::Days(Limited::Participation, "the plan's last day"),
        then: "deleted, in every revision, with the receipts; reads say so (404), and no further release of these quarters is made",
        why: "corrections and releases are made from it; then what was released tells enough",
    },
    Rule {
        kind: "log of the contingency plan",
        tables: &["contingency_activations", "contingency_actions"],
        kept: Kept::Days(Limited::ContingencyLog, "the activation was closed"),
        then: "deleted with its checklist",
        why: "the parties learn from it",
    },
    Rule {
        kind: "plan, areas, organisations, bodies, indicators, rule sets, milestones",
        tables: &[
            "plans",
            "plan_parties",
            "areas",
            "area_relations",
            "organisations",
            "venues",
            "focus_areas",
            "indicators",
            "target_groups",
            "target_group_subsets",
            "age_bands",
            "genders",
            "bodies",
            "body_seats",
            "body_orderings",
            "rule_sets",
            "criteria",
            "criterion_inputs",
            "milestones",
        ],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "everything else names them; what is out of use is archived",
    },
    Rule {
        kind: "activities, placements, sessions",
        tables: &[
            "activities",
            "activity_actors",
            "activity_commitments",
            "activity_placements",
            "activity_target_groups",
            "sessions",
            "session_occurrences",
        ],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "what was offered where is what the figures are about; no persons",
    },
    Rule {
        kind: "figures and their history",
        tables: &["measurements", "extracts", "arrivals"],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "any earlier state can be asked for, and targets are held against baselines",
    },
    Rule {
        kind: "agreements, decisions, budget and accounts",
        tables: &[
            "agreements",
            "agreement_versions",
            "decisions",
            "decision_items",
            "decision_votes",
            "decision_reservations",
            "recommendations",
            "accounts",
        ],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "the fund may call for what was in force on any day; decisions say why",
    },
    Rule {
        kind: "meetings, minutes, packs, follow-ups",
        tables: &[
            "meetings",
            "agenda_items",
            "attendances",
            "conclusions",
            "reservations",
            "meeting_packs",
            "follow_ups",
        ],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "they show the auditor every year that goals are followed up",
    },
    Rule {
        kind: "contingency plan",
        tables: &["contingency_versions"],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "an annex of the strategic agreement",
    },
    Rule {
        kind: "reports of participation without their counts; what was delivered of commitments",
        tables: &["participation_reports", "participation_delivered"],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "what was promised is held against what was delivered; no counts of people",
    },
    Rule {
        kind: "releases and their proofs",
        tables: &["releases", "release_proofs"],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "what was published stays known. A proof holds the exact figures of its release: without it nobody could check it again",
    },
    Rule {
        kind: "registered clients",
        tables: &["clients", "registry_versions"],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "the record of writes names them; no persons",
    },
    Rule {
        kind: "record of writes, audit log, redactions",
        tables: &["changes", "plan_clocks", "audit_entries", "audit_heads", "redactions"],
        kept: Kept::WithThePlan,
        then: NOTHING,
        why: "who did what when, never content",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_deleted_has_one_row() {
        let limited: Vec<_> = RULES.iter().filter_map(Rule::limited).collect();
        assert_eq!(limited.len(), 7);
        for (index, one) in limited.iter().enumerate() {
            assert!(!limited[..index].contains(one), "{one:?}");
        }
        for rule in RULES {
            assert_eq!(rule.limited().is_none(), rule.then.is_empty(), "{}", rule.kind);
            assert!(!rule.why.is_empty() && !rule.tables.is_empty());
        }
    }
}
