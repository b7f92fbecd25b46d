//! helm: a chart, pushed and pulled as an OCI artifact.

use anyhow::Context as _;

use super::context::{Context, Steps, ask, same};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let helm = |arguments: &[&str]| {
        let mut command = context.command("helm");
        command.args(arguments);
        command
    };
    let (user, password) = context.login();
    let host = context.host();
    let directory = context.path("helm");
    let charts = format!("oci://{}", context.reference("charts"));

    steps.step("registry login", || {
        ask(&mut helm(&["registry", "login", &host, "--plain-http", "-u", user, "-p", password])).map(|_| ())
    });
    steps.step("create and package a chart", || {
        std::fs::create_dir_all(&directory)?;
        ask(helm(&["create", "ship"]).current_dir(&directory))?;
        ask(helm(&["package", "ship"]).current_dir(&directory)).map(|_| ())
    });
    steps.step("push", || {
        ask(helm(&["push", "ship-0.1.0.tgz", &charts, "--plain-http"]).current_dir(&directory)).map(|_| ())
    });
    steps.step("pull, same chart", || {
        let target = directory.join("pulled");
        std::fs::create_dir_all(&target)?;
        let chart = format!("{charts}/ship");
        ask(helm(&["pull", &chart, "--version", "0.1.0", "--plain-http", "--destination"]).arg(&target))?;
        let sum = |path| std::fs::read(path).map(|bytes| plimsoll_testkit::Digest::sha256(&bytes));
        let (pushed, pulled) = (sum(directory.join("ship-0.1.0.tgz"))?, sum(target.join("ship-0.1.0.tgz"))?);
        same("digest", &pulled.to_string(), &pushed.to_string())
    });
    steps.step("show chart", || {
        let text = ask(&mut helm(&["show", "chart", &format!("{charts}/ship"), "--plain-http"]))?;
        text.lines().find(|line| *line == "name: ship").context("the chart has another name").map(|_| ())
    });
}
