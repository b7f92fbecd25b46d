//! What all surfaces share.

use std::time::{SystemTime, UNIX_EPOCH};

use hyper::HeaderMap;
use hyper::header::HOST;
use plimsoll_oci::RepositoryName;
use plimsoll_registry::{AccountId, Registry, Repository};

use crate::authentication::Authenticator;
use crate::http::Connection;
use crate::metrics::Metrics;

/// What all surfaces share.
pub(crate) struct State {
    pub(crate) registry: Registry,
    pub(crate) authenticator: Authenticator,
    pub(crate) account: AccountId,
    pub(crate) public_url: Option<String>,
    pub(crate) metrics: Metrics,
}

impl State {
    /// The repository of this server's account with that name.
    pub(crate) fn repository(&self, name: RepositoryName) -> Repository {
        Repository::private(self.account, name)
    }

    /// The URL the client reaches this server by, without a slash at its end.
    pub(crate) fn base_url(&self, connection: &Connection, headers: &HeaderMap) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let scheme = if connection.tls { "https" } else { "http" };
        // The host ends up in a quoted header value; a name or address has none of the characters that could leave it.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| host.bytes().all(plain));
        format!("{scheme}://{}", host.unwrap_or("localhost"))
    }
}

/// The time, in seconds since the Unix epoch.
pub(crate) fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
