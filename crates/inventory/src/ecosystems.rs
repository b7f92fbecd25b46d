//! The catalogers: which files of an image say what is installed, and how they are read.
//!
//! An ecosystem is a folder here (`mod.rs` names its files, `parse.rs` turns their bytes into packages) and a line in
//! [`ALL`].

mod apk;
#[cfg(test)]
mod bad_input;
mod binary;
mod bitnami;
mod bottlerocket;
mod brew;
mod cargo;
mod chisel;
mod cocoapods;
mod conan;
mod conda;
mod cos;

mod dart;
mod database;
mod dotnet;
mod dpkg;
mod erlang;
mod flatpak;
mod glob;
mod golang;
mod haskell;
mod identity;
mod java;
pub(crate) mod json;
mod julia;
mod kernel;
mod listing;
mod lua;
mod maven_build;
mod nix;
mod npm;
mod ocaml;
mod opkg;
mod pacman;
mod paragraphs;
mod perl;
mod php;
mod portage;
mod python;
mod r;
mod rpm;
mod ruby;
mod sbom;
mod snap;
mod swift;
mod tables;
mod wordpress;
mod xml;
mod yaml;
mod zip;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::hash::{PathHash, PathSet};
use crate::{Certainty, Distribution, Package, PackageKind, Scope};
use glob::Table as Patterns;
pub(crate) use nix::package as package_of_directory;
pub(crate) use rpm::table::Table;

/// One kind of record.
pub(crate) struct Cataloger {
    /// Its name, to tell it from the others.
    pub(crate) name: &'static str,
    /// What it finds, in a word or two for the documentation.
    pub(crate) finds: &'static str,
    /// The files it reads: patterns as in [`glob::matches`].
    pub(crate) files: &'static [&'static str],
    /// Whose packages it finds.
    pub(crate) scope: Scope,
    /// How large these files may be.
    pub(crate) size: Size,
    /// Reads the file at a path; the error is a sentence for the user.
    pub(crate) parse: fn(&[u8], &[u8]) -> Result<Facts, &'static str>,
}

/// How large a file a cataloger reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// A record: up to [`Budget::captured_file`](plimsoll_image::Budget::captured_file).
    Record,
    /// An archive or a database: up to [`Budget::captured_large`](plimsoll_image::Budget::captured_large).
    Large,
    /// The beginning of a file of any size, up to the same.
    Beginning,
}

/// Every cataloger that tells its files by their paths. The first that wants a path gets it.
static ALL: &[Cataloger] = &[
    identity::CATALOGER,
    identity::RELEASE_STREAM,
    identity::CONTENT_SETS,
    identity::SUBSCRIPTION,
    dpkg::FILES,
    dpkg::CATALOGER,
    apk::CATALOGER,
    rpm::CATALOGER,
    rpm::MANIFEST,
    rpm::LOG,
    opkg::FILES,
    opkg::CATALOGER,
    chisel::CATALOGER,
    pacman::FILES,
    pacman::CATALOGER,
    portage::CATALOGER,
    bottlerocket::CATALOGER,
    cos::CATALOGER,
    kernel::CATALOGER,
    python::CATALOGER,
    python::EGG,
    python::ORIGIN,
    npm::CATALOGER,
    npm::ARCHIVES,
    ruby::CATALOGER,
    php::COMPOSER,
    php::PEAR,
    dotnet::CATALOGER,
    conda::CATALOGER,
    r::CATALOGER,
    lua::CATALOGER,
    perl::CPANM,
    perl::PERLLOCAL,
    erlang::CATALOGER,
    erlang::RELEASE,
    julia::CATALOGER,
    haskell::CATALOGER,
    ocaml::CATALOGER,
    bitnami::CATALOGER,
    sbom::CATALOGER,
    wordpress::CATALOGER,
    wordpress::CORE,
    brew::CATALOGER,
    snap::CATALOGER,
    flatpak::CATALOGER,
    java::ARCHIVES,
    java::UNPACKED,
    java::RUNTIME,
];

/// The catalogers of files in which a project only asks for packages. They come after all others, and what they cannot
/// read leaves nothing open.
static LOCKFILES: &[Cataloger] = &[
    npm::LOCKFILE,
    python::LOCKFILE,
    maven_build::LOCKFILE,
    golang::LOCKFILE,
    cargo::LOCKFILE,
    ruby::LOCKFILE,
    php::LOCKFILE,
    dotnet::LOCKFILE,
    erlang::LOCKFILE,
    julia::MANIFEST,
    dart::LOCKFILE,
    swift::LOCKFILE,
    cocoapods::LOCKFILE,
    conan::LOCKFILE,
];

pub(crate) use binary::{CATALOGER as BINARY, HEAD, is_binary, may_be_binary, read as read_program};
/// The cataloger of programs and libraries, which are told by how they begin.
pub use binary::{cpes, known_cpes};

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Facts {
    /// Nothing.
    Nothing,
    /// These packages are installed.
    Packages(Vec<Package>),
    /// These packages are installed, and others may be that could not be read.
    Incomplete {
        /// The packages.
        packages: Vec<Package>,
        /// Why others could not be read, as a sentence for the user.
        reason: String,
    },
    /// A distribution's package manager has these packages installed, to which these files belong.
    Database {
        /// The packages.
        packages: Vec<Package>,
        /// The files.
        owned: Vec<Owned>,
    },
    /// A distribution's package manager has these packages installed, but for what a log beside its database changes.
    Table(Table),
    /// The changes of such a log.
    Log(Table),
    /// The image is of this distribution. Where several files say so, the lowest rank is believed.
    Distribution { rank: u8, distribution: Distribution },
    /// Packages come from this release of the distribution, whatever its identity says.
    ReleaseStream(String),
    /// Packages come from these repositories of Red Hat's.
    ContentSets(Vec<String>),
    /// Packages come from the archives of Ubuntu's Expanded Security Maintenance too.
    ExtendedMaintenance,
    /// The package beside it was installed from this address.
    Origin(String),
}

/// The files of a distribution's package, as far as they could be evidence of packages that are no distribution's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owned {
    /// The package's name.
    pub(crate) package: String,
    /// The files.
    pub(crate) files: PathSet,
}

impl Owned {
    /// What of `files` counts; none where none of them does.
    pub(crate) fn new<'a>(package: &str, files: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let files = files.into_iter().filter(|path| !path.is_empty() && is_evidence(path));
        let files: Vec<_> = files.map(PathHash::of).collect();
        (!files.is_empty()).then(|| Self { package: package.to_owned(), files: files.into() })
    }
}

/// The most packages one record may hold: ten times what the largest distributions install.
pub(crate) const MAX_PACKAGES: usize = 100_000;
/// The longest name, version or architecture, in bytes.
const MAX_FIELD: usize = 1024;

pub(crate) const TOO_MANY: &str = "it lists more packages than any system has";
const TOO_LONG: &str = "it has a name or a version longer than 1024 bytes";

/// The cataloger for `path`.
pub(crate) fn for_path(path: &[u8]) -> Option<&'static Cataloger> {
    static TABLE: LazyLock<Patterns<usize>> = LazyLock::new(|| {
        let files =
            |(index, cataloger): (usize, &'static Cataloger)| cataloger.files.iter().map(move |&file| (file, index));
        Patterns::new(ALL.iter().chain(LOCKFILES).enumerate().flat_map(files))
    });
    TABLE.first(path).and_then(|index| ALL.get(index).or_else(|| LOCKFILES.get(index - ALL.len())))
}

/// Whether both paths are records, and of the same cataloger.
pub(crate) fn same_kind(left: &[u8], right: &[u8]) -> bool {
    for_path(left).zip(for_path(right)).is_some_and(|(left, right)| left.name == right.name)
}

/// Whether the file at `path` could be evidence of a package that is no distribution's.
fn is_evidence(path: &[u8]) -> bool {
    match for_path(path) {
        Some(cataloger) => cataloger.scope == Scope::Place,
        None => may_be_binary(path),
    }
}

/// Whether packages of this kind are told apart by the file that lists them.
///
/// A system's package manager has one database, wherever its files are, and so has an image of Bitnami's. A language's
/// package is installed as often as there are copies of it.
pub(crate) fn is_per_path(kind: PackageKind) -> bool {
    !kind.is_of_system() && kind != PackageKind::Bitnami
}

/// What a cataloger reads and finds, for the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogerInfo {
    /// Its name.
    pub name: &'static str,
    /// What it finds.
    pub finds: &'static str,
    /// How sure it is that what it finds is there; of programs, some say themselves what they are built from.
    pub certainty: Certainty,
    /// The files it reads, as patterns over paths: `*` stands for a part of a name, `**` for any directories. What ends
    /// with a slash is a directory, of which the name is read. Empty for programs, which are told by how they begin.
    pub files: &'static [&'static str],
}

/// Every cataloger, in the order they are asked.
pub fn catalogers() -> impl Iterator<Item = CatalogerInfo> {
    let of = |certainty: Certainty| {
        move |cataloger: &Cataloger| {
            let &Cataloger { name, finds, files, .. } = cataloger;
            CatalogerInfo { name, finds, certainty, files }
        }
    };
    let installed = ALL.iter().map(of(Certainty::Installed)).chain([nix::DIRECTORIES]);
    installed.chain([&BINARY].map(of(Certainty::Classified))).chain(LOCKFILES.iter().map(of(Certainty::Declared)))
}

/// Whether the file at `path` only asks for packages: it is a [lock file](Certainty::Declared) or its like.
///
/// Its packages may not be installed, and where it cannot be read, no answer depends on it.
pub fn is_declaration(path: &str) -> bool {
    for_path(path.as_bytes()).is_some_and(|found| LOCKFILES.iter().any(|lockfile| lockfile.name == found.name))
}

/// Checks which of `paths` a cataloger reads: all of `yes` and none of `no`.
#[cfg(test)]
#[track_caller]
fn check_files(cataloger: &Cataloger, yes: &[&str], no: &[&str]) {
    let reads = |path: &&str| for_path(path.as_bytes()).is_some_and(|found| found.name == cataloger.name);
    assert_eq!(yes.iter().copied().filter(|path| !reads(path)).collect::<Vec<_>>(), [""; 0], "not read");
    assert_eq!(no.iter().copied().filter(reads).collect::<Vec<_>>(), [""; 0], "read");
}

/// The last part of a path.
fn file_name(path: &[u8]) -> &[u8] {
    glob::last_part(path)
}

/// A field's text, within its limit.
fn field(bytes: &[u8]) -> Result<String, &'static str> {
    if bytes.len() > MAX_FIELD { Err(TOO_LONG) } else { Ok(String::from_utf8_lossy(bytes.trim_ascii()).into_owned()) }
}

/// A field's text, within its limit, where the record has the field.
fn optional(bytes: &[u8]) -> Result<Option<String>, &'static str> {
    if bytes.is_empty() { Ok(None) } else { field(bytes).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cataloger_has_a_name_of_its_own() {
        let mut names: Vec<_> = catalogers().map(|cataloger| cataloger.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
