//! Sparse files: data segments with holes of zeroes between them.

use super::header::number;
use super::pax::decimal;

/// A run of a sparse file's data, in the file's own offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

/// Whether `map` is in order, without overlap, inside a file of `size` bytes and within `data` stored bytes.
pub(super) fn is_valid(map: &[Segment], size: u64, data: u64) -> bool {
    let mut end = 0_u64;
    let mut stored = 0_u64;
    for segment in map {
        let Some(next) = segment.offset.checked_add(segment.length) else { return false };
        if segment.offset < end {
            return false;
        }
        end = next;
        stored = stored.saturating_add(segment.length);
    }
    end <= size && stored <= data
}

/// Adds the entries of an old GNU sparse map: pairs of 12-byte numbers, ended by an empty one.
///
/// Returns whether the end was met.
pub(super) fn old_gnu_entries(fields: &[u8], map: &mut Vec<Segment>) -> Result<bool, &'static str> {
    for entry in fields.as_chunks::<24>().0 {
        if entry[0] == 0 {
            return Ok(true);
        }
        map.push(Segment { offset: number(&entry[..12])?, length: number(&entry[12..])? });
    }
    Ok(false)
}

const MALFORMED: &str = "a malformed sparse map";

/// How many lines the version 1.0 map at the front of the data has: decimal numbers, the count of entries first.
///
/// None where `text` does not hold its first line yet.
pub(super) fn data_map_lines(text: &[u8]) -> Result<Option<u64>, &'static str> {
    match text.iter().take(20).position(|&byte| byte == b'\n') {
        Some(end) => {
            decimal(&text[..end]).map(|count| Some(count.saturating_mul(2).saturating_add(1))).ok_or(MALFORMED)
        }
        None if text.len() < 20 => Ok(None),
        None => Err(MALFORMED),
    }
}

/// Reads the version 1.0 map from a `text` that holds all its lines.
pub(super) fn data_map(text: &[u8]) -> Result<Vec<Segment>, &'static str> {
    let mut numbers = text.split(|&byte| byte == b'\n').map(|line| decimal(line).ok_or(MALFORMED));
    let mut next = || numbers.next().unwrap_or(Err(MALFORMED));
    let count = next()?;
    (0..count).map(|_| Ok(Segment { offset: next()?, length: next()? })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_validated() {
        fn check(map: &[(u64, u64)], size: u64, data: u64, expect: bool) {
            let map: Vec<_> = map.iter().map(|&(offset, length)| Segment { offset, length }).collect();
            assert_eq!(is_valid(&map, size, data), expect, "{map:?}");
        }
        check(&[], 0, 0, true);
        check(&[(0, 5), (10, 1), (20, 0)], 20, 6, true);
        check(&[(0, 5), (4, 1)], 20, 6, false);
        check(&[(10, 1), (0, 5)], 20, 6, false);
        check(&[(0, 5)], 4, 5, false);
        check(&[(0, 5)], 5, 4, false);
        check(&[(u64::MAX, 5)], 5, 4, false);
    }

    #[test]
    fn maps_in_the_data() {
        fn check(text: &str, expect: Result<&[(u64, u64)], &str>) {
            let map = data_map_lines(text.as_bytes()).and_then(|_| data_map(text.as_bytes()));
            let map = map.map(|map| map.iter().map(|s| (s.offset, s.length)).collect::<Vec<_>>());
            assert_eq!(map, expect.map(<[_]>::to_vec), "{text:?}");
        }
        check("2\n0\n5\n10\n1\n\0\0\0", Ok(&[(0, 5), (10, 1)]));
        check("0\n", Ok(&[]));
        check("2\n0\n5\n10\n", Err(MALFORMED));
        check("x\n", Err(MALFORMED));
        check("9223372036854775807\n", Err(MALFORMED));
        check("00000000000000000000000\n", Err(MALFORMED));
        assert_eq!(data_map_lines(b"12\n"), Ok(Some(25)));
        assert_eq!(data_map_lines(b"12"), Ok(None));
    }
}
