//! Reads Mix's `mix.lock`: a map a line each, `"name": {:hex, :package, "version", …}`.

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::Listing;

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut listing = Listing::declared(PackageKind::Hex);
    for line in text.lines() {
        let Some((_, entry)) = line.split_once("{:hex, :") else { continue };
        let Some((name, rest)) = entry.split_once(", \"") else { continue };
        listing.add(name.trim_matches('"'), rest.split('"').next().unwrap_or(rest))?;
    }
    Ok(listing.facts())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::listing::check_packages;

    #[test]
    fn packages_of_hex() {
        let check = |text: &str, expect: &str| check_packages(parse(text.as_bytes()), Ok(expect));
        check(
            "%{\n  \"phoenix\": {:hex, :phoenix, \"1.7.0\", \"abc\", [:mix], [{:plug, \"~> 1.14\", []}], \"hexpm\", \"def\"},\n  \
             \"own\": {:git, \"https://x\", \"abc\", []},\n  \"a\": {:hex, :\"a-b\", \"1.0\", \"x\"},\n}\n",
            "? hex a-b 1.0, ? hex phoenix 1.7.0",
        );
        check("{:hex, :", "");
        check("", "");
    }
}
