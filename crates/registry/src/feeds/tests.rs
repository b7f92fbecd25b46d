use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plimsoll_advisories::judge;
use plimsoll_inventory::{InstalledPackage, Inventory, Package, PackageKind};
use serde_json::{Value, json};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// A record on one package; it affects every version.
fn record(id: &str, ecosystem: &str, name: &str) -> Value {
    json!({
        "id": id, "modified": "2024-01-01T00:00:00Z",
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]
        }]
    })
}

struct Scene {
    directory: TempDir,
}

impl Scene {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.directory.path().join("source").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn source(&self) -> PathBuf {
        self.directory.path().join("source")
    }

    fn json(&self, name: &str, record: &Value) {
        fs::write(self.path(name), record.to_string()).unwrap();
    }

    fn zip(&self, name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
        let path = self.path(name);
        let mut zip = ZipWriter::new(fs::File::create(&path).unwrap());
        for (name, content) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    fn records(&self, name: &str, records: &[Value]) -> PathBuf {
        let texts =
            records.iter().map(|record| (format!("{}.json", record["id"].as_str().unwrap()), record.to_string()));
        let texts = texts.collect::<Vec<_>>();
        let entries = texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect::<Vec<_>>();
        self.zip(name, &entries)
    }

    fn import(&self, source: &Path) -> Result<ImportReport, FeedError> {
        import(source, &self.data(), &mut |_| {})
    }

    /// What the advisories in force say of a package.
    fn ids(&self, kind: PackageKind, name: &str) -> Vec<String> {
        let generation = AdvisorySet::open(&self.data()).current().unwrap().unwrap();
        found(&generation, kind, name)
    }

    /// The files of the generations.
    fn generations(&self) -> usize {
        let files = fs::read_dir(self.data().join("advisories")).unwrap();
        files.filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().ends_with(".index")).count()
    }
}

fn found(generation: &Generation, kind: PackageKind, name: &str) -> Vec<String> {
    let package = Package::new(kind, name, "1.0.0");
    let packages = vec![InstalledPackage { package, path: "p".into(), layer: 0, owner: None }];
    let inventory = Inventory { packages, ..Inventory::default() };
    let judgement = judge(Some(generation.index()), &inventory, std::time::UNIX_EPOCH);
    judgement.findings.into_iter().map(|finding| finding.id).collect()
}

fn feeds(report: &ImportReport) -> Vec<(&str, u64, Option<u64>)> {
    report.feeds.iter().map(|feed| (feed.feed.as_str(), feed.records, feed.before)).collect()
}

#[test]
fn nothing_is_in_force_before_the_first_import() {
    let scene = Scene::new();
    assert!(AdvisorySet::open(&scene.data()).current().unwrap().is_none());
    assert_eq!(info(&scene.data()).unwrap(), None);
}

#[test]
fn reads_the_buckets_layout() {
    let scene = Scene::new();
    scene.records("npm/all.zip", &[record("N-1", "npm", "a"), record("N-2", "npm", "b")]);
    scene.json("PyPI/2024/P-1.json", &record("P-1", "PyPI", "a"));
    scene.json("PyPI/readme.txt", &json!(1));
    scene.json(".git/X.json", &json!("hidden"));
    // A record of two ecosystems is in both feeds.
    let both = json!({"id": "B-1", "modified": "2024-01-01T00:00:00Z", "affected": [
        record("", "npm", "c")["affected"][0], record("", "PyPI", "c")["affected"][0]]});
    scene.json("PyPI/B-1.json", &both);
    scene.json("npm/B-1.json", &both);
    let report = scene.import(&scene.source()).unwrap();
    assert_eq!(feeds(&report), [("PyPI", 2, None), ("npm", 3, None)]);
    assert_eq!((report.records, report.refused_count, report.lost), (4, 0, None));
    assert_eq!(
        (scene.ids(PackageKind::Npm, "a"), scene.ids(PackageKind::PyPi, "a")),
        (vec!["N-1".into()], vec!["P-1".into()])
    );
    let info = info(&scene.data()).unwrap().unwrap();
    assert_eq!((info.generation, info.records, info.feeds.len()), (report.generation, 4, 2));
}

#[test]
fn an_import_replaces_its_feeds_and_keeps_the_others() {
    let scene = Scene::new();
    scene.records("npm/all.zip", &[record("N-1", "npm", "a"), record("N-2", "npm", "a")]);
    scene.records("PyPI/all.zip", &[record("P-1", "PyPI", "a")]);
    let debian = json!({"id": "DSA-1", "modified": "2024-01-01T00:00:00Z", "upstream": ["CVE-2024-1"], "affected": [
        record("", "Debian:12", "a")["affected"][0], record("", "Debian:11", "a")["affected"][0]]});
    scene.records("Debian/all.zip", &[debian]);
    scene.import(&scene.source()).unwrap();
    let npm = scene.records("elsewhere/npm.zip", &[record("N-3", "npm", "a")]);
    let report = scene.import(&npm).unwrap();
    assert_eq!(feeds(&report), [("npm", 1, Some(2))]);
    assert_eq!(report.records, 3);
    assert_eq!(scene.ids(PackageKind::Npm, "a"), ["N-3"]);
    assert_eq!(scene.ids(PackageKind::PyPi, "a"), ["P-1"]);
    let info = info(&scene.data()).unwrap().unwrap();
    let ecosystems = info.ecosystems.iter().map(|known| known.ecosystem.as_str()).collect::<Vec<_>>();
    assert_eq!(ecosystems, ["Debian:11", "Debian:12", "PyPI", "npm"]);
    let pypi = info.feeds.iter().find(|feed| feed.feed == "PyPI").unwrap();
    assert_eq!((pypi.records, pypi.source.as_str()), (1, scene.source().to_str().unwrap()));
}

#[test]
fn a_record_shared_by_feeds_stays_while_one_has_it() {
    let scene = Scene::new();
    let shared = json!({"id": "B-1", "modified": "2024-01-01T00:00:00Z", "affected": [
        record("", "npm", "c")["affected"][0], record("", "PyPI", "c")["affected"][0]]});
    scene.records("npm/all.zip", &[shared.clone(), record("N-1", "npm", "a")]);
    scene.records("PyPI/all.zip", &[shared, record("P-1", "PyPI", "a")]);
    scene.import(&scene.source()).unwrap();
    let without = scene.records("two/npm/all.zip", &[record("N-1", "npm", "a")]);
    scene.import(&without).unwrap();
    assert_eq!(scene.ids(PackageKind::Npm, "c"), ["B-1"]);
    let without = scene.records("two/PyPI/all.zip", &[record("P-1", "PyPI", "a")]);
    scene.import(&without).unwrap();
    assert_eq!(scene.ids(PackageKind::Npm, "c"), [""; 0]);
}

#[test]
fn feeds_without_a_layout_are_named_by_their_records() {
    let check = |records: &[Value], expect: &[(&str, u64)]| {
        let scene = Scene::new();
        let path = scene.records("some.zip", records);
        let report = scene.import(&path).unwrap();
        let found = report.feeds.iter().map(|feed| (feed.feed.as_str(), feed.records)).collect::<Vec<_>>();
        assert_eq!(found, expect);
    };
    check(&[record("A", "npm", "a"), record("B", "npm", "b")], &[("npm", 2)]);
    check(&[record("A", "Debian:11", "a"), record("B", "Debian:12", "b")], &[("Debian", 2)]);
    check(&[record("A", "npm", "a"), record("B", "PyPI", "b")], &[("PyPI", 1), ("npm", 1)]);
    let both = json!({"id": "C", "modified": "2024-01-01T00:00:00Z", "affected": [
        record("", "Maven", "c")["affected"][0], record("", "npm", "c")["affected"][0]]});
    check(&[record("A", "npm", "a"), both], &[("npm", 2)]);
    check(&[json!({"id": "D", "modified": "2024-01-01T00:00:00Z"})], &[("other", 1)]);
}

#[test]
fn broken_records_are_refused_and_the_rest_is_imported() {
    let scene = Scene::new();
    let good = record("N-1", "npm", "a").to_string();
    let huge = vec![b' '; (8 << 20) + 1];
    let path = scene.zip(
        "npm/all.zip",
        &[
            ("good.json", good.as_bytes()),
            ("broken.json", b"{\"id\": "),
            ("no-date.json", b"{\"id\": \"X\"}"),
            ("../../escape.json", good.as_bytes()),
            ("huge.json", &huge),
            ("read.me", b"not a record"),
        ],
    );
    let report = scene.import(&path).unwrap();
    assert_eq!((report.records, report.refused_count), (1, 4));
    let refused =
        report.refused.iter().map(|refused| format!("{}: {}", refused.file, refused.reason)).collect::<Vec<_>>();
    let expect = [
        "broken.json: not an OSV record: EOF while parsing",
        "no-date.json: the modified time is missing",
        "../../escape.json: its name leads out of the archive",
        "huge.json: more than 8388608 bytes",
    ];
    assert!(refused.iter().zip(expect).all(|(found, expect)| found.starts_with(expect)), "{refused:?}");
    assert_eq!(info(&scene.data()).unwrap().unwrap().refused, 4);
    assert!(!scene.directory.path().join("escape.json").exists());
}

#[test]
fn an_entry_that_lies_about_its_size_is_not_read_whole() {
    let scene = Scene::new();
    let good = record("N-1", "npm", "a").to_string();
    let path = scene.zip("npm/all.zip", &[("good.json", good.as_bytes()), ("liar.json", &vec![b' '; 20 << 20])]);
    let mut bytes = fs::read(&path).unwrap();
    let size = u32::try_from(20 << 20).unwrap().to_le_bytes();
    for at in 0..bytes.len() - 4 {
        if bytes[at..at + 4] == size {
            bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
    }
    fs::write(&path, bytes).unwrap();
    let report = scene.import(&path).unwrap();
    assert_eq!((report.records, report.refused_count, report.refused[0].file.as_str()), (1, 1, "liar.json"));
}

#[test]
fn a_failed_import_leaves_what_was_in_force() {
    let scene = Scene::new();
    let good = scene.records("npm/all.zip", &[record("N-1", "npm", "a")]);
    let before = scene.import(&good).unwrap().generation;
    let check = |source: &Path, expect: fn(&FeedError) -> bool| {
        let error = scene.import(source).unwrap_err();
        assert!(expect(&error), "{error:?}");
        assert_eq!(info(&scene.data()).unwrap().unwrap().generation, before);
        assert_eq!(scene.generations(), 1);
    };
    let cut = scene.path("cut/npm/all.zip");
    let bytes = fs::read(&good).unwrap();
    fs::write(&cut, &bytes[..bytes.len() - 30]).unwrap();
    check(&cut, |error| matches!(error, FeedError::Archive { .. }));
    let mixed = cut.parent().unwrap().parent().unwrap();
    scene.json("cut/PyPI/P-1.json", &record("P-1", "PyPI", "a"));
    check(mixed, |error| matches!(error, FeedError::Archive { .. }));
    let unusable = scene.zip("unusable.zip", &[("a.json", b"{}"), ("b.json", b"[]")]);
    check(&unusable, |error| matches!(error, FeedError::NoRecords { refused: 2, .. }));
    let bomb = (0..40).map(|number| (format!("{number}.json"), vec![b' '; 4 << 20])).collect::<Vec<_>>();
    let bomb = bomb.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect::<Vec<_>>();
    check(&scene.zip("bomb.zip", &bomb), |error| matches!(error, FeedError::TooLarge { .. }));
    check(&scene.path("nothing"), |error| matches!(error, FeedError::Io { .. }));
    scene.json("one.json", &record("N-2", "npm", "a"));
    check(&scene.path("one.json"), |error| matches!(error, FeedError::NotASource { .. }));
    fs::create_dir(scene.path("empty")).unwrap();
    check(&scene.path("empty"), |error| matches!(error, FeedError::NoRecords { refused: 0, .. }));
}

#[test]
fn readers_follow_and_keep_what_they_hold() {
    let scene = Scene::new();
    let set = AdvisorySet::open(&scene.data());
    assert!(set.current().unwrap().is_none());
    let one = |id: &str| scene.records("npm/all.zip", &[record(id, "npm", "a")]);
    let ids = |generation: &Generation| found(generation, PackageKind::Npm, "a");
    scene.import(&one("N-1")).unwrap();
    let first = set.current().unwrap().unwrap();
    assert!(Arc::ptr_eq(&first, &set.current().unwrap().unwrap()), "nothing changed, nothing is opened again");
    for id in ["N-2", "N-3", "N-4"] {
        let report = scene.import(&one(id)).unwrap();
        let current = set.current().unwrap().unwrap();
        assert_eq!((current.id(), ids(&current)), (report.generation.as_str(), vec![id.to_owned()]));
    }
    assert_eq!(ids(&first), ["N-1"], "its file is gone, its content is not");
    assert_eq!(scene.generations(), 2);
}

#[test]
fn a_damaged_generation_is_an_error_that_an_import_mends() {
    let scene = Scene::new();
    let set = AdvisorySet::open(&scene.data());
    scene.records("npm/all.zip", &[record("N-1", "npm", "a")]);
    scene.records("PyPI/all.zip", &[record("P-1", "PyPI", "a")]);
    let folder = scene.data().join("advisories");
    let npm = scene.source().join("npm");
    let check = |damage: &dyn Fn(&Path), is: fn(&FeedError) -> bool| {
        let report = scene.import(&scene.source()).unwrap();
        damage(&folder.join(format!("{}.index", report.generation)));
        let error = set.current().err().unwrap();
        assert!(is(&error), "{error:?}");
        let mended = scene.import(&npm).unwrap();
        assert!(mended.lost.is_some());
        assert_eq!((mended.records, scene.ids(PackageKind::Npm, "a")), (1, vec!["N-1".to_owned()]));
    };
    check(&|index| drop(fs::remove_file(index)), |error| matches!(error, FeedError::Io { .. }));
    check(&|index| replace(index, b"what is this"), |error| matches!(error, FeedError::Index(_)));
    let pointer = folder.join("current");
    check(&|_| replace(&pointer, b"../../etc/passwd"), |error| matches!(error, FeedError::BadPointer { .. }));
    check(&|_| replace(&pointer, &[0xff, 0xfe]), |error| matches!(error, FeedError::BadPointer { .. }));
}

/// Puts another file in the place of one, which may be mapped.
fn replace(path: &Path, content: &[u8]) {
    let other = path.with_extension("other");
    fs::write(&other, content).unwrap();
    fs::rename(other, path).unwrap();
}

#[test]
fn imports_at_once_lose_nothing() {
    let scene = Scene::new();
    let sources = ["npm", "PyPI", "Go", "Maven"]
        .map(|name| scene.records(&format!("{name}/all.zip"), &[record(&format!("{name}-1"), name, "a")]));
    std::thread::scope(|scope| {
        for source in &sources {
            scope.spawn(|| scene.import(source).unwrap());
        }
    });
    let info = info(&scene.data()).unwrap().unwrap();
    assert_eq!((info.records, info.feeds.len()), (4, 4));
}

#[test]
fn tells_its_progress() {
    let scene = Scene::new();
    let records = (0..600).map(|number| record(&format!("N-{number}"), "npm", "a")).collect::<Vec<_>>();
    let path = scene.records("npm/all.zip", &records);
    let mut told = Vec::new();
    import(&path, &scene.data(), &mut |progress| told.push((progress.done, progress.total))).unwrap();
    assert_eq!(told, [(256, 600), (512, 600), (600, 600)]);
}

const KEV: &str = r#"{"count": 1, "vulnerabilities": [{"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10"}]}"#;
const EPSS: &str =
    "#model_version:v1,score_date:2025-11-21T00:00:00+0000\ncve,epss,percentile\nCVE-2021-44228,0.9,1.0\n";
const TRACKER: &str = r#"{"curl": {"CVE-2024-1234": {"releases": {"bookworm": {"status": "open"}}}}}"#;

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn feeds_beyond_osv_are_replaced_one_by_one() {
    let scene = Scene::new();
    scene.records("npm/all.zip", &[record("N-1", "npm", "a")]);
    fs::write(scene.path("cisa-kev/known_exploited_vulnerabilities.json"), KEV).unwrap();
    fs::write(scene.path("epss/epss_scores-current.csv.gz"), gzip(EPSS)).unwrap();
    fs::write(scene.path("debian-tracker/data.json"), TRACKER).unwrap();
    let report = scene.import(&scene.source()).unwrap();
    assert_eq!(
        feeds(&report),
        [("cisa-kev", 1, None), ("debian-tracker", 1, None), ("epss", 1, None), ("npm", 1, None)]
    );
    let log4j = plimsoll_advisories::CveId::parse("CVE-2021-44228").unwrap();
    let facts = |scene: &Scene| {
        let generation = AdvisorySet::open(&scene.data()).current().unwrap().unwrap();
        generation.index().facts(log4j).unwrap()
    };
    assert!(facts(&scene).exploited.is_some() && facts(&scene).epss.is_some());
    // One feed alone, from a file that is known by its name; what it does not name any more is gone.
    let next = KEV.replace("44228", "44229");
    let alone = scene.path("elsewhere/cisa-kev-today.json");
    fs::write(&alone, &next).unwrap();
    assert_eq!(feeds(&scene.import(&alone).unwrap()), [("cisa-kev", 1, Some(1))]);
    assert!(facts(&scene).exploited.is_none() && facts(&scene).epss.is_some());
    assert_eq!(scene.ids(PackageKind::Npm, "a"), ["N-1"]);
    let info = info(&scene.data()).unwrap().unwrap();
    let epss = info.feeds.iter().find(|feed| feed.feed == "epss").unwrap();
    assert_eq!(epss.newest_modified.map(|time| time.to_string()).as_deref(), Some("2025-11-21T00:00:00Z"));
}

/// A document of the NVD that says of Python versions before one that they have a flaw.
fn nvd(fixed: &str) -> String {
    let criteria = json!({
        "vulnerable": true, "criteria": "cpe:2.3:a:python:python:*:*:*:*:*:*:*:*", "versionEndExcluding": fixed
    });
    let configurations = json!([{"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [criteria]}]}]);
    let cve =
        json!({"id": "CVE-2024-1234", "lastModified": "2024-01-01T00:00:00.000", "configurations": configurations});
    json!({"format": "NVD_CVE", "vulnerabilities": [{"cve": cve}]}).to_string()
}

#[test]
fn the_nvd_and_ends_of_support_stay_and_move() {
    let (here, there) = (Scene::new(), Scene::new());
    // What was modified lately counts.
    fs::write(here.path("nvd/nvdcve-2.0-2024.json.gz"), gzip(&nvd("3.12.0"))).unwrap();
    fs::write(here.path("nvd/nvdcve-2.0-modified.json.gz"), gzip(&nvd("3.10.0"))).unwrap();
    fs::write(here.path("end-of-life/end-of-life.txt"), "date 2026-11-20\nhannah 1 2020-01-31\n").unwrap();
    let report = here.import(&here.source()).unwrap();
    assert_eq!(feeds(&report), [("end-of-life", 1, None), ("nvd", 1, None)]);
    here.records("npm/all.zip", &[record("N-1", "npm", "a")]);
    here.import(&here.source().join("npm")).unwrap();
    let file = here.path("set/advisories.zip");
    export(&here.data(), &file).unwrap();
    there.import(&file).unwrap();
    for scene in [&here, &there] {
        let generation = AdvisorySet::open(&scene.data()).current().unwrap().unwrap();
        let python = |version: &str| {
            let mut package = Package::new(PackageKind::Generic, "python", version);
            package.certainty = plimsoll_inventory::Certainty::Classified;
            let packages =
                vec![InstalledPackage { package, path: "usr/local/bin/python".into(), layer: 0, owner: None }];
            let inventory = Inventory { packages, ..Inventory::default() };
            judge(Some(generation.index()), &inventory, std::time::SystemTime::UNIX_EPOCH).findings.len()
        };
        assert_eq!([python("3.9.0"), python("3.10.0")], [1, 0]);
        let info = generation.index().info();
        assert_eq!(info.end_of_life.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["hannah"]);
        let ends = info.feeds.iter().find(|feed| feed.feed == "end-of-life").unwrap();
        assert_eq!(ends.newest_modified.map(|time| time.to_string()).as_deref(), Some("2026-11-20T00:00:00Z"));
    }
}

#[test]
fn a_damaged_document_changes_nothing() {
    let scene = Scene::new();
    scene.records("npm/all.zip", &[record("N-1", "npm", "a")]);
    let before = scene.import(&scene.source()).unwrap().generation;
    let whole = gzip(EPSS);
    let check = |name: &str, content: &[u8]| {
        let path = scene.path(name);
        fs::write(&path, content).unwrap();
        assert!(scene.import(&path).is_err(), "{name}");
        fs::remove_file(&path).unwrap();
        assert_eq!(info(&scene.data()).unwrap().unwrap().generation, before, "{name}");
    };
    check("epss/a.csv.gz", &whole[..whole.len() - 9]);
    check("epss/a.csv.gz", b"not gzip");
    check("epss/a.csv", b"\xff\xfe");
    check("cisa-kev/a.json", &KEV.as_bytes()[..KEV.len() - 2]);
    check("debian-tracker/a.json", b"{}");
    check("alpine-secdb/a.json", TRACKER.as_bytes());
}

#[test]
fn a_whole_set_moves_in_one_file() {
    let (here, there) = (Scene::new(), Scene::new());
    assert!(matches!(export(&here.data(), &here.path("set.zip")), Err(FeedError::NothingInForce)));
    here.records("npm/all.zip", &[record("N-1", "npm", "a")]);
    fs::write(here.path("cisa-kev/kev.json"), KEV).unwrap();
    let exported = here.import(&here.source()).unwrap();
    let file = here.path("set/advisories.zip");
    assert_eq!(export(&here.data(), &file).unwrap().generation, exported.generation);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    // It takes the place of everything.
    there.records("PyPI/all.zip", &[record("P-1", "PyPI", "a")]);
    let mut before = there.import(&there.source()).unwrap().generation;
    let bytes = fs::read(&file).unwrap();
    let damaged = there.path("damaged.zip");
    for at in (0..bytes.len()).step_by(7) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x20;
        fs::write(&damaged, &bytes).unwrap();
        // Some bits of a zip mean nothing; then the set is whole.
        match there.import(&damaged) {
            Err(_) => assert_eq!(info(&there.data()).unwrap().unwrap().generation, before, "byte {at}"),
            Ok(report) => {
                assert_eq!(report.generation, exported.generation, "byte {at}");
                fs::remove_dir_all(there.data()).unwrap();
                before = there.import(&there.source().join("PyPI")).unwrap().generation;
            }
        }
    }
    fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    assert!(there.import(&damaged).is_err());
    let report = there.import(&file).unwrap();
    assert_eq!((report.generation, report.records), (exported.generation, 1));
    assert_eq!(feeds(&there.import(&file).unwrap()), [("cisa-kev", 1, Some(1)), ("npm", 1, Some(1))]);
    assert_eq!((there.ids(PackageKind::Npm, "a"), there.ids(PackageKind::PyPi, "a")), (vec!["N-1".into()], vec![]));
    assert!(!there.data().join("advisories/incoming").exists());
}

#[test]
fn a_set_is_what_its_list_says() {
    let scene = Scene::new();
    scene.records("npm/all.zip", &[record("N-1", "npm", "a")]);
    let generation = scene.import(&scene.source()).unwrap().generation;
    let index = fs::read(scene.data().join(format!("advisories/{generation}.index"))).unwrap();
    let digest = plimsoll_oci::Digest::sha256(&index).to_string();
    let good = json!({"format": 1, "generation": generation, "builtAt": "", "files": [
        {"name": "advisories.index", "size": index.len(), "digest": digest}]});
    let check = |contents: &Value, index: &[u8], is_good: bool| {
        let text = contents.to_string();
        let file = scene.zip("set.zip", &[("contents.json", text.as_bytes()), ("advisories.index", index)]);
        assert_eq!(scene.import(&file).is_ok(), is_good, "{contents}");
        assert_eq!(info(&scene.data()).unwrap().unwrap().generation, generation);
    };
    let with = |path: &str, value: Value| {
        let mut contents = good.clone();
        *contents.pointer_mut(path).unwrap() = value;
        contents
    };
    check(&good, &index, true);
    check(&good, &index[..index.len() - 1], false);
    check(&good, b"", false);
    check(&with("/format", json!(2)), &index, false);
    let newer = json!({"format": 2, "parts": []}).to_string();
    let newer = scene.zip("newer.zip", &[("contents.json", newer.as_bytes()), ("advisories.index", &index)]);
    let refused = scene.import(&newer).unwrap_err().to_string();
    assert!(refused.contains("another version's form"), "{refused}");
    check(&with("/generation", json!("0".repeat(64))), &index, false);
    check(&with("/files", json!([])), &index, false);
    check(&with("/files/0/name", json!("../advisories.index")), &index, false);
    check(&with("/files/0/size", json!(1)), &index, false);
    check(&with("/files/0/digest", json!("sha256:0")), &index, false);
    check(&json!({}), &index, false);
    check(&json!([[[[]]]]), &index, false);
}
