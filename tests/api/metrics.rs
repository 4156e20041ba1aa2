//! Figures for the operator, on a port of their own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::cli::{Service, helhedsplan, text};
use crate::support::PLAN;

fn free_address() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("127.0.0.1:{port}")
}

/// The value of the one line that begins so.
#[track_caller]
fn value<'a>(figures: &'a str, series: &str) -> &'a str {
    let mut found = figures.lines().filter_map(|line| line.strip_prefix(series));
    let value = found.next().unwrap_or_else(|| panic!("{series} is not in:\n{figures}"));
    assert_eq!(found.next(), None, "{series}");
    value.trim()
}

#[actix_web::test]
async fn requests_connections_and_imports_are_figures_on_the_admin_port_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let admin = free_address();
    let service = Service::start_with(data, &[("HELHEDSPLAN_ADMIN_LISTEN", &admin)]);
    let http = reqwest::Client::new();
    let get = async |address: &str, path: &str| {
        let answer = http.get(format!("http://{address}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    for zone in ["zone-1", "zone-2", "zone-3"] {
        let (status, _) = get(&service.address, &format!("/v1/plans/{PLAN}/areas/{zone}")).await;
        assert_eq!(status, 200);
    }
    assert_eq!(
        get(&service.address, &format!("/v1/plans/{PLAN}/areas/nowhere"))
            .await
            .0,
        404
    );
    assert_eq!(get(&service.address, "/secret-text").await.0, 404);
    assert_eq!(get(&service.address, "/metrics").await.0, 404);
    assert_eq!(get(&admin, "/v1/plans").await.0, 404);

    let (status, figures) = get(&admin, "/metrics").await;
    assert_eq!(status, 200);
    let area = "method=\"GET\",route=\"/v1/plans/{plan}/areas/{code}\"";
    let requests = "helhedsplan_http_requests_total";
    assert_eq!(value(&figures, &format!("{requests}{{{area},status=\"200\"}}")), "3");
    assert_eq!(value(&figures, &format!("{requests}{{{area},status=\"404\"}}")), "1");
    assert_eq!(
        value(
            &figures,
            &format!("{requests}{{method=\"GET\",route=\"none\",status=\"404\"}}")
        ),
        "2"
    );
    let seconds = "helhedsplan_http_request_duration_seconds";
    assert_eq!(value(&figures, &format!("{seconds}_count{{{area}}}")), "4");
    assert_eq!(value(&figures, &format!("{seconds}_bucket{{{area},le=\"+Inf\"}}")), "4");
    assert_eq!(value(&figures, "helhedsplan_database_up "), "1");
    assert_eq!(value(&figures, "helhedsplan_registry_open "), "1");
    assert_eq!(value(&figures, "helhedsplan_imports{state=\"running\"}"), "0");
    // The extract of the agreement, which was published with it.
    assert_eq!(value(&figures, "helhedsplan_releases "), "1");
    assert_eq!(
        value(&figures, "helhedsplan_database_connections_max{pool=\"write\"}"),
        "1"
    );
    let made: f64 = value(&figures, "helhedsplan_signing_key_made_timestamp_seconds")
        .parse()
        .unwrap();
    assert!(made > 1_700_000_000.0, "{made}");
    // Nothing of what was asked for, only templates.
    for text in ["zone-1", PLAN, "secret-text", "nowhere", "127.0.0.1"] {
        assert!(!figures.contains(text), "{text} is in:\n{figures}");
    }
    // Every series that the alerts ask for is one that there is.
    let rules = include_str!("../../docker/prometheus-rules.yml");
    for (start, _) in rules.match_indices("helhedsplan_") {
        let name: String = rules[start..]
            .chars()
            .take_while(|character| character.is_ascii_alphanumeric() || *character == '_')
            .collect();
        assert!(figures.contains(&name), "there is no {name}");
    }
    service.stop();
}

#[actix_web::test]
async fn a_service_says_of_itself_whether_it_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let service = Service::start(data);
    let listen = service.address.replace("127.0.0.1", "0.0.0.0");
    let ready = helhedsplan(&["healthcheck"], &[("HELHEDSPLAN_LISTEN", &listen)]);
    assert!(ready.status.success(), "{}", text(&ready.stderr));
    let address = service.address.clone();
    service.stop();
    let gone = helhedsplan(&["healthcheck"], &[("HELHEDSPLAN_LISTEN", &address)]);
    assert!(!gone.status.success() && text(&gone.stderr).contains("/readyz"));
}

#[actix_web::test]
async fn the_head_of_a_request_is_not_waited_for_either() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let service = Service::start_with(data, &[("HELHEDSPLAN_CLIENT_SECONDS", "1")]);
    let mut stream = TcpStream::connect(&service.address).unwrap();
    stream.write_all(b"GET /v1/plans HTTP/1.1\r\nhost: local").unwrap();
    let mut answer = String::new();
    // It ends, since the connection is closed.
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    service.stop();
}
