//! Reports: all that is known of one image, for its readers.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;
use std::time::SystemTime;

use plimsoll_advisories::{Explained, IndexError, Judgement, Plan, Severity, Timestamp};
use plimsoll_catalog::{Repository, StoredManifest};
use plimsoll_inventory::{Certainty, InstalledPackage, Inventory};
use plimsoll_oci::{Content, Descriptor, Digest, ImageConfig, Manifest, Reference};
use plimsoll_rules::Verdict;

use super::base::base_layers;
use super::{Known, Present};
use crate::feeds::{FeedError, Generation};
use crate::scan::{ScannedImage, ScannedLayer};
use crate::{Registry, RegistryError};

/// The largest image configuration read, in bytes.
const MAX_CONFIG: u64 = 8 * 1024 * 1024;
/// The platform whose image stands for an index where none is asked for.
const PLATFORM: (&str, &str) = ("linux", if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" });

/// A layer by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerName {
    /// The digest of the layer as it is transferred.
    pub digest: Option<Digest>,
    /// The digest of the uncompressed layer, the same however it is transferred.
    pub diff_id: Option<Digest>,
}

/// All that is known of one image.
#[derive(Clone, Debug)]
pub struct ImageReport {
    /// The image, as its reader named it.
    pub source: String,
    /// The digest of the image's manifest, where it has one.
    pub digest: Option<Digest>,
    /// The layers, base first.
    pub layers: Vec<LayerName>,
    /// What is inside.
    pub inventory: Inventory,
    /// Whether packages that are only [declared](Certainty::Declared) are part of the answer.
    pub declared: bool,
    /// How many of the layers are those of the image it was built from, as far as can be told.
    pub base_layers: u32,
    /// What is wrong with it.
    pub judgement: Judgement,
    /// The generation of the advisories that said so.
    pub generation: Option<String>,
    /// When that was put together.
    pub advisories_built_at: Option<Timestamp>,
}

/// A report, and what the gates say.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The report.
    pub report: ImageReport,
    /// What the gates say to a principal that none of them exempts; none where no gate guards the repository.
    pub verdict: Option<Arc<Verdict>>,
}

impl ImageReport {
    /// The report of an image that is in no registry, judged by the advisories given; `declared` says whether packages
    /// that are only asked for count.
    pub fn of_scan(scanned: ScannedImage, generation: Option<&Generation>, now: SystemTime, declared: bool) -> Self {
        let index = generation.map(Generation::index);
        let judge = if declared { plimsoll_advisories::judge_declared } else { plimsoll_advisories::judge };
        let judgement = judge(index, &scanned.inventory, now);
        let config = scanned.config.as_deref().and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        let base_layers = base_layers(&config, &scanned.inventory);
        let name = |layer: &ScannedLayer| LayerName { digest: layer.digest, diff_id: layer.diff_id };
        Self {
            source: scanned.name,
            digest: scanned.manifest,
            layers: scanned.layers.iter().map(name).collect(),
            inventory: scanned.inventory,
            declared,
            base_layers,
            judgement,
            generation: generation.map(|generation| generation.id().to_owned()),
            advisories_built_at: generation.map(|generation| generation.index().info().built_at),
        }
    }

    /// What is inside, as far as it is part of the answer.
    pub fn listed(&self) -> Cow<'_, Inventory> {
        let is_listed = |found: &InstalledPackage| self.declared || found.package.certainty != Certainty::Declared;
        if self.inventory.packages.iter().all(is_listed) {
            return Cow::Borrowed(&self.inventory);
        }
        let mut listed = self.inventory.clone();
        listed.packages.retain(is_listed);
        Cow::Owned(listed)
    }

    /// Why a flaw, by any of its ids or that of an advisory, is reported for the image, or is not; by the advisories and at the
    /// time of the report.
    ///
    /// # Errors
    /// The advisories' index is damaged.
    pub fn explain(&self, generation: Option<&Generation>, id: &str, now: SystemTime) -> Result<Explained, FeedError> {
        let index = generation.map(Generation::index);
        let explained = plimsoll_advisories::explain(index, &self.inventory, &self.judgement, id, now);
        explained.map_err(|damaged| IndexError::from(damaged).into())
    }

    /// What to change in the image so that its findings of at least `severity` go; by the advisories and at the time of the
    /// report.
    ///
    /// # Errors
    /// The advisories' index is damaged.
    pub fn plan(
        &self,
        generation: Option<&Generation>,
        severity: Severity,
        now: SystemTime,
    ) -> Result<Plan, FeedError> {
        let (index, aim) = (generation.map(Generation::index), (severity, self.base_layers));
        let plan = plimsoll_advisories::plan(index, &self.inventory, &self.judgement, aim, now);
        plan.map_err(|damaged| IndexError::from(damaged).into())
    }
}

impl Registry {
    /// What is known of an image; for an index, of the image for the usual platform. Waits for an analysis that runs.
    pub async fn report(&self, repository: &Repository, reference: &Reference) -> Result<ImageReport, RegistryError> {
        self.report_at(repository, reference, &self.present()?).await
    }

    async fn report_at(
        &self,
        repository: &Repository,
        reference: &Reference,
        present: &Present,
    ) -> Result<ImageReport, RegistryError> {
        let stored = self.image(repository, reference)?;
        let manifest = Manifest::parse(&stored.content, &stored.media_type)?;
        if let Known::Pending = self.known(repository, &stored, present)? {
            self.analyse_image(&manifest, stored.digest).await?;
        }
        let (inventory, judgement) = match self.known(repository, &stored, present)? {
            Known::Judged(judged) | Known::Incomplete(judged) => {
                (Inventory::clone(&judged.inventory), judged.judgement.clone())
            }
            Known::Pending => return Err(RegistryError::Incomplete),
            Known::NotAnImage => return Err(RegistryError::NotAnImage),
        };
        let config = match &manifest.content {
            Content::Image { config, .. } => self.image_config(&config.digest)?,
            Content::Index(_) => ImageConfig::default(),
        };
        Ok(ImageReport {
            source: source(repository, reference),
            digest: Some(stored.digest),
            layers: layer_names(&manifest, &config),
            base_layers: base_layers(&config, &inventory),
            inventory,
            declared: false,
            judgement,
            advisories_built_at: present.generation.as_ref().map(|generation| generation.index().info().built_at),
            generation: present.generation.as_ref().map(|generation| generation.id().to_owned()),
        })
    }

    /// A report, and why a flaw is reported for the image, or is not.
    pub async fn explain_flaw(
        &self,
        repository: &Repository,
        reference: &Reference,
        id: &str,
    ) -> Result<(ImageReport, Explained), RegistryError> {
        let present = self.present()?;
        let report = self.report_at(repository, reference, &present).await?;
        let explained = report.explain(present.generation.as_deref(), id, present.time)?;
        Ok((report, explained))
    }

    /// What to change in the image of a report so that its findings of at least `severity` go.
    pub fn fix_plan(&self, report: &ImageReport, severity: Severity) -> Result<Plan, RegistryError> {
        let present = self.present()?;
        Ok(report.plan(present.generation.as_deref(), severity, present.time)?)
    }

    /// A report, with what the gates say to somebody none of them exempts.
    pub async fn explain(&self, repository: &Repository, reference: &Reference) -> Result<Explanation, RegistryError> {
        let present = self.present()?;
        let report = self.report_at(repository, reference, &present).await?;
        let manifest = self.manifest(repository, reference)?;
        let verdict = self.verdict(repository, &manifest, "", &present)?;
        Ok(Explanation { report, verdict: Some(verdict).filter(|verdict| verdict.gate.is_some()) })
    }

    /// The manifest of an image; of an index, the child for the usual platform, or the first that is an image.
    pub(crate) fn image(
        &self,
        repository: &Repository,
        reference: &Reference,
    ) -> Result<Arc<StoredManifest>, RegistryError> {
        let mut stored = self.manifest(repository, reference)?;
        for _ in 0..super::gates::MAX_DEPTH {
            let manifest = Manifest::parse(&stored.content, &stored.media_type)?;
            let Some(child) = preferred(manifest.children()) else { return Ok(stored) };
            stored = self.manifest(repository, &Reference::Digest(child.digest))?;
        }
        Ok(stored)
    }

    /// The configuration of an image; an empty one where it is not an image's.
    pub(crate) fn image_config(&self, digest: &Digest) -> Result<ImageConfig, RegistryError> {
        let Some(blob) = self.store.blob(digest)?.filter(|blob| blob.size <= MAX_CONFIG) else {
            return Ok(ImageConfig::default());
        };
        let mut bytes = Vec::new();
        blob.file
            .take(MAX_CONFIG)
            .read_to_end(&mut bytes)
            .map_err(|source| RegistryError::BlobUnreadable { digest: Box::new(*digest), source })?;
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

/// An image as people write it: `app:1.2` or `app@sha256:…`.
fn source(repository: &Repository, reference: &Reference) -> String {
    let before = if matches!(reference, Reference::Digest(_)) { '@' } else { ':' };
    format!("{}{before}{reference}", repository.name)
}

/// The layers of a manifest, with the names that its configuration has for them.
fn layer_names(manifest: &Manifest, config: &ImageConfig) -> Vec<LayerName> {
    let (layers, diff_ids) = (manifest.layers(), &config.rootfs.diff_ids);
    let diff_id = |number: usize| diff_ids.get(number).filter(|_| diff_ids.len() == layers.len()).copied();
    let name =
        |(number, layer): (usize, &Descriptor)| LayerName { digest: Some(layer.digest), diff_id: diff_id(number) };
    layers.iter().enumerate().map(name).collect()
}

fn preferred(children: &[Descriptor]) -> Option<&Descriptor> {
    let usual = |child: &&Descriptor| {
        child
            .platform
            .as_ref()
            .is_some_and(|platform| (platform.os.as_str(), platform.architecture.as_str()) == PLATFORM)
    };
    children.iter().find(usual).or(children.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_named_as_people_write_them() {
        let repository = Repository::private("123456789012".parse().unwrap(), "team/app".parse().unwrap());
        let digest = Digest::sha256(b"any").to_string();
        for (reference, expect) in [
            ("1.2", "team/app:1.2".to_owned()),
            // Many pipelines tag what they build by the commit.
            ("sha-0ff1ce5", "team/app:sha-0ff1ce5".to_owned()),
            (&digest, format!("team/app@{digest}")),
        ] {
            assert_eq!(source(&repository, &reference.parse().unwrap()), expect);
        }
    }
}
