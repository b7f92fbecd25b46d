//! References to images in registries, as docker writes them.

use std::fmt;
use std::str::FromStr;

use plimsoll_oci::{self as oci, Digest, NameError, RepositoryName, Tag};

use crate::url::{Url, host_of, is_loopback};

/// The host that names without one mean.
const DOCKER_HUB: &str = "docker.io";

/// A reference to an image in a registry: `alpine`, `127.0.0.1:5000/team/app:1.0`, `example.org/app@sha256:…`.
///
/// As for docker, the part before the first `/` is a host if it holds a `.` or a `:`, is `localhost`, or is not in lower
/// case; without a host it is Docker Hub's, and there names of one part are in `library/`. Without a tag or digest it is
/// the tag `latest`; with both, the digest decides. `http://` before the host asks for a connection without TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    host: String,
    repository: RepositoryName,
    target: oci::Reference,
    plain: bool,
}

/// Why a text is not an [`Reference`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// The host is malformed.
    #[error("the part before the first '/' is not HOST or HOST:PORT")]
    Host,
    /// The repository, tag or digest is malformed.
    #[error(transparent)]
    Name(#[from] NameError),
}

impl Reference {
    /// The registry's host with its port, as docker keeps logins by it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The repository.
    pub fn repository(&self) -> &RepositoryName {
        &self.repository
    }

    /// The tag or digest.
    pub fn reference(&self) -> &oci::Reference {
        &self.target
    }

    /// Where the registry answers.
    pub(crate) fn base(&self) -> Url {
        let host = if self.host == DOCKER_HUB { "registry-1.docker.io" } else { &self.host };
        Url::new(!self.plain && !is_loopback(host_of(host)), host, "/v2/".to_owned())
    }

    /// Whether the registry may answer with TLS where [`base`](Self::base) goes without.
    pub(crate) fn may_upgrade(&self) -> bool {
        !self.plain && is_loopback(host_of(&self.host))
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let (plain, text) = match (text.strip_prefix("http://"), text.strip_prefix("https://")) {
            (Some(rest), _) => (true, rest),
            (None, rest) => (false, rest.unwrap_or(text)),
        };
        let (host, rest) = match text.split_once('/') {
            Some((host, rest)) if is_host(host) => (host.to_ascii_lowercase(), rest),
            _ => (DOCKER_HUB.to_owned(), text),
        };
        check_host(&host)?;
        let host = match host.as_str() {
            "index.docker.io" | "registry-1.docker.io" => DOCKER_HUB.to_owned(),
            _ => host,
        };
        let (name, digest) = match rest.split_once('@') {
            Some((name, digest)) => (name, Some(digest.parse::<Digest>().map_err(NameError::from)?)),
            None => (rest, None),
        };
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, tag.parse::<Tag>()?),
            _ => (name, "latest".parse()?),
        };
        let repository = if host == DOCKER_HUB && !name.is_empty() && !name.contains('/') {
            format!("library/{name}").parse()?
        } else {
            name.parse()?
        };
        let target = digest.map_or(oci::Reference::Tag(tag), oci::Reference::Digest);
        Ok(Self { host, repository, target, plain })
    }
}

/// Whether the part before the first slash is a host rather than a part of the repository's name.
fn is_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost" || part.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn check_host(authority: &str) -> Result<(), ReferenceError> {
    let host = host_of(authority);
    let port = &authority[host.len()..];
    let good_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
        });
    let good_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            host.len() <= 253
                && host.split('.').all(|label| {
                    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                    !label.is_empty() && label.bytes().all(word) && !label.starts_with('-') && !label.ends_with('-')
                })
        }
    };
    if good_host && good_port { Ok(()) } else { Err(ReferenceError::Host) }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = match self.target {
            oci::Reference::Tag(_) => ':',
            oci::Reference::Digest(_) => '@',
        };
        write!(f, "{}/{}{separator}{}", self.host, self.repository, self.target)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_are_read_as_docker_does() {
        fn check(input: &str, expect: &str, base: &str) {
            let parsed = input.parse::<Reference>().unwrap();
            assert_eq!((parsed.to_string().as_str(), parsed.base().to_wire().as_str()), (expect, base), "{input}");
        }
        let hub = "https://registry-1.docker.io/v2/";
        check("alpine", "docker.io/library/alpine:latest", hub);
        check("alpine:3.20", "docker.io/library/alpine:3.20", hub);
        check("team/app", "docker.io/team/app:latest", hub);
        check("index.docker.io/alpine", "docker.io/library/alpine:latest", hub);
        check("docker.io/library/alpine:3", "docker.io/library/alpine:3", hub);
        check("example.org/app", "example.org/app:latest", "https://example.org/v2/");
        check("Example.org:8443/a/b/c:x", "example.org:8443/a/b/c:x", "https://example.org:8443/v2/");
        check("127.0.0.1:5000/team/app:1.0", "127.0.0.1:5000/team/app:1.0", "http://127.0.0.1:5000/v2/");
        check("localhost/app", "localhost/app:latest", "http://localhost/v2/");
        check("[::1]:5000/app", "[::1]:5000/app:latest", "http://[::1]:5000/v2/");
        check("10.0.0.1/app", "10.0.0.1/app:latest", "https://10.0.0.1/v2/");
        check("http://10.0.0.1/app", "10.0.0.1/app:latest", "http://10.0.0.1/v2/");
        check("https://example.org/app", "example.org/app:latest", "https://example.org/v2/");
        let digest = format!("sha256:{}", "0".repeat(64));
        check(&format!("app@{digest}"), &format!("docker.io/library/app@{digest}"), hub);
        check(&format!("app:1.0@{digest}"), &format!("docker.io/library/app@{digest}"), hub);
    }

    #[test]
    fn malformed_references() {
        fn check(input: &str, expect: ReferenceError) {
            assert_eq!(input.parse::<Reference>(), Err(expect), "{input}");
        }
        check("", NameError::NameLength.into());
        check("App", NameError::NameGrammar.into());
        check("./image.tar", ReferenceError::Host);
        check("../image.tar", ReferenceError::Host);
        check("a:b:c/app", ReferenceError::Host);
        check("example.org:0/app", ReferenceError::Host);
        check("example.org:99999/app", ReferenceError::Host);
        check("example.org:/app", ReferenceError::Host);
        check("user@example.org/app", ReferenceError::Host);
        check("example.org/", NameError::NameLength.into());
        check("app:", NameError::TagLength.into());
        check("app:a b", NameError::TagGrammar.into());
        check("app@sha256:00", NameError::Digest(plimsoll_oci::DigestError::BadValue).into());
    }

    proptest! {
        #[test]
        fn anything_may_be_given(text in any::<String>()) {
            drop(text.parse::<Reference>());
        }

        #[test]
        fn what_is_printed_is_read_again(host in "[a-z]{1,9}\\.[a-z]{1,9}(:[1-9][0-9]{0,3})?", name in "[a-z0-9]{1,9}(/[a-z0-9]{1,9}){0,3}", tag in "[A-Za-z0-9_]{1,20}") {
            let parsed = format!("{host}/{name}:{tag}").parse::<Reference>().unwrap();
            prop_assert_eq!(parsed.to_string().parse(), Ok(parsed));
        }
    }
}
