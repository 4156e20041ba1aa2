//! Who may do what: seven roles, the permissions, and the one table that joins them.
//!
//! A permission is also an OAuth scope: a token's `scope` narrows what its role may, never widens it. Row scope (whose
//! plan, whose organisation) is not here: it is the first filter of every query, see [`super::Scope`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kinds of callers of the agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The project manager's office (områdesekretariatet).
    Secretariat,
    /// The municipality's departments and reporting systems, the Jobcenter among them.
    Municipality,
    /// A housing organisation of the plan.
    HousingOrganisation,
    /// The board's chair and minute-taker.
    Board,
    /// The national fund (Landsbyggefonden).
    Fund,
    /// The housing organisations' auditor.
    Auditor,
    /// Anyone without a token.
    Public,
}

impl Role {
    /// Every role, in the order of the table's columns.
    pub const ALL: [Role; 7] = [
        Role::Secretariat,
        Role::Municipality,
        Role::HousingOrganisation,
        Role::Board,
        Role::Fund,
        Role::Auditor,
        Role::Public,
    ];

    /// The role as it stands in tokens and JSON.
    pub fn code(self) -> &'static str {
        match self {
            Role::Secretariat => "secretariat",
            Role::Municipality => "municipality",
            Role::HousingOrganisation => "housing_organisation",
            Role::Board => "board",
            Role::Fund => "fund",
            Role::Auditor => "auditor",
            Role::Public => "public",
        }
    }

    /// Whether the table gives this role the permission.
    pub fn may(self, permission: Permission) -> bool {
        permission.row()[self as usize]
    }

    /// The scopes of a token for which none are named: all that the table gives this role, but those that are given by
    /// name only.
    pub fn default_scope(self) -> String {
        let named = self.permissions().filter(|permission| !permission.is_by_name_only());
        let scopes: Vec<&str> = named.map(Permission::scope).collect();
        scopes.join(" ")
    }

    /// Everything that the table gives this role.
    pub fn permissions(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(move |permission| self.may(*permission))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Role::ALL.into_iter().find(|role| role.code() == text).ok_or_else(|| {
            let known: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
            format!("'{text}' is not a role; the roles are {}", known.join(", "))
        })
    }
}

/// A permission as a type, so that it can stand in a handler's signature: `Allow<ReadMeasurements>`.
pub trait Grant: 'static {
    /// The permission that the type stands for.
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])+ $name:ident, $scope:literal, [$($cell:tt)+];)+) => {
        /// What an operation needs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission { $($(#[doc = $doc])+ $name,)+ }

        impl Permission {
            /// Every permission, in the order of the table's rows.
            pub const ALL: &'static [Permission] = &[$(Permission::$name,)+];

            /// The OAuth scope that stands for it.
            pub fn scope(self) -> &'static str {
                match self { $(Permission::$name => $scope,)+ }
            }

            /// What it allows, in a sentence.
            pub fn about(self) -> &'static str {
                match self { $(Permission::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// Whether it lets its holder look at things and change nothing.
            pub fn reads(self) -> bool {
                self.scope().ends_with(":read")
            }

            /// Which roles have it, in the order of [`Role::ALL`].
            fn row(self) -> [bool; 7] {
                match self { $(Permission::$name => [$(permissions!(@cell $cell)),+],)+ }
            }
        }

        $(
            $(#[doc = $doc])+
            #[derive(Debug)]
            pub struct $name;
            impl Grant for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )+
    };
    (@cell x) => { true };
    (@cell o) => { false };
}

// x: may, o: may not.
permissions! {
    //                                          secretariat
    //                                          | municipality
    //                                          | | housing_organisation
    //                                          | | | board
    //                                          | | | | fund
    //                                          | | | | | auditor
    //                                          | | | | | | public
    /// Read the plan, its organisations, areas, venues and focus areas.
    ReadPlan,         "plan:read",             [x x x x x x x];
    /// Write the plan's organisations, areas, venues and focus areas.
    WritePlan,        "plan:write",            [x o o o o o o];
    /// Change areas; a housing organisation those that it runs.
    WriteAreas,       "areas:write",           [x o x o o o o];
    /// Read the definitions of indicators and target groups.
    ReadIndicators,   "indicators:read",       [x x x x x x o];
    /// Write the definitions of indicators and target groups.
    WriteIndicators,  "indicators:write",      [x o o o o o o];
    /// Read measured figures, as series.
    ReadMeasurements, "measurements:read",     [x x x x x x o];
    /// Write measured figures that the caller's organisation, or a unit below it, owns; the secretariat for others.
    WriteMeasurements, "measurements:write",   [x x o o x o o];
    /// Read goals, sub-goals, and where the plan stands against them.
    ReadGoals,        "goals:read",            [x x x x x x o];
    /// Read kendskabsgrad extracts and their receipts.
    ReadExtracts,     "kendskabsgrad:read",    [x x x x x x o];
    /// Push kendskabsgrad extracts that the caller's organisation, or a unit below it, owns.
    PushExtracts,     "kendskabsgrad:write",   [o x o o o o o];
    /// Read the area criteria, and how areas stand against them.
    ReadCriteria,     "criteria:read",         [x x x x x x o];
    /// See the legally contested criterion judged; a token has it only if it was given it by name.
    ReadContestedCriterion, "criteria:contested", [x o o x x o o];
    /// Read what figures are due: the caller's own as a data owner, all for those who follow the plan.
    ReadDeliveries,   "deliveries:read",       [x x x x x x o];
    /// See which clients the municipality and the housing organisations have, and which read tokens the secretariat has.
    ReadClients,      "clients:read",          [x o o o o o o];
    /// Register, rotate and revoke clients of the municipality and the housing organisations; make and revoke read tokens of
    /// the secretariat.
    WriteClients,     "clients:write",         [x o o o o o o];
    /// Read agreements, their versions and drafts, the milestone plan, and the weekly staff hours.
    ReadAgreements,   "agreements:read",       [x x x x x x o];
    /// Write drafts of agreements.
    DraftAgreements,  "agreements:draft",      [x o x o o o o];
    /// Write the milestone plan.
    WriteMilestones,  "milestones:write",      [x o o o o o o];
    /// Read the budget and the accounts.
    ReadBudget,       "budget:read",           [x x x x x x o];
    /// Write the accounts; the budget itself is part of the strategic agreement.
    WriteAccounts,    "budget:write",          [x o o o o o o];
    /// Read activities, their placements and sessions, and the feeds: what is published.
    ReadActivities,   "activities:read",       [x x x x x x x];
    /// Draft activities, see those that are not published, and edit how activities are presented.
    WriteActivities,  "activities:write",      [x o o o o o o];
    /// Read what is released of figures that count people: tables in which small counts are hidden.
    ReadReleases,     "participation:read",    [x x x x x x x];
    /// Release figures that count people to an audience.
    ReleaseParticipation, "participation:release", [x o o o o o o];
    /// Write sessions, and see those that are not published.
    WriteSessions,    "sessions:write",        [x o o o o o o];
    /// Report participation: the secretariat all, others in activities where their organisation, or a unit below it, is an actor.
    ReportParticipation, "participation:report", [x x x o o o o];
    /// Read the exact counts of participation that the caller's organisation, or a unit below it, reported; the secretariat all.
    ReadExactParticipation, "participation:exact", [x x x o o o o];
    /// Read what activities promised against what was delivered.
    ReadCommitments,  "commitments:read",      [x x x x x x o];
    /// Read the contingency plan, as a party, a participant or the fund; a token has it only if it was given it by name.
    ReadContingency,  "contingency:read",      [x x x o x o o];
    /// Write the contingency plan, correct and close activations; a token has it only if it was given it by name.
    WriteContingency, "contingency:write",     [x o o o o o o];
    /// Read the log of activations, as a participant or the board; a token has it only if it was given it by name.
    ReadContingencyLog, "contingency:log",     [x x x x o o o];
    /// Activate the contingency plan and keep the checklist; a token has it only if it was given it by name.
    ActivateContingency, "contingency:activate", [x x x o o o o];
    /// Read decisions and recommendations: who prepares and takes them all, others those that the board has concluded.
    ReadDecisions,    "decisions:read",        [x x x x x x o];
    /// Put proposals to the board, and take them back.
    ProposeDecisions, "decisions:propose",     [x o o x o o o];
    /// Record what the seats of one's own organisation say of a proposal; the board's minute-taker, of any seat.
    VoteOnDecisions,  "decisions:vote",        [o x x x o o o];
    /// Record what the board concluded.
    DecideDecisions,  "decisions:decide",      [o o o x o o o];
    /// Endorse or decline what the board adopted.
    EndorseDecisions, "decisions:endorse",     [o o o o x o o];
    /// Record what the secretariat and the steering groups recommend.
    WriteRecommendations, "recommendations:write", [x o o o o o o];
    /// Read how goals and sub-goals were followed up, and the yearly statement.
    ReadFollowUps,    "follow-ups:read",       [x x x x x x o];
    /// Record how goals and sub-goals were followed up.
    WriteFollowUps,   "follow-ups:write",      [x o o x o o o];
    /// Read the bodies, and the meetings of those that the caller sees: agenda, figures, how often they met.
    ReadMeetings,     "meetings:read",         [x x x x x x o];
    /// Plan, call, hold and cancel meetings, and order their agendas.
    WriteMeetings,    "meetings:write",        [x o o o o o o];
    /// Propose items for the agendas of bodies in which the caller's organisation has a seat.
    ProposeItems,     "meetings:propose",      [x x x o o o o];
    /// Make and revoke the secret addresses under which calendars follow a body's meetings.
    SubscribeMeetings, "meetings:subscribe",   [x x x x o o o];
    /// Read the minutes of the bodies in which the caller's organisation has a seat.
    ReadMinutes,      "minutes:read",          [x x x x o o o];
    /// Write minutes and record their approval; the board's minute-taker those of the board.
    WriteMinutes,     "minutes:write",         [x o o x o o o];
    /// Read the audit log: who wrote what, and who was shown what is protected.
    ReadAuditLog,     "audit-log:read",        [o o o o o x o];
    /// Read which texts were taken out where, and why; never the texts.
    ReadRedactions,   "redactions:read",       [x o o o o x o];
    /// Take out a text that should not have been written; a token has it only if it was given it by name.
    WriteRedactions,  "redactions:write",      [x o o o o o o];
}

impl Permission {
    /// Whether no token has it unless somebody decided so: it is not among a role's default scopes.
    pub fn is_by_name_only(self) -> bool {
        matches!(
            self,
            Permission::ReadContestedCriterion
                | Permission::ReadContingency
                | Permission::WriteContingency
                | Permission::ReadContingencyLog
                | Permission::ActivateContingency
                | Permission::WriteRedactions
        )
    }

    /// Whether its operations show what is protected: exact counts of participation, minutes, the contingency plan and its
    /// log. Each time they do is entered in the audit log before the answer leaves, see `crate::watch`.
    pub fn is_watched(self) -> bool {
        matches!(
            self,
            Permission::ReadExactParticipation
                | Permission::ReportParticipation
                | Permission::ReadMinutes
                | Permission::WriteMinutes
                | Permission::ReadContingency
                | Permission::WriteContingency
                | Permission::ReadContingencyLog
                | Permission::ActivateContingency
        )
    }
}

impl FromStr for Permission {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Permission::ALL
            .iter()
            .copied()
            .find(|permission| permission.scope() == text)
            .ok_or_else(|| format!("'{text}' is not a scope"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table is reviewed as a whole: a change to it shows here.
    #[test]
    fn the_permission_table_is_the_reviewed_one() {
        let mut table = String::new();
        for permission in Permission::ALL {
            let roles: Vec<_> = Role::ALL
                .into_iter()
                .filter(|role| role.may(*permission))
                .map(Role::code)
                .collect();
            table.push_str(&format!("{}: {}\n", permission.scope(), roles.join(" ")));
        }
        insta::assert_snapshot!(table, @r"
        plan:read: secretariat municipality housing_organisation board fund auditor public
        plan:write: secretariat
        areas:write: secretariat housing_organisation
        indicators:read: secretariat municipality housing_organisation board fund auditor
        indicators:write: secretariat
        measurements:read: secretariat municipality housing_organisation board fund auditor
        measurements:write: secretariat municipality fund
        goals:read: secretariat municipality housing_organisation board fund auditor
        kendskabsgrad:read: secretariat municipality housing_organisation board fund auditor
        kendskabsgrad:write: municipality
        criteria:read: secretariat municipality housing_organisation board fund auditor
        criteria:contested: secretariat board fund
        deliveries:read: secretariat municipality housing_organisation board fund auditor
        clients:read: secretariat
        clients:write: secretariat
        agreements:read: secretariat municipality housing_organisation board fund auditor
        agreements:draft: secretariat housing_organisation
        milestones:write: secretariat
        budget:read: secretariat municipality housing_organisation board fund auditor
        budget:write: secretariat
        activities:read: secretariat municipality housing_organisation board fund auditor public
        activities:write: secretariat
        participation:read: secretariat municipality housing_organisation board fund auditor public
        participation:release: secretariat
        sessions:write: secretariat
        participation:report: secretariat municipality housing_organisation
        participation:exact: secretariat municipality housing_organisation
        commitments:read: secretariat municipality housing_organisation board fund auditor
        contingency:read: secretariat municipality housing_organisation fund
        contingency:write: secretariat
        contingency:log: secretariat municipality housing_organisation board
        contingency:activate: secretariat municipality housing_organisation
        decisions:read: secretariat municipality housing_organisation board fund auditor
        decisions:propose: secretariat board
        decisions:vote: municipality housing_organisation board
        decisions:decide: board
        decisions:endorse: fund
        recommendations:write: secretariat
        follow-ups:read: secretariat municipality housing_organisation board fund auditor
        follow-ups:write: secretariat board
        meetings:read: secretariat municipality housing_organisation board fund auditor
        meetings:write: secretariat
        meetings:propose: secretariat municipality housing_organisation
        meetings:subscribe: secretariat municipality housing_organisation board
        minutes:read: secretariat municipality housing_organisation board
        minutes:write: secretariat board
        audit-log:read: auditor
        redactions:read: secretariat auditor
        redactions:write: secretariat
        ");
    }

    #[test]
    fn what_is_given_by_name_only_is_in_no_roles_default_scope() {
        assert!(Role::Board.may(Permission::ReadContestedCriterion));
        for role in Role::ALL {
            assert!(!role.default_scope().contains("criteria:contested"), "{role}");
            assert!(!role.default_scope().contains("contingency:"), "{role}");
            assert!(!role.default_scope().contains("redactions:write"), "{role}");
        }
        assert_eq!(
            Role::Public.default_scope(),
            "plan:read activities:read participation:read"
        );
    }

    #[test]
    fn roles_and_scopes_are_read_back_as_they_are_written() {
        for role in Role::ALL {
            assert_eq!(role.code().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.code());
        }
        for permission in Permission::ALL {
            assert_eq!(permission.scope().parse(), Ok(*permission));
        }
    }
}
