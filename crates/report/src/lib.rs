//! What is known of an image, in the forms that others read.
//!
//! One analysis, any number of reports: each form is a function of the same [`Image`], reads nothing and decides nothing.
//! A form is a module; [`render`] chooses. `docs/formats.md` says what each holds and what checks it.

mod csv;
mod cyclonedx;
mod escape;
mod facts;
mod format;
mod gitlab;
mod grype;
mod html;
mod junit;
mod markdown;
mod sarif;
mod trivy;

use plimsoll_advisories::{Judgement, Timestamp};
use plimsoll_inventory::{CycloneDxVersion, Distribution, Inventory, Subject};
use plimsoll_oci::Digest;
use serde_json::Value;

pub use format::{Contents, Format, NotAFormat};

/// All that reports are made of.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// The image, as its reader named it.
    pub name: &'a str,
    /// The digest of its manifest, where it has one.
    pub digest: Option<Digest>,
    /// Its layers, base first.
    pub layers: &'a [Layer],
    /// What is inside.
    pub inventory: &'a Inventory,
    /// What is wrong with it.
    pub judgement: &'a Judgement,
    /// The advisories that said so; none where none are loaded.
    pub advisories: Option<Advisories<'a>>,
    /// When the report is made.
    pub made_at: Timestamp,
    /// What tells the report from every other: a UUID in lower case.
    pub serial: &'a str,
}

/// A layer by its names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// The digest of the layer as it is transferred.
    pub digest: Option<Digest>,
    /// The digest of the uncompressed layer.
    pub diff_id: Option<Digest>,
}

/// A set of advisories by its names.
#[derive(Clone, Copy, Debug)]
pub struct Advisories<'a> {
    /// Its generation: a SHA-256 in hexadecimal.
    pub generation: &'a str,
    /// When it was put together.
    pub built_at: Option<Timestamp>,
}

impl Image<'_> {
    fn distribution(&self) -> Option<&Distribution> {
        self.inventory.distribution.as_ref()
    }

    /// The digests of the layers, uncompressed; none where one of them is not known.
    fn diff_ids(&self) -> Vec<Digest> {
        self.layers.iter().map(|layer| layer.diff_id).collect::<Option<_>>().unwrap_or_default()
    }

    /// The name to show, which some forms want not to be empty.
    fn shown_name(&self) -> &str {
        if self.name.is_empty() { "image" } else { self.name }
    }
}

/// A report on an image.
pub fn render(format: Format, image: &Image<'_>) -> String {
    match format {
        Format::CycloneDx(version, contents) => json(&cyclonedx::document(version, contents, image)),
        Format::Spdx => json(&spdx(image, plimsoll_inventory::spdx_json)),
        Format::SpdxTagValue => spdx(image, plimsoll_inventory::spdx_tag_value),
        Format::Sarif => json(&sarif::document(image)),
        Format::Trivy => json(&trivy::document(image)),
        Format::Grype => json(&grype::document(image)),
        Format::GitLab => json(&gitlab::document(image)),
        Format::JUnit => junit::document(image),
        Format::Csv => csv::document(image),
        Format::Markdown => markdown::document(image),
        Format::Html => html::document(image),
    }
}

fn spdx<T>(image: &Image<'_>, write: fn(&Inventory, &Subject<'_>, &str, &str) -> T) -> T {
    let diff_ids = image.diff_ids();
    let subject = Subject { name: image.name, digest: image.digest, diff_ids: &diff_ids };
    write(image.inventory, &subject, &image.made_at.to_string(), image.serial)
}

fn bill(version: CycloneDxVersion, image: &Image<'_>) -> Value {
    let diff_ids = image.diff_ids();
    let subject = Subject { name: image.name, digest: image.digest, diff_ids: &diff_ids };
    plimsoll_inventory::cyclonedx(version, image.inventory, &subject, &image.made_at.to_string(), image.serial)
}

/// The text of a JSON document, for people too.
fn json(document: &Value) -> String {
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests;
