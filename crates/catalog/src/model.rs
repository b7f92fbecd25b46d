//! The values the catalog takes and gives.

use bytes::Bytes;
use plimsoll_iam::AccountId;
use plimsoll_oci::{Digest, RepositoryName, Tag};

/// A moment, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

/// The full name of a repository. It says nothing about whether the repository exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository {
    /// The account that owns the repository.
    pub account: AccountId,
    /// The repository's name within the account.
    pub name: RepositoryName,
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
    /// Who pushes.
    pub actor: String,
    /// When.
    pub now: Timestamp,
    /// What the analyser found, if it is an image whose layers are all analysed.
    pub image: Option<ImageFacts>,
    /// What to announce if anything changes.
    pub event: Option<Event>,
}

/// What to do with a manifest whose blobs and children are not all in the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// Refuse it with [`crate::CatalogError::MissingReferences`].
    Refuse,
    /// Take it: a sparse manifest or index.
    Accept,
}

/// What [`crate::Catalog::put_manifest`] changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Whether the repository did not hold the manifest before.
    pub created: bool,
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

/// An access key; its secret is not kept here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// The public part of the key.
    pub key_id: String,
    /// Whose key it is.
    pub principal: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was disabled, if it was.
    pub disabled_at: Option<Timestamp>,
}

/// A set of advisories that came into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvisoryGeneration {
    /// What the set is called.
    pub name: String,
    /// When it came into force.
    pub activated_at: Timestamp,
}
