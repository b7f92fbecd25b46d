//! Programs and libraries: ELF, PE and Mach-O, with what linkers and build tools write into them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_image::Budget;
use plimsoll_inventory::{LayerAnalyser, cpes, merge, purl};

/// One of each way to tell a program by its name and bytes, and a name that none of them fits.
const PATHS: [&[u8]; 8] = [
    b"app/server",
    b"app/Library.dll",
    b"usr/bin/python3.11",
    b"usr/bin/redis-server",
    b"usr/bin/make",
    b"usr/bin/haproxy",
    b"usr/bin/magick",
    b"usr/bin/ruby",
];

fuzz_target!(|data: &[u8]| {
    let Some((&choice, data)) = data.split_first() else { return };
    let budget = Budget::default();
    let mut analyser = LayerAnalyser::new(&budget);
    let path = PATHS[usize::from(choice) % PATHS.len()];
    analyser.file(path, data.len() as u64, &mut &*data).expect("the budget holds");
    for found in merge(&[analyser.finish(None)]).packages {
        purl(&found.package, None);
        cpes(&found.package);
    }
});
