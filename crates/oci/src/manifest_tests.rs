use super::*;

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn descriptor(media_type: &str) -> String {
    format!(r#"{{"mediaType":"{media_type}","digest":"{DIGEST}","size":0}}"#)
}

fn image(extra: &str) -> String {
    let config = descriptor(media::OCI_CONFIG);
    format!(r#"{{"schemaVersion":2,"config":{config},"layers":[]{extra}}}"#)
}

/// What the parser says, in a word.
fn check(document: &str, content_type: &str, expect: &str) {
    let outcome = match Manifest::parse(document.as_bytes(), content_type) {
        Ok(manifest) => manifest.media_type,
        Err(ManifestError::TooLarge) => "too large".to_owned(),
        Err(ManifestError::Json(cause)) => format!("json: {cause}"),
        Err(ManifestError::Schema1) => "schema 1".to_owned(),
        Err(ManifestError::MediaType(_)) => "media type".to_owned(),
        Err(ManifestError::MediaTypeMismatch { .. }) => "mismatch".to_owned(),
        Err(ManifestError::Ambiguous) => "ambiguous".to_owned(),
        Err(ManifestError::SchemaVersion) => "schema version".to_owned(),
        Err(ManifestError::Missing(field)) => format!("missing {field}"),
    };
    assert!(outcome.starts_with(expect), "{document} as {content_type:?}: {outcome}, expected {expect}");
}

#[test]
fn media_types_are_agreed() {
    check(&image(""), media::OCI_MANIFEST, media::OCI_MANIFEST);
    check(&image(""), "", media::OCI_MANIFEST);
    check(&image(""), media::DOCKER_MANIFEST, media::DOCKER_MANIFEST);
    check(&image(""), &format!("{}; charset=utf-8", media::OCI_MANIFEST), media::OCI_MANIFEST);
    let typed = image(&format!(r#","mediaType":"{}""#, media::DOCKER_MANIFEST));
    check(&typed, media::DOCKER_MANIFEST, media::DOCKER_MANIFEST);
    check(&typed, "", media::DOCKER_MANIFEST);
    check(&typed, "application/json", media::DOCKER_MANIFEST);
    check(&typed, media::OCI_MANIFEST, "mismatch");
    check(&image(""), "text/html", "media type");
    check(r#"{"schemaVersion":2,"manifests":[]}"#, "", media::OCI_INDEX);
    check(r#"{"schemaVersion":2,"manifests":[]}"#, media::DOCKER_LIST, media::DOCKER_LIST);
}

#[test]
fn a_manifest_may_state_its_type() {
    fn check(document: &str, expect: &str) {
        let stated = Manifest::must_state_media_type(document.as_bytes());
        assert_eq!(stated.map_or_else(|error| error.to_string(), |()| "stated".to_owned()), expect, "{document}");
    }
    check(&image(&format!(r#","mediaType":"{}""#, media::OCI_MANIFEST)), "stated");
    check(&image(r#","mediaType":"anything""#), "stated");
    check(&image(r#","mediaType":"""#), "the manifest has no \"mediaType\"");
    check(&image(""), "the manifest has no \"mediaType\"");
    check(r#"{"a":1,"a":2}"#, "the manifest is not valid: duplicate key \"a\" at line 1 column 13");
}

#[test]
fn malformed_manifests_say_what_is_wrong() {
    check("", "", "json");
    check("{", "", "json");
    check("[]", "", "json");
    check(&format!("{} x", image("")), "", "json: trailing characters");
    check(&image(r#","subject":{},"subject":{}"#), "", "json: duplicate key \"subject\"");
    check(&format!(r#"{{"a":{}1{}}}"#, "[".repeat(40), "]".repeat(40)), "", "json: nested more than 32 levels");
    check(r#"{"schemaVersion":1}"#, "", "schema 1");
    check(&image(""), "application/vnd.docker.distribution.manifest.v1+prettyjws", "schema 1");
    check(r#"{"schemaVersion":3}"#, "", "schema version");
    check("{}", "", "schema version");
    check(r#"{"schemaVersion":2,"layers":[]}"#, "", "missing config");
    check(r#"{"schemaVersion":2}"#, media::OCI_INDEX, "missing manifests");
    check(&image(r#","manifests":[]"#), media::OCI_MANIFEST, "ambiguous");
    check(&image(r#","manifests":[]"#), media::OCI_INDEX, "ambiguous");
    let bad = descriptor("x").replace("sha256", "md5");
    check(&format!(r#"{{"schemaVersion":2,"config":{bad},"layers":[]}}"#), "", "json: the digest algorithm");
    check(&" ".repeat(MAX_MANIFEST_BYTES + 1), "", "too large");
}

#[test]
fn an_image_is_known_by_its_layers_too() {
    fn check(config: &str, layer: &str, expect: bool) {
        let document =
            format!(r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#, descriptor(config), descriptor(layer));
        let manifest = Manifest::parse(document.as_bytes(), media::OCI_MANIFEST).unwrap();
        assert_eq!(manifest.runnable_layers().is_some(), expect, "{config} over {layer}");
    }
    check(media::OCI_CONFIG, "application/vnd.oci.image.layer.v1.tar+gzip", true);
    check("application/vnd.example", "application/vnd.docker.image.rootfs.diff.tar.gzip", true);
    check(media::DOCKER_CONFIG, "application/octet-stream", true);
    for general in ["", "application/octet-stream", "application/json", "text/html"] {
        check(general, "application/octet-stream", true);
    }
    check("application/vnd.cncf.helm.config.v1+json", "application/vnd.cncf.helm.chart.content.v1.tar+gzip", false);
}

#[test]
fn foreign_layers_need_not_be_present() {
    let foreign = descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
    let document =
        format!(r#"{{"schemaVersion":2,"config":{},"layers":[{foreign}]}}"#, descriptor(media::DOCKER_CONFIG));
    let manifest = Manifest::parse(document.as_bytes(), media::DOCKER_MANIFEST).unwrap();
    assert_eq!(manifest.required_blobs().count(), 1);
}

#[test]
fn referrers_are_typed() {
    fn check(document: &str, expect: Option<&str>) {
        assert_eq!(Manifest::parse(document.as_bytes(), "").unwrap().referrer_type(), expect, "{document}");
    }
    check(&image(""), Some(media::OCI_CONFIG));
    check(&image(r#","artifactType":"a/b""#), Some("a/b"));
    check(&image(r#","artifactType":"""#), Some(media::OCI_CONFIG));
    check(r#"{"schemaVersion":2,"manifests":[]}"#, None);
}
