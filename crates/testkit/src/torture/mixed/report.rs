//! What a mixed run did.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::journal::Event;

/// What a run did, all of it verified.
#[derive(Clone, Debug, Default)]
pub struct MixedReport {
    /// The kinds of requests, by name.
    pub rows: Vec<Row>,
    /// How long the clients worked.
    pub worked: Duration,
    /// How often the server was killed.
    pub kills: usize,
    /// How many records the audit log has.
    pub records: usize,
    /// How many images lifecycle policies took away.
    pub expired: usize,
    /// How many images there are in the end.
    pub images: usize,
}

/// One kind of request.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub label: &'static str,
    /// How many were answered with success.
    pub done: usize,
    /// How many were refused, as they had to be.
    pub refused: usize,
    /// How many were cut off by a kill.
    pub cut_off: usize,
    /// Half of them took no longer.
    pub median: Duration,
    /// 99 of 100 took no longer.
    pub slow: Duration,
}

impl MixedReport {
    pub(super) fn new(events: &[Event], worked: Duration, kills: usize) -> Self {
        let mut kinds: BTreeMap<&'static str, Vec<&Event>> = BTreeMap::new();
        for event in events {
            kinds.entry(event.label).or_default().push(event);
        }
        let rows = kinds.into_iter().map(|(label, events)| row(label, &events)).collect();
        Self { rows, worked, kills, ..Self::default() }
    }

    /// How many requests were answered with success.
    pub fn done(&self) -> usize {
        self.rows.iter().map(|row| row.done).sum()
    }

    /// How many were refused.
    pub fn refused(&self) -> usize {
        self.rows.iter().map(|row| row.refused).sum()
    }
}

fn row(label: &'static str, events: &[&Event]) -> Row {
    let done = events.iter().filter(|event| event.done()).count();
    let cut_off = events.iter().filter(|event| event.status == 0).count();
    let mut times: Vec<Duration> = events.iter().filter(|event| event.status != 0).map(|event| event.took).collect();
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
    let (median, slow) = (at(50).copied().unwrap_or_default(), at(99).copied().unwrap_or_default());
    Row { label, done, refused: events.len() - done - cut_off, cut_off, median, slow }
}

impl fmt::Display for MixedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.worked.as_secs_f64().max(0.001);
        writeln!(
            f,
            "{:30} {:>8} {:>8} {:>7} {:>8} {:>9} {:>9}",
            "request", "done", "refused", "cut off", "done/s", "p50 ms", "p99 ms"
        )?;
        for Row { label, done, refused, cut_off, median, slow } in &self.rows {
            let rate = rate(*done, seconds);
            let (median, slow) = (median.as_secs_f64() * 1000.0, slow.as_secs_f64() * 1000.0);
            writeln!(f, "{label:30} {done:8} {refused:8} {cut_off:7} {rate:8.1} {median:9.1} {slow:9.1}")?;
        }
        let (done, refused) = (self.done(), self.refused());
        let cut_off: usize = self.rows.iter().map(|row| row.cut_off).sum();
        writeln!(f, "{:30} {done:8} {refused:8} {cut_off:7} {:8.1}", "all", rate(done, seconds))?;
        let Self { kills, records, expired, images, .. } = self;
        write!(
            f,
            "{seconds:.1} s, {kills} kills, {records} audit records, {expired} images expired, {images} images in the end"
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests are small")]
fn rate(count: usize, seconds: f64) -> f64 {
    count as f64 / seconds
}
