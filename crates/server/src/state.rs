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
    pub(crate) region: String,
    pub(crate) host_suffix: Option<String>,
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

    /// The account that the host name names: `<account>.dkr.ecr.<region>.<suffix>`.
    pub(crate) fn host_account(&self, headers: &HeaderMap) -> Option<AccountId> {
        let host = headers.get(HOST)?.to_str().ok()?;
        host_account(host, &self.region, self.host_suffix.as_deref()?)
    }
}

/// The suffix may have a port, or leave it open.
fn host_account(host: &str, region: &str, suffix: &str) -> Option<AccountId> {
    let host = host.to_ascii_lowercase();
    let (account, rest) = host.split_once('.')?;
    let rest = rest.strip_prefix("dkr.ecr.")?.strip_prefix(region)?.strip_prefix('.')?.strip_prefix(suffix)?;
    let port = rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    account.parse().ok().filter(|_| port)
}

/// The time, in seconds since the Unix epoch.
pub(crate) fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The time, in milliseconds since the Unix epoch.
pub(crate) fn unix_milliseconds() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_name_accounts() {
        fn check(host: &str, suffix: &str, expect: Option<&str>) {
            let account = host_account(host, "eu-west-1", suffix).map(|account| account.to_string());
            assert_eq!(account.as_deref(), expect, "{host}");
        }
        check("000000000042.dkr.ecr.eu-west-1.example.com", "example.com", Some("000000000042"));
        check("000000000042.DKR.ecr.eu-west-1.Example.com:5000", "example.com", Some("000000000042"));
        check("000000000042.dkr.ecr.eu-west-1.localhost:5000", "localhost:5000", Some("000000000042"));
        check("000000000042.dkr.ecr.us-east-1.example.com", "example.com", None);
        check("000000000042.dkr.ecr.eu-west-1.example.com.evil", "example.com", None);
        check("42.dkr.ecr.eu-west-1.example.com", "example.com", None);
        check("localhost:5000", "example.com", None);
    }
}
