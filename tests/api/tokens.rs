//! Forged and odd tokens, and the keys that sign good ones.

use std::net::TcpListener;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use helhedsplan::auth::role::Role;
use helhedsplan::{db, fresh};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::cli::helhedsplan;
use crate::support::signing::Signer;
use crate::support::{Answer, PLAN, TestApp};

/// A token that is good, in its three parts.
fn parts(token: &str) -> [&str; 3] {
    let mut parts = token.split('.');
    [(); 3].map(|()| parts.next().unwrap())
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token whose header has one member more, or another.
fn with_header(app: &TestApp, name: &str, value: &Value) -> String {
    app.token_with_header(|header| header[name] = value.clone())
}

/// A token without one of its claims.
fn without(app: &TestApp, name: &str) -> String {
    app.token_with(|claims| {
        claims.as_object_mut().unwrap().shift_remove(name).unwrap();
    })
}

/// A token that the public key has signed, as if it were a shared secret.
fn signed_with_the_public_key(app: &TestApp, key: &[u8]) -> String {
    let good = app.token(Role::Board, None, &[PLAN], None);
    let [header, claims, _] = parts(&good);
    let mut forged = Header::new(Algorithm::HS256);
    forged.typ = Some("at+jwt".into());
    forged.kid = decoded(header)["kid"].as_str().map(str::to_owned);
    encode(&forged, &decoded(claims), &EncodingKey::from_secret(key)).unwrap()
}

/// Every token of the list, with a word on what is wrong with it. `listener` is where its addresses of keys lead.
async fn odd_tokens(app: &TestApp, listener: &TcpListener) -> Vec<(String, String)> {
    let good = app.token(Role::Board, None, &[PLAN], None);
    let [header, payload, signature] = parts(&good);
    let now = db::now().timestamp();
    let mut odd = Vec::new();
    let mut add = |what: &str, token: String| odd.push((what.to_owned(), token));
    for alg in [
        "none", "None", "NONE", "nOnE", "HS256", "RS256", "ES256", "EdDSA ", "eddsa", "",
    ] {
        add(&format!("alg {alg}"), with_header(app, "alg", &json!(alg)));
        let unsigned = URL_SAFE_NO_PAD.encode(json!({"alg": alg, "typ": "at+jwt"}).to_string());
        add(&format!("alg {alg}, unsigned"), format!("{unsigned}.{payload}."));
    }
    let jwk = app.public().get("/.well-known/jwks.json").await.expect(200)["keys"][0].clone();
    let x = jwk["x"].as_str().unwrap();
    for key in [
        x.as_bytes(),
        &URL_SAFE_NO_PAD.decode(x).unwrap(),
        jwk.to_string().as_bytes(),
    ] {
        add("HS256 by the public key", signed_with_the_public_key(app, key));
    }
    let altered = |name: &str, value: Value| {
        let mut claims = decoded(payload);
        claims[name] = value;
        URL_SAFE_NO_PAD.encode(claims.to_string())
    };
    add(
        "altered role",
        format!("{header}.{}.{signature}", altered("role", json!("fund"))),
    );
    add(
        "altered end",
        format!("{header}.{}.{signature}", altered("exp", json!(now + 90_000))),
    );
    let mut flipped = URL_SAFE_NO_PAD.decode(signature).unwrap();
    flipped[10] ^= 1;
    add(
        "altered signature",
        format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(&flipped)),
    );
    add("empty signature", format!("{header}.{payload}."));
    add("no signature", format!("{header}.{payload}"));
    add(
        "truncated signature",
        format!("{header}.{payload}.{}", &signature[..20]),
    );
    add(
        "signature of zeros",
        format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
    );
    add("padded signature", format!("{good}=="));
    add("four parts", format!("{good}.{signature}"));
    add("five parts", format!("{good}.{signature}.{signature}"));
    let stranger = Signer::ed25519(decoded(header)["kid"].as_str().unwrap(), 7);
    add(
        "foreign key under our key's id",
        stranger.token("at+jwt", &decoded(payload)),
    );
    add(
        "foreign key",
        Signer::ed25519("foreign", 7).token("at+jwt", &decoded(payload)),
    );
    add(
        "foreign key on P-256",
        Signer::p256("foreign", 7).token("at+jwt", &decoded(payload)),
    );
    for kid in [
        json!("unknown"),
        json!("../../etc/passwd"),
        json!("/dev/null"),
        json!("..\\keys"),
        json!("' OR 1=1 --"),
        json!("x'; DROP TABLE clients; --"),
        json!(""),
        json!("\u{0}"),
        json!(0),
        json!(null),
        json!([decoded(header)["kid"]]),
        json!("k".repeat(4000)),
    ] {
        add(&format!("kid {kid}"), with_header(app, "kid", &kid));
    }
    let address = format!("http://{}/keys", listener.local_addr().unwrap());
    for (name, value) in [
        ("jku", json!(address)),
        ("x5u", json!(address)),
        ("jwk", stranger.jwk.clone()),
        ("x5c", json!(["MII"])),
        ("crit", json!(["exp"])),
        ("crit", json!(["nonsense"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("typ", json!("JWT")),
        ("typ", json!("at")),
        ("typ", json!("id+jwt")),
        ("typ", json!(null)),
        ("typ", json!("")),
    ] {
        add(&format!("{name}: {value}"), with_header(app, name, &value));
    }
    let no_typ = app.token_with_header(|header| {
        header.as_object_mut().unwrap().shift_remove("typ");
    });
    add("no typ", no_typ);
    for name in ["iss", "aud", "exp", "sub"] {
        add(&format!("no {name}"), without(app, name));
        add(
            &format!("{name}: null"),
            app.token_with(|claims| claims[name] = Value::Null),
        );
    }
    for (name, value) in [
        ("iss", json!("https://elsewhere.example")),
        ("iss", json!("")),
        ("iss", json!([app.state.config.public_url])),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        // Our own tokens are for one.
        ("aud", json!(["another", "helhedsplan"])),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("exp", json!(now - 31)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!((now + 900).to_string())),
        ("exp", json!("soon")),
        ("exp", json!(true)),
        ("exp", json!([now + 900])),
        ("exp", serde_json::from_str("1e308").unwrap()),
        ("exp", serde_json::from_str("1e999").unwrap()),
        ("exp", serde_json::from_str("9223372036854775808").unwrap()),
        ("nbf", json!(now + 40)),
        // Made in a time to come, and for longer than a day.
        ("iat", json!(now + 40)),
        ("iat", json!(now - 90_000)),
        ("nbf", json!("now")),
    ] {
        add(
            &format!("{name}: {value}"),
            app.token_with(|claims| claims[name] = value.clone()),
        );
    }
    add("no token", String::new());
    add("three parts of nothing", "..".to_owned());
    add("empty objects", "e30.e30.e30".to_owned());
    add("no text", "\u{e6}\u{f8}\u{e5}".to_owned());
    add("64 KiB", "x".repeat(64 * 1024));
    add(
        "64 KiB that are well formed",
        app.token_with(|claims| claims["more"] = json!("x".repeat(48 * 1024))),
    );
    odd
}

/// What is the same in every refusal: without the request's id, which is sent along.
fn refusal(answer: &Answer) -> (u16, String, String) {
    let challenge = answer.header("www-authenticate").to_owned();
    (answer.status, challenge, answer.text().to_owned())
}

#[actix_web::test]
async fn every_forged_or_odd_token_gets_one_and_the_same_answer_and_nothing_is_fetched() {
    let app = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let caller = || app.public().header("x-request-id", "same");
    let none = refusal(&caller().get("measurements").await);
    assert_eq!((none.0, none.1.as_str()), (401, "Bearer realm=\"helhedsplan\""));
    let odd = odd_tokens(&app, &listener).await;
    assert!(odd.len() > 80);
    for (what, token) in &odd {
        // Where a token is needed, and where none is.
        for path in ["measurements", "areas"] {
            let answer = caller()
                .header("authorization", &format!("Bearer {token}"))
                .get(path)
                .await;
            assert_eq!(refusal(&answer), none, "{what}");
        }
    }
    let good = app.token(Role::Board, None, &[PLAN], None);
    for authorization in [
        good.clone(),
        "Bearer".to_owned(),
        format!("Bearer{good}"),
        format!("Bearer\u{a0}{good}"),
        format!("Bearer {good} {good}"),
        format!("Bearer {good}, Bearer {good}"),
        format!("Bearer \"{good}\""),
        format!("DPoP {good}"),
        format!("Basic {good}"),
        format!("Basic {}", STANDARD.encode(format!("x:{good}"))),
        format!("Basic {}", STANDARD.encode("x")),
        format!("Digest username=\"x\", token={good}"),
    ] {
        let answer = caller()
            .header("authorization", &authorization)
            .get("measurements")
            .await;
        assert_eq!(refusal(&answer), none, "{authorization}");
    }
    for second in [format!("Bearer {good}"), "Bearer x".to_owned(), String::new()] {
        let twice = caller()
            .header("authorization", &format!("Bearer {good}"))
            .header("authorization", &second);
        assert_eq!(refusal(&twice.get("measurements").await), none);
    }
    // In the address or the body a token counts for nothing.
    assert_eq!(
        refusal(&caller().get(&format!("measurements?access_token={good}")).await),
        none
    );
    let public = caller().get(&format!("areas?access_token={good}")).await;
    assert_eq!(public.problem(400), "invalid-parameter");
    assert!(!public.text().contains(&good));
    let form = Some("application/x-www-form-urlencoded");
    let body = format!("access_token={good}").into_bytes();
    let answer = caller()
        .send(reqwest::Method::POST, "measurements/imports", form, body)
        .await;
    assert_eq!(refusal(&answer), none);
    assert_eq!(
        caller()
            .header("cookie", &format!("access_token={good}"))
            .get("measurements")
            .await
            .status,
        401
    );
    // Nobody has come for a key.
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(app.with_token(&good).get("measurements").await.status, 200);
}

#[actix_web::test]
async fn a_token_is_good_half_a_minute_around_its_time_and_is_remembered_no_longer() {
    let app = TestApp::start().await;
    let now = db::now().timestamp();
    for token in [
        app.token_with(|claims| claims["exp"] = json!(now - 20)),
        app.token_with(|claims| claims["nbf"] = json!(now + 20)),
        app.token_with_header(|header| header["typ"] = json!("AT+JWT")),
    ] {
        assert_eq!(app.with_token(&token).get("measurements").await.status, 200);
    }
    // Verified and remembered, and yet it ends.
    let token = app.token(Role::Board, None, &[PLAN], None);
    let at = |seconds: i64| {
        app.state
            .auth
            .verify(&token, db::now() + TimeDelta::seconds(seconds))
            .is_some()
    };
    assert!(at(0) && at(0) && at(900) && !at(931));
}

/// What the command prints, a line a key: id and state.
fn keys(app: &TestApp, arguments: &[&str]) -> Vec<(String, String)> {
    let data = app.data_dir();
    let output = helhedsplan(arguments, &[("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap())]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(!printed.contains("PRIVATE"));
    let lines = printed.lines().skip(1);
    lines
        .map(|line| {
            let (kid, rest) = line.split_once('\t').unwrap();
            (kid.to_owned(), rest.split_once('\t').unwrap().1.to_owned())
        })
        .collect()
}

async fn published(app: &TestApp) -> Vec<String> {
    let set = app.public().get("/.well-known/jwks.json").await.expect(200);
    let keys = set["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// A token as it is issued so many seconds from now, and the id of its key.
fn issued_in(app: &TestApp, seconds: i64) -> (String, String) {
    let mut claims = decoded(parts(&app.token(Role::Board, None, &[PLAN], None))[1]);
    claims["jti"] = json!(uuid::Uuid::now_v7());
    let signs = db::now() + TimeDelta::seconds(seconds);
    let token = app.state.auth.signed("at+jwt", &claims, signs).unwrap().0;
    let kid = decoded(parts(&token)[0])["kid"].as_str().unwrap().to_owned();
    (token, kid)
}

#[actix_web::test]
async fn keys_rotate_with_an_overlap_and_a_removed_key_ends_on_every_replica() {
    let app = TestApp::start().await;
    let replica = app.replica().await;
    let works = async |token: &str| {
        let mut statuses = Vec::new();
        for service in [&app, &replica] {
            statuses.push(service.with_token(token).get("measurements?limit=1").await.status);
        }
        statuses
    };
    let (first, old) = issued_in(&app, 0);
    assert_eq!(works(&first).await, [200, 200]);
    let listed = keys(&app, &["keys", "rotate"]);
    assert_eq!(listed.len(), 2);
    assert_eq!((&listed[0].0, listed[0].1.as_str()), (&old, "signs"));
    assert!(listed[1].1.starts_with("signs from "), "{listed:?}");
    let new = &listed[1].0;
    // A replica that has not looked yet knows the old key; the new one signs nothing yet, wherever it is known.
    fresh::refresh(&app.state).await.unwrap();
    assert_eq!(published(&app).await, [old.clone(), new.clone()]);
    assert_eq!(published(&replica).await, std::slice::from_ref(&old));
    let (between, kid) = issued_in(&app, 0);
    assert_eq!((kid, works(&between).await), (old.clone(), vec![200, 200]));
    // The replica looks by itself, within a second.
    let keeper = fresh::keep_fresh(replica.state.clone());
    let started = std::time::Instant::now();
    while published(&replica).await.len() < 2 {
        assert!(started.elapsed().as_secs() < 10, "the replica does not see the new key");
    }
    let (after, kid) = issued_in(&app, 61);
    assert_eq!((&kid, works(&after).await), (new, vec![200, 200]));
    for token in [&first, &between] {
        assert_eq!(works(token).await, [200, 200]);
    }
    // The old key is removed: what it has signed ends, remembered or not.
    let left = keys(&app, &["keys", "remove", &old]);
    assert_eq!(left, [(new.clone(), "signs".to_owned())]);
    fresh::refresh(&app.state).await.unwrap();
    let started = std::time::Instant::now();
    while published(&replica).await.len() > 1 {
        assert!(
            started.elapsed().as_secs() < 10,
            "the replica does not see that the key is gone"
        );
    }
    for token in [&first, &between] {
        assert_eq!(works(token).await, [401, 401]);
    }
    assert_eq!(works(&after).await, [200, 200]);
    let (latest, kid) = issued_in(&replica, 0);
    assert_eq!((&kid, works(&latest).await), (new, vec![200, 200]));
    assert_eq!(keys(&app, &["keys", "list"]), left);
    keeper.abort();
}

#[actix_web::test]
async fn a_key_directory_that_cannot_be_used_leaves_the_keys_as_they_were_for_a_minute() {
    let app = TestApp::start().await;
    let token = app.token(Role::Board, None, &[PLAN], None);
    let keys = app.data_dir().join("keys");
    let away = app.data_dir().join("away");
    let measurements = async || app.with_token(&token).get("measurements?limit=1").await;
    std::fs::rename(&keys, &away).unwrap();
    app.state.auth.reread_keys(db::now() - TimeDelta::seconds(58));
    measurements().await.expect(200);
    assert!(!app.state.auth.reads_its_keys());
    app.state.auth.reread_keys(db::now() - TimeDelta::seconds(62));
    let refused = measurements().await;
    assert_eq!(refused.problem(503), "unavailable");
    assert_eq!(refused.header("retry-after"), "5");
    app.public().get("areas").await.expect(200);
    // It is back.
    std::fs::rename(&away, &keys).unwrap();
    app.state.auth.reread_keys(db::now());
    measurements().await.expect(200);
    assert!(app.state.auth.reads_its_keys());
}

#[actix_web::test]
async fn one_bad_file_among_the_keys_hides_no_removal() {
    let app = TestApp::start().await;
    let token = app.token(Role::Board, None, &[PLAN], None);
    let folder = app.data_dir().join("keys");
    let only = keys(&app, &["keys", "list"]).remove(0).0;
    keys(&app, &["keys", "rotate"]);
    keys(&app, &["keys", "remove", &only]);
    std::fs::write(folder.join("nonsense.pem"), [0xff, 0xfe]).unwrap();
    fresh::refresh(&app.state).await.unwrap();
    assert!(!app.state.auth.reads_its_keys());
    app.with_token(&token).get("measurements?limit=1").await.problem(401);
    let new = app.token(Role::Board, None, &[PLAN], None);
    app.with_token(&new).get("measurements?limit=1").await.expect(200);
}

#[actix_web::test]
async fn a_file_that_is_no_key_leaves_the_keys_as_they_were() {
    let app = TestApp::start().await;
    let token = app.token(Role::Board, None, &[PLAN], None);
    let data = app.data_dir();
    let nonsense = data.join("keys").join("nonsense.pem");
    std::fs::write(&nonsense, "no key").unwrap();
    fresh::refresh(&app.state).await.unwrap();
    assert_eq!(app.with_token(&token).get("measurements?limit=1").await.status, 200);
    let environment = [("HELHEDSPLAN_DATA_DIR", data.to_str().unwrap())];
    let output = helhedsplan(&["keys", "list"], &environment);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("nonsense.pem"));
    std::fs::remove_file(nonsense).unwrap();
    let only = keys(&app, &["keys", "list"]).remove(0).0;
    let output = helhedsplan(&["keys", "remove", &only], &environment);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("keys rotate"));
    // A thumbprint may begin with a hyphen, and is no option then.
    let output = helhedsplan(&["keys", "remove", "-_abc"], &environment);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("there is no key '-_abc'"),
        "{said}"
    );
}
