//! `cargo xtask interop`: real clients against a real server, one line for each client and step.

mod aws;
mod aws_sdk;
mod boto3;
mod buildah;
mod context;
mod cosign;
mod crane;
mod docker;
mod ecr_helper;
mod ecr_login;
mod formats;
mod guide;
mod helm;
pub(crate) mod install;
mod podman;
mod regctl;
mod skopeo;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::run::build_release;
use context::{Context, Steps};
use install::Source;

/// How the interop run is asked for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only these clients
    #[arg(long)]
    only: Vec<String>,
    /// Fail when a client cannot be installed
    #[arg(long)]
    strict: bool,
    /// A server binary to use instead of building one
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// One client: the programs it needs, and what is done with it.
struct Client {
    name: &'static str,
    needs: &'static [(&'static str, Source)],
    run: fn(&Context, &mut Steps),
}

const DOCKER: (&str, Source) = ("docker", Source::Apt("docker.io"));
const DOCKERD: (&str, Source) = ("dockerd", Source::Apt("docker.io"));
const SKOPEO: (&str, Source) = ("skopeo", Source::Apt("skopeo"));
const CRANE: (&str, Source) = ("crane", Source::Go("github.com/google/go-containerregistry/cmd/crane@latest"));
const AWS: (&str, Source) = ("aws", Source::Pip("awscli"));

const VALIDATORS: &[(&str, Source)] = &[
    ("cyclonedx", Source::Python("cyclonedx-python-lib[json-validation]")),
    ("jsonschema", Source::Python("jsonschema")),
    ("junitparser", Source::Python("junitparser")),
    ("packageurl", Source::Python("packageurl-python")),
    ("spdx_tools", Source::Python("spdx-tools")),
    (formats::SARIF, Source::Npm),
];

const CLIENTS: [Client; 18] = [
    Client { name: "docker", needs: &[DOCKER, DOCKERD], run: docker::run },
    Client { name: "skopeo", needs: &[SKOPEO], run: skopeo::run },
    Client { name: "podman", needs: &[("podman", Source::Apt("podman"))], run: podman::run },
    Client { name: "buildah", needs: &[("buildah", Source::Apt("buildah"))], run: buildah::run },
    Client { name: "crane", needs: &[CRANE], run: crane::run },
    Client {
        name: "cosign",
        needs: &[("cosign", Source::Go("github.com/sigstore/cosign/v3/cmd/cosign@latest"))],
        run: cosign::run,
    },
    Client {
        name: "regctl",
        needs: &[("regctl", Source::Go("github.com/regclient/regclient/cmd/regctl@latest"))],
        run: regctl::run,
    },
    Client { name: "helm", needs: &[("helm", Source::Go("helm.sh/helm/v3/cmd/helm@latest"))], run: helm::run },
    Client { name: "aws", needs: &[AWS], run: aws::run },
    Client { name: "boto3", needs: &[("boto3", Source::Python("boto3"))], run: boto3::run },
    Client { name: "aws+docker", needs: &[AWS, DOCKER, DOCKERD], run: ecr_login::docker },
    Client { name: "aws+skopeo", needs: &[AWS, SKOPEO], run: ecr_login::skopeo },
    Client { name: "aws+crane", needs: &[AWS, CRANE], run: ecr_login::crane },
    Client {
        name: "ecr-login",
        needs: &[(
            "docker-credential-ecr-login",
            Source::Go(
                "github.com/awslabs/amazon-ecr-credential-helper/ecr-login/cli/docker-credential-ecr-login@latest",
            ),
        )],
        run: ecr_helper::run,
    },
    Client { name: "aws-sdk-ecr", needs: &[("aws-sdk-ecr", Source::Crate)], run: aws_sdk::run },
    Client {
        name: "ecr-guide",
        needs: &[AWS, DOCKER, DOCKERD, ("jq", Source::Apt("jq")), ("curl", Source::Apt("curl"))],
        run: guide::run,
    },
    Client { name: "formats", needs: VALIDATORS, run: formats::validate },
    Client {
        name: "syft",
        needs: &[("syft", Source::Go("github.com/anchore/syft/cmd/syft@latest"))],
        run: formats::syft,
    },
];

pub(crate) fn interop(arguments: &Arguments) -> Result<()> {
    let binary = match &arguments.binary {
        Some(binary) => binary.clone(),
        None => build_release(&["plimsoll-cli"])?.join("plimsoll"),
    };
    let wanted = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    let context = Context::start(&binary)?;
    let (mut failed, mut skipped, mut passed) = (0, 0, 0);
    for client in CLIENTS.iter().filter(|client| wanted(client.name)) {
        if let Err(error) = install::ensure(client.needs) {
            println!("skip {} {error:#}", client.name);
            skipped += 1;
            continue;
        }
        let mut steps = Steps::new(client.name);
        (client.run)(&context, &mut steps);
        failed += steps.failed;
        passed += steps.passed;
    }
    println!("{passed} steps passed, {failed} failed, {skipped} clients skipped");
    if failed > 0 {
        println!("the server's output ends with:\n{}", context.server.output());
    }
    if failed > 0 || (arguments.strict && skipped > 0) {
        bail!("{failed} steps failed, {skipped} clients skipped");
    }
    Ok(())
}
