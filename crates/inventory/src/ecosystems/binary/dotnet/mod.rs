//! .NET assemblies: the version resource that says what each is, for those that no list of packages names.

mod resource;

use super::object::{Object, assembly, version_resource};
use super::{Program, file_name};
use crate::ecosystems::field;
use crate::{Certainty, Package, PackageKind};

/// The assembly, as the package that is named like it: most are.
pub(super) fn inspect(program: &Program<'_>) -> Result<Vec<Package>, &'static str> {
    let assemblies = program.objects.iter().filter(|object| assembly(object));
    let named = assemblies.filter_map(|object| describe(object, program.path));
    named
        .map(|(name, version)| {
            let package = Package::new(PackageKind::NuGet, field(name.as_bytes())?, field(version.as_bytes())?);
            Ok(Package { certainty: Certainty::Classified, ..package })
        })
        .collect()
}

/// The name and version of an assembly. Translations of its texts are assemblies of their own, which tell nothing new.
fn describe(object: &Object<'_>, path: &[u8]) -> Option<(String, String)> {
    let texts = resource::texts(version_resource(object)?);
    let text = |key: &str| texts.iter().find(|(found, _)| found == key).map(|(_, text)| text.trim());
    let file = text("OriginalFilename").or(text("InternalName")).filter(|name| !name.is_empty());
    let name = file.map_or_else(|| String::from_utf8_lossy(file_name(path)).into_owned(), str::to_owned);
    let name = without_extension(&name);
    let version = text("ProductVersion").and_then(version).or_else(|| text("FileVersion").and_then(version))?;
    (!name.is_empty() && !name.ends_with(".resources")).then(|| (name.to_owned(), version.to_owned()))
}

fn without_extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, end)) if ["dll", "exe"].iter().any(|other| end.eq_ignore_ascii_case(other)) => stem,
        _ => name,
    }
}

/// The version at the beginning of a text, without the commit after it: of `8.0.0+5535e31a` it is `8.0.0`.
fn version(text: &str) -> Option<&str> {
    let end = text.find(['+', ' ', '@', ',']).unwrap_or(text.len());
    let version = &text[..end];
    (version.starts_with(|first: char| first.is_ascii_digit()) && version.contains('.')).then_some(version)
}

#[cfg(test)]
mod tests;
