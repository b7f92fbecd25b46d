use super::package;
use crate::{LayerAnalyser, LayerInventory, merge};
use plimsoll_image::Budget;

const DIGEST: &str = "0c6kzph7l0dcbfmjap64f0czdafn3b7x";

#[test]
fn names_of_directories() {
    fn check(name: &str, expect: Option<(&str, &str)>) {
        let found = package(format!("nix/store/{DIGEST}-{name}").as_bytes());
        assert_eq!(found.as_ref().map(|found| (&*found.name, &*found.version)), expect, "{name}");
    }
    check("glibc-2.39-52", Some(("glibc", "2.39-52")));
    check("openssl-3.0.13-bin", Some(("openssl", "3.0.13")));
    check("bash-interactive-5.2p26", Some(("bash-interactive", "5.2p26")));
    check("perl5.38.2-JSON-4.10", Some(("perl5.38.2-JSON", "4.10")));
    check("python3.11-requests-2.31.0", Some(("python3.11-requests", "2.31.0")));
    check("hello-unstable-2024-01-31-dev", Some(("hello-unstable", "2024-01-31")));
    check("zlib-1.3.1-source", None);
    check("source", None);
    check("-1.0", None);
    check("a-1/b", None);
    check(&format!("a-1.{}", "0".repeat(2_000)), None);
    for other in ["nix/store/short-a-1.0", "nix/store/0c6kzph7l0dcbfmjap64f0czdafn3b7e-a-1.0", "nix/store/.links", "a"]
    {
        assert_eq!(package(other.as_bytes()), None, "{other}");
    }
}

#[test]
fn every_byte_may_be_wrong() {
    let right = format!("nix/store/{DIGEST}-openssl-3.0.13-bin").into_bytes();
    for at in 0..right.len() {
        // A cut before the version leaves none.
        assert_eq!(package(&right[..at]).is_some(), at > right.len() - "3.0.13-bin".len(), "{at}");
        for wrong in [0, b'-', b'/', 0xff] {
            let mut path = right.clone();
            path[at] = wrong;
            let is_name = package(&path).is_none_or(|found| !found.name.is_empty() && !found.name.contains('/'));
            assert!(is_name, "{at} {wrong}");
        }
    }
}

/// A layer with these directories and files.
fn layer(directories: &[&str], files: &[&str], removed: &[&str]) -> LayerInventory {
    let budget = Budget::default();
    let mut analyser = LayerAnalyser::new(&budget);
    let path = |path: &str| path.replace('#', DIGEST).into_bytes();
    for directory in directories {
        analyser.directory(&path(directory)).unwrap();
    }
    for file in files {
        analyser.file(&path(file), 1, &mut &b"x"[..]).unwrap();
    }
    for removed in removed {
        analyser.whiteout(&path(removed)).unwrap();
    }
    analyser.finish(None)
}

#[track_caller]
fn check(layers: &[LayerInventory], expect: &str) {
    let found = merge(layers);
    let found = found.packages.iter().map(|found| {
        format!(
            "{} {} {} of {}",
            found.package.name,
            found.package.version,
            found.path.replace(DIGEST, "#"),
            found.layer
        )
    });
    assert_eq!(found.collect::<Vec<_>>().join(", "), expect);
}

#[test]
fn directories_of_layers() {
    let base = layer(
        &["nix/store/#-zlib-1.3", "nix/store/#-zlib-1.3/lib", "nix/store/#-zlib-1.3"],
        &["nix/store/#-zlib-1.3/lib/libz.so", "nix/store/#-jq-1.7/bin/jq", "nix/store/#-jq-1.7/share/jq/doc"],
        &[],
    );
    let both = "jq 1.7 nix/store/#-jq-1.7 of 0, zlib 1.3 nix/store/#-zlib-1.3 of 0";
    check(std::slice::from_ref(&base), both);
    let again = layer(&["nix/store/#-zlib-1.3/share"], &["nix/store/#-hello-2.12/bin/hello"], &[]);
    check(&[base.clone(), again], &format!("hello 2.12 nix/store/#-hello-2.12 of 1, {both}"));
    let removal = layer(&[], &[], &["nix/store/#-jq-1.7"]);
    check(&[base.clone(), removal], "zlib 1.3 nix/store/#-zlib-1.3 of 0");
    let replaced = layer(&[], &["nix/store/#-jq-1.7"], &[]);
    check(&[base, replaced], "zlib 1.3 nix/store/#-zlib-1.3 of 0");
    check(&[layer(&[], &["nix/store/#-jq-1.7/bin/jq", "nix/store/#-jq-1.7"], &[])], "");
}
