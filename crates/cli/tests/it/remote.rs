//! Commands that ask a server, a registry or a feed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use plimsoll_testkit::RealBinary;
use plimsoll_testkit::image::{Format, ImageBuilder, index};
use serde_json::{Value, json};

use crate::harness::{Said, Scene, check, json, wait_for};
use crate::images::{CRITICAL, MEDIUM, advisory, python, python_image};

const CONFIG: &str = "[anonymous]\npull = ['prod/*']\n\
    [[gates]]\nname = 'no-critical'\nrepositories = ['prod/*']\nseverity = 'critical'\n";

fn serve(scene: &Scene) -> RealBinary {
    scene.import(&[("PyPI", advisory("PYSEC-1", "PyPI", "flask", "1.0", CRITICAL))]);
    let server = scene.serve_with(CONFIG);
    let mut registry = server.registry();
    registry.push_image("prod/app", "bad", &python_image("flask", "0.12")).unwrap();
    registry.push_image("prod/app", "latest", &python_image("flask", "1.0")).unwrap();
    server
}

/// Runs a command with `ADDRESS` in its arguments made the server's.
fn run(scene: &Scene, server: &RealBinary, arguments: &str) -> Said {
    let arguments = arguments.replace("ADDRESS", &server.address().to_string());
    let url = format!("http://{}", server.address());
    scene.run(&arguments.split(' ').collect::<Vec<_>>(), &[("PLIMSOLL_SERVER", &url), ("PLIMSOLL_DATA", "data")])
}

#[test]
fn findings_are_those_the_server_has() {
    let scene = Scene::new();
    let server = serve(&scene);
    let expect = json(&check(&mut server.http(), "GET /api/v1/findings/prod/app?reference=bad", "200"));
    let check = |arguments: &str, code: i32| {
        let said = run(&scene, &server, arguments);
        assert_eq!(said.code, Some(code), "{arguments}: {said:?}");
        said
    };
    assert_eq!(check("findings prod/app:bad --format json", 0).json(), expect);
    assert_eq!(check("findings ADDRESS/prod/app:bad --format json", 0).json(), expect);
    check("findings prod/app:bad --fail-on critical", 1);
    check("findings prod/app --fail-on negligible", 0);
    let table = check("findings prod/app:bad", 0).stdout;
    for word in ["PYSEC-1", "flask", "0.12", "1.0", "CRITICAL", "dist-info/METADATA"] {
        assert!(table.contains(word), "{word}: {table}");
    }
    let none = check("findings prod/app:none", 2);
    assert!(none.stdout.is_empty() && none.stderr.contains("there is no such manifest"), "{none:?}");
    check("findings prod/none:1", 2);
    let wrong = check("findings prod/app:bad --username PLIMAAAAAAAAAAAAAAAA --password wrong", 2);
    assert!(!wrong.stderr.contains("PLIMAAAAAAAAAAAAAAAA:wrong"), "{wrong:?}");
}

#[test]
fn who_only_asks_for_findings_is_answered() {
    let scene = Scene::new();
    let server = serve(&scene);
    std::fs::remove_dir_all(scene.path("data/advisories")).unwrap();
    let asked = run(&scene, &server, "findings prod/app:latest --format json");
    assert_eq!((asked.code, &asked.json()["verdict"]), (Some(0), &json!("unknown")), "{asked:?}");
    let gated = run(&scene, &server, "findings prod/app:latest --fail-on high");
    assert_eq!(gated.code, Some(2), "{gated:?}");
}

#[test]
fn explain_says_what_the_gate_says() {
    let scene = Scene::new();
    let server = serve(&scene);
    let bad = run(&scene, &server, "explain prod/app:bad");
    assert_eq!(bad.code, Some(1), "{bad:?}");
    for word in ["prod/app:bad: deny, by the gate \"no-critical\"", "CRITICAL PYSEC-1: flask 0.12, fixed in 1.0"] {
        assert!(bad.stdout.contains(word), "{word}: {bad:?}");
    }
    let good = run(&scene, &server, "explain prod/app:latest --format json");
    assert_eq!((good.code, &good.json()["verdict"]), (Some(0), &json!("pass")), "{good:?}");
    std::fs::remove_dir_all(scene.path("data/advisories")).unwrap();
    let unknown = run(&scene, &server, "explain prod/app:latest");
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(unknown.stdout.contains("no advisories are loaded"), "{unknown:?}");
}

#[test]
fn an_image_is_scanned_where_it_lies() {
    let scene = Scene::new();
    let server = serve(&scene);
    let mut registry = server.registry();
    let at = |architecture: &str, version: &str| {
        ImageBuilder::new().layer(python("flask", version)).platform("linux", architecture).build()
    };
    let images = [at("amd64", "0.12"), at("arm64", "1.0")];
    for image in &images {
        registry.push_image("team/app", &image.platform.1, image).unwrap();
    }
    registry.put_manifest("team/app", "all", &index(Format::Oci, &images)).unwrap();
    let expect = json(&check(&mut server.http(), "GET /api/v1/findings/team/app?reference=amd64", "200"));
    let said = run(&scene, &server, "scan ADDRESS/team/app:all --platform linux/amd64 --format json --fail-on high");
    assert_eq!(said.code, Some(1), "{said:?}");
    for member in ["findings", "packages", "unknown", "layers", "digest", "advisories"] {
        assert_eq!(said.json()[member], expect[member], "{member}");
    }
    let said = run(&scene, &server, "scan ADDRESS/team/app:all --platform linux/arm64 --fail-on high");
    assert_eq!(said.code, Some(0), "{said:?}");
    let said = run(&scene, &server, "sbom ADDRESS/team/app:all --platform linux/arm64");
    assert_eq!(said.json()["components"][0]["purl"], "pkg:pypi/flask@1.0");
    for absent in ["scan ADDRESS/team/app:none", "scan ADDRESS/team/none:1", "scan ADDRESS/team/app:all --platform x/y"]
    {
        let said = run(&scene, &server, absent);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{absent}: {said:?}");
    }
}

#[test]
fn a_refused_image_is_not_scanned_by_who_may_not_have_it() {
    let scene = Scene::new();
    let server = serve(&scene);
    let said = scene.run(&["scan", &format!("{}/prod/app:bad", server.address()), "--data", "nowhere"], &[]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("no-critical"), "{said:?}");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let scene = Scene::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let url = format!("http://{address}");
    for arguments in [
        ["findings", "a:1", "--server", &url].as_slice(),
        &["explain", "a:1", "--server", &url],
        &["scan", &format!("{address}/a:1")],
        &["db", "update", "--url", &url, "--ecosystems", "PyPI"],
    ] {
        let said = scene.run(&[arguments, &["--data", "data"]].concat(), &[]);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{arguments:?}: {said:?}");
        assert!(said.stderr.contains(&address), "{arguments:?}: {said:?}");
    }
}

/// Serves one file under its path, and 404 for anything else, until the process ends.
fn feed(path: &'static str, content: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut lines = reader.by_ref().lines().map_while(Result::ok);
            let request = lines.next().unwrap_or_default();
            lines.find(String::is_empty);
            let (status, body) = if request.split(' ').nth(1) == Some(path) {
                ("200 OK", content.as_slice())
            } else {
                ("404 Not Found", b"".as_slice())
            };
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = reader.get_mut().write_all(&[head.as_bytes(), body].concat());
        }
    });
    format!("http://{address}")
}

#[test]
fn a_feed_is_fetched_and_put_in_force() {
    let scene = Scene::new();
    let record = advisory("PYSEC-1", "PyPI", "flask", "1.0", MEDIUM).to_string();
    let zip = std::fs::read(scene.zip("feed.zip", &[("PYSEC-1.json", record.as_bytes())])).unwrap();
    let url = feed("/osv/PyPI/all.zip", zip);
    scene.write("plimsoll.toml", format!("data = 'data'\n[feed]\nurl = '{url}/osv'\necosystems = ['PyPI']\n"));
    let info = || -> Vec<Value> {
        let said = scene.run(&["db", "info", "--data", "data", "--format", "json"], &[]);
        said.json()["feeds"].as_array().unwrap().iter().map(|feed| json!([feed["feed"], feed["records"]])).collect()
    };
    let said = scene.run(&["db", "update", "--config", "plimsoll.toml"], &[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(info(), [json!(["PyPI", 1])]);
    // An ecosystem that the feed does not have leaves everything as it was.
    let said =
        scene.run(&["db", "update", "--url", &format!("{url}/osv"), "--ecosystems", "npm", "--data", "data"], &[]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert_eq!(info(), [json!(["PyPI", 1])]);
    let said = scene.run(&["db", "update", "--data", "data"], &[]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("no feed is configured"), "{said:?}");
}

const KEV: &str = r#"{"count": 1, "vulnerabilities": [{"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10"}]}"#;

#[test]
fn other_feeds_are_fetched_too() {
    let scene = Scene::new();
    let mirror = feed("/m/cisa-kev/known_exploited_vulnerabilities.json", KEV.into());
    let update = |lists: &str| {
        let mirror = format!("{mirror}/m");
        scene.run(&["db", "update", "--lists", lists, "--mirror", &mirror, "--data", "data"], &[])
    };
    // What can be had is put in force, and what cannot is named.
    let said = update("cisa-kev,epss");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("epss: ") && said.stdout.contains("fetched: cisa-kev"), "{said:?}");
    let info = scene.run(&["db", "info", "--data", "data"], &[]);
    assert!(info.stdout.contains("cisa-kev") && info.stdout.contains("end-of-life (built in)"), "{info:?}");
    let said = update("cisa-kev");
    assert_eq!(said.code, Some(0), "{said:?}");
    let said = update("alpine-secdb");
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("it needs a release"), "{said:?}");
}

#[test]
fn a_server_fetches_advisories_itself() {
    let scene = Scene::new();
    let mirror = feed("/cisa-kev/known_exploited_vulnerabilities.json", KEV.into());
    let server =
        scene.serve_with(&format!("[feed]\nlists = ['cisa-kev']\nmirror = '{mirror}'\ninterval_seconds = 3600\n"));
    let info = wait_for("the first update", || {
        let said = scene.run(&["db", "info", "--data", "data", "--format", "json"], &[]);
        (said.code == Some(0)).then(|| said.json())
    });
    assert_eq!(info["feeds"][0]["feed"], "cisa-kev");
    drop(server);
}

#[test]
fn nothing_loaded_is_said_so() {
    let said = Scene::new().run(&["db", "info", "--data", "data"], &[]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:?}");
    assert!(said.stderr.contains("plimsoll db import"), "{said:?}");
}
