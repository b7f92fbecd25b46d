//! Images with files that cannot be read: nothing ends but the reading of that file, the report names it with the reason, and
//! the answer is open.

use std::io::Write as _;

use plimsoll_testkit::archive::{docker_save, oci_archive};
use plimsoll_testkit::image::ImageBuilder;
use plimsoll_testkit::layer::{Compression, Layer, LayerBuilder, compress};
use plimsoll_testkit::random_blob;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::Scene;
use crate::images::{CRITICAL, advisory};

const FLASK_PATH: &str = "usr/lib/python3/dist-packages/Flask-0.12.dist-info/METADATA";
const FLASK: &str = "Metadata-Version: 2.1\nName: Flask\nVersion: 0.12\n\n";

fn jar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, SimpleFileOptions::default()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

/// A program whose table of segments is where no file reaches.
fn program() -> Vec<u8> {
    let mut header = [b"\x7fELF\x02\x01\x01".to_vec(), vec![0; 57]].concat();
    header[32..40].fill(0xff);
    (header[54], header[56]) = (56, 1);
    header
}

/// A database of rpm's whose one page of slots says `slot` of its first package.
fn ndb(slot: [u32; 3]) -> Vec<u8> {
    let numbers = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
    let head = [b"RpmP".to_vec(), numbers(&[0, 1, 1, 2, 0, 0, 0])].concat();
    let slots = [b"Slot".to_vec(), numbers(&slot)].concat();
    [head, slots, b"Slot\0\0\0\0\0\0\0\0\0\0\0\0".repeat(253)].concat()
}

/// A hash table of Berkeley DB with one package, on a page that is followed by itself.
fn berkeley() -> Vec<u8> {
    const PAGE: usize = 512;
    let put = |page: &mut [u8], at: usize, bytes: &[u8]| page[at..at + bytes.len()].copy_from_slice(bytes);
    let (mut head, mut pairs, mut overflow) = ([0; PAGE], [0; PAGE], [0; PAGE]);
    put(&mut head, 12, &0x0006_1561_u32.to_le_bytes());
    put(&mut head, 20, &(PAGE as u32).to_le_bytes());
    put(&mut head, 32, &2_u32.to_le_bytes());
    // A key, then where its value is: on page 2, of 1,000 bytes.
    put(&mut pairs, 20, &2_u16.to_le_bytes());
    pairs[25] = 13;
    put(&mut pairs, 26, &[0xfb, 1, 0xef, 1]);
    put(&mut pairs, 0x1fb, &[1, 1, 0, 0, 0]);
    put(&mut pairs, 0x1ef, &[3, 0, 0, 0, 2, 0, 0, 0, 0xe8, 3, 0, 0]);
    overflow[25] = 7;
    put(&mut overflow, 16, &2_u32.to_le_bytes());
    put(&mut overflow, 22, &100_u16.to_le_bytes());
    [head, pairs, overflow].concat()
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_leaves_the_answer_open() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("PYSEC-1", "PyPI", "flask", "0.12.3", CRITICAL))]);
    let wall = compress(&b"{\"kind\":\"package\"}\n".repeat(5_000), Compression::Zstd).unwrap();
    let far = [1, u32::MAX >> 4, 1];
    for (path, content, reason) in [
        ("srv/node_modules/a/package.json", b"{\"name\":\"a\",".to_vec(), "it is not a JSON object"),
        ("srv/app.deps.json", [b"{\"a\":".to_vec(), b"[".repeat(1 << 20)].concat(), "it is not valid JSON"),
        ("srv/app.deps.json", b"{\"targets\":{\"\xff\":{}}}".to_vec(), "it is not valid JSON"),
        (
            "opt/conda/conda-meta/a-1-0.json",
            b"{\"name\":\"a\",\"name\":\"b\"}".to_vec(),
            "its JSON is not of the form it should have",
        ),
        ("lib/apk/db/installed", b"P:a\n\n".repeat(100_001), "it lists more packages than any system has"),
        (
            "var/lib/dpkg/status",
            [b"Package: ".to_vec(), b"a".repeat(1 << 20)].concat(),
            "it has a name or a version longer than 1024 bytes",
        ),
        ("srv/a.jar", jar("b.jar", &vec![0; 8 << 20]), "b.jar: it inflates to more than 200 times its compressed size"),
        ("srv/a.jar", jar("b.jar", b"")[..40].to_vec(), "it is no complete zip archive"),
        ("usr/bin/a", program(), "it is cut off, or longer than what is read of a program"),
        ("var/lib/rpm/rpmdb.sqlite", b"SQLite format 3\0\x00\x03".to_vec(), "it is a damaged SQLite database"),
        ("var/lib/rpm/Packages.db", ndb(far), "it is an NDB database with blocks missing"),
        ("var/lib/rpm/Packages", berkeley(), "it has a page that is linked to twice"),
        ("var/lib/chisel/manifest.wall", wall[..wall.len() / 2].to_vec(), "it is not compressed with zstd, or damaged"),
    ] {
        let layer = LayerBuilder::new().file(path, content).file(FLASK_PATH, FLASK);
        let image = ImageBuilder::new().layer(layer.build(Compression::Gzip).unwrap()).build();
        scene.write("image.tar", docker_save(&[("a:1", &image)]));
        let said = scene.run(&["scan", "image.tar", "--data", "data", "--format", "json"], &[]);
        let report = said.json();
        assert_eq!((said.code, &report["verdict"]), (Some(2), &"unknown".into()), "{path}: {report}");
        let unknown = report["unknown"].as_array().unwrap();
        let sentence = format!("{path} in layer 0 could not be read: {reason}");
        assert!(unknown.iter().any(|it| it.as_str() == Some(&sentence)), "{sentence:?} is not in {unknown:?}");
        // The rest of the image is read and judged.
        assert_eq!(report["findings"][0]["id"], "PYSEC-1", "{path}");
        assert_eq!(report["packages"].as_array().unwrap().len(), 1, "{path}");
    }
}

#[test]
fn links_in_circles_lead_nowhere() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("PYSEC-1", "PyPI", "flask", "0.12.3", CRITICAL))]);
    let layer = LayerBuilder::new()
        .symlink("etc/os-release", "../usr/lib/os-release")
        .symlink("usr/lib/os-release", "../../etc/os-release")
        .symlink("var/lib/dpkg/status", "status")
        .symlink("srv/a", "../srv/b")
        .symlink("srv/b", "a")
        .hard_link("lib/apk/db/installed", "lib/apk/db/installed")
        .file(FLASK_PATH, FLASK);
    let image = ImageBuilder::new().layer(layer.build(Compression::Gzip).unwrap()).build();
    scene.write("image.tar", docker_save(&[("a:1", &image)]));
    let report = scene.run(&["scan", "image.tar", "--data", "data", "--format", "json"], &[]).json();
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(report["packages"].as_array().unwrap().len(), 1, "{report}");
}

#[test]
fn members_of_a_layer_that_are_cut() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("PYSEC-1", "PyPI", "flask", "0.12.3", CRITICAL))]);
    let noise = random_blob(7, 1_000_000);
    let whole = LayerBuilder::new().file(FLASK_PATH, FLASK).file("srv/noise", noise);
    for compression in [Compression::GzipMembers(4), Compression::Zstd] {
        let layer = whole.build(compression).unwrap();
        let cut = layer.blob[..layer.blob.len() * 3 / 4].to_vec();
        let image = ImageBuilder::new().layer(Layer::from_parts(cut, layer.tar, compression)).build();
        scene.write("image.tar", oci_archive("1", &image));
        let said = scene.run(&["scan", "image.tar", "--data", "data", "--format", "json"], &[]);
        let report = said.json();
        assert_eq!(said.code, Some(2), "{report}");
        let unknown = report["unknown"].as_array().unwrap();
        let is_named =
            |it: &serde_json::Value| it.as_str().is_some_and(|it| it.starts_with("layer 0 could not be read: "));
        assert!(unknown.iter().any(is_named), "{unknown:?}");
        assert_eq!(report["findings"][0]["id"], "PYSEC-1", "what came before the cut counts");
    }
}
