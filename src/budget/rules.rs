//! Budget and accounts side by side, and their sums; pure. Only what is stated is added, and how much is not stated is said.

use std::collections::HashSet;

use rust_decimal::Decimal;

use crate::agreements::rules::check::{amount_rule, is_kroner};
use crate::agreements::rules::content::{BudgetLine, LineKind};
use crate::problem::{At, FieldError};

/// What a line came to in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The year.
    pub year: i16,
    /// The line's code.
    pub line: String,
    /// The amount in kroner.
    pub amount: Decimal,
}

/// Budget and accounts for the same thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// Budgeted, as far as stated; none where nothing is.
    pub budget: Option<Decimal>,
    /// So many amounts are not stated in the budget.
    pub budget_gaps: u32,
    /// Spent or received, as far as stated; none where nothing is.
    pub accounts: Option<Decimal>,
    /// So many amounts are not stated in the accounts.
    pub accounts_gaps: u32,
}

impl Pair {
    /// Of one line in one year.
    fn of(budget: Option<Decimal>, accounts: Option<Decimal>) -> Self {
        Self {
            budget,
            budget_gaps: u32::from(budget.is_none()),
            accounts,
            accounts_gaps: u32::from(accounts.is_none()),
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            budget: added(self.budget, other.budget),
            budget_gaps: self.budget_gaps + other.budget_gaps,
            accounts: added(self.accounts, other.accounts),
            accounts_gaps: self.accounts_gaps + other.accounts_gaps,
        }
    }

    /// Accounts less budget; none unless both are stated in full, since a part says nothing about a whole.
    pub fn difference(self) -> Option<Decimal> {
        let is_whole = self.budget_gaps == 0 && self.accounts_gaps == 0;
        match (self.budget, self.accounts) {
            (Some(budget), Some(accounts)) if is_whole => Some(accounts - budget),
            _ => None,
        }
    }
}

fn added(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

/// A line in one year.
pub fn of_line(line: &BudgetLine, year: i16, spent: &[Spent]) -> Pair {
    let budget = line.amounts.iter().find(|amount| amount.year == year);
    let accounts = spent.iter().find(|one| one.year == year && one.line == line.code);
    Pair::of(budget.map(|amount| amount.amount.0), accounts.map(|one| one.amount))
}

/// All lines of a kind in some years.
pub fn of_kind(lines: &[BudgetLine], kind: LineKind, years: &[i16], spent: &[Spent]) -> Pair {
    lines
        .iter()
        .filter(|line| line.kind == kind)
        .flat_map(|line| years.iter().map(move |year| of_line(line, *year, spent)))
        .fold(Pair::default(), Pair::and)
}

/// An amount that is sent, with its place.
#[derive(Clone, Debug)]
pub struct Sent<'a> {
    /// Where it stands.
    pub at: At,
    /// The line's code.
    pub line: &'a str,
    /// The amount in kroner.
    pub amount: Decimal,
}

/// Notes what is wrong with the amounts of a year: a line that the year's budget does not have, a line twice, an amount that
/// is none.
pub fn check(sent: &[Sent<'_>], lines: &HashSet<String>, errors: &mut Vec<FieldError>) {
    let mut seen = HashSet::new();
    for one in sent {
        if !lines.contains(one.line) {
            errors.push(FieldError::new(
                one.at.field("line"),
                "unknown_line",
                "The budget of that year has no line of this code.",
                "Årets budget har ingen linje med denne kode.",
            ));
        } else if !seen.insert(one.line) {
            errors.push(FieldError::new(
                one.at.field("line"),
                "duplicate",
                "An earlier item has the same line.",
                "Et tidligere element har samme linje.",
            ));
        }
        if !is_kroner(one.amount) {
            let (en, da) = amount_rule();
            errors.push(FieldError::new(one.at.field("amount"), "out_of_range", en, da));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreements::rules::content::{Kroner, YearAmount};
    use proptest::prelude::*;

    fn line(code: &str, kind: LineKind, amounts: &[(i16, i64)]) -> BudgetLine {
        BudgetLine {
            code: code.into(),
            name: code.into(),
            name_en: code.into(),
            kind,
            focus_area: None,
            organisation: None,
            amounts: amounts
                .iter()
                .map(|(year, amount)| YearAmount {
                    year: *year,
                    amount: Kroner(Decimal::new(*amount, 2)),
                })
                .collect(),
            note: None,
        }
    }

    fn spent(line: &str, year: i16, amount: i64) -> Spent {
        Spent {
            year,
            line: line.into(),
            amount: Decimal::new(amount, 2),
        }
    }

    #[test]
    fn a_part_is_never_compared_with_a_whole() {
        let lines = [
            line("a", LineKind::Cost, &[(2023, 10_050), (2024, 20_000)]),
            line("b", LineKind::Cost, &[(2023, 1_000)]),
            line("c", LineKind::Financing, &[(2023, 500)]),
        ];
        let accounts = [spent("a", 2023, 9_025), spent("b", 2023, 1_100)];
        let year = of_kind(&lines, LineKind::Cost, &[2023], &accounts);
        assert_eq!(
            (year.budget, year.accounts),
            (Some(Decimal::new(11_050, 2)), Some(Decimal::new(10_125, 2)))
        );
        assert_eq!(year.difference(), Some(Decimal::new(-925, 2)));
        let both = of_kind(&lines, LineKind::Cost, &[2023, 2024], &accounts);
        assert_eq!((both.budget, both.budget_gaps), (Some(Decimal::new(31_050, 2)), 1));
        assert_eq!((both.accounts_gaps, both.difference()), (2, None));
        assert_eq!(of_kind(&[], LineKind::Cost, &[2023], &accounts), Pair::default());
    }

    proptest! {
        #[test]
        fn the_sum_of_all_years_is_the_sum_of_the_years(
            amounts in proptest::collection::vec((2023_i16..=2026, 0_i64..1_000_000_000_000), 0..20),
        ) {
            let years = [2023, 2024, 2025, 2026];
            let lines: Vec<BudgetLine> = amounts
                .iter()
                .enumerate()
                .map(|(index, amount)| line(&format!("l{index}"), LineKind::Cost, &[*amount]))
                .collect();
            let all = of_kind(&lines, LineKind::Cost, &years, &[]);
            let by_year = years
                .iter()
                .map(|year| of_kind(&lines, LineKind::Cost, &[*year], &[]))
                .fold(Pair::default(), Pair::and);
            prop_assert_eq!(all, by_year);
            let whole: i64 = amounts.iter().map(|(_, amount)| amount).sum();
            prop_assert_eq!(all.budget.unwrap_or_default(), Decimal::new(whole, 2));
        }
    }
}
