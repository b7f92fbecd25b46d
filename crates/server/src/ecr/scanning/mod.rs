//! Scanning: what is scanned and when, scans on demand, and what scans have found.

mod basic;
mod configuration;
mod enhanced;
mod findings;

use plimsoll_registry::{ImageId, ImageRecord, NoImage, Repository, ScanRefused, ScanStatus};

use super::call::Asked;
use super::error::EcrError;
use super::wire::scanning::{StartImageScanRequest, StartImageScanResponse};
use super::wire::shared::{ImageIdentifier, ImageScanStatus};

pub(super) use configuration::{batch_get, get_registry, put_image_scanning, put_registry};
pub(super) use findings::describe;

/// `StartImageScan`
pub(super) async fn start(asked: &Asked<'_>, input: StartImageScanRequest) -> Result<StartImageScanResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let image = image(asked, &repository, &input.image_id)?;
    let registry = &asked.call.state.registry;
    let started = registry.start_image_scan(&repository, &image, &asked.requester()).await;
    started.map_err(EcrError::about(&repository))?.map_err(|refused| refusal(refused, &repository, &input.image_id))?;
    let description = None;
    Ok(StartImageScanResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        image_id: Some(found(&image, input.image_id)),
        image_scan_status: Some(ImageScanStatus { status: Some(ScanStatus::InProgress.as_str()), description }),
    })
}

/// The image that an id stands for.
fn image(asked: &Asked<'_>, repository: &Repository, id: &ImageIdentifier) -> Result<ImageRecord, EcrError> {
    let missing = || EcrError::image_not_found(repository, id.image_digest.as_deref(), id.image_tag.as_deref());
    let nameless =
        || EcrError::new("InvalidParameterException", "Invalid request parameters: both tag and digest cannot be null");
    if id.image_digest.is_none() && id.image_tag.is_none() {
        return Err(nameless());
    }
    let digest = id.image_digest.as_deref().map(str::parse).transpose();
    let tag = id.image_tag.as_deref().map(str::parse).transpose();
    // What is neither digest nor tag names no image, of a repository that is there.
    let wanted = match (digest, tag) {
        (Ok(digest), Ok(tag)) => Some(ImageId { digest, tag }),
        _ => None,
    };
    let registry = &asked.call.state.registry;
    let image = match wanted {
        Some(wanted) => registry.image_by_id(repository, &wanted),
        None => registry.repository(repository).map(|_| Err(NoImage::NotFound)),
    };
    image.map_err(EcrError::about(repository))?.map_err(|why| match why {
        NoImage::Nameless => nameless(),
        NoImage::NotFound | NoImage::TagOfAnother => missing(),
    })
}

/// The id of an image that was found: its digest, and the tag it was asked for by.
fn found(image: &ImageRecord, asked: ImageIdentifier) -> ImageIdentifier {
    ImageIdentifier { image_digest: Some(image.digest.to_string()), image_tag: asked.image_tag }
}

fn refusal(refused: ScanRefused, repository: &Repository, id: &ImageIdentifier) -> EcrError {
    let about = |what: &str| {
        let (name, registry) = (&repository.name, repository.account);
        format!(
            "The image with imageId {} {what} in the repository with name '{name}' in the registry with id '{registry}'",
            text(id)
        )
    };
    match refused {
        ScanRefused::Enhanced => EcrError::new("ValidationException", "This feature is disabled"),
        ScanRefused::Archived => EcrError::new("ImageArchivedException", about("is archived")),
        ScanRefused::NotAnImage => {
            EcrError::new("UnsupportedImageTypeException", about("is of a type that basic scans do not support"))
        }
        ScanRefused::TooSoon => {
            EcrError::new("LimitExceededException", "The scan quota per image has been exceeded. Wait and try again.")
        }
    }
}

/// An id as messages write it. The half that was not given is `null`.
fn text(id: &ImageIdentifier) -> String {
    let half = |half: &Option<String>| half.as_deref().unwrap_or("null").to_owned();
    format!("{{imageDigest:'{}', imageTag:'{}'}}", half(&id.image_digest), half(&id.image_tag))
}
