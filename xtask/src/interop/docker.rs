//! The Docker engine: login, import, push, pull by digest, and what it prints when a gate refuses.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::context::{Context, GATE_RULE, GATED, Steps, ask, refused, same};
use crate::run::{find_program, output};

pub(super) fn run(context: &Context, steps: &mut Steps) {
    let mut engine = None;
    steps.step("start dockerd", || {
        engine = Some(Engine::start(context)?);
        Ok(())
    });
    if let Some(engine) = &engine {
        push_and_pull(context, engine, steps);
        gate(context, engine, steps);
    }
    steps.step("stop dockerd", || engine.map_or(Ok(()), Engine::stop));
}

fn push_and_pull(context: &Context, engine: &Engine, steps: &mut Steps) {
    let docker = |arguments: &[&str]| engine.docker(context, arguments);
    let (user, password) = context.login();
    let host = context.host();
    let reference = context.reference("docker:1");
    let mut id = String::new();

    steps.step("login with a wrong password is refused", || {
        refused(&mut docker(&["login", "-u", user, "-p", "wrong", &host])).map(|_| ())
    });
    steps.step("login", || ask(&mut docker(&["login", "-u", user, "-p", password, &host])).map(|_| ()));
    steps.step("import", || {
        id = ask(&mut docker(&["import", &context.rootfs.display().to_string(), &reference]))?;
        Ok(())
    });
    steps.step("push", || ask(&mut docker(&["push", "--quiet", &reference])).map(|_| ()));
    steps.step("push again, everything known", || ask(&mut docker(&["push", "--quiet", &reference])).map(|_| ()));
    steps.step("pull by digest, same image", || {
        ask(&mut docker(&["rmi", "--force", &id]))?;
        let by_digest = format!("{}@{}", context.reference("docker"), context.digest("docker", "1")?);
        ask(&mut docker(&["pull", "--quiet", &by_digest]))?;
        same("image id", &ask(&mut docker(&["inspect", "--format={{.Id}}", &by_digest]))?, &id)?;
        let digests = ask(&mut docker(&["inspect", "--format={{join .RepoDigests \" \"}}", &by_digest]))?;
        ensure!(digests.contains(&by_digest), "{digests} does not name {by_digest}");
        Ok(())
    });
    steps.step("pull by tag", || ask(&mut docker(&["pull", "--quiet", &reference])).map(|_| ()));
    steps.step("pull an index", || {
        context.push_index("docker-index", "1")?;
        ask(&mut docker(&["pull", "--quiet", &context.reference("docker-index:1")])).map(|_| ())
    });
    steps.step("mount to another repository", || {
        let other = context.reference("docker-other:1");
        ask(&mut docker(&["tag", &reference, &other]))?;
        ask(&mut docker(&["push", "--quiet", &other]))?;
        same("digest", &context.digest("docker-other", "1")?, &context.digest("docker", "1")?)
    });
    steps.step("manifest inspect", || ask(&mut docker(&["manifest", "inspect", "--insecure", &reference])).map(|_| ()));
    steps.step("pull of what is not there", || {
        let text = refused(&mut docker(&["pull", &context.reference("docker:nothing")]))?;
        ensure!(text.contains("not found") || text.contains("unknown"), "{text}");
        Ok(())
    });
}

/// Anyone may pull from the gated repositories, and the gate refuses what it cannot judge.
fn gate(context: &Context, engine: &Engine, steps: &mut Steps) {
    let docker = |arguments: &[&str]| engine.docker(context, arguments);
    let gated = format!("{}/{GATED}/app:1", context.host());
    steps.step("push to a gated repository", || {
        ask(&mut docker(&["tag", &context.reference("docker:1"), &gated]))?;
        ask(&mut docker(&["push", "--quiet", &gated])).map(|_| ())
    });
    steps.step("pull refused by the gate", || {
        ask(&mut docker(&["logout", &context.host()]))?;
        ask(&mut docker(&["rmi", &gated]))?;
        let text = refused(&mut docker(&["pull", &gated]))?;
        println!("     {}", text.trim().replace('\n', "\n     "));
        ensure!(text.contains("denied") && text.contains(GATE_RULE), "the refusal does not name the rule {GATE_RULE}");
        Ok(())
    });
}

/// A Docker engine of our own, with nothing shared with one that may run already.
pub(super) struct Engine {
    child: Option<Child>,
    socket: String,
    exec_root: PathBuf,
}

impl Engine {
    pub(super) fn start(context: &Context) -> Result<Self> {
        let at = |name: &str| context.path(name);
        let log = fs::File::create(at("dockerd.log"))?;
        let socket = format!("unix://{}", at("docker.sock").display());
        let child = Command::new(find_program("dockerd").context("dockerd")?)
            .arg("--data-root")
            .arg(at("docker-data"))
            .arg("--exec-root")
            .arg(at("docker-exec"))
            .arg("--pidfile")
            .arg(at("docker.pid"))
            .args(["-H", &socket, "--iptables=false", "--bridge=none"])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let engine = Self { child: Some(child), socket, exec_root: at("docker-exec") };
        let end = Instant::now() + Duration::from_mins(1);
        while Instant::now() < end {
            if output(&mut engine.docker(context, &["version"])).is_ok() {
                return Ok(engine);
            }
            thread::sleep(Duration::from_millis(200));
        }
        bail!("dockerd does not answer: {}", fs::read_to_string(at("dockerd.log"))?)
    }

    /// Where the engine listens.
    pub(super) fn socket(&self) -> &str {
        &self.socket
    }

    pub(super) fn docker(&self, context: &Context, arguments: &[&str]) -> Command {
        let mut command = context.command("docker");
        command.env("DOCKER_HOST", &self.socket).args(arguments);
        command
    }

    pub(super) fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        output(Command::new("kill").args(["-TERM", &child.id().to_string()]))?;
        let end = Instant::now() + Duration::from_secs(30);
        while Instant::now() < end {
            if child.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        child.kill()?;
        child.wait()?;
        // The engine ends its containerd with itself, unless it was killed.
        if let Ok(pid) = fs::read_to_string(self.exec_root.join("containerd/containerd.pid")) {
            output(Command::new("kill").args(["-KILL", pid.trim()]))?;
        }
        bail!("dockerd had to be killed")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            println!("     {error:#}");
        }
    }
}
