//! Reads a [rock's specification](https://github.com/luarocks/luarocks/blob/main/docs/rockspec_format.md), which is a Lua
//! program: its literal assignments, or else where it lies, `<name>/<version>/<name>-<version>.rockspec`.

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::one;

pub(in crate::ecosystems) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let path = String::from_utf8_lossy(path);
    let mut above = path.rsplit('/').skip(1);
    let version = assigned(&text, "version").or(above.next()).unwrap_or_default();
    let name = assigned(&text, "package").or(above.next()).unwrap_or_default();
    if name.is_empty() { Err("it names no rock") } else { one(PackageKind::LuaRocks, name, version) }
}

/// The quoted text assigned to a global variable.
fn assigned<'a>(text: &'a str, variable: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let value = line.strip_prefix(variable)?.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        value[1..].split(quote).next()
    })
}
