use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::*;
use crate::fake::{Asked, Reply, Server};

/// As much of a zip archive as is looked at.
fn zip(content: &str) -> Vec<u8> {
    [b"PK\x03\x04", content.as_bytes(), b"PK\x05\x06", &[0; 18]].concat()
}

/// As much of a compressed file.
fn gzip(content: &str) -> Vec<u8> {
    [b"\x1f\x8b", content.as_bytes(), &[0; 16]].concat()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn osv(server: &Server, ecosystems: &[&str]) -> Sources {
    let ecosystems = ecosystems.iter().map(|&name| name.to_owned()).collect();
    Sources { url: Some(server.url("/bucket/")), ecosystems, ..Sources::default() }
}

fn lists(server: &Server, lists: &[&str]) -> Sources {
    let lists = lists.iter().map(|name| name.parse().unwrap()).collect();
    Sources { mirror: Some(server.url("/mirror")), lists, ..Sources::default() }
}

fn run(sources: &Sources, into: &Path) -> FetchReport {
    fetch(&Client::new().unwrap(), sources, into, |_| {}).unwrap()
}

/// What is asked for, without the indexes of changes.
fn paths(server: &Server) -> Vec<String> {
    server.asked().into_iter().map(|asked| asked.path).filter(|path| !path.contains("modified_id.csv")).collect()
}

/// A server of ecosystems that have no index of changes.
fn without_index(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
    Server::new(move |asked| if asked.path.contains("modified_id.csv") { Reply::new(404, "") } else { answer(asked) })
}

#[test]
fn feeds_are_put_in_the_layout_of_the_bucket() {
    let server = without_index(|asked| Reply::new(200, zip(&asked.path)));
    let directory = TempDir::new().unwrap();
    let into = directory.path().join("feeds");
    let mut seen = Vec::new();
    let sources = osv(&server, &["Rocky Linux:9", "PyPI"]);
    let report = fetch(&Client::new().unwrap(), &sources, &into, |progress| seen.push(progress)).unwrap();
    assert!(report.has_changes());
    assert_eq!(report.to_string(), "Rocky Linux:9 (0.0 MB), PyPI (0.0 MB)");
    assert_eq!(fs::read(into.join("Rocky Linux:9/all.zip")).unwrap(), zip("/bucket/Rocky%20Linux%3A9/all.zip"));
    assert_eq!(names(&into), [".lock", "PyPI", "Rocky Linux:9"]);
    assert_eq!(names(&into.join("PyPI")), [".all.zip.http", "all.zip"]);
    let size = zip("/bucket/PyPI/all.zip").len() as u64;
    assert_eq!(seen.last(), Some(&Progress { what: "feed of PyPI".into(), done: size, total: Some(size) }));
}

#[test]
fn what_has_not_changed_is_not_fetched_again() {
    let tag = Arc::new(Mutex::new("\"one\""));
    let current = Arc::clone(&tag);
    let server = without_index(move |asked| {
        let tag = *current.lock().unwrap();
        if asked.header("if-none-match") == Some(tag) {
            return Reply::new(304, "").length(None);
        }
        let modified = "Sat, 21 Nov 2026 00:00:00 GMT";
        Reply::new(200, zip(tag)).header("etag", tag).header("last-modified", modified)
    });
    let directory = TempDir::new().unwrap();
    let into = directory.path();
    let run = || run(&osv(&server, &["npm"]), into);
    let path = into.join("npm/all.zip");
    assert!(run().has_changes());
    assert_eq!(run().to_string(), "npm (unchanged)");
    assert_eq!(server.asked()[3].header("if-modified-since"), Some("Sat, 21 Nov 2026 00:00:00 GMT"));
    assert_eq!(fs::read(&path).unwrap(), zip("\"one\""));
    *tag.lock().unwrap() = "\"two\"";
    assert!(run().has_changes());
    assert_eq!(fs::read(&path).unwrap(), zip("\"two\""));
    // A file that is not the one of last time is fetched whatever the server remembers.
    fs::write(&path, "damaged").unwrap();
    assert!(run().has_changes());
    fs::remove_file(&path).unwrap();
    assert!(run().has_changes());
    fs::write(into.join("npm/.all.zip.http"), "{").unwrap();
    assert!(run().has_changes());
    assert_eq!(server.asked().last().unwrap().header("if-none-match"), None);
}

#[test]
fn what_is_not_whole_is_never_kept() {
    fn check(reply: Reply, expect: &str) {
        let directory = TempDir::new().unwrap();
        let folder = directory.path().join("npm");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("all.zip"), "of last time").unwrap();
        let server = without_index(move |_| reply.clone());
        let report = run(&osv(&server, &["npm"]), directory.path());
        assert!(report.feeds.is_empty() && !report.has_changes(), "{report:?}");
        let (name, error) = &report.failed[0];
        assert!(name == "npm" && format!("{error:?}").starts_with(expect), "{expect}: {error:?}");
        assert_eq!(names(&folder), ["all.zip"], "{expect}");
        assert_eq!(fs::read(folder.join("all.zip")).unwrap(), b"of last time");
    }
    check(Reply::new(200, zip("")).length(Some(1000)), "Interrupted");
    check(Reply::new(200, "").chunked(b"4\r\nPK\x03\x04\r\n"), "Interrupted");
    check(Reply::new(200, zip("")).length(None), "Answer");
    check(Reply::new(200, "<html>log in to the network</html>"), "Answer");
    check(Reply::new(200, "<html></html>").header("etag", "\"1\""), "Answer");
    check(Reply::new(200, &zip("")[..10]), "Answer");
    check(Reply::new(200, ""), "Answer");
    check(Reply::new(200, zip("")).length(Some(usize::MAX)), "TooLarge");
    check(Reply::new(404, ""), "NotFound");
    check(Reply::new(304, "").length(None), "Status");
    check(Reply::new(206, zip("")), "Status");
    check(Reply::new(429, ""), "TooManyRequests");
    check(Reply::new(429, "").header("retry-after", "3600"), "TooManyRequests");
    check(Reply::new(503, "").header("retry-after", "0"), "TooManyRequests");
}

#[test]
fn feeds_have_a_budget() {
    let server = without_index(|_| Reply::new(200, "").chunked(&[b"1a\r\n", &*zip(""), b"\r\n0\r\n\r\n"].concat()));
    let client = Client::new().unwrap();
    let directory = TempDir::new().unwrap();
    let sources = osv(&server, &["npm"]);
    let run = |limit| {
        let osv = sources.url.as_deref().map(|url| Place::parse(url).unwrap());
        Fetcher { client: &client, osv, mirror: None, limit }.fetch(&sources, directory.path(), &mut |_| {}).unwrap()
    };
    assert!(matches!(run(25).failed[..], [(_, OutboundError::TooLarge { .. })]));
    assert_eq!(names(&directory.path().join("npm")), [""; 0]);
    assert!(run(26).has_changes());
}

#[test]
fn a_feed_that_fails_does_not_keep_the_others() {
    let server =
        without_index(|asked| if asked.path.contains("Nope") { Reply::new(404, "") } else { Reply::new(200, zip("")) });
    let directory = TempDir::new().unwrap();
    let report = run(&osv(&server, &["Nope", "npm"]), directory.path());
    assert_eq!(report.to_string(), "npm (0.0 MB)");
    let error = report.failed[0].1.to_string();
    assert_eq!(error, format!("{} has no feed of Nope: Not Found", server.host()));
    assert_eq!(names(directory.path()), [".lock", "npm"]);
}

#[test]
fn one_fetch_at_a_time() {
    let server = without_index(|_| Reply::new(200, zip("")));
    let directory = TempDir::new().unwrap();
    let held = lock(directory.path()).unwrap();
    let sources = osv(&server, &["npm"]);
    let again = fetch(&Client::new().unwrap(), &sources, directory.path(), |_| {});
    assert!(matches!(again, Err(OutboundError::Busy { .. })));
    drop(held);
    assert!(run(&sources, directory.path()).has_changes());
}

#[test]
fn ecosystems_are_names_of_folders() {
    for good in ["Debian", "Rocky Linux", "crates.io", "Debian:12", "GitHub Actions"] {
        assert!(check_ecosystem(good).is_ok(), "{good}");
    }
    for bad in ["", ".", "..", ".hidden", "a/b", "../a", "a\\b", "a\0b", "a\nb", &"a".repeat(101)] {
        assert!(check_ecosystem(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_wait_that_is_asked_for_is_kept() {
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let server = without_index(move |_| {
        *count.lock().unwrap() += 1;
        match *count.lock().unwrap() {
            1 => Reply::new(429, "").header("retry-after", "0"),
            2 => Reply::new(503, "").header("retry-after", "0"),
            _ => Reply::new(200, zip("")),
        }
    });
    let directory = TempDir::new().unwrap();
    assert!(run(&osv(&server, &["npm"]), directory.path()).has_changes());
    assert_eq!(*asked.lock().unwrap(), 3);
}

/// Answers with a file as servers do that can give parts of it; `broken` answers break off in the middle.
fn in_parts(asked: &Asked, file: &[u8], tag: &str, broken: bool) -> Reply {
    let from = asked.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let from = from.filter(|_| asked.header("if-range") == Some(tag));
    let rest = &file[from.unwrap_or(0).min(file.len())..];
    let sent = if broken { &rest[..rest.len() / 2] } else { rest };
    let reply = match from {
        Some(from) if from >= file.len() => return Reply::new(416, ""),
        Some(from) => {
            let range = format!("bytes {from}-{}/{}", file.len() - 1, file.len());
            Reply::new(206, sent).header("content-range", range)
        }
        None => Reply::new(200, sent),
    };
    reply.length(Some(rest.len())).header("etag", tag)
}

#[test]
fn a_download_goes_on_where_it_broke_off() {
    let file = Arc::new(Mutex::new(zip(&"a".repeat(4000))));
    let tag = Arc::new(Mutex::new("\"one\""));
    let broken = Arc::new(Mutex::new(usize::MAX));
    let (current, named, left) = (Arc::clone(&file), Arc::clone(&tag), Arc::clone(&broken));
    let server = without_index(move |asked| {
        let mut left = left.lock().unwrap();
        let is_broken = *left > 0;
        *left = left.saturating_sub(1);
        in_parts(asked, &current.lock().unwrap(), *named.lock().unwrap(), is_broken)
    });
    let directory = TempDir::new().unwrap();
    let folder = directory.path().join("npm");
    let run = || run(&osv(&server, &["npm"]), directory.path());
    let ranges =
        || server.asked().iter().filter_map(|asked| asked.header("range").map(str::to_owned)).collect::<Vec<_>>();

    // Every answer breaks off: after some attempts there is an error, and what came is kept for the next time.
    assert!(matches!(run().failed[..], [(_, OutboundError::Interrupted { .. })]));
    assert_eq!(ranges(), ["bytes=2013-", "bytes=3019-"]);
    assert_eq!(names(&folder), [".all.zip.part", ".all.zip.part.http"]);
    *broken.lock().unwrap() = 0;
    assert_eq!(run().feeds[0].fetched, Some(4026 - 3522));
    assert_eq!(ranges().last().map(String::as_str), Some("bytes=3522-"));
    assert_eq!(fs::read(folder.join("all.zip")).unwrap(), *file.lock().unwrap());
    assert_eq!(names(&folder), [".all.zip.http", "all.zip"]);

    // What broke off within one run goes on at once.
    (*file.lock().unwrap(), *tag.lock().unwrap(), *broken.lock().unwrap()) = (zip(&"b".repeat(4000)), "\"two\"", 1);
    assert!(run().has_changes());
    assert_eq!(fs::read(folder.join("all.zip")).unwrap(), *file.lock().unwrap());

    // Where the server has another file by now, it begins anew; until then what was there stays.
    (*file.lock().unwrap(), *tag.lock().unwrap(), *broken.lock().unwrap()) = (zip(&"c".repeat(4000)), "\"three\"", 9);
    run();
    assert!(fs::read(folder.join("all.zip")).unwrap().starts_with(b"PK\x03\x04bbb"));
    (*file.lock().unwrap(), *tag.lock().unwrap(), *broken.lock().unwrap()) = (zip(&"d".repeat(4000)), "\"four\"", 0);
    assert_eq!(run().feeds[0].fetched, Some(4026));
    assert_eq!(fs::read(folder.join("all.zip")).unwrap(), *file.lock().unwrap());

    // All of it came, and then the program was killed.
    (*file.lock().unwrap(), *tag.lock().unwrap(), *broken.lock().unwrap()) = (zip(&"e".repeat(4000)), "\"five\"", 9);
    run();
    fs::write(folder.join(".all.zip.part"), &*file.lock().unwrap()).unwrap();
    *broken.lock().unwrap() = 0;
    assert!(run().has_changes());
    assert_eq!(fs::read(folder.join("all.zip")).unwrap(), *file.lock().unwrap());
}

#[test]
fn a_part_that_is_another_is_not_taken() {
    let server = without_index(|asked| match asked.header("range") {
        Some(_) => Reply::new(206, zip("")).header("content-range", "bytes 0-25/26").header("etag", "\"1\""),
        None => Reply::new(200, zip("")).cut().header("etag", "\"1\"").length(Some(26)),
    });
    let directory = TempDir::new().unwrap();
    let report = run(&osv(&server, &["npm"]), directory.path());
    assert!(matches!(report.failed[..], [(_, OutboundError::Answer { .. })]), "{report:?}");
    assert_eq!(names(&directory.path().join("npm")), [""; 0]);
}

/// A bucket with an index of changes.
#[derive(Default)]
struct Bucket {
    /// The records with their times, the latest first.
    index: Vec<(&'static str, String)>,
    zip: &'static str,
    missing: &'static str,
}

fn bucket(state: &Arc<Mutex<Bucket>>) -> Server {
    let state = Arc::clone(state);
    Server::new(move |asked| {
        let state = state.lock().unwrap();
        let name = asked.path.rsplit('/').next().unwrap();
        let lines = state.index.iter().map(|(time, id)| format!("{time},{id}\n")).collect::<Vec<_>>().concat();
        let (body, tag) = match name {
            "modified_id.csv" => (lines.clone().into_bytes(), format!("\"{}\"", lines.len())),
            "all.zip" => (zip(state.zip), format!("\"zip {}\"", state.zip)),
            name if name.trim_end_matches(".json") == state.missing => return Reply::new(404, ""),
            name => (format!("{{\"id\": \"{name}\"}}").into_bytes(), String::new()),
        };
        if !tag.is_empty() && asked.header("if-none-match") == Some(&tag) {
            return Reply::new(304, "").length(None);
        }
        Reply::new(200, body).header("etag", tag)
    })
}

#[test]
fn few_records_that_changed_come_one_by_one() {
    let old = |number: usize| ("2026-01-01T00:00:00Z", format!("GHSA-{number}"));
    let state = Arc::new(Mutex::new(Bucket { index: (0..3).map(old).collect(), zip: "one", missing: "" }));
    let server = bucket(&state);
    let directory = TempDir::new().unwrap();
    let folder = directory.path().join("npm");
    let sources = osv(&server, &["npm"]);
    let run = || run(&sources, directory.path());
    let asked = || {
        let count = server.asked().len();
        let report = run();
        assert!(report.failed.is_empty(), "{report:?}");
        let new = server.asked().split_off(count).into_iter().map(|asked| asked.path);
        new.map(|path| path.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let change = |time, id: &str| state.lock().unwrap().index.insert(0, (time, id.to_owned()));
    assert_eq!(asked(), ["modified_id.csv", "all.zip"]);
    assert_eq!(asked(), ["modified_id.csv"]);

    // With what may have changed while the archive was made.
    change("2026-01-02T10:00:00.123Z", "GHSA-new");
    assert_eq!(asked(), ["modified_id.csv", "GHSA-new.json", "GHSA-0.json", "GHSA-1.json", "GHSA-2.json"]);
    assert_eq!(names(&folder.join("changed")).iter().filter(|name| !name.starts_with('.')).count(), 4);
    assert_eq!(asked(), ["modified_id.csv"]);
    change("2026-01-02T10:01:00Z", "GHSA-newer");
    assert_eq!(asked(), ["modified_id.csv", "GHSA-newer.json"]);
    assert_eq!(fs::read(folder.join("all.zip")).unwrap(), zip("one"));

    // Many, or one that is not there, or an index out of order: the whole.
    state.lock().unwrap().missing = "GHSA-gone";
    state.lock().unwrap().zip = "two";
    change("2026-01-02T11:00:00Z", "GHSA-gone");
    let told = asked();
    assert_eq!(told, ["modified_id.csv", "GHSA-gone.json", "all.zip"]);
    assert!(!folder.join("changed").exists());
    state.lock().unwrap().zip = "three";
    for number in 0..501 {
        change("2026-01-03T00:00:00Z", &format!("GHSA-many-{number}"));
    }
    change("2026-01-03T00:00:01Z", "GHSA-last");
    assert_eq!(asked(), ["modified_id.csv", "all.zip"]);
    assert_eq!(fs::read(folder.join("all.zip")).unwrap(), zip("three"));
    assert_eq!(asked(), ["modified_id.csv"]);
    state.lock().unwrap().zip = "four";
    change("2026-01-09T00:00:00Z", "GHSA-9");
    change("2026-01-08T00:00:00Z", "GHSA-8");
    change("2026-01-10T00:00:00Z", "../GHSA-10");
    assert_eq!(asked(), ["modified_id.csv", "all.zip"]);
}

#[test]
fn an_archive_that_lags_behind_its_index_is_asked_for_again() {
    let state = Arc::new(Mutex::new(Bucket { zip: "one", ..Bucket::default() }));
    state.lock().unwrap().index.push(("2026-01-01T00:00:00Z", "GHSA-1".to_owned()));
    let server = bucket(&state);
    let directory = TempDir::new().unwrap();
    let run = || run(&osv(&server, &["npm"]), directory.path()).has_changes();
    assert!(run());
    let many = (0..600).map(|number| ("2026-02-01T00:00:00Z", format!("GHSA-many-{number}")));
    state.lock().unwrap().index.splice(0..0, many);
    assert!(!run() && !run());
    assert_eq!(paths(&server).len(), 3);
    state.lock().unwrap().zip = "two";
    assert!(run());
    assert!(!run());
}

#[test]
fn other_feeds_come_from_a_mirror() {
    let server = Server::new(|asked| match asked.path.rsplit('.').next() {
        Some("gz") => Reply::new(200, gzip("x")).header("etag", "\"1\""),
        Some("json") if asked.header("if-none-match") == Some("\"1\"") => Reply::new(304, "").length(None),
        Some("json") => Reply::new(200, "{\"a\": 1}\n").header("etag", "\"1\""),
        _ => Reply::new(404, ""),
    });
    let directory = TempDir::new().unwrap();
    let sources =
        lists(&server, &["debian-tracker", "alpine-secdb:v3.22", "cisa-kev", "epss", "nvd:9999", "end-of-life"]);
    let report = run(&sources, directory.path());
    assert_eq!(report.failed.len(), 0, "{report:?}");
    assert_eq!(names(&directory.path().join("alpine-secdb")).len(), 4);
    assert!(directory.path().join("epss/epss_scores-current.csv.gz").is_file());
    assert!(directory.path().join("end-of-life/debian.json").is_file());
    let first = paths(&server);
    for path in [
        "/mirror/debian-tracker/data.json",
        "/mirror/alpine-secdb/v3.22-community.json",
        "/mirror/nvd/nvdcve-2.0-9999.meta",
    ] {
        assert!(first.iter().any(|asked| asked == path), "{path}: {first:?}");
    }
    let again =
        run(&lists(&server, &["debian-tracker", "alpine-secdb:v3.22", "cisa-kev", "end-of-life"]), directory.path());
    assert!(!again.has_changes(), "{again:?}");
}

fn is_meta(asked: &Asked) -> bool {
    asked.path.split('.').next_back() == Some("meta")
}

#[test]
fn documents_are_at_a_glance_what_they_should_be() {
    let check = |list: &str, body: &[u8], expect| {
        let body = body.to_vec();
        let server =
            Server::new(move |asked| if is_meta(asked) { Reply::new(404, "") } else { Reply::new(200, body.clone()) });
        let directory = TempDir::new().unwrap();
        let report = run(&lists(&server, &[list]), directory.path());
        assert_eq!(report.failed.is_empty(), expect, "{list}: {report:?}");
    };
    check("cisa-kev", b"{}", true);
    check("cisa-kev", b" {\"a\": []}\r\n", true);
    check("cisa-kev", b"<html></html>", false);
    check("cisa-kev", b"{\"a\": [", false);
    check("cisa-kev", b"", false);
    check("epss", &gzip(""), true);
    check("epss", b"cve,epss", false);
    check("nvd:9999", b"{}", false);
}

#[test]
fn the_nvd_is_asked_for_what_was_modified() {
    let sum = Arc::new(Mutex::new("one"));
    let current = Arc::clone(&sum);
    let server = Server::new(move |asked| {
        let sum = *current.lock().unwrap();
        let meta = format!("lastModifiedDate:2026-11-21T00:00:00-05:00\r\nsize:9\r\ngzSize:9\r\nsha256:{sum}\r\n");
        if is_meta(asked) { Reply::new(200, meta) } else { Reply::new(200, gzip(sum)) }
    });
    let directory = TempDir::new().unwrap();
    let sources = lists(&server, &["nvd:9998"]);
    let run = || run(&sources, directory.path());
    let asked = || {
        let count = server.asked().len();
        let report = run();
        let new =
            server.asked().split_off(count).into_iter().map(|asked| asked.path.replace("/mirror/nvd/nvdcve-2.0-", ""));
        (new.collect::<Vec<_>>(), report.has_changes())
    };
    assert_eq!(
        asked(),
        (["9998.meta", "9998.json.gz", "modified.meta", "modified.json.gz"].map(str::to_owned).to_vec(), true)
    );
    // The year is fresh, and what was modified has not changed.
    assert_eq!(asked(), (vec!["modified.meta".to_owned()], false));
    *sum.lock().unwrap() = "two";
    assert_eq!(asked(), (["modified.meta", "modified.json.gz"].map(str::to_owned).to_vec(), true));
    // An old year is looked at again.
    let note = directory.path().join("nvd/.nvdcve-2.0-9998.json.gz.http");
    let text = fs::read_to_string(&note).unwrap();
    let at = text.find("\"fetchedAt\":").unwrap();
    fs::write(&note, format!("{}\"fetchedAt\":1}}", &text[..at])).unwrap();
    assert_eq!(asked().0, ["9998.meta", "9998.json.gz", "modified.meta"]);
}

#[test]
fn a_feed_that_has_not_come_whole_is_not_put_in_force() {
    let is_whole = Arc::new(Mutex::new(false));
    let current = Arc::clone(&is_whole);
    let server = Server::new(move |asked| match asked.path.rsplit('/').next() {
        Some("known_exploited_vulnerabilities.json") => Reply::new(200, KEV),
        Some("v3.22-main.json") => Reply::new(
            200,
            r#"{"distroversion": "v3.22", "packages": [{"pkg": {"name": "a", "secfixes": {"1-r0": ["CVE-2024-1234"]}}}]}"#,
        ),
        Some("v3.22-community.json") if *current.lock().unwrap() => {
            Reply::new(200, r#"{"distroversion": "v3.22", "packages": []}"#)
        }
        _ => Reply::new(404, ""),
    });
    let directory = TempDir::new().unwrap();
    let sources = lists(&server, &["alpine-secdb:v3.22", "cisa-kev"]);
    let update = || update(&Client::new().unwrap(), &sources, directory.path(), &mut |_| {}).unwrap();
    let loaded = || {
        let info = plimsoll_registry::feeds::info(directory.path()).unwrap().unwrap();
        info.feeds.into_iter().map(|feed| feed.feed).collect::<Vec<_>>()
    };
    assert_eq!(update().fetched.failed.len(), 1);
    assert!(directory.path().join("feeds/alpine-secdb/v3.22-main.json").is_file());
    assert_eq!(loaded(), ["cisa-kev"]);
    *is_whole.lock().unwrap() = true;
    assert_eq!(update().fetched.failed.len(), 0);
    assert_eq!(loaded(), ["alpine-secdb", "cisa-kev"]);
    *is_whole.lock().unwrap() = false;
    assert_eq!(update().fetched.failed.len(), 1);
    let mut still = loaded();
    still.sort();
    assert_eq!(still, ["alpine-secdb", "cisa-kev"]);
}

const RECORD: &str = r#"{"id": "N-1", "modified": "2024-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "a"}}]}"#;
const KEV: &str = r#"{"count": 1, "vulnerabilities": [{"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10"}]}"#;

#[test]
fn an_update_puts_in_force_what_is_new() {
    let kev = Arc::new(Mutex::new((200, KEV.to_owned())));
    let current = Arc::clone(&kev);
    let server = Server::new(move |asked| {
        let (status, text) = current.lock().unwrap().clone();
        let tag = format!("\"{}\"", text.len());
        if asked.header("if-none-match") == Some(&tag) && status == 200 {
            return Reply::new(304, "").length(None);
        }
        Reply::new(status, text).header("etag", tag)
    });
    let directory = TempDir::new().unwrap();
    let data = directory.path();
    let client = Client::new().unwrap();
    let sources = lists(&server, &["cisa-kev"]);
    let update = || update(&client, &sources, data, &mut |_| {});
    let generation = || plimsoll_registry::feeds::info(data).unwrap().map(|info| info.generation);
    let imported = |update: Result<Update, UpdateError>| update.unwrap().imported.is_some();
    let set = |status, text: &str| *kev.lock().unwrap() = (status, text.to_owned());

    set(404, KEV);
    let failed = update().unwrap();
    assert!(failed.imported.is_none() && failed.fetched.failed.len() == 1 && generation().is_none());
    set(200, KEV);
    assert!(imported(update()));
    assert!(!imported(update()));
    let before = generation();
    // Damaged in a way that only the import sees: nothing changes, and it is fetched again.
    set(200, r#"{"count": 2, "vulnerabilities": []}"#);
    assert!(matches!(update(), Err(UpdateError::Import(_))));
    assert_eq!(generation(), before);
    assert!(matches!(update(), Err(UpdateError::Import(_))));
    set(200, &KEV.replace("44228", "44229000"));
    assert!(imported(update()));
    assert_ne!(generation(), before);
    assert!(!imported(update()));
    // What was imported otherwise stays beside it, and what was lost comes back.
    fs::create_dir(data.join("feeds/npm")).unwrap();
    fs::write(data.join("feeds/npm/N-1.json"), RECORD).unwrap();
    fs::remove_dir_all(data.join("advisories")).unwrap();
    assert!(imported(update()));
    assert_eq!(plimsoll_registry::feeds::info(data).unwrap().unwrap().feeds.len(), 2);
}
