//! Manifests and indexes from any bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_oci::Manifest;

const MEDIA_TYPES: [&str; 5] = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/json",
];

fuzz_target!(|bytes: &[u8]| {
    for media_type in MEDIA_TYPES {
        if let Ok(manifest) = Manifest::parse(bytes, media_type) {
            let _ = (manifest.required_blobs().count(), manifest.children().len(), manifest.referrer_type());
        }
    }
});
