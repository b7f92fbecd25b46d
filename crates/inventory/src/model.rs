//! The values every other room speaks in when it speaks of packages.

use serde::{Deserialize, Serialize};

use crate::PackageKind;

/// The source package a binary package was built from, where its name or version differs or is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourcePackage {
    /// The source package's name.
    pub name: String,
    /// The source package's version.
    pub version: String,
}

/// How sure it is that a package is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Certainty {
    /// What installs it says so.
    #[default]
    Installed,
    /// The bytes of a file look like it.
    Classified,
    /// A file asks for it; whether it was installed is not known.
    Declared,
}

/// A package, as its package manager's own records name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Package {
    /// The kind of package.
    pub kind: PackageKind,
    /// The name, verbatim (not normalised; matching normalises per ecosystem).
    pub name: String,
    /// The version, verbatim, with its epoch and release where the kind has them; empty where the record has none.
    pub version: String,
    /// The source package, for kinds whose advisories are keyed by it.
    pub source: Option<SourcePackage>,
    /// The architecture, where the record has one.
    pub architecture: Option<String>,
    /// Who built or distributes it, where the record says.
    pub vendor: Option<String>,
    /// The module stream an RPM package belongs to: `name:stream:version:context:arch`.
    pub modularity: Option<String>,
    /// How sure it is that the package is there.
    pub certainty: Certainty,
    /// Where the package lies inside the file that holds it, such as a jar within a jar.
    pub within: Option<String>,
}

impl Package {
    /// An installed package of which no more is known.
    pub fn new(kind: PackageKind, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            version: version.into(),
            source: None,
            architecture: None,
            vendor: None,
            modularity: None,
            certainty: Certainty::Installed,
            within: None,
        }
    }
}

/// A package found in an image, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InstalledPackage {
    /// The package.
    pub package: Package,
    /// The file that says so: a path within the image without a leading slash. Where the file is an archive,
    /// [`Package::within`] says where in it.
    pub path: String,
    /// The layer that introduced this version of the package: an index into the image's layers, base first.
    pub layer: u32,
    /// The package of the distribution that the file belongs to, for packages that are no distribution's.
    pub owner: Option<String>,
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
    /// `CPE_NAME`, such as `cpe:/o:redhat:enterprise_linux:9::baseos`.
    pub cpe: Option<String>,
    /// The repositories of Red Hat that packages come from, such as `rhel-8-for-x86_64-baseos-rpms`, sorted. Empty where
    /// the image does not say.
    pub content_sets: Vec<String>,
    /// Whether packages come from the archives of Ubuntu's Expanded Security Maintenance (Ubuntu Pro) too.
    pub esm: bool,
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
