//! Reading the bodies that say what a meeting is, what is on its agenda, and what its minutes say.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use url::Url;
use uuid::Uuid;

use super::model::{Document, Guest, WrittenAttendance, WrittenItem, WrittenMinutes, WrittenReservation};
use super::rules::{Draft, ItemDraft, ItemStatus, Known, KnownToMinutes, MAX_POSITION, MeetingStatus};
use crate::local_time::{exists, parse_local};
use crate::problem::{At, FieldError};
use crate::reference::{Fields, Noun, ORGANISATION, VENUE};
use crate::web::json::Node;
use crate::web::values::MAX_NAME;
use crate::words::Word;

/// The longest place.
const MAX_PLACE: usize = 300;
/// The longest local time and id.
const MAX_LINE: usize = 40;
/// The longest meeting.
const MAX_MINUTES: i16 = 1440;
/// The longest description of an item, and the longest reservation.
const MAX_TEXT: usize = 4000;
/// The longest conclusion.
const MAX_CONCLUSION: usize = 10_000;
/// The longest reason.
const MAX_REASON: usize = 1000;
/// The longest address.
const MAX_URL: usize = 2000;
/// The most documents of an item.
const MAX_DOCUMENTS: usize = 20;
/// The most items that minutes speak of: no agenda has more.
const MAX_MINUTED: usize = 100;
/// The most seats, guests and reservations that are read.
const MAX_SEATS: usize = 200;
/// The most guests.
const MAX_GUESTS: usize = 100;
/// The most reservations on an item.
const MAX_RESERVATIONS: usize = 50;

const BODY: Noun = Noun {
    unknown: "unknown_body",
    en: "The plan has no body of this code.",
    da: "Planen har intet organ med denne kode.",
};

/// What a body says of a meeting; `before` is the meeting that is changed, with how far it is.
pub fn meeting(
    node: &Node,
    known: &Known,
    before: Option<(&Draft, MeetingStatus)>,
    errors: &mut Vec<FieldError>,
) -> Option<Draft> {
    let mut fields = Fields::of_body(node, errors);
    let body = match before {
        None => fields.required_reference("body", BODY, &known.bodies, |_| false),
        Some((draft, status)) => {
            fields.same(
                "body",
                Some(&draft.body),
                "A meeting stays that of its body.",
                "Et møde bliver ved at være sit organs.",
            );
            fields.same(
                "status",
                Some(status.code()),
                "A meeting is called, held and called off by operations of their own.",
                "Et møde indkaldes, afholdes og aflyses ved egne handlinger.",
            );
            Some(draft.body.clone())
        }
    };
    let name = fields.optional_text("name", MAX_NAME);
    let text = fields.text("local_start", MAX_LINE);
    let local_start = text.and_then(|text| local_start(&mut fields, &text, known.period));
    let duration_minutes = fields.number("duration_minutes", 1..=MAX_MINUTES);
    let venue = fields.reference("venue", VENUE, &known.venues, |code| {
        before.is_some_and(|(draft, _)| draft.venue.as_deref() == Some(code))
    });
    let place = fields.optional_text("place", MAX_PLACE);
    if before.is_some() {
        for member in [
            "id",
            "time_zone",
            "deadlines",
            "called_at",
            "figures_as_of",
            "figures_on",
            "held_at",
            "minutes_approved_at",
            "cancelled_at",
            "cancelled_because",
            "sequence",
            "created_at",
            "changed_at",
        ] {
            fields.derived(member);
        }
    }
    fields.finish();
    Some(Draft {
        body: body?,
        name,
        local_start: local_start?,
        duration_minutes: i32::from(duration_minutes?),
        venue,
        place,
    })
}

fn local_start(
    fields: &mut Fields<'_, '_>,
    text: &str,
    (first, last): (NaiveDate, NaiveDate),
) -> Option<NaiveDateTime> {
    let Some(time) = parse_local(text) else {
        fields.error(
            "local_start",
            "invalid_local_time",
            "A local time is written as 2024-09-03T16:00, to the minute and without an offset.",
            "Et lokalt tidspunkt skrives som 2024-09-03T16:00, på minuttet og uden forskydning.",
        );
        return None;
    };
    if !exists(time) {
        fields.error(
            "local_start",
            "no_such_time",
            "The clock skips this time when summer time begins.",
            "Uret springer dette tidspunkt over, når sommertiden begynder.",
        );
        return None;
    }
    if !(first..=last).contains(&time.date()) {
        fields.fault(FieldError::new(
            At::Pointer("/local_start".into()),
            "outside_plan",
            format!("The meeting lies outside the plan, which runs from {first} to {last}."),
            format!("Mødet ligger uden for helhedsplanen, som løber fra {first} til {last}."),
        ));
        return None;
    }
    Some(time)
}

/// Why a meeting is called off.
pub fn reason(node: &Node, errors: &mut Vec<FieldError>) -> Option<String> {
    let mut fields = Fields::of_body(node, errors);
    let reason = fields.text("reason", MAX_REASON);
    fields.finish();
    reason
}

/// What a body says of an item; `before` is the item that is changed.
pub fn item(
    node: &Node,
    by_secretariat: bool,
    before: Option<&ItemDraft>,
    errors: &mut Vec<FieldError>,
) -> Option<ItemDraft> {
    let mut fields = Fields::of_body(node, errors);
    let title = fields.text("title", MAX_NAME);
    let description = fields.optional_text("description", MAX_TEXT);
    let documents = fields.list("documents", MAX_DOCUMENTS, document);
    let position = fields.optional_number("position", 1..=MAX_POSITION).map(i32::from);
    let known = before.and_then(|before| before.position);
    if !by_secretariat && position.is_some() && position != known {
        fields.error(
            "position",
            "read_only",
            "The secretariat orders the agenda.",
            "Sekretariatet ordner dagsordenen.",
        );
    }
    let first = if by_secretariat {
        ItemStatus::Accepted
    } else {
        ItemStatus::Proposed
    };
    let status = match before {
        None => Some(first),
        Some(before) => {
            for member in [
                "id",
                "meeting",
                "proposed_by_role",
                "proposed_by",
                "created_at",
                "decisions",
            ] {
                fields.derived(member);
            }
            let status = fields.word("status");
            if status.is_some_and(|next| !before.status.may_become(next, by_secretariat)) {
                fields.error(
                    "status",
                    "not_allowed",
                    "The secretariat accepts and declines; who proposed an item withdraws it while it is not decided on.",
                    "Sekretariatet antager og afviser; den, der har foreslået et punkt, trækker det tilbage, så længe der ikke er \
                     taget stilling.",
                );
            }
            status
        }
    };
    fields.finish();
    Some(ItemDraft {
        title: title?,
        description,
        documents: documents.into_iter().collect::<Option<_>>()?,
        position,
        status: status?,
    })
}

fn document(fields: &mut Fields<'_, '_>) -> Option<Document> {
    let name = fields.text("name", MAX_NAME);
    let url = fields.text("url", MAX_URL);
    if url.as_deref().is_some_and(|url| !is_safe_link(url)) {
        fields.error(
            "url",
            "invalid_link",
            "A link is an absolute https address without user name and password.",
            "Et link er en fuld https-adresse uden brugernavn og adgangskode.",
        );
    }
    let sha256 = fields.text("sha256", 64);
    if sha256.as_deref().is_some_and(|text| !is_sha256(text)) {
        fields.error(
            "sha256",
            "invalid_checksum",
            "The checksum is SHA-256: 64 hexadecimal digits, small letters.",
            "Kontrolsummen er SHA-256: 64 hexadecimale cifre med små bogstaver.",
        );
    }
    Some(Document {
        name: name?,
        url: url?,
        sha256: sha256?,
    })
}

/// Whether a link is an absolute `https:` address that carries no credentials.
fn is_safe_link(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    Url::parse(text).is_ok_and(|url| {
        is_plain && url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none()
    })
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What a body says of the minutes.
pub fn minutes(node: &Node, known: &KnownToMinutes, errors: &mut Vec<FieldError>) -> Option<WrittenMinutes> {
    let mut fields = Fields::of_body(node, errors);
    let attendance = fields.list("attendance", MAX_SEATS, |item| {
        let seat = seat(item, known);
        let presence = item.optional_word("presence");
        Some(WrittenAttendance { seat: seat?, presence })
    });
    repeated(
        &mut fields,
        "attendance",
        attendance.iter().map(|one| one.as_ref().map(|one| one.seat.clone())),
    );
    let guests = fields.list("guests", MAX_GUESTS, |item| {
        let organisation = item.reference("organisation", ORGANISATION, &known.organisations, |_| true);
        let title = item.text("title", MAX_NAME);
        Some(Guest {
            organisation,
            title: title?,
        })
    });
    let items = fields.list("items", MAX_MINUTED, |item| {
        let id = item_id(item, known);
        item.derived("title");
        let conclusion = item.optional_text("conclusion", MAX_CONCLUSION);
        let reservations = item.list("reservations", MAX_RESERVATIONS, |one| {
            one.derived("id");
            let seat = seat(one, known);
            let text = one.text("text", MAX_TEXT);
            Some(WrittenReservation {
                seat: seat?,
                text: text?,
            })
        });
        Some(WrittenItem {
            item: id?,
            conclusion,
            reservations: reservations.into_iter().collect::<Option<_>>()?,
        })
    });
    repeated(
        &mut fields,
        "items",
        items.iter().map(|one| one.as_ref().map(|one| one.item.to_string())),
    );
    for member in ["meeting", "approved_at"] {
        fields.derived(member);
    }
    fields.finish();
    Some(WrittenMinutes {
        attendance: attendance.into_iter().collect::<Option<_>>()?,
        guests: guests.into_iter().collect::<Option<_>>()?,
        items: items.into_iter().collect::<Option<_>>()?,
    })
}

/// Notes the items of a list that name what one before them named.
fn repeated(fields: &mut Fields<'_, '_>, list: &str, names: impl Iterator<Item = Option<String>>) {
    let mut seen = HashSet::new();
    for (index, name) in names.enumerate() {
        if name.is_some_and(|name| !seen.insert(name)) {
            fields.duplicate_in(list, index);
        }
    }
}

fn seat(fields: &mut Fields<'_, '_>, known: &KnownToMinutes) -> Option<String> {
    let seat = fields.text("seat", MAX_NAME)?;
    if known.seats.contains(&seat) {
        return Some(seat);
    }
    fields.error(
        "seat",
        "unknown_seat",
        "The body has no seat of this code.",
        "Organet har ingen plads med denne kode.",
    );
    None
}

fn item_id(fields: &mut Fields<'_, '_>, known: &KnownToMinutes) -> Option<Uuid> {
    let text = fields.text("item", MAX_LINE)?;
    let id = text.parse().ok().filter(|id| known.items.contains(id));
    if id.is_none() {
        fields.error(
            "item",
            "unknown_item",
            "The agenda of the meeting has no item of this id.",
            "Mødets dagsorden har intet punkt med dette id.",
        );
    }
    id
}

/// What a new calendar subscription is called.
pub fn feed_name(node: &Node, errors: &mut Vec<FieldError>) -> Option<String> {
    let mut fields = Fields::of_body(node, errors);
    let name = fields.text("name", MAX_NAME);
    fields.finish();
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_https_and_carries_no_credentials() {
        for good in ["https://example.org/a.pdf", "https://example.org:8443/a?b=c#d"] {
            assert!(is_safe_link(good), "{good}");
        }
        for bad in [
            "http://example.org/a.pdf",
            "javascript:alert(1)",
            "https://user@example.org/",
            "https://user:secret@example.org/",
            "https://",
            "/a.pdf",
            "https://example.org/a b",
            "data:text/html,x",
        ] {
            assert!(!is_safe_link(bad), "{bad}");
        }
    }

    #[test]
    fn a_checksum_has_64_small_hexadecimal_digits() {
        assert!(is_sha256(&"0a".repeat(32)));
        for bad in ["0A".repeat(32), "0a".repeat(31), "0g".repeat(32)] {
            assert!(!is_sha256(&bad), "{bad}");
        }
    }
}
