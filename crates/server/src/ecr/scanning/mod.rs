//! Scanning: what is scanned and when, scans on demand, and what scans have found.

mod basic;
mod configuration;
mod enhanced;
pub(super) mod findings;

use plimsoll_registry::{ImageRecord, Repository, ScanRefused, ScanStatus};

use super::call::Asked;
use super::error::EcrError;
use super::images;
use super::wire::scanning::{StartImageScanRequest, StartImageScanResponse};
use super::wire::shared::{ImageIdentifier, ImageScanStatus};

pub(super) use configuration::{batch_get, get_registry, put_image_scanning, put_registry};
pub(super) use findings::describe;

/// `StartImageScan`
pub(super) async fn start(asked: &Asked<'_>, input: StartImageScanRequest) -> Result<StartImageScanResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let image = images::one(asked, &repository, &input.image_id)?;
    let registry = &asked.call.state.registry;
    let started = registry.start_image_scan(&repository, &image, &asked.requester()).await;
    started
        .map_err(images::about(&repository, &input.image_id))?
        .map_err(|refused| refusal(refused, &repository, &input.image_id))?;
    let description = None;
    Ok(StartImageScanResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        image_id: Some(found(&image, input.image_id)),
        image_scan_status: Some(ImageScanStatus { status: Some(ScanStatus::InProgress.as_str()), description }),
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
