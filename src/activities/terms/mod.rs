//! What is agreed about an activity, read out of a body: by whoever drafts one, and by whoever proposes a decision on one.

use sea_orm::ConnectionTrait;

use super::rules::{self, Actor, Commitment, Content, MAX_AGE, TargetGroup};
use crate::entities::{focus_area, organisation};
use crate::problem::Problem;
use crate::reference::{self, CodeForm, Codes, Fields, Names, Noun, ORGANISATION};

/// The longest purpose.
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

/// What the content of an activity is judged by.
#[derive(Debug)]
pub struct Known {
    /// The plan's focus areas.
    pub focus_areas: Codes,
    /// The plan's organisations.
    pub organisations: Codes,
}

impl Known {
    /// What the plan has.
    pub async fn of(db: &impl ConnectionTrait, plan_id: i32) -> Result<Self, Problem> {
        Ok(Self {
            focus_areas: reference::codes::<focus_area::Entity>(db, plan_id).await?,
            organisations: reference::codes::<organisation::Entity>(db, plan_id).await?,
        })
    }
}

/// Reads what is agreed about an activity. Codes that it names are in use, or were named `before`.
pub fn read_content(fields: &mut Fields<'_, '_>, known: &Known, before: Option<&Content>) -> Option<Content> {
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
    let read: Vec<_> = target_groups.iter().map(Option::as_ref).collect();
    let mut faults = rules::group_faults(&read, &fields.at("target_groups"));
    let read: Vec<_> = commitments.iter().map(Option::as_ref).collect();
    faults.extend(rules::commitment_faults(&read, &fields.at("commitments")));
    for fault in faults {
        fields.fault(fault);
    }
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
