//! Paths as hashes: what a layer's inventory keeps of the entries it has no other use for.

use plimsoll_oci::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The first eight bytes of the SHA-256 of a path.
///
/// A cryptographic hash, so that nobody can make up an innocent path that hides another one's evidence from the merge:
/// that takes some 2⁶⁴ tries. By accident, an image of 10,000 evidence paths over 1,000,000 files meets a collision
/// once in about a billion images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PathHash(u64);

impl PathHash {
    pub(crate) fn of(path: &[u8]) -> Self {
        let mut first = [0; 8];
        first.copy_from_slice(&Digest::sha256(path).as_bytes()[..8]);
        Self(u64::from_le_bytes(first))
    }

    /// The hashes of the directories above `path`, the root first.
    pub(crate) fn of_ancestors(path: &[u8]) -> Vec<Self> {
        let slashes = path.iter().enumerate().filter(|&(_, &byte)| byte == b'/').map(|(at, _)| at);
        std::iter::once(0).chain(slashes).map(|end| Self::of(&path[..end])).collect()
    }
}

/// A set of paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathSet(Vec<PathHash>);

impl PathSet {
    pub(crate) fn contains(&self, path: PathHash) -> bool {
        self.0.binary_search(&path).is_ok()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = PathHash> {
        self.0.iter().copied()
    }

    /// How many bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        size_of_val(&*self.0)
    }

    pub(crate) fn contains_any(&self, paths: &[PathHash]) -> bool {
        !self.0.is_empty() && paths.iter().any(|&path| self.contains(path))
    }
}

impl From<Vec<PathHash>> for PathSet {
    fn from(mut paths: Vec<PathHash>) -> Self {
        paths.sort_unstable();
        paths.dedup();
        paths.shrink_to_fit();
        Self(paths)
    }
}

impl Serialize for PathSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|path| path.0.to_le_bytes()).collect();
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for PathSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&[u8]>::deserialize(deserializer)?;
        let (hashes, rest) = bytes.as_chunks();
        let paths: Vec<_> = hashes.iter().map(|&hash| PathHash(u64::from_le_bytes(hash))).collect();
        if !rest.is_empty() || !paths.is_sorted() {
            return Err(de::Error::custom("a set of paths out of order"));
        }
        Ok(Self(paths))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_stored_inventories_use() {
        // SHA-256 of "abc" starts ba7816bf 8f01cfea.
        assert_eq!(PathHash::of(b"abc").0.to_le_bytes(), [0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea]);
    }

    #[test]
    fn ancestors_are_the_directories_above() {
        let expect = ["", "usr", "usr/lib"].map(|path| PathHash::of(path.as_bytes()));
        assert_eq!(PathHash::of_ancestors(b"usr/lib/os-release"), expect);
    }

    #[test]
    fn sets_are_stored_in_order() {
        let set = PathSet::from(vec![PathHash(3), PathHash(1), PathHash(3)]);
        let stored = postcard::to_stdvec(&set).unwrap();
        assert_eq!(postcard::from_bytes::<PathSet>(&stored).unwrap(), set);
        assert!(set.contains(PathHash(3)) && !set.contains(PathHash(2)));
        let unsorted = PathSet(vec![PathHash(3), PathHash(1)]);
        assert!(postcard::from_bytes::<PathSet>(&postcard::to_stdvec(&unsorted).unwrap()).is_err());
    }
}
