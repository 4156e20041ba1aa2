//! Tokens of trusted external issuers.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use chrono::TimeDelta;
use helhedsplan::{db, fresh};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::cli::helhedsplan;
use crate::support::signing::Signer;
use crate::support::{PLAN, TestApp};

const ISSUER: &str = "https://login.example.dk/kommune";

/// What the server of keys answers: a status and a body.
type Prepared = Arc<Mutex<(u16, String)>>;

/// Somebody else's server of keys.
struct KeyServer {
    address: String,
    answer: Prepared,
    /// How often it was asked.
    asked: Arc<AtomicUsize>,
}

impl KeyServer {
    async fn start(keys: &[&Signer]) -> Self {
        let answer = Arc::new(Mutex::new((200, set(keys))));
        let asked = Arc::new(AtomicUsize::new(0));
        let state = Data::new((Arc::clone(&answer), Arc::clone(&asked)));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = HttpServer::new(move || App::new().app_data(state.clone()).default_service(web::to(keys_of)))
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
        tokio::spawn(server);
        Self { address, answer, asked }
    }

    fn answers(&self, status: u16, body: String) {
        *self.answer.lock().unwrap() = (status, body);
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn keys_of(state: Data<(Prepared, Arc<AtomicUsize>)>) -> HttpResponse {
    state.1.fetch_add(1, Ordering::SeqCst);
    let (status, body) = state.0.lock().unwrap().clone();
    let mut response = HttpResponse::build(status.try_into().unwrap());
    response.insert_header(("location", "/elsewhere")).body(body)
}

fn set(keys: &[&Signer]) -> String {
    let keys: Vec<&Value> = keys.iter().map(|signer| &signer.jwk).collect();
    json!({"keys": keys}).to_string()
}

/// The file of issuers: the municipality's, whose tokens are the Jobcenter's or the board's.
fn issuers(keys: &KeyServer) -> String {
    format!(
        r#"
        [[issuers]]
        name = "kommune"
        issuer = "{ISSUER}"
        audience = "api://helhedsplan"
        jwks_url = "{}/keys"
        algorithms = ["RS256", "EdDSA"]
        typ = "JWT"
        role_claim = "roles"
        organisation_claim = "department"
        scope_claim = "scp"
        plans_claim = "plans"
        plans = ["{PLAN}"]
        scopes = ["measurements:read", "measurements:write", "kendskabsgrad:write", "goals:read"]
        [issuers.roles]
        "Plan.Reporter" = "municipality"
        "Plan.Board" = "board"
        [issuers.organisations]
        "4711" = "jobcenter-fredericia"
        "#,
        keys.address
    )
}

/// The application that trusts the issuer; its keys are still to be fetched.
async fn trusting(keys: &KeyServer) -> (TestApp, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuers.toml");
    std::fs::write(&file, issuers(keys)).unwrap();
    let app = TestApp::start_with(|settings| settings.issuers_file = Some(file.display().to_string())).await;
    (app, folder)
}

/// Claims of a good token of the Jobcenter's system.
fn claims() -> Value {
    let now = db::now().timestamp();
    json!({"iss": ISSUER, "aud": "api://helhedsplan", "sub": "8f2c", "iat": now, "exp": now + 900,
        "roles": ["Plan.Reporter"], "department": "4711", "scp": "measurements:read kendskabsgrad:write", "plans": [PLAN]})
}

fn changed(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

async fn status(app: &TestApp, token: &str) -> u16 {
    app.with_token(token).get("measurements?limit=1").await.status
}

#[actix_web::test]
async fn a_trusted_issuers_token_is_taken_for_what_the_file_says() {
    let signer = Signer::rsa("one", Algorithm::RS256);
    let other = Signer::ed25519("two", 2);
    let keys = KeyServer::start(&[&signer, &other]).await;
    let (app, _folder) = trusting(&keys).await;
    let token = signer.token("JWT", &claims());
    // Nothing is fetched while a request waits: the first finds no key.
    assert_eq!((status(&app, &token).await, keys.asked()), (401, 0));
    fresh::fetch_keys(&app.state, db::now()).await;
    assert_eq!((status(&app, &token).await, keys.asked()), (200, 1));
    let me = app.with_token(&token).get("/v1/me").await.expect(200);
    assert_eq!(
        (&me["subject"], &me["client_id"]),
        (&json!("kommune:8f2c"), &json!("kommune:8f2c"))
    );
    assert_eq!(
        (&me["token_kind"], &me["role"]),
        (&json!("external"), &json!("municipality"))
    );
    assert_eq!(me["organisation"], "jobcenter-fredericia");
    assert_eq!(me["permissions"], json!(["measurements:read", "kendskabsgrad:write"]));
    assert_eq!(me["plans"][0]["plan"], PLAN);
    // It acts for its organisation, and a retry under the same key is the same.
    let extract = crate::support::extracts::extract("2024-01-01");
    let caller = app.with_token(&token).header("idempotency-key", "january");
    let first = caller.post("kendskabsgrad/extracts", &extract).await;
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!(caller.post("kendskabsgrad/extracts", &extract).await.body, first.body);
    // By the other key, the type written out, a time with a fraction.
    let later = changed("exp", json!(db::now().timestamp() as f64 + 60.5));
    assert_eq!(status(&app, &other.token("application/jwt", &later)).await, 200);
    let several = changed("aud", json!(["api://other", "api://helhedsplan"]));
    assert_eq!(status(&app, &other.token("jwt", &several)).await, 200);
    // What the issuer may not give is not had: 403 for role, organisation and scope, 404 for the plan.
    for (name, value, expected) in [
        ("roles", json!(["Plan.Mayor"]), 403),
        ("roles", json!(["secretariat"]), 403),
        ("roles", json!(["Plan.Board", "Plan.Reporter"]), 403),
        ("roles", Value::Null, 403),
        ("department", json!("boli-nu"), 403),
        ("scp", json!(""), 403),
        ("scp", json!("clients:write"), 403),
        ("plans", json!(["another"]), 404),
        ("plans", Value::Null, 404),
    ] {
        let token = signer.token("JWT", &changed(name, value.clone()));
        assert_eq!(status(&app, &token).await, expected, "{name}: {value}");
    }
    let nobody = signer.token("JWT", &changed("roles", json!("Plan.Mayor")));
    let me = app.with_token(&nobody).get("/v1/me").await.expect(200);
    assert_eq!((&me["role"], &me["permissions"]), (&Value::Null, &json!([])));
    assert_eq!(keys.asked(), 1);
}

#[actix_web::test]
async fn a_forged_or_odd_token_of_a_trusted_issuer_is_refused_as_any_other() {
    let signer = Signer::rsa("one", Algorithm::RS256);
    let other = Signer::ed25519("two", 2);
    let curve = Signer::p256("three", 3);
    let keys = KeyServer::start(&[&signer, &other, &curve]).await;
    let (app, _folder) = trusting(&keys).await;
    fresh::fetch_keys(&app.state, db::now()).await;
    let now = db::now().timestamp();
    let caller = |token: &str| app.with_token(token).header("x-request-id", "same");
    let refusal = caller("x").get("measurements").await;
    let header = |name: &str, value: Value| {
        let mut header = json!({"alg": "EdDSA", "typ": "JWT", "kid": "two"});
        header[name] = value;
        other.sign(&header, &claims())
    };
    let good = other.token("JWT", &claims());
    assert_eq!(status(&app, &good).await, 200);
    let (signed, _) = good.rsplit_once('.').unwrap();
    let mut odd = vec![
        // An algorithm that is off the list, by a key that the issuer has.
        curve.token("JWT", &claims()),
        Signer::rsa("one", Algorithm::PS256).token("JWT", &claims()),
        // A foreign key; a key under another's id; this service's own type.
        Signer::ed25519("two", 9).token("JWT", &claims()),
        Signer::ed25519("one", 2).token("JWT", &claims()),
        other.token("at+jwt", &claims()),
        header("typ", Value::Null),
        header("alg", json!("none")),
        header("alg", json!("HS256")),
        header("kid", Value::Null),
        header("kid", json!("../two")),
        header("jku", json!(format!("{}/other", keys.address))),
        header("x5u", json!(format!("{}/other", keys.address))),
        header("jwk", other.jwk.clone()),
        header("crit", json!(["exp"])),
        header("crit", Value::Null),
        header("jku", Value::Null),
        format!("{signed}."),
        signed.to_owned(),
        // Our own issuer, signed by the trusted one's key, and the other way round.
        other.token("at+jwt", &changed("iss", json!(app.state.config.public_url))),
        app.token_with(|claims| claims["iss"] = json!(ISSUER)),
    ];
    for (name, value) in [
        ("iss", json!("https://login.example.dk")),
        ("iss", Value::Null),
        ("aud", json!("helhedsplan")),
        ("aud", Value::Null),
        ("sub", json!("")),
        ("sub", Value::Null),
        ("sub", json!("a\nb")),
        ("sub", json!("010190-1234")),
        ("iat", json!(now + 40)),
        ("exp", json!(now - 31)),
        ("exp", json!("soon")),
        ("exp", json!(-1)),
        ("exp", serde_json::from_str("1e308").unwrap()),
        ("exp", Value::Null),
        ("nbf", json!(now + 40)),
    ] {
        odd.push(other.token("JWT", &changed(name, value)));
    }
    for token in &odd {
        let answer = caller(token).get("measurements").await;
        assert_eq!((answer.status, answer.text()), (401, refusal.text()), "{token}");
        assert_eq!(answer.header("www-authenticate"), refusal.header("www-authenticate"));
    }
    assert_eq!(keys.asked(), 1);
    assert_eq!(status(&app, &good).await, 200);
}

#[actix_web::test]
async fn a_flood_of_unknown_keys_is_one_fetch_and_a_new_key_is_found() {
    let (old, new) = (Signer::ed25519("old", 1), Signer::ed25519("new", 2));
    let keys = KeyServer::start(&[&old]).await;
    let (app, _folder) = trusting(&keys).await;
    let start = db::now();
    let after = |seconds: i64| start + TimeDelta::seconds(seconds);
    fresh::fetch_keys(&app.state, start).await;
    assert_eq!(
        (status(&app, &old.token("JWT", &claims())).await, keys.asked()),
        (200, 1)
    );
    // Nobody asks: ten minutes of rest.
    fresh::fetch_keys(&app.state, after(599)).await;
    assert_eq!(keys.asked(), 1);
    fresh::fetch_keys(&app.state, after(600)).await;
    assert_eq!(keys.asked(), 2);
    for number in 0..200 {
        let flood = Signer::ed25519(&format!("made-up-{number}"), 3);
        assert_eq!(status(&app, &flood.token("JWT", &claims())).await, 401);
        fresh::fetch_keys(&app.state, after(601 + number / 10)).await;
    }
    assert_eq!(keys.asked(), 2);
    fresh::fetch_keys(&app.state, after(630)).await;
    fresh::fetch_keys(&app.state, after(690)).await;
    assert_eq!(keys.asked(), 3);
    // The issuer rotates: the new key is unknown once, the old one is gone with the fetch.
    let of_old = old.token("JWT", &claims());
    assert_eq!(status(&app, &of_old).await, 200);
    keys.answers(200, set(&[&new]));
    let of_new = new.token("JWT", &claims());
    assert_eq!(status(&app, &of_new).await, 401);
    fresh::fetch_keys(&app.state, after(720)).await;
    assert_eq!((status(&app, &of_new).await, status(&app, &of_old).await), (200, 401));
    assert_eq!(keys.asked(), 4);
}

#[actix_web::test]
async fn while_the_issuer_does_not_answer_known_keys_are_good_for_a_day() {
    let signer = Signer::ed25519("one", 1);
    let keys = KeyServer::start(&[&signer]).await;
    let (app, _folder) = trusting(&keys).await;
    let now = db::now();
    // Fetched 23 hours ago; since then whatever comes instead of keys leaves them as they were.
    let fetched = now - TimeDelta::hours(23);
    fresh::fetch_keys(&app.state, fetched).await;
    let token = signer.token("JWT", &claims());
    assert_eq!((status(&app, &token).await, keys.asked()), (200, 1));
    let large = format!("{{\"keys\": [], \"x\": \"{}\"}}", "x".repeat(600 * 1024));
    let symmetric = json!({"keys": [{"kty": "oct", "kid": "one", "k": "AAAA"}]}).to_string();
    let good = set(&[&signer]);
    let answers = [
        (500, good.clone()),
        (404, good.clone()),
        // A redirection is not followed.
        (302, good.clone()),
        (200, "<html>".to_owned()),
        (200, "{}".to_owned()),
        (200, json!({"keys": []}).to_string()),
        (200, symmetric),
        (200, large),
    ];
    for (number, (code, body)) in answers.iter().enumerate() {
        keys.answers(*code, body.clone());
        let again = fetched + TimeDelta::seconds(600 + 30 * i64::try_from(number).unwrap());
        fresh::fetch_keys(&app.state, again).await;
        assert_eq!(keys.asked(), number + 2);
        assert_eq!(status(&app, &token).await, 200, "{code}");
    }
    // A day after they were fetched they are good no longer, remembered tokens included.
    let at = |hours: i64| {
        app.state.auth.verify(
            &signer.token("JWT", &changed("exp", json!(9_999_999_999_i64))),
            fetched + TimeDelta::hours(hours),
        )
    };
    assert!(at(23).is_some() && at(24).is_some() && at(25).is_none());
    // And good again when the issuer answers.
    keys.answers(200, good);
    fresh::fetch_keys(&app.state, fetched + TimeDelta::hours(25)).await;
    assert!(at(25).is_some());
    // The service starts, too, where nobody answers, and its own tokens are good.
    let nobody = KeyServer {
        address: "http://127.0.0.1:9".into(),
        ..keys
    };
    let (app, _folder) = trusting(&nobody).await;
    fresh::fetch_keys(&app.state, now).await;
    assert_eq!(status(&app, &token).await, 401);
    let own = app.token(helhedsplan::auth::role::Role::Board, None, &[PLAN], None);
    assert_eq!(status(&app, &own).await, 200);
}

#[actix_web::test]
async fn the_running_service_fetches_by_itself() {
    let signer = Signer::ed25519("one", 1);
    let keys = KeyServer::start(&[&signer]).await;
    let (app, _folder) = trusting(&keys).await;
    let keeper = fresh::keep_fresh(app.state.clone());
    let token = signer.token("JWT", &claims());
    let started = std::time::Instant::now();
    while status(&app, &token).await != 200 {
        assert!(started.elapsed().as_secs() < 20, "the keys do not come");
    }
    assert_eq!(keys.asked(), 1);
    keeper.abort();
}

#[test]
fn a_file_of_issuers_that_cannot_be_used_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("issuers.toml");
    let data = folder.path().join("data");
    let start = || {
        let environment = [
            ("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap()),
            ("HELHEDSPLAN_LISTEN", "127.0.0.1:0"),
            ("HELHEDSPLAN_ISSUERS_FILE", file.to_str().unwrap()),
        ];
        let output = helhedsplan(&["serve"], &environment);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(start().contains("HELHEDSPLAN_ISSUERS_FILE: the file"));
    std::fs::write(&file, "[[issuers]]\nname = \"x\"\n").unwrap();
    let said = start();
    assert!(
        said.contains("HELHEDSPLAN_ISSUERS_FILE: the file") && said.contains("missing field"),
        "{said}"
    );
}
