mod log;
mod property;

use plimsoll_image::Budget;
use plimsoll_testkit::layer::LayerBuilder;

use super::*;
use crate::analyse;
use crate::ecosystems::Owned;
use crate::layer::Finding;

fn layer() -> LayerBuilder {
    LayerBuilder::new()
}

/// Merges the layers and lists packages with their layers, and what could not be read.
fn list(layers: &[LayerBuilder]) -> Vec<String> {
    let layers: Vec<_> = layers.iter().map(|layer| analyse(&*layer.tar(), &Budget::default())).collect();
    let image = merge(&layers);
    let packages = image.packages.iter();
    let packages =
        packages.map(|found| format!("{} {} layer {}", found.package.name, found.package.version, found.layer));
    let unreadable = image.unreadable.iter();
    let unreadable = unreadable
        .map(|file| format!("{}: {} layer {}", file.path.as_deref().unwrap_or("layer"), file.reason, file.layer));
    packages.chain(unreadable).collect()
}

#[track_caller]
fn check(layers: &[LayerBuilder], expect: &[&str]) {
    assert_eq!(list(layers), expect);
}

const STATUS: &str = "var/lib/dpkg/status";
const LODASH: &str = "app/node_modules/lodash/package.json";

fn status(packages: &[(&str, &str)]) -> LayerBuilder {
    let text: String =
        packages.iter().flat_map(|(name, version)| ["Package: ", name, "\nVersion: ", version, "\n\n"]).collect();
    layer().file(STATUS, text)
}

fn lodash(version: &str) -> LayerBuilder {
    layer().file(LODASH, format!(r#"{{"name":"lodash","version":"{version}"}}"#))
}

#[test]
fn the_layer_is_the_one_that_brought_the_version() {
    check(
        &[status(&[("a", "1"), ("b", "1")]), layer(), status(&[("a", "1"), ("b", "2"), ("c", "1")])],
        &["a 1 layer 0", "b 2 layer 2", "c 1 layer 2"],
    );
    // Touched again, the package stays with its layer.
    check(&[status(&[("a", "1")]), status(&[("a", "1")]), status(&[("a", "1")])], &["a 1 layer 0"]);
    // Removed and installed again, it is the later layer's.
    check(&[status(&[("a", "1")]), status(&[]), status(&[("a", "1")])], &["a 1 layer 2"]);
    // The files of one database count as one.
    check(
        &[status(&[("a", "1")]), status(&[]).file("var/lib/dpkg/status.d/a", "Package: a\nVersion: 1\n")],
        &["a 1 layer 0"],
    );
    check(&[lodash("1"), lodash("1"), lodash("2")], &["lodash 2 layer 2"]);
    check(&[lodash("1"), lodash("1")], &["lodash 1 layer 0"]);
}

#[test]
fn copies_of_a_language_package_are_told_apart() {
    let copy = layer().file("srv/node_modules/lodash/package.json", r#"{"name":"lodash","version":"1"}"#);
    check(&[lodash("1"), copy], &["lodash 1 layer 0", "lodash 1 layer 1"]);
}

#[test]
fn upper_layers_hide_lower_ones() {
    let hidden = |upper| check(&[lodash("1"), upper], &[]);
    hidden(layer().whiteout(LODASH));
    hidden(layer().whiteout("app"));
    hidden(layer().opaque("app/node_modules"));
    hidden(layer().opaque(""));
    hidden(layer().file("app/node_modules", ""));
    hidden(layer().symlink("app", "elsewhere"));
    hidden(layer().directory(LODASH));
    hidden(layer().file(&format!("{LODASH}/x"), ""));
    hidden(layer().file(LODASH, "{}"));
    let shown = |upper| check(&[lodash("1"), upper], &["lodash 1 layer 0"]);
    shown(layer().whiteout("app/node_modules/lodash/package"));
    shown(layer().opaque("app/node_modules/other"));
    shown(layer().directory("app/node_modules/lodash"));
    shown(layer().file("app/node_modules/lodash/index.js", ""));
}

#[test]
fn whiteouts_spare_their_own_layer_and_those_above() {
    check(&[lodash("1"), lodash("2").opaque("app")], &["lodash 2 layer 1"]);
    check(
        &[lodash("1"), layer().whiteout("app").file(LODASH, r#"{"name":"lodash","version":"1"}"#)],
        &["lodash 1 layer 0"],
    );
    check(&[lodash("1"), layer().whiteout("app"), lodash("1")], &["lodash 1 layer 2"]);
}

#[test]
fn what_is_hidden_is_no_problem_any_more() {
    let damaged = layer().file(LODASH, "{");
    let reason = format!("{LODASH}: it is not a JSON object layer 0");
    check(&[damaged.clone(), layer()], &[&reason]);
    check(&[damaged.clone(), lodash("1")], &["lodash 1 layer 1"]);
    check(&[damaged, layer().whiteout(LODASH)], &[]);
}

#[test]
fn an_unreadable_layer_is_named() {
    let mut layers = vec![analyse(&*lodash("1").tar(), &Budget::default()), LayerInventory::unreadable("too large")];
    let image = merge(&layers);
    assert_eq!(image.packages.len(), 1);
    assert_eq!(image.unreadable, [Unreadable { layer: 1, path: None, reason: "too large".into() }]);
    layers.reverse();
    assert_eq!(merge(&layers).unreadable[0].layer, 0);
}

#[test]
fn links_reach_into_lower_layers() {
    // A symbolic link to a record that is read on its own.
    check(&[status(&[("a", "1")]), layer().symlink("var/lib/dpkg/status.d/x", "../status")], &["a 1 layer 0"]);
    // A hard link keeps the content, whatever becomes of the first name.
    let linked = layer().hard_link("srv/node_modules/lodash/package.json", LODASH);
    check(&[lodash("1"), linked.clone(), lodash("2")], &["lodash 1 layer 1", "lodash 2 layer 2"]);
    check(&[lodash("1"), linked, layer().whiteout("app")], &["lodash 1 layer 1"]);
    // What lies elsewhere was not captured.
    let elsewhere = layer().file("srv/db", "Package: a\n");
    let expect = ["var/lib/dpkg/status: it is a link to srv/db, which was not read as a record layer 1"];
    check(&[elsewhere.clone(), layer().symlink(STATUS, "/srv/db")], &expect);
    check(&[elsewhere.clone(), layer().hard_link(STATUS, "srv/db")], &expect);
    // Not there any more, or never: the link leads to nothing.
    check(&[elsewhere, layer().whiteout("srv").symlink(STATUS, "/srv/db")], &[]);
}

#[test]
fn a_file_behind_a_link_may_change_later() {
    let tar = layer().file("srv/db", "Package: a\nVersion: 1\n").symlink(STATUS, "/srv/db").tar();
    let base = crate::analyse_seekable(|| Ok(&*tar), &Budget::default());
    let merged = |upper: LayerBuilder| {
        let image = merge(&[base.clone(), analyse(&*upper.tar(), &Budget::default())]);
        (image.packages.len(), image.unreadable.len())
    };
    assert_eq!(merged(layer()), (1, 0));
    assert_eq!(merged(layer().file("srv/db", "Package: b\n")), (0, 1));
    assert_eq!(merged(layer().whiteout("srv")), (0, 0));
    assert_eq!(merged(layer().whiteout(STATUS)), (0, 0));
}

#[test]
fn the_most_telling_identity_is_believed() {
    fn check(layers: &[LayerBuilder], expect: Option<(&str, Option<&str>)>) {
        let layers: Vec<_> = layers.iter().map(|layer| analyse(&*layer.tar(), &Budget::default())).collect();
        let found = merge(&layers).distribution.map(|found| (found.id, found.version_id));
        assert_eq!(found, expect.map(|(id, version)| (id.to_owned(), version.map(str::to_owned))));
    }
    let debian =
        || layer().file("usr/lib/os-release", "ID=debian\nVERSION_ID=12\n").file("etc/debian_version", "11.3\n");
    let alpine = || layer().file("etc/os-release", "ID=alpine\nVERSION_ID=3.10.4\n");
    let stream =
        |release: &str| layer().file("etc/apk/repositories", format!("http://mirror.test/alpine/{release}/main\n"));
    check(&[], None);
    check(&[debian()], Some(("debian", Some("12"))));
    check(&[debian(), alpine()], Some(("alpine", Some("3.10.4"))));
    check(&[alpine(), debian()], Some(("alpine", Some("3.10.4"))));
    check(&[alpine(), debian(), layer().whiteout("etc")], Some(("debian", Some("12"))));
    check(&[debian(), layer().whiteout("usr/lib")], Some(("debian", Some("11"))));
    check(&[alpine(), stream("v3.10")], Some(("alpine", Some("3.10.4"))));
    check(&[alpine(), stream("v3.1")], Some(("alpine", Some("3.1"))));
    check(&[alpine(), stream("v3.19")], Some(("alpine", Some("3.19"))));
    check(&[alpine(), stream("edge")], Some(("alpine", Some("edge"))));
    check(&[debian(), stream("v3.19")], Some(("debian", Some("12"))));
}

#[test]
fn repositories_of_every_layer_count() {
    let rhel = layer().file("etc/os-release", "ID=rhel\nVERSION_ID=8.9\n");
    let manifest = |name: &str, sets: &str| {
        layer()
            .file(&format!("root/buildinfo/content_manifests/{name}.json"), format!(r#"{{"content_sets":[{sets}]}}"#))
    };
    let pro = |status: &str| {
        let text = format!(r#"{{"services":[{{"name":"esm-infra","status":"{status}"}}]}}"#);
        layer().file("var/lib/ubuntu-advantage/status.json", text)
    };
    let check = |layers: &[LayerBuilder], sets: &[&str], esm: bool| {
        let layers: Vec<_> = layers.iter().map(|layer| analyse(&*layer.tar(), &Budget::default())).collect();
        let distribution = merge(&layers).distribution.unwrap();
        assert_eq!(
            (distribution.content_sets.iter().map(|set| &**set).collect::<Vec<_>>(), distribution.esm),
            (sets.to_vec(), esm)
        );
    };
    let (base, own) = (manifest("ubi8", r#""baseos","appstream""#), manifest("app", r#""openshift","baseos""#));
    check(&[rhel.clone(), base.clone(), own.clone()], &["appstream", "baseos", "openshift"], false);
    check(&[rhel.clone(), base, own, layer().whiteout("root/buildinfo")], &[], false);
    check(&[rhel.clone(), pro("enabled")], &[], true);
    check(&[rhel, pro("enabled"), pro("disabled")], &[], false);
}

#[test]
fn files_belong_to_packages_of_the_distribution() {
    let six = "usr/lib/python3/dist-packages/six-1.16.0.egg-info";
    let own = "usr/local/lib/python3/six-1.16.0.egg-info";
    let metadata = "Name: six\nVersion: 1.16.0\n";
    let list = |paths: &str| layer().file("var/lib/dpkg/info/python3-six.list", paths);
    let owners = |layers: &[LayerBuilder]| {
        let layers: Vec<_> = layers.iter().map(|layer| analyse(&*layer.tar(), &Budget::default())).collect();
        let packages = merge(&layers).packages;
        packages.into_iter().map(|found| (found.path, found.owner)).collect::<Vec<_>>()
    };
    let check = |layers: &[LayerBuilder], expect: &[(&str, Option<&str>)]| {
        let expect: Vec<_> =
            expect.iter().map(|(path, owner)| ((*path).to_owned(), owner.map(str::to_owned))).collect();
        assert_eq!(owners(layers), expect);
    };
    let both = layer().file(six, metadata).file(own, metadata);
    let owned = list(&format!("/.\n/usr\n/{six}\n"));
    check(&[both.clone(), owned.clone()], &[(six, Some("python3-six")), (own, None)]);
    check(
        &[both.clone(), list("/lib/python3/dist-packages/six-1.16.0.egg-info\n")],
        &[(six, Some("python3-six")), (own, None)],
    );
    // The list goes with its package.
    let gone = layer().whiteout("var/lib/dpkg/info/python3-six.list");
    check(&[both.clone(), owned, gone], &[(six, None), (own, None)]);
    // Distroless images list digests and files.
    let sums = layer().file("var/lib/dpkg/status.d/python3-six.md5sums", format!("{:032x}  {six}\n", 1));
    check(&[both, sums], &[(six, Some("python3-six")), (own, None)]);
    let database = layer()
        .file("lib/apk/db/installed", "P:py3-six\nV:1\nF:usr/lib/python3/dist-packages\nR:six-1.16.0.egg-info\n")
        .file(six, metadata);
    check(&[database], &[("lib/apk/db/installed", None), (six, Some("py3-six"))]);
}

#[test]
fn what_a_distribution_owns_is_not_classified() {
    let classified =
        Package { certainty: Certainty::Classified, ..Package::new(PackageKind::Generic, "python", "3.11.2") };
    let program = |path: &str| Finding {
        path: path.into(),
        evidence: Evidence::Facts(Facts::Packages(vec![classified.clone()])),
    };
    let owned = Owned::new("python3.11-minimal", [&b"usr/bin/python3.11"[..]]).into_iter().collect();
    let packages = vec![Package::new(PackageKind::Deb, "python3.11-minimal", "3.11.2-6")];
    let database = Finding { path: STATUS.into(), evidence: Evidence::Facts(Facts::Database { packages, owned }) };
    let findings = vec![program("usr/bin/python3.11"), program("usr/local/bin/python3.11"), database];
    let image = merge(&[LayerInventory { findings, ..LayerInventory::default() }]);
    let found: Vec<_> = image.packages.iter().map(|found| (&*found.package.name, &*found.path)).collect();
    assert_eq!(found, [("python3.11-minimal", STATUS), ("python", "usr/local/bin/python3.11")]);
}
