//! Queries for the contingency plan and its log, and who sees what of them.

mod log;
mod plan;

pub use log::{Selection, activation, activations, close, correct, insert_activation, item, set_item};
pub use plan::{
    Whole, in_force, insert_version, known, latest, of_numbers, plan_version, set_standing, standing, versions,
};

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::rules::content::Content;
use crate::areas;
use crate::auth::Caller;
use crate::auth::role::Role;
use crate::entities::organisation;
use crate::plans;
use crate::problem::Problem;

/// Which rows of the contingency plan and its log a caller reaches.
#[derive(Clone, Debug)]
pub enum Audience {
    /// All of them.
    Everything,
    /// Those that concern an organisation.
    Of {
        /// The organisation and the units below it.
        units: HashSet<String>,
        /// Whether it is a party to the plan, or a unit of one.
        is_party: bool,
    },
}

impl Audience {
    /// The secretariat, the board and the fund see all that their permissions show; others what concerns their organisation.
    pub async fn of(db: &impl ConnectionTrait, plan_id: i32, caller: &Caller) -> Result<Self, Problem> {
        if matches!(caller.role, Some(Role::Secretariat | Role::Board | Role::Fund)) {
            return Ok(Self::Everything);
        }
        let Some(own) = &caller.scope.organisation else {
            return Ok(Self::Of {
                units: HashSet::new(),
                is_party: false,
            });
        };
        let units = areas::store::units_of(db, plan_id, own).await?;
        Ok(Self::Of {
            units: units.into_iter().collect(),
            is_party: is_party(db, plan_id, own).await?,
        })
    }

    /// Whether the caller may speak for the organisation: its own, or a unit below it.
    pub fn includes(&self, organisation: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Of { units, .. } => units.contains(organisation),
        }
    }

    /// Whether one of the caller's organisations has a seat.
    fn has_seat(&self, content: &Content) -> bool {
        content.participants().into_iter().any(|one| self.includes(one))
    }

    /// Whether the caller reads a version of the plan: the parties, the fund, and those who have a seat.
    pub fn reads(&self, content: &Content) -> bool {
        matches!(self, Self::Everything | Self::Of { is_party: true, .. }) || self.has_seat(content)
    }
}

/// Whether an organisation is a party to the plan, or a unit of one.
async fn is_party(db: &impl ConnectionTrait, plan_id: i32, organisation: &str) -> Result<bool, Problem> {
    let parties = plans::store::parties(db, &[plan_id]).await?;
    let rows = organisation::Entity::find()
        .filter(organisation::Column::PlanId.eq(plan_id))
        .all(db)
        .await?;
    let mut at = Some(organisation.to_owned());
    // A chain of parents is at most as long as the list; where parents go round in a circle, this ends all the same.
    for _ in 0..=rows.len() {
        let Some(code) = at else { return Ok(false) };
        if parties.iter().any(|party| party.organisation == code) {
            return Ok(true);
        }
        at = rows
            .iter()
            .find(|row| row.code == code)
            .and_then(|row| row.parent.clone());
    }
    Ok(false)
}
