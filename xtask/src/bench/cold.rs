//! What a scan without a server costs, beside the scanners that are installed.

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use plimsoll_testkit::layer::LayerBuilder;

use super::Setup;
use super::archive::{Part, files, long_file, write};
use super::measure::{Row, median};
use super::peers::PLIMSOLL;
use super::scan::{cost, import_advisories, timed};
use crate::interop::install::{Source, ensure};
use crate::run::find_program;

/// How many seconds a peer may take for one scan.
const PATIENCE: &str = "600";
/// How many files a directory of the image with many files has.
const FILES_IN_DIRECTORY: usize = 1_000;
/// How large a program of the large image is.
const PROGRAM: u64 = 200 << 20;

/// The archive that was given, matching included.
pub(super) fn image(setup: &Setup) -> Result<Vec<Row>> {
    let archive = setup.image.as_ref().context("needs --image, a docker save archive")?;
    setup.advisories.as_ref().context("needs --advisories, a directory of OSV records")?;
    let size = fs::metadata(archive)?.len() >> 20;
    let what = format!("scan of an archive of {size} MiB, matching included");
    measure(setup, archive, setup.runs.max(3), &what, ["5x osv-scanner, 10x syft", "a quarter of the leanest"])
}

/// Three million empty files, which compress to some 20 MiB.
pub(super) fn many_files(setup: &Setup) -> Result<Vec<Row>> {
    let directories = setup.scaled(3_000_000) / FILES_IN_DIRECTORY;
    let parts = (0..directories).map(|directory| {
        let paths = (0..FILES_IN_DIRECTORY).map(|file| format!("srv/data/{directory}/{file}"));
        files(&paths.fold(LayerBuilder::new(), |builder, path| builder.file(&path, b"")))
    });
    let archive = setup.directory.path().join("many-files.tar");
    write(&archive, iter::once(system()).chain(parts), true)?;
    let what = format!("scan of an image of {} files", directories * FILES_IN_DIRECTORY);
    let rows = measure(setup, &archive, setup.runs, &what, ["20 s", "200 MiB"])?;
    fs::remove_file(archive)?;
    Ok(rows)
}

/// 5.7 GB of long programs. The archive takes little room, as they are zeroes but for their beginning.
pub(super) fn large_image(setup: &Setup) -> Result<Vec<Row>> {
    let programs = setup.scaled(28);
    let beginning = [&b"\x7fELF\x02\x01\x01"[..], &[0; 57]].concat();
    let parts = (0..programs).flat_map(|number| long_file(&format!("opt/lib{number}.so"), PROGRAM, &beginning));
    let archive = setup.directory.path().join("large.tar");
    write(&archive, iter::once(system()).chain(parts), false)?;
    let what = format!("scan of an image of {:.1} GB", fs::metadata(&archive)?.len() as f64 / 1e9);
    let rows = measure(setup, &archive, setup.runs, &what, ["", "200 MiB"])?;
    fs::remove_file(archive)?;
    Ok(rows)
}

/// A distribution with a package, so that there is something to find.
fn system() -> Part {
    let builder = LayerBuilder::new().file("etc/os-release", "ID=debian\nVERSION_ID=12\n");
    files(&builder.file("var/lib/dpkg/status", "Package: zlib1g\nStatus: install ok installed\nVersion: 1:1.2.13\n"))
}

/// Scans the archive with each scanner in turn: the time, and the peak of memory.
fn measure(
    setup: &Setup,
    archive: &Path,
    runs: usize,
    what: &str,
    [time, memory]: [&'static str; 2],
) -> Result<Vec<Row>> {
    ensure(&[("time", Source::Apt("time"))])?;
    let directory = tempfile::tempdir_in(setup.directory.path())?;
    let data = directory.path().join("data");
    import_advisories(setup, &data)?;
    let mut scanners = vec![Scanner { name: PLIMSOLL, costs: Vec::new(), command: ours(setup, archive, &data) }];
    scanners.extend(osv_scanner(setup, archive, directory.path())?);
    scanners.extend(syft(archive));
    for _ in 0..runs {
        scanners = scanners.into_iter().filter_map(Scanner::run).collect();
    }
    let row = |unit, pick: fn(&(f64, f64)) -> f64, aim| {
        let value = |scanner: &Scanner| (scanner.name, median(scanner.costs.iter().map(pick).collect()));
        let values = scanners.iter().map(value).collect();
        let work = if unit == "ms" { what.to_owned() } else { format!("{what}: peak memory") };
        Row { work, unit, values, aim, less: true }
    };
    Ok(vec![row("ms", |cost| cost.0, time), row("MiB", |cost| cost.1, memory)])
}

/// A program that scans the archive, and what that has cost: milliseconds and MiB.
struct Scanner {
    name: &'static str,
    command: Command,
    costs: Vec<(f64, f64)>,
}

impl Scanner {
    /// Runs it once; a scanner that fails is left out from then on.
    fn run(mut self) -> Option<Self> {
        match cost(&mut self.command) {
            Ok(cost) => {
                println!("     {:13} {:.0} ms, {:.0} MiB", self.name, cost.0, cost.1);
                self.costs.push(cost);
                Some(self)
            }
            Err(error) => {
                println!("     {:13} {error:#}", self.name);
                None
            }
        }
    }
}

fn ours(setup: &Setup, archive: &Path, data: &Path) -> Command {
    let mut command = timed(&setup.binary);
    command.arg("scan").arg(archive).args(["--format", "json", "--data"]).arg(data);
    command
}

/// osv-scanner, on the same records.
fn osv_scanner(setup: &Setup, archive: &Path, directory: &Path) -> Result<Option<Scanner>> {
    let (Some(program), Some(advisories)) = (find_program("osv-scanner"), &setup.advisories) else { return Ok(None) };
    let cache = directory.join("cache");
    fs::create_dir_all(&cache)?;
    std::os::unix::fs::symlink(fs::canonicalize(advisories)?, cache.join("osv-scalibr"))?;
    let mut command = patient(&program);
    command.args(["scan", "image", "--offline", "--format", "json", "--archive"]).arg(archive);
    command.env("OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY", &cache);
    Ok(Some(Scanner { name: "osv-scanner", command, costs: Vec::new() }))
}

/// syft, which lists packages and does not match them.
fn syft(archive: &Path) -> Option<Scanner> {
    let mut command = patient(&find_program("syft")?);
    let mut source = PathBuf::from("docker-archive:").into_os_string();
    source.push(archive);
    command.arg("scan").arg(source).args(["--output", "json", "--quiet"]);
    command.env("SYFT_CHECK_FOR_APP_UPDATE", "false");
    Some(Scanner { name: "syft", command, costs: Vec::new() })
}

/// A scanner that ends when it takes too long.
fn patient(program: &Path) -> Command {
    let mut command = timed(Path::new("timeout"));
    command.arg(PATIENCE).arg(program);
    command
}
