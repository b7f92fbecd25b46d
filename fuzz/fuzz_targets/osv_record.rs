#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_advisories::{Index, IndexBuilder, Limits, Record, Timestamp};

// Whatever is accepted can be indexed and comes back.
fuzz_target!(|json: &[u8]| {
    let Ok(record) = Record::parse(json, &Limits::default()) else { return };
    let mut builder = IndexBuilder::new();
    builder.add(&record, None).expect("one record fits");
    let bytes = builder.build(Timestamp::from_unix_seconds(0)).expect("one record fits");
    let index = Index::open(bytes).expect("an index opens");
    let (back, _) = index.records().next().expect("the record").expect("undamaged");
    assert_eq!((back.id, back.modified, back.affected.len()), (record.id, record.modified, record.affected.len()));
});
