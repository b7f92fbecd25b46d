//! What is kept of one layer.

use serde::{Deserialize, Serialize};

use crate::ANALYSER_VERSION;
use crate::analyse::Wanted;
use crate::ecosystems::Facts;
use crate::hash::PathSet;

/// What one layer contributes to an image: its package records, and what it hides of the layers below.
///
/// It is stored by the layer's digest. The stored form is this crate's own, checked by [`ANALYSER_VERSION`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerInventory {
    /// The evidence, sorted by path.
    pub(crate) findings: Vec<Finding>,
    /// Paths of lower layers that are removed, with what is below them.
    pub(crate) whiteouts: PathSet,
    /// Directories whose content in lower layers is removed.
    pub(crate) opaque: PathSet,
    /// Everything this layer puts down that is no directory.
    pub(crate) files: PathSet,
    /// Every directory this layer puts down or puts something into.
    pub(crate) directories: PathSet,
    /// What could not be read and is no evidence.
    pub(crate) problems: Vec<Problem>,
    /// Whether the reader of the layer's bytes failed.
    #[serde(skip)]
    pub(crate) reader_failed: bool,
    /// What another reading has to look at to tell more.
    #[serde(skip)]
    pub(crate) wanted: Option<Wanted>,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// Where it stands in the image.
    pub(crate) path: Vec<u8>,
    pub(crate) evidence: Evidence,
}

/// What stands at a path a cataloger asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Evidence {
    /// A file that was read.
    Facts(Facts),
    /// A symbolic link to a file of the same layer, which was read.
    FactsThrough {
        /// The file.
        target: Vec<u8>,
        facts: Facts,
    },
    /// A file that could not be made sense of.
    Unreadable(String),
    /// Another name of a file that was not read.
    HardLink(Vec<u8>),
    /// A symbolic link, resolved to the path it leads to, to what was not read.
    Symlink(Vec<u8>),
}

/// A reason why the inventory may be incomplete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Problem {
    /// The entry; none where it is the whole layer.
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) reason: String,
}

/// Why stored bytes are not a [`LayerInventory`].
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// Another version of the analyser made it.
    #[error("the stored inventory is of analyser version {0}, not {ANALYSER_VERSION}")]
    Version(u32),
    /// The bytes are damaged.
    #[error("the stored inventory is damaged")]
    Damaged(#[source] postcard::Error),
}

impl LayerInventory {
    /// The inventory of a layer that was not read at all.
    pub fn unreadable(reason: impl Into<String>) -> Self {
        let problem = Problem { path: None, reason: reason.into() };
        Self { problems: vec![problem], ..Self::default() }
    }

    /// The stored form.
    ///
    /// # Errors
    /// None is known; the encoder's type has one.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_extend(self, ANALYSER_VERSION.to_le_bytes().to_vec())
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`InventoryError::Version`] where another analyser version made it, [`InventoryError::Damaged`] otherwise.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InventoryError> {
        let damaged = || InventoryError::Damaged(postcard::Error::DeserializeUnexpectedEnd);
        let (version, rest) = bytes.split_first_chunk().ok_or_else(damaged)?;
        match u32::from_le_bytes(*version) {
            ANALYSER_VERSION => postcard::from_bytes(rest).map_err(InventoryError::Damaged),
            version => Err(InventoryError::Version(version)),
        }
    }

    /// Why the layer as a whole could not be read to its end; none where it was.
    pub fn failure(&self) -> Option<&str> {
        self.problems.iter().find(|problem| problem.path.is_none()).map(|problem| &*problem.reason)
    }

    /// Whether the reading ended because the reader of the layer's bytes failed.
    ///
    /// Then the inventory says nothing about the layer, and must not be stored as its own.
    pub fn reader_failed(&self) -> bool {
        self.reader_failed
    }
}
