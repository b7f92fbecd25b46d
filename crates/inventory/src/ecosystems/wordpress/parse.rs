//! Reads the [header of a plug-in or theme](https://developer.wordpress.org/plugins/plugin-basics/header-requirements/).

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::one;

/// How much of a file `WordPress` itself looks at.
const HEADER: usize = 8 << 10;

pub(in crate::ecosystems) fn extension(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(HEADER)]);
    let path = String::from_utf8_lossy(path);
    // The directory is the name in WordPress's own list of them.
    let directory = path.rsplit('/').nth(1).unwrap_or_default();
    if header(&text, "Plugin Name").or_else(|| header(&text, "Theme Name")).is_none() {
        return Ok(Facts::Nothing);
    }
    one(PackageKind::WordPress, directory, header(&text, "Version").unwrap_or_default())
}

/// The value of a header in a comment.
fn header<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let line = line.trim_start_matches(|first: char| first.is_whitespace() || "/*#@<?ph".contains(first));
        let value = line.strip_prefix(name)?.trim_start().strip_prefix(':')?;
        let value = value.split("*/").next().unwrap_or(value).trim();
        (!value.is_empty()).then_some(value)
    })
}

/// Reads `$wp_version = '6.4.1';`.
pub(super) fn core(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let version = text.lines().find_map(|line| {
        let value = line.trim_start().strip_prefix("$wp_version")?.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        value[1..].split(quote).next()
    });
    version.map_or(Ok(Facts::Nothing), |version| one(PackageKind::Generic, "wordpress", version))
}
