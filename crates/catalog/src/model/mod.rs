//! The values the catalog takes and gives.

mod audit;
mod identity;
mod image;
mod repository;
mod statement;

use bytes::Bytes;
use plimsoll_oci::{Digest, Tag};

pub use audit::{AuditEntry, AuditRecord, AuditVerdict, Outcome};
pub use identity::{AccessKey, Account, Identities, IdentityChange, IdentityDocument, KeyChange, KeyOwner, Write};
pub use image::{
    Deleted, Deletion, ImageCursor, ImageFilter, ImageId, ImagePosition, ImageRecord, ImageState, ImageStatus,
    LifecycleAction, LifecycleChange, ListedImage, ListedReferrer, NoImage, NotDeleted, Pull, RemovedImage,
    RepositoryImages, ScanRequest, TagMove, TaggedImage,
};
pub(crate) use repository::owner;
pub use repository::{
    Encryption, LifecyclePolicy, LifecycleTask, NewRepository, Repository, RepositoryAccess, RepositoryRecord,
    TagFilter, TagFilterError, TagMutability, Visibility,
};
pub use statement::{NewVexDocument, Quota, Statements, StoredException, VexDocument};

/// A moment, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

/// On whose behalf something changes, and what has to be recorded in the same transaction if it does.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Who asked.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// What to announce.
    pub event: Option<Event>,
    /// What to enter into the audit log.
    pub audit: Option<AuditEntry>,
}

impl Cause {
    /// A cause with nothing to announce or to enter.
    pub fn new(actor: impl Into<String>, now: Timestamp) -> Self {
        Self { actor: actor.into(), now, event: None, audit: None }
    }

    /// The same with an event to announce.
    pub fn announcing(self, event: Event) -> Self {
        Self { event: Some(event), ..self }
    }

    /// The same with an entry for the audit log.
    pub fn audited(self, entry: AuditEntry) -> Self {
        Self { audit: Some(entry), ..self }
    }
}

/// A manifest as it was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredManifest {
    /// The digest of `content`.
    pub digest: Digest,
    /// The media type it was pushed with.
    pub media_type: String,
    /// The artifact type, for manifests that have one.
    pub artifact_type: Option<String>,
    /// The manifest this one refers to; it need not exist.
    pub subject: Option<Digest>,
    /// The manifest, byte for byte.
    pub content: Bytes,
    /// When this repository first received it.
    pub pushed_at: Timestamp,
    /// Who pushed it first.
    pub pushed_by: String,
    /// Whether it may be pulled.
    pub status: ImageStatus,
}

/// A manifest to put into a repository, with all that has to become visible at the same moment.
#[derive(Clone, Debug)]
pub struct NewManifest {
    /// The repository; created if this is its first content.
    pub repository: Repository,
    /// The digest of `content`, already verified.
    pub digest: Digest,
    /// The media type.
    pub media_type: String,
    /// The artifact type, for manifests that have one.
    pub artifact_type: Option<String>,
    /// The manifest this one refers to; it need not exist.
    pub subject: Option<Digest>,
    /// The manifest's annotations as a JSON object: what the referrers list shows.
    pub annotations_json: Option<String>,
    /// The manifest, byte for byte.
    pub content: Bytes,
    /// The blobs it refers to; each has to be linked to the repository.
    pub blobs: Vec<Digest>,
    /// The manifests it refers to, if it is an index.
    pub children: Vec<Digest>,
    /// What to do when a blob or a child is not in the repository.
    pub incomplete: Incomplete,
    /// The tags that shall name it.
    pub tags: Vec<Tag>,
    /// What to do when an immutable tag names this very manifest already.
    pub same_tag: SameTag,
    /// The bytes of its configuration and layers as it states them; 0 for an index, whose largest child counts.
    pub image_size: u64,
    /// Whether its push counts as a request to scan it.
    pub scan_requested: bool,
    /// What the analyser found, if it is an image whose layers are all analysed.
    pub image: Option<ImageFacts>,
    /// Who pushes, and what to record if anything changes.
    pub cause: Cause,
}

/// What to do with a manifest whose blobs and children are not all in the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// Refuse it with [`crate::CatalogError::MissingReferences`].
    Refuse,
    /// Take it: a sparse manifest or index.
    Accept,
}

/// What to do with an immutable tag that is to be set to what it names already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameTag {
    /// Refuse the manifest with [`crate::CatalogError::TagImmutable`].
    Refuse,
    /// Take it: nothing moves.
    Accept,
}

/// What [`crate::Catalog::put_manifest`] changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Whether the repository did not hold the manifest before.
    pub created: bool,
    /// Whether it was archived before and is active again.
    pub restored: bool,
    /// The tags that are new or named another manifest before.
    pub moved: Vec<Tag>,
}

/// What the analyser found in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// The version of the analyser; facts of another version are not read back.
    pub analyser_version: u32,
    /// The inventory, in the analyser's own encoding.
    pub inventory: Vec<u8>,
    /// The packages, for the index by name. Repeated ones count once.
    pub packages: Vec<Package>,
}

/// A version of a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Package {
    /// The kind of package, such as `deb` or `npm`.
    pub kind: String,
    /// The name, normalised as its kind wants it.
    pub name: String,
    /// The version as the package states it.
    pub version: String,
}

/// An image that holds a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageUse {
    /// A repository that holds the image.
    pub repository: Repository,
    /// The image's manifest.
    pub manifest: Digest,
    /// The version of the package in it.
    pub version: String,
}

/// Something that happened, to be announced at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The kind of event.
    pub kind: String,
    /// The event itself, as JSON.
    pub payload: String,
}

/// An [`Event`] that waits in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEvent {
    /// Its number; later events have greater numbers.
    pub id: i64,
    /// When it happened.
    pub created_at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// An entry of the referrers list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    /// The digest of the referring manifest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// Its artifact type.
    pub artifact_type: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Its annotations as a JSON object.
    pub annotations_json: Option<String>,
}

/// A change of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagChange {
    /// The tag.
    pub tag: Tag,
    /// What it named before; `None` if it is new.
    pub from: Option<Digest>,
    /// What it names after; `None` if it was deleted.
    pub to: Option<Digest>,
    /// Who changed it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// What became of a blob's link to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinked {
    /// The repository did not hold the blob.
    NotLinked,
    /// The link is gone; another repository holds the blob still.
    HeldElsewhere,
    /// The link is gone, and it was the last one: garbage collection may take the blob.
    Orphaned,
}

/// A set of advisories that came into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisoryGeneration {
    /// What the set is called.
    pub name: String,
    /// When it came into force.
    pub activated_at: Timestamp,
}
