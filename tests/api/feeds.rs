//! The feeds: RPDE under concurrent writers, the calendar read back, and which web pages may read.

use std::collections::BTreeMap;

use helhedsplan::auth::role::Role;
use icalendar::{Calendar, CalendarComponent, Component, Event, EventStatus};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::sessions::{once, weekly, with};
use crate::support::{Answer, Client, PLAN, TestApp};

/// The secretariat, whatever it read before.
fn secretariat(app: &TestApp) -> Client<'_> {
    app.as_role(Role::Secretariat).header("if-match", "*")
}

async fn create(app: &TestApp, session: &Value) -> String {
    let made = app.as_role(Role::Secretariat).post("sessions", session).await;
    made.expect(201)["id"].as_str().unwrap().to_owned()
}

/// Somebody outside who follows the feed, and keeps what it says.
struct Harvester<'a> {
    app: &'a TestApp,
    next: String,
    /// What is there by now, by id.
    items: BTreeMap<String, Value>,
    /// The ids that were deleted.
    deleted: Vec<String>,
    last: i64,
}

impl<'a> Harvester<'a> {
    fn new(app: &'a TestApp, limit: u64) -> Self {
        Self {
            app,
            next: format!("/v1/plans/{PLAN}/feeds/sessions?limit={limit}"),
            items: BTreeMap::new(),
            deleted: Vec::new(),
            last: 0,
        }
    }

    /// Takes one page; says whether it was the last.
    async fn page(&mut self) -> bool {
        let page = self.app.public().get(&self.next).await.expect(200);
        let next = page["next"].as_str().unwrap();
        let address = &self.app.state.config.public_url;
        let next = next
            .strip_prefix(address.as_str())
            .expect("an address of this service")
            .to_owned();
        for item in page["items"].as_array().unwrap() {
            let modified = item["modified"].as_i64().unwrap();
            assert!(modified > self.last, "{item} comes after {}", self.last);
            self.last = modified;
            let id = item["id"].as_str().unwrap().to_owned();
            match item["state"].as_str().unwrap() {
                "updated" => {
                    self.deleted.retain(|deleted| *deleted != id);
                    self.items.insert(id, item["data"].clone());
                }
                "deleted" => {
                    assert!(item.get("data").is_none(), "{item}");
                    self.items.remove(&id);
                    self.deleted.push(id);
                }
                other => panic!("{other}"),
            }
        }
        let is_last = page["items"].as_array().unwrap().is_empty();
        assert_eq!(is_last, next == self.next, "only the last page is its own next");
        self.next = next;
        is_last
    }

    async fn follow(&mut self) {
        while !self.page().await {}
    }
}

/// What the database holds for everybody, as a harvester that starts now is told.
async fn truth(app: &TestApp) -> BTreeMap<String, Value> {
    let mut fresh = Harvester::new(app, 1000);
    fresh.follow().await;
    fresh.items
}

#[actix_web::test]
async fn the_feed_tells_each_change_once_in_the_order_of_change() {
    let app = TestApp::start().await;
    let mut harvester = Harvester::new(&app, 2);
    harvester.follow().await;
    let before = harvester.items.len();
    let series = create(&app, &with(weekly(), &json!({"age_from": 10, "capacity": 12}))).await;
    let single = create(&app, &once()).await;
    harvester.follow().await;
    assert_eq!(harvester.items.len(), before + 2);
    let data = &harvester.items[&series];
    assert_eq!(
        json!([
            data["@type"],
            data["identifier"],
            data["name"],
            data["programme"]["identifier"],
            data["duration"],
            data["ageRange"],
            data["maximumAttendeeCapacity"],
            data["eventStatus"],
            data["location"]["identifier"]
        ]),
        json!([
            "SessionSeries", series, "Lektiecaféer", "lektiecafe", "PT90M",
            {"@type": "QuantitativeValue", "minValue": 10}, 12, "https://schema.org/EventScheduled", "base-zone-1"
        ])
    );
    assert_eq!(
        data["eventSchedule"],
        json!([{"@type": "Schedule", "startDate": "2024-10-15", "startTime": "16:00", "duration": "PT90M",
            "repeatFrequency": "P1W", "repeatCount": 7, "byDay": ["TU"], "scheduleTimezone": "Europe/Copenhagen"}])
    );
    assert!(data.get("subEvent").is_none());
    let single_data = &harvester.items[&single];
    assert!(single_data.get("eventSchedule").is_none());
    assert_eq!(single_data["subEvent"][0]["startDate"], "2025-01-08T10:00:00+01:00");
    let moved = json!({"exceptions": [
        {"local_start": "2024-10-22T16:00", "kind": "excluded"},
        {"local_start": "2024-10-29T16:00", "kind": "rescheduled", "new_local_start": "2024-10-30T10:00"}]});
    secretariat(&app)
        .patch(&format!("sessions/{series}"), &moved)
        .await
        .expect(200);
    harvester.follow().await;
    let data = &harvester.items[&series];
    assert_eq!(
        data["eventSchedule"][0]["exceptDate"],
        json!(["2024-10-22T16:00:00+02:00"])
    );
    assert_eq!(
        json!([
            data["subEvent"][0]["previousStartDate"],
            data["subEvent"][0]["startDate"],
            data["subEvent"][0]["eventStatus"]
        ]),
        json!([
            "2024-10-29T16:00:00+01:00",
            "2024-10-30T10:00:00+01:00",
            "https://schema.org/EventRescheduled"
        ])
    );
}

#[actix_web::test]
async fn what_ends_or_is_hidden_stays_as_a_tombstone_and_what_was_never_public_is_never_told() {
    let app = TestApp::start().await;
    let secret = create(&app, &with(once(), &json!({"is_published": false}))).await;
    let deleted = create(&app, &once()).await;
    let hidden = create(&app, &once()).await;
    let under = create(&app, &with(once(), &json!({"activity": "din-uddannelsesvej"}))).await;
    let mut early = Harvester::new(&app, 100);
    early.follow().await;
    assert_eq!(
        secretariat(&app).delete(&format!("sessions/{deleted}")).await.status,
        204
    );
    assert_eq!(
        secretariat(&app).delete(&format!("sessions/{secret}")).await.status,
        204
    );
    secretariat(&app)
        .patch(&format!("sessions/{hidden}"), &json!({"is_published": false}))
        .await
        .expect(200);
    secretariat(&app)
        .patch("activities/din-uddannelsesvej", &json!({"is_published": false}))
        .await
        .expect(200);
    let mut late = Harvester::new(&app, 100);
    late.follow().await;
    early.follow().await;
    for harvester in [&early, &late] {
        for id in [&deleted, &hidden, &under] {
            assert!(
                harvester.deleted.contains(id) && !harvester.items.contains_key(id),
                "{id}"
            );
        }
        assert!(!harvester.deleted.contains(&secret) && !harvester.items.contains_key(&secret));
    }
    secretariat(&app)
        .patch("activities/din-uddannelsesvej", &json!({"is_published": true}))
        .await
        .expect(200);
    early.follow().await;
    assert!(early.items.contains_key(&under));
}

#[actix_web::test]
async fn a_venue_that_changes_its_address_moves_its_sessions_to_the_end_of_the_feed() {
    let app = TestApp::start().await;
    let id = create(&app, &once()).await;
    let mut harvester = Harvester::new(&app, 100);
    harvester.follow().await;
    let patch = json!({"address": "Prøvevej 1, 7000 Fredericia"});
    secretariat(&app).patch("venues/base-zone-2", &patch).await.expect(200);
    harvester.follow().await;
    assert_eq!(harvester.items[&id]["location"]["address"], patch["address"]);
}

/// One of the four who write at once: creates, moves, cancels, hides and deletes.
async fn write(app: &TestApp, number: usize) {
    let client = secretariat(app);
    for round in 0..6 {
        let day = format!("2025-0{}-1{round}T1{number}:00", number + 1);
        let session = with(
            once(),
            &json!({"local_start": day, "name": format!("{number}.{round}")}),
        );
        let first = create(app, &session).await;
        let second = create(app, &with(weekly(), &json!({"name": format!("{number}.{round}")}))).await;
        let moved = json!({"local_start": day.replace(":00", ":30")});
        client.patch(&format!("sessions/{first}"), &moved).await.expect(200);
        let cancelled = json!({"exceptions": [{"local_start": "2024-10-22T16:00", "kind": "cancelled"}]});
        client
            .patch(&format!("sessions/{second}"), &cancelled)
            .await
            .expect(200);
        match round % 3 {
            0 => assert_eq!(client.delete(&format!("sessions/{first}")).await.status, 204),
            1 => {
                let hidden = json!({"is_published": false});
                client.patch(&format!("sessions/{second}"), &hidden).await.expect(200);
            }
            _ => {
                client
                    .patch(&format!("sessions/{second}"), &json!({"status": "cancelled"}))
                    .await
                    .expect(200);
            }
        }
    }
}

#[actix_web::test]
async fn a_harvester_among_four_writers_ends_with_the_state_of_the_database() {
    use futures_util::future::{join, join_all};
    let app = TestApp::start().await;
    let is_over = std::cell::Cell::new(false);
    let mut harvester = Harvester::new(&app, 3);
    let writing = async {
        join_all((0..4).map(|number| write(&app, number))).await;
        is_over.set(true);
    };
    let harvesting = async {
        // Reads on while they write, the last page again and again.
        while !is_over.get() {
            harvester.page().await;
        }
        harvester.follow().await;
    };
    join(writing, harvesting).await;
    let expected = truth(&app).await;
    assert_eq!(harvester.items, expected);
    // 24 single sessions of which 8 are deleted, 24 series of which 8 are hidden, and the one that every test has.
    assert_eq!(expected.len(), 16 + 16 + 1);
    // The same as the list says, session by session.
    let list = app.public().get("sessions?limit=1000").await.expect(200);
    let mut listed: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["session"].as_str().unwrap())
        .collect();
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(listed, expected.keys().map(String::as_str).collect::<Vec<_>>());
}

#[actix_web::test]
async fn a_feed_is_public_and_not_sent_twice() {
    let app = TestApp::start().await;
    let id = create(&app, &once()).await;
    for path in ["feeds/sessions", "sessions.ics"] {
        let first = app.public().get(path).await;
        assert_eq!((first.status, first.header("cache-control")), (200, "public, no-cache"));
        let tag = first.header("etag").to_owned();
        let again = app.public().header("if-none-match", &tag).get(path).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        // The same for everybody, and the same whenever it is asked.
        assert_eq!(app.as_role(Role::Secretariat).get(path).await.body, first.body);
        let patch = json!({"description": format!("ændret for {path}")});
        secretariat(&app)
            .patch(&format!("sessions/{id}"), &patch)
            .await
            .expect(200);
        let changed = app.public().header("if-none-match", &tag).get(path).await;
        assert_eq!(changed.status, 200, "{path}");
        assert_ne!(changed.header("etag"), tag);
    }
    let feed = app.public().get("feeds/sessions").await.expect(200);
    assert_eq!(feed["license"], "https://creativecommons.org/licenses/by/4.0/");
    for wrong in ["afterChangeNumber=-1", "afterChangeNumber=x", "limit=0", "limit=1001"] {
        let answer = app.public().get(&format!("feeds/sessions?{wrong}")).await;
        assert_eq!(answer.problem(400), "invalid-parameter", "{wrong}");
    }
}

fn events(answer: &Answer) -> Vec<Event> {
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    let calendar: Calendar = answer.text().parse().expect("a calendar");
    let events = calendar.components.into_iter();
    events
        .filter_map(|component| match component {
            CalendarComponent::Event(event) => Some(event),
            _ => None,
        })
        .collect()
}

fn of<'e>(events: &'e [Event], id: &str) -> Vec<&'e Event> {
    events.iter().filter(|event| event.get_uid() == Some(id)).collect()
}

fn value<'e>(event: &'e Event, name: &str) -> (&'e str, Option<&'e str>) {
    let property = event
        .properties()
        .get(name)
        .unwrap_or_else(|| panic!("{name} in {event:?}"));
    (property.value(), property.params().get("TZID").map(|zone| zone.value()))
}

#[actix_web::test]
async fn the_calendar_is_read_back_as_it_was_said() {
    let app = TestApp::start().await;
    let zone = Some("Europe/Copenhagen");
    let exceptions = json!({"name": "Lektier; te, kage", "description": "Første linje\nAnden; med, tegn", "exceptions": [
        {"local_start": "2024-10-22T16:00", "kind": "excluded"},
        {"local_start": "2024-10-29T16:00", "kind": "cancelled", "reason": "Sygdom"},
        {"local_start": "2024-11-05T16:00", "kind": "rescheduled", "new_local_start": "2024-11-06T10:00"}]});
    let id = create(&app, &with(weekly(), &exceptions)).await;
    let answer = app.public().get("sessions.ics").await;
    let text = answer.text();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(text.matches("BEGIN:VTIMEZONE\r\nTZID:Europe/Copenhagen\r\n").count(), 1);
    assert!(text.find("BEGIN:VTIMEZONE") < text.find("BEGIN:VEVENT"));
    assert!(text.lines().all(|line| line.len() <= 76), "lines are folded");
    let all = events(&answer);
    let own = of(&all, &id);
    assert_eq!(own.len(), 3);
    let master = own[0];
    assert_eq!(value(master, "DTSTART"), ("20241015T160000", zone));
    assert_eq!(value(master, "DURATION"), ("PT90M", None));
    assert_eq!(value(master, "RRULE"), ("FREQ=WEEKLY;BYDAY=TU;COUNT=7", None));
    assert_eq!(master.multi_properties()["EXDATE"][0].value(), "20241022T160000");
    assert_eq!(master.get_summary(), Some("Lektier; te, kage"));
    assert_eq!(master.get_description(), Some("Første linje\nAnden; med, tegn"));
    assert_eq!(
        (master.get_sequence(), master.get_status()),
        (Some(0), Some(EventStatus::Confirmed))
    );
    assert_eq!(value(own[1], "RECURRENCE-ID"), ("20241029T160000", zone));
    assert_eq!(own[1].get_status(), Some(EventStatus::Cancelled));
    assert_eq!(value(own[2], "RECURRENCE-ID"), ("20241105T160000", zone));
    assert_eq!(value(own[2], "DTSTART"), ("20241106T100000", zone));
    let off = json!({"status": "cancelled"});
    secretariat(&app)
        .patch(&format!("sessions/{id}"), &off)
        .await
        .expect(200);
    let all = events(&app.public().get("sessions.ics?activity=lektiecafe").await);
    for event in of(&all, &id) {
        assert_eq!(
            (event.get_sequence(), event.get_status()),
            (Some(1), Some(EventStatus::Cancelled))
        );
    }
    assert!(of(&events(&app.public().get("sessions.ics?zone=zone-4").await), &id).is_empty());
    assert_eq!(secretariat(&app).delete(&format!("sessions/{id}")).await.status, 204);
    assert!(of(&events(&app.public().get("sessions.ics").await), &id).is_empty());
}

const PAGE: &str = "https://www.fredericia.example";

async fn preflight(app: &TestApp, origin: &str, path: &str, method: &str, headers: &str) -> Answer {
    let client = app
        .public()
        .header("origin", origin)
        .header("access-control-request-method", method);
    let client = if headers.is_empty() {
        client
    } else {
        client.header("access-control-request-headers", headers)
    };
    client.send(Method::OPTIONS, path, None, Vec::new()).await
}

#[actix_web::test]
async fn a_listed_page_may_read_what_is_public_and_nothing_else() {
    let app = TestApp::start_with(|settings| settings.cors_origins = Some(PAGE.into())).await;
    let allowed = "access-control-allow-origin";
    for path in [
        "activities",
        "activities/lektiecafe",
        "sessions",
        "feeds/sessions",
        "sessions.ics",
        "areas",
    ] {
        let answer = app.public().header("origin", PAGE).get(path).await;
        assert_eq!((answer.status, answer.header(allowed)), (200, PAGE), "{path}");
        assert!(
            answer
                .header("access-control-expose-headers")
                .to_lowercase()
                .contains("etag")
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let answer = preflight(&app, PAGE, path, "GET", "if-none-match, accept-language").await;
        assert_eq!(
            (answer.status, answer.header(allowed)),
            (200, PAGE),
            "{path}: {}",
            answer.text()
        );
        assert_eq!(answer.header("access-control-max-age"), "3600");
        let vary = answer
            .headers
            .get_all("vary")
            .iter()
            .any(|vary| vary.to_str().unwrap().contains("Origin"));
        assert!(vary, "{path}");
    }
    for (origin, path, method, headers) in [
        ("https://elsewhere.example", "activities", "GET", ""),
        ("http://www.fredericia.example", "activities", "GET", ""),
        ("null", "activities", "GET", ""),
        (PAGE, "activities", "POST", ""),
        (PAGE, "sessions", "DELETE", ""),
        (PAGE, "activities", "GET", "authorization"),
        (PAGE, "measurements", "GET", ""),
        (PAGE, "/v1/me", "GET", ""),
    ] {
        let answer = preflight(&app, origin, path, method, headers).await;
        assert_eq!(answer.problem(400), "invalid-header", "{origin} {method} {path}");
        assert_eq!(answer.header(allowed), "", "{origin} {method} {path}");
    }
    let elsewhere = app
        .public()
        .header("origin", "https://elsewhere.example")
        .get("activities")
        .await;
    assert_eq!((elsewhere.status, elsewhere.header(allowed)), (200, ""));
    let private = app
        .as_role(Role::Board)
        .header("origin", PAGE)
        .get("measurements?limit=1")
        .await;
    assert_eq!((private.status, private.header(allowed)), (200, ""));
    // An error can be read, too.
    let missing = app.public().header("origin", PAGE).get("activities/x").await;
    assert_eq!(
        (missing.problem(404).as_str(), missing.header(allowed)),
        ("not-found", PAGE)
    );
}

#[actix_web::test]
async fn without_the_setting_no_page_may_read_anything() {
    let app = TestApp::start().await;
    let answer = app.public().header("origin", PAGE).get("activities").await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
    let answer = preflight(&app, PAGE, "activities", "GET", "").await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, ""));
}
