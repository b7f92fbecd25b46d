//! One client of the torture run: pushes images, keeps its promises in the ledger, and picks up what a kill cut off.

use std::sync::Arc;

use plimsoll_oci::Digest;

use super::Options;
use super::gate::{Gate, Life, Turn};
use super::ledger::Ledger;
use crate::http::Client;
use crate::image::{Document, Image, ImageBuilder};
use crate::layer::{Compression, Layer, LayerBuilder};
use crate::registry::RegistryClient;
use crate::{Error, Random, random_blob};

/// Few repositories, so that clients meet in them.
const REPOSITORIES: [&str; 3] = ["torture/a", "torture/b", "torture/deep/c"];
/// Few tags for each client, so that they move.
const TAGS: usize = 4;
/// Few shared layers, so that clients push the same blob at once.
const SHARED_LAYERS: u64 = 6;
const CHUNK: usize = 1 << 20;

pub(super) struct Worker {
    number: usize,
    large: usize,
    random: Random,
    ledger: Arc<Ledger>,
    gate: Arc<Gate>,
    /// An upload that was acknowledged and not finished when the server died.
    pending: Option<Pending>,
}

struct Pending {
    repository: &'static str,
    upload: String,
    blob: Vec<u8>,
    digest: Digest,
    /// How many bytes the server acknowledged.
    acknowledged: u64,
    /// The life of the server that acknowledged them.
    life: usize,
    /// The last request that was sent for it.
    last: Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Patch,
    Put,
    Delete,
}

impl Worker {
    pub(super) fn new(number: usize, options: &Options, ledger: Arc<Ledger>, gate: Arc<Gate>) -> Self {
        gate.join();
        let random = Random::new(options.seed.wrapping_mul(1000).wrapping_add(number as u64 + 1));
        Self { number, large: options.large, random, ledger, gate, pending: None }
    }

    /// Works until the gate says stop.
    pub(super) fn run(mut self) {
        let mut dead = 0;
        loop {
            match self.gate.turn(dead) {
                Turn::Push(life) => {
                    let outcome = self.settle(&life).and_then(|()| self.push(&life));
                    if self.broke(outcome) {
                        dead = life.number;
                    }
                    self.gate.done();
                }
                Turn::Settle(life) => {
                    if let Err(error) = self.settle(&life) {
                        self.ledger.fault(format!("client {}, settling: {}", self.number, error.chain()));
                    }
                    self.gate.done();
                    break;
                }
                Turn::Stop => break,
            }
        }
        self.gate.leave();
    }

    /// Whether the connection broke, which is the kill this run is about; any other failure is the server's fault.
    fn broke(&self, outcome: Result<(), Error>) -> bool {
        match outcome {
            Ok(()) => false,
            Err(error) if error.is_connection() => {
                self.ledger.request_broken();
                true
            }
            Err(error) => {
                self.ledger.fault(format!("client {}: {}", self.number, error.chain()));
                false
            }
        }
    }

    fn push(&mut self, life: &Life) -> Result<(), Error> {
        let mut registry = connect(life);
        let repository = REPOSITORIES[self.random.below(REPOSITORIES.len())];
        if self.random.one_in(8) {
            self.push_large(&mut registry, repository, life)?;
        }
        let image = self.image()?;
        for (digest, bytes) in image.blobs() {
            self.push_blob(&mut registry, repository, digest, bytes)?;
        }
        let tag = format!("c{}-{}", self.number, self.random.below(TAGS));
        let Document { digest, bytes, .. } = &image.manifest;
        self.ledger.manifest_sent(repository, &tag, *digest);
        registry.put_manifest(repository, &tag, &image.manifest)?;
        self.ledger.manifest_acknowledged(repository, &tag, *digest, bytes);
        if self.random.one_in(10) {
            self.ledger.tag_deletion_sent(repository, &tag);
            registry.delete_manifest(repository, &tag)?;
            self.ledger.tag_deleted(repository, &tag);
        }
        Ok(())
    }

    /// An image of one to three small layers, some of which other clients push too.
    fn image(&mut self) -> Result<Image, Error> {
        let mut builder = ImageBuilder::new();
        for _ in 0..=self.random.below(3) {
            let layer = if self.random.one_in(3) {
                shared_layer(self.random.next_u64() % SHARED_LAYERS)
            } else {
                let size = 1 + self.random.below(64 << 10);
                layer(self.random.next_u64(), size)
            };
            builder = builder.layer(layer?);
        }
        let label = format!("{}-{:x}", self.number, self.random.next_u64());
        Ok(builder.process("Labels", serde_json::json!({"torture": label})).build())
    }

    fn push_blob(
        &mut self,
        registry: &mut RegistryClient,
        repository: &str,
        digest: Digest,
        bytes: &[u8],
    ) -> Result<(), Error> {
        self.ledger.blob_sent(repository, digest);
        match self.random.below(4) {
            0 => registry.push_blob_at_once(repository, &digest, bytes)?,
            1 => registry.push_blob_streamed(repository, &digest, &mut &*bytes)?,
            2 => {
                let from = REPOSITORIES[self.random.below(REPOSITORIES.len())];
                if from == repository || !registry.mount_blob(repository, &digest, from)? {
                    registry.push_blob(repository, &digest, bytes)?;
                }
            }
            _ => registry.push_blob(repository, &digest, bytes)?,
        }
        self.ledger.blob_acknowledged(repository, digest, bytes.len() as u64);
        Ok(())
    }

    /// Pushes a large blob in chunks, so that kills find it half done.
    fn push_large(
        &mut self,
        registry: &mut RegistryClient,
        repository: &'static str,
        life: &Life,
    ) -> Result<(), Error> {
        let blob = random_blob(self.random.next_u64(), self.large);
        let digest = Digest::sha256(&blob);
        let upload = registry.start_upload(repository)?;
        self.pending =
            Some(Pending { repository, upload, blob, digest, acknowledged: 0, life: life.number, last: Last::Patch });
        self.continue_upload(registry, life)
    }

    /// Sends what is missing of the pending upload and closes it.
    fn continue_upload(&mut self, registry: &mut RegistryClient, life: &Life) -> Result<(), Error> {
        let Some(pending) = &mut self.pending else { return Ok(()) };
        while let Some(rest) = pending.blob.get(pending.acknowledged as usize..).filter(|rest| !rest.is_empty()) {
            let chunk = &rest[..rest.len().min(CHUNK)];
            pending.upload = registry.append(&pending.upload, pending.acknowledged, chunk)?;
            pending.acknowledged += chunk.len() as u64;
            pending.life = life.number;
        }
        self.ledger.blob_sent(pending.repository, pending.digest);
        pending.last = Last::Put;
        registry.finish_upload(&pending.upload, &pending.digest, &[])?;
        self.ledger.blob_acknowledged(pending.repository, pending.digest, pending.blob.len() as u64);
        self.pending = None;
        Ok(())
    }

    /// Asks after an upload a kill cut off: most are resumed, some cancelled.
    fn settle(&mut self, life: &Life) -> Result<(), Error> {
        let Some(pending) = &mut self.pending else { return Ok(()) };
        let mut registry = connect(life);
        let Some((received, upload)) = registry.upload_status(&pending.upload)? else {
            return self.settle_vanished(&mut registry);
        };
        if received < pending.acknowledged {
            let Pending { upload, acknowledged, .. } = pending;
            self.ledger.fault(format!("upload {upload}: {acknowledged} bytes acknowledged, {received} still there"));
            self.pending = None;
            return Ok(());
        }
        let survived = life.number != pending.life;
        pending.upload = upload;
        pending.acknowledged = received;
        if pending.last == Last::Delete || self.random.one_in(4) {
            return self.cancel_upload(&mut registry);
        }
        self.continue_upload(&mut registry, life)?;
        if survived {
            self.ledger.upload_resumed();
        }
        Ok(())
    }

    fn cancel_upload(&mut self, registry: &mut RegistryClient) -> Result<(), Error> {
        let Some(pending) = &mut self.pending else { return Ok(()) };
        pending.last = Last::Delete;
        let upload = pending.upload.clone();
        registry.cancel_upload(&upload)?;
        self.pending = None;
        self.ledger.upload_cancelled();
        if registry.upload_status(&upload)?.is_some() {
            self.ledger.fault(format!("upload {upload} was cancelled and is still there"));
        }
        Ok(())
    }

    /// An upload may only be gone when its last request, a `PUT` or `DELETE` in flight at the kill, took effect.
    fn settle_vanished(&mut self, registry: &mut RegistryClient) -> Result<(), Error> {
        let Some(pending) = &self.pending else { return Ok(()) };
        match pending.last {
            Last::Delete => self.ledger.upload_cancelled(),
            Last::Put if registry.verify_blob(pending.repository, &pending.digest)?.is_some() => {
                self.ledger.blob_acknowledged(pending.repository, pending.digest, pending.blob.len() as u64);
            }
            last => {
                let Pending { upload, acknowledged, .. } = pending;
                self.ledger.fault(format!("upload {upload} vanished after {acknowledged} bytes and {last:?}"));
            }
        }
        self.pending = None;
        Ok(())
    }
}

fn connect(life: &Life) -> RegistryClient {
    let credentials = &life.credentials;
    RegistryClient::new(Client::new(life.address).basic(&credentials.access_key_id, &credentials.secret_access_key))
}

fn shared_layer(number: u64) -> Result<Layer, Error> {
    layer(number, 20_000 + 1000 * number as usize)
}

/// The layer that follows from `seed`: one file of `size` random bytes.
fn layer(seed: u64, size: usize) -> Result<Layer, Error> {
    let compression = if seed.is_multiple_of(2) { Compression::Gzip } else { Compression::None };
    let built = LayerBuilder::new().file("srv/data", random_blob(seed, size)).build(compression);
    built.map_err(|source| Error::File { path: "layer".into(), source })
}
