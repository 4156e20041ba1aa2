//! Where texts stand: what redaction looks through, held against the schema of the database and the members of documents.

use std::collections::{BTreeMap, BTreeSet};

use helhedsplan::entities::idempotency_key;
use helhedsplan::redactions::rules::{Form, TABLES, WRITTEN};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement};
use serde_json::Value;

use crate::support::TestApp;
use crate::support::document::DOCUMENT;
use crate::support::redactions::write_everywhere;

/// Columns of text that hold none that people wrote, and why.
const NO_TEXTS: &[(&str, &str)] = &[
    (
        "a code or a word of a closed list",
        "accounts.state activities.code activities.focus_area activities.mobility activities.status \
         activity_actors.activity activity_actors.organisation activity_commitments.activity \
         activity_commitments.code activity_commitments.organisation activity_commitments.per \
         activity_placements.activity activity_placements.basis activity_placements.zone \
         activity_target_groups.activity age_bands.code agenda_items.proposed_by agenda_items.proposed_by_role \
         agenda_items.status agreement_versions.agreement agreement_versions.state agreements.code \
         agreements.focus_area agreements.kind area_relations.area area_relations.relation area_relations.target \
         areas.code areas.kind areas.organisation arrivals.indicator attendances.body attendances.presence \
         attendances.seat bodies.area bodies.code bodies.focus_areas bodies.kind bodies.per body_orderings.before \
         body_orderings.body body_orderings.per body_seats.body body_seats.code body_seats.organisation \
         body_seats.vote_of calendar_feeds.body calendar_feeds.organisation calendar_feeds.role clients.organisation \
         clients.role clients.scope contingency_actions.action contingency_actions.organisation \
         contingency_actions.state contingency_activations.area contingency_activations.group_code \
         contingency_activations.kind contingency_activations.raised_by contingency_activations.state \
         contingency_versions.signatures criteria.code criteria.limit_unit criteria.operator criteria.part \
         criteria.rule_set criterion_inputs.averaging criterion_inputs.criterion criterion_inputs.indicator \
         criterion_inputs.reference_area criterion_inputs.rule_set decision_reservations.body \
         decision_reservations.seat decision_votes.body decision_votes.choice decision_votes.party \
         decision_votes.recorded_by decision_votes.seat decisions.concluded_by decisions.kind decisions.proposed_by \
         decisions.proposed_by_role decisions.state focus_areas.code follow_ups.agreement follow_ups.focus_area \
         follow_ups.follower follow_ups.goal follow_ups.level genders.code imports.mode imports.organisation \
         imports.state indicators.categories indicators.code indicators.data_owner indicators.direction \
         indicators.level indicators.rhythm indicators.unit measurements.area measurements.category \
         measurements.indicator measurements.period measurements.status meetings.body meetings.status meetings.venue \
         milestones.agreement milestones.code milestones.organisation organisations.code organisations.kind \
         organisations.parent participation_counts.age_band participation_counts.area participation_counts.gender \
         participation_counts.residence participation_delivered.commitment participation_delivered.place \
         participation_delivered.zone participation_places.place participation_places.zone \
         participation_reports.activity participation_reports.organisation participation_reports.period \
         plan_parties.capacity plan_parties.organisation plans.code read_tokens.organisation read_tokens.role \
         read_tokens.scope recommendations.given_by recommendations.stance releases.audience releases.organisation \
         releases.organisation_key releases.period releases.rules releases.subject reservations.body \
         reservations.seat rule_sets.code rule_sets.residents_indicator session_occurrences.status \
         session_occurrences.venue sessions.activity sessions.rrule sessions.status sessions.venue \
         target_group_subsets.code target_group_subsets.target_group target_groups.code venues.area venues.code \
         venues.zone",
    ),
    (
        "a hash, a key, or what begins a secret",
        "calendar_feeds.handle calendar_feeds.hash client_assertions.digest client_secrets.handle client_secrets.hash \
         audit_entries.hash audit_entries.previous_hash audit_heads.hash clients.jwks extracts.content_hash idempotency_keys.body_hash idempotency_keys.scope \
         imports.idempotency_scope meeting_packs.sha256 participation_reports.content_hash read_tokens.handle \
         read_tokens.hash redactions.hash",
    ),
    (
        "who wrote: the subject of a token, which the record needs",
        "accounts.subject agreement_versions.subject audit_entries.client audit_entries.subject calendar_feeds.created_by changes.subject clients.created_by \
         contingency_activations.subject contingency_versions.subject extracts.subject imports.subject \
         participation_reports.subject read_tokens.created_by redactions.subject",
    ),
    (
        "what was done to what, by codes and ids",
        "audit_entries.operation audit_entries.outcome audit_entries.request_id audit_entries.role audit_entries.target \
         changes.operation changes.request_id changes.target idempotency_keys.headers redactions.places",
    ),
    (
        "codes and counts of cells",
        "release_proofs.certificate release_proofs.counts release_proofs.known release_proofs.stands_on \
         release_proofs.parts releases.definition releases.parts releases.published",
    ),
    ("made of the other texts again", "activities.search"),
];

/// Every column of the database that can hold text, as `table.column`.
async fn columns_of_text(app: &TestApp) -> BTreeSet<String> {
    let db = app.state.db.read();
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT t.name AS owner, c.name AS name, lower(c.type) AS type FROM sqlite_schema t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT CAST(table_name AS TEXT) AS owner, CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS type \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    let mut columns = BTreeSet::new();
    for row in rows {
        let get = |name: &str| row.try_get::<String>("", name).unwrap();
        let is_text = ["char", "text", "json", "clob", "bytea", "blob"];
        // SQLite says what a text stands for: a date, a time, an id.
        let stands_for = ["date", "time", "uuid", "real", "int"];
        let kind = get("type");
        let is_text = is_text.iter().any(|text| kind.contains(text));
        if is_text && !stands_for.iter().any(|other| kind.contains(other)) && !get("owner").starts_with("seaql") {
            columns.insert(format!("{}.{}", get("owner"), get("name")));
        }
    }
    columns
}

#[actix_web::test]
async fn every_column_of_text_is_looked_through_or_holds_none_that_people_wrote() {
    let app = TestApp::start().await;
    let mut known = BTreeSet::new();
    for kept in TABLES {
        for column in kept.columns {
            assert!(
                known.insert(format!("{}.{}", kept.table, column.name)),
                "{column:?} twice"
            );
        }
    }
    for (why, columns) in NO_TEXTS {
        for column in columns.split_whitespace() {
            assert!(known.insert(column.to_owned()), "{column} twice: {why}");
        }
    }
    let found = columns_of_text(&app).await;
    let forgotten: Vec<_> = found.difference(&known).collect();
    let no_more: Vec<_> = known.difference(&found).collect();
    assert!(
        forgotten.is_empty(),
        "columns of text that nobody decided on: {forgotten:?}"
    );
    assert!(no_more.is_empty(), "columns that are not there: {no_more:?}");
}

/// Members of stored documents, and of answers, whose strings are codes, words, dates or ids.
const CODES: &str = "client operation previous_hash request_id signed \
    @context @id @type access_token accounts_status activities activity age_band agreement alg area area_kind areas \
    before body budget_status byDay category class client_assertion client_assertion_type client_id client_secret \
    code commitment contact_list_owner criterion crv data_owner department duration e endDate error_description \
    eventStatus exceptDate explanation extracted_on field focus_area focus_areas gender goal goals grant_type group \
    handle hash header id identifier inLanguage index indicator instance key keys kid kind kty label license line \
    list local_start measure n new_local_start new_venue next nonce organisation owner parameter parent path period \
    permissions places plan pointer possible previousStartDate proposed_by raised_by record recurrence_id \
    reference_area repeatFrequency residence residents_indicator responsible row rrule rule_set scheduleTimezone \
    scope scopes seat sha256 startDate startTime state status subject subset table tables target target_group \
    time_zone token token_type toward type undetermined_by units unreported updated use venue version vote_of x y \
    zone zone_name";

/// The names of the members below some schemas, each with whether its strings are bound by no list, format or pattern.
fn described(schemas: &Value) -> BTreeMap<String, bool> {
    fn is_free(schema: &Value) -> bool {
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => kind.as_str().into_iter().collect::<Vec<_>>(),
        };
        let is_bound = ["enum", "const", "format", "pattern"]
            .iter()
            .any(|name| schema.get(name).is_some());
        (kinds.contains(&"string") && !is_bound) || (kinds.contains(&"array") && is_free(&schema["items"]))
    }
    fn walk(node: &Value, found: &mut BTreeMap<String, bool>) {
        for (name, schema) in node["properties"].as_object().into_iter().flatten() {
            *found.entry(name.clone()).or_default() |= is_free(schema);
        }
        match node {
            Value::Object(members) => members.values().for_each(|member| walk(member, found)),
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    walk(schemas, &mut found);
    found
}

/// The names of the members of a stored document that hold strings.
fn members(node: &Value, name: Option<&str>, found: &mut BTreeSet<String>) {
    match node {
        Value::String(_) => found.extend(name.map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| members(item, name, found)),
        Value::Object(object) => object
            .iter()
            .for_each(|(name, value)| members(value, Some(name), found)),
        _ => {}
    }
}

#[actix_web::test]
async fn every_member_of_documents_is_text_or_a_code_by_its_name() {
    let is_decided = |name: &str| WRITTEN.contains(&name) || CODES.split_whitespace().any(|code| code == name);
    let described = described(&DOCUMENT["components"]["schemas"]);
    let free = described.iter().filter(|(_, is_free)| **is_free);
    let undecided: Vec<&String> = free.map(|(name, _)| name).filter(|name| !is_decided(name)).collect();
    assert!(undecided.is_empty(), "of answers: {undecided:?}");
    // And those that no answer has.
    let app = TestApp::start().await;
    write_everywhere(&app).await;
    let db = app.state.db.read();
    let mut stored = BTreeSet::new();
    for kept in TABLES {
        for column in kept
            .columns
            .iter()
            .filter(|column| matches!(column.form, Form::Document | Form::Binary))
        {
            let sql = format!(
                "SELECT CAST(\"{0}\" AS TEXT) AS document FROM \"{1}\" WHERE \"{0}\" IS NOT NULL",
                column.name, kept.table
            );
            let statement = Statement::from_string(db.get_database_backend(), sql);
            for row in db.query_all_raw(statement).await.unwrap() {
                let document: String = row.try_get("", "document").unwrap();
                members(&serde_json::from_str(&document).unwrap(), None, &mut stored);
            }
        }
    }
    for row in idempotency_key::Entity::find().all(db).await.unwrap() {
        members(&serde_json::from_slice(&row.body.unwrap()).unwrap(), None, &mut stored);
    }
    stored.retain(|name| !is_decided(name) && !described.contains_key(name));
    assert!(stored.is_empty(), "of stored documents: {stored:?}");
}
