//! Reads the main section of a [manifest](https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html).

use std::collections::HashMap;

/// How much of a manifest is read: what follows the main section is about single files, and large.
pub(super) const MAX_MANIFEST: usize = 1 << 20;
/// The longest value that is of use.
const MAX_VALUE: usize = 4096;

/// The attributes of the archive as a whole.
#[derive(Debug, Default)]
pub(super) struct Manifest(HashMap<String, String>);

impl Manifest {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut attributes = HashMap::new();
        for line in logical_lines(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
            let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
            let (key, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
            if WANTED.iter().any(|wanted| wanted.as_bytes().eq_ignore_ascii_case(key)) && value.len() <= MAX_VALUE {
                let key = String::from_utf8_lossy(key).to_ascii_lowercase();
                // Of several the last counts, as it does to Java.
                attributes.insert(key, String::from_utf8_lossy(value).into_owned());
            }
        }
        Self(attributes)
    }

    /// An attribute, where it is there, is not empty and was not left to be filled in.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let value = self.0.get(&key.to_ascii_lowercase())?.trim_matches('"');
        (!value.is_empty() && !value.contains("${") && !value.contains('%')).then_some(value)
    }
}

const WANTED: [&str; 12] = [
    "Automatic-Module-Name",
    "Bundle-SymbolicName",
    "Bundle-Version",
    "Extension-Name",
    "Group-Id",
    "Implementation-Title",
    "Implementation-Vendor-Id",
    "Implementation-Version",
    "Plugin-Version",
    "Short-Name",
    "Specification-Title",
    "Specification-Version",
];

/// The lines of the main section, which ends at the first empty one. A line that begins with a space goes on where the
/// one before ended.
fn logical_lines(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut lines = physical_lines(bytes).take_while(|line| !line.is_empty()).peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_vec();
        while let Some(more) = lines.next_if(|next| next.starts_with(b" ")) {
            line.extend_from_slice(&more[1..]);
        }
        Some(line)
    })
}

/// Lines end with `\n`, `\r\n` or `\r`.
fn physical_lines(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let end = memchr::memchr2(b'\r', b'\n', bytes).unwrap_or(bytes.len());
        let line = &bytes[..end];
        let rest = &bytes[end..];
        bytes = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..)).unwrap_or_default();
        Some(line)
    })
}
