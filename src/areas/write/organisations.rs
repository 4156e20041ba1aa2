//! Organisations: their parents never go round in a circle.

use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::super::model::{NewOrganisation, OrganisationView};
use super::super::rules::{Above, is_above};
use crate::auth::Caller;
use crate::entities::organisation;
use crate::problem::Problem;
use crate::reference::{Codes, Fields, Names, ORGANISATION, Operations, Place, Resource};
use crate::words::Word;

/// Organisations and their units.
#[derive(Debug)]
pub struct Organisations;

/// What an organisation is judged by.
#[derive(Debug)]
pub struct Known {
    code: String,
    organisations: Codes,
    above: Above,
}

impl Resource for Organisations {
    type Table = organisation::Entity;
    type View = OrganisationView;
    type Content = NewOrganisation;
    type Known = Known;

    const PATH: &'static str = "organisations";
    const OPERATIONS: Operations = Operations {
        put: "put_organisation",
        patch: "patch_organisation",
        archive: "archive_organisation",
    };

    fn missing() -> Problem {
        Problem::not_found(
            "There is no organisation of this code.",
            "Der er ingen organisation med denne kode.",
        )
    }

    async fn views<C: ConnectionTrait>(
        _: &C,
        _: i32,
        rows: Vec<organisation::Model>,
    ) -> Result<Vec<OrganisationView>, Problem> {
        Ok(rows.into_iter().map(OrganisationView::from).collect())
    }

    async fn known(transaction: &DatabaseTransaction, plan_id: i32, code: &str, _: &Caller) -> Result<Known, Problem> {
        let rows = organisation::Entity::find()
            .filter(organisation::Column::PlanId.eq(plan_id))
            .all(transaction)
            .await?;
        let codes = rows.iter().map(|row| (row.code.clone(), row.archived_at.is_none()));
        Ok(Known {
            code: code.to_owned(),
            organisations: codes.collect(),
            above: rows
                .into_iter()
                .map(|row| (row.code, row.parent.into_iter().collect()))
                .collect(),
        })
    }

    fn read(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&OrganisationView>) -> Option<NewOrganisation> {
        let names = fields.names();
        let kind = fields.word("kind");
        let parent = fields.reference("parent", ORGANISATION, &known.organisations, |code| {
            before.is_some_and(|before| before.parent.as_deref() == Some(code))
        });
        if parent
            .as_ref()
            .is_some_and(|parent| is_above(&known.above, parent, &known.code))
        {
            fields.error(
                "parent",
                "circular",
                "The parent is the organisation itself or one of its units.",
                "Den overordnede er organisationen selv eller en af dens enheder.",
            );
        }
        let aliases = fields.aliases();
        let Names {
            name,
            name_en,
            note,
            source,
        } = names?;
        Some(NewOrganisation {
            name,
            name_en,
            kind: kind?,
            parent,
            aliases,
            note,
            source,
        })
    }

    async fn store(transaction: &DatabaseTransaction, place: Place, new: NewOrganisation) -> Result<(), Problem> {
        let row = organisation::ActiveModel {
            plan_id: Set(place.plan_id),
            code: Set(place.code.clone()),
            position: Set(place.position),
            name: Set(new.name),
            name_en: Set(new.name_en),
            kind: Set(new.kind.code().to_owned()),
            parent: Set(new.parent),
            aliases: Set(json!(new.aliases)),
            note: Set(new.note),
            source: Set(new.source),
            archived_at: Set(place.archived_at),
        };
        place.save(transaction, row).await
    }
}
