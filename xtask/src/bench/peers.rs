//! The servers that are measured: ours, the CNCF distribution registry, and nginx with one file.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use plimsoll_testkit::http::Client;
use plimsoll_testkit::registry::RegistryClient;
use plimsoll_testkit::{RealBinary, ServeOptions};

use super::Setup;
use crate::run::find_program;

pub(super) const PLIMSOLL: &str = "plimsoll";
pub(super) const DISTRIBUTION: &str = "distribution";
pub(super) const NGINX: &str = "nginx";

/// Manifests pass a gate that exempts nobody, as they would in production.
const GATE: &str = "[[gates]]\nname = 'bench'\nrepositories = ['bench/manifest']\nseverity = 'critical'\nunknown = 'allow'\nexempt = []\n";

/// A running server. Dropping it ends the process.
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) address: SocketAddr,
    process: Process,
}

enum Process {
    Ours(RealBinary),
    Theirs(Child),
}

impl Peer {
    /// Starts the server of this name on an empty directory below `directory`.
    pub(super) fn start(name: &'static str, setup: &Setup, directory: &Path) -> Result<Self> {
        let home = directory.join(name);
        fs::create_dir_all(&home)?;
        if name == PLIMSOLL {
            let config = home.join("plimsoll.toml");
            fs::write(&config, GATE)?;
            let options = ServeOptions { config: Some(config), ..ServeOptions::default() };
            let server = RealBinary::start(&setup.binary, &home.join("data"), &options);
            let server = server.map_err(|error| anyhow!(error.chain()))?;
            return Ok(Self { name, address: server.address(), process: Process::Ours(server) });
        }
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = match name {
            DISTRIBUTION => distribution(&home, address)?,
            _ => nginx(&home, address, setup.file.path())?,
        };
        let log = fs::File::create(home.join("log"))?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut peer = Self { name, address, process: Process::Theirs(child) };
        peer.wait()?;
        Ok(peer)
    }

    fn wait(&mut self) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        bail!("{} does not listen", self.name)
    }

    /// An HTTP client, with our administrator's credentials where there are any.
    pub(super) fn http(&self) -> Client {
        match &self.process {
            Process::Ours(server) => server.http(),
            Process::Theirs(_) => Client::new(self.address),
        }
    }

    pub(super) fn registry(&self) -> RegistryClient {
        RegistryClient::new(self.http())
    }

    pub(super) fn pid(&self) -> u32 {
        match &self.process {
            Process::Ours(server) => server.pid(),
            Process::Theirs(child) => child.id(),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Process::Theirs(child) = &mut self.process {
            // nginx ends its workers with itself only when it is asked to.
            drop(Command::new("kill").args(["-TERM", &child.id().to_string()]).status());
            drop(child.wait());
        }
    }
}

/// The registry with the file system driver and its defaults otherwise.
fn distribution(home: &Path, address: SocketAddr) -> Result<Command> {
    let config = home.join("config.yml");
    let storage = home.join("data");
    let text = format!(
        "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n",
        storage.display()
    );
    fs::write(&config, text)?;
    let mut command = Command::new(find_program("registry").context("registry")?);
    command.arg("serve").arg(config);
    Ok(command)
}

/// nginx with the main settings of Debian's configuration, serving the big file as `/blob`.
fn nginx(home: &Path, address: SocketAddr, file: &Path) -> Result<Command> {
    let config = home.join("nginx.conf");
    let (home, directory) = (home.display(), file.parent().context("a file has a directory")?.display());
    let text = format!(
        "daemon off;\nuser root;\nworker_processes auto;\npid {home}/pid;\nerror_log {home}/error.log;\n\
         events {{ worker_connections 768; }}\n\
         http {{\n sendfile on;\n tcp_nopush on;\n access_log {home}/access.log;\n client_body_temp_path {home}/body;\n\
         proxy_temp_path {home}/proxy;\n fastcgi_temp_path {home}/fastcgi;\n uwsgi_temp_path {home}/uwsgi;\n\
         scgi_temp_path {home}/scgi;\n server {{ listen {address}; root {directory}; }}\n}}\n"
    );
    fs::write(&config, text)?;
    let mut command = Command::new(find_program("nginx").context("nginx")?);
    command.arg("-p").arg(config.parent().context("a file has a directory")?).arg("-c").arg(&config);
    Ok(command)
}
