//! docker-credential-ecr-login, the credential helper of Amazon ECR.
//!
//! It knows registries by Amazon's host names only, and trusts an answer only if it is for such a host. So it is asked as docker
//! asks it, of a server that stands behind such names, and the credentials it gives are tried at that server.

use std::fs;
use std::process::Command;

use anyhow::{Result, anyhow, ensure};
use plimsoll_testkit::http::{Client, Request};
use plimsoll_testkit::{RealBinary, ServeOptions};
use serde_json::Value;

use super::aws::{self, ACCOUNT, REGION};
use super::context::{Context, Steps, ask_with};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let mut server = None;
    steps.step("start a server behind Amazon's names", || {
        server = Some(start(context)?);
        Ok(())
    });
    let Some(server) = server else { return };
    let host = format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com");
    steps.step("get, with credentials that work", || {
        let credentials: Value = serde_json::from_str(&ask_with(&host, &mut helper(context, &server, "get"))?)?;
        ensure!(credentials["Username"] == "AWS", "{credentials}");
        let secret = credentials["Secret"].as_str().unwrap_or_default();
        ensure!(status(&server, secret)? == 200, "the credentials are refused");
        ensure!(status(&server, &secret[1..])? == 401, "any credentials are good");
        Ok(())
    });
    steps.step("get of another host is the helper's refusal", || {
        let refused = ask_with(&server.address().to_string(), &mut helper(context, &server, "get"));
        ensure!(refused.is_err(), "it has credentials for a loopback address");
        Ok(())
    });
    steps.step("list", || {
        let list = ask_with("", &mut helper(context, &server, "list"))?;
        ensure!(list.contains(&host), "{list}");
        Ok(())
    });
}

fn start(context: &Context) -> Result<RealBinary> {
    let config = context.path("amazon.toml");
    fs::write(
        &config,
        format!("public_url = \"https://{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com\"\nhost_suffix = \"amazonaws.com\"\n"),
    )?;
    let options = ServeOptions { config: Some(config), ..ServeOptions::default() };
    RealBinary::start(&context.binary, &context.path("amazon"), &options).map_err(|error| anyhow!(error.chain()))
}

fn helper(context: &Context, server: &RealBinary, verb: &str) -> Command {
    let mut command = context.command("docker-credential-ecr-login");
    let credentials = server.credentials();
    aws::environment(context, &mut command)
        .env("AWS_ENDPOINT_URL", format!("http://{}", server.address()))
        .env("AWS_ACCESS_KEY_ID", &credentials.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", &credentials.secret_access_key)
        .arg(verb);
    command
}

/// The status of docker's first question with this password.
fn status(server: &RealBinary, password: &str) -> Result<u16> {
    let answer = Client::new(server.address()).basic("AWS", password).send(Request::new("GET", "/v2/"));
    Ok(answer.map_err(|error| anyhow!(error.chain()))?.status)
}
