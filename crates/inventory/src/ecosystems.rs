//! The catalogers: which files of an image say what is installed, and how they are read.
//!
//! An ecosystem is a folder here (`mod.rs` names its files, `parse.rs` turns their bytes into packages) and a line in
//! [`ALL`].

mod apk;
mod dpkg;
mod identity;
mod npm;
mod paragraphs;
mod python;

use serde::{Deserialize, Serialize};

use crate::{Distribution, Package, PackageKind};

/// One kind of record.
pub(crate) struct Cataloger {
    /// Its name, to tell it from the others.
    pub(crate) name: &'static str,
    /// Whether the file at this path is such a record.
    pub(crate) wants: fn(&[u8]) -> bool,
    /// Reads the record at a path; the error is a sentence for the user.
    pub(crate) parse: fn(&[u8], &[u8]) -> Result<Facts, &'static str>,
}

/// Every cataloger. The first that wants a path gets it.
const ALL: [Cataloger; 6] =
    [identity::CATALOGER, identity::RELEASE_STREAM, dpkg::CATALOGER, apk::CATALOGER, python::CATALOGER, npm::CATALOGER];

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Facts {
    /// Nothing.
    Nothing,
    /// These packages are installed.
    Packages(Vec<Package>),
    /// The image is of this distribution. Where several files say so, the lowest rank is believed.
    Distribution { rank: u8, distribution: Distribution },
    /// Packages come from this release of the distribution, whatever its identity says.
    ReleaseStream(String),
}

/// The most packages one record may hold: ten times what the largest distributions install.
const MAX_PACKAGES: usize = 100_000;
/// The longest name, version or architecture, in bytes.
const MAX_FIELD: usize = 1024;

const TOO_MANY: &str = "it lists more packages than any system has";
const TOO_LONG: &str = "it has a name or a version longer than 1024 bytes";

/// The cataloger for `path`.
pub(crate) fn for_path(path: &[u8]) -> Option<&'static Cataloger> {
    const CATALOGERS: &[Cataloger] = &ALL;
    CATALOGERS.iter().find(|cataloger| (cataloger.wants)(path))
}

/// Whether both paths are records, and of the same cataloger.
pub(crate) fn same_kind(left: &[u8], right: &[u8]) -> bool {
    for_path(left).zip(for_path(right)).is_some_and(|(left, right)| left.name == right.name)
}

/// Whether packages of this kind are told apart by the file that lists them.
///
/// A system's package manager has one database, wherever its files are. A language's package is installed as often as
/// there are copies of it.
pub(crate) fn is_per_path(kind: PackageKind) -> bool {
    match kind {
        PackageKind::Deb | PackageKind::Apk => false,
        PackageKind::PyPi | PackageKind::Npm => true,
    }
}

/// The last part of a path.
fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// A field's text, within its limit.
fn field(bytes: &[u8]) -> Result<String, &'static str> {
    if bytes.len() > MAX_FIELD { Err(TOO_LONG) } else { Ok(String::from_utf8_lossy(bytes.trim_ascii()).into_owned()) }
}
