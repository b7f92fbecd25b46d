//! Lists of images and referrers.

use plimsoll_oci::Digest;
use plimsoll_registry::{
    ImageCursor, ImageFilter, ImageId, ImagePosition, ImageRecord, ListedReferrer, RegistryError, Repository,
};

use super::{Bad, DIGEST_PATTERN, common, not_matching, read, wanted, word, written};
use crate::ecr::call::Asked;
use crate::ecr::error::EcrError;
use crate::ecr::scanning::findings;
use crate::ecr::wire::Epoch;
use crate::ecr::wire::images::{
    DescribeImagesRequest, DescribeImagesResponse, ImageDetail, ImageReferrer, ListImageReferrersRequest,
    ListImageReferrersResponse, ListImagesRequest, ListImagesResponse,
};
use crate::ecr::wire::shared::ImageIdentifier;

/// How many referrers a page has where the request does not say.
const REFERRERS: i64 = 20;

/// Lists the ids of images.
pub(in crate::ecr) async fn list(asked: &Asked<'_>, input: ListImagesRequest) -> Result<ListImagesResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let (tags, status) = input.filter.map(|filter| (filter.tag_status, filter.image_status)).unwrap_or_default();
    let registry = asked.registry.to_string();
    let parameters = [input.repository_name.as_str(), part(tags.as_ref()), part(status.as_ref())];
    let page = asked.page(&registry, &parameters, input.next_token.as_deref(), input.max_results)?;
    let after = page.after.as_deref().map(cursor);
    let filter = filter(tags.as_deref(), status.as_deref());
    let found = asked.call.state.registry.image_ids(&repository, filter, after.as_ref(), page.read());
    let mut found = found.map_err(|error| common(&repository, error))?;
    let next_token = page.cut(&mut found, |image| place(&image.cursor))?;
    let image_ids = found.iter().map(|image| written(&image.digest, image.cursor.tag.as_ref())).collect();
    Ok(ListImagesResponse { image_ids, next_token })
}

/// Describes images, all or those asked for.
pub(crate) async fn describe(
    asked: &Asked<'_>,
    input: DescribeImagesRequest,
) -> Result<DescribeImagesResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let (tags, status) = input.filter.map(|filter| (filter.tag_status, filter.image_status)).unwrap_or_default();
    let wanted = filter(tags.as_deref(), status.as_deref());
    if let Some(ids) = input.image_ids.filter(|ids| !ids.is_empty()) {
        if input.next_token.is_some() || input.max_results.is_some() {
            let field = if input.next_token.is_some() { "nextToken" } else { "maxResults" };
            return Err(EcrError::invalid_parameter(field, "must not be set together with imageIds"));
        }
        let image_details = by_ids(asked, &repository, &ids, wanted)?;
        return Ok(DescribeImagesResponse { image_details, next_token: None });
    }
    let registry = asked.registry.to_string();
    let parameters = [input.repository_name.as_str(), part(tags.as_ref()), part(status.as_ref())];
    let page = asked.page(&registry, &parameters, input.next_token.as_deref(), input.max_results)?;
    let after = page.after.as_deref().map(position);
    let found = asked.call.state.registry.describe_images(&repository, wanted, after, page.read());
    let mut found = found.map_err(|error| common(&repository, error))?;
    let next_token = page.cut(&mut found, |image| image.position.0.to_string())?;
    Ok(DescribeImagesResponse { image_details: details(asked, &repository, found)?, next_token })
}

/// Lists the manifests that refer to one.
pub(in crate::ecr) async fn referrers(
    asked: &Asked<'_>,
    input: ListImageReferrersRequest,
) -> Result<ListImageReferrersResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let subject: Digest = match input.subject_id.image_digest.parse() {
        Ok(subject) => subject,
        Err(_) => return Err(not_matching("subjectId.imageDigest", DIGEST_PATTERN)),
    };
    let (types, status) =
        input.filter.map(|filter| (filter.artifact_types, filter.artifact_status)).unwrap_or_default();
    let types = types.unwrap_or_default();
    let (registry, joined) = (asked.registry.to_string(), types.join("\n"));
    let parameters = [
        input.repository_name.as_str(),
        input.subject_id.image_digest.as_str(),
        joined.as_str(),
        part(status.as_ref()),
    ];
    let limit = input.max_results.or(Some(REFERRERS));
    let page = asked.page(&registry, &parameters, input.next_token.as_deref(), limit)?;
    let after = page.after.as_deref().map(position);
    let status = wanted(status.as_deref());
    let listed = asked.call.state.registry.referrers_page(&repository, &subject, &types, status, after, page.read());
    let mut listed = listed.map_err(|error| common(&repository, error))?;
    let next_token = page.cut(&mut listed, |referrer| referrer.position.0.to_string())?;
    Ok(ListImageReferrersResponse { referrers: listed.into_iter().map(referrer).collect(), next_token })
}

fn by_ids(
    asked: &Asked<'_>,
    repository: &Repository,
    ids: &[ImageIdentifier],
    filter: ImageFilter,
) -> Result<Vec<ImageDetail>, EcrError> {
    let registry = &asked.call.state.registry;
    registry.repository(repository).map_err(|error| common(repository, error))?;
    let read: Result<Vec<ImageId>, EcrError> =
        ids.iter().map(|id| read(id).map_err(|bad| bad.refuse(repository, id))).collect();
    let found = registry.images_by_ids(repository, &read?).map_err(|error| common(repository, error))?;
    let mut images: Vec<ImageRecord> = Vec::new();
    for (found, id) in found.into_iter().zip(ids) {
        let image = found.map_err(|why| Bad::from(why).refuse(repository, id))?;
        if !fits(filter, &image) {
            return Err(Bad::NotFound.refuse(repository, id));
        }
        if !images.iter().any(|known| known.digest == image.digest) {
            images.push(image);
        }
    }
    details(asked, repository, images)
}

fn fits(filter: ImageFilter, image: &ImageRecord) -> bool {
    filter.status.is_none_or(|status| status == image.state.status)
        && filter.tagged.is_none_or(|tagged| tagged != image.tags.is_empty())
}

fn details(asked: &Asked<'_>, repository: &Repository, images: Vec<ImageRecord>) -> Result<Vec<ImageDetail>, EcrError> {
    let registry = &asked.call.state.registry;
    let scanning = registry.repository_scanning(repository).map_err(|error| common(repository, error))?;
    let described = |image: ImageRecord| {
        // An image that went meanwhile has no scan.
        let scan = registry.image_scan_overview(repository, &scanning, &image).or_else(|error| match error {
            RegistryError::ManifestUnknown => Ok(None),
            other => Err(common(repository, other)),
        })?;
        let image_scan_status = scan.as_ref().map(|scan| findings::status(scan.status, &scan.description));
        let image_scan_findings_summary =
            scan.and_then(|scan| scan.numbers).map(|numbers| findings::summary(scanning.scan_type, &numbers));
        Ok(ImageDetail { image_scan_status, image_scan_findings_summary, ..detail(asked, repository, image) })
    };
    images.into_iter().map(described).collect()
}

fn detail(asked: &Asked<'_>, repository: &Repository, image: ImageRecord) -> ImageDetail {
    let tags: Vec<String> = image.tags.iter().map(ToString::to_string).collect();
    ImageDetail {
        registry_id: asked.registry.to_string(),
        repository_name: repository.name.to_string(),
        image_digest: Some(image.digest.to_string()),
        image_tags: Some(tags).filter(|tags| !tags.is_empty()),
        image_size_in_bytes: Some(image.image_size.cast_signed()),
        image_pushed_at: Some(Epoch(image.pushed_at.0)),
        image_manifest_media_type: Some(image.media_type),
        artifact_media_type: image.artifact_type,
        last_recorded_pull_time: image.state.last_pulled_at.map(|at| Epoch(at.0)),
        subject_manifest_digest: image.subject.map(|subject| subject.to_string()),
        image_status: Some(word(image.state.status)),
        last_archived_at: image.state.archived_at.map(|at| Epoch(at.0)),
        last_activated_at: image.state.activated_at.map(|at| Epoch(at.0)),
        ..ImageDetail::default()
    }
}

fn referrer(listed: ListedReferrer) -> ImageReferrer {
    let ListedReferrer { referrer, status, .. } = listed;
    ImageReferrer {
        digest: referrer.digest.to_string(),
        media_type: referrer.media_type,
        artifact_type: referrer.artifact_type,
        size: referrer.size.cast_signed(),
        annotations: referrer.annotations_json.and_then(|text| serde_json::from_str(&text).ok()),
        artifact_status: Some(word(status)),
    }
}

fn filter(tags: Option<&str>, status: Option<&str>) -> ImageFilter {
    let tagged = match tags {
        Some("TAGGED") => Some(true),
        Some("UNTAGGED") => Some(false),
        _ => None,
    };
    ImageFilter { tagged, status: wanted(status) }
}

/// A part of a filter, as what a list depends on.
fn part(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}

/// A place in the list of ids as a token keeps it. Tokens are signed, so that what is read was written here.
fn place(cursor: &ImageCursor) -> String {
    let tag = cursor.tag.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{}:{tag}", cursor.position.0)
}

fn cursor(place: &str) -> ImageCursor {
    let (number, tag) = place.split_once(':').unwrap_or((place, ""));
    ImageCursor { position: position(number), tag: tag.parse().ok() }
}

fn position(place: &str) -> ImagePosition {
    ImagePosition(place.parse().unwrap_or(i64::MAX))
}
