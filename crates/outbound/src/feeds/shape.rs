//! Whether a file is at a glance what its name says. Pages that networks put in the place of files are not.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The length in bytes of the record that ends a zip, without its comment; and how far from the end it may begin.
const ZIP_END: usize = 22;
const TAIL: u64 = ZIP_END as u64 + (64 << 10);
/// The length in bytes of the least that gzip writes.
const GZIP_LEAST: u64 = 18;

/// Looks at the beginning and the end. Says what is wrong, if something is.
pub(super) fn is_whole(file: &mut File, size: u64, name: &str) -> io::Result<Result<(), &'static str>> {
    let (mut start, mut tail) = (Vec::new(), Vec::new());
    file.rewind()?;
    file.by_ref().take(64).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
    file.by_ref().take(TAIL).read_to_end(&mut tail)?;
    let (is_good, reason) = match name.rsplit('.').next() {
        Some("zip") => {
            let ends = tail.windows(ZIP_END).any(|window| window.starts_with(b"PK\x05\x06"));
            (start.starts_with(b"PK") && ends, "it is no zip archive")
        }
        Some("gz") => (start.starts_with(&[0x1f, 0x8b]) && size >= GZIP_LEAST, "it is not compressed by gzip"),
        Some("json") => {
            let begins = start.trim_ascii_start().starts_with(b"{");
            (begins && tail.trim_ascii_end().ends_with(b"}"), "it is no JSON object")
        }
        _ => (size > 0, "it is empty"),
    };
    Ok(if is_good { Ok(()) } else { Err(reason) })
}
