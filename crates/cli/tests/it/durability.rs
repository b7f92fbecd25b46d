//! What was acknowledged stays, whatever happens to the process.

use std::path::Path;
use std::time::Duration;

use plimsoll_testkit::torture;
use plimsoll_testkit::torture::mixed::{self, Amount, MixedOptions};
use plimsoll_testkit::{Digest, RealBinary, ServeOptions, random_blob};

use crate::harness::{BINARY, Scene, check, check_header, check_with, json, raw, start_upload, wait_for};
use crate::images::plain;

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    let scene = Scene::new();
    let server = scene.serve();
    let credentials = server.credentials().clone();
    let image = plain("kept");
    server.registry().push_image("team/app", "1", &image).unwrap();
    let lone = random_blob(1, 10_000);
    server.registry().push_blob("team/app", &Digest::sha256(&lone), &lone).unwrap();
    let deleted = plain("deleted");
    server.registry().push_image("team/app", "gone", &deleted).unwrap();
    server.registry().delete_manifest("team/app", "gone").unwrap();
    let blob = random_blob(2, 3 << 20);
    let digest = Digest::sha256(&blob);
    let upload = start_upload(&mut server.http(), "team/app");
    let cancelled = start_upload(&mut server.http(), "team/app");
    let patch = format!("PATCH {upload}");
    check_with(&mut server.http(), &patch, &[("content-range", "0-1048575")], &blob[..1 << 20], "202");
    server.kill().unwrap();

    let server = scene.serve();
    assert_eq!(server.credentials(), &credentials);
    let mut registry = server.registry();
    assert_eq!(registry.tags("team/app").unwrap(), ["1"]);
    assert_eq!(registry.manifest("team/app", "1").unwrap().unwrap(), image.manifest);
    for digest in [Digest::sha256(&lone), image.layers[0].digest, image.config.digest] {
        assert!(registry.verify_blob("team/app", &digest).unwrap().is_some(), "{digest}");
    }
    let mut client = server.http();
    check_header(&check(&mut client, &format!("GET {upload}"), "204"), "range", "0-1048575");
    let range = [("content-range", "1048576-2097151")];
    check_with(&mut client, &format!("PATCH {upload}"), &range, &blob[1 << 20..2 << 20], "202");
    server.kill().unwrap();

    let server = scene.serve();
    let mut client = server.http();
    check_header(&check(&mut client, &format!("GET {upload}"), "204"), "range", "0-2097151");
    check_with(&mut client, &format!("PUT {upload}?digest={digest}"), &[], &blob[2 << 20..], "201");
    assert_eq!(server.registry().verify_blob("team/app", &digest).unwrap(), Some(3 << 20));
    check(&mut client, &format!("DELETE {cancelled}"), "204");
}

#[test]
fn an_upload_that_a_kill_cut_off_must_still_prove_its_digest() {
    let scene = Scene::new();
    let server = scene.serve();
    let upload = start_upload(&mut server.http(), "a");
    check_with(&mut server.http(), &format!("PATCH {upload}"), &[], b"first half, ", "202");
    server.kill().unwrap();
    let server = scene.serve();
    let mut client = server.http();
    let wrong = Digest::sha256(b"another first half, second half");
    check_with(&mut client, &format!("PUT {upload}?digest={wrong}"), &[], b"second half", "400 DIGEST_INVALID");
    check(&mut client, &format!("GET /v2/a/blobs/{wrong}"), "404 BLOB_UNKNOWN");
}

#[test]
fn one_server_runs_on_a_directory() {
    let scene = Scene::new();
    let server = scene.serve();
    let said = scene.run(&["serve", "--data", "data", "--listen", "127.0.0.1:0"], &[]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:?}");
    assert!(said.stderr.contains("another server is running on data"), "{said:?}");
    let taken = server.address().to_string();
    let said = scene.run(&["serve", "--data", "other", "--listen", &taken], &[]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains(&format!("cannot listen on {taken}")), "{said:?}");
    check(&mut server.http(), "GET /v2/", "200");
}

#[test]
fn a_stop_ends_what_runs_and_parks_what_does_not() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let parked = start_upload(&mut client, "a");
    check_with(&mut client, &format!("PATCH {parked}"), &[], b"parked", "202");
    let running = start_upload(&mut client, "a");
    let authorization = client.authorization().unwrap().to_owned();
    let blob = random_blob(1, 1 << 20);
    let head = format!(
        "PATCH {running} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\ncontent-length: 1048576\r\n\r\n"
    );
    let mut stream = raw(server.address(), &[head.as_bytes(), &blob[..600_000]].concat());
    wait_for("the first part", || {
        let status = check(&mut client, &format!("GET {running}"), "204");
        (status.header("range") == Some("0-599999")).then_some(())
    });
    let address = server.address();
    let stopping = std::thread::spawn(move || server.terminate(Duration::from_secs(50)).unwrap());
    // Once nobody is let in any more, the stop has begun.
    wait_for("the stop", || std::net::TcpStream::connect(address).is_err().then_some(()));
    std::io::Write::write_all(&mut stream, &blob[600_000..]).unwrap();
    assert_eq!(crate::harness::status_line(&mut stream), "HTTP/1.1 202 Accepted");
    drop((stream, client));
    assert_eq!(stopping.join().unwrap().code(), Some(0));

    let server = scene.serve();
    let mut client = server.http();
    for (upload, blob, received) in [(parked, b"parked".as_slice(), "0-5"), (running, &blob, "0-1048575")] {
        check_header(&check(&mut client, &format!("GET {upload}"), "204"), "range", received);
        let digest = Digest::sha256(blob);
        check(&mut client, &format!("PUT {upload}?digest={digest}"), "201");
        assert!(check(&mut client, &format!("GET /v2/a/blobs/{digest}"), "200").body == blob);
    }
}

#[test]
fn the_first_start_makes_the_administrator_and_no_other_does() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new();
    let server = scene.serve();
    let admin = scene.path("data/admin.json");
    let text = std::fs::read_to_string(&admin).unwrap();
    for name in ["admin.json", "master.key"] {
        let mode = std::fs::metadata(scene.path("data").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let said = server.output();
    assert!(said.contains(&server.credentials().secret_access_key), "{said}");
    assert!(said.contains(&format!("plimsoll listens on http://{}", server.address())), "{said}");
    drop(server);
    let log = Some(scene.path("second.log"));
    let options = ServeOptions { log, ..ServeOptions::default() };
    let server = RealBinary::start(Path::new(BINARY), &scene.data(), &options).unwrap();
    assert_eq!(std::fs::read_to_string(&admin).unwrap(), text);
    assert!(!server.output().contains(&server.credentials().secret_access_key), "{}", server.output());
}

#[test]
fn a_data_directory_without_its_key_is_not_served() {
    let scene = Scene::new();
    drop(scene.serve());
    std::fs::remove_file(scene.path("data/master.key")).unwrap();
    let said = scene.run(&["serve", "--data", "data", "--listen", "127.0.0.1:0"], &[]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("master.key"), "{said:?}");
}

#[test]
fn a_damaged_blob_is_not_served() {
    let scene = Scene::new();
    let server = scene.serve();
    let blob = random_blob(1, 10_000);
    let digest = Digest::sha256(&blob);
    server.registry().push_blob("a", &digest, &blob).unwrap();
    let stored = find(&scene.path("data/blobs"), &digest.hex()).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&stored);
    file.or_else(|_| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&stored, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::OpenOptions::new().write(true).open(&stored)
    })
    .unwrap()
    .set_len(5000)
    .unwrap();
    let mut client = server.http();
    let refused = check(&mut client, &format!("GET /v2/a/blobs/{digest}"), "500 UNKNOWN");
    assert!(json(&refused)["errors"][0]["detail"]["requestId"].is_string(), "{}", refused.text());
    assert!(!refused.text().contains("data/blobs"), "{}", refused.text());
    std::fs::remove_file(&stored).unwrap();
    check(&mut client, &format!("GET /v2/a/blobs/{digest}"), "500 UNKNOWN");
}

/// The file whose path ends with `hex`, slashes left out.
fn find(directory: &Path, hex: &str) -> Option<std::path::PathBuf> {
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).find_map(|path| {
        if path.is_dir() { find(&path, hex) } else { path.to_str()?.replace('/', "").contains(hex).then_some(path) }
    })
}

#[test]
fn clients_push_while_the_server_is_killed() {
    let life = (Duration::from_millis(150), Duration::from_millis(500));
    let options = torture::Options { rounds: 3, life, ..torture::Options::short() };
    let report = torture::run(Path::new(BINARY), &options).unwrap();
    assert_eq!(report.kills, 3);
    assert!(report.blobs > 0 && report.verified_blobs > 0, "{report}");
}

#[test]
fn everything_at_once_is_as_the_audit_log_tells() {
    let options = MixedOptions { amount: Amount::Operations(240), kills: 1, clients: 6, seed: 1 };
    let report = mixed::run(Path::new(BINARY), &options).unwrap();
    assert_eq!(report.kills, 1);
    assert!(report.done() > 500 && report.refused() > 50 && report.images > 20, "{report}");
    assert!(report.rows.len() > 30, "hardly anything was asked for: {report}");
}

#[test]
fn one_blob_may_come_from_many_at_once() {
    let scene = Scene::new();
    let server = scene.serve();
    let blob = random_blob(1, 2 << 20);
    let digest = Digest::sha256(&blob);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (server, blob) = (&server, &blob);
            scope.spawn(move || {
                let repository = ["one", "other"][number % 2];
                let mut registry = server.registry();
                match number % 3 {
                    0 => registry.push_blob(repository, &digest, blob).unwrap(),
                    1 => registry.push_blob_at_once(repository, &digest, blob).unwrap(),
                    _ => registry.push_blob_streamed(repository, &digest, &mut blob.as_slice()).unwrap(),
                }
                assert_eq!(registry.verify_blob(repository, &digest).unwrap(), Some(blob.len() as u64));
            });
        }
    });
}

#[test]
fn a_directory_that_vanished_is_an_error_until_it_is_back() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = plain("kept");
    server.registry().push_image("a", "1", &image).unwrap();
    let mut client = server.http();
    let digest = Digest::sha256(b"new");
    let post = format!("POST /v2/a/blobs/uploads/?digest={digest}");
    for name in ["data/uploads", "data/blobs"] {
        let away = scene.path("away");
        std::fs::rename(scene.path(name), &away).unwrap();
        let refused = check_with(&mut client, &post, &[], b"new", "500 UNKNOWN");
        assert!(json(&refused)["errors"][0]["detail"]["requestId"].is_string(), "{name}: {}", refused.text());
        check(&mut client, &format!("GET /v2/a/blobs/{digest}"), "404 BLOB_UNKNOWN");
        check(&mut client, "GET /v2/a/manifests/1", "200");
        std::fs::rename(&away, scene.path(name)).unwrap();
    }
    check_with(&mut client, &post, &[], b"new", "201");
    assert_eq!(check(&mut client, &format!("GET /v2/a/blobs/{digest}"), "200").body, b"new");
    assert!(server.registry().verify_blob("a", &image.layers[0].digest).unwrap().is_some());
}
