//! Synthetic images: configuration, manifest and index around built layers.

use plimsoll_oci::Digest;
use serde_json::{Map, Value, json};

use crate::layer::Layer;

/// Which family of media types a manifest is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// OCI image manifest and index.
    #[default]
    Oci,
    /// Docker schema 2 manifest and manifest list.
    Docker,
}

impl Format {
    fn manifest_media_type(self) -> &'static str {
        match self {
            Self::Oci => "application/vnd.oci.image.manifest.v1+json",
            Self::Docker => "application/vnd.docker.distribution.manifest.v2+json",
        }
    }

    fn index_media_type(self) -> &'static str {
        match self {
            Self::Oci => "application/vnd.oci.image.index.v1+json",
            Self::Docker => "application/vnd.docker.distribution.manifest.list.v2+json",
        }
    }

    fn config_media_type(self) -> &'static str {
        match self {
            Self::Oci => "application/vnd.oci.image.config.v1+json",
            Self::Docker => "application/vnd.docker.container.image.v1+json",
        }
    }
}

/// A JSON document as a registry keeps it: exact bytes, media type and digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The media type it is pushed as.
    pub media_type: String,
    /// The exact bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256 digest.
    pub digest: Digest,
}

impl Document {
    /// A document of `bytes`.
    pub fn new(media_type: &str, bytes: Vec<u8>) -> Self {
        let digest = Digest::sha256(&bytes);
        Self { media_type: media_type.to_owned(), bytes, digest }
    }

    /// A document of `value`, written without spaces.
    pub fn json(media_type: &str, value: &Value) -> Self {
        Self::new(media_type, value.to_string().into_bytes())
    }

    /// The descriptor that points at this document.
    pub fn descriptor(&self) -> Value {
        json!({"mediaType": self.media_type, "digest": self.digest, "size": self.bytes.len()})
    }
}

/// A whole image: what is pushed, in the order it is pushed.
#[derive(Clone, Debug)]
pub struct Image {
    /// The layers, lowest first.
    pub layers: Vec<Layer>,
    /// The image configuration.
    pub config: Document,
    /// The manifest that holds them together.
    pub manifest: Document,
    /// Operating system and architecture, for an index.
    pub platform: (String, String),
}

impl Image {
    /// Every blob the manifest refers to, with its digest: the layers, then the configuration.
    pub fn blobs(&self) -> impl Iterator<Item = (Digest, &[u8])> {
        let layers = self.layers.iter().map(|layer| (layer.digest, layer.blob.as_slice()));
        layers.chain([(self.config.digest, self.config.bytes.as_slice())])
    }
}

/// Builds an [`Image`].
#[derive(Clone, Debug)]
pub struct ImageBuilder {
    format: Format,
    layers: Vec<Layer>,
    platform: (String, String),
    process: Map<String, Value>,
    annotations: Map<String, Value>,
    artifact_type: Option<String>,
    subject: Option<Value>,
}

impl Default for ImageBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl ImageBuilder {
    /// An OCI image for linux/amd64 without layers.
    pub fn new() -> Self {
        Self {
            format: Format::Oci,
            layers: Vec::new(),
            platform: ("linux".to_owned(), "amd64".to_owned()),
            process: Map::new(),
            annotations: Map::new(),
            artifact_type: None,
            subject: None,
        }
    }

    /// Writes the manifest in this family of media types.
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Adds a layer on top.
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// Sets the operating system and architecture.
    pub fn platform(mut self, os: &str, architecture: &str) -> Self {
        self.platform = (os.to_owned(), architecture.to_owned());
        self
    }

    /// Sets one member of the configuration's `config` object, such as `Env`, `User` or `Labels`.
    pub fn process(mut self, member: &str, value: Value) -> Self {
        self.process.insert(member.to_owned(), value);
        self
    }

    /// Adds an annotation to the manifest.
    pub fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), value.into());
        self
    }

    /// Makes the manifest an artifact of this type.
    pub fn artifact_type(mut self, artifact_type: &str) -> Self {
        self.artifact_type = Some(artifact_type.to_owned());
        self
    }

    /// Makes the manifest refer to the manifest `subject`.
    pub fn subject(mut self, subject: &Document) -> Self {
        self.subject = Some(subject.descriptor());
        self
    }

    /// The image.
    pub fn build(self) -> Image {
        let config = self.config();
        let manifest = self.manifest(&config);
        Image { layers: self.layers, config, manifest, platform: self.platform }
    }

    fn config(&self) -> Document {
        let diff_ids: Vec<_> = self.layers.iter().map(|layer| layer.diff_id).collect();
        let history: Vec<_> =
            (0..self.layers.len()).map(|number| json!({"created_by": format!("layer {number}")})).collect();
        let value = json!({
            "created": "2026-01-01T00:00:00Z",
            "os": self.platform.0,
            "architecture": self.platform.1,
            "config": self.process,
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": history,
        });
        Document::json(self.format.config_media_type(), &value)
    }

    fn manifest(&self, config: &Document) -> Document {
        let layers: Vec<_> = self.layers.iter().map(|layer| layer_descriptor(layer, self.format)).collect();
        let mut value = json!({
            "schemaVersion": 2,
            "mediaType": self.format.manifest_media_type(),
            "config": config.descriptor(),
            "layers": layers,
        });
        if !self.annotations.is_empty() {
            value["annotations"] = self.annotations.clone().into();
        }
        if let Some(artifact_type) = &self.artifact_type {
            value["artifactType"] = artifact_type.as_str().into();
        }
        if let Some(subject) = &self.subject {
            value["subject"] = subject.clone();
        }
        Document::json(self.format.manifest_media_type(), &value)
    }
}

fn layer_descriptor(layer: &Layer, format: Format) -> Value {
    let media_type = match format {
        Format::Oci => layer.oci_media_type(),
        Format::Docker => layer.docker_media_type(),
    };
    json!({"mediaType": media_type, "digest": layer.digest, "size": layer.blob.len()})
}

/// The index (OCI) or manifest list (Docker) over `images`.
pub fn index(format: Format, images: &[Image]) -> Document {
    let manifests: Vec<_> = images
        .iter()
        .map(|image| {
            let mut descriptor = image.manifest.descriptor();
            descriptor["platform"] = json!({"os": image.platform.0, "architecture": image.platform.1});
            descriptor
        })
        .collect();
    let media_type = format.index_media_type();
    Document::json(media_type, &json!({"schemaVersion": 2, "mediaType": media_type, "manifests": manifests}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{Compression, LayerBuilder};

    fn parsed(document: &Document) -> Value {
        serde_json::from_slice(&document.bytes).unwrap()
    }

    #[test]
    fn a_manifest_names_its_parts() {
        for (format, manifest_type) in [
            (Format::Oci, "application/vnd.oci.image.manifest.v1+json"),
            (Format::Docker, "application/vnd.docker.distribution.manifest.v2+json"),
        ] {
            let layer = LayerBuilder::new().file("a", b"a").build(Compression::Gzip).unwrap();
            let subject = Document::json("application/json", &json!({}));
            let image = ImageBuilder::new()
                .format(format)
                .layer(layer.clone())
                .process("User", json!("nobody"))
                .annotation("k", "v")
                .artifact_type("application/x")
                .subject(&subject)
                .build();
            let manifest = parsed(&image.manifest);
            assert_eq!(manifest["mediaType"], manifest_type);
            assert_eq!(manifest["config"]["digest"], image.config.digest.to_string());
            assert_eq!(manifest["layers"][0]["digest"], layer.digest.to_string());
            assert_eq!(manifest["layers"][0]["size"], layer.blob.len());
            assert_eq!(manifest["annotations"]["k"], "v");
            assert_eq!(manifest["artifactType"], "application/x");
            assert_eq!(manifest["subject"]["digest"], subject.digest.to_string());
            let config = parsed(&image.config);
            assert_eq!(config["rootfs"]["diff_ids"][0], layer.diff_id.to_string());
            assert_eq!(config["config"]["User"], "nobody");
            assert_eq!(image.blobs().count(), 2);
        }
    }

    #[test]
    fn an_index_names_its_images_by_platform() {
        let image = ImageBuilder::new().platform("linux", "arm64").build();
        let value = parsed(&index(Format::Docker, std::slice::from_ref(&image)));
        assert_eq!(value["manifests"][0]["digest"], image.manifest.digest.to_string());
        assert_eq!(value["manifests"][0]["platform"]["architecture"], "arm64");
        assert_eq!(value["mediaType"], "application/vnd.docker.distribution.manifest.list.v2+json");
    }
}
