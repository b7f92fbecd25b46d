//! Pulls: one large blob, and a manifest over and over.

use std::process::Command;

use anyhow::{Context as _, Result, anyhow, ensure};
use plimsoll_testkit::http::Request;

use super::Setup;
use super::data::small_images;
use super::measure::{Row, in_turns, seconds};
use super::peers::{DISTRIBUTION, NGINX, PLIMSOLL, Peer};
use super::push::push_parts;
use crate::run::{find_program, output};

pub(super) fn large(setup: &Setup) -> Result<Vec<Row>> {
    let size = setup.file.size;
    let values = in_turns(
        setup,
        &[PLIMSOLL, DISTRIBUTION, NGINX],
        |run| setup.file.parts(1, size, 2000 + run),
        |peer, parts| {
            let path = if peer.name == NGINX {
                "/blob".to_owned()
            } else {
                push_parts(setup, peer, parts, 1)?;
                format!("/v2/bench/large/blobs/{}", parts[0].digest)
            };
            // The first pull brings the file into memory; both are what a node behind others sees.
            pull(peer, &path, size)?;
            let taken = seconds(|| pull(peer, &path, size))?;
            Ok(size as f64 / taken / f64::from(1 << 20))
        },
    )?;
    let work = format!("pull one blob of {} MiB", size >> 20);
    Ok(vec![Row { work, unit: "MiB/s", values, aim: "≥ distribution, ≥ 0.9 × nginx", less: false }])
}

fn pull(peer: &Peer, path: &str, size: u64) -> Result<()> {
    let mut received = 0;
    let response = peer.http().send_into(Request::new("GET", path), &mut |bytes| received += bytes.len() as u64);
    let response = response.map_err(|error| anyhow!(error.chain()))?;
    ensure!(response.status == 200 && received == size, "{} and {received} bytes", response.status);
    Ok(())
}

pub(super) fn manifests(setup: &Setup) -> Result<Vec<Row>> {
    let time = if setup.quick { "1s" } else { "8s" };
    let values = in_turns(
        setup,
        &[PLIMSOLL, DISTRIBUTION],
        |run| small_images(1, 3000 + run),
        |peer, images| {
            let pushed = peer.registry().push_image("bench/manifest", "latest", &images[0]);
            pushed.map_err(|error| anyhow!(error.chain()))?;
            let mut wrk = Command::new(find_program("wrk").context("wrk")?);
            wrk.args(["--threads", "2", "--connections", "64", "--duration", time]);
            wrk.args(["--header", "Accept: application/vnd.oci.image.manifest.v1+json"]);
            if let Some(authorization) = peer.http().authorization() {
                wrk.args(["--header", &format!("Authorization: {authorization}")]);
            }
            let url = format!("http://{}/v2/bench/manifest/manifests/latest", peer.address);
            requests_per_second(&output(wrk.arg(url))?)
        },
    )?;
    let work = "manifest GET by tag, 64 connections".to_owned();
    Ok(vec![Row { work, unit: "requests/s", values, aim: "5 × distribution", less: false }])
}

fn requests_per_second(report: &str) -> Result<f64> {
    ensure!(!report.contains("Non-2xx"), "not every answer was a 2xx:\n{report}");
    let value = report.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    value.context("wrk printed no rate")?.trim().parse().context("wrk's rate is no number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_from_the_report() {
        let report = "Running 1s test\n  100 requests in 1.00s, 1MB read\nRequests/sec:  12345.67\nTransfer/sec: 1MB\n";
        assert!((requests_per_second(report).unwrap() - 12345.67).abs() < 0.01);
        assert!(requests_per_second("  Non-2xx or 3xx responses: 5\nRequests/sec: 1").is_err());
        assert!(requests_per_second("").is_err());
    }
}
