//! Reading what the contingency plan says, and what is added to it.

use chrono::NaiveDate;

use super::super::model::{Signature, Standing};
use super::super::rules::content::{Action, CommunicationRule, Content, Draft, Fault, Group, Purpose, Seat, faults};
use super::{MAX_TEXT, Organisations, past_day};
use crate::problem::{At, FieldError};
use crate::reference::{Fields, ORGANISATION};
use crate::text::is_code;
use crate::web::json::Node;
use crate::web::values::{MAX_CODE, MAX_NAME, MAX_NOTE};

/// The longest name of an action.
const MAX_LINE: usize = 300;
/// The most seats or actions of a group.
const MAX_ITEMS: usize = 50;
/// The most groups, purposes or rules.
const MAX_PARTS: usize = 20;
/// The most signatures.
const MAX_SIGNATURES: usize = 100;

/// The days within which a version may begin.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// The plan's first day, or the first day of the version written last.
    pub first: NaiveDate,
    /// The plan's last day.
    pub last: NaiveDate,
}

/// A new version of the plan.
pub fn version(node: &Node, organisations: &Organisations, days: Days, errors: &mut Vec<FieldError>) -> Option<Draft> {
    let before = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let valid_from = fields.date("valid_from");
    if valid_from.is_some_and(|day| !(days.first..=days.last).contains(&day)) {
        let Days { first, last } = days;
        fields.fault(FieldError::new(
            At::Pointer("/valid_from".into()),
            "out_of_range",
            format!(
                "A version begins on a day of the plan, and not before the version written last: {first} to {last}."
            ),
            format!(
                "En version begynder på en dag i planen og ikke før den senest skrevne version: {first} til {last}."
            ),
        ));
    }
    let purposes = fields.list("purposes", MAX_PARTS, purpose);
    let situation = fields.text("situation", MAX_TEXT);
    let situation_en = fields.text("situation_en", MAX_TEXT);
    let groups = fields.list("groups", MAX_PARTS, |item| group(item, organisations));
    let communication = fields.list("communication", MAX_PARTS, |item| rule(item, organisations));
    let contact_list_owner =
        fields.required_reference("contact_list_owner", ORGANISATION, &organisations.codes, |_| false);
    let note = fields.optional_text("note", MAX_NOTE);
    let source = fields.source();
    for (name, is_empty) in [
        ("purposes", purposes.is_empty()),
        ("communication", communication.is_empty()),
    ] {
        if is_empty {
            fields.error(name, "required", "There is at least one.", "Der er mindst én.");
        }
    }
    let groups: Option<Vec<Group>> = groups.into_iter().collect();
    if let Some(groups) = &groups {
        for fault in faults(groups) {
            fields.fault(group_error(fault));
        }
    }
    fields.finish();
    let content = Content {
        purposes: purposes.into_iter().collect::<Option<_>>()?,
        situation: situation?,
        situation_en: situation_en?,
        groups: groups?,
        communication: communication.into_iter().collect::<Option<_>>()?,
        contact_list_owner: contact_list_owner?,
    };
    let draft = Draft {
        valid_from: valid_from?,
        content,
        note,
        source: source?,
    };
    (errors.len() == before).then_some(draft)
}

fn purpose(item: &mut Fields<'_, '_>) -> Option<Purpose> {
    let text = item.text("text", MAX_NOTE);
    let text_en = item.text("text_en", MAX_NOTE);
    Some(Purpose {
        text: text?,
        text_en: text_en?,
    })
}

fn group(item: &mut Fields<'_, '_>, organisations: &Organisations) -> Option<Group> {
    let code = item.code("code", is_code);
    let names = item.both_names();
    let police_case = item.flag("police_case");
    // What the service says of a group may be sent back.
    item.derived("activated_by");
    let conduct = item.text("conduct", MAX_TEXT);
    let conduct_en = item.text("conduct_en", MAX_TEXT);
    let seats = item.list("seats", MAX_ITEMS, |item| seat(item, organisations));
    let actions = item.list("actions", MAX_ITEMS, |item| action(item, organisations));
    let (name, name_en) = names?;
    Some(Group {
        code: code?,
        name,
        name_en,
        police_case,
        conduct: conduct?,
        conduct_en: conduct_en?,
        seats: seats.into_iter().collect::<Option<_>>()?,
        actions: actions.into_iter().collect::<Option<_>>()?,
    })
}

fn seat(item: &mut Fields<'_, '_>, organisations: &Organisations) -> Option<Seat> {
    let organisation = item.required_reference("organisation", ORGANISATION, &organisations.codes, |_| false);
    let title = item.text("title", MAX_NAME);
    let title_en = item.text("title_en", MAX_NAME);
    let note = item.optional_text("note", MAX_NOTE);
    Some(Seat {
        organisation: organisation?,
        title: title?,
        title_en: title_en?,
        note,
    })
}

fn action(item: &mut Fields<'_, '_>, organisations: &Organisations) -> Option<Action> {
    let code = item.code("code", is_code);
    let name = item.text("name", MAX_LINE);
    let name_en = item.text("name_en", MAX_LINE);
    let need = item.word("need");
    let informs_board = item.flag("informs_board");
    let responsible = item.required_reference("responsible", ORGANISATION, &organisations.codes, |_| false);
    Some(Action {
        code: code?,
        name: name?,
        name_en: name_en?,
        need: need?,
        informs_board,
        responsible: responsible?,
    })
}

fn rule(item: &mut Fields<'_, '_>, organisations: &Organisations) -> Option<CommunicationRule> {
    let audience = item.word("audience");
    let organisation = item.required_reference("organisation", ORGANISATION, &organisations.codes, |_| false);
    let rule = item.text("rule", MAX_NOTE);
    let rule_en = item.text("rule_en", MAX_NOTE);
    Some(CommunicationRule {
        audience: audience?,
        organisation: organisation?,
        rule: rule?,
        rule_en: rule_en?,
    })
}

fn group_error(fault: Fault) -> FieldError {
    let groups = At::Pointer("/groups".into());
    let (at, code, en, da) = match fault {
        Fault::Groups => (
            groups,
            "groups",
            "There are two groups: one for police cases, one for others.",
            "Der er to grupper: én til politisager og én til andre.",
        ),
        Fault::NoSeat(group) => (
            groups.field(group).field("seats"),
            "required",
            "A group has at least one seat.",
            "En gruppe har mindst én plads.",
        ),
        Fault::Board(group) => (
            groups.field(group).field("actions"),
            "informs_board",
            "Exactly one action informs the board, and it is always needed.",
            "Præcis én handling orienterer bestyrelsen, og den skal altid udføres.",
        ),
        Fault::GroupTwice(group) => return twice(groups.field(group)),
        Fault::SeatTwice(group, seat) => return twice(groups.field(group).field("seats").field(seat)),
        Fault::ActionTwice(group, action) => return twice(groups.field(group).field("actions").field(action)),
    };
    FieldError::new(at, code, en, da)
}

fn twice(at: At) -> FieldError {
    FieldError::new(
        at,
        "duplicate",
        "The same stands further up.",
        "Det samme står længere oppe.",
    )
}

/// What is added to a version: signatures of its `participants`, approval, confirmation; none in days to come.
pub fn standing(
    node: &Node,
    participants: &[&str],
    today: NaiveDate,
    errors: &mut Vec<FieldError>,
) -> Option<Standing> {
    let before = errors.len();
    let mut fields = Fields::of_body(node, errors);
    let signatures = fields.list("signatures", MAX_SIGNATURES, |item| {
        signature(item, participants, today)
    });
    for (index, one) in signatures.iter().enumerate() {
        let is_same = |other: &&Option<Signature>| {
            let organisation = |signature: &Option<Signature>| signature.as_ref().map(|one| one.organisation.clone());
            one.is_some() && organisation(other) == organisation(one)
        };
        if signatures[..index].iter().any(|other| is_same(&other)) {
            fields.duplicate_in("signatures", index);
        }
    }
    let fund_approved_on = past_day(&mut fields, "fund_approved_on", today);
    let contact_list_confirmed_on = past_day(&mut fields, "contact_list_confirmed_on", today);
    let note = fields.optional_text("note", MAX_NOTE);
    fields.finish();
    let standing = Standing {
        signatures: signatures.into_iter().collect::<Option<_>>()?,
        fund_approved_on,
        contact_list_confirmed_on,
        note,
    };
    (errors.len() == before).then_some(standing)
}

fn signature(item: &mut Fields<'_, '_>, participants: &[&str], today: NaiveDate) -> Option<Signature> {
    let organisation = item.text("organisation", MAX_CODE);
    let signed_on = past_day(item, "signed_on", today);
    let has_seat = |code: &String| participants.contains(&code.as_str());
    if organisation.as_ref().is_some_and(|code| !has_seat(code)) {
        item.error(
            "organisation",
            "has_no_seat",
            "Those who have a seat in this version sign it.",
            "Versionen underskrives af dem, der har en plads i den.",
        );
    }
    Some(Signature {
        organisation: organisation?,
        signed_on,
    })
}
