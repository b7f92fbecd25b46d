//! Names, tags, digests, patterns, ranges and routes from any text: what parses prints as it was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_oci::{ChunkRange, Digest, ReadRange, Reference, RepositoryName, RepositoryPattern, Tag, route};

fuzz_target!(|input: (&str, u64)| {
    let (text, size) = input;
    if let Ok(name) = text.parse::<RepositoryName>() {
        assert_eq!(name.as_str(), text);
        assert!(!text.contains(".."));
        if let Ok(pattern) = text.parse::<RepositoryPattern>() {
            assert!(pattern.matches(&name));
        }
    }
    if let Ok(tag) = text.parse::<Tag>() {
        assert_eq!(tag.as_str(), text);
    }
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.to_string(), text);
    }
    if let Ok(reference) = text.parse::<Reference>() {
        assert_eq!(reference.to_string(), text);
    }
    let _ = ChunkRange::parse(text);
    if let ReadRange::Part { start, length } = ReadRange::parse(Some(text), size) {
        assert!(length > 0 && start.checked_add(length).is_some_and(|end| end <= size));
    }
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        let _ = route(method, path, query);
    }
});
