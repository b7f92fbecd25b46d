//! Why a verb was not carried out.

use plimsoll_advisories::exception::ExceptionError;
use plimsoll_advisories::vex::VexError;
use plimsoll_catalog::{CatalogError, NoImage};
use plimsoll_iam::PolicyError;
use plimsoll_iam::directory::{IamError, RecordError};
use plimsoll_oci::{Digest, ManifestError, RepositoryName, Tag};
use plimsoll_rules::lifecycle::PolicyError as LifecyclePolicyError;
use plimsoll_store::StoreError;

use crate::feeds::FeedError;
use crate::judge::Refusal;
use crate::push::BodyError;

/// Why a verb was not carried out. Nothing has changed then, unless the variant says so.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// There is no such repository.
    #[error("there is no such repository")]
    RepositoryUnknown,
    /// There is a repository of this name already.
    #[error("the repository exists already")]
    RepositoryExists,
    /// The repository still holds images.
    #[error("the repository still holds images")]
    RepositoryNotEmpty,
    /// There is no policy.
    #[error("there is no policy")]
    PolicyUnknown,
    /// There would be more resource tags than there may be.
    #[error("a resource has at most {most} tags")]
    TooManyTags {
        /// How many there may be.
        most: usize,
    },
    /// The pulls of this user or role are not recorded already.
    #[error("the pulls of this principal are not recorded already")]
    ExclusionExists,
    /// The pulls of this user or role are recorded.
    #[error("the pulls of this principal are recorded")]
    ExclusionUnknown,
    /// There would be more exclusions than there may be.
    #[error("an account has at most {most} exclusions")]
    TooManyExclusions {
        /// How many there may be.
        most: usize,
    },
    /// There is a creation template of this prefix already.
    #[error("there is a template of this prefix already")]
    TemplateExists,
    /// There is no creation template of this prefix.
    #[error("there is no template of this prefix")]
    TemplateUnknown,
    /// There would be more creation templates than there may be.
    #[error("an account has at most {most} templates")]
    TooManyTemplates {
        /// How many there may be.
        most: usize,
    },
    /// A setting that was kept cannot be read.
    #[error("a setting cannot be read or written")]
    StoredSetting(#[source] serde_json::Error),
    /// The account has no such VEX document.
    #[error("there is no VEX document of this digest")]
    VexDocumentUnknown,
    /// A VEX document breaks a rule.
    #[error("the VEX document is refused")]
    VexDocument(#[source] VexError),
    /// A VEX document says nothing.
    #[error("statements: there are none")]
    NoStatements,
    /// A VEX document is too large.
    #[error("a VEX document has at most 16 MiB")]
    VexDocumentTooLarge,
    /// There would be more VEX documents than there may be.
    #[error("an account has at most 1,000 VEX documents of 32 MiB in all: remove some first")]
    TooManyVexDocuments,
    /// The account has no such exception.
    #[error("there is no exception of this id")]
    ExceptionUnknown,
    /// An exception breaks a rule.
    #[error("the exceptions are refused")]
    Exception(#[source] ExceptionError),
    /// There would be more exceptions than there may be.
    #[error("an account has at most 10,000 exceptions of 16 MiB in all: remove some first")]
    TooManyExceptions,
    /// There is no such image in the repository.
    #[error("there is no such image in the repository")]
    ImageUnknown(NoImage),
    /// The repository has just this image, under just this tag.
    #[error("the repository has the image {digest} already")]
    ImageExists {
        /// Its digest.
        digest: Box<Digest>,
    },
    /// An index that can be pulled names the image.
    #[error("the image index {index}, which is not archived, names the image")]
    HeldByIndex {
        /// The index.
        index: Box<Digest>,
    },
    /// No image that can be pulled has the layer.
    #[error("no image that can be pulled has the layer")]
    LayerInaccessible,
    /// A layer would be longer, or have more parts, than it may.
    #[error("a layer has at most 52,000 MiB, in at most 4,200 parts")]
    LayerTooLarge,
    /// No part of the layer was uploaded.
    #[error("no part of the layer was uploaded")]
    LayerEmpty,
    /// A part before the last is too small.
    #[error("each part of a layer but the last has at least 5 MiB")]
    LayerPartTooSmall,
    /// The repository has the layer already.
    #[error("the repository has the layer already")]
    LayerExists,
    /// There is no such manifest in the repository.
    #[error("there is no such manifest in the repository")]
    ManifestUnknown,
    /// There is no such blob in the repository.
    #[error("there is no such blob in the repository")]
    BlobUnknown,
    /// There is no such upload in the repository: never started, finished, or cancelled.
    #[error("there is no such upload")]
    UploadUnknown,
    /// Another request is writing to the upload.
    #[error("another request is writing to this upload")]
    UploadBusy,
    /// The manifest is malformed.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The manifest is not an image, so that there is nothing to know of it.
    #[error("this is not a container image: there is no inventory of it")]
    NotAnImage,
    /// A layer of the image is not in the store, so that the image cannot be analysed.
    #[error("the image is not complete: the registry does not hold all of its layers")]
    Incomplete,
    /// The content is not what its digest says.
    #[error("the content received has the digest {actual}")]
    DigestMismatch {
        /// The digest of what was received.
        actual: Box<Digest>,
    },
    /// A chunk does not begin where the upload ends.
    #[error("the upload has {offset} bytes: the next chunk must begin there")]
    RangeMismatch {
        /// How many bytes the upload has.
        offset: u64,
    },
    /// The body is not as long as the request says. Bytes that arrived before this was seen stay in the upload.
    #[error("the body is not as long as the request says")]
    SizeMismatch,
    /// The body ended early. What arrived stays in the upload.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// A gate refuses the image.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The name of a private repository reads as one of another registry.
    #[error(
        "a repository's name must not begin with an account id or with public.ecr: here such names mean other registries"
    )]
    NameReserved,
    /// A tag may not move, or not be set again to what it names.
    #[error(
        "The image tag '{tag}' already exists in the '{repository}' repository and cannot be overwritten because the tag is \
         immutable."
    )]
    TagImmutable {
        /// The tag.
        tag: Tag,
        /// The repository.
        repository: RepositoryName,
        /// The manifest the tag names.
        names: Box<Digest>,
        /// Whether that is the manifest it was to name.
        same: bool,
    },
    /// There is no such account.
    #[error("there is no such account")]
    AccountUnknown,
    /// There is an account of this id or alias already.
    #[error("there is an account of this id or alias already")]
    AccountExists,
    /// An alias of an account is not of the form it must have.
    #[error("an alias is 3 to 63 lower-case letters and digits, with single hyphens between them")]
    AccountAlias,
    /// Tags can follow a version, and a reference is none.
    #[error("this is not a semantic version such as 1.2.3 or v1.2.3, so no tags follow it")]
    NotAVersion,
    /// Identities were not changed as asked.
    #[error(transparent)]
    Iam(#[from] IamError),
    /// A record of an identity cannot be read.
    #[error(transparent)]
    Identity(#[from] RecordError),
    /// A policy that is in force cannot be read.
    #[error("a policy that is in force cannot be read")]
    StoredPolicy(#[source] PolicyError),
    /// Others changed the same thing again and again meanwhile; nothing was changed.
    #[error("others are changing the same thing: try again")]
    Contended,
    /// The text is not a lifecycle policy.
    #[error(transparent)]
    LifecyclePolicy(Box<LifecyclePolicyError>),
    /// The repository has no lifecycle policy.
    #[error("the repository has no lifecycle policy")]
    LifecyclePolicyUnknown,
    /// A preview of the repository is being worked out.
    #[error("a lifecycle policy preview of this repository is in progress")]
    PreviewInProgress,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(CatalogError),
    /// The advisories cannot be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// An inventory cannot be encoded or decoded.
    #[error("an inventory cannot be encoded or decoded")]
    Inventory(#[source] postcard::Error),
    /// A blob that the catalog knows cannot be read.
    #[error("the blob {digest} cannot be read")]
    BlobUnreadable {
        /// The blob.
        digest: Box<Digest>,
        /// The system's own error.
        #[source]
        source: std::io::Error,
    },
    /// The system has no randomness.
    #[error("no random bytes can be had")]
    Random(#[source] getrandom::Error),
    /// A task panicked or the server is stopping.
    #[error("a task did not end")]
    Task(#[source] tokio::task::JoinError),
    /// A file of the data directory cannot be read or written.
    #[error("cannot use {path}")]
    Data {
        /// The file or directory.
        path: std::path::PathBuf,
        /// The system's own error.
        #[source]
        source: std::io::Error,
    },
    /// There is no registry in this directory.
    #[error("there is no registry in {path}: name its directory by --data or PLIMSOLL_DATA, or start one there first")]
    NoRegistry {
        /// The directory.
        path: std::path::PathBuf,
    },
    /// Another process serves this data directory.
    #[error("another server is running on {path}: stop it, or give this one another --data directory")]
    InUse {
        /// The data directory.
        path: std::path::PathBuf,
    },
}

/// What a manifest names that its repository does not have.
#[derive(Clone, Copy, Debug)]
pub struct Missing<'a> {
    /// Blobs.
    pub blobs: &'a [Digest],
    /// Manifests of an index.
    pub manifests: &'a [Digest],
}

impl RegistryError {
    pub(crate) fn digest_mismatch(actual: Digest) -> Self {
        Self::DigestMismatch { actual: Box::new(actual) }
    }

    pub(crate) fn data(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::Data { path: path.to_owned(), source }
    }

    /// What a manifest names that its repository does not have, if that is why it was not taken.
    pub fn missing_references(&self) -> Option<Missing<'_>> {
        match self {
            Self::Catalog(CatalogError::MissingReferences { blobs, manifests }) => Some(Missing { blobs, manifests }),
            _ => None,
        }
    }

    /// Whether the cause is that the disk is full.
    pub fn is_storage_full(&self) -> bool {
        match self {
            Self::Store(StoreError::Full { .. }) => true,
            Self::Catalog(error) => error.is_storage_full(),
            _ => false,
        }
    }
}

impl From<CatalogError> for RegistryError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::RepositoryUnknown => Self::RepositoryUnknown,
            CatalogError::RepositoryExists => Self::RepositoryExists,
            CatalogError::RepositoryNotEmpty => Self::RepositoryNotEmpty,
            CatalogError::TooManyTags { most } => Self::TooManyTags { most },
            CatalogError::ImageUnknown => Self::ImageUnknown(NoImage::NotFound),
            CatalogError::HeldByIndex { index } => Self::HeldByIndex { index },
            CatalogError::AccountUnknown => Self::AccountUnknown,
            CatalogError::AccountExists => Self::AccountExists,
            other => Self::Catalog(other),
        }
    }
}

impl From<LifecyclePolicyError> for RegistryError {
    fn from(error: LifecyclePolicyError) -> Self {
        Self::LifecyclePolicy(Box::new(error))
    }
}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DigestMismatch { actual } => Self::digest_mismatch(actual),
            StoreError::UploadUnknown => Self::UploadUnknown,
            StoreError::UploadBusy => Self::UploadBusy,
            other => Self::Store(other),
        }
    }
}
