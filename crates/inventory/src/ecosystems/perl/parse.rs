//! Reads `install.json` of cpanm and [`perllocal.pod`](https://perldoc.perl.org/perllocal).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::json::{self, Text};
use crate::ecosystems::listing::{Listing, one};
use crate::ecosystems::{Facts, MAX_PACKAGES, TOO_MANY};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    dist: Text<'a>,
}

pub(super) fn record(bytes: &[u8]) -> Result<Facts, &'static str> {
    let record: Record<'_> = json::read(bytes)?;
    match distribution(&record.dist) {
        Some((name, version)) => one(PackageKind::Cpan, name, version),
        None => one(PackageKind::Cpan, &named_after(&record.name), &record.version),
    }
}

/// The name and the version of a distribution, `<name>-[v]<version>`.
fn distribution(text: &str) -> Option<(&str, &str)> {
    let (name, version) = text.rsplit_once('-')?;
    let digits = version.strip_prefix('v').unwrap_or(version);
    (!name.is_empty() && digits.starts_with(|first: char| first.is_ascii_digit())).then_some((name, version))
}

/// A distribution goes by the name of its main module.
fn named_after(module: &str) -> String {
    module.replace("::", "-")
}

/// Reads the log; of a module installed several times, the last entry counts.
pub(super) fn log(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut modules = BTreeMap::new();
    let mut module = "";
    for line in text.lines() {
        if line.starts_with("=head2 ") {
            module = line.split_once("L<").and_then(|(_, link)| link.split(['|', '>']).next()).unwrap_or_default();
        } else if let Some((_, rest)) = line.split_once("C<VERSION: ") {
            if modules.len() == MAX_PACKAGES {
                return Err(TOO_MANY);
            }
            modules.insert(module, rest.split('>').next().unwrap_or(rest));
        }
    }
    let mut listing = Listing::installed(PackageKind::Cpan);
    for (module, version) in modules {
        listing.add(&named_after(module), version)?;
    }
    Ok(listing.facts())
}
