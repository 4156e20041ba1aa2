//! Counting once more what a release was made of: the reports and extracts as they stood when it was made.

use sea_orm::ConnectionTrait;

use super::super::cube::{Cube, Definition};
use super::figures;
use crate::disclosure::{Counts, PartCounts, Published};
use crate::entities::release;
use crate::participation;
use crate::period::Period;
use crate::problem::{Problem, ProblemKind};

/// What came of counting.
pub(super) enum Recount {
    /// The figures, and of a quarter its parts.
    Counted(Counts, Option<PartCounts>),
    /// What was reported is not among the codes of the release's tables.
    Elsewhere,
    /// The reports have been deleted since, as the retention table has it.
    Gone,
}

impl Recount {
    /// Counts what had been reported when a release was made, in the release's tables.
    pub(super) async fn of(
        db: &impl ConnectionTrait,
        row: &release::Model,
        definition: &Definition,
        cube: &Cube,
    ) -> Result<Self, Problem> {
        match (definition, cube) {
            (Definition::Participation(_), Cube::Participation(plan)) => {
                let Ok(period) = row.period.parse::<Period>() else {
                    return Ok(Self::Elsewhere);
                };
                let rows = match participation::store::quarter(db, row.plan_id, period, row.seq).await {
                    Err(problem) if problem.kind() == ProblemKind::StateConflict => return Ok(Self::Gone),
                    rows => rows?,
                };
                Ok(match figures::count(plan, &rows) {
                    Ok((counts, parts)) => Self::Counted(counts, Some(parts)),
                    Err(_) => Self::Elsewhere,
                })
            }
            (Definition::Kendskabsgrad(_), _) => {
                // Extracts are kept as long as the plan.
                let content = match figures::content(db, row.plan_id, &row.period, row.seq).await {
                    Err(problem) if problem.kind() == ProblemKind::NotFound => return Ok(Self::Elsewhere),
                    content => content?,
                };
                Ok(match figures::count_extract(definition, &content, &row.period) {
                    Ok((_, counts)) => Self::Counted(counts, None),
                    Err(problem) if problem.kind() == ProblemKind::Internal => return Err(problem),
                    Err(_) => Self::Elsewhere,
                })
            }
            (Definition::Participation(_), Cube::Kendskabsgrad(_)) => Ok(Self::Elsewhere),
        }
    }

    /// What is wrong with what a release shows and froze; its proof may be none, where everything had been published before.
    pub(super) fn against(
        &self,
        cube: &Cube,
        published: &Published,
        frozen: Option<(&Counts, Option<&PartCounts>)>,
    ) -> Option<&'static str> {
        match self {
            Self::Gone => None,
            Self::Elsewhere => Some("its tables do not have the areas and activities that had been reported"),
            Self::Counted(counts, parts) => {
                let shows = |one: (&Option<u64>, u64)| one.0.is_none_or(|value| value == one.1);
                let cells = counts.cells(cube.shape());
                let is_shown = published.values().iter().zip(cells).all(shows);
                let is_frozen = frozen.is_none_or(|(own, own_parts)| {
                    own == counts && own_parts.is_none_or(|own| parts.as_ref() == Some(own))
                });
                (!is_shown || !is_frozen).then_some("its figures are not those that had been reported when it was made")
            }
        }
    }
}
