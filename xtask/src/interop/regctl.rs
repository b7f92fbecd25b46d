//! regctl: image copies by digest, artifacts and referrers, blobs.

use anyhow::ensure;

use super::context::{Context, Steps, ask, same};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let regctl = |arguments: &[&str]| {
        let mut command = context.command("regctl");
        command.args(arguments);
        command
    };
    let (user, password) = context.login();
    let host = context.host();
    let reference = context.reference("regctl:1");
    let image = context.image.manifest.digest.to_string();

    steps.step("registry login", || {
        ask(&mut regctl(&["registry", "set", "--tls", "disabled", &host]))?;
        ask(&mut regctl(&["registry", "login", &host, "-u", user, "-p", password])).map(|_| ())
    });
    steps.step("image copy from an OCI layout", || {
        let source = format!("ocidir://{}:1", context.oci_layout.display());
        ask(&mut regctl(&["image", "copy", &source, &reference]))?;
        same("digest", &context.digest("regctl", "1")?, &image)
    });
    steps.step("image digest", || same("digest", &ask(&mut regctl(&["image", "digest", &reference]))?, &image));
    steps.step("image copy of an index", || {
        let index = context.push_index("regctl-index", "1")?;
        let (from, to) = (context.reference("regctl-index:1"), context.reference("regctl-index-copy:1"));
        ask(&mut regctl(&["image", "copy", &from, &to]))?;
        same("digest", &context.digest("regctl-index-copy", "1")?, &index.digest.to_string())
    });
    steps.step("artifact put with a subject", || {
        let file = context.path("note.txt");
        std::fs::write(&file, "a note")?;
        let put = ["artifact", "put", "--artifact-type", "application/vnd.example.note", "--subject", &reference];
        ask(regctl(&put).arg("--file").arg(&file)).map(|_| ())
    });
    steps.step("artifact list finds it by type", || {
        let filter = ["artifact", "list", "--filter-artifact-type"];
        let listed = |kind: &str| ask(regctl(&filter).args([kind, "--format={{len .Descriptors}}", &reference]));
        same("referrers of the type", &listed("application/vnd.example.note")?, "1")?;
        same("referrers of another type", &listed("application/vnd.example.other")?, "0")
    });
    steps.step("blob put and get", || {
        let file = context.path("note.txt");
        let repository = context.reference("regctl");
        let mut put = regctl(&["blob", "put", &repository]);
        let put = put.stdin(std::fs::File::open(&file)?).output()?;
        ensure!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
        let digest = String::from_utf8(put.stdout)?.trim().to_owned();
        same("content", &ask(&mut regctl(&["blob", "get", &repository, &digest]))?, "a note")
    });
    steps.step("tag ls", || {
        // A registry without the referrers API has a tag more for them.
        let listed = ask(&mut regctl(&["tag", "ls", &context.reference("regctl")]))?;
        same("tags", listed.lines().next().unwrap_or_default(), "1")
    });
    steps.step("repo ls", || {
        let listed = ask(&mut regctl(&["repo", "ls", &host]))?;
        ensure!(listed.lines().any(|name| name == "interop/regctl"), "not in the catalog: {listed}");
        Ok(())
    });
    steps.step("tag delete", || {
        let copy = context.reference("regctl-index-copy:1");
        ask(&mut regctl(&["tag", "delete", &copy]))?;
        ensure!(context.digest("regctl-index-copy", "1").is_err(), "the tag is still there");
        Ok(())
    });
}
