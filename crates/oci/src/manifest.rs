//! Image manifests and indexes, OCI and Docker schema 2.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Digest, media, strict};

/// The largest manifest taken, in bytes: what the distribution specification asks registries to support.
pub const MAX_MANIFEST_BYTES: usize = 4 * 1024 * 1024;

/// Why bytes are not a manifest this registry takes.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Larger than [`MAX_MANIFEST_BYTES`].
    #[error("the manifest is larger than 4 MiB")]
    TooLarge,
    /// Not JSON, nested too deep, with duplicate keys, or a field has the wrong type or value.
    #[error("the manifest is not valid: {0}")]
    Json(#[from] serde_json::Error),
    /// A Docker schema 1 manifest.
    #[error(
        "Docker schema 1 manifests are not accepted: push again with a client that writes schema 2 or OCI manifests"
    )]
    Schema1,
    /// Neither an image manifest nor an index.
    #[error("the media type {0:?} is not that of an image manifest or an image index")]
    MediaType(String),
    /// The `mediaType` field and the `Content-Type` header name different types.
    #[error("the manifest's mediaType {field:?} is not its Content-Type {header:?}")]
    MediaTypeMismatch {
        /// The manifest's own `mediaType`.
        field: String,
        /// The type the request declared.
        header: String,
    },
    /// The document has the fields of both an image manifest and an index, and clients would disagree what it is.
    #[error("the manifest has both 'manifests' and 'config' or 'layers'")]
    Ambiguous,
    /// `schemaVersion` is not 2.
    #[error("the manifest's schemaVersion must be 2")]
    SchemaVersion,
    /// A field that this kind of manifest must have is missing.
    #[error("the manifest has no {0:?}")]
    Missing(&'static str),
}

/// A reference from a manifest to content, by digest
/// ([descriptor.md](https://github.com/opencontainers/image-spec/blob/main/descriptor.md)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// The media type of the content.
    #[serde(default)]
    pub media_type: String,
    /// The digest of the content.
    pub digest: Digest,
    /// The length of the content in bytes.
    pub size: u64,
    /// Where else the content can be had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// The type of artifact the content is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// Annotations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// The platform an image in an index runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
}

impl Descriptor {
    /// Whether the registry must hold the content for a manifest with this descriptor to be complete.
    pub fn must_be_present(&self) -> bool {
        self.urls.is_empty() && !media::is_nondistributable(&self.media_type)
    }
}

/// The platform an image runs on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// The processor architecture, in Go's names.
    #[serde(default)]
    pub architecture: String,
    /// The operating system, in Go's names.
    #[serde(default)]
    pub os: String,
    /// The variant of the architecture, such as `v8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// A manifest: what a tag or digest in a repository stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The media type, one of the four of [`media`].
    pub media_type: String,
    /// The `artifactType` field.
    pub artifact_type: Option<String>,
    /// The manifest this one refers to.
    pub subject: Option<Descriptor>,
    /// The manifest's own annotations.
    pub annotations: Option<BTreeMap<String, String>>,
    /// What it is made of.
    pub content: Content,
}

/// What a [`Manifest`] is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// An image or an artifact packaged as one.
    Image {
        /// The configuration.
        config: Box<Descriptor>,
        /// The layers, base first.
        layers: Vec<Descriptor>,
    },
    /// A list of manifests.
    Index(Vec<Descriptor>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: Option<u32>,
    media_type: Option<String>,
    artifact_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    subject: Option<Descriptor>,
    annotations: Option<BTreeMap<String, String>>,
}

impl Manifest {
    /// Reads a manifest that was sent with the given `Content-Type`; an empty one leaves the type to the document.
    ///
    /// # Errors
    /// Says what is wrong with the document; the bytes are outside input.
    pub fn parse(bytes: &[u8], content_type: &str) -> Result<Self, ManifestError> {
        let declared = media::essence(content_type);
        if media::is_schema1(declared) {
            return Err(ManifestError::Schema1);
        }
        let document = Document::read(bytes)?;
        if document.schema_version == Some(1) {
            return Err(ManifestError::Schema1);
        }
        if document.schema_version != Some(2) {
            return Err(ManifestError::SchemaVersion);
        }
        let media_type = document.agreed_media_type(declared)?;
        let content = match media_type.as_str() {
            media::OCI_MANIFEST | media::DOCKER_MANIFEST => document.image()?,
            media::OCI_INDEX | media::DOCKER_LIST => document.index()?,
            _ => return Err(ManifestError::MediaType(media_type)),
        };
        let Document { artifact_type, subject, annotations, .. } = document;
        let artifact_type = artifact_type.filter(|kind| !kind.is_empty());
        Ok(Self { media_type, artifact_type, subject, annotations, content })
    }

    /// Checks that a manifest says itself of which media type it is.
    ///
    /// # Errors
    /// [`ManifestError::Missing`] if it does not; or what is wrong with the document.
    pub fn must_state_media_type(bytes: &[u8]) -> Result<(), ManifestError> {
        let stated = Document::read(bytes)?.media_type;
        stated.filter(|stated| !stated.is_empty()).map(drop).ok_or(ManifestError::Missing("mediaType"))
    }

    /// The blobs that must be in the repository for this manifest to be complete.
    pub fn required_blobs(&self) -> impl Iterator<Item = &Descriptor> {
        let (config, layers) = match &self.content {
            Content::Image { config, layers } => (Some(config.as_ref()), layers.as_slice()),
            Content::Index(_) => (None, [].as_slice()),
        };
        config.into_iter().chain(layers).filter(|descriptor| descriptor.must_be_present())
    }

    /// The layers of an image, base first; none for an index.
    pub fn layers(&self) -> &[Descriptor] {
        match &self.content {
            Content::Image { layers, .. } => layers,
            Content::Index(_) => &[],
        }
    }

    /// The manifests an index lists; none for an image.
    pub fn children(&self) -> &[Descriptor] {
        match &self.content {
            Content::Image { .. } => &[],
            Content::Index(manifests) => manifests,
        }
    }

    /// The type under which the manifest is listed as a referrer: `artifactType`, or an image's configuration type.
    pub fn referrer_type(&self) -> Option<&str> {
        self.artifact_type.as_deref().or(match &self.content {
            Content::Image { config, .. } => Some(config.media_type.as_str()),
            Content::Index(_) => None,
        })
    }

    /// The layers to analyse, base first, if this is something a container runtime can run.
    ///
    /// The layers decide as well as the configuration, so that a mislabelled one of them does not hide an image.
    pub fn runnable_layers(&self) -> Option<&[Descriptor]> {
        match &self.content {
            Content::Image { config, layers } => (media::may_be_image_config(&config.media_type)
                || layers.iter().any(|layer| media::is_layer(&layer.media_type)))
            .then_some(layers),
            Content::Index(_) => None,
        }
    }
}

impl Document {
    fn read(bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLarge);
        }
        strict::check(bytes)?;
        Ok(serde_json::from_slice(bytes)?)
    }

    fn agreed_media_type(&self, declared: &str) -> Result<String, ManifestError> {
        let field = self.media_type.as_deref().unwrap_or_default();
        if media::is_schema1(field) {
            return Err(ManifestError::Schema1);
        }
        // An OCI manifest may leave the field out, and some clients send a general type.
        let declared = if matches!(declared, "application/json" | "application/octet-stream") { "" } else { declared };
        match (field, declared) {
            ("", "") if self.manifests.is_some() => Ok(media::OCI_INDEX.to_owned()),
            ("", "") => Ok(media::OCI_MANIFEST.to_owned()),
            (one, "") | ("", one) => Ok(one.to_owned()),
            (field, header) if field == header => Ok(field.to_owned()),
            (field, header) => {
                Err(ManifestError::MediaTypeMismatch { field: field.to_owned(), header: header.to_owned() })
            }
        }
    }

    fn image(&self) -> Result<Content, ManifestError> {
        if self.manifests.is_some() {
            return Err(ManifestError::Ambiguous);
        }
        let config = Box::new(self.config.clone().ok_or(ManifestError::Missing("config"))?);
        let layers = self.layers.clone().ok_or(ManifestError::Missing("layers"))?;
        Ok(Content::Image { config, layers })
    }

    fn index(&self) -> Result<Content, ManifestError> {
        if self.config.is_some() || self.layers.is_some() {
            return Err(ManifestError::Ambiguous);
        }
        self.manifests.clone().map(Content::Index).ok_or(ManifestError::Missing("manifests"))
    }
}

/// The parts of an image configuration that an inventory needs
/// ([config.md](https://github.com/opencontainers/image-spec/blob/main/config.md)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ImageConfig {
    /// The processor architecture.
    #[serde(default)]
    pub architecture: String,
    /// The operating system.
    #[serde(default)]
    pub os: String,
    /// Who made the image.
    #[serde(default)]
    pub author: Option<String>,
    /// The layers' identity.
    #[serde(default)]
    pub rootfs: RootFs,
    /// How the image was built, base first.
    #[serde(default)]
    pub history: Option<Vec<History>>,
}

/// A step of the `history` of an [`ImageConfig`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct History {
    /// The step, as whatever built the image wrote it.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Whether it brought no layer.
    #[serde(default)]
    pub empty_layer: bool,
}

/// The `rootfs` of an [`ImageConfig`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct RootFs {
    /// The digests of the uncompressed layers, base first.
    #[serde(default)]
    pub diff_ids: Vec<Digest>,
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
