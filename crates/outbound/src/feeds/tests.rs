use std::sync::Mutex;

use tempfile::TempDir;

use super::*;
use crate::fake::{Reply, Server};

/// As much of a zip archive as is looked at.
fn zip(content: &str) -> Vec<u8> {
    [b"PK\x03\x04", content.as_bytes(), b"PK\x05\x06", &[0; 18]].concat()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn run(server: &Server, ecosystems: &[&str], into: &Path) -> Result<FetchReport, OutboundError> {
    let ecosystems: Vec<_> = ecosystems.iter().map(|&name| name.to_owned()).collect();
    fetch(&Client::new().unwrap(), &server.url("/bucket/"), &ecosystems, into, |_| {})
}

#[test]
fn feeds_are_put_in_the_layout_of_the_bucket() {
    let server = Server::new(|asked| Reply::new(200, zip(&asked.path)));
    let directory = TempDir::new().unwrap();
    let into = directory.path().join("feeds");
    let mut seen = Vec::new();
    let ecosystems = ["Rocky Linux:9".to_owned(), "PyPI".to_owned()];
    let report = fetch(&Client::new().unwrap(), &server.url("/bucket"), &ecosystems, &into, |progress| {
        seen.push(progress);
    });
    let report = report.unwrap();
    assert!(report.has_changes());
    assert_eq!(report.to_string(), "Rocky Linux:9 (0.0 MB), PyPI (0.0 MB)");
    assert_eq!(fs::read(into.join("Rocky Linux:9/all.zip")).unwrap(), zip("/bucket/Rocky%20Linux%3A9/all.zip"));
    assert_eq!(names(&into), [".lock", "PyPI", "Rocky Linux:9"]);
    assert_eq!(names(&into.join("PyPI")), [".all.zip.http", "all.zip"]);
    let size = zip("/bucket/PyPI/all.zip").len() as u64;
    assert_eq!(seen.last(), Some(&Progress { what: "PyPI".into(), done: size, total: Some(size) }));
}

#[test]
fn what_has_not_changed_is_not_fetched_again() {
    let tag = std::sync::Arc::new(Mutex::new("\"one\""));
    let current = std::sync::Arc::clone(&tag);
    let server = Server::new(move |asked| {
        let tag = *current.lock().unwrap();
        if asked.header("if-none-match") == Some(tag) {
            return Reply::new(304, "").length(None);
        }
        let modified = "Sat, 21 Nov 2026 00:00:00 GMT";
        Reply::new(200, zip(tag)).header("etag", tag).header("last-modified", modified)
    });
    let directory = TempDir::new().unwrap();
    let into = directory.path();
    let run = || run(&server, &["npm"], into).unwrap();
    let path = into.join("npm/all.zip");
    assert!(run().has_changes());
    assert_eq!(run().to_string(), "npm (unchanged)");
    assert_eq!(server.asked()[1].header("if-modified-since"), Some("Sat, 21 Nov 2026 00:00:00 GMT"));
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
    assert_eq!(server.asked()[5].header("if-none-match"), None);
}

#[test]
fn what_is_not_whole_is_never_kept() {
    fn check(reply: Reply, expect: &str) {
        let directory = TempDir::new().unwrap();
        let folder = directory.path().join("npm");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("all.zip"), "of last time").unwrap();
        let outcome = run(&Server::always(reply), &["npm"], directory.path());
        assert!(format!("{outcome:?}").starts_with(expect), "{expect}: {outcome:?}");
        assert_eq!(names(&folder), ["all.zip"], "{expect}");
        assert_eq!(fs::read(folder.join("all.zip")).unwrap(), b"of last time");
    }
    check(Reply::new(200, zip("")).length(Some(1000)), "Err(Interrupted");
    check(Reply::new(200, "").chunked(b"4\r\nPK\x03\x04\r\n"), "Err(Interrupted");
    check(Reply::new(200, zip("")).length(None), "Err(Answer");
    check(Reply::new(200, "<html>log in to the network</html>"), "Err(Answer");
    check(Reply::new(200, &zip("")[..10]), "Err(Answer");
    check(Reply::new(200, ""), "Err(Answer");
    check(Reply::new(200, zip("")).length(Some(usize::MAX)), "Err(TooLarge");
    check(Reply::new(404, ""), "Err(NotFound");
    check(Reply::new(304, "").length(None), "Err(Status");
    check(Reply::new(206, zip("")), "Err(Status");
}

#[test]
fn feeds_have_a_budget() {
    let server = Server::always(Reply::new(200, "").chunked(&[b"1a\r\n", &*zip(""), b"\r\n0\r\n\r\n"].concat()));
    let client = Client::new().unwrap();
    let directory = TempDir::new().unwrap();
    let run = |limit| {
        let base = Url::parse(&server.url("/")).unwrap().0;
        let source = Source { client: &client, base, authorization: None, limit };
        source.fetch(&["npm".to_owned()], directory.path(), &mut |_| {})
    };
    assert!(matches!(run(25), Err(OutboundError::TooLarge { .. })));
    assert_eq!(names(&directory.path().join("npm")), [""; 0]);
    assert!(run(26).is_ok());
}

#[test]
fn a_feed_that_is_not_there_leaves_no_trace() {
    let server = Server::always(Reply::new(404, ""));
    let directory = TempDir::new().unwrap();
    let error = run(&server, &["Nope"], directory.path()).unwrap_err();
    assert_eq!(error.to_string(), format!("{} has no feed of Nope: Not Found", server.host()));
    assert_eq!(names(directory.path()), [".lock"]);
}

#[test]
fn one_fetch_at_a_time() {
    let server = Server::always(Reply::new(200, zip("")));
    let directory = TempDir::new().unwrap();
    let held = lock(directory.path()).unwrap();
    assert!(matches!(run(&server, &["npm"], directory.path()), Err(OutboundError::Busy { .. })));
    drop(held);
    assert!(run(&server, &["npm"], directory.path()).is_ok());
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
