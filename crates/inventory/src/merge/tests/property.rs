//! Merging layers is analysing what unpacking them leaves: checked against a file tree that is unpacked for real.

use std::collections::BTreeMap;

use plimsoll_image::Budget;
use proptest::prelude::*;

use crate::{Inventory, LayerAnalyser, LayerInventory, merge};

/// Records, and the directories and files between them.
const PATHS: [&str; 14] = [
    "app",
    "app/node_modules",
    "app/node_modules/x",
    "app/node_modules/x/package.json",
    "app/node_modules/x/node_modules/y/package.json",
    "app/node_modules-x",
    "etc",
    "etc/os-release",
    "usr/lib/os-release",
    "usr",
    "var/lib/dpkg",
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/a",
    "var/lib/dpkg/status/x",
];

#[derive(Clone, Copy, Debug)]
enum Change {
    File(u8),
    Directory,
    Whiteout,
    Opaque,
}

type Layer = Vec<(usize, Change)>;

/// A file's content, or a directory.
type Tree = BTreeMap<&'static str, Option<u8>>;

fn content(path: &str, choice: u8) -> String {
    let version = choice % 3;
    if path.ends_with("os-release") {
        return format!("ID=distribution{version}\n");
    }
    if path.ends_with("package.json") {
        return if choice == 7 { "{".into() } else { format!(r#"{{"name":"x","version":"{version}"}}"#) };
    }
    match choice {
        7 => "Version: 1\n".into(),
        0..3 => format!("Package: a\nVersion: {version}\n"),
        _ => format!("Package: b\nVersion: 1\n\nPackage: a\nVersion: {version}\n"),
    }
}

fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// The directories above, made where something else stands in their place.
fn make_parents(tree: &mut Tree, path: &'static str) {
    for (slash, _) in path.match_indices('/') {
        tree.insert(&path[..slash], None);
    }
}

fn unpack(tree: &mut Tree, layer: &Layer) {
    for &(path, change) in layer {
        let path = PATHS[path];
        match change {
            Change::Whiteout => tree.retain(|other, _| *other != path && !is_below(other, path)),
            Change::Opaque => tree.retain(|other, _| !is_below(other, path)),
            Change::File(_) | Change::Directory => {}
        }
    }
    for &(path, change) in layer {
        let path = PATHS[path];
        make_parents(tree, path);
        match change {
            Change::File(choice) => {
                tree.retain(|other, _| !is_below(other, path));
                tree.insert(path, Some(choice));
            }
            Change::Directory | Change::Opaque => drop(tree.insert(path, None)),
            Change::Whiteout => {}
        }
    }
}

fn analyse(layer: &Layer) -> LayerInventory {
    let budget = Budget::default();
    let mut analyser = LayerAnalyser::new(&budget);
    for &(path, change) in layer {
        let path = PATHS[path];
        match change {
            Change::File(choice) => {
                let content = content(path, choice);
                analyser.file(path.as_bytes(), content.len() as u64, &mut content.as_bytes())
            }
            Change::Directory => analyser.directory(path.as_bytes()),
            Change::Whiteout => analyser.whiteout(path.as_bytes()),
            Change::Opaque => analyser.opaque(path.as_bytes()),
        }
        .unwrap();
    }
    let inventory = analyser.finish(None);
    LayerInventory::from_bytes(&inventory.to_bytes().unwrap()).unwrap()
}

/// The inventory of the unpacked tree, as of one layer.
fn flattened(tree: &Tree) -> Inventory {
    let change = |content: &Option<u8>| content.map_or(Change::Directory, Change::File);
    let known = |path: &str| PATHS.iter().position(|known| *known == path);
    let layer = tree.iter().filter_map(|(path, content)| Some((known(path)?, change(content)))).collect();
    merge(&[analyse(&layer)])
}

/// Gives each package of the last tree the layer since which it has been there without a gap.
fn attribute(trees: &[Tree]) -> Inventory {
    let inventories: Vec<_> = trees.iter().map(flattened).collect();
    let mut last = inventories.last().cloned().unwrap_or_default();
    for found in &mut last.packages {
        let per_path = found.path.ends_with("package.json");
        let has = |inventory: &Inventory| {
            inventory
                .packages
                .iter()
                .any(|other| other.package == found.package && (!per_path || other.path == found.path))
        };
        let run = inventories.iter().rev().take_while(|inventory| has(inventory)).count();
        found.layer = (inventories.len() - run) as u32;
    }
    last.packages.sort();
    last
}

fn layers() -> impl Strategy<Value = Vec<Layer>> {
    let change = prop_oneof![
        4 => (0..8_u8).prop_map(Change::File),
        1 => Just(Change::Directory),
        1 => Just(Change::Whiteout),
        1 => Just(Change::Opaque),
    ];
    prop::collection::vec(prop::collection::vec((0..PATHS.len(), change), 0..6), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn merging_is_unpacking_one_over_the_other(layers in layers()) {
        let mut tree = Tree::new();
        let mut trees = Vec::new();
        for layer in &layers {
            unpack(&mut tree, layer);
            trees.push(tree.clone());
        }
        let merged = merge(&layers.iter().map(analyse).collect::<Vec<_>>());
        let expect = attribute(&trees);
        prop_assert_eq!(&merged.packages, &expect.packages);
        prop_assert_eq!(&merged.distribution, &expect.distribution);
        let paths = |inventory: &Inventory| {
            let paths = inventory.unreadable.iter().map(|file| file.path.clone());
            paths.collect::<std::collections::BTreeSet<_>>()
        };
        prop_assert_eq!(paths(&merged), paths(&expect));
    }
}
