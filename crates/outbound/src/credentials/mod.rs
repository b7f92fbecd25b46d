//! Who to be at a registry.

mod docker;

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::OutboundError;
use crate::client::Authorization;
use crate::url::{host_of, is_loopback};

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text, for where it has to go.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What proves who one is at a registry. Its `Debug` shows no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A user and a password, or an access key's id and secret.
    Password {
        /// The user, or the access key id.
        user: String,
        /// The password, or the secret access key.
        password: Secret,
    },
    /// A token that the registry's token service takes in place of a password, as `docker login` keeps it for some
    /// registries.
    Identity(Secret),
}

impl Credentials {
    /// A user with a password, or an access key.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self::Password { user: user.into(), password: Secret(password.into()) }
    }

    /// Who it is, to name in messages.
    pub fn user(&self) -> &str {
        match self {
            Self::Password { user, .. } => user,
            Self::Identity(_) => "the identity token",
        }
    }

    /// The header of basic authentication; none where there is no password.
    pub(crate) fn basic(&self) -> Option<Authorization> {
        match self {
            Self::Password { user, password } => {
                Authorization::new(&format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.reveal()))))
            }
            Self::Identity(_) => None,
        }
    }
}

/// Finds the credentials for `host`, a host with its port as in a reference to an image. The first of these that there is:
///
/// 1. `explicit`;
/// 2. `PLIMSOLL_ACCESS_KEY_ID` and `PLIMSOLL_SECRET_ACCESS_KEY`, which are for the host of `PLIMSOLL_SERVER`; where that is
///    not set, for every host but Docker Hub, which is nobody's own;
/// 3. the logins of docker, then those of podman, with the credential helpers they name;
/// 4. for this machine, the first administrator's access key in `admin.json` of the data directory.
///
/// # Errors
/// A file of logins is there and cannot be read. A credential helper that fails is no error: the log has it.
pub fn find(
    host: &str,
    explicit: Option<Credentials>,
    data: Option<&Path>,
) -> Result<Option<Credentials>, OutboundError> {
    let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(found) = explicit.or_else(|| of_environment(host, environment)) {
        return Ok(Some(found));
    }
    if let Some(found) = docker::find(host, environment)? {
        return Ok(Some(found));
    }
    data.map_or(Ok(None), |data| of_data_directory(host, data))
}

fn of_environment(host: &str, environment: impl Fn(&str) -> Option<String>) -> Option<Credentials> {
    let user = environment("PLIMSOLL_ACCESS_KEY_ID")?;
    let password = environment("PLIMSOLL_SECRET_ACCESS_KEY")?;
    let theirs = match environment("PLIMSOLL_SERVER") {
        Some(server) => docker::server_of(&server).eq_ignore_ascii_case(host),
        None => host != "docker.io",
    };
    theirs.then(|| Credentials::new(user, password))
}

/// The first administrator's access key of a data directory, if it is there to read and `host` is this machine.
///
/// # Errors
/// `admin.json` cannot be read, or is not what a server writes.
pub fn of_data_directory(host: &str, data: &Path) -> Result<Option<Credentials>, OutboundError> {
    if is_loopback(host_of(host)) { administrator(&data.join("admin.json")) } else { Ok(None) }
}

fn administrator(path: &Path) -> Result<Option<Credentials>, OutboundError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        // It may be removed, and it is not for everybody to read.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied) => {
            return Ok(None);
        }
        Err(source) => return Err(OutboundError::File { path: path.to_owned(), source }),
    };
    parse_administrator(&bytes).map(Some).map_err(|reason| OutboundError::Logins { path: path.to_owned(), reason })
}

fn parse_administrator(bytes: &[u8]) -> Result<Credentials, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Document {
        access_key_id: String,
        secret_access_key: String,
    }
    let document: Document = serde_json::from_slice(bytes).map_err(|error| position(&error))?;
    Ok(Credentials::new(document.access_key_id, document.secret_access_key))
}

/// Where a document is malformed; serde's own words may quote a secret.
fn position(error: &serde_json::Error) -> String {
    format!("it is not the JSON it should be, at line {} column {}", error.line(), error.column())
}

#[cfg(test)]
mod tests;
