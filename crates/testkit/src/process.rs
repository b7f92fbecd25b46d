//! A guard around the real `plimsoll` binary: started in a directory, waited for, and always ended.

use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Error;
use crate::http::Client;
use crate::registry::RegistryClient;

/// How often a file or a process is looked at while waiting for it.
const POLL: Duration = Duration::from_millis(2);

/// How `plimsoll serve` is started.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// A configuration file.
    pub config: Option<PathBuf>,
    /// Further arguments.
    pub arguments: Vec<String>,
    /// Environment variables to set.
    pub environment: Vec<(String, String)>,
    /// Where the server's output is appended; `DATA.log` beside the data directory unless set.
    pub log: Option<PathBuf>,
    /// How long the server may take until it listens; 30 seconds unless set.
    pub deadline: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        let deadline = Duration::from_secs(30);
        Self { config: None, arguments: Vec::new(), environment: Vec::new(), log: None, deadline }
    }
}

/// The administrator's access key, which is also the user and password of basic authorisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The user name.
    pub access_key_id: String,
    /// The password.
    pub secret_access_key: String,
}

/// A running `plimsoll serve` on a free loopback port. Dropping it kills the process.
#[derive(Debug)]
pub struct RealBinary {
    child: Child,
    data: PathBuf,
    address: SocketAddr,
    credentials: Credentials,
    started_in: Duration,
    log: PathBuf,
}

impl RealBinary {
    /// Starts `binary` on the data directory `data` and waits until it listens.
    pub fn start(binary: &Path, data: &Path, options: &ServeOptions) -> Result<Self, Error> {
        fs::create_dir_all(data).map_err(|source| Error::File { path: data.to_owned(), source })?;
        let address_file = data.join("address");
        remove_if_there(&address_file)?;
        let begun = Instant::now();
        let log = options.log.clone().unwrap_or_else(|| data.with_extension("log"));
        let mut child = spawn(binary, data, options, &log)?;
        match wait_until_listening(&mut child, &address_file, begun + options.deadline) {
            Ok(address) => {
                let started_in = begun.elapsed();
                let credentials = Credentials { access_key_id: String::new(), secret_access_key: String::new() };
                // The guard comes first: it ends the process when the credentials cannot be read.
                let mut server = Self { child, data: data.to_owned(), address, credentials, started_in, log };
                server.credentials = read_credentials(data)?;
                Ok(server)
            }
            Err(reason) => {
                drop(child.kill());
                drop(child.wait());
                Err(Error::Start { reason, output: tail(&log) })
            }
        }
    }

    /// The address the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The administrator's credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// How long the server took from the start of the process until its address was there to read.
    pub fn started_in(&self) -> Duration {
        self.started_in
    }

    /// The end of what the server printed.
    pub fn output(&self) -> String {
        tail(&self.log)
    }

    /// An HTTP client that authorises as the administrator.
    pub fn http(&self) -> Client {
        Client::new(self.address).basic(&self.credentials.access_key_id, &self.credentials.secret_access_key)
    }

    /// A registry client that authorises as the administrator.
    pub fn registry(&self) -> RegistryClient {
        RegistryClient::new(self.http())
    }

    /// Kills the process at once, as a power cut would, and waits for its end.
    pub fn kill(mut self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }

    /// Asks the process to end and waits for it; past the deadline it is killed and the wait fails.
    pub fn terminate(mut self, deadline: Duration) -> io::Result<ExitStatus> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidInput)?;
        kill_process(pid, Signal::TERM)?;
        let end = Instant::now() + deadline;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(POLL);
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "the server did not end in time"))
    }
}

impl Drop for RealBinary {
    fn drop(&mut self) {
        // After `kill` and `terminate` the process is gone and both calls are no-ops.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn spawn(binary: &Path, data: &Path, options: &ServeOptions, log: &Path) -> Result<Child, Error> {
    let output = File::options()
        .create(true)
        .append(true)
        .open(log)
        .map_err(|source| Error::File { path: log.to_owned(), source })?;
    let errors = output.try_clone().map_err(|source| Error::File { path: log.to_owned(), source })?;
    let mut command = Command::new(binary);
    command.arg("serve").arg("--data").arg(data).args(["--listen", "127.0.0.1:0"]);
    if let Some(config) = &options.config {
        command.arg("--config").arg(config);
    }
    command
        .args(&options.arguments)
        .envs(options.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(|source| Error::File { path: binary.to_owned(), source })
}

fn wait_until_listening(child: &mut Child, address: &Path, end: Instant) -> Result<SocketAddr, String> {
    while Instant::now() < end {
        if let Some(address) = fs::read_to_string(address).ok().and_then(|text| text.trim().parse().ok()) {
            return Ok(address);
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("the process ended with {status}"));
        }
        thread::sleep(POLL);
    }
    Err("its address file did not appear in time".to_owned())
}

fn read_credentials(data: &Path) -> Result<Credentials, Error> {
    let path = data.join("admin.json");
    let text = fs::read(&path).map_err(|source| Error::File { path: path.clone(), source })?;
    let value: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| Error::File { path: path.clone(), source: error.into() })?;
    let member = |name: &str| {
        let missing = || io::Error::new(io::ErrorKind::InvalidData, format!("no member {name}"));
        let text = value[name].as_str().ok_or_else(missing);
        text.map(str::to_owned).map_err(|source| Error::File { path: path.clone(), source })
    };
    Ok(Credentials { access_key_id: member("accessKeyId")?, secret_access_key: member("secretAccessKey")? })
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::File { path: path.to_owned(), source }),
        _ => Ok(()),
    }
}

/// The last 4,000 bytes of a log.
fn tail(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(4000)..]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An executable script in `directory` that stands in for the server.
    fn script(directory: &Path, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = directory.join("server.sh");
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    const LISTENING: &str = r#"
        test "$1 $2 $4 $5" = "serve --data --listen 127.0.0.1:0" || exit 9
        echo '{"accessKeyId": "AK", "secretAccessKey": "SK"}' > "$3/admin.json"
        echo 127.0.0.1:5 > "$3/address.new" && mv "$3/address.new" "$3/address"
        exec tail -f /dev/null"#;

    #[test]
    fn a_server_is_started_waited_for_and_ended() {
        let directory = tempfile::tempdir().unwrap();
        let binary = script(directory.path(), LISTENING);
        let data = directory.path().join("data");
        let server = RealBinary::start(&binary, &data, &ServeOptions::default()).unwrap();
        assert_eq!(server.address(), "127.0.0.1:5".parse().unwrap());
        assert_eq!(server.credentials().secret_access_key, "SK");
        assert_eq!(server.http().authorization(), Some("Basic QUs6U0s="));
        let status = server.terminate(Duration::from_secs(20)).unwrap();
        assert!(!status.success());
        let pid = RealBinary::start(&binary, &data, &ServeOptions::default()).unwrap().pid();
        assert!(!Path::new(&format!("/proc/{pid}")).exists(), "a dropped server still runs");
    }

    #[test]
    fn a_server_that_ends_early_shows_its_output() {
        let directory = tempfile::tempdir().unwrap();
        let binary = script(directory.path(), "echo the reason; exit 3");
        let error = RealBinary::start(&binary, &directory.path().join("data"), &ServeOptions::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("exit status: 3") && text.contains("the reason"), "{text}");
    }
}
