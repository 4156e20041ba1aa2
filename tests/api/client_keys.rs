//! Clients that prove themselves by a signature: `private_key_jwt` (RFC 7523).

use helhedsplan::auth::assertion::ASSERTION_TYPE;
use helhedsplan::auth::role::Role;
use helhedsplan::db;
use helhedsplan::entities::{change, client_assertion, client_secret};
use jsonwebtoken::Algorithm;
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::cli::helhedsplan;
use crate::support::signing::Signer;
use crate::support::{Answer, TestApp};

/// What the operator's command line prints and says for `arguments`.
fn operator(app: &TestApp, arguments: &[&str]) -> (bool, String, String) {
    let (data, url) = (app.data_dir(), app.database_url());
    let environment = [
        ("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap()),
        ("HELHEDSPLAN_DATABASE_URL", url.as_str()),
    ];
    let output = helhedsplan(arguments, &environment);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// Writes a key set into the data folder and gives its path.
fn key_file(app: &TestApp, keys: &[&Signer]) -> String {
    let keys: Vec<&Value> = keys.iter().map(|signer| &signer.jwk).collect();
    let path = app.data_dir().join("client-keys.json");
    std::fs::write(&path, json!({"keys": keys}).to_string()).unwrap();
    path.display().to_string()
}

/// A client of the board that has these keys and no secret.
fn register(app: &TestApp, keys: &[&Signer]) -> String {
    let path = key_file(app, keys);
    let scope = "measurements:read goals:read";
    let add = [
        "client", "add", "--name", "x", "--role", "board", "--scope", scope, "--jwks", &path,
    ];
    let (is_done, printed, said) = operator(app, &add);
    assert!(is_done, "{said}");
    assert_eq!(printed.lines().count(), 1);
    printed.trim().strip_prefix("CLIENT_ID=").unwrap().to_owned()
}

/// Claims that are good now, each time with another `jti`.
fn claims(app: &TestApp, client: &str) -> Value {
    let now = db::now().timestamp();
    let audience = format!("{}/oauth/token", app.state.config.public_url);
    json!({"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + 60, "jti": uuid::Uuid::now_v7()})
}

async fn ask(app: &TestApp, assertion: &str, more: &str) -> Answer {
    let kind = ASSERTION_TYPE.replace(':', "%3A");
    let body = format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}{more}");
    ask_with(app, body).await
}

async fn ask_with(app: &TestApp, body: String) -> Answer {
    let form = Some("application/x-www-form-urlencoded");
    app.public()
        .send(Method::POST, "/oauth/token", form, body.into_bytes())
        .await
}

#[actix_web::test]
async fn a_client_gets_a_token_for_what_it_has_signed_by_any_of_its_keys() {
    let app = TestApp::start().await;
    let signers = [
        Signer::ed25519("ed", 1),
        Signer::p256("ec", 2),
        Signer::rsa("rsa", Algorithm::RS256),
    ];
    let client = register(&app, &signers.iter().collect::<Vec<_>>());
    assert!(
        client_secret::Entity::find()
            .all(app.state.db.read())
            .await
            .unwrap()
            .iter()
            .all(|secret| { secret.client.to_string() != client })
    );
    for (signer, more, scope) in [
        (&signers[0], String::new(), "measurements:read goals:read"),
        (
            &signers[1],
            format!("&client_id={client}"),
            "measurements:read goals:read",
        ),
        (&signers[2], "&scope=goals%3Aread".to_owned(), "goals:read"),
    ] {
        let answer = ask(&app, &signer.token("JWT", &claims(&app, &client)), &more).await;
        let answer = answer.expect(200);
        assert_eq!(answer["scope"], scope);
        let token = answer["access_token"].as_str().unwrap();
        let me = app.with_token(token).get("/v1/me").await.expect(200);
        assert_eq!(
            (&me["client_id"], &me["token_kind"]),
            (&json!(client), &json!("client"))
        );
        assert_eq!(me["role"], "board");
    }
    // PS256 by the RSA key; the issuer as audience; no key named; the type of the coming revision of RFC 7523.
    let mut issuer = claims(&app, &client);
    issuer["aud"] = json!([app.state.config.public_url]);
    let by_pss = Signer::rsa("rsa", Algorithm::PS256).token("client-authentication+jwt", &issuer);
    assert_eq!(ask(&app, &by_pss, "").await.status, 200);
    let unnamed = signers[0].sign(&json!({"alg": "EdDSA"}), &claims(&app, &client));
    assert_eq!(ask(&app, &unnamed, "").await.status, 200);
}

#[actix_web::test]
async fn an_assertion_is_good_once_on_whichever_replica() {
    let app = TestApp::start().await;
    let replica = app.replica().await;
    let signer = Signer::ed25519("ed", 1);
    let client = register(&app, &[&signer]);
    let assertion = signer.token("JWT", &claims(&app, &client));
    assert_eq!(ask(&app, &assertion, "").await.status, 200);
    for service in [&app, &replica] {
        assert_eq!(
            ask(service, &assertion, "").await.expect(401)["error"],
            "invalid_client"
        );
    }
    // At once on both: one of them is let in.
    let assertion = signer.token("JWT", &claims(&app, &client));
    let both = tokio::join!(ask(&app, &assertion, ""), ask(&replica, &assertion, ""));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    // What has ended is forgotten: a row that is over is gone after the next assertion.
    let mut early = claims(&app, &client);
    early["exp"] = json!(db::now().timestamp() - 29);
    assert_eq!(ask(&app, &signer.token("JWT", &early), "").await.status, 200);
    let rows = || client_assertion::Entity::find().all(app.state.db.read());
    assert_eq!(rows().await.unwrap().len(), 3);
    let transaction = app.state.db.begin().await.unwrap();
    let long_ago = sea_orm::sea_query::Expr::value(db::now() - chrono::TimeDelta::hours(1));
    client_assertion::Entity::update_many()
        .col_expr(client_assertion::Column::EndsAt, long_ago)
        .exec(&transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        ask(&app, &signer.token("JWT", &claims(&app, &client)), "").await.status,
        200
    );
    assert_eq!(rows().await.unwrap().len(), 1);
}

#[actix_web::test]
async fn whatever_is_wrong_with_an_assertion_the_answer_is_the_same() {
    let app = TestApp::start().await;
    let signer = Signer::ed25519("ed", 1);
    // Each client has twenty attempts a minute: so each wrong assertion is of a client of its own.
    let mut answers = Vec::new();
    let now = db::now().timestamp();
    let changes: Vec<(&str, Value)> = vec![
        ("iss", json!("another")),
        ("iss", Value::Null),
        ("aud", json!("https://elsewhere.example/oauth/token")),
        ("aud", json!([app.state.config.public_url, "https://elsewhere.example"])),
        ("aud", json!([])),
        ("exp", json!(now - 31)),
        ("exp", json!(now + 400)),
        ("exp", json!("soon")),
        ("exp", json!(-1)),
        ("exp", serde_json::from_str("1e308").unwrap()),
        ("exp", Value::Null),
        ("nbf", json!(now + 60)),
        ("jti", json!("")),
        ("jti", Value::Null),
        ("jti", json!("x".repeat(201))),
    ];
    for (name, value) in changes {
        let client = register(&app, &[&signer]);
        let mut claims = claims(&app, &client);
        claims[name] = value.clone();
        let answer = ask(&app, &signer.token("JWT", &claims), "").await;
        assert_eq!(answer.status, 401, "{name}: {value}");
        answers.push(answer);
    }
    let other = register(&app, &[&Signer::ed25519("ed", 2)]);
    let client = register(&app, &[&signer]);
    let good = || claims(&app, &client);
    let alone = signer.token("JWT", &good());
    let (signed, _) = alone.rsplit_once('.').unwrap();
    let header = |change: Value| {
        let mut header = json!({"alg": "EdDSA", "kid": "ed", "typ": "JWT"});
        for (name, value) in change.as_object().unwrap() {
            header[name] = value.clone();
        }
        signer.sign(&header, &good())
    };
    for assertion in [
        signer.token("JWT", &claims(&app, &other)),
        signer.token("JWT", &claims(&app, &uuid::Uuid::now_v7().to_string())),
        Signer::ed25519("ed", 3).token("JWT", &good()),
        signer.token("at+jwt", &good()),
        header(json!({"kid": "other"})),
        header(json!({"alg": "none"})),
        header(json!({"alg": "HS256"})),
        header(json!({"alg": "ES256"})),
        header(json!({"jku": "https://elsewhere.example/keys"})),
        header(json!({"jwk": signer.jwk})),
        header(json!({"crit": ["exp"]})),
        format!("{signed}."),
        signed.to_owned(),
        "x".repeat(9000),
        "x".to_owned(),
    ] {
        let answer = ask(&app, &assertion, "").await;
        assert_eq!(answer.status, 401, "{assertion}");
        answers.push(answer);
    }
    answers.push(ask(&app, &signer.token("JWT", &good()), &format!("&client_id={other}")).await);
    for answer in &answers {
        assert_eq!(answer.status, 401);
        assert_eq!(answer.text(), answers[0].text());
        assert!(answer.header("www-authenticate").starts_with("Basic"));
    }
    assert_eq!(ask(&app, &alone, "").await.status, 200);
}

#[actix_web::test]
async fn an_assertion_stands_alone_and_complete() {
    let app = TestApp::start().await;
    let signer = Signer::ed25519("ed", 1);
    let client = register(&app, &[&signer]);
    let kind = ASSERTION_TYPE.replace(':', "%3A");
    let assertion = signer.token("JWT", &claims(&app, &client));
    let grant = "grant_type=client_credentials";
    for body in [
        format!("{grant}&client_assertion={assertion}"),
        format!("{grant}&client_assertion_type={kind}"),
        format!("{grant}&client_assertion_type=saml2&client_assertion={assertion}"),
        format!("{grant}&client_assertion_type={kind}&client_assertion={assertion}&client_secret=x"),
    ] {
        assert_eq!(ask_with(&app, body).await.expect(400)["error"], "invalid_request");
    }
    let body = format!("{grant}&client_assertion_type={kind}&client_assertion={assertion}");
    let twice = app.public().header("authorization", "Basic eDp4");
    let form = Some("application/x-www-form-urlencoded");
    let answer = twice
        .send(Method::POST, "/oauth/token", form, body.clone().into_bytes())
        .await;
    assert_eq!(answer.expect(400)["error"], "invalid_request");
    assert_eq!(ask_with(&app, body).await.status, 200);
    // A revoked client has no use for its key.
    assert!(operator(&app, &["client", "revoke", &client]).0);
    let answer = ask(&app, &signer.token("JWT", &claims(&app, &client)), "").await;
    assert_eq!(answer.expect(401)["error"], "invalid_client");
    let path = key_file(&app, &[&signer]);
    let (is_done, _, said) = operator(&app, &["client", "keys", &client, "--jwks", &path]);
    assert!(!is_done && said.contains("revoked"), "{said}");
}

#[actix_web::test]
async fn keys_are_rotated_without_a_gap_over_the_api() {
    let app = TestApp::start().await;
    let secretariat = app.as_role(Role::Secretariat);
    let new = json!({"name": "Fagsystem", "role": "municipality", "organisation": "jobcenter-fredericia",
        "scopes": ["measurements:read"]});
    let made = secretariat.post("clients", &new).await.expect(201);
    assert_eq!(made["client"]["keys"], json!([]));
    let id = made["client"]["id"].as_str().unwrap().to_owned();
    let path = format!("clients/{id}/keys");
    let first = secretariat.get(&path).await;
    assert_eq!(first.expect(200), json!({"keys": []}));
    let (old, new) = (Signer::ed25519("old", 1), Signer::p256("new", 2));
    let one = json!({"keys": [old.jwk]});
    assert_eq!(secretariat.put(&path, &one).await.problem(428), "precondition-required");
    let tag = first.header("etag").to_owned();
    let put = async |tag: &str, body: &Value| secretariat.clone().header("if-match", tag).put(&path, body).await;
    let second = put(&tag, &one).await;
    assert_eq!(second.expect(200), one);
    assert_eq!(put(&tag, &one).await.problem(412), "precondition-failed");
    let as_new = secretariat.clone().header("if-none-match", "*").put(&path, &one).await;
    assert_eq!(as_new.problem(412), "precondition-failed");
    let writes = async || change::Entity::find().all(app.state.db.read()).await.unwrap().len();
    let before = writes().await;
    assert_eq!(put("*", &one).await.header("etag"), second.header("etag"));
    assert_eq!(writes().await, before);
    let mut with_more = new.jwk.clone();
    with_more["x5c"] = json!(["MII"]);
    with_more["use"] = json!("sig");
    let both = put(second.header("etag"), &json!({"keys": [old.jwk, with_more]})).await;
    assert_eq!(
        both.expect(200),
        json!({"keys": [{"kid": "old", "kty": "OKP", "crv": "Ed25519", "x": old.jwk["x"]}, new.jwk]})
    );
    assert_eq!(secretariat.get(&path).await.header("etag"), both.header("etag"));
    let seen = secretariat.get(&format!("clients/{id}")).await.expect(200);
    assert_eq!(seen["keys"], json!(["old", "new"]));
    for signer in [&old, &new] {
        assert_eq!(
            ask(&app, &signer.token("JWT", &claims(&app, &id)), "").await.status,
            200
        );
    }
    put("*", &json!({"keys": [new.jwk]})).await.expect(200);
    let of_old = ask(&app, &old.token("JWT", &claims(&app, &id)), "").await;
    assert_eq!(of_old.expect(401)["error"], "invalid_client");
    assert_eq!(ask(&app, &new.token("JWT", &claims(&app, &id)), "").await.status, 200);
    assert_eq!(put("*", &json!({"keys": []})).await.expect(200), json!({"keys": []}));
    // Of others the secretariat sees nothing.
    let board = register(&app, &[&old]);
    let answer = secretariat.get(&format!("clients/{board}/keys")).await;
    assert_eq!(answer.problem(404), "not-found");
    secretariat
        .clone()
        .header("if-match", "*")
        .delete(&format!("clients/{id}"))
        .await
        .expect(200);
    assert_eq!(put("*", &one).await.problem(409), "state-conflict");
}

#[actix_web::test]
async fn every_key_that_cannot_be_used_is_an_error_at_its_place() {
    let app = TestApp::start().await;
    let client = app.as_role(Role::Secretariat).header("if-match", "*");
    let list = client.get("clients").await.expect(200);
    let path = format!("clients/{}/keys", list["items"][0]["id"].as_str().unwrap());
    let good = Signer::ed25519("good", 1).jwk;
    let with = |name: &str, value: Value| {
        let mut key = good.clone();
        key[name] = value;
        key
    };
    let keys = json!({"keys": [
        good, good, with("kid", Value::Null), with("d", json!("AAAA")), with("crv", json!("X25519")), with("use", json!("enc")),
        with("x", json!("AAAA")), 7, {"kty": "oct", "kid": "k", "k": "AAAA"}, with("kid", json!("other")),
    ]});
    assert_eq!(
        client.put(&path, &keys).await.errors(422),
        [
            "/keys/1 kid",
            "/keys/2 kid",
            "/keys/3 private_key",
            "/keys/4 unsupported_key",
            "/keys/5 not_for_signatures",
            "/keys/6 not_a_key",
            "/keys/7 not_a_key",
            "/keys/8 private_key",
        ]
    );
    let many = json!({"keys": vec![good.clone(); 11], "other": 1});
    assert_eq!(
        client.put(&path, &many).await.errors(422),
        ["/keys too_many", "/other unknown_field"]
    );
    assert_eq!(client.put(&path, &json!({})).await.errors(422), ["/keys required"]);
    assert_eq!(client.get(&path).await.expect(200), json!({"keys": []}));
    let file = app.data_dir().join("wrong.json");
    for (text, part) in [
        ("{", "not JSON"),
        ("{}", "no `keys`"),
        (
            r#"{"keys": [{"kty": "OKP", "d": "x"}]}"#,
            "key 0: The key has a private part",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let jwks = file.display().to_string();
        let add = [
            "client",
            "add",
            "--name",
            "x",
            "--role",
            "board",
            "--scope",
            "goals:read",
            "--jwks",
            &jwks,
        ];
        let (is_done, printed, said) = operator(&app, &add);
        assert!(!is_done && printed.is_empty() && said.contains(part), "{said}");
    }
}
