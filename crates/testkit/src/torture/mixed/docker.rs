//! What docker and its like do, over `/v2/`.

use base64::Engine as _;
use plimsoll_oci::Digest;
use serde_json::{Value, json};

use super::client::{Hand, members};
use super::journal::{Change, Read, grant_key, image_key};
use super::line::{Refusals, Said};
use crate::Error;
use crate::http::Body;
use crate::image::{Document, Format, Image, index};
use crate::registry::ACCEPT_MANIFESTS;

const ACCEPT: (&str, &str) = ("accept", ACCEPT_MANIFESTS);
const BYTES: (&str, &str) = ("content-type", "application/octet-stream");
const NONE: Refusals = &[];

/// How a push may be refused: where tags are immutable, and where the repository may be deleted on the way.
fn push_refusals(repository: &str) -> Refusals {
    match repository.split('/').next() {
        Some("fixed" | "vault") => &["TAG_INVALID"],
        Some("temp") => &["NAME_UNKNOWN", "MANIFEST_BLOB_UNKNOWN", "BLOB_UPLOAD_UNKNOWN"],
        Some("lists") => &["MANIFEST_BLOB_UNKNOWN", "MANIFEST_UNKNOWN"],
        _ => NONE,
    }
}

/// How a request for something that need not be there may be refused.
pub(super) fn pull_refusals(repository: &str) -> Refusals {
    match repository.split('/').next() {
        Some("fixed" | "vault" | "temp") => &["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "BLOB_UNKNOWN", "404"],
        _ => &["MANIFEST_UNKNOWN", "404"],
    }
}

impl Hand {
    pub(super) fn log_in(&mut self) -> Result<(), Error> {
        let said = self.line.ecr("GetAuthorizationToken", &json!({}), None, NONE)?;
        let token = said.json()["authorizationData"][0]["authorizationToken"].as_str().unwrap_or_default().to_owned();
        let pair = base64::engine::general_purpose::STANDARD.decode(token).unwrap_or_default();
        if let Some((_, password)) = String::from_utf8_lossy(&pair).split_once(':') {
            self.line.log_in(password);
        }
        Ok(())
    }

    /// A new image under a tag that may be somebody's.
    pub(super) fn push(&mut self) -> Result<(), Error> {
        let repository = self.repository();
        let (tag, image) = (self.tag(&repository), self.image());
        if self.push_image(&repository, &tag, &image)? {
            self.remember(&repository, &tag, image);
        }
        Ok(())
    }

    /// What was pushed before, under the same tag.
    pub(super) fn push_again(&mut self) -> Result<(), Error> {
        let Some(pushed) = self.recall() else { return self.push() };
        self.push_image(&pushed.repository, &pushed.tag, &pushed.image).map(drop)
    }

    /// Two images without tags, and an index of both.
    pub(super) fn push_index(&mut self) -> Result<(), Error> {
        let (repository, tag) = ("lists/a", self.tag("lists/a"));
        let images = [self.image(), self.image()];
        for image in &images {
            let digest = image.manifest.digest.to_string();
            if !self.push_image(repository, &digest, image)? {
                return Ok(());
            }
        }
        let index = index(Format::Oci, &images);
        self.journal.manifest(&index);
        self.put_manifest(repository, &tag, &index).map(drop)
    }

    fn push_image(&mut self, repository: &str, reference: &str, image: &Image) -> Result<bool, Error> {
        for (digest, bytes) in image.blobs() {
            if !self.push_blob(repository, &digest, bytes)? {
                return Ok(false);
            }
        }
        self.put_manifest(repository, reference, &image.manifest)
    }

    pub(super) fn put_manifest(
        &mut self,
        repository: &str,
        reference: &str,
        manifest: &Document,
    ) -> Result<bool, Error> {
        let path = format!("/v2/{}/manifests/{reference}", self.path(repository));
        let digest = manifest.digest.to_string();
        let here = Read::new(image_key(self.account().id, repository, reference), Some(digest.clone()));
        let change = Change::new("ecr:PutImage").or(vec![here]);
        let headers = [("content-type", manifest.media_type.as_str())];
        let (body, refusals) = (Body::Bytes(&manifest.bytes), push_refusals(repository));
        let said = self.line.docker("PUT manifest", ("PUT", &path), &headers, body, Some(change), refusals)?;
        if said.done() && repository == "vault/a" {
            let key = format!("vault {}/{repository} {reference}", self.account().id);
            self.line.saw(Read::new(key, Some(digest)));
        }
        Ok(said.done())
    }

    /// In one of the ways there are: unless it is there, whole, in two requests, or from another repository.
    fn push_blob(&mut self, repository: &str, digest: &Digest, bytes: &[u8]) -> Result<bool, Error> {
        let path = self.path(repository);
        let refusals = push_refusals(repository);
        let uploads = format!("/v2/{path}/blobs/uploads/");
        let complete = || Some(Change::new("ecr:CompleteLayerUpload").or(Vec::new()));
        let way = self.random.below(4);
        if way == 0 {
            let refusals = pull_refusals("temp");
            let blob = format!("/v2/{path}/blobs/{digest}");
            if self.line.docker("HEAD blob", ("HEAD", &blob), &[], Body::Empty, None, refusals)?.done() {
                return Ok(true);
            }
        }
        if way == 1 {
            let whole = format!("{uploads}?digest={digest}");
            let body = Body::Bytes(bytes);
            return Ok(self.line.docker("POST blob", ("POST", &whole), &[BYTES], body, complete(), refusals)?.done());
        }
        let start = match way {
            2 => format!("{uploads}?mount={digest}&from={}", self.path("work/a")),
            _ => uploads,
        };
        let said = self.line.docker("POST upload", ("POST", &start), &[], Body::Empty, complete(), refusals)?;
        if said.status != 202 {
            return Ok(said.done());
        }
        let Some(location) = location(&said) else { return Ok(false) };
        let path = format!("{location}{}digest={digest}", if location.contains('?') { '&' } else { '?' });
        let body = Body::Bytes(bytes);
        Ok(self.line.docker("PUT blob", ("PUT", &path), &[BYTES], body, complete(), refusals)?.done())
    }

    /// A tag or a digest, and then all that it consists of.
    pub(super) fn pull(&mut self) -> Result<(), Error> {
        let (repository, reference) = match self.recall() {
            Some(pushed) if self.random.one_in(3) => {
                let digest = pushed.image.manifest.digest.to_string();
                (pushed.repository, if self.random.one_in(2) { digest } else { pushed.tag })
            }
            _ => {
                let repository = if self.random.one_in(6) { "lists/a".to_owned() } else { self.repository() };
                let tag = self.tag(&repository);
                (repository, tag)
            }
        };
        let path = self.path(&repository);
        let said = self.get_manifest(&path, &reference, pull_refusals(&repository))?;
        let digest = self.digest_of(&said);
        self.line.saw(Read::new(image_key(self.account().id, &repository, &reference), digest.clone()));
        match digest {
            Some(_) => self.pull_blobs(&path, &repository, &said.json()),
            None => Ok(()),
        }
    }

    /// From the repository the other account shares, sometimes.
    pub(super) fn pull_from_other_account(&mut self) -> Result<(), Error> {
        let repository = "shared/a";
        let (tag, account) = (self.tag(repository), self.other_account().clone());
        let path = format!("{}{repository}", account.prefix);
        let said = self.get_manifest(&path, &tag, &["MANIFEST_UNKNOWN", "DENIED"])?;
        let granted = (!said.denied()).then(|| "yes".to_owned());
        self.line.saw(Read::new(grant_key(account.id, repository), granted));
        if !said.denied() {
            let digest = self.digest_of(&said);
            self.line.saw(Read::new(image_key(account.id, repository, &tag), digest));
        }
        Ok(())
    }

    fn get_manifest(&mut self, path: &str, reference: &str, refusals: Refusals) -> Result<Said, Error> {
        let path = format!("/v2/{path}/manifests/{reference}");
        self.line.docker("GET manifest", ("GET", &path), &[ACCEPT], Body::Empty, None, refusals)
    }

    /// The digest of a manifest that came, which must be that of its bytes.
    fn digest_of(&mut self, said: &Said) -> Option<String> {
        if !said.done() {
            return None;
        }
        let claimed = said.response.header("docker-content-digest").unwrap_or_default().to_owned();
        let actual = Digest::sha256(&said.response.body).to_string();
        if claimed != actual {
            self.journal.fault(format!("a manifest hashes to {actual} and is called {claimed}"));
        }
        Some(claimed)
    }

    fn pull_blobs(&mut self, path: &str, repository: &str, manifest: &Value) -> Result<(), Error> {
        let refusals = if repository.starts_with("temp") { pull_refusals(repository) } else { NONE };
        for descriptor in members(&manifest["layers"]).chain(manifest.get("config")) {
            let digest = descriptor["digest"].as_str().unwrap_or_default();
            let blob = format!("/v2/{path}/blobs/{digest}");
            let said = self.line.docker("GET blob", ("GET", &blob), &[], Body::Empty, None, refusals)?;
            if said.done() && Digest::sha256(&said.response.body).to_string() != digest {
                self.journal.fault(format!("{blob} has other bytes"));
            }
        }
        Ok(())
    }

    /// A tag, or an image with all its tags.
    pub(super) fn delete_over_docker(&mut self) -> Result<(), Error> {
        let repository = self.pick(&["work/a", "work/b", "fixed/a", "temp/0", "temp/1"]).to_owned();
        let reference = match self.recall() {
            Some(pushed) if pushed.repository == repository => pushed.image.manifest.digest.to_string(),
            _ => self.tag(&repository),
        };
        let path = format!("/v2/{}/manifests/{reference}", self.path(&repository));
        let change = Some(Change::new("ecr:BatchDeleteImage"));
        let refusals = pull_refusals(&repository);
        self.line.docker("DELETE manifest", ("DELETE", &path), &[], Body::Empty, change, refusals).map(drop)
    }

    /// The tags that follow a version, together.
    pub(super) fn move_versions(&mut self) -> Result<(), Error> {
        let repository = "work/b";
        let source = self.tag(repository);
        let path = format!("/api/v1/tags/{}", self.path(repository));
        let body = json!({ "source": source, "semver": true }).to_string();
        let change = Some(Change::new("ecr:PutImage").or(Vec::new()));
        let refusals = &["MANIFEST_UNKNOWN"];
        let body = Body::Bytes(body.as_bytes());
        let said = self.line.docker("POST tags", ("POST", &path), &[], body, change, refusals)?;
        if members(&said.json()["moved"]).next().is_some() {
            self.line.must_be_recorded();
        }
        Ok(())
    }
}

/// Where an answer points to, without the host.
fn location(said: &Said) -> Option<String> {
    let location = said.response.header("location")?;
    let path = location.split_once("://").map_or(location, |(_, rest)| &rest[rest.find('/').unwrap_or(0)..]);
    Some(path.to_owned())
}
