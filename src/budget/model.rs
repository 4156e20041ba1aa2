//! How budget and accounts look from outside.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::Pair;
use crate::agreements::rules::content::{BudgetLine, Kroner, LineKind};
use crate::entities::account;

/// How far the accounts of a year are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountsState {
    /// Nobody has sent any.
    None,
    /// Sent, and still to be settled.
    Draft,
    /// Settled; a correction is a new revision.
    Final,
}

impl AccountsState {
    /// The state as it is stored and sent.
    pub fn code(self) -> &'static str {
        match self {
            AccountsState::None => "none",
            AccountsState::Draft => "draft",
            AccountsState::Final => "final",
        }
    }

    /// The state of a stored word.
    pub fn of(word: &str) -> Self {
        match word {
            "final" => AccountsState::Final,
            "draft" => AccountsState::Draft,
            _ => AccountsState::None,
        }
    }
}

/// Budget and accounts for the same thing, in Danish kroner.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetAndAccounts)]
pub struct PairView {
    /// Budgeted, added up as far as it is stated; null where nothing is.
    #[schema(required)]
    pub budget: Option<Kroner>,
    /// `stated`; `partly_stated` where some amounts are missing from the sum; `not_stated` where all are.
    #[schema(example = "not_stated")]
    pub budget_status: &'static str,
    /// Spent or received, added up as far as it is stated; null where nothing is.
    #[schema(required)]
    pub accounts: Option<Kroner>,
    /// `stated`; `partly_stated` where some amounts are missing from the sum; `not_stated` where all are.
    #[schema(example = "not_stated")]
    pub accounts_status: &'static str,
    /// Accounts less budget; null unless both are stated in full.
    #[schema(required)]
    pub difference: Option<Kroner>,
}

impl From<Pair> for PairView {
    fn from(pair: Pair) -> Self {
        let status = |amount: Option<_>, gaps: u32| match (amount, gaps) {
            (None, _) => "not_stated",
            (Some(_), 0) => "stated",
            (Some(_), _) => "partly_stated",
        };
        Self {
            budget: pair.budget.map(Kroner),
            budget_status: status(pair.budget, pair.budget_gaps),
            accounts: pair.accounts.map(Kroner),
            accounts_status: status(pair.accounts, pair.accounts_gaps),
            difference: pair.difference().map(Kroner),
        }
    }
}

/// Budget and accounts, as they are in force on the day.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Budget)]
pub struct BudgetView {
    /// The version of the strategic agreement that the budget is part of.
    #[schema(example = 1)]
    pub version: i32,
    /// The lines, in the agreement's order.
    pub lines: Vec<LineView>,
    /// The sums of each year.
    pub years: Vec<YearView>,
    /// The sum of all costs over all years.
    pub cost: PairView,
    /// The sum of all financing over all years.
    pub financing: PairView,
}

/// A line of the budget with its accounts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetLineWithAccounts)]
pub struct LineView {
    /// The line's code.
    #[schema(example = "beskaeftigelse")]
    pub code: String,
    /// The name in Danish, official.
    #[schema(example = "Indsatsområdet Beskæftigelse")]
    pub name: String,
    /// The name in English.
    #[schema(example = "Focus area Employment")]
    pub name_en: String,
    /// Whether it is a cost or financing.
    pub kind: LineKind,
    /// The focus area that it belongs to; null where to none.
    #[schema(required, example = "beskaeftigelse")]
    pub focus_area: Option<String>,
    /// The organisation that pays or receives; null where it is not stated.
    #[schema(required)]
    pub organisation: Option<String>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Each of the plan's years.
    pub years: Vec<LineYearView>,
    /// All years together.
    pub total: PairView,
}

impl LineView {
    /// A line with its years.
    pub fn new(line: &BudgetLine, years: Vec<(i16, Pair)>) -> Self {
        let total = years.iter().fold(Pair::default(), |sum, (_, pair)| sum.and(*pair));
        Self {
            code: line.code.clone(),
            name: line.name.clone(),
            name_en: line.name_en.clone(),
            kind: line.kind,
            focus_area: line.focus_area.clone(),
            organisation: line.organisation.clone(),
            note: line.note.clone(),
            years: years
                .into_iter()
                .map(|(year, pair)| LineYearView {
                    year,
                    amount: pair.into(),
                })
                .collect(),
            total: total.into(),
        }
    }
}

/// A line in one year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetLineYear)]
pub struct LineYearView {
    /// The year.
    #[schema(example = 2023)]
    pub year: i16,
    /// Budget and accounts.
    pub amount: PairView,
}

/// The sums of a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BudgetYear)]
pub struct YearView {
    /// The year.
    #[schema(example = 2023)]
    pub year: i16,
    /// How far its accounts are.
    pub accounts_state: AccountsState,
    /// All costs.
    pub cost: PairView,
    /// All financing.
    pub financing: PairView,
}

/// What a line came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountedAmount)]
pub struct AccountedAmount {
    /// The budget line's code; a line once.
    #[schema(example = "beskaeftigelse")]
    pub line: String,
    /// The amount in Danish kroner; not negative, two decimals at most.
    pub amount: Kroner,
    /// What a reader should know.
    #[schema(required, max_length = 1000)]
    pub note: Option<String>,
}

/// The accounts of a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Accounts)]
pub struct AccountsView {
    /// The year.
    #[schema(example = 2023)]
    pub year: i16,
    /// How far they are.
    pub state: AccountsState,
    /// 1 for the first that were sent, then rising by one; 0 where nobody has sent any.
    #[schema(example = 0)]
    pub revision: i32,
    /// What each line came to; a line that is not here is not stated.
    pub amounts: Vec<AccountedAmount>,
    /// What a reader should know.
    #[schema(required)]
    pub note: Option<String>,
    /// Where the figures come from; null where there are none.
    #[schema(required)]
    pub source: Option<String>,
    /// When this revision arrived; null where there is none.
    #[schema(required)]
    pub received_at: Option<DateTime<Utc>>,
}

impl AccountsView {
    /// The accounts that nobody has sent yet.
    pub fn none(year: i16) -> Self {
        Self {
            year,
            state: AccountsState::None,
            revision: 0,
            amounts: Vec::new(),
            note: None,
            source: None,
            received_at: None,
        }
    }

    /// A revision with its amounts.
    pub fn new(row: account::Model, amounts: Vec<AccountedAmount>) -> Self {
        Self {
            year: row.year,
            state: AccountsState::of(&row.state),
            revision: row.revision,
            amounts,
            note: row.note,
            source: Some(row.source),
            received_at: Some(row.received_at),
        }
    }
}

/// The accounts of a year as they are sent: the whole statement, which replaces the one before.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WrittenAccounts, example = json!({"state": "draft", "source": "Opdigtet eksempel",
    "amounts": [{"line": "beskaeftigelse", "amount": 150000.5, "note": null}]}))]
pub struct WrittenAccounts {
    /// `draft`, or `final` where they are settled.
    #[schema(value_type = String, example = "draft")]
    pub state: AccountsState,
    /// What each line came to.
    pub amounts: Vec<AccountedAmount>,
    /// What a reader should know.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// Where the figures come from.
    #[schema(max_length = 300)]
    pub source: String,
}
