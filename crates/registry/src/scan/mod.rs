//! Inventories of images that are in no registry: archives, layouts and directories.
//!
//! [`open`] finds out what a path is: an archive of `docker save`, plain or compressed as a whole; an OCI archive; an OCI
//! image layout; the root file system of an image or a machine; or a bill of materials. [`inventory`] reads it.
//!
//! Every digest an archive claims is proven in the same reading: a layer that is not what its image names is an error,
//! not a finding.

mod aside;
mod bill;
mod error;
mod image;
mod layer;
mod rootfs;
mod store;
mod stream;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use plimsoll_image::{Budget, Compression};
use plimsoll_inventory::{Bill, Inventory, looks_like_bill};
use plimsoll_oci::Digest;

pub use error::ScanError;
pub use layer::{AnalysedLayer, analyse};
use store::{Archive, Layout};
pub use store::{MAX_DOCUMENT, Part, Store};

/// How much of a file is looked at to tell what it is, in bytes: a bill of materials may begin with comments.
const BEGINNING: u64 = 4096;

/// Something that holds one image or several.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Archive(Archive),
    CompressedArchive,
    Layout(Layout),
    RootFs,
    Bill(Box<Bill>),
}

impl Source {
    /// What kind of source this is, in words for the user.
    pub fn description(&self) -> &'static str {
        match self.kind {
            Kind::Archive(_) => "image archive",
            Kind::CompressedArchive => "compressed image archive",
            Kind::Layout(_) => "OCI image layout",
            Kind::RootFs => "root file system",
            Kind::Bill(_) => "bill of materials",
        }
    }
}

/// Which image of a source to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The image's name within the source; without it, it is the first.
    pub name: Option<String>,
    /// The operating system, as `linux`.
    pub os: String,
    /// The architecture in OCI's words, as `amd64`.
    pub architecture: String,
    /// The variant of the architecture, as `v7`; without it, any.
    pub variant: Option<String>,
}

impl Default for Selection {
    /// The first image for Linux on this machine's architecture.
    fn default() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "x86" => "386",
            "aarch64" => "arm64",
            "powerpc64" => "ppc64le",
            "loongarch64" => "loong64",
            other => other,
        };
        Self { name: None, os: "linux".into(), architecture: architecture.into(), variant: None }
    }
}

/// What a source told of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedImage {
    /// The name the source has for it, or the source's path.
    pub name: String,
    /// What is installed in it.
    pub inventory: Inventory,
    /// Its layers, base first; a root file system is one layer.
    pub layers: Vec<ScannedLayer>,
    /// The digest of its manifest, where the source has the manifest.
    pub manifest: Option<Digest>,
    /// Its configuration, as the source has it; none for a root file system.
    pub config: Option<Vec<u8>>,
    /// What the user should know of how the image was chosen.
    pub notes: Vec<String>,
}

/// A layer of a [`ScannedImage`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedLayer {
    /// The digest of the uncompressed layer, proven; none where it could not be made.
    pub diff_id: Option<Digest>,
    /// The digest by which a manifest names the layer, proven; none where the source has no manifest.
    pub digest: Option<Digest>,
    /// The media type, where a manifest gives it.
    pub media_type: Option<String>,
    /// The size in bytes as the source holds it.
    pub size: u64,
}

/// Finds out what is at `path`.
///
/// # Errors
/// The path cannot be read, or is a file that is no archive.
pub fn open(path: &Path) -> Result<Source, ScanError> {
    let failed = |source| ScanError::Open { path: path.into(), source };
    let kind = if path.metadata().map_err(failed)?.is_dir() {
        if path.join("oci-layout").is_file() && path.join("index.json").is_file() {
            Kind::Layout(Layout::new(path))
        } else {
            Kind::RootFs
        }
    } else {
        let file = File::open(path).map_err(failed)?;
        let mut start = Vec::new();
        (&file).take(BEGINNING).read_to_end(&mut start).map_err(failed)?;
        match Compression::detect(&start) {
            Compression::None if looks_like_bill(&start) => Kind::Bill(Box::new(bill::read(file)?)),
            Compression::None => Kind::Archive(Archive::index(file)?),
            Compression::Gzip | Compression::Zstd => Kind::CompressedArchive,
        }
    };
    Ok(Source { path: path.into(), kind })
}

/// Reads the selected image of a source. `budget` holds for each layer.
///
/// # Errors
/// The source cannot be read, holds no such image, or holds something else than it says. A layer that cannot be
/// analysed is no error; the inventory says so.
pub fn inventory(source: &Source, selection: &Selection, budget: &Budget) -> Result<ScannedImage, ScanError> {
    let fallback = source.path.to_string_lossy();
    match &source.kind {
        Kind::Archive(archive) => image::scan(archive, selection, budget, &fallback),
        Kind::Layout(layout) => image::scan(layout, selection, budget, &fallback),
        Kind::CompressedArchive => image::scan(&stream::read(&source.path, budget)?, selection, budget, &fallback),
        Kind::Bill(bill) => Ok(bill::inventory(bill, &fallback)),
        Kind::RootFs => Ok(ScannedImage {
            name: fallback.into_owned(),
            inventory: rootfs::inventory(&source.path, budget),
            layers: vec![ScannedLayer { diff_id: None, digest: None, media_type: None, size: 0 }],
            manifest: None,
            config: None,
            notes: Vec::new(),
        }),
    }
}

/// Reads the selected image of a store that is no path, such as a registry. `budget` holds for each layer, and `name` is
/// what the image is called if the store has no name for it.
///
/// # Errors
/// Those of [`inventory`].
pub fn inventory_of(
    store: &impl Store,
    selection: &Selection,
    budget: &Budget,
    name: &str,
) -> Result<ScannedImage, ScanError> {
    image::scan(store, selection, budget, name)
}

#[cfg(test)]
mod tests;
