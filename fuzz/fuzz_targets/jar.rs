//! Java archives, and whatever they hold.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_image::Budget;
use plimsoll_inventory::{LayerAnalyser, merge, purl};

fuzz_target!(|data: &[u8]| {
    let budget = Budget::default();
    let mut analyser = LayerAnalyser::new(&budget);
    analyser.file(b"app/log4j-core-2.14.1.jar", data.len() as u64, &mut &*data).expect("the budget holds");
    for found in merge(&[analyser.finish(None)]).packages {
        purl(&found.package, None);
    }
});
