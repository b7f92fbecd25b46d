//! Reads rpm's database in any of its forms.

use std::collections::HashSet;

use super::header::{Header, tag};
use super::table::Table;
use super::{berkeley, ndb, sqlite};
use crate::ecosystems::{Facts, MAX_PACKAGES, Owned, TOO_MANY, field};
use crate::purl::source_rpm;
use crate::{Package, PackageKind, SourcePackage};

/// The most bytes all paths of a database may have together: ten times what the largest distributions install.
const MAX_PATHS: usize = 256 << 20;

/// What takes the headers of a database, one after the other.
pub(super) type Visit<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), &'static str>;

pub(in crate::ecosystems) fn parse(_path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut installed = Installed::default();
    let visit: Visit<'_> = &mut |blob| installed.add(&Header::new(blob)?).map(drop);
    if bytes.is_empty() {
        // Nothing was ever written to it, or all of it is still in its log.
        return Ok(Facts::Table(Table::default()));
    } else if sqlite::is(bytes) {
        return sqlite::read(bytes).map(Facts::Table);
    } else if ndb::is(bytes) {
        ndb::each_header(bytes, visit)?;
    } else if berkeley::is(bytes) {
        berkeley::each_header(bytes, visit)?;
    } else {
        return Err("it is no database of a form that rpm has");
    }
    Ok(Facts::Database { packages: installed.packages, owned: installed.owned })
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Installed {
    pub(super) packages: Vec<Package>,
    pub(super) owned: Vec<Owned>,
    /// How many headers there were, those of keys too.
    headers: usize,
    /// How many bytes the packages' paths have.
    paths: usize,
}

impl Installed {
    /// Adds the package of a header, and returns which one it is; none where the header is that of a key.
    pub(super) fn add(&mut self, header: &Header<'_>) -> Result<Option<u32>, &'static str> {
        if self.headers == MAX_PACKAGES {
            return Err(TOO_MANY);
        }
        self.headers += 1;
        let Some(package) = package(header)? else { return Ok(None) };
        let files = self.files(header)?;
        self.owned.extend(Owned::new(&package.name, files.iter().map(Vec::as_slice)));
        self.packages.push(package);
        Ok(Some(self.packages.len() as u32 - 1))
    }

    /// The paths of a package's files: each has a name, and the number of the directory it is in.
    fn files(&mut self, header: &Header<'_>) -> Result<Vec<Vec<u8>>, &'static str> {
        let directories = header.texts(tag::DIRNAMES)?;
        let names = header.texts(tag::BASENAMES)?;
        let mut files = Vec::with_capacity(names.len());
        for (name, directory) in names.into_iter().zip(header.numbers(tag::DIRINDEXES)?) {
            let directory =
                directories.get(directory as usize).ok_or("it has a file in a directory it does not list")?;
            self.paths += directory.len() + name.len();
            if self.paths > MAX_PATHS {
                return Err("its lists of files are longer than those of any system");
            }
            files.push([directory.strip_prefix(b"/").unwrap_or(directory), name].concat());
        }
        Ok(files)
    }
}

/// The package of a header; none where it is a key that signatures are checked with.
fn package(header: &Header<'_>) -> Result<Option<Package>, &'static str> {
    let name = header.text(tag::NAME)?.filter(|name| !name.is_empty()).ok_or("it has a package without a name")?;
    if name == b"gpg-pubkey" {
        return Ok(None);
    }
    let version = header.text(tag::VERSION)?.ok_or("it has a package without a version")?;
    let release = header.text(tag::RELEASE)?.unwrap_or_default();
    let epoch = header.numbers(tag::EPOCH)?.next().unwrap_or_default();
    let own = |tag| header.text(tag)?.filter(|text| is_told(text)).map(field).transpose();
    Ok(Some(Package {
        source: own(tag::SOURCERPM)?.as_deref().and_then(source),
        architecture: own(tag::ARCH)?,
        vendor: own(tag::VENDOR)?,
        modularity: own(tag::MODULARITYLABEL)?,
        ..Package::new(PackageKind::Rpm, field(name)?, evr(epoch, &field(version)?, &field(release)?))
    }))
}

/// Whether a text is one, and not rpm's word for there being none.
pub(super) fn is_told(text: &[u8]) -> bool {
    !text.is_empty() && text != b"(none)"
}

/// `[epoch:]version-release`. An epoch of zero is the same as none.
pub(in crate::ecosystems) fn evr(epoch: u32, version: &str, release: &str) -> String {
    let epoch = if epoch == 0 { String::new() } else { format!("{epoch}:") };
    let separator = if release.is_empty() { "" } else { "-" };
    format!("{epoch}{version}{separator}{release}")
}

/// The source package of a `name-version-release.src.rpm`. Its epoch is not told.
pub(super) fn source(file: &str) -> Option<SourcePackage> {
    let (name, version) = source_rpm(file)?;
    Some(SourcePackage { name: name.to_owned(), version: version.to_owned() })
}

/// Pages or blocks of a database that were read: each belongs to one thing, so a second time is damage, or a loop.
#[derive(Default)]
pub(super) struct Seen(HashSet<u32>);

impl Seen {
    pub(super) fn first(&mut self, page: u32) -> Result<(), &'static str> {
        if self.0.insert(page) { Ok(()) } else { Err("it has a page that is linked to twice") }
    }
}
