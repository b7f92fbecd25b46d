//! buildah: builds from scratch, pushes, pulls.

use super::context::{Context, Steps, ask, same};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let (root, run_root) = (context.path("buildah"), context.path("buildah-run"));
    let buildah = |arguments: &[&str]| {
        let mut command = context.command("buildah");
        command.arg("--root").arg(&root).arg("--runroot").arg(&run_root);
        command.args(["--storage-driver", "vfs"]).args(arguments);
        command
    };
    let (user, password) = context.login();
    let host = context.host();
    let reference = context.reference("buildah:1");
    let mut id = String::new();

    steps.step("login", || {
        ask(&mut buildah(&["login", "--tls-verify=false", "-u", user, "-p", password, &host])).map(|_| ())
    });
    steps.step("build from scratch", || {
        let container = ask(&mut buildah(&["from", "scratch"]))?;
        let rootfs = context.rootfs.display().to_string();
        ask(&mut buildah(&["add", "--quiet", &container, &rootfs, "/"]))?;
        id = ask(&mut buildah(&["commit", "--quiet", "--rm", &container, &reference]))?;
        Ok(())
    });
    steps.step("push", || {
        let target = format!("docker://{reference}");
        ask(&mut buildah(&["push", "--tls-verify=false", &reference, &target])).map(|_| ())
    });
    steps.step("pull, same image", || {
        ask(&mut buildah(&["rmi", "--force", &id]))?;
        let pulled = ask(&mut buildah(&["pull", "--quiet", "--tls-verify=false", &reference]))?;
        same("image id", &pulled, &id)
    });
    steps.step("from a registry image", || ask(&mut buildah(&["from", "--tls-verify=false", &reference])).map(|_| ()));
}
