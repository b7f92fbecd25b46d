//! What can go wrong between a test and the server it drives.

use std::io;
use std::path::PathBuf;

/// Why a request, an archive or a server process did not do what the test asked of it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection broke or timed out: the server is gone, or never answered.
    #[error("the connection failed")]
    Connection(#[source] io::Error),
    /// The peer answered with something that is not HTTP/1.1.
    #[error("not an HTTP response: {0}")]
    Protocol(&'static str),
    /// The answer's status was not one the caller expects.
    #[error("{method} {path} answered {status}: {body}")]
    Status {
        /// The request's method.
        method: &'static str,
        /// The request's path and query.
        path: String,
        /// The status that came back.
        status: u16,
        /// The first bytes of the body, as text.
        body: String,
    },
    /// The answer's bytes or headers are not what was stored.
    #[error("{path}: {reason}")]
    Content {
        /// The path that was read.
        path: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// A local file could not be read or written.
    #[error("{}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The key of an issuer of web identities does not serve.
    #[error("the issuer's key {0}")]
    Key(&'static str),
    /// The server process did not start, or ended before it was ready.
    #[error("the server did not start: {reason}; its output ends with:\n{output}")]
    Start {
        /// What was waited for.
        reason: String,
        /// The tail of the server's output.
        output: String,
    },
}

impl Error {
    /// Whether the connection broke, so that the caller cannot know if the request took effect.
    pub fn is_connection(&self) -> bool {
        matches!(self, Self::Connection(_))
    }

    /// The HTTP status of an unexpected answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The error and its causes in one line.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}
