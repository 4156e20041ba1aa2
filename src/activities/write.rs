//! How an activity is read, judged and stored when the secretariat writes it.
//!
//! A new one is a draft, and a draft may be changed in all it says. What is in force changes by decision only: of it, the
//! secretariat edits how it is presented, that is `description`, `description_en`, `note` and `is_published`.

use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::model::ActivityView;
use super::rules::{self, ActivityStatus, Actor, Commitment, Content, MAX_AGE, TargetGroup};
use super::store::{self, Standing};
use crate::auth::Caller;
use crate::entities::{activity, focus_area, organisation};
use crate::problem::{At, Problem, ProblemKind};
use crate::reference::{self, CodeForm, Codes, Fields, Names, Noun, ORGANISATION, Operations, Place, Resource};

/// The longest purpose, and the longest presentation.
const MAX_TEXT: usize = 4000;
/// The longest content.
const MAX_CONTENT: usize = 8000;
/// The longest responsibility, and the longest note.
const MAX_SENTENCE: usize = 1000;
/// The longest name of a target group.
const MAX_GROUP: usize = 300;
/// The longest unit.
const MAX_UNIT: usize = 50;
/// The most target groups, actors or commitments.
const MAX_PARTS: usize = 50;

const FOCUS_AREA: Noun = Noun {
    unknown: "unknown_focus_area",
    en: "The plan has no focus area of this code.",
    da: "Planen har intet indsatsområde med denne kode.",
};

/// Activities.
#[derive(Debug)]
pub struct Activities;

/// What an activity is judged by.
#[derive(Debug)]
pub struct Known {
    focus_areas: Codes,
    organisations: Codes,
}

/// What a client says of an activity.
#[derive(Debug)]
pub struct Draft {
    content: Content,
    status: ActivityStatus,
    is_published: bool,
    description: Option<String>,
    description_en: Option<String>,
    version: i32,
}

impl Resource for Activities {
    type Table = activity::Entity;
    type View = ActivityView;
    type Content = Draft;
    type Known = Known;

    const PATH: &'static str = "activities";
    const OPERATIONS: Operations = Operations {
        put: "put_activity",
        patch: "patch_activity",
        archive: "archive_activity",
    };
    const DERIVED: &'static [&'static str] = &["placements", "version"];

    fn missing() -> Problem {
        store::missing()
    }

    async fn views<C: ConnectionTrait>(
        db: &C,
        plan_id: i32,
        rows: Vec<activity::Model>,
    ) -> Result<Vec<ActivityView>, Problem> {
        store::views(db, plan_id, rows).await
    }

    async fn known(transaction: &DatabaseTransaction, plan_id: i32, _: &str, _: &Caller) -> Result<Known, Problem> {
        Ok(Known {
            focus_areas: reference::codes::<focus_area::Entity>(transaction, plan_id).await?,
            organisations: reference::codes::<organisation::Entity>(transaction, plan_id).await?,
        })
    }

    fn may_archive(activity: &ActivityView) -> Result<(), Problem> {
        if activity.status == ActivityStatus::Draft {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::StateConflict,
            "What is in force is ended by decision, not archived.",
            "Det, der er i kraft, afsluttes ved beslutning og arkiveres ikke.",
        ))
    }

    fn read(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&ActivityView>) -> Option<Draft> {
        let content = read_content(fields, known, before);
        let status = before.map_or(ActivityStatus::Draft, |before| before.status);
        fields.same(
            "status",
            Some(crate::words::Word::code(status)),
            "Only a decision changes how far an activity is; a new one is a draft.",
            "Kun en beslutning ændrer, hvor langt en aktivitet er; en ny er et udkast.",
        );
        fields.derived("placements");
        fields.derived("version");
        let is_published = fields.flag("is_published");
        if is_published && status == ActivityStatus::Draft {
            fields.error(
                "is_published",
                "not_in_force",
                "A draft cannot be published; only what is in force.",
                "Et udkast kan ikke offentliggøres; kun det, der er i kraft.",
            );
        }
        let description = fields.optional_text("description", MAX_TEXT);
        let description_en = fields.optional_text("description_en", MAX_TEXT);
        let content = content?;
        for fault in rules::faults(&content, &At::Pointer(String::new())) {
            fields.fault(fault);
        }
        let is_same = before.is_some_and(|before| {
            before.agreed() == content
                && before.is_published == is_published
                && before.description == description
                && before.description_en == description_en
                && before.archived_at.is_some() == fields.is_archived()
        });
        if let Some(before) = before.filter(|_| status != ActivityStatus::Draft) {
            for member in rules::differences(&before.agreed(), &content) {
                fields.error(
                    member,
                    "in_force",
                    "What is in force changes by decision only.",
                    "Det, der er i kraft, ændres kun ved beslutning.",
                );
            }
        }
        Some(Draft {
            content,
            status,
            is_published,
            description,
            description_en,
            version: before.map_or(1, |before| before.version + i32::from(!is_same)),
        })
    }

    async fn store(transaction: &DatabaseTransaction, place: Place, new: Draft) -> Result<(), Problem> {
        let standing = Standing {
            plan_id: place.plan_id,
            code: place.code,
            position: place.position,
            status: new.status,
            is_published: new.is_published,
            description: new.description,
            description_en: new.description_en,
            version: new.version,
            archived_at: place.archived_at,
        };
        store::save(transaction, standing, new.content, place.is_new).await
    }
}

fn read_content(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&ActivityView>) -> Option<Content> {
    let names = fields.names();
    let focus_area = fields.required_reference("focus_area", FOCUS_AREA, &known.focus_areas, |code| {
        before.is_some_and(|before| before.focus_area == code)
    });
    let mobility = fields.word("mobility");
    let teams_apart = fields.flag("teams_apart");
    let aliases = fields.aliases();
    let purpose = fields.text("purpose", MAX_TEXT);
    let purpose_en = fields.text("purpose_en", MAX_TEXT);
    let content = fields.text("content", MAX_CONTENT);
    let content_en = fields.text("content_en", MAX_CONTENT);
    let target_groups = fields.list("target_groups", MAX_PARTS, read_group);
    let is_kept = |code: &str| {
        before.is_some_and(|before| {
            let actors = before.actors.iter().map(|actor| &actor.organisation);
            let commitments = before.commitments.iter().map(|commitment| &commitment.organisation);
            let mut named = actors.chain(commitments).flatten();
            named.any(|named| named == code)
        })
    };
    let actors = fields.list("actors", MAX_PARTS, |item| read_actor(item, known, is_kept));
    let commitments = fields.list("commitments", MAX_PARTS, |item| read_commitment(item, known, is_kept));
    let Names {
        name,
        name_en,
        note,
        source,
    } = names?;
    Some(Content {
        focus_area: focus_area?,
        mobility: mobility?,
        teams_apart,
        name,
        name_en,
        aliases,
        purpose: purpose?,
        purpose_en: purpose_en?,
        content: content?,
        content_en: content_en?,
        target_groups: target_groups.into_iter().collect::<Option<_>>()?,
        actors: actors.into_iter().collect::<Option<_>>()?,
        commitments: commitments.into_iter().collect::<Option<_>>()?,
        note,
        source,
    })
}

fn read_group(item: &mut Fields<'_, '_>) -> Option<TargetGroup> {
    let name = item.text("name", MAX_GROUP);
    let name_en = item.text("name_en", MAX_GROUP);
    let age_from = item.optional_number("age_from", 0..=MAX_AGE);
    let age_to = item.optional_number("age_to", 0..=MAX_AGE);
    let note = item.optional_text("note", MAX_SENTENCE);
    Some(TargetGroup {
        name: name?,
        name_en: name_en?,
        age_from,
        age_to,
        note,
    })
}

fn read_actor(item: &mut Fields<'_, '_>, known: &Known, is_kept: impl FnOnce(&str) -> bool) -> Option<Actor> {
    let names = item.both_names();
    let organisation = item.reference("organisation", ORGANISATION, &known.organisations, is_kept);
    let responsibility = item.text("responsibility", MAX_SENTENCE);
    let responsibility_en = item.text("responsibility_en", MAX_SENTENCE);
    let (name, name_en) = names?;
    Some(Actor {
        organisation,
        name,
        name_en,
        responsibility: responsibility?,
        responsibility_en: responsibility_en?,
    })
}

fn read_commitment(item: &mut Fields<'_, '_>, known: &Known, is_kept: impl FnOnce(&str) -> bool) -> Option<Commitment> {
    let code = item.code("code", |code| CodeForm::Kebab.admits(code));
    let names = item.names();
    let organisation = item.reference("organisation", ORGANISATION, &known.organisations, is_kept);
    let quantity = item.optional_number("quantity", 0..=i16::MAX);
    let unit = item.optional_text("unit", MAX_UNIT);
    let per = item.optional_word("per");
    let Names {
        name,
        name_en,
        note,
        source,
    } = names?;
    Some(Commitment {
        code: code?,
        organisation,
        name,
        name_en,
        quantity: quantity.map(i32::from),
        unit,
        per,
        note,
        source,
    })
}
