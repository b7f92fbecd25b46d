//! Images and advisories that the tests share.

use plimsoll_testkit::image::{Image, ImageBuilder};
use plimsoll_testkit::layer::{Compression, Layer, LayerBuilder};
use serde_json::{Value, json};

/// A critical flaw of a CVSS vector.
pub(crate) const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
/// A medium one.
pub(crate) const MEDIUM: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N";

/// A small image that differs from others by its label.
pub(crate) fn plain(label: &str) -> Image {
    let layer = LayerBuilder::new().file("etc/label", label).build(Compression::Gzip).unwrap();
    ImageBuilder::new().layer(layer).build()
}

/// A layer with one Python project in it.
pub(crate) fn python(name: &str, version: &str) -> Layer {
    let path = format!("usr/lib/python3/dist-packages/{name}-{version}.dist-info/METADATA");
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n");
    LayerBuilder::new().file(&path, metadata).build(Compression::Gzip).unwrap()
}

/// An image with one Python project in it.
pub(crate) fn python_image(name: &str, version: &str) -> Image {
    ImageBuilder::new().layer(python(name, version)).build()
}

/// A record on one package, affected below `fixed` and rated by a CVSS 3 vector.
pub(crate) fn advisory(id: &str, ecosystem: &str, package: &str, fixed: &str, vector: &str) -> Value {
    json!({
        "schema_version": "1.7.0",
        "id": id,
        "modified": "2025-01-02T00:00:00Z",
        "published": "2025-01-01T00:00:00Z",
        "summary": format!("a flaw of {package}"),
        "severity": [{"type": "CVSS_V3", "score": vector}],
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": package},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    })
}
