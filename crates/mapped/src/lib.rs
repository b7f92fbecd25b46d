//! Read-only memory maps of files that never change.
//!
//! This crate alone may use `unsafe`, and it does so once. Mapping a file is unsafe because another hand may change or
//! cut the file while Rust believes its bytes to be constant: reading a page that was cut off ends the process.
//! [`Mapped`] is sound under one condition, which its callers keep:
//!
//! **A file is mapped only if, from the moment it had the name it is opened by, it is never written to or cut.** It may
//! be unlinked; the map then keeps its content alive.
//!
//! Generation files of advisories are made so: they are written and synced under another name, renamed once, and from
//! then on only read and, one day, removed. What a hostile administrator of the data directory could do beyond that, he
//! could do to the process by simpler means.
//!
//! A map rather than a read: opening costs no time or memory for content that no question touches, and several
//! processes (a server, a command beside it) share one copy.

use std::fs::File;
use std::io;
use std::path::Path;

/// A file's content, mapped into memory.
#[derive(Debug)]
pub struct Mapped(Content);

#[derive(Debug)]
enum Content {
    /// The system has no map of no bytes.
    Empty,
    Map(memmap2::Mmap),
}

impl Mapped {
    /// Maps the file at `path`, which must keep the condition of this crate.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::of(&File::open(path)?)
    }

    /// Maps an open file, which must keep the condition of this crate. The map outlives `file`.
    ///
    /// Fails for anything that is not a regular file.
    pub fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        if metadata.len() == 0 {
            return Ok(Self(Content::Empty));
        }
        // SAFETY: the map is read-only, and by the condition in the crate's documentation nobody changes or cuts the
        // file while it exists, so its bytes are constant for as long as references to them live.
        #[expect(unsafe_code, reason = "the one reason for this crate, see its documentation")]
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Self(Content::Map(map)))
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Content::Empty => &[],
            Content::Map(map) => map,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_content_even_after_the_file_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, b"content").unwrap();
        let mapped = Mapped::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(mapped.as_ref(), b"content");
    }

    #[test]
    fn an_empty_file_is_no_bytes() {
        assert_eq!(Mapped::of(&tempfile::tempfile().unwrap()).unwrap().as_ref(), b"");
    }

    #[test]
    fn only_files_are_mapped() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(Mapped::open(directory.path()).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert_eq!(Mapped::open(directory.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
