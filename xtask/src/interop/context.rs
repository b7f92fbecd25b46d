//! What every client's steps share: the server, a home of their own, things to push, and the printed lines.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use plimsoll_testkit::registry::RegistryClient;
use plimsoll_testkit::{RealBinary, ServeOptions, archive};
use tempfile::TempDir;

use crate::run::{find_program, output};

/// No client step takes longer; one that does hangs.
const STEP_SECONDS: &str = "180";
/// The repositories whose pulls a gate refuses.
pub(super) const GATED: &str = "gated";
/// The name of that gate's rule, which the refusal must print.
pub(super) const GATE_RULE: &str = "nothing-unjudged";

/// The server and what the clients push to it.
pub(crate) struct Context {
    /// The program that runs as the server, for its other commands.
    pub(crate) binary: PathBuf,
    pub(crate) server: RealBinary,
    /// A small image as `docker save` writes it.
    pub(crate) docker_archive: PathBuf,
    /// The same image as an OCI layout, tagged `1`.
    pub(crate) oci_layout: PathBuf,
    /// A root file system to import.
    pub(crate) rootfs: PathBuf,
    pub(crate) image: Image,
    directory: TempDir,
}

impl Context {
    /// Starts the server on an empty directory.
    pub(crate) fn start(binary: &Path) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let at = |name: &str| directory.path().join(name);
        let config = at("plimsoll.toml");
        fs::write(&config, configuration())?;
        let options = ServeOptions { config: Some(config), ..ServeOptions::default() };
        let server = RealBinary::start(binary, &at("data"), &options).map_err(|error| anyhow!(error.chain()))?;
        let image = image("amd64")?;
        let (docker_archive, oci_layout, rootfs) = (at("docker.tar"), at("layout"), at("rootfs.tar"));
        fs::write(&docker_archive, archive::docker_save(&[("interop/app:1", &image)]))?;
        for (path, content) in archive::oci_layout("1", &image) {
            let path = oci_layout.join(path);
            fs::create_dir_all(path.parent().context("a layout's file has a directory")?)?;
            fs::write(path, content)?;
        }
        fs::write(&rootfs, &image.layers[0].tar)?;
        Ok(Self { binary: binary.to_owned(), server, docker_archive, oci_layout, rootfs, image, directory })
    }

    /// The server's address as a registry host.
    pub(crate) fn host(&self) -> String {
        self.server.address().to_string()
    }

    /// A repository on the server, with the host.
    pub(crate) fn reference(&self, repository: &str) -> String {
        format!("{}/interop/{repository}", self.server.address())
    }

    /// The user and password of the administrator.
    pub(crate) fn login(&self) -> (&str, &str) {
        let credentials = self.server.credentials();
        (&credentials.access_key_id, &credentials.secret_access_key)
    }

    /// A client of our own, to look at what others pushed.
    pub(crate) fn registry(&self) -> RegistryClient {
        self.server.registry()
    }

    /// The digest the server has for `interop/<repository>` under a tag.
    pub(crate) fn digest(&self, repository: &str, tag: &str) -> Result<String> {
        let manifest = self.registry().manifest(&format!("interop/{repository}"), tag);
        let manifest = manifest.map_err(|error| anyhow!(error.chain()))?;
        Ok(manifest.with_context(|| format!("the server has no {repository}:{tag}"))?.digest.to_string())
    }

    /// Pushes an index of two platforms as `interop/<repository>:<tag>` and returns it.
    pub(crate) fn push_index(&self, repository: &str, tag: &str) -> Result<Document> {
        let images = [image("amd64")?, image("arm64")?];
        let index = index(Format::Oci, &images);
        let repository = format!("interop/{repository}");
        let mut registry = self.registry();
        let mut push = || {
            for image in &images {
                registry.push_image(&repository, &image.manifest.digest.to_string(), image)?;
            }
            registry.put_manifest(&repository, tag, &index)
        };
        push().map_err(|error| anyhow!(error.chain()))?;
        Ok(index)
    }

    /// A path in the run's own directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A client's command, with a time limit and a home of its own.
    pub(crate) fn command(&self, program: &str) -> Command {
        self.command_within(STEP_SECONDS, program)
    }

    /// The same with a time limit of its own, in seconds.
    pub(crate) fn command_within(&self, seconds: &str, program: &str) -> Command {
        let home = self.path("home");
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", seconds]);
        command.arg(find_program(program).unwrap_or_else(|| program.into()));
        command
            .current_dir(self.directory.path())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("DOCKER_CONFIG", home.join(".docker"))
            .env("REGISTRY_AUTH_FILE", home.join("auth.json"));
        // Created here and not at the start: a client's leftovers must not reach the next run.
        drop(fs::create_dir_all(home.join("run")));
        command
    }
}

/// The server's configuration: one gate, over repositories that anyone may pull from.
fn configuration() -> String {
    format!(
        "[anonymous]\npull = [\"{GATED}/*\"]\n\n[[gates]]\nname = \"{GATE_RULE}\"\nrepositories = [\"{GATED}/*\"]\n\
         severity = \"critical\"\n"
    )
}

/// A small image that looks like a distribution, of one gzip layer.
fn image(architecture: &str) -> Result<Image> {
    let layer = LayerBuilder::new()
        .directory("etc")
        .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("etc/architecture", architecture)
        .executable("bin/app", plimsoll_testkit::random_blob(7, 100_000))
        .build(Compression::Gzip)?;
    Ok(ImageBuilder::new().platform("linux", architecture).layer(layer).build())
}

/// Runs a client's steps and prints a line for each.
pub(crate) struct Steps {
    client: &'static str,
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Steps {
    pub(crate) fn new(client: &'static str) -> Self {
        Self { client, passed: 0, failed: 0 }
    }

    /// Runs one step.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        let begun = Instant::now();
        let outcome = work();
        let seconds = begun.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("ok   {:12} {name:44} {seconds:6.2} s", self.client);
            }
            Err(error) => {
                self.failed += 1;
                println!("FAIL {:12} {name:44} {seconds:6.2} s", self.client);
                println!("     {}", format!("{error:#}").replace('\n', "\n     "));
            }
        }
    }
}

/// Runs a command that must succeed, and returns its output without the spaces around it.
pub(crate) fn ask(command: &mut Command) -> Result<String> {
    Ok(output(command)?.trim().to_owned())
}

/// Runs a command that reads `input` and must succeed, and returns its output without the spaces around it.
pub(super) fn ask_with(input: &str, command: &mut Command) -> Result<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("no input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{}: {}", output.status, String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Runs a command that must fail, and returns everything it printed.
pub(super) fn refused(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if output.status.success() {
        bail!("it was not refused: {text}");
    }
    Ok(text)
}

/// Two things that must be the same.
pub(crate) fn same(what: &str, left: &str, right: &str) -> Result<()> {
    if left != right {
        bail!("{what}: {left} is not {right}");
    }
    Ok(())
}
