//! Why a source could not be scanned.

use std::io;
use std::path::PathBuf;

use plimsoll_image::LayerError;
use plimsoll_inventory::BillError;
use plimsoll_oci::{Digest, ManifestError};

/// Why an image outside a registry could not be inventoried.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The path cannot be opened.
    #[error("{path} could not be opened", path = path.display())]
    Open {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The source's bytes cannot be read.
    #[error("the source could not be read")]
    Read(#[source] io::Error),
    /// The file is no archive, or a damaged one.
    #[error("it could not be read as an image archive")]
    Archive(#[source] LayerError),
    /// The archive holds neither of the two files that describe images.
    #[error("it is an archive, but not of images: it has neither manifest.json nor index.json")]
    NotImages,
    /// The file is JSON or SPDX, but no bill of materials that is read.
    #[error("it could not be read as a bill of materials")]
    Bill(#[source] BillError),
    /// Something an image names is not there.
    #[error("{0} is missing from the source")]
    Missing(String),
    /// A document is larger than any of its kind.
    #[error("{0} is larger than a document of its kind may be")]
    TooLarge(String),
    /// A document is not the JSON it should be.
    #[error("{name} is malformed")]
    Malformed {
        /// The document.
        name: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A manifest is malformed.
    #[error("{name} is not a manifest")]
    Manifest {
        /// The document.
        name: String,
        /// Why.
        #[source]
        source: ManifestError,
    },
    /// Content is not what it is named by.
    #[error("{name} should have the digest {expected}, but has {found}")]
    Mismatch {
        /// The content.
        name: String,
        /// The digest it is named by.
        expected: Box<Digest>,
        /// The digest it has.
        found: Box<Digest>,
    },
    /// The configuration and the manifest disagree.
    #[error("the image has {layers} layers, but its configuration names {diff_ids}")]
    LayerCount {
        /// How many layers the manifest has.
        layers: usize,
        /// How many the configuration has.
        diff_ids: usize,
    },
    /// The source holds no image of the wanted name.
    #[error("there is no image {wanted} here, only: {known}")]
    UnknownImage {
        /// The name.
        wanted: String,
        /// The names there are.
        known: String,
    },
    /// The source holds no image for the wanted platform.
    #[error("there is no image for {wanted} here, only for: {known}")]
    NoPlatform {
        /// The platform.
        wanted: String,
        /// The platforms there are.
        known: String,
    },
    /// What the source holds is no image a container runtime could run.
    #[error("{0} is an artifact, not an image")]
    NotAnImage(String),
}
