//! Findings: how soon after a push they are there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use plimsoll_testkit::Error;
use plimsoll_testkit::image::Document;
use plimsoll_testkit::registry::RegistryClient;
use plimsoll_testkit::{RealBinary, ServeOptions};
use serde_json::Value;

use super::Setup;
use super::measure::{Row, median, seconds};
use super::peers::PLIMSOLL;
use crate::interop::install::{Source, ensure};
use crate::run::{find_program, output};

/// The time of the manifest's `PUT` when the layers were just streamed, and when everything was known.
pub(super) fn findings(setup: &Setup) -> Result<Vec<Row>> {
    let archive = setup.image.as_ref().context("needs --image, a docker save archive")?;
    ensure(&[("skopeo", Source::Apt("skopeo"))])?;
    let directory = tempfile::tempdir_in(setup.directory.path())?;
    let layout = Layout::from_archive(archive, &directory.path().join("layout"))?;
    let (mut fresh, mut known, mut answer) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..setup.runs {
        let data = directory.path().join(format!("data-{run}"));
        import_advisories(setup, &data)?;
        let server = start(setup, &data)?;
        let mut registry = server.registry();
        layout.push_blobs(&mut registry)?;
        let put = |registry: &mut RegistryClient, tag: &str| {
            let put = registry.put_manifest("bench/image", tag, &layout.manifest);
            put.map_err(|error| anyhow!(error.chain()))
        };
        fresh.push(1000.0 * seconds(|| put(&mut registry, "1"))?);
        answer.push(1000.0 * seconds(|| ask_findings(setup, &server))?);
        layout.push_blobs(&mut registry)?;
        known.push(1000.0 * seconds(|| put(&mut registry, "2"))?);
    }
    let row = |work: &str, times, aim| Row {
        work: work.to_owned(),
        unit: "ms",
        values: vec![(PLIMSOLL, median(times))],
        aim,
        less: true,
    };
    Ok(vec![
        row("manifest PUT, layers just streamed", fresh, "50 ms"),
        row("manifest PUT, everything known", known, "5 ms"),
        row("`plimsoll findings` right after, process included", answer, "complete"),
    ])
}

/// Findings must be there at once: the command fails when they are still being made.
fn ask_findings(setup: &Setup, server: &RealBinary) -> Result<()> {
    let mut command = Command::new(&setup.binary);
    command.args(["findings", "bench/image:1", "--format", "json", "--server"]);
    command.arg(format!("http://{}", server.address()));
    command.arg("--data").arg(server.data());
    let (found, _) = answer(&mut command)?;
    found["findings"].as_array().context("an answer without findings").map(|_| ())
}

/// A command whose time and peak memory are printed last on its standard error.
pub(super) fn timed(program: &Path) -> Command {
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "%e %M"]).arg(program);
    command
}

/// Milliseconds and MiB of a timed command that answers in JSON.
pub(super) fn cost(command: &mut Command) -> Result<(f64, f64)> {
    let (_, errors) = answer(command)?;
    cost_in(&errors)
}

/// Milliseconds and MiB that [`timed`] printed.
pub(super) fn cost_in(errors: &str) -> Result<(f64, f64)> {
    let last = errors.lines().next_back().and_then(|line| line.split_once(' ')).context("time printed nothing")?;
    Ok((1000.0 * last.0.parse::<f64>()?, last.1.parse::<f64>()? / 1024.0))
}

/// The JSON a scanner answers with, and what it prints beside. Its exit code is its verdict on the image and not on the
/// run; whether it ran at all shows in the answer.
fn answer(command: &mut Command) -> Result<(Value, String)> {
    let output = command.output()?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let answer = serde_json::from_slice(&output.stdout).with_context(|| format!("{}: {errors}", output.status))?;
    Ok((answer, errors))
}

pub(super) fn import_advisories(setup: &Setup, data: &Path) -> Result<()> {
    let Some(advisories) = &setup.advisories else { return Ok(()) };
    fs::create_dir_all(data)?;
    output(Command::new(&setup.binary).args(["db", "import"]).arg(advisories).arg("--data").arg(data)).map(|_| ())
}

fn start(setup: &Setup, data: &Path) -> Result<RealBinary> {
    let options = ServeOptions { deadline: Duration::from_mins(1), ..ServeOptions::default() };
    RealBinary::start(&setup.binary, data, &options).map_err(|error| anyhow!(error.chain()))
}

/// An image read from an OCI layout.
struct Layout {
    manifest: Document,
    blobs: Vec<(String, PathBuf)>,
}

impl Layout {
    /// Converts a `docker save` archive, which compresses its layers as a push would.
    fn from_archive(archive: &Path, layout: &Path) -> Result<Self> {
        let mut skopeo = Command::new(find_program("skopeo").context("skopeo")?);
        skopeo.args(["--insecure-policy", "copy", "--quiet"]);
        skopeo.arg(format!("docker-archive:{}", archive.display())).arg(format!("oci:{}:1", layout.display()));
        output(&mut skopeo)?;
        let path = |digest: &str| layout.join("blobs").join(digest.replace(':', "/"));
        let read = |value: &Value| value["digest"].as_str().map(str::to_owned).context("a descriptor without digest");
        let index: Value = serde_json::from_slice(&fs::read(layout.join("index.json"))?)?;
        let bytes = fs::read(path(&read(&index["manifests"][0])?))?;
        let manifest: Value = serde_json::from_slice(&bytes)?;
        let layers = manifest["layers"].as_array().into_iter().flatten();
        let blobs = layers.chain([&manifest["config"]]).map(|descriptor| {
            let digest = read(descriptor)?;
            let path = path(&digest);
            Ok((digest, path))
        });
        let blobs = blobs.collect::<Result<_>>()?;
        Ok(Self { manifest: Document::new("application/vnd.oci.image.manifest.v1+json", bytes), blobs })
    }

    /// Pushes what the server does not have.
    fn push_blobs(&self, registry: &mut RegistryClient) -> Result<()> {
        for (digest, path) in &self.blobs {
            let digest = digest.parse().map_err(|_| anyhow!("{digest} is no digest"))?;
            let mut push = || -> Result<(), Error> {
                if registry.has_blob("bench/image", &digest)? {
                    return Ok(());
                }
                let file = fs::File::open(path).map_err(|source| Error::File { path: path.clone(), source })?;
                registry.push_blob_streamed("bench/image", &digest, &mut &file)
            };
            push().map_err(|error| anyhow!(error.chain()))?;
        }
        Ok(())
    }
}
