//! What comes in is read strictly, whoever sends it and wherever it stands.

use helhedsplan::auth::role::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::document::operations;
use crate::support::extracts::extract;
use crate::support::{Answer, PLAN, TestApp};

const EXTRACTS: &str = "kendskabsgrad/extracts";

async fn push(app: &TestApp, body: impl Into<Vec<u8>>) -> Answer {
    let json = Some("application/json");
    app.jobcenter().send(Method::POST, EXTRACTS, json, body.into()).await
}

#[actix_web::test]
async fn a_chunked_body_has_the_same_limit_to_the_byte() {
    let app = TestApp::start().await;
    let token = app.token(Role::Municipality, Some("jobcenter-fredericia"), &[PLAN], None);
    for (length, status) in [(65_536, "400"), (65_537, "413")] {
        let address = app.state.config.public_url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /v1/plans/{PLAN}/{EXTRACTS} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        for piece in vec![b' '; length].chunks(1000) {
            let size = format!("{:x}\r\n", piece.len());
            stream
                .write_all(&[size.as_bytes(), piece, b"\r\n"].concat())
                .await
                .unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(std::str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"));
    }
}

#[actix_web::test]
async fn packed_bodies_are_refused_so_that_none_unpacks_to_more_than_the_limit() {
    let app = TestApp::start().await;
    for encoding in ["gzip", "br", "deflate, gzip"] {
        let client = app.jobcenter().header("content-encoding", encoding);
        for path in [EXTRACTS, "measurements/imports"] {
            let answer = client.post(path, &json!({})).await;
            assert_eq!(answer.problem(415), "unsupported-media-type", "{encoding} {path}");
        }
    }
}

#[actix_web::test]
async fn bodies_of_any_depth_are_answered() {
    let app = TestApp::start().await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [200, 10_000] {
            let body = [open.repeat(depth), "1".to_owned(), close.repeat(depth)].concat();
            assert_eq!(push(&app, body).await.problem(400), "malformed-body", "{open} {depth}");
            // Not closed at all.
            assert_eq!(push(&app, open.repeat(depth)).await.problem(400), "malformed-body");
        }
    }
}

#[actix_web::test]
async fn a_count_is_a_whole_number_that_is_not_negative_and_fits() {
    let app = TestApp::start().await;
    let written = serde_json::to_string(&extract("2024-01-01")).unwrap();
    let member = "\"count\":24";
    assert!(written.contains(member));
    for count in [
        "-1",
        "1.5",
        "24.0000000000000000001",
        "1e309",
        "-1e309",
        "9007199254740993",
        "99999999999999999999999999",
        "1e-400",
        "\"24\"",
        "true",
        "[24]",
        "{\"count\":24}",
    ] {
        let body = written.replacen(member, &format!("\"count\":{count}"), 1);
        let errors = push(&app, body).await.errors(422);
        assert!(
            errors.iter().any(|error| error.starts_with("/counts/0/count ")),
            "{count}: {errors:?}"
        );
    }
    for count in ["NaN", "Infinity", "024", "+24", "0x18", "24.", ".5", "2_4"] {
        let body = written.replacen(member, &format!("\"count\":{count}"), 1);
        assert_eq!(push(&app, body).await.problem(400), "malformed-body", "{count}");
    }
    // A name twice, at any depth, is neither the first nor the last.
    for twice in ["\"count\":24,\"count\":24", "\"count\":24,\"c\\u006funt\":25"] {
        let body = written.replacen(member, twice, 1);
        assert_eq!(push(&app, body).await.problem(400), "malformed-body", "{twice}");
    }
}

#[actix_web::test]
async fn texts_hold_nothing_that_cannot_be_seen() {
    let app = TestApp::start().await;
    for hidden in [
        "\\u0000", "\\u0007", "\\u202e", "\\u2066", "\\u200f", "\\ud800", "\\udc00x",
    ] {
        let mut body = extract("2024-01-01");
        body["note"] = json!("HERE");
        let answer = push(&app, body.to_string().replace("HERE", &format!("a{hidden}b"))).await;
        assert!([400, 422].contains(&answer.status), "{hidden}: {}", answer.text());
        if answer.status == 422 {
            assert_eq!(answer.errors(422), ["/note forbidden_character"], "{hidden}");
        }
    }
    for name in ["%00", "%E2%80%AE", "%ff", "%ED%A0%80"] {
        let answer = app.public().get(&format!("areas/{name}")).await;
        assert_eq!(answer.status, 400, "{name}");
    }
}

/// What would do harm where a value became part of a statement, a path, a pattern or a page.
const ODD: [&str; 14] = [
    "'",
    "\"",
    "' OR '1'='1",
    "'; DROP TABLE areas; --",
    "1) UNION SELECT 1 --",
    "%",
    "_",
    "\\",
    "..",
    "../../../etc/passwd",
    "*",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${jndi:ldap://x}",
];

#[actix_web::test]
async fn statements_paths_and_patterns_in_a_filter_are_only_text() {
    let app = TestApp::start().await;
    let mut tried = 0;
    for operation in operations() {
        if operation.method != Method::GET || ["/livez", "/readyz"].contains(&operation.path.as_str()) {
            continue;
        }
        let path = app.path_of(&operation);
        let client = app.as_role(operation.first_role());
        let plain = client.get(&path).await;
        for parameter in operation.item["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "query" {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            for odd in ODD {
                let query: String = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair(name, odd)
                    .finish();
                let answer = client.get(&format!("{path}?{query}")).await;
                // It names nothing: an error that says so, or an empty list; never more than without it.
                let is_fine = match answer.status {
                    400 | 404 | 406 | 422 => true,
                    200 => answer.body.len() <= plain.body.len().max(2_000),
                    _ => false,
                };
                assert!(is_fine, "{path}?{name}={odd}: {} {}", answer.status, answer.text());
                tried += 1;
            }
        }
    }
    assert!(tried > 1000, "only {tried} were tried");
    let areas = app.public().get("areas").await.expect(200);
    assert!(!areas["items"].as_array().unwrap().is_empty());
}

#[actix_web::test]
async fn a_personal_number_is_repeated_nowhere() {
    let app = TestApp::start().await;
    let number = "010190-1234";
    let secretariat = app.as_role(Role::Secretariat).header("x-request-id", number);
    for path in [
        "measurements?area=010190-1234",
        "measurements?indicator=0101901234",
        "measurements?period=010190-1234",
        "measurements?limit=010190-1234",
        "measurements?010190-1234=x",
        "series?indicator=outside-labour-market-18-64&area=010190-1234",
        "audit-log?role=010190-1234",
        "focus-areas/010190-1234",
    ] {
        let answer = secretariat.get(path).await;
        let (status, said) = (answer.status, answer.text());
        assert!(
            (400..500).contains(&status) && !said.contains("90-1234") && !said.contains("01901234"),
            "{path}: {said}"
        );
        assert_ne!(answer.header("x-request-id"), number, "{path}");
    }
    for table in [
        "target_group,010190-1234\nall,1\n",
        "010190-1234,zone-1\nall,1\n",
        "target_group,zone-1\n010190-1234,1\n",
        "target_group,zone-1\nall,010190-1234\n",
    ] {
        let path = "kendskabsgrad/extracts?as_of=2024-01-01";
        let answer = app
            .jobcenter()
            .header("x-request-id", number)
            .post_csv(path, table)
            .await;
        let (status, said) = (answer.status, answer.text());
        assert!(
            (400..500).contains(&status) && !said.contains("90-1234") && !said.contains("01901234"),
            "{table}: {said}"
        );
    }
}

#[actix_web::test]
async fn statements_and_paths_in_a_path_are_only_names() {
    let app = TestApp::start().await;
    let mut tried = 0;
    for operation in operations() {
        if operation.method != Method::GET || !operation.path.contains('{') {
            continue;
        }
        let client = app.as_role(operation.first_role());
        let own = app.path_of(&operation);
        let Some((before, _)) = own.rsplit_once('/').filter(|_| operation.path.ends_with('}')) else {
            continue;
        };
        for odd in [
            "'",
            "'%20OR%20'1'='1",
            "%25",
            "..%2F..%2Fetc%2Fpasswd",
            "%5C",
            ";--",
            "*",
        ] {
            let answer = client.get(&format!("{before}/{odd}")).await;
            assert!([400, 404].contains(&answer.status), "{before}/{odd}: {}", answer.text());
            tried += 1;
        }
    }
    assert!(tried > 50, "only {tried} were tried");
}

#[actix_web::test]
async fn a_formula_that_somebody_stored_is_text_in_every_table() {
    let app = TestApp::start().await;
    let row = json!({"indicator": "outside-labour-market-18-64", "area": "zone-1", "period": "2030", "value": 40.1,
        "source": "=HYPERLINK(\"http://x\")"});
    let stored = app
        .as_role(Role::Secretariat)
        .post("measurements/imports", &json!([row]))
        .await;
    assert!(stored.status < 300, "{}", stored.text());
    let client = app.as_role(Role::Board);
    for locale in ["en", "da"] {
        let list = client
            .get(&format!(
                "measurements?indicator=outside-labour-market-18-64&from=2030&format=csv&locale={locale}"
            ))
            .await;
        assert_eq!(list.status, 200, "{}", list.text());
        let cells = list
            .text()
            .split(['\n', ',', ';'])
            .map(|cell| cell.trim_start_matches('"'));
        let formulas: Vec<&str> = cells.filter(|cell| cell.starts_with(['=', '+', '@'])).collect();
        assert!(formulas.is_empty(), "{formulas:?}");
        assert!(list.text().contains("'=HYPERLINK"), "{}", list.text());
    }
}

#[actix_web::test]
async fn a_name_is_the_same_composed_and_decomposed_in_a_filter() {
    let app = TestApp::start().await;
    let items =
        async |q: &str| -> Value { app.public().get(&format!("activities?q={q}")).await.expect(200)["items"].clone() };
    let composed = items("%C3%A5ben").await;
    assert_eq!(items("a%CC%8Aben").await, composed);
}
