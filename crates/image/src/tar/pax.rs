//! The records of a [pax extended header](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html).

use super::sparse::Segment;

/// What a local extended header says of the entry after it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pax {
    pub(super) path: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) size: Option<u64>,
    pub(super) sparse: SparseRecords,
}

/// The `GNU.sparse.*` records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SparseRecords {
    major: Vec<u8>,
    minor: Vec<u8>,
    pub(super) name: Vec<u8>,
    size: Option<u64>,
    real_size: Option<u64>,
    blocks: Option<u64>,
    /// The numbers of a 0.0 or 0.1 map: offset, length, offset, length.
    map: Vec<u64>,
}

/// Where the map of a sparse file stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SparseMap {
    /// In the header (versions 0.0 and 0.1).
    Header(Vec<Segment>),
    /// In front of the data (version 1.0).
    Data,
}

impl SparseRecords {
    /// The file's size with its holes.
    pub(super) fn size(&self) -> Option<u64> {
        self.size.or(self.real_size)
    }

    /// Where the map stands; none where the entry is no sparse file.
    pub(super) fn map(&self) -> Result<Option<SparseMap>, &'static str> {
        match (&*self.major, &*self.minor) {
            (b"1", b"0") => Ok(Some(SparseMap::Data)),
            (b"0", b"0" | b"1") => self.header_map().map(Some),
            (b"", b"") if !self.map.is_empty() => self.header_map().map(Some),
            _ => Ok(None),
        }
    }

    fn header_map(&self) -> Result<SparseMap, &'static str> {
        let (pairs, rest) = self.map.as_chunks();
        if !rest.is_empty() || self.blocks != Some(pairs.len() as u64) {
            return Err("a sparse map with the wrong number of entries");
        }
        Ok(SparseMap::Header(pairs.iter().map(|&[offset, length]| Segment { offset, length }).collect()))
    }
}

/// Reads the records of a local header.
pub(super) fn parse(mut records: &[u8]) -> Result<Pax, &'static str> {
    let mut pax = Pax::default();
    while !records.is_empty() {
        let (key, value, rest) = record(records).ok_or("a malformed pax record")?;
        apply(&mut pax, key, value)?;
        records = rest;
    }
    Ok(pax)
}

/// Splits `length key=value\n` off, the length counting the whole record.
fn record(records: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = records.iter().take(20).position(|&byte| byte == b' ')?;
    let length = usize::try_from(decimal(&records[..space])?).ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    let record = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|&byte| byte == b'=')?;
    if equals == 0 || record[..equals].contains(&0) {
        return None;
    }
    Some((&record[..equals], &record[equals + 1..], rest))
}

fn apply(pax: &mut Pax, key: &[u8], value: &[u8]) -> Result<(), &'static str> {
    match key {
        b"path" | b"linkpath" if value.contains(&0) => return Err("a pax path with a NUL"),
        b"path" => pax.path = value.to_vec(),
        b"linkpath" => pax.link = value.to_vec(),
        // An empty value takes an earlier record back.
        b"size" => pax.size = if value.is_empty() { None } else { Some(number(value)?) },
        _ => {
            if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                apply_sparse(&mut pax.sparse, key, value)?;
            }
        }
    }
    Ok(())
}

fn apply_sparse(sparse: &mut SparseRecords, key: &[u8], value: &[u8]) -> Result<(), &'static str> {
    match key {
        b"major" => sparse.major = value.to_vec(),
        b"minor" => sparse.minor = value.to_vec(),
        b"name" => sparse.name = value.to_vec(),
        b"size" => sparse.size = Some(number(value)?),
        b"realsize" => sparse.real_size = Some(number(value)?),
        b"numblocks" => sparse.blocks = Some(number(value)?),
        b"map" => sparse.map = value.split(|&byte| byte == b',').map(number).collect::<Result<_, _>>()?,
        b"offset" if sparse.map.len().is_multiple_of(2) => sparse.map.push(number(value)?),
        b"numbytes" if !sparse.map.len().is_multiple_of(2) => sparse.map.push(number(value)?),
        b"offset" | b"numbytes" => return Err("sparse map records out of order"),
        _ => {}
    }
    Ok(())
}

fn number(digits: &[u8]) -> Result<u64, &'static str> {
    decimal(digits).ok_or("a pax number is not decimal")
}

/// A decimal number that fits 63 bits.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
    i64::try_from(value).is_ok().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read() {
        fn check(input: &str, expect: Result<Pax, &'static str>) {
            assert_eq!(parse(input.as_bytes()), expect, "{input:?}");
        }
        let path = |path: &str| Pax { path: path.into(), ..Pax::default() };
        check("", Ok(Pax::default()));
        check("12 path=a/b\n", Ok(path("a/b")));
        check("12 path=a/b\n10 path=c\n", Ok(path("c")));
        check("12 path=a/b\n8 path=\n", Ok(path("")));
        check("12 path=a/b\n9 path=\n", Err("a malformed pax record"));
        check("11 size=12\n", Ok(Pax { size: Some(12), ..Pax::default() }));
        check("14 linkpath=x\n", Ok(Pax { link: b"x".into(), ..Pax::default() }));
        check("30 mtime=1350244992.023960108\n", Ok(Pax::default()));
        for malformed in ["12", "12 path=a/b", "11 path=a/b\n", "13 path=a/b\n", " path=a\n", "5 =a\n", "7 path\n"] {
            check(malformed, Err("a malformed pax record"));
        }
        check("99999999999999999999 path=a\n", Err("a malformed pax record"));
        check("11 size=-1\n", Err("a pax number is not decimal"));
        check("11 path=\0a\n", Err("a pax path with a NUL"));
    }

    #[test]
    fn sparse_maps_of_the_header() {
        let segment = |offset, length| Segment { offset, length };
        let map = |input: &str| parse(input.as_bytes()).unwrap().sparse.map();
        let zero_zero = "26 GNU.sparse.numblocks=2\n23 GNU.sparse.offset=0\n25 GNU.sparse.numbytes=5\n\
                         24 GNU.sparse.offset=10\n25 GNU.sparse.numbytes=1\n";
        let expect = Ok(Some(SparseMap::Header(vec![segment(0, 5), segment(10, 1)])));
        assert_eq!(map(zero_zero), expect);
        assert_eq!(map("26 GNU.sparse.numblocks=2\n27 GNU.sparse.map=0,5,10,1\n"), expect);
        assert!(map("26 GNU.sparse.numblocks=3\n27 GNU.sparse.map=0,5,10,1\n").is_err());
        assert_eq!(map("22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"), Ok(Some(SparseMap::Data)));
        assert_eq!(map("22 GNU.sparse.major=2\n22 GNU.sparse.minor=0\n"), Ok(None));
        assert!(parse(b"25 GNU.sparse.numbytes=5\n").is_err());
    }
}
