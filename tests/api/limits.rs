//! Nobody takes the service from the others: too often, too slowly, too much at once.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use helhedsplan::auth::role::Role;
use serde_json::json;

use crate::support::{PLAN, TestApp};

/// A connection on which nothing has been said yet.
fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.state.config.public_url.trim_start_matches("http://")).unwrap()
}

#[actix_web::test]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let app = TestApp::start_with(|settings| settings.address_requests_per_minute = Some("3".into())).await;
    for path in ["areas", "/openapi.json", "/nowhere"] {
        assert_ne!(app.public().get(path).await.status, 429, "{path}");
    }
    let answer = app.public().get("areas").await;
    assert_eq!(answer.problem(429), "rate-limited");
    let seconds: u32 = answer.header("retry-after").parse().unwrap();
    assert!((1..=21).contains(&seconds), "{seconds}");
    let danish = app.public().header("accept-language", "da").get("areas").await;
    assert_eq!(danish.expect(429)["title"], "For mange forespørgsler");
    // Made-up tokens are no way around it; neither is asking for one.
    assert_eq!(app.with_token("x.y.z").get("areas").await.problem(429), "rate-limited");
    let form = Some("application/x-www-form-urlencoded");
    let public = app.public();
    let asked = public.send(reqwest::Method::POST, "/oauth/token", form, b"grant_type=x".to_vec());
    assert_eq!(asked.await.problem(429), "rate-limited");
    // Whoever watches the service still may, and so may those whom it knows.
    assert_eq!(app.public().get("/livez").await.status, 200);
    assert_eq!(app.public().get("/readyz").await.status, 200);
    assert_eq!(app.as_role(Role::Board).get("areas").await.status, 200);
}

#[actix_web::test]
async fn a_token_that_nothing_reads_is_no_way_around_the_limit_of_an_address() {
    // The document, pages, lists that are the same for all, and what is not there: none of them looks at a token.
    for path in [
        "/openapi.json",
        "/docs/",
        "/problems",
        "/.well-known/jwks.json",
        "/nowhere",
        "/v1/nowhere",
    ] {
        let app = TestApp::start_with(|settings| settings.address_requests_per_minute = Some("2".into())).await;
        for made_up in ["x", "y"] {
            assert_ne!(app.with_token(made_up).get(path).await.status, 429, "{path}");
        }
        assert_eq!(
            app.with_token("z").get(path).await.problem(429),
            "rate-limited",
            "{path}"
        );
    }
    // One that is read and refused counts once, and one that is accepted counts for its client alone.
    let app = TestApp::start_with(|settings| settings.address_requests_per_minute = Some("2".into())).await;
    for _ in 0..3 {
        assert_eq!(app.as_role(Role::Board).get("indicators").await.status, 200);
    }
    assert_eq!(app.with_token("x").get("areas").await.status, 401);
    assert_eq!(app.with_token("x").get("areas").await.status, 401);
    assert_eq!(app.with_token("x").get("areas").await.status, 429);
}

#[actix_web::test]
async fn a_client_that_does_not_read_its_answers_is_cut_off() {
    let app = TestApp::start_with(|settings| settings.client_seconds = Some("1".into())).await;
    let mut stream = connect(&app);
    stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    // It goes on asking for more than fits between two programs. Nobody reads its questions while it reads no answer, so in the
    // end it waits; the connection then ends, and it does not wait for ever.
    let ended = tokio::task::spawn_blocking(move || {
        let question = b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(1000);
        loop {
            if let Err(error) = stream.write_all(&question) {
                return error.kind();
            }
        }
    });
    let kind = ended.await.unwrap();
    assert!(
        matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{kind:?}"
    );
}

#[actix_web::test]
async fn whoever_has_no_token_can_send_little() {
    let app = TestApp::start().await;
    let form = Some("application/x-www-form-urlencoded");
    let ask = async |body: String| {
        let public = app.public();
        let answer = public.send(reqwest::Method::POST, "/oauth/token", form, body.into_bytes());
        answer.await.expect(400)["error_description"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let of = |length: usize| format!("grant_type={}", "x".repeat(length - 11));
    let longest = 16 * 1024;
    assert_eq!(ask(of(longest)).await, "The only grant_type is client_credentials.");
    assert_eq!(ask(of(longest + 1)).await, "The body cannot be read.");
    let many: Vec<String> = (0..21).map(|number| format!("p{number}=x")).collect();
    assert_eq!(ask(many[..20].join("&")).await, "grant_type is missing.");
    assert_eq!(ask(many.join("&")).await, "There are too many parameters.");
}

#[actix_web::test]
async fn a_body_of_more_values_than_any_report_has_is_too_large() {
    let app = TestApp::start_with(|settings| settings.max_body_bytes = Some("2097152".into())).await;
    let body = format!("[{}]", vec!["0"; 200_000].join(","));
    let json = Some("application/json");
    let client = app.jobcenter();
    let sent = client.send(
        reqwest::Method::POST,
        "kendskabsgrad/extracts?dry_run=true",
        json,
        body.into_bytes(),
    );
    assert_eq!(sent.await.problem(413), "payload-too-large");
}

#[actix_web::test]
async fn a_client_that_asks_too_often_keeps_nobody_else_away() {
    let app = TestApp::start_with(|settings| settings.client_requests_per_minute = Some("2".into())).await;
    for status in [200, 200, 429, 429] {
        assert_eq!(app.jobcenter().get("indicators").await.status, status);
    }
    let write = app.jobcenter().post("kendskabsgrad/extracts", &json!({})).await;
    assert_eq!(write.problem(429), "rate-limited");
    assert_eq!(app.as_role(Role::Board).get("indicators").await.status, 200);
    assert_eq!(app.public().get("areas").await.status, 200);
}

#[actix_web::test]
async fn callers_are_told_apart_by_a_trusted_proxy_and_by_nobody_else() {
    let status = async |app: &TestApp, forwarded: &str| {
        let client = app.public().header("x-forwarded-for", forwarded);
        client.get("areas").await.status
    };
    let app = TestApp::start_with(|settings| {
        settings.address_requests_per_minute = Some("1".into());
        settings.trusted_proxies = Some("127.0.0.0/8".into());
    })
    .await;
    assert_eq!(status(&app, "198.51.100.1").await, 200);
    assert_eq!(status(&app, "198.51.100.1").await, 429);
    assert_eq!(status(&app, "198.51.100.2").await, 200);
    // What the caller itself wrote stands to the left of what the proxy heard.
    assert_eq!(status(&app, "203.0.113.7, 198.51.100.2").await, 429);
    let app = TestApp::start_with(|settings| settings.address_requests_per_minute = Some("1".into())).await;
    assert_eq!(status(&app, "198.51.100.1").await, 200);
    assert_eq!(status(&app, "198.51.100.2").await, 429);
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = TestApp::start_with(|settings| settings.client_seconds = Some("1".into())).await;
    for path in ["kendskabsgrad/extracts", "measurements/imports"] {
        let token = app.token(Role::Municipality, Some("jobcenter-fredericia"), &[PLAN], None);
        let mut stream = connect(&app);
        let head = format!(
            "POST /v1/plans/{PLAN}/{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).map(|_| answer)
        });
        // It ends, since the connection is closed.
        let answer = read.await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("/problems/request-timeout"), "{answer}");
    }
}

#[actix_web::test]
async fn slow_bodies_hold_no_connection_to_the_database() {
    let app = TestApp::start().await;
    let token = app.token(Role::Municipality, Some("jobcenter-fredericia"), &[PLAN], None);
    // Many more than the database has connections.
    let slow: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut stream = connect(&app);
            let head = format!(
                "POST /v1/plans/{PLAN}/kendskabsgrad/extracts HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
                 content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..5 {
        let extracts = app.jobcenter().get("kendskabsgrad/extracts").await;
        assert_eq!(extracts.status, 200, "{}", extracts.text());
        let focus_areas = app.public().get("focus-areas").await;
        assert_eq!(focus_areas.status, 200);
    }
    drop(slow);
}

#[actix_web::test]
async fn every_answer_tells_browsers_what_they_may_do_with_it() {
    let app = TestApp::start().await;
    let data = "default-src 'none'; frame-ancestors 'none'";
    let drawing = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    let board = app.as_role(Role::Board);
    let chart = "indicators/kendskabsgrad/series?format=svg&area=zone-1";
    for (answer, policy) in [
        (app.public().get("areas").await, data),
        (app.public().get("/openapi.json").await, data),
        (app.public().get("/livez").await, data),
        (app.public().get("/nowhere").await, data),
        (app.with_token("x").get("areas").await, data),
        (board.get(chart).await, drawing),
    ] {
        assert_eq!(answer.header("content-security-policy"), policy, "{}", answer.text());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("strict-transport-security"), "");
    }
    let page = app.public().get("/docs/").await;
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    // Nothing in it needs more than that.
    assert!(
        !page.text().contains("<script>") && !page.text().contains("onload="),
        "{}",
        page.text()
    );
    let app = TestApp::start_with(|settings| settings.hsts_seconds = Some("31536000".into())).await;
    let answer = app.public().get("/nowhere").await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
}
