//! Figures about the running service for Prometheus: how many requests, how fast, by route template, method and status.
//!
//! Labels are templates and closed words: nothing about persons, plans or areas, and no figure that the service holds.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use arc_swap::ArcSwap;
use metrics::{Counter, Histogram, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

const METADATA: Metadata<'_> = Metadata::new("helhedsplan", Level::INFO, None);
const REQUESTS: &str = "helhedsplan_http_requests_total";
const SECONDS: &str = "helhedsplan_http_request_duration_seconds";
/// The upper bounds of the times that are counted together, in seconds.
const BOUNDS: [f64; 13] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];
const NOT_ENTERED: &str = "helhedsplan_audit_entries_failed_total";
const STORAGE_FULL: &str = "helhedsplan_storage_full_total";
/// What each figure is, for those who read `/metrics`.
const GAUGES: [(&str, &str); 11] = [
    ("helhedsplan_build_info", "Always 1; the label says which version runs."),
    ("helhedsplan_database_up", "1 where the database answers, else 0."),
    (
        "helhedsplan_database_connections",
        "Connections to the database, used and idle.",
    ),
    (
        "helhedsplan_database_connections_max",
        "How many connections there may be.",
    ),
    (
        "helhedsplan_registry_open",
        "1 where registered clients are let in; 0 where it cannot be found out whether one was revoked.",
    ),
    (
        "helhedsplan_imports",
        "Imports in the background, by state, as the database has them.",
    ),
    (
        "helhedsplan_releases",
        "Releases of small counts, as the database has them.",
    ),
    (
        "helhedsplan_signing_key_made_timestamp_seconds",
        "When the key that signs access tokens was made.",
    ),
    (
        "helhedsplan_signing_keys_readable",
        "1 where the folder of signing keys, and each file in it, could be used when it was last looked at, else 0.",
    ),
    (
        "helhedsplan_audit_checkpoints_good",
        "1 where the last round of checkpoints of the audit log went well, else 0.",
    ),
    (
        "helhedsplan_audit_checkpoints_timestamp_seconds",
        "When the last round of checkpoints of the audit log went well.",
    ),
];

/// Counts.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    /// By route template; each is looked up by every request and grows only while the program is young.
    routes: ArcSwap<HashMap<String, Vec<Answered>>>,
    not_entered: Counter,
    storage_full: Counter,
}

/// What is counted of one method, status and route.
#[derive(Clone)]
struct Answered {
    method: &'static str,
    status: StatusCode,
    count: Counter,
    seconds: Histogram,
}

impl Metrics {
    /// Nothing counted yet.
    ///
    /// # Errors
    /// Never: the bounds of the times are in order.
    pub fn new() -> anyhow::Result<Self> {
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BOUNDS)?;
        let recorder = builder.build_recorder();
        recorder.describe_counter(REQUESTS.into(), None, "Requests that were answered.".into());
        recorder.describe_histogram(
            SECONDS.into(),
            None,
            "Seconds from a request's head to its answer's.".into(),
        );
        for (name, about) in GAUGES {
            recorder.describe_gauge(name.into(), None, about.into());
        }
        recorder.describe_counter(
            NOT_ENTERED.into(),
            None,
            "Reads that were refused because they could not be entered in the audit log.".into(),
        );
        recorder.describe_counter(
            STORAGE_FULL.into(),
            None,
            "Requests that were answered 507, because a disk is full.".into(),
        );
        Ok(Self {
            // Both are there from the start: the first of its kind would else be no increase.
            storage_full: recorder.register_counter(&Key::from_static_name(STORAGE_FULL), &METADATA),
            not_entered: recorder.register_counter(&Key::from_static_name(NOT_ENTERED), &METADATA),
            handle: recorder.handle(),
            recorder,
            routes: ArcSwap::default(),
        })
    }

    /// Counts an answer to a request of this route template; none where no operation is.
    pub fn answered(&self, method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
        if status == StatusCode::INSUFFICIENT_STORAGE {
            self.storage_full.increment(1);
        }
        let (method, route) = (known(method), route.unwrap_or("none"));
        let count = |answered: &Answered| {
            answered.count.increment(1);
            answered.seconds.record(took);
        };
        let is_this = |answered: &&Answered| answered.method == method && answered.status == status;
        if let Some(answered) = self.routes.load().get(route).and_then(|all| all.iter().find(is_this)) {
            return count(answered);
        }
        let first = self.register(method, route, status);
        count(&first);
        self.routes.rcu(|routes| {
            let mut routes = HashMap::clone(routes);
            let all = routes.entry(route.to_owned()).or_default();
            if !all.iter().any(|answered| is_this(&answered)) {
                all.push(first.clone());
            }
            routes
        });
    }

    fn register(&self, method: &'static str, route: &str, status: StatusCode) -> Answered {
        let labels = vec![Label::new("method", method), Label::new("route", route.to_owned())];
        let seconds = Key::from_parts(SECONDS, labels.clone());
        let status_label = Label::new("status", status.as_str().to_owned());
        let count = Key::from_parts(REQUESTS, [labels, vec![status_label]].concat());
        Answered {
            method,
            status,
            count: self.recorder.register_counter(&count, &METADATA),
            seconds: self.recorder.register_histogram(&seconds, &METADATA),
        }
    }

    /// Counts a read that was refused because it could not be entered in the audit log.
    pub fn could_not_enter(&self) {
        self.not_entered.increment(1);
    }

    /// Sets a figure that is looked at when it is asked for.
    pub fn set(&self, name: &'static str, labels: &[(&'static str, &'static str)], value: i64) {
        let labels: Vec<Label> = labels.iter().map(|(name, value)| Label::new(*name, *value)).collect();
        let gauge = self.recorder.register_gauge(&Key::from_parts(name, labels), &METADATA);
        gauge.set(value as f64);
    }

    /// Everything, in Prometheus' text format.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Sums up what was counted since the last time, so that it takes no room where nobody asks for it.
    pub fn sum_up(&self) {
        self.handle.run_upkeep();
    }
}

/// A client may make up methods; labels are a closed list.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_template_method_and_status() {
        let metrics = Metrics::new().unwrap();
        let made_up = Method::from_bytes(b"MADEUP").unwrap();
        for _ in 0..3 {
            metrics.answered(
                &Method::GET,
                Some("/v1/plans/{plan}"),
                StatusCode::OK,
                Duration::from_millis(2),
            );
        }
        metrics.answered(
            &Method::GET,
            Some("/v1/plans/{plan}"),
            StatusCode::NOT_FOUND,
            Duration::from_secs(2),
        );
        metrics.answered(&made_up, None, StatusCode::NOT_FOUND, Duration::ZERO);
        let full = "helhedsplan_storage_full_total";
        assert!(metrics.render().lines().any(|line| line == format!("{full} 0")));
        metrics.answered(&Method::POST, None, StatusCode::INSUFFICIENT_STORAGE, Duration::ZERO);
        assert!(metrics.render().lines().any(|line| line == format!("{full} 1")));
        let text = metrics.render();
        for line in [
            "helhedsplan_http_requests_total{method=\"GET\",route=\"/v1/plans/{plan}\",status=\"200\"} 3",
            "helhedsplan_http_requests_total{method=\"GET\",route=\"/v1/plans/{plan}\",status=\"404\"} 1",
            "helhedsplan_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1",
            "helhedsplan_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/plans/{plan}\",le=\"0.0025\"} 3",
            "helhedsplan_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/plans/{plan}\"} 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in:\n{text}");
        }
        metrics.sum_up();
        // The same lines: series have no order.
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&metrics.render()), sorted(&text));
    }
}
