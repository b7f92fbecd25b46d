//! The same promises on a disk that fills up.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::image::{Image, ImageBuilder};
use crate::layer::{Compression, LayerBuilder};
use crate::registry::RegistryClient;
use crate::{Error, Random, RealBinary, ServeOptions};

/// Bytes set aside on the disk, to be freed later.
const BALLAST: usize = 12 << 20;
/// Pushes that must fail before the disk counts as full.
const REFUSALS: usize = 24;
/// Pushes after which a disk that takes them all is not the small one this needs.
const MOST_PUSHES: usize = 4000;
const REPOSITORY: &str = "torture/full";

/// What a run on a full disk did, all of it verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FullDiskReport {
    /// Images acknowledged before and while the disk was full.
    pub images: usize,
    /// Requests refused for want of space, by status.
    pub refused: BTreeMap<u16, usize>,
    /// Whether the server started on the full disk.
    pub started_when_full: bool,
    /// Images acknowledged after space was made.
    pub images_afterwards: usize,
}

impl fmt::Display for FullDiskReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "images until full     {}", self.images)?;
        writeln!(f, "refused by status     {:?}", self.refused)?;
        writeln!(f, "starts on a full disk {}", if self.started_when_full { "yes" } else { "no, and says why" })?;
        write!(f, "images afterwards     {}", self.images_afterwards)
    }
}

/// Fills `disk`, the root of a small file system for nothing else, with images pushed to `binary`; checks that every
/// refusal is a clear answer that leaves nothing half-visible; frees space and goes on. The server prints to `log`, which
/// is on another disk.
pub fn full_disk(binary: &Path, disk: &Path, log: &Path) -> Result<FullDiskReport, String> {
    let options = ServeOptions { log: Some(log.to_owned()), ..ServeOptions::default() };
    let start = || RealBinary::start(binary, &disk.join("data"), &options);
    let mut run = Run { random: Random::new(1), pushed: Vec::new(), refused: BTreeMap::new() };
    let ballast = disk.join("ballast");
    set_ballast(&ballast).map_err(|error| error.chain())?;
    let mut report = FullDiskReport::default();
    let mut steps = || -> Result<(), Error> {
        let server = start()?;
        run.fill(&mut server.registry())?;
        run.verify(&mut server.registry())?;
        report.images = run.pushed.len();
        server.kill().map_err(Error::Connection)?;
        let server = match start() {
            Ok(server) => {
                report.started_when_full = true;
                free(&ballast)?;
                server
            }
            Err(error) if error.to_string().to_lowercase().contains("space") => {
                free(&ballast)?;
                start()?
            }
            Err(error) => return Err(error),
        };
        run.verify(&mut server.registry())?;
        run.push_again(&mut server.registry())?;
        run.verify(&mut server.registry())?;
        report.images_afterwards = run.pushed.len() - report.images;
        Ok(())
    };
    steps().map_err(|error| error.chain())?;
    report.refused = run.refused;
    Ok(report)
}

struct Run {
    random: Random,
    /// Acknowledged images by tag.
    pushed: Vec<(String, Image)>,
    refused: BTreeMap<u16, usize>,
}

impl Run {
    /// Pushes until enough pushes were refused.
    fn fill(&mut self, registry: &mut RegistryClient) -> Result<(), Error> {
        for number in 0..MOST_PUSHES {
            // Once blobs are refused, manifests over known blobs find the catalog full too.
            let known = self.pushed.last().filter(|_| !self.refused.is_empty() && number % 2 == 0);
            let image = match known {
                Some((_, image)) => relabelled(image, number),
                None => self.image(number)?,
            };
            let tag = format!("t{number}");
            match registry.push_image(REPOSITORY, &tag, &image) {
                Ok(()) => self.pushed.push((tag, image)),
                Err(error) => self.refusal(registry, error, &tag, &image)?,
            }
            if self.refused.values().sum::<usize>() >= REFUSALS {
                return Ok(());
            }
        }
        Err(fault("the disk did not fill up".to_owned()))
    }

    /// A refusal must be a clear answer, and what it refused absent or whole.
    fn refusal(&mut self, registry: &mut RegistryClient, error: Error, tag: &str, image: &Image) -> Result<(), Error> {
        let Error::Status { status: status @ (500 | 507), body, .. } = &error else { return Err(error) };
        let parsed: Value = serde_json::from_str(body).unwrap_or_default();
        if parsed["errors"][0]["code"].as_str().is_none_or(str::is_empty) {
            return Err(fault(format!("a refusal without an error code: {body}")));
        }
        *self.refused.entry(*status).or_default() += 1;
        for (digest, _) in image.blobs() {
            registry.verify_blob(REPOSITORY, &digest)?;
        }
        match registry.manifest(REPOSITORY, tag)? {
            Some(found) => Err(fault(format!("the refused tag {tag} leads to {}", found.digest))),
            None => Ok(()),
        }
    }

    /// Everything acknowledged is there.
    fn verify(&self, registry: &mut RegistryClient) -> Result<(), Error> {
        for (tag, image) in &self.pushed {
            let found = registry.manifest(REPOSITORY, tag)?;
            if found.as_ref().map(|found| &found.bytes) != Some(&image.manifest.bytes) {
                return Err(fault(format!("the tag {tag} does not lead to what was pushed")));
            }
            for (digest, _) in image.blobs() {
                if registry.verify_blob(REPOSITORY, &digest)?.is_none() {
                    return Err(fault(format!("the blob {digest} of the tag {tag} is gone")));
                }
            }
        }
        Ok(())
    }

    /// With space again, pushes succeed.
    fn push_again(&mut self, registry: &mut RegistryClient) -> Result<(), Error> {
        for number in 0..5 {
            let image = self.image(MOST_PUSHES + number)?;
            let tag = format!("again{number}");
            registry.push_image(REPOSITORY, &tag, &image)?;
            self.pushed.push((tag, image));
        }
        Ok(())
    }

    fn image(&mut self, number: usize) -> Result<Image, Error> {
        let size = (16 << 10) + self.random.below(400 << 10);
        let layer = LayerBuilder::new().file("srv/data", self.random.bytes(size)).build(Compression::None);
        let layer = layer.map_err(|source| Error::File { path: "layer".into(), source })?;
        Ok(ImageBuilder::new().layer(layer).annotation("number", &number.to_string()).build())
    }
}

/// The same blobs under another manifest.
fn relabelled(image: &Image, number: usize) -> Image {
    let builder = image.layers.iter().fold(ImageBuilder::new(), |builder, layer| builder.layer(layer.clone()));
    builder.annotation("number", &number.to_string()).build()
}

fn fault(reason: String) -> Error {
    Error::Content { path: REPOSITORY.to_owned(), reason }
}

fn set_ballast(path: &Path) -> Result<(), Error> {
    fs::write(path, vec![1; BALLAST]).map_err(|source| Error::File { path: path.to_owned(), source })
}

fn free(ballast: &Path) -> Result<(), Error> {
    fs::remove_file(ballast).map_err(|source| Error::File { path: ballast.to_owned(), source })
}
