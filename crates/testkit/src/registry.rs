//! The distribution protocol as tests speak it: one method per request, over the blocking [`Client`].

use std::io::Read;

use plimsoll_oci::Digest;
use serde_json::Value;

use crate::Error;
use crate::http::{Body, Client, Request, Response};
use crate::image::{Document, Image};

/// What a client says it accepts when it asks for a manifest.
pub const ACCEPT_MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// The chunk Docker streams uploads in, in bytes.
const STREAM_CHUNK: usize = 32 << 10;

/// A client of one registry.
#[derive(Debug)]
pub struct RegistryClient {
    http: Client,
}

impl RegistryClient {
    /// A client that sends its requests through `http`.
    pub fn new(http: Client) -> Self {
        Self { http }
    }

    /// The HTTP client below, for requests this type has no method for.
    pub fn http(&mut self) -> &mut Client {
        &mut self.http
    }

    /// Sends a request whose answer must have one of `expect`'s statuses.
    pub fn expect(
        &mut self,
        method: &'static str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body<'_>,
        expect: &[u16],
    ) -> Result<Response, Error> {
        let request =
            headers.iter().fold(Request::new(method, path), |request, (name, value)| request.header(*name, *value));
        let response = self.http.send(request.body(body))?;
        if expect.contains(&response.status) {
            return Ok(response);
        }
        Err(Error::Status { method, path: path.to_owned(), status: response.status, body: response.text() })
    }

    /// Whether the repository has this blob.
    pub fn has_blob(&mut self, repository: &str, digest: &Digest) -> Result<bool, Error> {
        let path = format!("/v2/{repository}/blobs/{digest}");
        Ok(self.expect("HEAD", &path, &[], Body::Empty, &[200, 404])?.status == 200)
    }

    /// Pushes a blob as `POST` and one `PUT`.
    pub fn push_blob(&mut self, repository: &str, digest: &Digest, bytes: &[u8]) -> Result<(), Error> {
        let upload = self.start_upload(repository)?;
        self.finish_upload(&upload, digest, bytes)
    }

    /// Pushes a blob as one `POST` that carries it whole. A server may answer 202 instead; then it is sent by `PUT`.
    pub fn push_blob_at_once(&mut self, repository: &str, digest: &Digest, bytes: &[u8]) -> Result<(), Error> {
        let path = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
        let headers = [("content-type", "application/octet-stream")];
        let response = self.expect("POST", &path, &headers, Body::Bytes(bytes), &[201, 202])?;
        if response.status == 201 {
            return Ok(());
        }
        let upload = location(&path, &response)?;
        self.finish_upload(&upload, digest, bytes)
    }

    /// Pushes a blob as Docker does: `POST`, one streamed `PATCH` without a length, an empty `PUT`.
    pub fn push_blob_streamed(
        &mut self,
        repository: &str,
        digest: &Digest,
        reader: &mut dyn Read,
    ) -> Result<(), Error> {
        let upload = self.start_upload(repository)?;
        let body = Body::Chunked { reader, chunk: STREAM_CHUNK };
        let upload = self.patch(&upload, &[], body)?;
        self.finish_upload(&upload, digest, &[])
    }

    /// Mounts a blob of the repository `from`; says whether the server did, or opened an upload instead, which is then
    /// cancelled.
    pub fn mount_blob(&mut self, repository: &str, digest: &Digest, from: &str) -> Result<bool, Error> {
        let path = format!("/v2/{repository}/blobs/uploads/?mount={digest}&from={from}");
        let response = self.expect("POST", &path, &[], Body::Empty, &[201, 202])?;
        if response.status == 201 {
            return Ok(true);
        }
        let upload = location(&path, &response)?;
        self.cancel_upload(&upload)?;
        Ok(false)
    }

    /// Opens an upload; the answer is the path to send its bytes to.
    pub fn start_upload(&mut self, repository: &str) -> Result<String, Error> {
        let path = format!("/v2/{repository}/blobs/uploads/");
        let response = self.expect("POST", &path, &[], Body::Empty, &[202])?;
        location(&path, &response)
    }

    /// Sends `bytes` as the part of an upload that starts at `offset`; the answer is the path for the next part.
    pub fn append(&mut self, upload: &str, offset: u64, bytes: &[u8]) -> Result<String, Error> {
        let last = (offset + bytes.len() as u64).saturating_sub(1);
        let range = format!("{offset}-{last}");
        self.patch(upload, &[("content-range", &range)], Body::Bytes(bytes))
    }

    /// Sends one `PATCH` with `body`; the answer is the path for the next request.
    pub fn patch(&mut self, upload: &str, headers: &[(&str, &str)], body: Body<'_>) -> Result<String, Error> {
        let headers = [&[("content-type", "application/octet-stream")], headers].concat();
        let response = self.expect("PATCH", upload, &headers, body, &[202])?;
        location(upload, &response)
    }

    /// How many bytes of an upload the server has, and the path for the next part; `None` when it knows no such upload.
    pub fn upload_status(&mut self, upload: &str) -> Result<Option<(u64, String)>, Error> {
        let response = self.expect("GET", upload, &[], Body::Empty, &[204, 404])?;
        if response.status == 404 {
            return Ok(None);
        }
        let broken = |reason: &str| Error::Content { path: upload.to_owned(), reason: reason.to_owned() };
        let range = response.header("range").ok_or_else(|| broken("an upload status without a range"))?;
        let last = range.strip_prefix("0-").and_then(|last| last.parse::<u64>().ok());
        let last = last.ok_or_else(|| broken("an upload status whose range is not 0-<last>"))?;
        // `0-0` stands for no byte as well as for one; the distribution specification has no other way to say either.
        let received = if last == 0 { 0 } else { last + 1 };
        Ok(Some((received, location(upload, &response)?)))
    }

    /// Closes an upload with the bytes still missing and the digest of the whole.
    pub fn finish_upload(&mut self, upload: &str, digest: &Digest, bytes: &[u8]) -> Result<(), Error> {
        let separator = if upload.contains('?') { '&' } else { '?' };
        let path = format!("{upload}{separator}digest={digest}");
        let headers = [("content-type", "application/octet-stream")];
        self.expect("PUT", &path, &headers, Body::Bytes(bytes), &[201])?;
        Ok(())
    }

    /// Gives up an upload.
    pub fn cancel_upload(&mut self, upload: &str) -> Result<(), Error> {
        self.expect("DELETE", upload, &[], Body::Empty, &[204])?;
        Ok(())
    }

    /// Pushes a manifest under a tag or its digest.
    pub fn put_manifest(&mut self, repository: &str, reference: &str, manifest: &Document) -> Result<(), Error> {
        let path = format!("/v2/{repository}/manifests/{reference}");
        let headers = [("content-type", manifest.media_type.as_str())];
        self.expect("PUT", &path, &headers, Body::Bytes(&manifest.bytes), &[201])?;
        Ok(())
    }

    /// Pushes every blob of `image`, then its manifest under `reference`.
    pub fn push_image(&mut self, repository: &str, reference: &str, image: &Image) -> Result<(), Error> {
        for (digest, bytes) in image.blobs() {
            self.push_blob(repository, &digest, bytes)?;
        }
        self.put_manifest(repository, reference, &image.manifest)
    }

    /// The manifest of a tag or digest, its bytes checked against the digest the server names; `None` if there is none.
    pub fn manifest(&mut self, repository: &str, reference: &str) -> Result<Option<Document>, Error> {
        let path = format!("/v2/{repository}/manifests/{reference}");
        let response = self.expect("GET", &path, &[("accept", ACCEPT_MANIFESTS)], Body::Empty, &[200, 404])?;
        if response.status == 404 {
            return Ok(None);
        }
        let media_type = response.header("content-type").unwrap_or_default();
        let document = Document::new(media_type, response.body.clone());
        let claimed = response.header("docker-content-digest").unwrap_or_default();
        if claimed != document.digest.to_string() {
            let reason = format!("the manifest hashes to {} and is called {claimed:?}", document.digest);
            return Err(Error::Content { path, reason });
        }
        Ok(Some(document))
    }

    /// The size of a blob whose bytes were read and hash to `digest`; `None` if the repository has none.
    pub fn verify_blob(&mut self, repository: &str, digest: &Digest) -> Result<Option<u64>, Error> {
        let path = format!("/v2/{repository}/blobs/{digest}");
        let mut hasher = digest.algorithm().hasher();
        let mut size = 0;
        let response = self.http.send_into(Request::new("GET", path.as_str()), &mut |bytes| {
            hasher.update(bytes);
            size += bytes.len() as u64;
        })?;
        match response.status {
            404 => Ok(None),
            200 if hasher.clone().finish() == *digest => Ok(Some(size)),
            200 => {
                let reason = format!("the blob's {size} bytes hash to {}", hasher.finish());
                Err(Error::Content { path, reason })
            }
            status => Err(Error::Status { method: "GET", path, status, body: String::new() }),
        }
    }

    /// Deletes a tag or a manifest; says whether there was one.
    pub fn delete_manifest(&mut self, repository: &str, reference: &str) -> Result<bool, Error> {
        let path = format!("/v2/{repository}/manifests/{reference}");
        Ok(self.expect("DELETE", &path, &[], Body::Empty, &[202, 404])?.status == 202)
    }

    /// Every tag of a repository, by following the pages of the list; none for a repository that is not there.
    pub fn tags(&mut self, repository: &str) -> Result<Vec<String>, Error> {
        self.pages(format!("/v2/{repository}/tags/list?n=100"), "tags")
    }

    /// Every repository, by following the pages of the catalog.
    pub fn catalog(&mut self) -> Result<Vec<String>, Error> {
        self.pages("/v2/_catalog?n=100".to_owned(), "repositories")
    }

    fn pages(&mut self, first: String, member: &str) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        let mut next = Some(first);
        while let Some(path) = next {
            let response = self.expect("GET", &path, &[], Body::Empty, &[200, 404])?;
            if response.status == 404 {
                return Ok(names);
            }
            let page: Value = serde_json::from_slice(&response.body)
                .map_err(|error| Error::Content { path: path.clone(), reason: error.to_string() })?;
            let page = page[member].as_array().cloned().unwrap_or_default();
            names.extend(page.iter().filter_map(Value::as_str).map(str::to_owned));
            next = response.header("link").and_then(next_page);
        }
        Ok(names)
    }
}

/// The path of a `Link: <path>; rel="next"` header.
fn next_page(link: &str) -> Option<String> {
    let (target, _) = link.strip_prefix('<')?.split_once('>')?;
    Some(without_host(target).to_owned())
}

fn location(path: &str, response: &Response) -> Result<String, Error> {
    let missing = || Error::Content { path: path.to_owned(), reason: "an answer without a location".to_owned() };
    response.header("location").map(|location| without_host(location).to_owned()).ok_or_else(missing)
}

/// The path and query of a URL that may be absolute.
fn without_host(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_locations_lose_their_host() {
        fn check(url: &str, expect: &str) {
            assert_eq!(without_host(url), expect);
        }
        check("/v2/a/blobs/uploads/1?x=y", "/v2/a/blobs/uploads/1?x=y");
        check("http://127.0.0.1:5000/v2/a", "/v2/a");
        check("http://127.0.0.1:5000", "/");
        assert_eq!(next_page("</v2/_catalog?n=1&last=a>; rel=\"next\"").as_deref(), Some("/v2/_catalog?n=1&last=a"));
        assert_eq!(next_page("nothing"), None);
    }
}
