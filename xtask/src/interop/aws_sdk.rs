//! The aws-sdk-ecr crate: a small program, built outside the workspace, and run against the server.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use plimsoll_testkit::Digest;

use super::aws;
use super::context::{Context, Steps, ask, same};
use crate::run::cargo;

/// Its manifest. Nothing but plain HTTP: no TLS library has to be built.
const MANIFEST: &str = r#"
[package]
name = "client"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
aws-sdk-ecr = { version = "1", default-features = false, features = ["behavior-version-latest", "rt-tokio"] }
aws-smithy-http-client = { version = "1", default-features = false, features = ["default-client"] }
tokio = { version = "1", features = ["macros", "rt"] }

[profile.dev]
debug = false
"#;
/// The configuration of the image that the program makes.
const IMAGE: &str = r#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#;

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let mut program = None;
    steps.step("build the program", || {
        program = Some(build(context)?);
        Ok(())
    });
    let Some(program) = program else { return };
    steps.step("repository, layers, images, pages, errors", || {
        let mut client = context.command(&program.display().to_string());
        aws::environment(context, &mut client).env("IMAGE", IMAGE);
        client.env("IMAGE_DIGEST", Digest::sha256(IMAGE.as_bytes()).to_string());
        same("what it says", &ask(&mut client)?, "done")
    });
}

fn build(context: &Context) -> Result<PathBuf> {
    let project = context.path("aws-sdk");
    fs::create_dir_all(project.join("src"))?;
    fs::write(project.join("Cargo.toml"), MANIFEST)?;
    fs::write(project.join("src/main.rs"), include_str!("aws_sdk/client.rs"))?;
    let target = project.join("target");
    ask(cargo(&project).args(["build", "--quiet", "--target-dir"]).arg(&target))?;
    Ok(target.join("debug/client"))
}
