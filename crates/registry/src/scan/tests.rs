use std::fs;
use std::os::unix::fs::symlink;

use plimsoll_testkit::archive::{docker_save, oci_archive, oci_layout};
use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::layer::{Compression, LayerBuilder, compress};
use serde_json::json;
use tempfile::TempDir;

use super::*;

const STATUS: &str = "Package: libssl3\nStatus: install ok installed\nSource: openssl\nVersion: 3.0.11-1\n";
const LODASH: &str = r#"{"name":"lodash","version":"4.17.4"}"#;

fn base() -> LayerBuilder {
    LayerBuilder::new().file("etc/os-release", "ID=debian\nVERSION_ID=12\n").file("var/lib/dpkg/status", STATUS)
}

fn app() -> LayerBuilder {
    LayerBuilder::new().file("app/node_modules/lodash/package.json", LODASH)
}

fn image_with(compression: Compression) -> Image {
    let builder = ImageBuilder::new().layer(base().build(compression).unwrap());
    builder.layer(app().build(compression).unwrap()).build()
}

fn image() -> Image {
    image_with(Compression::Gzip)
}

fn amd64() -> Selection {
    Selection { architecture: "amd64".into(), ..Selection::default() }
}

fn scan_path(path: &Path, selection: &Selection) -> Result<ScannedImage, ScanError> {
    inventory(&open(path)?, selection, &Budget::default())
}

/// Scans an archive as it is, and compressed as a whole in both ways: all have to tell the same.
fn scan(archive: &[u8], selection: &Selection) -> Result<ScannedImage, ScanError> {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("archive");
    fs::write(&path, archive).unwrap();
    let plain = scan_path(&path, selection);
    for compression in [Compression::Gzip, Compression::Zstd] {
        fs::write(&path, compress(archive, compression).unwrap()).unwrap();
        let compressed = scan_path(&path, selection);
        match (&plain, &compressed) {
            (Ok(plain), Ok(compressed)) => {
                let name = if Path::new(&plain.name).is_absolute() { &compressed.name } else { &plain.name };
                assert_eq!(ScannedImage { name: name.clone(), ..plain.clone() }, *compressed);
            }
            (plain, compressed) => assert_eq!(format!("{plain:?}"), format!("{compressed:?}")),
        }
    }
    plain
}

fn packages(image: &ScannedImage) -> Vec<String> {
    let found = image.inventory.packages.iter();
    found.map(|found| format!("{} {} layer {}", found.package.name, found.package.version, found.layer)).collect()
}

#[track_caller]
fn check_both_layers(scanned: &ScannedImage, image: &Image) {
    assert_eq!(packages(scanned), ["libssl3 3.0.11-1 layer 0", "lodash 4.17.4 layer 1"]);
    assert_eq!(scanned.inventory.distribution.as_ref().unwrap().id, "debian");
    assert_eq!(scanned.inventory.unreadable, []);
    let proven: Vec<_> = scanned.layers.iter().map(|layer| layer.diff_id).collect();
    assert_eq!(proven, image.layers.iter().map(|layer| Some(layer.diff_id)).collect::<Vec<_>>());
    assert_eq!(scanned.config.as_deref(), Some(&*image.config.bytes));
}

#[test]
fn archives_of_docker_save() {
    let image = image();
    let scanned = scan(&docker_save(&[("team/app:1", &image)]), &Selection::default()).unwrap();
    check_both_layers(&scanned, &image);
    assert_eq!((scanned.name.as_str(), scanned.manifest), ("team/app:1", None));
    assert_eq!(scanned.notes, [] as [&str; 0]);
}

#[test]
fn oci_archives_and_layouts() {
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd, Compression::GzipMembers(3)] {
        let image = image_with(compression);
        let scanned = scan(&oci_archive("1.0", &image), &amd64()).unwrap();
        check_both_layers(&scanned, &image);
        assert_eq!((scanned.name.as_str(), scanned.manifest), ("1.0", Some(image.manifest.digest)));
        for (layer, built) in scanned.layers.iter().zip(&image.layers) {
            assert_eq!((layer.digest, layer.size), (Some(built.digest), built.blob.len() as u64));
            assert_eq!(layer.media_type.as_deref(), Some(built.oci_media_type()));
        }
        let directory = TempDir::new().unwrap();
        write(directory.path(), &oci_layout("1.0", &image));
        assert_eq!(open(directory.path()).unwrap().description(), "OCI image layout");
        assert_eq!(scan_path(directory.path(), &amd64()).unwrap(), scanned);
    }
}

fn write(root: &Path, files: &[(String, Vec<u8>)]) {
    for (path, content) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// A `docker save` archive whose parts are named as the caller likes.
fn docker_archive(image: &Image, layers: &[&str], members: LayerBuilder) -> Vec<u8> {
    let manifest = json!([{"Config": "config.json", "RepoTags": null, "Layers": layers}]);
    members.file("config.json", &image.config.bytes).file("manifest.json", manifest.to_string()).tar()
}

#[test]
fn members_may_be_links_and_come_in_any_order() {
    let image = image();
    let [base, app] = image.layers.as_slice() else { panic!("two layers") };
    let members = LayerBuilder::new()
        .symlink("one/layer.tar", "../two/layer.tar")
        .file("two/layer.tar", &base.tar)
        .file("three.tar", &app.tar)
        .hard_link("four.tar", "three.tar");
    let scanned = scan(&docker_archive(&image, &["one/layer.tar", "four.tar"], members), &amd64()).unwrap();
    check_both_layers(&scanned, &image);
    // Some tools compress the layers of such an archive.
    let members = LayerBuilder::new().file("a.tar.gz", &base.blob).file("b.tar.gz", &app.blob);
    let scanned = scan(&docker_archive(&image, &["a.tar.gz", "b.tar.gz"], members), &amd64()).unwrap();
    check_both_layers(&scanned, &image);
}

#[test]
fn layers_with_links_are_read_twice() {
    let layer = LayerBuilder::new().file("srv/db", STATUS).hard_link("var/lib/dpkg/status", "srv/db");
    let image = ImageBuilder::new().layer(layer.build(Compression::Gzip).unwrap()).build();
    for archive in [docker_save(&[("a:1", &image)]), oci_archive("1", &image)] {
        let scanned = scan(&archive, &amd64()).unwrap();
        assert_eq!(packages(&scanned), ["libssl3 3.0.11-1 layer 0"]);
        assert_eq!(scanned.inventory.unreadable, []);
    }
}

#[test]
fn images_are_chosen_by_name() {
    let other = ImageBuilder::new().layer(app().build(Compression::None).unwrap()).build();
    let archive = docker_save(&[("first:1", &image()), ("second:1", &other)]);
    let named = |name: &str| Selection { name: Some(name.into()), ..amd64() };
    let first = scan(&archive, &amd64()).unwrap();
    assert_eq!(first.name, "first:1");
    assert_eq!(first.notes, ["the source holds 2 images, this is the first; by name: first:1, second:1"]);
    let second = scan(&archive, &named("second:1")).unwrap();
    assert_eq!((packages(&second).len(), second.notes.len()), (1, 0));
    let error = scan(&archive, &named("third:1")).unwrap_err();
    assert_eq!(error.to_string(), "there is no image third:1 here, only: first:1, second:1");
    let error = scan(&oci_archive("1.0", &other), &named("2.0")).unwrap_err();
    assert_eq!(error.to_string(), "there is no image 2.0 here, only: 1.0");
}

/// An archive of a layout whose index lists `children`.
fn layout_of(children: &Document, images: &[Image]) -> Vec<u8> {
    let path = |digest: &Digest| format!("blobs/sha256/{}", digest.hex());
    let mut archive = LayerBuilder::new()
        .file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#)
        .file("index.json", json!({"schemaVersion": 2, "manifests": [children.descriptor()]}).to_string())
        .file(&path(&children.digest), &children.bytes);
    for image in images {
        archive = archive.file(&path(&image.manifest.digest), &image.manifest.bytes);
        for (digest, blob) in image.blobs() {
            archive = archive.file(&path(&digest), blob);
        }
    }
    archive.tar()
}

#[test]
fn platforms_are_chosen_from_an_index() {
    let arm = ImageBuilder::new().platform("linux", "arm64").layer(app().build(Compression::Gzip).unwrap()).build();
    let images = [image(), arm];
    let archive = layout_of(&index(Format::Oci, &images), &images);
    let platform = |architecture: &str| Selection { architecture: architecture.into(), ..Selection::default() };
    let scanned = scan(&archive, &platform("amd64")).unwrap();
    check_both_layers(&scanned, &images[0]);
    assert_eq!(scanned.notes, ["of 2 manifests, this is the one for linux/amd64"]);
    assert_eq!(scan(&archive, &platform("arm64")).unwrap().manifest, Some(images[1].manifest.digest));
    let error = scan(&archive, &platform("s390x")).unwrap_err();
    assert_eq!(error.to_string(), "there is no image for linux/s390x here, only for: linux/amd64, linux/arm64");
}

#[test]
fn content_that_is_not_what_it_is_named_by_is_an_error() {
    fn check(archive: &[u8], expect: &str) {
        let error = scan(archive, &amd64()).unwrap_err();
        assert!(format!("{error:?}").starts_with(expect), "{expect}: {error:?}");
    }
    let image = image();
    let good = docker_save(&[("a:1", &image)]);
    let altered = |from: &[u8], to: &[u8]| {
        let mut archive = good.clone();
        let at = archive.windows(from.len()).position(|window| window == from).unwrap();
        archive[at..at + to.len()].copy_from_slice(to);
        archive
    };
    check(&altered(b"libssl3", b"libssl4"), "Mismatch");
    check(&altered(b"\"linux\"", b"\"LINUX\""), "Mismatch");
    // The layers of a layout prove both their digests.
    let [base, app] = image.layers.as_slice() else { panic!("two layers") };
    let swapped = Image { layers: vec![app.clone(), base.clone()], ..image.clone() };
    let members = LayerBuilder::new().file("a", &swapped.layers[0].tar).file("b", &swapped.layers[1].tar);
    check(&docker_archive(&image, &["a", "b"], members), "Mismatch");
    let mut damaged = image.clone();
    damaged.layers[1].blob = compress(&base.tar, Compression::Gzip).unwrap();
    check(&oci_archive("1", &damaged), "Mismatch");
    damaged.manifest.bytes.push(b' ');
    check(&oci_archive("1", &damaged), "Mismatch");
    let members = LayerBuilder::new().file("a", &base.tar);
    check(&docker_archive(&image, &["a"], members.clone()), "LayerCount");
    check(&docker_archive(&image, &["a", "b"], members), "Missing(\"b\")");
}

#[test]
fn a_layer_that_cannot_be_analysed_is_part_of_the_answer() {
    let zip = b"PK\x03\x04 this is a zip, not a tar".to_vec();
    let odd = plimsoll_testkit::layer::Layer::from_parts(zip.clone(), zip, Compression::None);
    let image = ImageBuilder::new().layer(base().build(Compression::Gzip).unwrap()).layer(odd).build();
    let scanned = scan(&oci_archive("1", &image), &amd64()).unwrap();
    assert_eq!(packages(&scanned), ["libssl3 3.0.11-1 layer 0"]);
    let [unreadable] = scanned.inventory.unreadable.as_slice() else { panic!("one") };
    assert_eq!((unreadable.layer, unreadable.reason.as_str()), (1, "the layer is not a tar archive"));
}

#[test]
fn what_is_no_image_is_said() {
    fn check(archive: &[u8], expect: &str) {
        let error = scan(archive, &amd64()).unwrap_err();
        assert!(format!("{error:?}").starts_with(expect), "{expect}: {error:?}");
    }
    check(&base().tar(), "NotImages");
    check(b"", "NotImages");
    check(b"some text, long enough to be told from an empty file", "Archive(NotATar)");
    check(&docker_save(&[("a:1", &image())])[..3000], "Archive(Truncated)");
    check(&LayerBuilder::new().file("manifest.json", "[{]").tar(), "Malformed");
    check(&LayerBuilder::new().file("manifest.json", "[]").tar(), "UnknownImage");
    check(&LayerBuilder::new().file("index.json", "{}").tar(), "Manifest");
    let chart = ImageBuilder::new().artifact_type("application/vnd.example.chart").build();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.example", "digest": chart.config.digest, "size": 2},
        "layers": [],
    });
    let chart = Image { manifest: Document::json("application/vnd.oci.image.manifest.v1+json", &manifest), ..chart };
    check(&oci_archive("1", &chart), "NotAnImage");
    assert!(matches!(open(Path::new("/nowhere/at/all")), Err(ScanError::Open { .. })));
}

#[test]
fn root_file_systems() {
    let directory = TempDir::new().unwrap();
    let root = directory.path();
    let file = |path: &str, content: &str| (path.to_owned(), content.as_bytes().to_vec());
    write(
        root,
        &[
            file("usr/lib/os-release", "ID=debian\nVERSION_ID=12\n"),
            file("srv/status", STATUS),
            file("app/node_modules/lodash/package.json", LODASH),
            file("proc/1/node_modules/ghost/package.json", LODASH),
        ],
    );
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::create_dir_all(root.join("var/lib/dpkg")).unwrap();
    symlink("../usr/lib/os-release", root.join("etc/os-release")).unwrap();
    symlink("/srv/status", root.join("var/lib/dpkg/status")).unwrap();
    symlink("/", root.join("loop")).unwrap();
    assert_eq!(open(root).unwrap().description(), "root file system");
    let scanned = scan_path(root, &Selection::default()).unwrap();
    assert_eq!(packages(&scanned), ["libssl3 3.0.11-1 layer 0", "lodash 4.17.4 layer 0"]);
    assert_eq!(scanned.inventory.distribution.unwrap().id, "debian");
    assert_eq!(scanned.inventory.unreadable, []);
    assert_eq!(scanned.name, root.to_string_lossy());
}
