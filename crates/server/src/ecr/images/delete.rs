//! Deleting images and tags.

use plimsoll_registry::{Deleted, NotDeleted};

use super::{Bad, common, failure, read, written};
use crate::ecr::call::Asked;
use crate::ecr::error::EcrError;
use crate::ecr::wire::images::{BatchDeleteImageRequest, BatchDeleteImageResponse, ImageFailure};
use crate::ecr::wire::shared::ImageIdentifier;

/// Deletes images and tags; each that is not deleted is among the failures.
pub(crate) async fn batch_delete(
    asked: &Asked<'_>,
    input: BatchDeleteImageRequest,
) -> Result<BatchDeleteImageResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let mut response = BatchDeleteImageResponse::default();
    let (mut named, mut ids) = (Vec::new(), Vec::new());
    for id in input.image_ids {
        match read(&id) {
            Ok(_) if named.contains(&id) => {}
            Ok(read) => {
                named.push(id);
                ids.push(read);
            }
            Err(bad) => response.failures.push(bad.fail(id)),
        }
    }
    let answers = asked.call.state.registry.delete_images(&repository, ids, &asked.requester()).await;
    for (id, answer) in named.into_iter().zip(answers.map_err(|error| common(&repository, error))?) {
        match answer {
            Ok(deleted) => response.image_ids.extend(ids_of(&deleted)),
            Err(why) => response.failures.push(not_deleted(id, &why)),
        }
    }
    Ok(response)
}

/// One id for each tag that went, or the digest alone.
fn ids_of(deleted: &Deleted) -> Vec<ImageIdentifier> {
    match deleted.tags.as_slice() {
        [] => vec![written(&deleted.digest, None)],
        tags => tags.iter().map(|tag| written(&deleted.digest, Some(tag))).collect(),
    }
}

fn not_deleted(id: ImageIdentifier, why: &NotDeleted) -> ImageFailure {
    match why {
        NotDeleted::NoImage(why) => Bad::from(*why).fail(id),
        NotDeleted::ReferencedBy(index) => failure(
            id,
            "ImageReferencedByManifestList",
            format!("Requested image referenced by manifest list: [{index}]"),
        ),
        NotDeleted::TagsChanged => Bad::NotFound.fail(id),
    }
}
