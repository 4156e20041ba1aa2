//! Registered clients, the tokens that they get for their secrets, and read tokens.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use helhedsplan::auth::gate::ATTEMPTS_A_MINUTE;
use helhedsplan::auth::role::Role;
use helhedsplan::clients::rules::Registration;
use helhedsplan::clients::store::{self, Hashed};
use helhedsplan::entities::{change, client, client_secret, idempotency_key, indicator, plan, read_token};
use helhedsplan::record::{self, Actor, Clock, Deed};
use helhedsplan::{db, fresh};
use reqwest::Method;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::helhedsplan;
use crate::support::{Answer, Client, PLAN, TestApp};

const FORM: &str = "application/x-www-form-urlencoded";
const GRANT: &str = "grant_type=client_credentials";
const IMPORT: &str = "measurements/imports";

/// A client that was registered over the API, with its secret.
#[derive(Clone, Debug)]
struct Registered {
    id: String,
    secret: String,
}

impl Registered {
    fn from(answer: &Value) -> Self {
        Self {
            id: answer["client"]["id"].as_str().unwrap().to_owned(),
            secret: answer["client_secret"].as_str().unwrap().to_owned(),
        }
    }
}

async fn register(app: &TestApp, role: &str, organisation: &str, scopes: &[&str]) -> Registered {
    let new = json!({"name": "Fagsystem", "role": role, "organisation": organisation, "scopes": scopes});
    let answer = app.as_role(Role::Secretariat).post("clients", &new).await;
    Registered::from(&answer.expect(201))
}

async fn jobcenter(app: &TestApp) -> Registered {
    let scopes = ["measurements:read", "measurements:write"];
    register(app, "municipality", "jobcenter-fredericia", &scopes).await
}

/// What the operator's command line prints for `arguments`.
fn operator(app: &TestApp, arguments: &[&str]) -> String {
    let (data, url) = (app.data_dir(), app.database_url());
    let environment = [
        ("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap()),
        ("HELHEDSPLAN_DATABASE_URL", url.as_str()),
    ];
    let output = helhedsplan(arguments, &environment);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("hpcs_") && !said.contains("hprt_"), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

fn printed(output: &str) -> Registered {
    let value = |name: &str| {
        let line = output.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().to_owned()
    };
    assert_eq!(output.lines().count(), 2, "{output}");
    Registered {
        id: value("CLIENT_ID="),
        secret: value("CLIENT_SECRET="),
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

async fn ask(client: &Client<'_>, body: &str) -> Answer {
    client
        .send(Method::POST, "/oauth/token", Some(FORM), body.as_bytes().to_vec())
        .await
}

async fn by_basic(app: &TestApp, client: &Registered, body: &str) -> Answer {
    let caller = app.public().header("authorization", &basic(&client.id, &client.secret));
    ask(&caller, body).await
}

async fn token(app: &TestApp, client: &Registered) -> String {
    let answer = by_basic(app, client, GRANT).await.expect(200);
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn revoke(app: &TestApp, path: &str) -> Answer {
    app.as_role(Role::Secretariat)
        .header("if-match", "*")
        .send(Method::DELETE, path, None, Vec::new())
        .await
}

/// A row of a figure that this organisation owns.
fn figure(indicator: &str) -> Value {
    json!([{"indicator": indicator, "area": "zone-1", "period": "2030", "value": 1, "source": "made up"}])
}

#[actix_web::test]
async fn a_client_gets_a_token_by_basic_and_by_body() {
    let app = TestApp::start().await;
    let client = jobcenter(&app).await;
    assert!(client.secret.starts_with("hpcs_") && client.secret.len() == 56);
    let in_body = format!("{GRANT}&client_id={}&client_secret={}", client.id, client.secret);
    // A client library may name the client in the body beside Basic.
    let beside = format!("{GRANT}&client_id={}", client.id);
    for answer in [
        by_basic(&app, &client, GRANT).await,
        by_basic(&app, &client, &beside).await,
        ask(&app.public(), &in_body).await,
    ] {
        let body = answer.expect(200);
        assert_eq!(
            (&body["token_type"], &body["expires_in"]),
            (&json!("Bearer"), &json!(900))
        );
        assert_eq!(body["scope"], "measurements:read measurements:write");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("pragma"), "no-cache");
        let token = body["access_token"].as_str().unwrap();
        assert_eq!(
            jsonwebtoken::decode_header(token).unwrap().typ.as_deref(),
            Some("at+jwt")
        );
        let me = app.with_token(token).get("/v1/me").await.expect(200);
        assert_eq!(
            (&me["client_id"], &me["subject"]),
            (&json!(client.id), &json!(client.id))
        );
        assert_eq!(
            (&me["token_kind"], &me["role"]),
            (&json!("client"), &json!("municipality"))
        );
        assert_eq!(me["organisation"], "jobcenter-fredericia");
        assert_eq!(me["plans"][0]["plan"], PLAN);
        let left = chrono::DateTime::parse_from_rfc3339(me["expires_at"].as_str().unwrap()).unwrap();
        assert!((890..=900).contains(&(left.timestamp() - db::now().timestamp())));
    }
    let me = app.jobcenter().get("/v1/me").await.expect(200);
    assert_eq!(me["token_kind"], "operator");
    assert_eq!(app.public().get("/v1/me").await.expect(200)["token_kind"], Value::Null);
}

#[actix_web::test]
async fn a_scope_narrows_what_the_client_was_given_and_none_given_is_none_had() {
    let app = TestApp::start().await;
    let client = jobcenter(&app).await;
    let narrow = by_basic(&app, &client, &format!("{GRANT}&scope=measurements%3Aread")).await;
    let narrow = narrow.expect(200);
    assert_eq!(narrow["scope"], "measurements:read");
    let caller = app.with_token(narrow["access_token"].as_str().unwrap());
    assert_eq!(caller.get("measurements?limit=1").await.status, 200);
    let refused = caller.post(IMPORT, &figure("ssp-relapse")).await;
    assert_eq!(refused.problem(403), "forbidden");
    // The role may read indicators, the client was not given it.
    assert_eq!(caller.get("indicators").await.problem(403), "forbidden");
    let bare = register(&app, "municipality", "jobcenter-fredericia", &[]).await;
    let answer = by_basic(&app, &bare, GRANT).await.expect(200);
    assert_eq!(answer["scope"], "");
    let caller = app.with_token(answer["access_token"].as_str().unwrap());
    assert_eq!(caller.get("areas").await.problem(403), "forbidden");
}

#[actix_web::test]
async fn every_refusal_is_one_of_rfc_6749() {
    let app = TestApp::start().await;
    let client = jobcenter(&app).await;
    let other = register(&app, "housing_organisation", "boli-nu", &["plan:read"]).await;
    let good = basic(&client.id, &client.secret);
    let secret = format!("client_secret={}", client.secret);
    let both = format!("{GRANT}&client_id={}&{secret}", client.id);
    let twice = format!("{GRANT}&{GRANT}");
    let someone_else = format!("{GRANT}&client_id={}", other.id);
    let no_secret = format!("{GRANT}&client_id={}", client.id);
    let refusals: [(&str, &str, &str, u16); 18] = [
        ("", &good, "invalid_request", 400),
        ("grant_type=", &good, "invalid_request", 400),
        (&twice, &good, "invalid_request", 400),
        (&both, &good, "invalid_request", 400),
        (&someone_else, &good, "invalid_request", 400),
        (&format!("{GRANT}&{secret}"), "", "invalid_request", 400),
        ("grant_type=password", &good, "unsupported_grant_type", 400),
        (
            "grant_type=password&username=u&password=p",
            "",
            "unsupported_grant_type",
            400,
        ),
        (GRANT, "", "invalid_client", 401),
        (&no_secret, "", "invalid_client", 401),
        (GRANT, &basic(&client.id, &other.secret), "invalid_client", 401),
        (GRANT, &basic(&other.id, &client.secret), "invalid_client", 401),
        (GRANT, &basic(&client.id, "wrong"), "invalid_client", 401),
        (
            GRANT,
            &basic(&Uuid::now_v7().to_string(), &client.secret),
            "invalid_client",
            401,
        ),
        (GRANT, &basic("' OR 1=1 --", &client.secret), "invalid_client", 401),
        (GRANT, "Basic !", "invalid_client", 401),
        (GRANT, "Bearer x", "invalid_client", 401),
        (
            &format!("{GRANT}&scope=kendskabsgrad:write"),
            &good,
            "invalid_scope",
            400,
        ),
    ];
    let mut of_no_client = Vec::new();
    for (body, authorization, error, status) in refusals {
        let mut caller = app.public();
        if !authorization.is_empty() {
            caller = caller.header("authorization", authorization);
        }
        let answer = ask(&caller, body).await;
        let said = answer.expect(status);
        assert_eq!(said["error"], error, "{body} {authorization}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge.starts_with("Basic realm="), status == 401);
        if status == 401 && authorization.starts_with("Basic ") {
            of_no_client.push(answer.text().to_owned());
        }
    }
    of_no_client.dedup();
    assert_eq!(
        of_no_client.len(),
        1,
        "an unknown client and a wrong secret are told apart"
    );
    let caller = app.public().header("authorization", &good);
    let json = caller
        .send(
            Method::POST,
            "/oauth/token",
            Some("application/json"),
            br#"{"grant_type":"client_credentials"}"#.to_vec(),
        )
        .await;
    assert_eq!(json.expect(400)["error"], "invalid_request");
    let query = caller
        .send(Method::POST, &format!("/oauth/token?{GRANT}"), Some(FORM), Vec::new())
        .await;
    assert_eq!(query.expect(400)["error"], "invalid_request");
    let long = ask(&caller, &format!("{GRANT}&x={}", "x".repeat(70_000))).await;
    assert_eq!(long.expect(400)["error"], "invalid_request");
    let twice = caller.clone().header("authorization", &good);
    assert_eq!(ask(&twice, GRANT).await.expect(400)["error"], "invalid_request");
    let wrong = app.public().get("/oauth/token").await;
    assert_eq!(
        (wrong.problem(405).as_str(), wrong.header("allow")),
        ("method-not-allowed", "POST")
    );
}

#[actix_web::test]
async fn a_client_that_asks_too_often_waits_and_no_other_does() {
    let app = TestApp::start_with(|settings| settings.trusted_proxies = Some("127.0.0.0/8".into())).await;
    let client = jobcenter(&app).await;
    let wrong = Registered {
        secret: "wrong".into(),
        ..client.clone()
    };
    let mut limited = None;
    // On a slow machine some come back while it tries.
    for _ in 0..10 * ATTEMPTS_A_MINUTE {
        let answer = by_basic(&app, &wrong, GRANT).await;
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
        assert_eq!(answer.status, 401);
    }
    let limited = limited.unwrap();
    assert_eq!(limited.problem(429), "rate-limited");
    assert!((1..=60).contains(&limited.header("retry-after").parse::<u32>().unwrap()));
    let other = register(&app, "housing_organisation", "boli-nu", &["plan:read"]).await;
    assert_eq!(by_basic(&app, &other, GRANT).await.status, 200);
    // An id is no secret: who tries with it keeps its owner, who asks from elsewhere, from nothing.
    let owner = app
        .public()
        .header("authorization", &basic(&client.id, &client.secret))
        .header("x-forwarded-for", "198.51.100.7");
    assert_eq!(ask(&owner, GRANT).await.status, 200);
}

#[actix_web::test]
async fn two_secrets_are_good_while_one_replaces_the_other() {
    let app = TestApp::start().await;
    let first = jobcenter(&app).await;
    let secretariat = app.as_role(Role::Secretariat);
    let path = format!("clients/{}/rotate", first.id);
    let rotated = secretariat.post(&path, &json!({})).await.expect(200);
    let second = Registered::from(&rotated);
    assert_ne!(first.secret, second.secret);
    let secrets = rotated["client"]["secrets"].as_array().unwrap().clone();
    assert_eq!(secrets.len(), 2);
    assert!(secrets[0]["ends_at"].is_string() && secrets[1]["ends_at"].is_null());
    assert!(second.secret.starts_with(secrets[1]["handle"].as_str().unwrap()));
    for client in [&first, &second] {
        assert_eq!(by_basic(&app, client, GRANT).await.status, 200);
    }
    // A third: the first ends at once, so that never more than two are good.
    let answer = secretariat.post(&path, &json!({"overlap_hours": 1})).await.expect(200);
    let third = Registered::from(&answer);
    let statuses = [
        by_basic(&app, &first, GRANT).await.status,
        by_basic(&app, &second, GRANT).await.status,
        by_basic(&app, &third, GRANT).await.status,
    ];
    assert_eq!(statuses, [401, 200, 200]);
    // When its time is over the second ends, here because somebody moved its end.
    let mut secrets = client_secret::Entity::find().all(app.state.db.read()).await.unwrap();
    secrets.retain(|secret| secret.ends_at.is_some());
    let mut ending = secrets.remove(0).into_active_model();
    ending.ends_at = Set(Some(db::now()));
    let transaction = app.state.db.begin().await.unwrap();
    ending.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(by_basic(&app, &second, GRANT).await.status, 401);
    // Without an overlap the new one is the only one.
    let answer = secretariat.post(&path, &json!({"overlap_hours": 0})).await.expect(200);
    assert_eq!(answer["client"]["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(by_basic(&app, &third, GRANT).await.status, 401);
    assert_eq!(by_basic(&app, &Registered::from(&answer), GRANT).await.status, 200);
    for (body, error) in [
        (json!({"overlap_hours": 721}), "/overlap_hours out_of_range"),
        (json!({"overlap_hours": -1}), "/overlap_hours negative"),
        (json!({"hours": 1}), "/hours unknown_field"),
    ] {
        assert_eq!(secretariat.post(&path, &body).await.errors(422), [error]);
    }
}

#[actix_web::test]
async fn a_revoked_client_stops_at_once_and_elsewhere_with_the_next_refresh() {
    let app = TestApp::start().await;
    let elsewhere = app.replica().await;
    let client = jobcenter(&app).await;
    let token = token(&app, &client).await;
    for replica in [&app, &elsewhere] {
        assert_eq!(replica.with_token(&token).get("measurements?limit=1").await.status, 200);
    }
    let path = format!("clients/{}", client.id);
    let secretariat = app.as_role(Role::Secretariat);
    let tag = secretariat.get(&path).await.header("etag").to_owned();
    let bare = secretariat.send(Method::DELETE, &path, None, Vec::new()).await;
    assert_eq!(bare.problem(428), "precondition-required");
    let stale = secretariat.clone().header("if-match", "\"other\"");
    let stale = stale.send(Method::DELETE, &path, None, Vec::new()).await;
    assert_eq!(stale.problem(412), "precondition-failed");
    let current = secretariat.clone().header("if-match", &tag);
    let revoked = current.send(Method::DELETE, &path, None, Vec::new()).await;
    assert!(revoked.expect(200)["revoked_at"].is_string());
    let refused = app.with_token(&token).get("measurements?limit=1").await;
    let bad = app.with_token("x").get("measurements?limit=1").await;
    assert_eq!(refused.problem(401), "unauthenticated");
    let same = |answer: &Answer| {
        let mut body = answer.json();
        body.as_object_mut().unwrap().shift_remove("instance");
        body
    };
    assert_eq!(same(&refused), same(&bad));
    assert_eq!(refused.header("www-authenticate"), bad.header("www-authenticate"));
    // No new token anywhere, and nothing for the old one after the refresh that a service makes every 0.4 s.
    assert_eq!(
        by_basic(&elsewhere, &client, GRANT).await.expect(401)["error"],
        "invalid_client"
    );
    fresh::refresh(&elsewhere.state).await.unwrap();
    assert_eq!(
        elsewhere.with_token(&token).get("measurements?limit=1").await.status,
        401
    );
    // Again changes nothing; what is revoked is listed only where asked for, and gets no new secret.
    assert_eq!(revoke(&app, &path).await.json(), secretariat.get(&path).await.json());
    let listed = |path: &'static str, id: String| {
        let secretariat = secretariat.clone();
        async move {
            let list = secretariat.get(path).await.expect(200);
            let items = list["items"].as_array().unwrap();
            items.iter().any(|item| item["id"] == json!(id))
        }
    };
    assert!(!listed("clients", client.id.clone()).await);
    assert!(listed("clients?archived=true", client.id.clone()).await);
    let rotated = secretariat.post(&format!("{path}/rotate"), &json!({})).await;
    assert_eq!(rotated.problem(409), "state-conflict");
}

#[actix_web::test]
async fn what_the_command_line_revokes_stops_in_a_running_service() {
    let app = TestApp::start().await;
    let add = [
        "client",
        "add",
        "--name",
        "Fonden",
        "--role",
        "fund",
        "--org",
        "landsbyggefonden",
    ];
    let add = [&add[..], &["--scope", "measurements:read measurements:write"]].concat();
    let fund = printed(&operator(&app, &add));
    let token = token(&app, &fund).await;
    assert_eq!(app.with_token(&token).get("measurements?limit=1").await.status, 200);
    let rotated = printed(&operator(&app, &["client", "rotate", &fund.id, "--overlap-hours", "1"]));
    assert_eq!(rotated.id, fund.id);
    for client in [&fund, &rotated] {
        assert_eq!(by_basic(&app, client, GRANT).await.status, 200);
    }
    let list = operator(&app, &["client", "list"]);
    let line = list.lines().find(|line| line.starts_with(&fund.id)).unwrap();
    assert!(line.contains("\tfund\tlandsbyggefonden\tactive\t"), "{line}");
    assert!(!list.contains(&fund.secret) && !list.contains(&rotated.secret));
    assert_eq!(operator(&app, &["client", "revoke", &fund.id]), "");
    fresh::refresh(&app.state).await.unwrap();
    assert_eq!(app.with_token(&token).get("measurements?limit=1").await.status, 401);
    assert_eq!(by_basic(&app, &rotated, GRANT).await.status, 401);
    let list = operator(&app, &["client", "list", "--plan", PLAN]);
    let line = list.lines().find(|line| line.starts_with(&fund.id)).unwrap();
    assert!(line.contains("\trevoked "), "{line}");
}

#[actix_web::test]
async fn the_command_line_says_what_is_wrong_and_prints_no_secret_then() {
    let app = TestApp::start().await;
    let (data, url) = (app.data_dir(), app.database_url());
    let environment = [
        ("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap()),
        ("HELHEDSPLAN_DATABASE_URL", url.as_str()),
    ];
    let nobody = Uuid::now_v7().to_string();
    for (arguments, names) in [
        ("client add --name x --role fund --scope plan:read", "--org"),
        ("client add --name x --role board", "--scope"),
        (
            "client add --name x --role board --scope kendskabsgrad:write",
            "kendskabsgrad:write",
        ),
        (
            "client add --name x --role board --scope plan:read --plan other",
            "--plan",
        ),
        ("client add --name 010190-1234 --role board --scope plan:read", "--name"),
        (
            "client add --name x --role municipality --org boli-nu --scope plan:read",
            "--org",
        ),
        ("client add --name x --role public --scope plan:read", "--role"),
        ("client rotate nonsense", "ID"),
        (&format!("client rotate {nobody}"), &nobody),
        (
            &format!("client rotate {nobody} --overlap-hours 721"),
            "--overlap-hours",
        ),
        (&format!("client revoke {nobody}"), &nobody),
        (
            "read-token add --name x --role board --scope measurements:read --days 367",
            "--days",
        ),
        (
            "read-token add --name x --role secretariat --scope measurements:write",
            "measurements:write",
        ),
        (&format!("read-token revoke {nobody}"), &nobody),
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = helhedsplan(&arguments, &environment);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}");
        assert!(said.contains(names) && !said.contains("1234"), "{arguments:?}: {said}");
    }
}

#[actix_web::test]
async fn the_secretariat_makes_clients_of_the_municipality_and_the_housing_organisations_only() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let new = |role: &str, organisation: &str, scopes: Value| json!({"name": "x", "role": role, "organisation": organisation, "scopes": scopes});
    for (body, expected) in [
        (
            new("board", "fredericia-kommune", json!([])),
            vec!["/role role_not_allowed"],
        ),
        (
            new("fund", "landsbyggefonden", json!([])),
            vec!["/role role_not_allowed"],
        ),
        (
            new("secretariat", "omraadesekretariatet", json!([])),
            vec!["/role role_not_allowed"],
        ),
        (
            new("mayor", "fredericia-kommune", json!([])),
            vec!["/role role_not_allowed"],
        ),
        (
            new("municipality", "boli-nu", json!([])),
            vec!["/organisation wrong_kind"],
        ),
        (
            new(
                "housing_organisation",
                "jobcenter-fredericia",
                json!(["measurements:write", "all"]),
            ),
            vec![
                "/organisation wrong_kind",
                "/scopes/0 not_in_role",
                "/scopes/1 unknown_scope",
            ],
        ),
        (
            new("municipality", "nobody", json!("plan:read")),
            vec!["/organisation unknown_organisation", "/scopes wrong_type"],
        ),
        (
            json!({"name": "om 010190-1234", "plan": PLAN}),
            vec![
                "/name personal_number",
                "/role required",
                "/organisation required",
                "/scopes required",
                "/plan unknown_field",
            ],
        ),
    ] {
        let answer = secretariat.post("clients", &body).await;
        assert_eq!(answer.errors(422), expected, "{body}");
    }
    // What an operator made for others, the secretariat neither sees nor touches.
    let board = printed(&operator(
        &app,
        &[
            "client",
            "add",
            "--name",
            "x",
            "--role",
            "board",
            "--scope",
            "plan:read",
        ],
    ));
    let path = format!("clients/{}", board.id);
    assert_eq!(secretariat.get(&path).await.problem(404), "not-found");
    let rotated = secretariat.post(&format!("{path}/rotate"), &json!({})).await;
    assert_eq!(rotated.problem(404), "not-found");
    assert_eq!(revoke(&app, &path).await.problem(404), "not-found");
    let list = secretariat.get("clients?archived=true").await;
    assert!(!list.text().contains(&board.id));
    // Nobody else makes any.
    for role in [
        Role::Municipality,
        Role::HousingOrganisation,
        Role::Board,
        Role::Fund,
        Role::Auditor,
    ] {
        let body = new("municipality", "jobcenter-fredericia", json!([]));
        assert_eq!(app.as_role(role).post("clients", &body).await.problem(403), "forbidden");
    }
}

#[actix_web::test]
async fn the_clients_of_another_plan_are_nowhere() {
    let app = TestApp::start().await;
    let transaction = app.state.db.begin().await.unwrap();
    let first = plan::Entity::find().one(&transaction).await.unwrap().unwrap();
    let mut second = first.into_active_model();
    second.id = sea_orm::NotSet;
    second.code = Set("another-plan".into());
    let second = second.insert(&transaction).await.unwrap();
    record::start_sequence(&transaction, second.id).await.unwrap();
    let clock = Clock::lock(&transaction, second.id).await.unwrap();
    let id = Uuid::now_v7();
    let new = Registration {
        name: "Elsewhere".into(),
        role: Role::Municipality,
        organisation: None,
        scope: "plan:read measurements:write".into(),
    };
    let hashed = Hashed {
        handle: "none".into(),
        hash: "none".into(),
    };
    let deed = Deed {
        actor: Actor::operator(),
        operation: "test",
        target: "test".into(),
    };
    store::add(&transaction, clock, second.id, id, &new, hashed, deed)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let secretariat = app.as_role(Role::Secretariat);
    assert!(
        !secretariat
            .get("clients?archived=true")
            .await
            .text()
            .contains(&id.to_string())
    );
    let path = format!("clients/{id}");
    assert_eq!(secretariat.get(&path).await.problem(404), "not-found");
    assert_eq!(revoke(&app, &path).await.problem(404), "not-found");
    let rotated = secretariat.post(&format!("{path}/rotate"), &json!({})).await;
    assert_eq!(rotated.problem(404), "not-found");
    let elsewhere = format!("/v1/plans/another-plan/{path}");
    assert_eq!(secretariat.get(&elsewhere).await.problem(404), "not-found");
}

#[actix_web::test]
async fn a_read_token_reads_as_bearer_and_as_basic_password_and_writes_nothing() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let new = json!({"name": "Power BI", "scopes": ["measurements:read", "indicators:read"], "valid_days": 30});
    let answer = secretariat.post("read-tokens", &new).await;
    let made = answer.expect(201);
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with(made["read_token"]["handle"].as_str().unwrap()) && token.starts_with("hprt_"));
    let shown = secretariat.get(answer.header("location")).await;
    assert_eq!(shown.expect(200), made["read_token"]);
    let bearer = app.with_token(token);
    let password = app.public().header("authorization", &basic("anyone", token));
    for caller in [&bearer, &password] {
        assert_eq!(caller.get("measurements?limit=1").await.status, 200);
        assert_eq!(caller.get("indicators").await.status, 200);
        assert_eq!(caller.get("kendskabsgrad/extracts").await.problem(403), "forbidden");
        assert_eq!(
            caller.post(IMPORT, &figure("ssp-relapse")).await.problem(403),
            "forbidden"
        );
        let other = caller.get("/v1/plans/another-plan/measurements").await;
        assert_eq!(other.problem(404), "not-found");
        let me = caller.get("/v1/me").await.expect(200);
        assert_eq!(
            (&me["token_kind"], &me["role"]),
            (&json!("read"), &json!("secretariat"))
        );
        assert_eq!(me["client_id"], made["read_token"]["id"]);
        let until = |value: &Value| {
            chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap())
                .unwrap()
                .timestamp()
        };
        assert_eq!(until(&me["expires_at"]), until(&made["read_token"]["expires_at"]));
    }
    // A read token is no client's secret, and only the password counts.
    for wrong in [
        basic(token, ""),
        basic("", &token[..token.len() - 1]),
        basic("", &format!("{token}x")),
        format!("Basic {token}"),
        format!("Bearer {}", &token[..token.len() - 1]),
        format!("Token {token}"),
    ] {
        let caller = app.public().header("authorization", &wrong);
        assert_eq!(
            caller.get("measurements?limit=1").await.problem(401),
            "unauthenticated",
            "{wrong}"
        );
    }
    let path = format!("read-tokens/{}", made["read_token"]["id"].as_str().unwrap());
    let elsewhere = app.replica().await;
    assert_eq!(elsewhere.with_token(token).get("indicators").await.status, 200);
    assert!(revoke(&app, &path).await.expect(200)["revoked_at"].is_string());
    assert_eq!(bearer.get("indicators").await.status, 401);
    assert_eq!(password.get("indicators").await.status, 401);
    fresh::refresh(&elsewhere.state).await.unwrap();
    assert_eq!(elsewhere.with_token(token).get("indicators").await.status, 401);
    for (body, expected) in [
        (
            json!({"name": "x", "scopes": ["measurements:write", "kendskabsgrad:write"], "valid_days": 1}),
            vec!["/scopes/0 not_a_read", "/scopes/1 not_in_role"],
        ),
        (
            json!({"name": "x", "scopes": [], "valid_days": 0}),
            vec!["/valid_days out_of_range"],
        ),
        (
            json!({"name": "x", "scopes": [], "valid_days": 367}),
            vec!["/valid_days out_of_range"],
        ),
        (
            json!({"name": "x", "scopes": [], "role": "board"}),
            vec!["/valid_days required", "/role unknown_field"],
        ),
    ] {
        assert_eq!(
            secretariat.post("read-tokens", &body).await.errors(422),
            expected,
            "{body}"
        );
    }
}

#[actix_web::test]
async fn an_operators_read_token_sees_what_its_role_sees_until_it_expires() {
    let app = TestApp::start().await;
    let add = [
        "read-token",
        "add",
        "--name",
        "Revisor",
        "--role",
        "auditor",
        "--scope",
        "kendskabsgrad:read",
    ];
    let output = operator(&app, &add);
    assert_eq!(output.lines().count(), 1);
    let token = output.trim();
    fresh::refresh(&app.state).await.unwrap();
    let caller = app.with_token(token);
    assert_eq!(caller.get("kendskabsgrad/extracts").await.status, 200);
    let list = operator(&app, &["read-token", "list"]);
    assert!(list.contains("\tauditor\t-\tuntil ") && !list.contains(token), "{list}");
    // Another role's read tokens are none of the secretariat's business.
    let secretariat = app.as_role(Role::Secretariat);
    assert!(
        !secretariat
            .get("read-tokens?archived=true")
            .await
            .text()
            .contains("Revisor")
    );
    let rows = read_token::Entity::find().all(app.state.db.read()).await.unwrap();
    let row = rows.into_iter().find(|row| row.role == "auditor").unwrap();
    let id = row.id.to_string();
    assert_eq!(
        revoke(&app, &format!("read-tokens/{id}")).await.problem(404),
        "not-found"
    );
    // Its time is over, here because somebody moved its end; the cheapest change makes replicas look.
    let mut row = row.into_active_model();
    row.expires_at = Set(db::now());
    let transaction = app.state.db.begin().await.unwrap();
    row.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let later = app.replica().await;
    assert_eq!(later.with_token(token).get("kendskabsgrad/extracts").await.status, 401);
    assert_eq!(operator(&app, &["read-token", "revoke", &id]), "");
    fresh::refresh(&app.state).await.unwrap();
    assert_eq!(caller.get("kendskabsgrad/extracts").await.status, 401);
}

#[actix_web::test]
async fn a_secret_is_shown_once_and_kept_nowhere() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat).header("idempotency-key", "same");
    let new = json!({"name": "x", "role": "municipality", "organisation": "jobcenter-fredericia", "scopes": []});
    let first = secretariat.post("clients", &new).await;
    let second = secretariat.post("clients", &new).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.header("cache-control"), "no-store");
    let clients = [Registered::from(&first.json()), Registered::from(&second.json())];
    assert_ne!(clients[0].id, clients[1].id);
    let new = json!({"name": "x", "scopes": ["plan:read"], "valid_days": 1});
    let made = secretariat.post("read-tokens", &new).await.expect(201);
    let token = made["token"].as_str().unwrap();
    let secrets = [clients[0].secret.as_str(), &clients[1].secret, token];
    // What follows the handle is what makes it secret.
    let secrets = secrets.map(|secret| secret[13..].to_owned());
    let id = &clients[0].id;
    for path in [
        "clients",
        &format!("clients/{id}"),
        "read-tokens",
        "read-tokens?archived=true",
    ] {
        let answer = secretariat.get(path).await;
        assert!(secrets.iter().all(|secret| !answer.text().contains(secret)), "{path}");
    }
    let db = app.state.db.read();
    let stored = [
        format!("{:?}", client::Entity::find().all(db).await.unwrap()),
        format!("{:?}", client_secret::Entity::find().all(db).await.unwrap()),
        format!("{:?}", read_token::Entity::find().all(db).await.unwrap()),
        format!("{:?}", change::Entity::find().all(db).await.unwrap()),
        format!("{:?}", idempotency_key::Entity::find().all(db).await.unwrap()),
    ];
    assert!(stored[1].contains("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(stored[4], "[]");
    assert!(stored[3].contains(&format!("clients/{id}")) && stored[3].contains("register_client"));
    for (secret, rows) in secrets
        .iter()
        .flat_map(|secret| stored.iter().map(move |rows| (secret, rows)))
    {
        assert!(!rows.contains(secret), "a secret is in {rows}");
    }
    if app.state.db.is_sqlite() {
        for file in ["helhedsplan.db", "helhedsplan.db-wal"] {
            let bytes = std::fs::read(app.data_dir().join(file)).unwrap_or_default();
            for secret in &secrets {
                assert!(
                    !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
                    "{file}"
                );
            }
        }
    }
}

#[actix_web::test]
async fn the_secretariat_writes_for_owners_who_have_no_client_that_writes() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let (funds, ssps) = (figure("outside-labour-market-18-64"), figure("ssp-relapse"));
    // The fund's figures: not a Jobcenter; the secretariat on the fund's behalf, with a source.
    let jobcenter = jobcenter(&app).await;
    let caller = app.with_token(&token(&app, &jobcenter).await);
    assert_eq!(
        caller.post(IMPORT, &funds).await.errors(422),
        ["/0/indicator not_data_owner"]
    );
    let mut without = funds.clone();
    without[0].as_object_mut().unwrap().shift_remove("source");
    assert_eq!(
        secretariat.post(IMPORT, &without).await.errors(422),
        ["/0/source required"]
    );
    assert_eq!(secretariat.post(IMPORT, &funds).await.status, 201);
    assert_eq!(secretariat.post(IMPORT, &ssps).await.status, 201);
    // A client that only reads changes nothing about it, one that writes does, until it is revoked.
    let scope = |scope: &'static str| {
        [
            "client",
            "add",
            "--name",
            "x",
            "--role",
            "fund",
            "--org",
            "landsbyggefonden",
            "--scope",
            scope,
        ]
    };
    operator(&app, &scope("measurements:read"));
    assert_eq!(secretariat.post(IMPORT, &funds).await.status, 200);
    let fund = printed(&operator(&app, &scope("measurements:read measurements:write")));
    assert_eq!(
        secretariat.post(IMPORT, &funds).await.errors(422),
        ["/0/indicator not_data_owner"]
    );
    let caller = app.with_token(&token(&app, &fund).await);
    assert_eq!(caller.post(IMPORT, &funds).await.status, 200);
    operator(&app, &["client", "revoke", &fund.id]);
    assert_eq!(secretariat.post(IMPORT, &funds).await.status, 200);
    // A client of the organisation above writes for its units.
    let plan = plan::Entity::find().one(app.state.db.read()).await.unwrap().unwrap();
    let row = indicator::Entity::find_by_id((plan.id, "lonely-grades-7-9".to_owned()));
    let mut row = row.one(app.state.db.read()).await.unwrap().unwrap().into_active_model();
    row.data_owner = Set(Some("ungeenheden".into()));
    let transaction = app.state.db.begin().await.unwrap();
    row.update(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let of_a_unit = figure("lonely-grades-7-9");
    assert_eq!(secretariat.post(IMPORT, &of_a_unit).await.status, 201);
    let municipality = register(&app, "municipality", "fredericia-kommune", &["measurements:write"]).await;
    let refused = secretariat.post(IMPORT, &of_a_unit).await;
    assert_eq!(refused.errors(422), ["/0/indicator not_data_owner"]);
    revoke(&app, &format!("clients/{}", municipality.id)).await.expect(200);
    assert_eq!(secretariat.post(IMPORT, &of_a_unit).await.status, 200);
}

#[actix_web::test]
async fn a_replica_that_cannot_ask_lets_no_client_in() {
    let app = TestApp::start().await;
    let client = jobcenter(&app).await;
    let token = token(&app, &client).await;
    let start = Instant::now();
    let short = fresh::after_round(&app.state, false, start, start + Duration::from_secs(9));
    assert_eq!(short, start);
    assert_eq!(app.with_token(&token).get("measurements?limit=1").await.status, 200);
    fresh::after_round(&app.state, false, start, start + Duration::from_secs(11));
    let refused = app.with_token(&token).get("measurements?limit=1").await;
    assert_eq!(
        (refused.problem(503).as_str(), refused.header("retry-after")),
        ("unavailable", "2")
    );
    assert_eq!(app.jobcenter().get("measurements?limit=1").await.status, 200);
    assert_eq!(app.public().get("areas").await.status, 200);
    fresh::refresh(&app.state).await.unwrap();
    assert_eq!(app.with_token(&token).get("measurements?limit=1").await.status, 200);
}

#[actix_web::test]
async fn nobody_makes_a_read_token_that_may_more_than_they_may() {
    let app = TestApp::start().await;
    let narrow = app.token(
        Role::Secretariat,
        Some("omraadesekretariatet"),
        &[PLAN],
        Some("clients:write indicators:read"),
    );
    let new = json!({"name": "Power BI", "scopes": ["indicators:read", "measurements:read", "budget:read"], "valid_days": 10});
    let refused = app.with_token(&narrow).post("read-tokens", &new).await;
    assert_eq!(
        refused.errors(422),
        ["/scopes/1 not_your_scope", "/scopes/2 not_your_scope"]
    );
    let own = json!({"name": "Power BI", "scopes": ["indicators:read"], "valid_days": 10});
    app.with_token(&narrow).post("read-tokens", &own).await.expect(201);
}
