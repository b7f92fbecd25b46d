//! The values every other room speaks in when it speaks of packages.

use serde::{Deserialize, Serialize};

/// The kind of package: which tool installed it. Named by its [package-url](https://github.com/package-url/purl-spec) type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PackageKind {
    /// A Debian package (`dpkg`).
    Deb,
    /// An Alpine package (`apk`).
    Apk,
    /// A Python distribution (`pip`).
    PyPi,
    /// A Node.js package (`npm`).
    Npm,
}

/// The source package a binary package was built from, where its name or version differs or is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourcePackage {
    /// The source package's name.
    pub name: String,
    /// The source package's version.
    pub version: String,
}

/// A package, as its package manager's own records name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Package {
    /// The kind of package.
    pub kind: PackageKind,
    /// The name, verbatim (not normalised; matching normalises per ecosystem).
    pub name: String,
    /// The version, verbatim; empty where the record has none.
    pub version: String,
    /// The source package, for kinds whose advisories are keyed by it.
    pub source: Option<SourcePackage>,
    /// The architecture, where the record has one.
    pub architecture: Option<String>,
}

/// A package found in an image, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InstalledPackage {
    /// The package.
    pub package: Package,
    /// The file that says so: a path within the image without a leading slash.
    pub path: String,
    /// The layer that introduced this version of the package: an index into the image's layers, base first.
    pub layer: u32,
}

/// The distribution an image was made from, from its `os-release` file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// `ID`, such as `debian` or `alpine`.
    pub id: String,
    /// `ID_LIKE`, split at spaces.
    pub id_like: Vec<String>,
    /// `VERSION_ID`; rolling distributions have none.
    pub version_id: Option<String>,
    /// `VERSION_CODENAME`.
    pub codename: Option<String>,
    /// `PRETTY_NAME`.
    pub pretty_name: Option<String>,
}

/// Something that could not be read, and so leaves the answer open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unreadable {
    /// The layer, as an index into the image's layers, base first.
    pub layer: u32,
    /// The file; none where the whole layer could not be read.
    pub path: Option<String>,
    /// Why, as a sentence for the user.
    pub reason: String,
}

/// All that is installed in an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The distribution; none where the image carries no identity.
    pub distribution: Option<Distribution>,
    /// The packages, sorted.
    pub packages: Vec<InstalledPackage>,
    /// What could not be read, sorted.
    pub unreadable: Vec<Unreadable>,
}
