//! The issuers of web identities that the configuration names, with their keys.
//!
//! An issuer's keys are a file, which whoever runs the server keeps up to date. It is looked at before each use and read
//! again when it has changed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use plimsoll_iam::web_identity::{Issuer, Jwks, JwksError, WebIdentity, WebIdentityError, WebToken};

use crate::config::Oidc;

/// The largest key set read, in bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// All issuers.
pub(crate) struct Issuers(Vec<Known>);

/// One issuer.
pub(crate) struct Known {
    url: String,
    audiences: Vec<String>,
    path: PathBuf,
    keys: Mutex<Keys>,
}

/// A key set, as its file was.
#[derive(Clone)]
struct Keys {
    set: Arc<Jwks>,
    /// When the file was changed, and how long it was.
    seen: (SystemTime, u64),
}

/// The key set of an issuer cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JwksFileError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// It holds something else.
    #[error(transparent)]
    Parse(#[from] JwksError),
}

impl Issuers {
    /// Reads the key sets of all issuers.
    ///
    /// # Errors
    /// The file that cannot be read, and why.
    pub(crate) fn open(configured: &[Oidc]) -> Result<Self, (PathBuf, JwksFileError)> {
        let open = |oidc: &Oidc| {
            let keys = read(&oidc.jwks).map_err(|error| (oidc.jwks.clone(), error))?;
            Ok(Known {
                url: oidc.issuer.clone(),
                audiences: oidc.audiences.clone(),
                path: oidc.jwks.clone(),
                keys: Mutex::new(keys),
            })
        };
        configured.iter().map(open).collect::<Result<_, _>>().map(Self)
    }

    /// The issuer of that URL.
    pub(crate) fn find(&self, url: &str) -> Option<&Known> {
        self.0.iter().find(|known| known.url == url)
    }
}

impl Known {
    /// The URL without its scheme, as ARNs and condition keys have it.
    pub(crate) fn provider(&self) -> &str {
        self.url.split_once("://").map_or(&self.url, |(_, rest)| rest)
    }

    /// Verifies a token, which may also be for one of `others`; `now` is in seconds since the Unix epoch.
    pub(crate) fn verify(
        &self,
        token: &WebToken,
        others: &[String],
        now: i64,
    ) -> Result<WebIdentity, WebIdentityError> {
        let keys = self.keys();
        let audiences: Vec<_> = self.audiences.iter().chain(others).cloned().collect();
        token.verify(&Issuer { url: &self.url, audiences: &audiences, keys: &keys }, now)
    }

    /// The keys of the file as it is now; those it had, while what it has cannot be read.
    fn keys(&self) -> Arc<Jwks> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if look(&self.path).ok() != Some(keys.seen) {
            match read(&self.path) {
                Ok(read) => *keys = read,
                Err(error) => {
                    let error = &error as &(dyn std::error::Error + 'static);
                    tracing::error!(path = %self.path.display(), error, "the keys of an issuer stay as they were");
                }
            }
        }
        Arc::clone(&keys.set)
    }
}

fn look(path: &Path) -> std::io::Result<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path)?;
    Ok((metadata.modified()?, metadata.len()))
}

fn read(path: &Path) -> Result<Keys, JwksFileError> {
    let seen = look(path)?;
    if seen.1 > MAX_FILE {
        return Err(JwksError::TooLarge.into());
    }
    Ok(Keys { set: Arc::new(Jwks::parse(&std::fs::read(path)?)?), seen })
}
