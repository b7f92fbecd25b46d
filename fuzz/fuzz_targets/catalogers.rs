//! Every cataloger, each at a path it reads. What is before the first line break names the cataloger, or its first byte
//! picks one; what follows is the file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_image::Budget;
use plimsoll_inventory::{CatalogerInfo, LayerAnalyser, LayerInventory, catalogers, from_purl, merge, purl};

fuzz_target!(|data: &[u8]| {
    let (name, content) = match data.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => data.split_at(data.len().min(1)),
    };
    let named = catalogers().find(|cataloger| cataloger.name.as_bytes() == name);
    let picked = || {
        let pick = usize::from(name.first().copied().unwrap_or_default());
        catalogers().nth(pick % catalogers().count())
    };
    let Some(cataloger) = named.or_else(picked) else { return };
    for path in paths(&cataloger) {
        check(&path, content);
    }
});

/// A path for each pattern of a cataloger; a program may lie anywhere.
fn paths(cataloger: &CatalogerInfo) -> Vec<String> {
    let of_pattern = |pattern: &&str| pattern.replace("**/", "a/").replace('*', "a-1.0");
    if cataloger.files.is_empty() { vec!["a/b".into()] } else { cataloger.files.iter().map(of_pattern).collect() }
}

fn check(path: &str, content: &[u8]) {
    let budget = Budget::default();
    let mut analyser = LayerAnalyser::new(&budget);
    if let Some((parent, _)) = path.strip_suffix('/').and_then(|path| path.rsplit_once('/')) {
        let name = content.split(|&byte| byte == b'/').next().unwrap_or_default();
        assert!(analyser.directory(&[parent.as_bytes(), b"/", name].concat()).is_ok());
        return;
    }
    assert!(analyser.wants(path.as_bytes()), "{path}");
    if analyser.file(path.as_bytes(), content.len() as u64, &mut &*content).is_err() {
        return;
    }
    let layer = analyser.finish(None);
    let stored = layer.to_bytes().expect("an inventory is stored");
    assert_eq!(LayerInventory::from_bytes(&stored).expect("and read back"), layer);
    let inventory = merge(&[layer]);
    for found in &inventory.packages {
        let url = purl(&found.package, inventory.distribution.as_ref());
        // A name may be none that a package-url can hold.
        if let Some(package) = from_purl(&url) {
            assert_eq!(package.kind, found.package.kind, "{url}");
        }
    }
}
