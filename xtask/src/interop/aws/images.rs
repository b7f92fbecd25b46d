//! Layers and images, pushed and read without docker.

use super::Call;
use super::Then::{Has, Is, Keep, Refused};

pub(super) const STEPS: [(&str, &[Call]); 4] =
    [("ecr: layers", LAYERS), ("ecr: images", IMAGES), ("ecr: lists of images", LISTS), ("ecr: the archive", ARCHIVE)];

const LAYERS: &[Call] = &[
    ("ecr initiate-layer-upload --repository-name interop/aws", Keep("/uploadId", "upload")),
    (
        "ecr upload-layer-part --repository-name interop/aws --upload-id {upload} --part-first-byte 5 --part-last-byte 9 \
         --layer-part-blob fileb://{files}/layer",
        Refused("InvalidLayerPartException"),
    ),
    (
        "ecr upload-layer-part --repository-name interop/aws --upload-id {upload} --part-first-byte 0 \
         --part-last-byte {layer-last} --layer-part-blob fileb://{files}/layer",
        Is("/lastByteReceived", "{layer-last}"),
    ),
    (
        "ecr complete-layer-upload --repository-name interop/aws --upload-id {upload} --layer-digests {layer}",
        Is("/layerDigest", "{layer}"),
    ),
    ("ecr initiate-layer-upload --repository-name interop/aws", Keep("/uploadId", "upload")),
    (
        "ecr upload-layer-part --repository-name interop/aws --upload-id {upload} --part-first-byte 0 \
         --part-last-byte {config-last} --layer-part-blob fileb://{files}/config",
        Is("/lastByteReceived", "{config-last}"),
    ),
    (
        "ecr complete-layer-upload --repository-name interop/aws --upload-id {upload} --layer-digests {config}",
        Is("/layerDigest", "{config}"),
    ),
    (
        "ecr complete-layer-upload --repository-name interop/aws --upload-id {upload} --layer-digests {config}",
        Refused("UploadNotFoundException"),
    ),
    (
        "ecr batch-check-layer-availability --repository-name interop/aws --layer-digests {layer}",
        Is("/layers/0/layerAvailability", "AVAILABLE"),
    ),
    (
        "ecr get-download-url-for-layer --repository-name interop/aws --layer-digest {layer}",
        Refused("LayerInaccessibleException"),
    ),
];

const IMAGES: &[Call] = &[
    (
        "ecr put-image --repository-name interop/aws --image-tag 1 --image-manifest file://{files}/manifest",
        Is("/image/imageId/imageDigest", "{digest}"),
    ),
    (
        "ecr put-image --repository-name interop/aws --image-tag 1 --image-manifest file://{files}/manifest",
        Refused("ImageAlreadyExistsException"),
    ),
    (
        "ecr put-image --repository-name interop/aws --image-tag latest --image-manifest file://{files}/manifest",
        Is("/image/imageId/imageTag", "latest"),
    ),
    (
        "ecr put-image --repository-name interop/aws --image-manifest file://{files}/referrer",
        Refused("LayersNotFoundException"),
    ),
    (
        "ecr batch-get-image --repository-name interop/aws --image-ids imageTag=1",
        Is("/images/0/imageId/imageDigest", "{digest}"),
    ),
    (
        "ecr batch-get-image --repository-name interop/aws --image-ids imageTag=nothing",
        Is("/failures/0/failureCode", "ImageNotFound"),
    ),
    (
        "ecr get-download-url-for-layer --repository-name interop/aws --layer-digest {layer}",
        Keep("/downloadUrl", "url"),
    ),
];

const LISTS: &[Call] = &[
    ("ecr list-images --repository-name interop/aws --filter tagStatus=TAGGED", Has("/imageIds/1")),
    ("ecr list-images --repository-name interop/aws --filter tagStatus=UNTAGGED", Is("/imageIds", "[]")),
    (
        "ecr describe-images --repository-name interop/aws --image-ids imageTag=1",
        Is("/imageDetails/0/imageTags", r#"["1","latest"]"#),
    ),
    (
        "ecr describe-images --repository-name interop/aws --image-ids imageTag=nothing",
        Refused("ImageNotFoundException"),
    ),
    (
        "ecr list-image-referrers --repository-name interop/aws --subject-id imageDigest={digest}",
        Is("/referrers", "[]"),
    ),
];

const ARCHIVE: &[Call] = &[
    (
        "ecr update-image-storage-class --repository-name interop/aws --image-id imageTag=1 --target-storage-class ARCHIVE",
        Is("/imageStatus", "ARCHIVED"),
    ),
    ("ecr list-images --repository-name interop/aws", Is("/imageIds", "[]")),
    ("ecr list-images --repository-name interop/aws --filter imageStatus=ARCHIVED", Has("/imageIds/1")),
    ("ecr start-image-scan --repository-name interop/aws --image-id imageTag=1", Refused("ImageArchivedException")),
    (
        "ecr update-image-storage-class --repository-name interop/aws --image-id imageTag=1 --target-storage-class STANDARD",
        Has("/imageStatus"),
    ),
];
