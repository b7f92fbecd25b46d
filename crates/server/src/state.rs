//! What all surfaces share.

use std::time::{SystemTime, UNIX_EPOCH};

use hyper::HeaderMap;
use hyper::header::HOST;
use plimsoll_oci::RepositoryName;
use plimsoll_registry::{AccountId, Registry, Repository, Visibility};

use crate::http::Connection;
use crate::metrics::Metrics;
use crate::sts::Issuers;

/// What the paths of public repositories begin with, before the account.
const PUBLIC_PREFIX: &str = "public.ecr/";

/// What all surfaces share.
pub(crate) struct State {
    pub(crate) registry: Registry,
    /// The account meant where a request names none.
    pub(crate) account: AccountId,
    /// The region of ARNs and signatures.
    pub(crate) region: String,
    /// What the host names of registries end with, if they have any.
    pub(crate) host_suffix: Option<String>,
    pub(crate) public_url: Option<String>,
    pub(crate) issuers: Issuers,
    pub(crate) metrics: Metrics,
}

impl State {
    /// The repository that a name in a path means, of the account that the host names.
    ///
    /// `public.ecr/<account>/<name>` is in the public registry of that account. All else is, on a host of the form
    /// `<account>.dkr.ecr.<region>.<suffix>`, of that account; on any other host, `<account>/<name>` is of that account, and
    /// the rest of the server's own.
    pub(crate) fn locate(&self, headers: &HeaderMap, name: RepositoryName) -> Repository {
        located(self.account, headers, name)
    }

    /// The account whose registry a host or, on hosts that name none, the server stands for.
    pub(crate) fn registry_of(&self, headers: &HeaderMap) -> AccountId {
        host_account(headers).unwrap_or(self.account)
    }

    /// The URL by which docker logs in to the registry of an account; without a slash at its end.
    pub(crate) fn registry_url(&self, base_url: &str, account: AccountId) -> String {
        match &self.host_suffix {
            Some(suffix) => {
                let scheme = base_url.split("://").next().unwrap_or("https");
                format!("{scheme}://{account}.dkr.ecr.{}.{suffix}", self.region)
            }
            None => base_url.to_owned(),
        }
    }

    /// What docker calls a repository: its host and path.
    pub(crate) fn repository_uri(&self, base_url: &str, repository: &Repository) -> String {
        let url = self.registry_url(base_url, repository.account);
        let host = url.split("://").nth(1).unwrap_or_default();
        let Repository { account, name, visibility } = repository;
        match visibility {
            Visibility::Public => format!("{}/{name}", public_registry_uri(base_url, *account)),
            Visibility::Private if self.host_suffix.is_some() || *account == self.account => format!("{host}/{name}"),
            Visibility::Private => format!("{host}/{account}/{name}"),
        }
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

/// What docker calls the public registry of an account: the host, and what the paths of its repositories begin with.
pub(crate) fn public_registry_uri(base_url: &str, account: AccountId) -> String {
    let host = base_url.split("://").nth(1).unwrap_or_default();
    format!("{host}/{PUBLIC_PREFIX}{account}")
}

/// The repository that a name in a path means, on a server of the account `own`.
fn located(own: AccountId, headers: &HeaderMap, name: RepositoryName) -> Repository {
    let named = |rest: &str| {
        let (account, name) = rest.split_once('/')?;
        Some((account.parse().ok()?, name.parse().ok()?))
    };
    if let Some((account, name)) = name.as_str().strip_prefix(PUBLIC_PREFIX).and_then(named) {
        return Repository::public(account, name);
    }
    if let Some(account) = host_account(headers) {
        return Repository::private(account, name);
    }
    match named(name.as_str()) {
        Some((account, name)) => Repository::private(account, name),
        None => Repository::private(own, name),
    }
}

/// The account that a host of the form `<account>.dkr.ecr.…` names.
fn host_account(headers: &HeaderMap) -> Option<AccountId> {
    let (account, rest) = headers.get(HOST)?.to_str().ok()?.split_once('.')?;
    rest.starts_with("dkr.ecr.").then(|| account.parse().ok())?
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
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn paths_name_repositories() {
        fn check(host: &'static str, path: &str, expect: &str) {
            let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
            let own = "000000000000".parse().unwrap();
            let Repository { account, visibility, name } = located(own, &headers, path.parse().unwrap());
            assert_eq!(format!("{visibility:?} {account} {name}"), expect, "{host} {path}");
        }
        const HERE: &str = "127.0.0.1:5000";
        const OTHER: &str = "444455556666.dkr.ecr.us-east-1.registry.example";
        check(HERE, "team/app", "Private 000000000000 team/app");
        check(HERE, "111122223333/team/app", "Private 111122223333 team/app");
        check(HERE, "public.ecr/111122223333/team/app", "Public 111122223333 team/app");
        check(OTHER, "team/app", "Private 444455556666 team/app");
        check(OTHER, "111122223333/team/app", "Private 444455556666 111122223333/team/app");
        check(OTHER, "public.ecr/111122223333/team/app", "Public 111122223333 team/app");
        // What only looks like an account is a name.
        check(HERE, "11112222333/app", "Private 000000000000 11112222333/app");
        check(HERE, "111122223333", "Private 000000000000 111122223333");
        check(HERE, "public.ecr/app", "Private 000000000000 public.ecr/app");
        check(HERE, "public.ecr/111122223333", "Private 000000000000 public.ecr/111122223333");
    }

    #[test]
    fn hosts_name_accounts() {
        fn check(host: &'static str, expect: Option<&str>) {
            let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
            assert_eq!(host_account(&headers).map(|account| account.to_string()).as_deref(), expect, "{host}");
        }
        check("111122223333.dkr.ecr.us-east-1.registry.example:5000", Some("111122223333"));
        check("111122223333.dkr.ecr.us-east-1.amazonaws.com", Some("111122223333"));
        check("11112222333.dkr.ecr.us-east-1.registry.example", None);
        check("111122223333.registry.example", None);
        check("127.0.0.1:5000", None);
        check("localhost", None);
    }
}
