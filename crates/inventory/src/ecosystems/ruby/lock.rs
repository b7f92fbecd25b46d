//! Reads Bundler's `Gemfile.lock`.

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::Listing;

/// The gems are indented by four spaces below `GEM`; what they depend on by more, what lies elsewhere is in other sections.
pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut listing = Listing::declared(PackageKind::Gem);
    let mut inside = false;
    for line in text.lines() {
        if !line.starts_with(' ') {
            inside = line == "GEM";
        }
        let Some(gem) = line.strip_prefix("    ").filter(|gem| inside && !gem.starts_with(' ')) else { continue };
        let Some((name, version)) = gem.strip_suffix(')').and_then(|gem| gem.split_once(" (")) else { continue };
        // A dash begins the platform.
        listing.add(name, version.split('-').next().unwrap_or(version))?;
    }
    Ok(listing.facts())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::listing::check_packages;

    #[test]
    fn gems_of_servers() {
        let check = |text: &str, expect: &str| check_packages(parse(text.as_bytes()), Ok(expect));
        check(
            "GIT\n  remote: x\n  specs:\n    own (1.0)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.15.4-x86_64-linux)\n      \
             racc (~> 1.4)\n    nokogiri (1.15.4)\n    racc (1.7.1)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  nokogiri\n    x (1)\n",
            "? gem nokogiri 1.15.4, ? gem racc 1.7.1",
        );
        check("", "");
        check("GEM\n    (\n     ()\n    x\n", "");
    }
}
