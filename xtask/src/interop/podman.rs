//! podman: login, import, push, pull by digest.

use super::context::{Context, Steps, ask, same};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let (root, run_root) = (context.path("podman"), context.path("podman-run"));
    let podman = |arguments: &[&str]| {
        let mut command = context.command("podman");
        command.arg("--root").arg(&root).arg("--runroot").arg(&run_root);
        command.args(["--storage-driver", "vfs", "--events-backend", "none"]).args(arguments);
        command
    };
    let (user, password) = context.login();
    let host = context.host();
    let reference = context.reference("podman:1");
    let mut id = String::new();

    steps.step("login", || {
        ask(&mut podman(&["login", "--tls-verify=false", "-u", user, "-p", password, &host])).map(|_| ())
    });
    steps.step("import", || {
        let rootfs = context.rootfs.display().to_string();
        ask(&mut podman(&["import", "--quiet", &rootfs, &reference]))?;
        id = ask(&mut podman(&["inspect", "--format={{.Id}}", &reference]))?;
        Ok(())
    });
    steps.step("push", || ask(&mut podman(&["push", "--tls-verify=false", &reference])).map(|_| ()));
    steps.step("pull by digest, same image", || {
        ask(&mut podman(&["rmi", "--force", &id]))?;
        let by_digest = format!("{}@{}", context.reference("podman"), context.digest("podman", "1")?);
        let pulled = ask(&mut podman(&["pull", "--quiet", "--tls-verify=false", &by_digest]))?;
        same("image id", &pulled, &id)
    });
    steps.step("pull by tag", || ask(&mut podman(&["pull", "--quiet", "--tls-verify=false", &reference])).map(|_| ()));
    steps.step("search tags", || {
        let search = ["search", "--tls-verify=false", "--list-tags"];
        let table = ask(podman(&search).arg(context.reference("podman")))?;
        same("tags", table.split_whitespace().next_back().unwrap_or_default(), "1")
    });
}
