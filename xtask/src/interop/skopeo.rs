//! skopeo: copies between archives, layouts and the registry, whole indexes and converted manifests.

use std::process::Command;

use plimsoll_testkit::Digest;

use super::context::{Context, Steps, ask, same};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let skopeo = |arguments: &[&str]| {
        let mut command: Command = context.command("skopeo");
        command.args(["--insecure-policy"]).args(arguments);
        command
    };
    let (user, password) = context.login();
    let host = context.host();
    let docker = |repository: &str| format!("docker://{}", context.reference(repository));
    let insecure = "--dest-tls-verify=false";

    steps.step("login", || {
        ask(&mut skopeo(&["login", "--tls-verify=false", "-u", user, "-p", password, &host])).map(|_| ())
    });
    steps.step("copy docker-archive to registry", || {
        let source = format!("docker-archive:{}", context.docker_archive.display());
        ask(&mut skopeo(&["copy", insecure, &source, &docker("skopeo:1")])).map(|_| ())
    });
    steps.step("copy registry to OCI layout", || {
        let target = format!("oci:{}:1", context.path("skopeo-layout").display());
        ask(&mut skopeo(&["copy", "--src-tls-verify=false", &docker("skopeo:1"), &target])).map(|_| ())
    });
    steps.step("copy OCI layout to registry, same digest", || {
        let source = format!("oci:{}:1", context.oci_layout.display());
        ask(&mut skopeo(&["copy", "--preserve-digests", insecure, &source, &docker("skopeo:oci")]))?;
        same("digest", &context.digest("skopeo", "oci")?, &context.image.manifest.digest.to_string())
    });
    steps.step("copy registry to directory, same bytes", || {
        let directory = context.path("skopeo-dir");
        let target = format!("dir:{}", directory.display());
        ask(&mut skopeo(&["copy", "--preserve-digests", "--src-tls-verify=false", &docker("skopeo:oci"), &target]))?;
        let bytes = std::fs::read(directory.join("manifest.json"))?;
        same("digest", &Digest::sha256(&bytes).to_string(), &context.image.manifest.digest.to_string())
    });
    steps.step("copy --format v2s2", || {
        let source = format!("oci:{}:1", context.oci_layout.display());
        ask(&mut skopeo(&["copy", "--format", "v2s2", insecure, &source, &docker("skopeo:v2s2")]))?;
        let raw = ask(&mut skopeo(&["inspect", "--raw", "--tls-verify=false", &docker("skopeo:v2s2")]))?;
        let raw: serde_json::Value = serde_json::from_str(&raw)?;
        let media_type = raw["mediaType"].as_str().unwrap_or_default();
        same("media type", media_type, "application/vnd.docker.distribution.manifest.v2+json")
    });
    steps.step("copy --multi-arch all of an index", || {
        let index = context.push_index("skopeo-index", "1")?;
        let (from, to) = (docker("skopeo-index:1"), docker("skopeo-index-copy:1"));
        ask(&mut skopeo(&["copy", "--multi-arch", "all", "--src-tls-verify=false", insecure, &from, &to]))?;
        same("digest", &context.digest("skopeo-index-copy", "1")?, &index.digest.to_string())
    });
    steps.step("list-tags", || {
        let tags = ask(&mut skopeo(&["list-tags", "--tls-verify=false", &docker("skopeo")]))?;
        let tags: serde_json::Value = serde_json::from_str(&tags)?;
        same("tags", &tags["Tags"].to_string(), r#"["1","oci","v2s2"]"#)
    });
    steps.step("inspect", || {
        let digest = ask(&mut skopeo(&["inspect", "--tls-verify=false", "--format={{.Digest}}", &docker("skopeo:1")]))?;
        same("digest", &digest, &context.digest("skopeo", "1")?)
    });
    steps.step("delete", || {
        ask(&mut skopeo(&["delete", "--tls-verify=false", &docker("skopeo:v2s2")]))?;
        anyhow::ensure!(context.digest("skopeo", "v2s2").is_err(), "the tag is still there");
        Ok(())
    });
}
