//! How far a version of the strategic agreement may go under which kind of decision.

use super::kinds::DecisionKind;
use crate::agreements::rules::content::{Annex, AnnexKind, Content};
use crate::problem::{At, FieldError};

/// What goes further than the kind allows; `before` is what is in force, `at` where the version is named.
///
/// The budget and the terms of reference are annexes of the strategic agreement. A change of the budget changes the budget
/// and its annex alone, one of the terms of reference their annex alone. And a change of the agreement leaves the terms of
/// reference as they are, for they change by consensus only. Who signed when may differ in all of them.
pub fn exceeded(kind: DecisionKind, before: &Content, after: &Content, at: &At) -> Vec<FieldError> {
    let of_kind = |content: &Content, kind| -> Vec<Annex> {
        let annexes = content.annexes.iter().filter(|annex| annex.kind == kind);
        annexes.cloned().collect()
    };
    let without = |content: &Content, kind| {
        let mut content = content.clone();
        content.annexes.retain(|annex| annex.kind != kind);
        content.signatures = Vec::new();
        content
    };
    match kind {
        DecisionKind::ChangeBudget => {
            let rest = |content| {
                let mut content = without(content, AnnexKind::Budget);
                content.budget = Vec::new();
                content
            };
            if rest(before) == rest(after) {
                return Vec::new();
            }
            vec![FieldError::new(
                at.clone(),
                "beyond_budget",
                "The version differs from what is in force in more than the budget.",
                "Versionen afviger fra det, der gælder, i mere end budgettet.",
            )]
        }
        DecisionKind::ChangeTermsOfReference => {
            let rest = |content| without(content, AnnexKind::TermsOfReference);
            let mut errors = Vec::new();
            if rest(before) != rest(after) {
                errors.push(FieldError::new(
                    at.clone(),
                    "beyond_terms_of_reference",
                    "The version differs from what is in force in more than the annex of the terms of reference.",
                    "Versionen afviger fra det, der gælder, i mere end bilaget med kommissoriet.",
                ));
            }
            errors
        }
        DecisionKind::ChangeStrategicAgreement => {
            let terms = |content| of_kind(content, AnnexKind::TermsOfReference);
            if terms(before) == terms(after) {
                return Vec::new();
            }
            vec![FieldError::new(
                at.clone(),
                "terms_of_reference",
                "The version changes the terms of reference, which is a kind of decision of its own and needs consensus.",
                "Versionen ændrer kommissoriet, hvilket er sin egen slags beslutning og kræver konsensus.",
            )]
        }
        _ => Vec::new(),
    }
}
