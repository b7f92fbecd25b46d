//! Images: manifests with what changes about them.

use std::collections::HashMap;

use plimsoll_oci::{Digest, Tag};

use crate::Timestamp;

/// Whether an image can be pulled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageStatus {
    /// It can.
    #[default]
    Active,
    /// It is kept, and cannot be pulled before it is activated.
    Archived,
    /// It is on its way out of the archive.
    Activating,
}

impl ImageStatus {
    /// What stands for it in the database.
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Active => 0,
            Self::Archived => 1,
            Self::Activating => 2,
        }
    }

    /// The status that [`Self::number`] stands for.
    pub(crate) const fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Active),
            1 => Some(Self::Archived),
            2 => Some(Self::Activating),
            _ => None,
        }
    }
}

/// Where an image stands in the order of push within its repository: later ones have greater positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImagePosition(pub i64);

/// Which images of a repository to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImageFilter {
    /// Only those with a tag, only those without, or both.
    pub tagged: Option<bool>,
    /// Only those of this status, or all.
    pub status: Option<ImageStatus>,
}

/// What an image is named by: at least one of the two is meant to be there, and both must fit if both are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ImageId {
    /// Its digest.
    pub digest: Option<Digest>,
    /// One of its tags.
    pub tag: Option<Tag>,
}

/// An image, as it is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRecord {
    /// Where it stands in the order of push.
    pub position: ImagePosition,
    /// The digest of its manifest.
    pub digest: Digest,
    /// The media type of its manifest.
    pub media_type: String,
    /// What kind of artifact it is: its artifact type or else the media type of its configuration.
    pub artifact_type: Option<String>,
    /// The manifest it refers to.
    pub subject: Option<Digest>,
    /// The bytes of its manifest.
    pub manifest_size: u64,
    /// The bytes of its configuration and layers; of an index, those of its largest child.
    pub image_size: u64,
    /// When its repository first received it.
    pub pushed_at: Timestamp,
    /// Who pushed it first.
    pub pushed_by: String,
    /// Its tags, in the order of their bytes.
    pub tags: Vec<Tag>,
    /// What has changed about it since.
    pub state: ImageState,
}

/// What changes about an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImageState {
    /// Whether it can be pulled.
    pub status: ImageStatus,
    /// When it was last archived.
    pub archived_at: Option<Timestamp>,
    /// When it was last activated after that.
    pub activated_at: Option<Timestamp>,
    /// When it was last known to be pulled.
    pub last_pulled_at: Option<Timestamp>,
    /// When it was last asked to be scanned, by a push or by hand.
    pub scan_requested_at: Option<Timestamp>,
}

/// A tag with the image it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedImage {
    /// The tag.
    pub tag: Tag,
    /// Since when it names the image.
    pub tagged_at: Timestamp,
    /// The digest of the image's manifest.
    pub digest: Digest,
    /// The media type of the manifest.
    pub media_type: String,
    /// What kind of artifact it is: its artifact type or else the media type of its configuration.
    pub artifact_type: Option<String>,
    /// The bytes of its configuration and layers; of an index, those of its largest child.
    pub image_size: u64,
    /// When its repository first received it.
    pub pushed_at: Timestamp,
}

/// A digest with one of its tags, as images are listed by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedImage {
    /// Where the list can go on after this entry.
    pub cursor: ImageCursor,
    /// The digest.
    pub digest: Digest,
}

/// A place in the list of images by id: an image and, if it has any, one of its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageCursor {
    /// The image.
    pub position: ImagePosition,
    /// Its tag.
    pub tag: Option<Tag>,
}

/// A referrer, as it is listed by pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedReferrer {
    /// Where it stands in the order of push.
    pub position: ImagePosition,
    /// What the list of referrers says of it.
    pub referrer: crate::Referrer,
    /// Whether it can be pulled.
    pub status: ImageStatus,
}

/// That an image was pulled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// The repository.
    pub repository: crate::Repository,
    /// The image.
    pub digest: Digest,
    /// When.
    pub at: Timestamp,
}

/// What came of a request to scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanRequest {
    /// It is noted.
    Noted,
    /// There was one already, too short a while ago; nothing was changed.
    TooSoon {
        /// When.
        last: Timestamp,
    },
}

/// A tag to move together with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagMove {
    /// The tag.
    pub tag: Tag,
    /// What it must name now: nothing at all, or a digest.
    pub expect: Option<Digest>,
}

/// What has to be known of all images of a repository to say which are to go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepositoryImages {
    /// The images in the order of push.
    pub images: Vec<ImageRecord>,
    /// The manifests that each index names, whether they are there or not.
    pub children: HashMap<Digest, Vec<Digest>>,
}

/// An image or tag to delete among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// A digest stands for the image with all its tags; a tag, alone or with its digest, for the tag and, if the image
    /// has no other, for the image.
    pub id: ImageId,
    /// Why.
    pub reason: String,
    /// Delete the image only if its tags are still these.
    pub only_with_tags: Option<Vec<Tag>>,
}

/// What one [`Deletion`] deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The digest.
    pub digest: Digest,
    /// The tags that went.
    pub tags: Vec<Tag>,
    /// Whether the image went, too.
    pub image: bool,
}

/// Why an [`ImageId`] stands for no image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoImage {
    /// It names neither digest nor tag.
    Nameless,
    /// There is no such image.
    NotFound,
    /// The image is there, and the tag names another one.
    TagOfAnother,
}

/// Why one [`Deletion`] was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDeleted {
    /// There is nothing of this id.
    NoImage(NoImage),
    /// An index of the repository, which stays, names it.
    ReferencedBy(Digest),
    /// Its tags have changed.
    TagsChanged,
}

/// An image that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemovedImage {
    /// Where it stands among those that are gone: later ones have greater numbers.
    pub id: i64,
    /// The digest.
    pub digest: Digest,
    /// The tags it had when it went.
    pub tags: Vec<Tag>,
    /// Why it went.
    pub reason: String,
    /// On whose behalf.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// What a lifecycle policy does with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LifecycleAction {
    /// Deletes it.
    Expire,
    /// Moves it to the archive.
    Archive,
}

/// A change that a lifecycle policy makes, and on what it was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecycleChange {
    /// The image.
    pub digest: Digest,
    /// What is done with it.
    pub action: LifecycleAction,
    /// Why.
    pub reason: String,
    /// The tags it had, in the order of their bytes.
    pub tags: Vec<Tag>,
    /// What else was known of it.
    pub state: ImageState,
}
