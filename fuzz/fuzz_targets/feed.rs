#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_advisories::importers::{Importer, Intake, Item};
use plimsoll_advisories::{Index, IndexBuilder, Limits, Timestamp};

const AS_OF: Timestamp = Timestamp::from_unix_seconds(0);

// The first byte says which feed's document the rest is. Whatever is accepted can be indexed and comes back.
fuzz_target!(|bytes: &[u8]| {
    let Some((first, document)) = bytes.split_first() else { return };
    let importer = Importer::ALL[usize::from(*first) % Importer::ALL.len()];
    let mut builder = IndexBuilder::new();
    let feed = builder.feed(importer.name(), "fuzz", AS_OF);
    let mut intake = Intake::new(importer, Limits::default(), AS_OF);
    let mut take = |item| match item {
        Item::Record(record) => builder.add(&record, Some(feed)).expect("a record fits"),
        Item::Fact(cve, fact) => builder.add_fact(cve, &fact, feed).expect("a fact fits"),
        Item::EndOfLife(row) => {
            builder.add_end_of_life(row, feed);
        }
        Item::Refused { .. } => builder.refused(feed, 1),
    };
    if intake.document(document, &mut take).is_err() {
        return;
    }
    intake.finish(&mut take);
    let index = Index::open(builder.build(AS_OF).expect("it fits")).expect("an index opens");
    let records = index.records().map(|record| record.expect("undamaged")).count();
    assert_eq!(records as u64, index.info().records);
    for facts in index.all_facts() {
        let (cve, facts) = facts.expect("undamaged");
        assert_eq!(index.facts(cve).expect("undamaged"), facts);
    }
});
