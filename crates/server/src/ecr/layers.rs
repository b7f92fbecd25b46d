//! Layers: uploading them in parts, and downloading them.

use bytes::Bytes;
use plimsoll_iam::LayerTicket;
use plimsoll_oci::{Digest, UploadId};
use plimsoll_registry::{LayerPart, RegistryError, Repository};

use super::call::Asked;
use super::error::EcrError;
use super::wire::layers::{
    BatchCheckLayerAvailabilityRequest, BatchCheckLayerAvailabilityResponse, CompleteLayerUploadRequest,
    CompleteLayerUploadResponse, GetDownloadUrlForLayerRequest, GetDownloadUrlForLayerResponse,
    InitiateLayerUploadRequest, InitiateLayerUploadResponse, Layer, LayerFailure, UploadLayerPartRequest,
    UploadLayerPartResponse,
};
use crate::layers::PREFIX;

/// How many bytes a client is advised to put into a part: 10 MiB.
const PART: i64 = 10 << 20;
/// How long a link to a layer is good, in seconds.
const LINK: u64 = 15 * 60;

/// Says which layers a repository has.
pub(crate) async fn check(
    asked: &Asked<'_>,
    input: BatchCheckLayerAvailabilityRequest,
) -> Result<BatchCheckLayerAvailabilityResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let registry = &asked.call.state.registry;
    registry.repository(&repository).map_err(|error| refusal(&repository, "", error))?;
    let mut response = BatchCheckLayerAvailabilityResponse::default();
    for text in input.layer_digests {
        match text.parse::<Digest>() {
            Ok(digest) => {
                let layer = registry.layer(&repository, &digest).map_err(|error| refusal(&repository, "", error))?;
                let availability = match &layer {
                    None => "UNAVAILABLE",
                    Some(layer) if layer.archived => "ARCHIVED",
                    Some(_) => "AVAILABLE",
                };
                response.layers.push(Layer {
                    layer_digest: Some(text),
                    layer_availability: Some(availability),
                    layer_size: layer.as_ref().map(|layer| layer.size.cast_signed()),
                    media_type: layer.and_then(|layer| layer.media_type),
                });
            }
            Err(_) => response.failures.push(unreadable(text)),
        }
    }
    Ok(response)
}

fn unreadable(text: String) -> LayerFailure {
    let (code, reason) = if text.is_empty() {
        ("MissingLayerDigest", "Invalid request parameters: layer digest cannot be empty".to_owned())
    } else {
        let reason = format!("Invalid request parameters: '{text}' is not the digest of a layer");
        ("InvalidLayerDigest", reason)
    };
    LayerFailure { layer_digest: Some(text), failure_code: Some(code), failure_reason: Some(reason) }
}

/// Gives a link by which a layer can be downloaded without credentials for a while.
pub(super) async fn download_url(
    asked: &Asked<'_>,
    input: GetDownloadUrlForLayerRequest,
) -> Result<GetDownloadUrlForLayerResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let (call, registry) = (asked.call, &asked.call.state.registry);
    let not_found = || layers_not_found(&repository, &input.layer_digest);
    let allowed = match input.layer_digest.parse::<Digest>() {
        Ok(digest) => registry.may_download_layer(&repository, &digest, &call.caller.principal),
        Err(_) => registry.repository(&repository).and(Err(RegistryError::BlobUnknown)),
    };
    allowed.map_err(|error| match error {
        RegistryError::BlobUnknown => not_found(),
        RegistryError::LayerInaccessible => EcrError::new(
            "LayerInaccessibleException",
            format!(
                "The layer with digest '{}' is not available because no image of the repository that can be pulled has it",
                input.layer_digest
            ),
        ),
        RegistryError::Refused(refusal) => EcrError::new("LayerInaccessibleException", refusal.to_string()),
        other => refusal(&repository, "", other),
    })?;
    let expires = u64::try_from(call.seconds()).unwrap_or_default() + LINK;
    let name = repository.name.as_str();
    let ticket = LayerTicket::new(call.credential.holder(), repository.account, name, &input.layer_digest, expires);
    let ticket = registry.identities().master().sign_layer_ticket(&ticket).map_err(|error| EcrError::server(&error))?;
    let url = format!("{}{PREFIX}{}?ticket={ticket}", call.base_url, input.layer_digest);
    Ok(GetDownloadUrlForLayerResponse { download_url: Some(url), layer_digest: Some(input.layer_digest) })
}

/// Starts the upload of a layer.
pub(crate) async fn initiate(
    asked: &Asked<'_>,
    input: InitiateLayerUploadRequest,
) -> Result<InitiateLayerUploadResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let id = asked.call.state.registry.start_layer(&repository).await;
    let id = id.map_err(|error| refusal(&repository, "", error))?;
    Ok(InitiateLayerUploadResponse { upload_id: Some(id.to_string()), part_size: Some(PART) })
}

/// Adds a part to an upload.
pub(crate) async fn upload_part(
    asked: &Asked<'_>,
    input: UploadLayerPartRequest,
) -> Result<UploadLayerPartResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let registry = &asked.call.state.registry;
    let id = upload_id(asked, &repository, &input.upload_id)?;
    // The model has seen to it that neither is below zero.
    let (first, last) = (input.part_first_byte.cast_unsigned(), input.part_last_byte.cast_unsigned());
    let part = LayerPart { first, last, content: Bytes::from(input.layer_part_blob.0) };
    let received = match registry.append_layer(&repository, id, part).await {
        Ok(received) => received,
        Err(RegistryError::RangeMismatch { offset }) => {
            return Err(invalid_part(&repository, &input.upload_id, offset));
        }
        Err(RegistryError::SizeMismatch) => {
            let offset = registry.upload_offset(&repository, id).await;
            let offset = offset.map_err(|error| refusal(&repository, &input.upload_id, error))?;
            return Err(invalid_part(&repository, &input.upload_id, offset));
        }
        Err(other) => return Err(refusal(&repository, &input.upload_id, other)),
    };
    Ok(UploadLayerPartResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        upload_id: Some(input.upload_id),
        last_byte_received: Some(received.saturating_sub(1).cast_signed()),
    })
}

/// Makes an upload a layer.
pub(crate) async fn complete(
    asked: &Asked<'_>,
    input: CompleteLayerUploadRequest,
) -> Result<CompleteLayerUploadResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let registry = &asked.call.state.registry;
    let id = upload_id(asked, &repository, &input.upload_id)?;
    let text = input.layer_digests.first().cloned().unwrap_or_default();
    // Several digests are several claims of one thing, and have to be the same.
    let digest: Option<Digest> = text.parse().ok().filter(|_| input.layer_digests.iter().all(|digest| *digest == text));
    let digest = digest.ok_or_else(|| invalid_layer(&text))?;
    let completed = registry.complete_layer(&repository, id, digest, &asked.requester()).await;
    completed.map_err(|error| match error {
        RegistryError::DigestMismatch { .. } => invalid_layer(&text),
        RegistryError::LayerExists => EcrError::new(
            "LayerAlreadyExistsException",
            format!(
                "Layer with digest '{text}' already exists in the repository with name '{}' in registry with id '{}'",
                repository.name, repository.account
            ),
        ),
        other => refusal(&repository, &input.upload_id, other),
    })?;
    Ok(CompleteLayerUploadResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        upload_id: Some(input.upload_id),
        layer_digest: Some(text),
    })
}

/// The upload of that id. One that is written otherwise than this server writes them is none.
fn upload_id(asked: &Asked<'_>, repository: &Repository, text: &str) -> Result<UploadId, EcrError> {
    asked.call.state.registry.repository(repository).map_err(|error| refusal(repository, text, error))?;
    text.parse().map_err(|_| upload_not_found(repository, text))
}

fn refusal(repository: &Repository, upload: &str, error: RegistryError) -> EcrError {
    match error {
        RegistryError::RepositoryUnknown => EcrError::repository_not_found(repository),
        RegistryError::UploadUnknown => upload_not_found(repository, upload),
        RegistryError::UploadBusy => EcrError::new(
            "LimitExceededException",
            "Another part of this upload is being received. Wait and try again.",
        ),
        RegistryError::LayerTooLarge => EcrError::new(
            "LimitExceededException",
            "The layer would exceed the quota of 52,000 MiB, or of 4,200 parts, of a layer.",
        ),
        RegistryError::LayerEmpty => EcrError::new(
            "EmptyUploadException",
            format!("The upload with id '{upload}' does not contain any layer parts"),
        ),
        RegistryError::LayerPartTooSmall => EcrError::new(
            "LayerPartTooSmallException",
            format!("The upload with id '{upload}' has a part before its last that is smaller than 5 MiB"),
        ),
        other => other.into(),
    }
}

fn upload_not_found(repository: &Repository, upload: &str) -> EcrError {
    EcrError::new(
        "UploadNotFoundException",
        format!(
            "The upload with id '{upload}' does not exist in the repository with name '{}' in the registry with id '{}'",
            repository.name, repository.account
        ),
    )
}

fn layers_not_found(repository: &Repository, layer: &str) -> EcrError {
    EcrError::new(
        "LayersNotFoundException",
        format!(
            "The layer with digest '{layer}' does not exist in the repository with name '{}' in the registry with id '{}'",
            repository.name, repository.account
        ),
    )
}

fn invalid_layer(digest: &str) -> EcrError {
    EcrError::new(
        "InvalidLayerException",
        format!("The digest of the uploaded layer does not match the specified digest '{digest}'"),
    )
}

fn invalid_part(repository: &Repository, upload: &str, received: u64) -> EcrError {
    EcrError::new(
        "InvalidLayerPartException",
        format!(
            "The part's size is not that of its bytes, or its first byte does not follow the last byte of the part before: \
             the upload with id '{upload}' has {received} bytes"
        ),
    )
    .with("registryId", repository.account.to_string())
    .with("repositoryName", repository.name.as_str())
    .with("uploadId", upload)
    .with("lastValidByteReceived", received.saturating_sub(1))
}
