//! Packages of images as package URLs name them.

use plimsoll_inventory::{Distribution, Package, purl};

use super::PackageUrl;
use super::purl::MODULE;

/// A package of an image.
pub(crate) struct PackageTarget {
    package: Option<PackageUrl>,
    /// The source it was built from, where that is known.
    source: Option<PackageUrl>,
}

impl PackageTarget {
    pub(crate) fn of(package: &Package, distribution: Option<&Distribution>) -> Self {
        let url = |package: &Package| {
            let url = PackageUrl::parse(&purl(package, distribution))?;
            Some(package.modularity.iter().fold(url, |url, module| url.qualified(MODULE, module)))
        };
        let own = url(package);
        let source = package.source.as_ref();
        let built_from = source.map(|source| Package {
            architecture: Some("source".to_owned()),
            modularity: package.modularity.clone(),
            ..Package::new(package.kind, source.name.clone(), source.version.clone())
        });
        Self {
            package: source.into_iter().fold(own, |own, source| own.map(|own| own.qualified("upstream", &source.name))),
            source: built_from.as_ref().and_then(url),
        }
    }

    /// Whether a package URL means the package.
    pub(crate) fn is(&self, purl: &PackageUrl) -> bool {
        // A binary package may have the name of another's source, so only what says that it means a source does.
        let package = if purl.qualifier("arch") == Some("source") { &self.source } else { &self.package };
        package.as_ref().is_some_and(|package| purl.means(package))
    }

    /// The type and name of every package URL that could mean the package.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        [&self.package, &self.source].into_iter().flatten().map(PackageUrl::name_key)
    }
}
