//! Images: putting, getting, listing, describing, archiving and deleting them.

mod delete;
mod get;
mod list;
mod put;

use plimsoll_oci::Digest;
use plimsoll_registry::{ImageId, ImageRecord, ImageStatus, NoImage, RegistryError, Repository};

use super::call::Asked;
use super::error::EcrError;
use super::wire::images::{ImageFailure, UpdateImageStorageClassRequest, UpdateImageStorageClassResponse};
use super::wire::shared::ImageIdentifier;

pub(crate) use delete::batch_delete;
pub(super) use get::batch_get;
pub(crate) use list::describe;
pub(super) use list::{list, referrers};
pub(crate) use put::put;

/// What an image digest looks like, whether or not there can be one like it.
const DIGEST_PATTERN: &str = "[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+";
/// What a tag looks like.
const TAG_PATTERN: &str = "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}";

/// Puts an image into the archive or takes it out.
pub(super) async fn update_storage_class(
    asked: &Asked<'_>,
    input: UpdateImageStorageClassRequest,
) -> Result<UpdateImageStorageClassResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let id = read(&input.image_id).map_err(|bad| bad.refuse(&repository, &input.image_id))?;
    let archived = input.target_storage_class == "ARCHIVE";
    let registry = &asked.call.state.registry;
    let image = registry.set_archived(&repository, &id, archived, &asked.requester()).await;
    let image = image.map_err(|error| match error {
        RegistryError::HeldByIndex { .. } => {
            EcrError::new("ImageStorageClassUpdateNotSupportedException", sentence(&error.to_string()))
        }
        other => about(&repository, &input.image_id)(other),
    })?;
    let image_id = ImageIdentifier { image_digest: Some(image.digest.to_string()), ..input.image_id };
    Ok(UpdateImageStorageClassResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        image_id: Some(image_id),
        image_status: Some(word(image.state.status)),
    })
}

/// What is wrong with the id of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    /// It names neither digest nor tag.
    Nameless,
    /// Its digest is none.
    Digest,
    /// Its tag is none.
    Tag,
    /// There is no such image.
    NotFound,
    /// The tag names another image than the digest.
    TagOfAnother,
}

impl From<NoImage> for Bad {
    fn from(why: NoImage) -> Self {
        match why {
            NoImage::Nameless => Self::Nameless,
            NoImage::NotFound => Self::NotFound,
            NoImage::TagOfAnother => Self::TagOfAnother,
        }
    }
}

impl Bad {
    /// The entry of `failures` that says it.
    fn fail(self, id: ImageIdentifier) -> ImageFailure {
        let invalid =
            |what, pattern| format!("Invalid request parameters: image {what} should satisfy the regex '{pattern}'");
        let (code, reason) = match self {
            Self::Nameless => {
                ("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null".to_owned())
            }
            Self::Digest => ("InvalidImageDigest", invalid("digest", DIGEST_PATTERN)),
            Self::Tag => ("InvalidImageTag", invalid("tag", TAG_PATTERN)),
            Self::NotFound => ("ImageNotFound", "Requested image not found".to_owned()),
            Self::TagOfAnother => {
                ("ImageTagDoesNotMatchDigest", "Requested image tag does not match the requested digest".to_owned())
            }
        };
        failure(id, code, reason)
    }

    /// The error of an operation that does one image or all.
    fn refuse(self, repository: &Repository, id: &ImageIdentifier) -> EcrError {
        match self {
            Self::Nameless => EcrError::new(
                "InvalidParameterException",
                "Invalid request parameters: both tag and digest cannot be null",
            ),
            Self::Digest => not_matching("imageDigest", DIGEST_PATTERN),
            Self::Tag => not_matching("imageTag", TAG_PATTERN),
            Self::NotFound | Self::TagOfAnother => {
                EcrError::image_not_found(repository, id.image_digest.as_deref(), id.image_tag.as_deref())
            }
        }
    }
}

fn failure(id: ImageIdentifier, code: &'static str, reason: String) -> ImageFailure {
    ImageFailure { image_id: Some(id), failure_code: Some(code), failure_reason: Some(reason) }
}

fn not_matching(field: &str, pattern: &str) -> EcrError {
    EcrError::invalid_parameter(field, &format!("must satisfy regular expression '{pattern}'"))
}

/// Reads the id of an image. One that can be nobody's, though it looks like one, is that of an image that is not there.
fn read(id: &ImageIdentifier) -> Result<ImageId, Bad> {
    let digest = match id.image_digest.as_deref() {
        Some(text) if !is_digest_like(text) => return Err(Bad::Digest),
        Some(text) => Some(text.parse::<Digest>().map_err(|_| Bad::NotFound)?),
        None => None,
    };
    let tag = id.image_tag.as_deref().map(str::parse).transpose().map_err(|_| Bad::Tag)?;
    if digest.is_none() && tag.is_none() { Err(Bad::Nameless) } else { Ok(ImageId { digest, tag }) }
}

/// Whether a text is of [`DIGEST_PATTERN`].
fn is_digest_like(text: &str) -> bool {
    let Some((algorithm, value)) = text.split_once(':') else { return false };
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+.".contains(&byte);
    !algorithm.is_empty()
        && algorithm.bytes().all(named)
        && !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The image that an id stands for.
pub(super) fn one(asked: &Asked<'_>, repository: &Repository, id: &ImageIdentifier) -> Result<ImageRecord, EcrError> {
    let named = read(id).map_err(|bad| bad.refuse(repository, id))?;
    let found = asked.call.state.registry.image_by_id(repository, &named).map_err(|error| common(repository, error))?;
    found.map_err(|why| Bad::from(why).refuse(repository, id))
}

/// What is wrong with a call that is about one image, which may have gone since it was looked for.
pub(super) fn about<'a>(
    repository: &'a Repository,
    id: &'a ImageIdentifier,
) -> impl Fn(RegistryError) -> EcrError + 'a {
    move |error| match error {
        RegistryError::ImageUnknown(why) => Bad::from(why).refuse(repository, id),
        RegistryError::ManifestUnknown => Bad::NotFound.refuse(repository, id),
        other => EcrError::about(repository)(other),
    }
}

/// The id of an image by its digest and one of its tags.
fn written(digest: &Digest, tag: Option<&plimsoll_oci::Tag>) -> ImageIdentifier {
    ImageIdentifier { image_digest: Some(digest.to_string()), image_tag: tag.map(ToString::to_string) }
}

/// A status as the API writes it.
const fn word(status: ImageStatus) -> &'static str {
    match status {
        ImageStatus::Active => "ACTIVE",
        ImageStatus::Archived => "ARCHIVED",
        ImageStatus::Activating => "ACTIVATING",
    }
}

/// The status that a filter asks for: all for `ANY`, and the active without a word.
fn wanted(status: Option<&str>) -> Option<ImageStatus> {
    match status {
        None | Some("ACTIVE") => Some(ImageStatus::Active),
        Some("ARCHIVED") => Some(ImageStatus::Archived),
        Some("ACTIVATING") => Some(ImageStatus::Activating),
        Some(_) => None,
    }
}

/// The error of what any operation on a repository can run into.
fn common(repository: &Repository, error: RegistryError) -> EcrError {
    match error {
        RegistryError::RepositoryUnknown => EcrError::repository_not_found(repository),
        other => other.into(),
    }
}

/// A message of this program as a sentence.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read() {
        fn check(digest: Option<&str>, tag: Option<&str>, expect: Result<(), Bad>) {
            let id = ImageIdentifier { image_digest: digest.map(str::to_owned), image_tag: tag.map(str::to_owned) };
            assert_eq!(read(&id).map(|_| ()), expect, "{digest:?} {tag:?}");
        }
        let whole = format!("sha256:{}", "a".repeat(64));
        check(Some(&whole), None, Ok(()));
        check(Some(&whole), Some("v1"), Ok(()));
        check(None, Some("v1"), Ok(()));
        check(None, None, Err(Bad::Nameless));
        check(Some("sha256:abc"), None, Err(Bad::NotFound));
        check(Some("md5:ABC"), None, Err(Bad::NotFound));
        check(Some("sha256"), None, Err(Bad::Digest));
        check(Some("sha256:"), None, Err(Bad::Digest));
        check(Some(":abc"), None, Err(Bad::Digest));
        check(Some("sha256:xyz"), None, Err(Bad::Digest));
        check(Some(""), None, Err(Bad::Digest));
        check(None, Some(""), Err(Bad::Tag));
        check(None, Some("a b"), Err(Bad::Tag));
        check(None, Some(&"a".repeat(129)), Err(Bad::Tag));
    }

    #[test]
    fn failures_are_worded_as_in_ecr() {
        fn check(bad: Bad, code: &str, reason: &str) {
            let failure = bad.fail(ImageIdentifier::default());
            assert_eq!((failure.failure_code, failure.failure_reason.as_deref()), (Some(code), Some(reason)));
        }
        check(Bad::Nameless, "MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
        check(
            Bad::Digest,
            "InvalidImageDigest",
            "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
        );
        check(Bad::NotFound, "ImageNotFound", "Requested image not found");
    }
}
