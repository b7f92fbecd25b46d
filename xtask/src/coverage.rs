//! `cargo xtask coverage`: the newest botocore's model of the Amazon ECR API, proven operation by operation against a real
//! server.
//!
//! The program that walks the model is Python, beside this file, as the model and the signing of requests are botocore's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow};
use plimsoll_testkit::{RealBinary, ServeOptions};

use crate::advisories;
use crate::interop::install;
use crate::run::{self, cargo};

/// The server's settings: the account that the program's samples name, and a lifecycle job that does not let one wait.
const CONFIGURATION: &str = "account = \"123456789012\"\nregion = \"us-east-1\"\n\n[lifecycle]\ninterval_seconds = 1\n";

/// Which model, and which server.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The directory of an installed botocore, the one with `data` in it; the newest is installed without
    #[arg(long)]
    botocore: Option<PathBuf>,
    /// A server binary to use instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Only these services: ecr, ecr-public
    #[arg(long)]
    only: Vec<String>,
}

/// Walks the models and fails if something is neither proven nor excused.
pub(crate) fn coverage(root: &Path, arguments: &Arguments) -> Result<()> {
    let botocore = install::botocore(arguments.botocore.as_deref())?;
    let binary = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => build(root)?,
    };
    let directory = tempfile::tempdir()?;
    let (data, config) = (directory.path().join("data"), directory.path().join("plimsoll.toml"));
    fs::write(&config, CONFIGURATION)?;
    advisories::import(&binary, &data)?;
    let options = ServeOptions { config: Some(config), ..ServeOptions::default() };
    let server = RealBinary::start(&binary, &data, &options).map_err(|error| anyhow!(error.chain()))?;
    let mut program = Command::new("python3");
    program
        .arg(root.join("xtask/src/coverage"))
        .env("PYTHONPATH", botocore.parent().context("botocore lies in no directory")?)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("BOTOCORE", &botocore)
        .env("ENDPOINT", format!("http://{}", server.address()))
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", &server.credentials().access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", &server.credentials().secret_access_key);
    if !arguments.only.is_empty() {
        program.env("SERVICES", arguments.only.join(" "));
    }
    run::run(&mut program).with_context(|| format!("the server's output ends with:\n{}", server.output()))
}

/// An unoptimised build: most of the time goes to the program, and the tests have built it already.
fn build(root: &Path) -> Result<PathBuf> {
    run::run(cargo(root).args(["build", "--quiet", "--package", "plimsoll-cli"]))?;
    Ok(run::target_directory()?.join("debug/plimsoll"))
}
