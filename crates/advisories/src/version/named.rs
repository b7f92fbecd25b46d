//! Which order of versions an ecosystem's name stands for.

use super::Comparator;

/// A set of packages whose versions are ordered in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ecosystem {
    /// Its name in OSV records, or the usual one where these have none.
    pub name: &'static str,
    /// The order of its versions; none where its versions have no order that two of them alone could tell.
    pub comparator: Option<Comparator>,
    /// Whether its records bundle what upstream found, flaw by flaw, as those of distributions do.
    pub(crate) bundles: bool,
}

/// Every ecosystem: those [the OSV schema defines](https://ossf.github.io/osv-schema/#defined-ecosystems), then others.
pub const ECOSYSTEMS: [Ecosystem; 59] = [
    bundling("AlmaLinux", Comparator::Rpm),
    bundling("Alpaquita", Comparator::Apk),
    bundling("Alpine", Comparator::Apk),
    none("Android"),
    bundling("Azure Linux", Comparator::Rpm),
    bundling("BellSoft Hardened Containers", Comparator::Apk),
    ordered("Bioconductor", Comparator::Cran),
    ordered("Bitnami", Comparator::Bitnami),
    ordered("CRAN", Comparator::Cran),
    bundling("Chainguard", Comparator::Apk),
    bundling("CleanStart", Comparator::Apk),
    ordered("ConanCenter", Comparator::SemVer),
    bundling("Debian", Comparator::Dpkg),
    bundling("Docker Hardened Images", Comparator::Dpkg),
    bundling("Echo", Comparator::Dpkg),
    none("FreeBSD"),
    ordered("GHC", Comparator::Hackage),
    none("GIT"),
    none("GSD"),
    ordered("GitHub Actions", Comparator::SemVer),
    ordered("Go", Comparator::Go),
    ordered("Hackage", Comparator::Hackage),
    ordered("Hex", Comparator::SemVer),
    ordered("Julia", Comparator::SemVer),
    ordered("Kubernetes", Comparator::SemVer),
    ordered("Linux", Comparator::SemVer),
    bundling("Mageia", Comparator::Rpm),
    ordered("Maven", Comparator::Maven),
    bundling("MinimOS", Comparator::Apk),
    ordered("NuGet", Comparator::NuGet),
    none("OSS-Fuzz"),
    ordered("Packagist", Comparator::Packagist),
    bundling("Photon OS", Comparator::Rpm),
    ordered("Pub", Comparator::Pub),
    ordered("PyPI", Comparator::Pep440),
    bundling("Red Hat", Comparator::Rpm),
    bundling("Rocky Linux", Comparator::Rpm),
    Ecosystem { name: "Root", comparator: None, bundles: true },
    ordered("RubyGems", Comparator::Gem),
    bundling("SUSE", Comparator::Rpm),
    ordered("SwiftURL", Comparator::SemVer),
    none("UVI"),
    bundling("Ubuntu", Comparator::Dpkg),
    ordered("VSCode", Comparator::SemVer),
    bundling("Wolfi", Comparator::Apk),
    ordered("crates.io", Comparator::SemVer),
    ordered("npm", Comparator::SemVer),
    ordered("opam", Comparator::Opam),
    bundling("openEuler", Comparator::Rpm),
    bundling("openSUSE", Comparator::Rpm),
    bundling("Amazon Linux", Comparator::Rpm),
    bundling("Arch Linux", Comparator::Alpm),
    bundling("CentOS", Comparator::Rpm),
    ordered("Conda", Comparator::Conda),
    bundling("Fedora", Comparator::Rpm),
    bundling("Gentoo", Comparator::Gentoo),
    bundling("OpenWrt", Comparator::Dpkg),
    bundling("Oracle Linux", Comparator::Rpm),
    // The NVD's records are about CVEs as a distribution's are.
    bundling("generic", Comparator::Generic),
];

/// What ecosystems are called elsewhere: types of package-urls, package managers, `ID`s of distributions.
const ALIASES: [(&str, &str); 54] = [
    ("almalinux", "AlmaLinux"),
    ("alpm", "Arch Linux"),
    ("amazon", "Amazon Linux"),
    ("amzn", "Amazon Linux"),
    ("apk", "Alpine"),
    ("arch", "Arch Linux"),
    ("archlinux", "Arch Linux"),
    ("azurelinux", "Azure Linux"),
    ("bioc", "Bioconductor"),
    ("cargo", "crates.io"),
    ("cocoapods", "SwiftURL"),
    ("composer", "Packagist"),
    ("conan", "ConanCenter"),
    ("cpe", "generic"),
    ("crates", "crates.io"),
    ("dart", "Pub"),
    ("deb", "Debian"),
    ("dhi", "Docker Hardened Images"),
    ("dpkg", "Debian"),
    ("ebuild", "Gentoo"),
    ("elixir", "Hex"),
    ("erlang", "Hex"),
    ("gem", "RubyGems"),
    ("githubactions", "GitHub Actions"),
    ("golang", "Go"),
    ("haskell", "Hackage"),
    ("ipk", "OpenWrt"),
    ("java", "Maven"),
    ("kernel", "Linux"),
    ("mariner", "Azure Linux"),
    ("node", "npm"),
    ("nvd", "generic"),
    ("ocaml", "opam"),
    ("ol", "Oracle Linux"),
    ("opkg", "OpenWrt"),
    ("oracle", "Oracle Linux"),
    ("pacman", "Arch Linux"),
    ("pep440", "PyPI"),
    ("photon", "Photon OS"),
    ("php", "Packagist"),
    ("pip", "PyPI"),
    ("portage", "Gentoo"),
    ("pvp", "Hackage"),
    ("python", "PyPI"),
    ("r", "CRAN"),
    ("redhat", "Red Hat"),
    ("rhel", "Red Hat"),
    ("rocky", "Rocky Linux"),
    ("rpm", "Red Hat"),
    ("ruby", "RubyGems"),
    ("rust", "crates.io"),
    ("semver", "npm"),
    ("sles", "SUSE"),
    ("swift", "SwiftURL"),
];

/// Those whose releases are other ecosystems: `Root:Debian:12`, `Root:PyPI`.
const NESTING: [&str; 2] = ["Root", "Docker Hardened Images"];

const fn ordered(name: &'static str, comparator: Comparator) -> Ecosystem {
    Ecosystem { name, comparator: Some(comparator), bundles: false }
}

const fn bundling(name: &'static str, comparator: Comparator) -> Ecosystem {
    Ecosystem { name, comparator: Some(comparator), bundles: true }
}

const fn none(name: &'static str) -> Ecosystem {
    Ecosystem { name, comparator: None, bundles: false }
}

impl Ecosystem {
    /// The ecosystem that people call `name`: as in OSV records, by its package manager or by the type of its
    /// package-urls, in any case. What follows a colon, a release, has no weight.
    ///
    /// Nothing where the name is not known.
    pub fn called(name: &str) -> Option<Self> {
        let (base, release) = cut(name.trim_ascii());
        let known = |name: &str| ECOSYSTEMS.into_iter().find(|known| known.name.eq_ignore_ascii_case(name));
        let alias = || ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(base));
        let found = known(base).or_else(|| alias().and_then(|(_, name)| known(name)))?;
        Some(found.nested(release, Self::called))
    }

    /// The ecosystem an OSV record means by `name`, verbatim; its release may follow a colon.
    pub fn of_record(name: &str) -> Option<Self> {
        let (base, release) = cut(name);
        let found = ECOSYSTEMS.iter().find(|known| known.name == base)?;
        Some(found.nested(release, Self::of_record))
    }

    fn nested(self, release: Option<&str>, find: fn(&str) -> Option<Self>) -> Self {
        // One level deep: a name of colons alone must not go deeper with each.
        let inner = release.filter(|_| NESTING.contains(&self.name)).filter(|inner| !NESTING.contains(&cut(inner).0));
        inner.and_then(find).unwrap_or(self)
    }
}

fn cut(name: &str) -> (&str, Option<&str>) {
    name.split_once(':').map_or((name, None), |(base, release)| (base, Some(release)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecosystems_by_name() {
        let check = |name: &str, expect: &str| {
            let found = Ecosystem::called(name).map(|ecosystem| ecosystem.name);
            assert_eq!(found, Some(expect).filter(|expect| !expect.is_empty()), "{name}");
        };
        check("Debian", "Debian");
        check("debian:12", "Debian");
        check("Ubuntu:Pro:18.04:LTS", "Ubuntu");
        check("pypi", "PyPI");
        check("CRATES.IO", "crates.io");
        check("cargo", "crates.io");
        check("rpm", "Red Hat");
        check("Red Hat:rhel_aus:8.4::appstream", "Red Hat");
        check("composer", "Packagist");
        check("Packagist:https://packages.drupal.org/8", "Packagist");
        check("Root:Alpine:3.18", "Alpine");
        check("Root:PyPI", "PyPI");
        check("Root", "Root");
        check("Root:Root:Root:PyPI", "Root");
        check("root:root:root", "Root");
        check("Docker Hardened Images:Alpine:3.20", "Alpine");
        check("", "");
        check(":", "");
        check("cobol", "");
    }

    #[test]
    fn records_name_ecosystems_exactly() {
        assert_eq!(Ecosystem::of_record("npm").and_then(|npm| npm.comparator), Some(Comparator::SemVer));
        assert_eq!(Ecosystem::of_record("NPM"), None);
        assert_eq!(Ecosystem::of_record("cargo"), None);
    }

    #[test]
    fn every_other_name_stands_for_an_ecosystem() {
        for (alias, name) in ALIASES {
            assert_eq!(Ecosystem::called(alias).map(|ecosystem| ecosystem.name), Some(name), "{alias}");
            assert!(
                !ECOSYSTEMS.iter().any(|known| known.name.eq_ignore_ascii_case(alias) && known.name != name),
                "{alias}"
            );
        }
    }

    #[test]
    fn every_order_is_some_ecosystem_s() {
        for order in Comparator::ALL {
            assert!(ECOSYSTEMS.iter().any(|known| known.comparator == Some(order)), "{order}");
        }
    }
}
