//! Why a call failed.

use std::io;
use std::path::PathBuf;

use plimsoll_oci::Digest;
use plimsoll_registry::scan::ScanError;

/// Why a call failed, and what to do about it. No credentials and no query of a URL are ever in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// A URL that was given is none.
    #[error("the URL cannot be used: {reason}")]
    Url {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A proxy that the environment names cannot be used.
    #[error("the proxy in {variable} cannot be used: it has to be an http:// or https:// URL")]
    Proxy {
        /// The environment variable.
        variable: &'static str,
    },
    /// The proxy does not let the call through.
    #[error("the proxy on the way to {host} does not let through: {reason}; hosts that need none go into NO_PROXY")]
    ProxyRefused {
        /// The host.
        host: String,
        /// What the proxy says about it.
        reason: String,
    },
    /// This machine has no certificates of authorities, so that no server's certificate can be checked.
    #[error(
        "no certificates of authorities were found on this machine: install the package ca-certificates, or name a \
         file of them in SSL_CERT_FILE"
    )]
    NoRoots,
    /// There is no such host.
    #[error("the host {host} is not known: check its name")]
    UnknownHost {
        /// The host.
        host: String,
    },
    /// Nothing came from the host for too long.
    #[error("{host} did not answer in time: try again, or check the network and the proxy")]
    Timeout {
        /// The host.
        host: String,
    },
    /// No connection to the host, or it broke.
    #[error("{host} cannot be reached: check that it runs there, and the network between")]
    Connection {
        /// The host.
        host: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no TLS with the host, or its certificate is not to be trusted.
    #[error(
        "no secure connection to {host}: if its certificate is by an authority of your own, name that one's certificate \
         in SSL_CERT_FILE; if it has no TLS at all, write http:// before the host"
    )]
    Tls {
        /// The host.
        host: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What the host says is not HTTP.
    #[error("{host} does not speak HTTP as it should")]
    Protocol {
        /// The host.
        host: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A redirect that is not followed.
    #[error("{host} sends the request elsewhere, where it does not go: {reason}")]
    Redirect {
        /// The host that redirects.
        host: String,
        /// Why not.
        reason: &'static str,
    },
    /// The host wants to know who asks, or does not like who does.
    #[error("{}", unauthorized(host, user.as_deref(), message))]
    Unauthorized {
        /// The host.
        host: String,
        /// Who asked; none for nobody.
        user: Option<String>,
        /// What the host says about it.
        message: String,
    },
    /// The host refuses: a gate, or a lack of permission.
    #[error("{host} refuses {what}: {message}")]
    Denied {
        /// The host.
        host: String,
        /// What was asked for.
        what: String,
        /// What the host says about it.
        message: String,
    },
    /// It is not there.
    #[error("{host} has no {what}: {message}")]
    NotFound {
        /// The host.
        host: String,
        /// What was asked for.
        what: String,
        /// What the host says about it.
        message: String,
    },
    /// The host wants fewer requests.
    #[error("{host} has had too many requests from here: wait a while, or log in for more: {message}")]
    TooManyRequests {
        /// The host.
        host: String,
        /// What the host says about it.
        message: String,
    },
    /// The host answers with another error.
    #[error("{host} answers with status {status} to the request for {what}: {message}")]
    Status {
        /// The host.
        host: String,
        /// What was asked for.
        what: String,
        /// The HTTP status.
        status: u16,
        /// What the host says about it.
        message: String,
    },
    /// The answer makes no sense.
    #[error("the answer of {host} to the request for {what} makes no sense: {reason}")]
    Answer {
        /// The host.
        host: String,
        /// What was asked for.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// More comes than should.
    #[error("{what} from {host} is larger than the {limit} bytes it may have")]
    TooLarge {
        /// The host.
        host: String,
        /// What was asked for.
        what: String,
        /// How much it may be, in bytes.
        limit: u64,
    },
    /// The connection broke before all had come.
    #[error("{what} from {host} broke off: try again")]
    Interrupted {
        /// The host.
        host: String,
        /// What was asked for.
        what: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What came is not what was asked for.
    #[error(
        "{what} should have the digest {expected}, but has {found}: the registry, or something before it, is damaged"
    )]
    Mismatch {
        /// What was asked for.
        what: String,
        /// The digest it is named by.
        expected: Box<Digest>,
        /// The digest it has.
        found: Box<Digest>,
    },
    /// The image cannot be scanned.
    #[error(transparent)]
    Scan(ScanError),
    /// A file cannot be read or written.
    #[error("{}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file of logins is malformed.
    #[error("the logins in {} cannot be read: {reason}", path.display())]
    Logins {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; nothing of its content.
        reason: String,
    },
    /// Another process fetches feeds into the same directory.
    #[error("another process is fetching advisories into {}: wait until it is done", path.display())]
    Busy {
        /// The directory.
        path: PathBuf,
    },
    /// The name of a feed that is not of OSV records is none.
    #[error("{name:?} is no feed: {rule}")]
    List {
        /// The name.
        name: String,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// The name of an ecosystem is none.
    #[error("{name:?} is not the name of an ecosystem, such as Debian or PyPI")]
    Ecosystem {
        /// The name.
        name: String,
    },
}

fn unauthorized(host: &str, user: Option<&str>, message: &str) -> String {
    match user {
        Some(user) => format!(
            "{host} does not accept the login of {user}: {message}; log in again with `docker login {host}`, or check \
             PLIMSOLL_ACCESS_KEY_ID and PLIMSOLL_SECRET_ACCESS_KEY"
        ),
        None => format!(
            "{host} wants a login: {message}; log in with `docker login {host}`, or set PLIMSOLL_ACCESS_KEY_ID and \
             PLIMSOLL_SECRET_ACCESS_KEY. Registries say the same of a repository that does not exist"
        ),
    }
}

impl OutboundError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::File { path, source }
    }

    /// For readers, whose errors are [`io::Error`].
    pub(crate) fn into_io(self) -> io::Error {
        io::Error::other(self)
    }

    /// For stores of images, whose errors are [`ScanError`].
    pub(crate) fn into_scan(self) -> ScanError {
        ScanError::Read(self.into_io())
    }
}

impl From<ScanError> for OutboundError {
    /// Takes an error of this kind out of the error of a store that carried it.
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Read(error) => match error.downcast::<Self>() {
                Ok(error) => error,
                Err(error) => Self::Scan(ScanError::Read(error)),
            },
            error => Self::Scan(error),
        }
    }
}
