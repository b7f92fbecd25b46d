//! Images as the archives other tools exchange: `docker save`, and the OCI image layout.

use serde_json::{Value, json};

use crate::image::{Document, Image};
use crate::layer::LayerBuilder;

/// The tar archive `docker save` writes for `images`, each under its `name:tag`. Layers are stored uncompressed, as the
/// Docker engine does.
pub fn docker_save(images: &[(&str, &Image)]) -> Vec<u8> {
    let mut archive = LayerBuilder::new();
    let mut manifest = Vec::new();
    for (name, image) in images {
        let config = format!("{}.json", image.config.digest.hex());
        archive = archive.file(&config, &image.config.bytes);
        let mut layers = Vec::new();
        for layer in &image.layers {
            let path = format!("{}/layer.tar", layer.diff_id.hex());
            archive = archive.file(&path, &layer.tar);
            layers.push(path);
        }
        manifest.push(json!({"Config": config, "RepoTags": [name], "Layers": layers}));
    }
    archive.file("manifest.json", Value::from(manifest).to_string()).tar()
}

/// The files of an OCI image layout that holds `image` under `tag`: relative path and content.
pub fn oci_layout(tag: &str, image: &Image) -> Vec<(String, Vec<u8>)> {
    let mut top = image.manifest.descriptor();
    top["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
    let index = Document::json(
        "application/vnd.oci.image.index.v1+json",
        &json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [top]}),
    );
    let mut files = vec![
        ("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()),
        ("index.json".to_owned(), index.bytes),
    ];
    let manifest = (image.manifest.digest, image.manifest.bytes.as_slice());
    for (digest, bytes) in image.blobs().chain([manifest]) {
        files.push((format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex()), bytes.to_vec()));
    }
    files
}

/// The tar archive of [`oci_layout`], as `skopeo copy … oci-archive:` writes it.
pub fn oci_archive(tag: &str, image: &Image) -> Vec<u8> {
    let files = oci_layout(tag, image);
    files.iter().fold(LayerBuilder::new(), |archive, (path, content)| archive.file(path, content)).tar()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::image::ImageBuilder;
    use crate::layer::Compression;

    /// The content of one member of a tar archive, read by GNU tar.
    fn member(archive: &[u8], path: &str) -> Vec<u8> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("archive.tar");
        std::fs::write(&file, archive).unwrap();
        let output = Command::new("tar").arg("-xOf").arg(&file).arg(path).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{path}");
        output.stdout
    }

    fn image() -> Image {
        let layer = LayerBuilder::new().file("etc/hostname", b"ship").build(Compression::Gzip).unwrap();
        ImageBuilder::new().layer(layer).build()
    }

    #[test]
    fn a_docker_archive_leads_from_its_manifest_to_the_layers() {
        let image = image();
        let archive = docker_save(&[("team/app:1", &image)]);
        let manifest: Value = serde_json::from_slice(&member(&archive, "manifest.json")).unwrap();
        assert_eq!(manifest[0]["RepoTags"][0], "team/app:1");
        assert_eq!(member(&archive, manifest[0]["Config"].as_str().unwrap()), image.config.bytes);
        assert_eq!(member(&archive, manifest[0]["Layers"][0].as_str().unwrap()), image.layers[0].tar);
    }

    #[test]
    fn an_oci_archive_leads_from_its_index_to_the_blobs() {
        let image = image();
        let archive = oci_archive("1", &image);
        let index: Value = serde_json::from_slice(&member(&archive, "index.json")).unwrap();
        let top = &index["manifests"][0];
        assert_eq!(top["annotations"]["org.opencontainers.image.ref.name"], "1");
        assert_eq!(top["digest"], image.manifest.digest.to_string());
        for (digest, bytes) in image.blobs() {
            assert_eq!(member(&archive, &format!("blobs/sha256/{}", digest.hex())), bytes);
        }
    }
}
