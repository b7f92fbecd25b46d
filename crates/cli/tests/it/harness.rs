//! A directory for one test, the binary run in it, and requests whose answers are checked by status and error code.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use plimsoll_testkit::http::{Body, Client, Request, Response};
use plimsoll_testkit::{RealBinary, ServeOptions};
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_plimsoll");

/// The directory of one test.
pub(crate) struct Scene {
    directory: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Writes a zip archive.
    pub(crate) fn zip(&self, name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
        let mut zip = ZipWriter::new(fs::File::create(self.write(name, b"")).unwrap());
        for (entry, content) in entries {
            zip.start_file(*entry, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap();
        self.path(name)
    }

    /// Starts a server with the default configuration.
    pub(crate) fn serve(&self) -> RealBinary {
        RealBinary::start(Path::new(BINARY), &self.data(), &ServeOptions::default()).unwrap()
    }

    /// Starts a server with this configuration file.
    pub(crate) fn serve_with(&self, config: &str) -> RealBinary {
        let config = Some(self.write("plimsoll.toml", config));
        RealBinary::start(Path::new(BINARY), &self.data(), &ServeOptions { config, ..ServeOptions::default() }).unwrap()
    }

    /// Runs a command to its end, with an environment that holds nothing of the caller's.
    pub(crate) fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
        let output = Command::new(BINARY)
            .args(arguments)
            .env_clear()
            .env("HOME", self.directory.path())
            .envs(environment.iter().copied())
            .current_dir(self.directory.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Puts these advisories in force, in place of those that were; each names its ecosystem first.
    pub(crate) fn import(&self, records: &[(&str, Value)]) {
        let _ = fs::remove_dir_all(self.path("osv"));
        for (ecosystem, record) in records {
            self.write(&format!("osv/{ecosystem}/{}.json", record["id"].as_str().unwrap()), record.to_string());
        }
        let said = self.run(&["db", "import", "osv", "--data", "data"], &[]);
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
    }
}

/// A client without credentials.
pub(crate) fn anonymous(server: &RealBinary) -> Client {
    Client::new(server.address())
}

/// `404 BLOB_UNKNOWN`: the status of an answer, and the code of its error if it has one.
pub(crate) fn summary(response: &Response) -> String {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    match body["errors"][0]["code"].as_str() {
        Some(code) => format!("{} {code}", response.status),
        None => response.status.to_string(),
    }
}

/// Sends `request`, such as `GET /v2/`, and checks the [`summary`] of the answer.
#[track_caller]
pub(crate) fn check(client: &mut Client, request: &str, expect: &str) -> Response {
    check_with(client, request, &[], b"", expect)
}

/// [`check`] with headers and a body.
#[track_caller]
pub(crate) fn check_with(
    client: &mut Client,
    request: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    expect: &str,
) -> Response {
    let (method, path) = split(request);
    let body = if body.is_empty() { Body::Empty } else { Body::Bytes(body) };
    let request_with_headers =
        headers.iter().fold(Request::new(method, path), |request, (name, value)| request.header(*name, *value));
    let response = client.send(request_with_headers.body(body)).unwrap_or_else(|error| panic!("{request}: {error:?}"));
    assert_eq!(summary(&response), expect, "{request} {headers:?}: {}", response.text());
    response
}

fn split(request: &str) -> (&'static str, &str) {
    let (method, path) = request.split_once(' ').unwrap();
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    (known.into_iter().find(|known| *known == method).unwrap(), path)
}

/// Checks the value of one header of an answer; `-` where it must not be there.
#[track_caller]
pub(crate) fn check_header(response: &Response, name: &str, expect: &str) {
    assert_eq!(response.header(name).unwrap_or("-"), expect, "{name} of {:?}", response.headers);
}

/// The JSON body of an answer.
#[track_caller]
pub(crate) fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|error| panic!("{error}: {}", response.text()))
}

/// The path an answer points to.
#[track_caller]
pub(crate) fn location(response: &Response) -> String {
    response.header("location").unwrap_or_else(|| panic!("no location in {:?}", response.headers)).to_owned()
}

/// Opens an upload and returns its path.
#[track_caller]
pub(crate) fn start_upload(client: &mut Client, repository: &str) -> String {
    location(&check(client, &format!("POST /v2/{repository}/blobs/uploads/"), "202"))
}

/// Looks at something until it is as wanted; a minute is far more than it can take.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::yield_now();
    }
}

/// A connection on which bytes are sent as they are.
pub(crate) fn raw(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.write_all(bytes).unwrap();
    stream
}

/// The status line that comes back on a connection.
pub(crate) fn status_line(stream: &mut TcpStream) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.read_exact(&mut byte).is_ok() && byte != *b"\r" {
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap()
}
