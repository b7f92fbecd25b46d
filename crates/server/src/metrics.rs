//! What the server counts, in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use plimsoll_registry::Registry;

/// The server's own counters.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, u16), Requests>>,
    received: AtomicU64,
    sent: AtomicU64,
}

#[derive(Default)]
struct Requests {
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts a request that has been answered.
    pub(crate) fn answered(&self, operation: &'static str, status: u16, took: Duration, received: u64, sent: u64) {
        self.received.fetch_add(received, Ordering::Relaxed);
        self.sent.fetch_add(sent, Ordering::Relaxed);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = requests.entry((operation, status)).or_default();
        entry.count += 1;
        entry.seconds += took.as_secs_f64();
    }

    /// All counters as Prometheus reads them.
    pub(crate) fn render(&self, registry: &Registry, now: u64) -> String {
        let mut page = Page::default();
        self.render_requests(&mut page);
        page.metric("plimsoll_received_bytes_total", "counter", "Bytes of request bodies announced.");
        page.value("plimsoll_received_bytes_total", "", self.received.load(Ordering::Relaxed) as f64);
        page.metric("plimsoll_sent_bytes_total", "counter", "Bytes of response bodies announced.");
        page.value("plimsoll_sent_bytes_total", "", self.sent.load(Ordering::Relaxed) as f64);
        render_registry(&mut page, registry, now);
        page.0
    }

    fn render_requests(&self, page: &mut Page) {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        page.metric("plimsoll_requests_total", "counter", "Requests answered, by operation and status.");
        for ((operation, status), entry) in &*requests {
            let labels = format!("{{operation=\"{operation}\",status=\"{status}\"}}");
            page.value("plimsoll_requests_total", &labels, entry.count as f64);
        }
        page.metric("plimsoll_request_seconds_total", "counter", "Time until the head of the answer, by operation.");
        for ((operation, status), entry) in &*requests {
            let labels = format!("{{operation=\"{operation}\",status=\"{status}\"}}");
            page.value("plimsoll_request_seconds_total", &labels, entry.seconds);
        }
    }
}

fn render_registry(page: &mut Page, registry: &Registry, now: u64) {
    let analysis = registry.analysis_statistics();
    let catalog = registry.catalog_statistics();
    let counters = [
        ("plimsoll_layers_teed_total", "Layers shown to the analyser while they uploaded.", analysis.teed as f64),
        ("plimsoll_layers_analysed_total", "Layers analysed.", analysis.analysed as f64),
        ("plimsoll_catalog_operations_total", "Changes made to the catalog.", catalog.operations as f64),
        ("plimsoll_catalog_commits_total", "Transactions that made them durable.", catalog.commits as f64),
        ("plimsoll_catalog_commit_seconds_total", "Time spent in them.", catalog.total_commit.as_secs_f64()),
    ];
    for (name, help, value) in counters {
        page.metric(name, "counter", help);
        page.value(name, "", value);
    }
    page.metric("plimsoll_layers_waiting", "gauge", "Layers being analysed or waiting for it.");
    page.value("plimsoll_layers_waiting", "", analysis.waiting as f64);
    page.metric("plimsoll_uploads_open", "gauge", "Upload sessions this process knows of.");
    page.value("plimsoll_uploads_open", "", registry.open_uploads() as f64);
    let age = registry.advisories_built_at().map_or(f64::NAN, |built| now as f64 - built as f64);
    page.metric("plimsoll_advisories_age_seconds", "gauge", "Age of the advisories in force; NaN without any.");
    page.value("plimsoll_advisories_age_seconds", "", age);
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn metric(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &str, value: f64) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}
