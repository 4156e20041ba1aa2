//! How a milestone is read, judged and stored when the secretariat writes it.

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};

use super::model::{MilestoneView, NewMilestone};
use super::rules::Bounds;
use crate::auth::Caller;
use crate::entities::{agreement, milestone, organisation, plan};
use crate::problem::Problem;
use crate::reference::{self, Codes, Fields, Names, Noun, ORGANISATION, Operations, Place, Resource};
use crate::web::day;

const AGREEMENT: Noun = Noun {
    unknown: "unknown_agreement",
    en: "The plan has no agreement of this code.",
    da: "Planen har ingen aftale med denne kode.",
};

/// Milestones.
#[derive(Debug)]
pub struct Milestones;

/// What a milestone is judged by.
#[derive(Debug)]
pub struct Known {
    agreements: Codes,
    organisations: Codes,
    bounds: Bounds,
}

impl Resource for Milestones {
    type Table = milestone::Entity;
    type View = MilestoneView;
    type Content = NewMilestone;
    type Known = Known;

    const PATH: &'static str = "milestones";
    const OPERATIONS: Operations = Operations {
        put: "put_milestone",
        patch: "patch_milestone",
        archive: "archive_milestone",
    };

    fn missing() -> Problem {
        Problem::not_found(
            "There is no milestone of this code.",
            "Der er ingen milepæl med denne kode.",
        )
    }

    async fn views<C: ConnectionTrait>(
        _: &C,
        _: i32,
        rows: Vec<milestone::Model>,
    ) -> Result<Vec<MilestoneView>, Problem> {
        Ok(rows.into_iter().map(MilestoneView::from).collect())
    }

    async fn known(transaction: &DatabaseTransaction, plan_id: i32, _: &str, _: &Caller) -> Result<Known, Problem> {
        let plan = plan::Entity::find_by_id(plan_id).one(transaction).await?;
        let plan = plan.ok_or_else(Problem::internal)?;
        let agreements: Vec<String> = agreement::Entity::find()
            .select_only()
            .column(agreement::Column::Code)
            .filter(agreement::Column::PlanId.eq(plan_id))
            .into_tuple()
            .all(transaction)
            .await?;
        Ok(Known {
            // An agreement is never archived.
            agreements: agreements.into_iter().map(|code| (code, true)).collect(),
            organisations: reference::codes::<organisation::Entity>(transaction, plan_id).await?,
            bounds: Bounds {
                starts_on: plan.starts_on,
                ends_on: plan.ends_on,
                today: day::on(None),
            },
        })
    }

    fn read(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&MilestoneView>) -> Option<NewMilestone> {
        let names = fields.names();
        let due_on = fields.date("due_on");
        if let Some(Err(error)) = due_on.map(|day| known.bounds.check_due(day)) {
            fields.fault(error);
        }
        let reached_on = fields.optional_date("reached_on");
        if let Some(Err(error)) = reached_on.map(|day| known.bounds.check_reached(day)) {
            fields.fault(error);
        }
        let agreement = fields.reference("agreement", AGREEMENT, &known.agreements, |_| false);
        let organisation = fields.reference("organisation", ORGANISATION, &known.organisations, |code| {
            before.is_some_and(|before| before.organisation.as_deref() == Some(code))
        });
        let Names {
            name,
            name_en,
            note,
            source,
        } = names?;
        Some(NewMilestone {
            name,
            name_en,
            due_on: due_on?,
            reached_on,
            agreement,
            organisation,
            note,
            source,
        })
    }

    async fn store(transaction: &DatabaseTransaction, place: Place, new: NewMilestone) -> Result<(), Problem> {
        let row = milestone::ActiveModel {
            plan_id: Set(place.plan_id),
            code: Set(place.code.clone()),
            position: Set(place.position),
            name: Set(new.name),
            name_en: Set(new.name_en),
            due_on: Set(new.due_on),
            reached_on: Set(new.reached_on),
            agreement: Set(new.agreement),
            organisation: Set(new.organisation),
            note: Set(new.note),
            source: Set(new.source),
            archived_at: Set(place.archived_at),
        };
        place.save(transaction, row).await
    }
}
