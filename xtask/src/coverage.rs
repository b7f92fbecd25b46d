//! `cargo xtask coverage`: the newest botocore's model of the Amazon ECR API, proven operation by operation against a real
//! server.
//!
//! The program that walks the model is Python, beside this file, as the model and the signing of requests are botocore's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow};
use plimsoll_testkit::{Issuer, RealBinary, ServeOptions};
use serde_json::json;

use crate::advisories;
use crate::interop::install;
use crate::run::{self, cargo};

/// The issuer of web identities that the server knows.
const ISSUER: &str = "https://ci.example";

/// Which model, and which server.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The directory of an installed botocore, the one with `data` in it; the newest is installed without
    #[arg(long)]
    botocore: Option<PathBuf>,
    /// A server binary to use instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Only these services: ecr, ecr-public, sts, iam
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
    let [data, config, keys] = ["data", "plimsoll.toml", "keys.json"].map(|name| directory.path().join(name));
    let issuer = Issuer::new().map_err(|error| anyhow!(error.chain()))?;
    fs::write(&keys, issuer.keys())?;
    fs::write(&config, configuration(&keys))?;
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
        .env("WEB_IDENTITY_TOKENS", tokens(&issuer).map_err(|error| anyhow!(error.chain()))?)
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

/// The server's settings: the account that the program's samples name, a lifecycle job that does not let one wait, and an
/// issuer by its keys.
fn configuration(keys: &Path) -> String {
    format!(
        "account = '123456789012'\nregion = 'us-east-1'\n\n[lifecycle]\ninterval_seconds = 1\n\n\
         [[oidc]]\nissuer = '{ISSUER}'\naudiences = ['plimsoll']\njwks = '{}'\n",
        keys.display()
    )
}

/// Tokens of the issuer, and ones that are not as they should be.
fn tokens(issuer: &Issuer) -> Result<String, plimsoll_testkit::Error> {
    let by = |signer: &Issuer, url: &str, lasts| signer.token(url, "job", "plimsoll", lasts);
    Ok(json!({
        "good": by(issuer, ISSUER, 600)?,
        "expired": by(issuer, ISSUER, -600)?,
        "foreign": by(issuer, "https://other.example", 600)?,
        "forged": by(&Issuer::new()?, ISSUER, 600)?,
    })
    .to_string())
}
