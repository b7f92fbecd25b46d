//! crane: push, pull, list, copy and delete, with byte-identical manifests.

use plimsoll_testkit::Digest;

use super::context::{Context, Steps, ask, same};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let crane = |arguments: &[&str]| {
        let mut command = context.command("crane");
        command.arg("--insecure").args(arguments);
        command
    };
    let (user, password) = context.login();
    let host = context.host();
    let (reference, copy) = (context.reference("crane:1"), context.reference("crane-copy:2"));
    let layout = context.oci_layout.display().to_string();
    let image = context.image.manifest.digest.to_string();

    steps.step("auth login", || ask(&mut crane(&["auth", "login", &host, "-u", user, "-p", password])).map(|_| ()));
    steps.step("push a docker archive", || {
        let archive = context.docker_archive.display().to_string();
        let pushed = ask(&mut crane(&["push", &archive, &context.reference("crane:archive")]))?;
        let digest = pushed.rsplit('@').next().unwrap_or_default();
        same("digest", digest, &context.digest("crane", "archive")?)
    });
    steps.step("push an OCI layout, same digest", || {
        let pushed = ask(&mut crane(&["push", &layout, &reference]))?;
        same("digest", pushed.rsplit('@').next().unwrap_or_default(), &image)
    });
    steps.step("digest", || same("digest", &ask(&mut crane(&["digest", &reference]))?, &image));
    steps.step("manifest, same bytes", || {
        let bytes = crate::run::output(&mut crane(&["manifest", &reference]))?.into_bytes();
        same("digest", &Digest::sha256(&bytes).to_string(), &image)
    });
    steps.step("pull to an OCI layout, same digest", || {
        let target = context.path("crane-layout").display().to_string();
        ask(&mut crane(&["pull", "--format", "oci", &reference, &target]))?;
        let index = std::fs::read(context.path("crane-layout/index.json"))?;
        let index: serde_json::Value = serde_json::from_slice(&index)?;
        same("digest", index["manifests"][0]["digest"].as_str().unwrap_or_default(), &image)
    });
    steps.step("validate", || ask(&mut crane(&["validate", "--remote", &reference])).map(|_| ()));
    steps.step("copy to another repository", || {
        ask(&mut crane(&["copy", &reference, &copy]))?;
        same("digest", &context.digest("crane-copy", "2")?, &image)
    });
    steps.step("copy an index", || {
        let index = context.push_index("crane-index", "1")?;
        ask(&mut crane(&["copy", &context.reference("crane-index:1"), &context.reference("crane-index-copy:1")]))?;
        same("digest", &context.digest("crane-index-copy", "1")?, &index.digest.to_string())
    });
    steps.step("tag", || {
        ask(&mut crane(&["tag", &reference, "again"]))?;
        same("digest", &context.digest("crane", "again")?, &image)
    });
    steps.step("ls", || same("tags", &ask(&mut crane(&["ls", &context.reference("crane")]))?, "1\nagain\narchive"));
    steps.step("catalog", || {
        let catalog = ask(&mut crane(&["catalog", &host]))?;
        anyhow::ensure!(catalog.lines().any(|name| name == "interop/crane"), "not in the catalog: {catalog}");
        Ok(())
    });
    steps.step("delete", || {
        ask(&mut crane(&["delete", &format!("{}@{image}", context.reference("crane-copy"))]))?;
        anyhow::ensure!(context.digest("crane-copy", "2").is_err(), "the manifest is still there");
        Ok(())
    });
}
