//! The logins that `docker login` and `podman login` keep.
//!
//! Formats: docker's `config.json`, and the
//! [credential helpers](https://github.com/docker/docker-credential-helpers) it names; podman's `auth.json` is the same
//! without helpers for all hosts.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

use super::{Credentials, Secret, position};
use crate::OutboundError;

/// The largest file of logins, and the longest answer of a helper, in bytes.
const MAX_FILE: u64 = 4 << 20;
const MAX_ANSWER: u64 = 1 << 20;
/// The key of Docker Hub in files of logins.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";
/// The user that a helper names when the secret is an identity token.
const TOKEN_USER: &str = "<token>";

/// Finds the login for a host.
pub(super) fn find(
    host: &str,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<Credentials>, OutboundError> {
    for path in files(environment) {
        let Some(bytes) = read(&path)? else { continue };
        let config = Config::parse(&bytes);
        let logins = |reason| OutboundError::Logins { path: path.clone(), reason };
        match config.map_err(logins)?.login(host).map_err(logins)? {
            Login::None => {}
            Login::Found(found) => return Ok(Some(found)),
            Login::Ask { helper, server } => match ask(&helper, server) {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(reason) => tracing::warn!(helper, server, reason, "a credential helper failed"),
            },
        }
    }
    Ok(None)
}

/// The files of logins, the first that knows the host wins.
fn files(environment: impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let directory = |name: &str| environment(name).map(PathBuf::from);
    let docker = directory("DOCKER_CONFIG").or_else(|| Some(directory("HOME")?.join(".docker")));
    let runtime = || Some(directory("XDG_RUNTIME_DIR")?.join("containers/auth.json"));
    let podman = directory("REGISTRY_AUTH_FILE").or_else(runtime);
    docker.map(|docker| docker.join("config.json")).into_iter().chain(podman).collect()
}

fn read(path: &PathBuf) -> Result<Option<Vec<u8>>, OutboundError> {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(MAX_FILE).read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(OutboundError::File { path: path.clone(), source }),
    }
}

/// A file of logins.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Config {
    auths: BTreeMap<String, Entry>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Redacted,
    username: String,
    password: Redacted,
    identitytoken: Redacted,
}

/// A text that `Debug` leaves out.
#[derive(Default, Deserialize)]
#[serde(transparent)]
struct Redacted(String);

impl std::fmt::Debug for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// What a file of logins says of a host.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Login<'a> {
    None,
    Found(Credentials),
    /// The helper to ask, and the server to ask it for.
    Ask {
        helper: String,
        server: &'a str,
    },
}

impl Config {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes).map_err(|error| position(&error))
    }

    /// The login for `host`. A helper for this host wins over one for all, and that over what is in the file.
    pub(super) fn login<'a>(&self, host: &'a str) -> Result<Login<'a>, String> {
        let server = if host == "docker.io" { DOCKER_HUB } else { host };
        let helper = self.cred_helpers.iter().find(|(key, _)| is_for(key, host)).map(|(_, helper)| helper);
        if let Some(helper) = helper.or(Some(&self.creds_store)).filter(|helper| !helper.is_empty()) {
            // With a helper for all hosts, docker keeps an entry without a secret for each host it is logged in at, and
            // podman none at all; so it is asked in any case.
            return Ok(Login::Ask { helper: helper.clone(), server });
        }
        let exact = self.auths.get(server);
        match exact.or_else(|| Some(self.auths.iter().find(|(key, _)| is_for(key, host))?.1)) {
            Some(entry) => entry.login(),
            None => Ok(Login::None),
        }
    }
}

impl Entry {
    fn login(&self) -> Result<Login<'static>, String> {
        let Self { auth: Redacted(auth), username, password: Redacted(password), identitytoken: Redacted(token) } =
            self;
        if !token.is_empty() {
            return Ok(Login::Found(Credentials::Identity(Secret(token.clone()))));
        }
        if !auth.is_empty() {
            return decode(auth).map(Login::Found).ok_or_else(|| "an auth is not user:password in base64".to_owned());
        }
        Ok(if username.is_empty() { Login::None } else { Login::Found(Credentials::new(username, password)) })
    }
}

/// Whether a key of a file of logins is for `host`: docker wrote URLs once.
fn is_for(key: &str, host: &str) -> bool {
    let key = server_of(key);
    key.eq_ignore_ascii_case(host) || (host == "docker.io" && matches!(key, "index.docker.io" | "registry-1.docker.io"))
}

/// The host and port of a URL, or of a host with a path.
pub(super) fn server_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').map_or(authority, |(_, authority)| authority)
}

fn decode(auth: &str) -> Option<Credentials> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decoded = GeneralPurpose::new(&alphabet::STANDARD, lenient).decode(auth.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    // Docker once padded with zero bytes.
    Some(Credentials::new(user, password.trim_matches('\0')))
}

/// Asks a credential helper. None where it has no login for the server.
fn ask(helper: &str, server: &str) -> Result<Option<Credentials>, String> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !helper.bytes().all(word) {
        return Err("its name is none of a helper".to_owned());
    }
    exchange(&mut Command::new(format!("docker-credential-{helper}")), server)
}

/// Runs a helper.
pub(super) fn exchange(helper: &mut Command, server: &str) -> Result<Option<Credentials>, String> {
    let started = helper.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.map_err(|error| format!("it could not be started: {error}"))?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    // A helper that reads nothing answers for itself below.
    drop(input.map(|mut input| input.write_all(server.as_bytes())));
    let mut answer = Vec::new();
    let read = output.map_or(Ok(0), |output| output.take(MAX_ANSWER).read_to_end(&mut answer));
    let status = child.wait().map_err(|error| error.to_string())?;
    read.map_err(|error| error.to_string())?;
    // Helpers say on their standard output that they have nothing, and exit with 1; the words are of the protocol.
    if !status.success() {
        let nothing = String::from_utf8_lossy(&answer).contains("credentials not found");
        return if nothing { Ok(None) } else { Err(format!("it ended with {status}")) };
    }
    parse_answer(&answer)
}

/// Reads the answer of a helper.
pub(super) fn parse_answer(answer: &[u8]) -> Result<Option<Credentials>, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        username: String,
        secret: String,
    }
    let answer: Answer = serde_json::from_slice(answer).map_err(|error| position(&error))?;
    Ok(match (answer.username.as_str(), answer.secret.as_str()) {
        ("", _) | (_, "") => None,
        (TOKEN_USER, token) => Some(Credentials::Identity(Secret(token.to_owned()))),
        (user, password) => Some(Credentials::new(user, password)),
    })
}
