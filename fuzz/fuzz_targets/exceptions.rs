#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_advisories::Timestamp;
use plimsoll_advisories::exception::{Exceptions, Scope, exceptions};

// Nothing without a scope is accepted, and what has ended ended by then.
fuzz_target!(|json: &[u8]| {
    let Ok(read) = exceptions(json) else { return };
    assert!(read.iter().all(|exception| exception.scope != Scope::default()));
    let now = Timestamp::from_unix_seconds(1_800_000_000);
    let mut all = Exceptions::default();
    all.add(read);
    assert!(all.last_end(now).is_none_or(|end| end <= now));
});
