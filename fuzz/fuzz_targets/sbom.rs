//! Bills of materials in every form that is read: what is read can be written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_inventory::{CycloneDxVersion, Subject, cyclonedx, looks_like_bill, read_bill, spdx_json, spdx_tag_value};

fuzz_target!(|data: &[u8]| {
    let Ok(bill) = read_bill(data) else { return };
    assert!(looks_like_bill(data));
    let subject = Subject { name: &bill.name, digest: None, diff_ids: &bill.diff_ids };
    let (time, serial) = ("2024-05-01T00:00:00Z", "3e671687-395b-41f5-a30f-a58921a69b79");
    let written = [
        cyclonedx(CycloneDxVersion::V1_7, &bill.inventory, &subject, time, serial).to_string(),
        spdx_json(&bill.inventory, &subject, time, serial).to_string(),
        spdx_tag_value(&bill.inventory, &subject, time, serial),
    ];
    for text in written {
        read_bill(text.as_bytes()).expect("what is written can be read");
    }
});
