//! Why advisories could not be imported or opened.

use std::io;
use std::path::{Path, PathBuf};

use plimsoll_advisories::importers::Unreadable;
use plimsoll_advisories::{Damaged, IndexError};
use zip::result::ZipError;

/// Why advisories could not be imported or opened. The generation in force is then as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// A file or directory could not be read or written.
    #[error("{}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The source is neither a directory nor a file of a known kind.
    #[error("{} is neither a directory nor a file of advisories", path.display())]
    NotASource {
        /// The source.
        path: PathBuf,
    },
    /// A zip archive is broken.
    #[error("the archive {} is broken", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: ZipError,
    },
    /// A source holds more than an import may read.
    #[error("{} holds {what}", path.display())]
    TooLarge {
        /// The source.
        path: PathBuf,
        /// What there is too much of.
        what: &'static str,
    },
    /// A document of a feed that is none of OSV records is damaged.
    #[error("{}", path.display())]
    Document {
        /// The document.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Unreadable,
    },
    /// A file that holds a whole set of advisories is damaged.
    #[error("{}: {rule}", path.display())]
    Bundle {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        rule: &'static str,
    },
    /// There are no advisories to export.
    #[error("no advisories are in force")]
    NothingInForce,
    /// Not one record of the source could be used.
    #[error("{} holds no usable advisory ({refused} refused)", path.display())]
    NoRecords {
        /// The source.
        path: PathBuf,
        /// How many records were refused.
        refused: u64,
    },
    /// The index could not be built or opened.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The pointer to the generation in force is damaged.
    #[error("{} does not name a generation of advisories; import the advisories again", path.display())]
    BadPointer {
        /// The pointer.
        path: PathBuf,
    },
}

impl From<Damaged> for FeedError {
    fn from(damaged: Damaged) -> Self {
        Self::Index(damaged.into())
    }
}

impl FeedError {
    /// The file that is to blame; none where none alone is.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Io { path, .. }
            | Self::NotASource { path }
            | Self::Archive { path, .. }
            | Self::TooLarge { path, .. }
            | Self::Document { path, .. }
            | Self::Bundle { path, .. }
            | Self::NoRecords { path, .. }
            | Self::BadPointer { path } => Some(path),
            Self::NothingInForce | Self::Index(_) => None,
        }
    }

    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { path, source }
    }

    pub(super) fn archive(path: &Path) -> impl FnOnce(ZipError) -> Self {
        let path = path.to_owned();
        |source| Self::Archive { path, source }
    }
}
