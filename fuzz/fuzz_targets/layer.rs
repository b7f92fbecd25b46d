//! Layers: decompression, tar, whiteouts, catalogers, the stored form and the merge.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_image::Budget;
use plimsoll_inventory::{LayerInventory, analyse_seekable, merge};

fuzz_target!(|data: &[u8]| {
    let budget = Budget {
        ratio: 100,
        ratio_floor: 1 << 20,
        uncompressed_bytes: 8 << 20,
        entries: 10_000,
        captured_file: 1 << 20,
        retained_bytes: 4 << 20,
        zstd_window_log: 20,
        ..Budget::default()
    };
    // The same bytes as two layers, so that they also hide and link to each other.
    let (first, second) = data.split_at(data.len() / 2 / 512 * 512);
    let layers = [data, first, second].map(|layer| analyse_seekable(|| Ok(layer), &budget));
    for layer in &layers {
        assert!(!layer.reader_failed());
        let stored = layer.to_bytes().expect("an inventory is stored");
        assert_eq!(LayerInventory::from_bytes(&stored).expect("and read back"), *layer);
    }
    drop(merge(&layers));
});
