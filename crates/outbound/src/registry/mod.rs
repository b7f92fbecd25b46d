//! Images in registries.

mod challenge;
mod session;

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use plimsoll_image::Budget;
use plimsoll_oci::{self as oci, Algorithm, Descriptor, Digest, MAX_MANIFEST_BYTES, media};
use plimsoll_registry::scan::{
    AnalysedLayer, MAX_DOCUMENT, Part, ScanError, ScannedImage, Selection, Store, analyse, inventory_of,
};
use serde_json::json;

use crate::client::Answer;
use crate::progress::Throttle;
use crate::{Client, Credentials, OutboundError, Progress, Reference};
use session::Session;

/// Scans an image where it lies: its layers are analysed as they come, two at a time, and nothing is written anywhere.
///
/// Every digest is proven: that of the manifest, if `reference` has one or the registry says one, and those of all that it
/// names. `selection` chooses the platform of an image that has several; its name is not looked at. `budget` holds for
/// each layer. A layer that its maker does not distribute is part of the answer, as unreadable.
///
/// # Errors
/// The registry cannot be reached, refuses, has no such image, or sends something else than it says.
pub fn scan_image(
    client: &Client,
    reference: &Reference,
    selection: &Selection,
    budget: &Budget,
    credentials: Option<&Credentials>,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<ScannedImage, OutboundError> {
    let mut session = Session::new(client, reference, credentials);
    let root = Root::get(&mut session, reference)?;
    let layers = Layers { done: 0, total: 0, throttle: Throttle::default(), report: &mut progress };
    let remote = Remote { session, root, layers: Mutex::new(layers) };
    let selection = Selection { name: None, ..selection.clone() };
    Ok(inventory_of(&remote, &selection, budget, &reference.to_string())?)
}

/// The manifest or index that a reference stands for.
struct Root {
    digest: Digest,
    media_type: String,
    bytes: Vec<u8>,
}

impl Root {
    fn get(session: &mut Session<'_>, reference: &Reference) -> Result<Self, OutboundError> {
        let whole = reference.to_string();
        let what = whole.split_once('/').map_or(&*whole, |(_, rest)| rest).to_owned();
        let path = format!("manifests/{}", reference.reference());
        let answer = session.first(&path, &what, &[accept()], reference.may_upgrade())?;
        let media_type = media::essence(answer.header("content-type").unwrap_or_default()).to_owned();
        let said = answer.header("docker-content-digest").and_then(|digest| digest.parse::<Digest>().ok());
        let bytes = answer.bytes(MAX_MANIFEST_BYTES as u64)?;
        let wanted = match reference.reference() {
            oci::Reference::Digest(digest) => Some(*digest),
            oci::Reference::Tag(_) => said,
        };
        let digest = wanted.map_or(Algorithm::Sha256, |wanted| wanted.algorithm()).digest(&bytes);
        match wanted {
            Some(expected) if expected != digest => {
                let (expected, found) = (Box::new(expected), Box::new(digest));
                Err(OutboundError::Mismatch { what, expected, found })
            }
            _ => Ok(Self { digest, media_type, bytes }),
        }
    }

    /// An image layout's index that names nothing but this.
    fn index(&self) -> Vec<u8> {
        let child = json!({"mediaType": self.media_type, "digest": self.digest, "size": self.bytes.len()});
        json!({"schemaVersion": 2, "mediaType": media::OCI_INDEX, "manifests": [child]}).to_string().into_bytes()
    }
}

fn accept() -> (&'static str, String) {
    let types = [media::OCI_INDEX, media::OCI_MANIFEST, media::DOCKER_LIST, media::DOCKER_MANIFEST];
    ("accept", types.join(", "))
}

/// A repository as a store of the parts of one image.
struct Remote<'a> {
    session: Session<'a>,
    root: Root,
    layers: Mutex<Layers<'a>>,
}

impl Remote<'_> {
    fn fetch(&self, descriptor: &Descriptor) -> Result<Option<Answer>, OutboundError> {
        let kind = descriptor.media_type.as_str();
        let is_manifest =
            matches!(kind, media::OCI_INDEX | media::OCI_MANIFEST | media::DOCKER_LIST | media::DOCKER_MANIFEST);
        let (folder, headers) = if is_manifest { ("manifests", vec![accept()]) } else { ("blobs", Vec::new()) };
        let digest = descriptor.digest;
        match self.session.get(&format!("{folder}/{digest}"), &format!("{digest}"), &headers) {
            Ok(answer) => Ok(Some(answer)),
            Err(OutboundError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn fetch_document(&self, descriptor: &Descriptor) -> Result<Option<Vec<u8>>, OutboundError> {
        let answer = self.fetch(descriptor)?;
        answer.map(|answer| answer.bytes(MAX_DOCUMENT.min(descriptor.size))).transpose()
    }

    fn open(&self, descriptor: &Descriptor) -> Result<Option<impl Read>, OutboundError> {
        let Some(answer) = self.fetch(descriptor)? else { return Ok(None) };
        let body = answer.body(descriptor.size)?;
        self.layers.lock().unwrap_or_else(PoisonError::into_inner).total += descriptor.size;
        Ok(Some(Watched { reader: body, layers: &self.layers }))
    }
}

impl Store for Remote<'_> {
    fn document(&self, part: &Part) -> Result<Option<Vec<u8>>, ScanError> {
        match &part.descriptor {
            None => Ok((part.name == "index.json").then(|| self.root.index())),
            Some(descriptor) if descriptor.digest == self.root.digest => Ok(Some(self.root.bytes.clone())),
            Some(descriptor) => self.fetch_document(descriptor).map_err(OutboundError::into_scan),
        }
    }

    fn layer(&self, part: &Part, budget: &Budget) -> Result<Option<AnalysedLayer>, ScanError> {
        let Some(descriptor) = &part.descriptor else { return Ok(None) };
        let open = || self.open(descriptor).map_err(OutboundError::into_scan);
        let Some(first) = open()? else { return Ok(None) };
        let mut first = Some(first);
        let again = || match first.take() {
            Some(first) => Ok(first),
            None => open()?.ok_or_else(|| ScanError::Missing(part.name.clone())),
        };
        analyse(again, descriptor.digest.algorithm(), budget).map(Some)
    }
}

/// How far the layers of an image are.
struct Layers<'a> {
    done: u64,
    total: u64,
    throttle: Throttle,
    report: &'a mut (dyn FnMut(Progress) + Send),
}

/// Counts what is read of a layer.
struct Watched<'a, 'b, R> {
    reader: R,
    layers: &'a Mutex<Layers<'b>>,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        layers.done += count as u64;
        if count == 0 || layers.throttle.is_due() {
            let progress = Progress { what: "layers".to_owned(), done: layers.done, total: Some(layers.total) };
            (layers.report)(progress);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
