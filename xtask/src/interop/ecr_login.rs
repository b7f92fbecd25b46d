//! docker, skopeo and crane, logged in by `aws ecr get-login-password`.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::aws;
use super::context::{Context, Steps, ask, ask_with, refused, same};
use super::docker::Engine;

pub(super) fn docker(context: &Context, steps: &mut Steps) {
    let mut engine = None;
    steps.step("start dockerd", || {
        engine = Some(Engine::start(context)?);
        Ok(())
    });
    if let Some(engine) = &engine {
        let docker = |arguments: &[&str]| engine.docker(context, arguments);
        let reference = create(context, steps, "ecr-docker");
        let host = context.host();
        steps.step("get-login-password | login", || {
            log_in(context, docker(&["login", "--username", "AWS", "--password-stdin", &host]))
        });
        steps.step("push", || {
            ask(&mut docker(&["import", &context.rootfs.display().to_string(), &reference]))?;
            ask(&mut docker(&["push", "--quiet", &reference])).map(|_| ())
        });
        steps.step("push to a tag that is immutable is refused", || {
            ask(&mut docker(&["import", "--message", "another", &context.rootfs.display().to_string(), &reference]))?;
            let text = refused(&mut docker(&["push", &reference]))?;
            ensure!(text.contains("cannot be overwritten because the tag is immutable"), "{text}");
            Ok(())
        });
        steps.step("pull", || ask(&mut docker(&["pull", "--quiet", &reference])).map(|_| ()));
        steps.step("push without permission is refused", || {
            without_permission(context, |host| docker(&["login", "--username", "AWS", "--password-stdin", host]))?;
            let text = refused(&mut docker(&["push", &reference]))?;
            ensure!(text.contains("is not authorized to perform: ecr:"), "{text}");
            Ok(())
        });
    }
    steps.step("stop dockerd", || engine.map_or(Ok(()), Engine::stop));
}

pub(super) fn skopeo(context: &Context, steps: &mut Steps) {
    let skopeo = |arguments: &[&str]| {
        let mut command = context.command("skopeo");
        command.args(arguments);
        command
    };
    let reference = format!("docker://{}", create(context, steps, "ecr-skopeo"));
    let layout = format!("oci:{}:1", context.oci_layout.display());
    let image = context.image.manifest.digest.to_string();
    let host = context.host();
    steps.step("get-login-password | login", || {
        log_in(context, skopeo(&["login", "--tls-verify=false", "--username", "AWS", "--password-stdin", &host]))
    });
    steps.step("copy, same digest", || {
        ask(&mut skopeo(&["copy", "--dest-tls-verify=false", &layout, &reference]))?;
        same("digest", &context.digest("ecr-skopeo", "1")?, &image)
    });
    steps.step("inspect", || {
        let digest = ask(&mut skopeo(&["inspect", "--tls-verify=false", "--format", "{{.Digest}}", &reference]))?;
        same("digest", &digest, &image)
    });
    steps.step("logout", || ask(&mut skopeo(&["logout", &host])).map(|_| ()));
}

pub(super) fn crane(context: &Context, steps: &mut Steps) {
    let crane = |arguments: &[&str]| {
        let mut command = context.command("crane");
        command.arg("--insecure").args(arguments);
        command
    };
    let reference = create(context, steps, "ecr-crane");
    let image = context.image.manifest.digest.to_string();
    let host = context.host();
    steps.step("get-login-password | auth login", || {
        log_in(context, crane(&["auth", "login", &host, "--username", "AWS", "--password-stdin"]))
    });
    steps.step("push, same digest", || {
        ask(&mut crane(&["push", &context.oci_layout.display().to_string(), &reference]))?;
        same("digest", &context.digest("ecr-crane", "1")?, &image)
    });
    steps.step("validate", || ask(&mut crane(&["validate", "--remote", &reference])).map(|_| ()));
    steps.step("auth logout", || ask(&mut crane(&["auth", "logout", &host])).map(|_| ()));
}

/// Makes a repository with immutable tags, and returns what clients call its tag `1`.
fn create(context: &Context, steps: &mut Steps, name: &str) -> String {
    steps.step("create-repository", || {
        let mut create = context.command("aws");
        aws::environment(context, &mut create).args([
            "ecr",
            "create-repository",
            "--image-tag-mutability",
            "IMMUTABLE",
        ]);
        ask(create.args(["--repository-name", &format!("interop/{name}")])).map(|_| ())
    });
    context.reference(&format!("{name}:1"))
}

/// Runs a login that reads the administrator's password from its input.
fn log_in(context: &Context, mut login: Command) -> Result<()> {
    let mut password = context.command("aws");
    aws::environment(context, &mut password).args(["ecr", "get-login-password"]);
    ask_with(&ask(&mut password)?, &mut login).map(|_| ())
}

/// Logs in as a user who may log in and nothing else.
fn without_permission(context: &Context, login: impl FnOnce(&str) -> Command) -> Result<()> {
    let mut create = Command::new(&context.binary);
    create.args(["user", "create", "nobody", "--key", "--format", "json", "--data"]).arg(context.server.data());
    let created: serde_json::Value = serde_json::from_str(&ask(&mut create)?)?;
    let member = |name: &str| created["AccessKey"][name].as_str().context("no access key");
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"}}"#;
    let mut allow = context.command("aws");
    aws::environment(context, &mut allow).args(["iam", "put-user-policy", "--user-name", "nobody"]);
    ask(allow.args(["--policy-name", "log-in", "--policy-document", policy]))?;
    let mut password = context.command("aws");
    aws::environment(context, &mut password).args(["ecr", "get-login-password"]);
    password.env("AWS_ACCESS_KEY_ID", member("AccessKeyId")?).env("AWS_SECRET_ACCESS_KEY", member("SecretAccessKey")?);
    ask_with(&ask(&mut password)?, &mut login(&context.host())).map(|_| ())
}
