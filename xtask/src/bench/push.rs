//! Pushes: one large blob, many middling ones, many small images.

use anyhow::{Result, anyhow};
use plimsoll_testkit::Error;
use plimsoll_testkit::http::Body;
use plimsoll_testkit::image::Image;
use plimsoll_testkit::registry::RegistryClient;

use super::Setup;
use super::data::{Part, small_images};
use super::measure::{Row, in_turns, on_threads, seconds};
use super::peers::{DISTRIBUTION, PLIMSOLL, Peer};

/// The chunk of a streamed upload, as Docker sends it.
const DOCKER_CHUNK: u64 = 32 << 10;
const AT_A_TIME: usize = 16;

pub(super) fn large(setup: &Setup) -> Result<Vec<Row>> {
    let size = setup.file.size;
    let values = in_turns(
        setup,
        &[PLIMSOLL, DISTRIBUTION],
        |run| setup.file.parts(1, size, run),
        |peer, parts| push_parts(setup, peer, parts, 1),
    )?;
    let work = format!("push one blob of {} MiB, streamed", size >> 20);
    Ok(vec![Row { work, unit: "MiB/s", values, aim: "1.3 × distribution", less: false }])
}

pub(super) fn many(setup: &Setup) -> Result<Vec<Row>> {
    let (count, size) = (setup.scaled(100), 10 << 20);
    let values = in_turns(
        setup,
        &[PLIMSOLL, DISTRIBUTION],
        |run| setup.file.parts(count, size, 1000 + run),
        |peer, parts| push_parts(setup, peer, parts, AT_A_TIME),
    )?;
    let work = format!("push {count} blobs of 10 MiB, {AT_A_TIME} at a time");
    Ok(vec![Row { work, unit: "MiB/s", values, aim: "1.3 × distribution", less: false }])
}

pub(super) fn images(setup: &Setup) -> Result<Vec<Row>> {
    let count = setup.scaled(2000);
    let values = in_turns(
        setup,
        &[PLIMSOLL, DISTRIBUTION],
        |run| small_images(count, run),
        |peer, images| {
            let push = |registry: &mut RegistryClient, number: usize| push_image(registry, number, &images[number]);
            let taken = seconds(|| on_threads(AT_A_TIME, count, || peer.registry(), push))?;
            Ok(count as f64 / taken)
        },
    )?;
    let work = format!("push {count} images of one layer of 64 KiB, {AT_A_TIME} at a time");
    Ok(vec![Row { work, unit: "images/s", values, aim: "4 × distribution", less: false }])
}

/// Streams the parts as Docker does, and returns MiB/s.
pub(super) fn push_parts(setup: &Setup, peer: &Peer, parts: &[Part], threads: usize) -> Result<f64> {
    let push = |registry: &mut RegistryClient, number: usize| stream(setup, registry, &parts[number]);
    let taken = seconds(|| on_threads(threads, parts.len(), || peer.registry(), push))?;
    let bytes: u64 = parts.iter().map(|part| part.size).sum();
    Ok(bytes as f64 / taken / f64::from(1 << 20))
}

fn stream(setup: &Setup, registry: &mut RegistryClient, part: &Part) -> Result<()> {
    let file = setup.file.open(part.offset)?;
    let mut push = || -> Result<(), Error> {
        let upload = registry.start_upload("bench/large")?;
        let body = Body::File { file: &file, length: part.size, chunk: Some(DOCKER_CHUNK) };
        let upload = registry.patch(&upload, &[], body)?;
        let separator = if upload.contains('?') { '&' } else { '?' };
        let path = format!("{upload}{separator}digest={}", part.digest);
        registry.expect("PUT", &path, &[], Body::Empty, &[201]).map(|_| ())
    };
    push().map_err(|error| anyhow!(error.chain()))
}

/// Asks for each blob first, as clients do, then pushes what is missing and the manifest.
fn push_image(registry: &mut RegistryClient, number: usize, image: &Image) -> Result<()> {
    let repository = format!("bench/small-{}", number % AT_A_TIME);
    let mut push = || -> Result<(), Error> {
        for (digest, bytes) in image.blobs() {
            if !registry.has_blob(&repository, &digest)? {
                registry.push_blob(&repository, &digest, bytes)?;
            }
        }
        registry.put_manifest(&repository, &format!("t{number}"), &image.manifest)
    };
    push().map_err(|error| anyhow!(error.chain()))
}
