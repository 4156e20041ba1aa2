//! How an activity is read, judged and stored when the secretariat writes it.
//!
//! A new one is a draft, and a draft may be changed in all it says. What is in force changes by decision only: of it, the
//! secretariat edits how it is presented, that is `description`, `description_en`, `note` and `is_published`.

use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::model::ActivityView;
use super::rules::{self, ActivityStatus, Content};
use super::store::{self, Standing};
use super::terms::{Known, read_content};
use crate::auth::Caller;
use crate::entities::activity;
use crate::problem::{Problem, ProblemKind};
use crate::reference::{Fields, Operations, Place, Resource};

/// The longest presentation.
const MAX_TEXT: usize = 4000;

/// Activities.
#[derive(Debug)]
pub struct Activities;

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
        Known::of(transaction, plan_id).await
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
        let agreed = before.map(ActivityView::agreed);
        let content = read_content(fields, known, agreed.as_ref());
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
