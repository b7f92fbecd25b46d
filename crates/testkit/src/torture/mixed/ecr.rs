//! What scripts do through the ECR API.

use base64::Engine as _;
use serde_json::{Value, json};

use super::client::{Hand, members};
use super::docker::pull_refusals;
use super::journal::{Change, Read, grant_key, image_key};
use super::line::{Refusals, Said};
use crate::Error;
use crate::http::Body;

/// Repositories that come and go, or come with the first push to them.
fn may_be_missing(repository: &str) -> bool {
    ["temp/", "fixed/", "vault/"].iter().any(|family| repository.starts_with(family))
}

fn missing(repository: &str) -> Refusals {
    if may_be_missing(repository) { &["RepositoryNotFoundException"] } else { &[] }
}

fn upload_refusals(repository: &str) -> Refusals {
    if may_be_missing(repository) {
        &["LayerAlreadyExistsException", "RepositoryNotFoundException", "UploadNotFoundException"]
    } else {
        &["LayerAlreadyExistsException"]
    }
}

fn put_refusals(repository: &str) -> Refusals {
    match repository.split('/').next() {
        Some("fixed" | "vault") => {
            &["ImageAlreadyExistsException", "ImageTagAlreadyExistsException", "RepositoryNotFoundException"]
        }
        Some("temp") => &["ImageAlreadyExistsException", "RepositoryNotFoundException", "LayersNotFoundException"],
        Some("lists") => &["ImageAlreadyExistsException", "ReferencedImagesNotFoundException"],
        _ => &["ImageAlreadyExistsException"],
    }
}

/// The policy that lets another account pull.
fn pull_grant(account: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"] }] })
    .to_string()
}

fn lifecycle(tags: &str, keep: usize) -> String {
    json!({ "rules": [{ "rulePriority": 1, "description": "keep the latest few",
        "selection": { "tagStatus": tags, "countType": "imageCountMoreThan", "countNumber": keep },
        "action": { "type": "expire" } }] })
    .to_string()
}

impl Hand {
    /// The layers of an image by parts, then its manifest.
    pub(super) fn push_by_api(&mut self) -> Result<(), Error> {
        let repository = self.pick(&["work/a", "shared/a", "aging/a", "temp/2"]).to_owned();
        let (tag, image) = (self.tag(&repository), self.image());
        for (digest, bytes) in image.blobs() {
            let start = json!({ "repositoryName": repository });
            let said = self.line.ecr("InitiateLayerUpload", &start, None, missing(&repository))?;
            let Some(upload) = said.json()["uploadId"].as_str().map(str::to_owned) else { return Ok(()) };
            let blob = base64::engine::general_purpose::STANDARD.encode(bytes);
            let part = json!({ "repositoryName": repository, "uploadId": upload, "partFirstByte": 0,
                "partLastByte": bytes.len() - 1, "layerPartBlob": blob });
            if !self.line.ecr("UploadLayerPart", &part, None, upload_refusals(&repository))?.done() {
                return Ok(());
            }
            let end = json!({ "repositoryName": repository, "uploadId": upload, "layerDigests": [digest] });
            let change = Change::by_api("ecr:CompleteLayerUpload");
            self.line.ecr("CompleteLayerUpload", &end, Some(change), upload_refusals(&repository))?;
        }
        let manifest = String::from_utf8_lossy(&image.manifest.bytes).into_owned();
        if self.put_image(&repository, &tag, &manifest)?.done() {
            self.remember(&repository, &tag, image);
        }
        Ok(())
    }

    fn put_image(&mut self, repository: &str, tag: &str, manifest: &str) -> Result<Said, Error> {
        let input = json!({ "repositoryName": repository, "imageManifest": manifest, "imageTag": tag });
        let said = self.line.ecr("PutImage", &input, Some(Change::by_api("ecr:PutImage")), put_refusals(repository))?;
        if said.done() && repository == "vault/a" {
            let key = format!("vault {}/{repository} {tag}", self.account().id);
            let digest = said.json()["image"]["imageId"]["imageDigest"].as_str().map(str::to_owned);
            self.line.saw(Read::new(key, digest));
        }
        Ok(said)
    }

    /// Gives an image another tag, as is usual: its manifest is put again.
    pub(super) fn retag(&mut self) -> Result<(), Error> {
        let repository = self.repository();
        let (from, to) = (self.tag(&repository), self.tag(&repository));
        let input = json!({ "repositoryName": repository, "imageIds": [{ "imageTag": from }] });
        let said = self.line.ecr("BatchGetImage", &input, None, missing(&repository))?;
        let image = said.json()["images"][0].clone();
        let digest = image["imageId"]["imageDigest"].as_str().map(str::to_owned);
        let found = digest.is_some();
        self.line.saw(Read::new(image_key(self.account().id, &repository, &from), digest));
        if found {
            let manifest = image["imageManifest"].as_str().unwrap_or_default().to_owned();
            self.put_image(&repository, &to, &manifest)?;
        }
        Ok(())
    }

    fn image_ids(&mut self, repository: &str) -> Result<Vec<Value>, Error> {
        let input = json!({ "repositoryName": repository, "filter": { "imageStatus": "ANY" } });
        let said = self.line.ecr("ListImages", &input, None, missing(repository))?;
        Ok(members(&said.json()["imageIds"]).cloned().collect())
    }

    /// Up to three images or tags in one request.
    pub(super) fn delete_by_api(&mut self) -> Result<(), Error> {
        let repository =
            self.pick(&["work/a", "work/b", "shared/a", "fixed/a", "lists/a", "temp/0", "temp/2"]).to_owned();
        let listed = self.image_ids(&repository)?;
        let mut ids = Vec::new();
        for _ in 0..=self.random.below(3) {
            let Some(id) = self.random.pick(&listed).cloned() else { return Ok(()) };
            let id = match id["imageTag"].as_str() {
                Some(tag) if self.random.one_in(2) => json!({ "imageTag": tag }),
                Some(_) if self.random.one_in(2) => id,
                _ => json!({ "imageDigest": id["imageDigest"] }),
            };
            ids.push(id);
        }
        let input = json!({ "repositoryName": repository, "imageIds": ids });
        let change = Some(Change::by_api("ecr:BatchDeleteImage").or(Vec::new()));
        let said = self.line.ecr("BatchDeleteImage", &input, change, missing(&repository))?;
        if members(&said.json()["imageIds"]).next().is_some() {
            self.line.must_be_recorded();
        }
        Ok(())
    }

    pub(super) fn list(&mut self) -> Result<(), Error> {
        let repository = self.repository();
        let named = json!({ "repositoryName": repository });
        match self.random.below(6) {
            0 => self.image_ids(&repository).map(drop),
            1 => self.line.ecr("DescribeImages", &named, None, missing(&repository)).map(drop),
            2 => self.line.ecr("DescribeRepositories", &json!({}), None, &[]).map(drop),
            3 => {
                let path = format!("/v2/{}/tags/list", self.path(&repository));
                let refusals = pull_refusals(&repository);
                self.line.docker("GET tags", ("GET", &path), &[], Body::Empty, None, refusals).map(drop)
            }
            4 => {
                let path = format!("/api/v1/history/{}", self.path("work/a"));
                self.line.docker("GET history", ("GET", &path), &[], Body::Empty, None, &[]).map(drop)
            }
            _ => {
                let digests: Vec<_> = self.scene.layers.iter().map(|layer| layer.digest).collect();
                let input = json!({ "repositoryName": repository, "layerDigests": digests });
                self.line.ecr("BatchCheckLayerAvailability", &input, None, missing(&repository)).map(drop)
            }
        }
    }

    pub(super) fn make_or_remove_repository(&mut self) -> Result<(), Error> {
        let repository = self.pick(&["temp/0", "temp/1", "temp/2"]).to_owned();
        if self.random.one_in(2) {
            let (input, change) = (json!({ "repositoryName": repository }), Change::by_api("ecr:CreateRepository"));
            let refusals = &["RepositoryAlreadyExistsException"];
            return self.line.ecr("CreateRepository", &input, Some(change), refusals).map(drop);
        }
        let input = json!({ "repositoryName": repository, "force": self.random.one_in(2) });
        let refusals = &["RepositoryNotFoundException", "RepositoryNotEmptyException"];
        let change = Change::by_api("ecr:DeleteRepository");
        self.line.ecr("DeleteRepository", &input, Some(change), refusals).map(drop)
    }

    pub(super) fn set_lifecycle(&mut self) -> Result<(), Error> {
        let (repository, tags) = if self.random.one_in(2) { ("aging/a", "any") } else { ("lists/a", "untagged") };
        let keep = 2 + self.random.below(6);
        let named = json!({ "repositoryName": repository });
        let with_text = json!({ "repositoryName": repository, "lifecyclePolicyText": lifecycle(tags, keep) });
        let none: Refusals = &["LifecyclePolicyNotFoundException"];
        match self.random.below(5) {
            0 => {
                let change = Change::by_api("ecr:DeleteLifecyclePolicy");
                self.line.ecr("DeleteLifecyclePolicy", &named, Some(change), none).map(drop)
            }
            1 => self.line.ecr("GetLifecyclePolicy", &named, None, none).map(drop),
            2 => {
                let busy: Refusals = &["LifecyclePolicyPreviewInProgressException"];
                self.line.ecr("StartLifecyclePolicyPreview", &with_text, None, busy)?;
                let none: Refusals = &["LifecyclePolicyPreviewNotFoundException"];
                self.line.ecr("GetLifecyclePolicyPreview", &named, None, none).map(drop)
            }
            _ => {
                let change = Change::by_api("ecr:PutLifecyclePolicy").or(Vec::new());
                self.line.ecr("PutLifecyclePolicy", &with_text, Some(change), &[]).map(drop)
            }
        }
    }

    /// Lets the other account pull from one repository, or no longer.
    pub(super) fn grant_or_revoke(&mut self) -> Result<(), Error> {
        let repository = "shared/a";
        let key = grant_key(self.account().id, repository);
        if self.random.one_in(2) {
            let text = pull_grant(self.other_account().id);
            let input = json!({ "repositoryName": repository, "policyText": text });
            let change = Change::by_api("ecr:SetRepositoryPolicy").sets(key, Some("yes"));
            return self.line.ecr("SetRepositoryPolicy", &input, Some(change), &[]).map(drop);
        }
        let input = json!({ "repositoryName": repository });
        let change = Change::by_api("ecr:DeleteRepositoryPolicy").sets(key.clone(), None);
        let refusals = &["RepositoryPolicyNotFoundException"];
        let said = self.line.ecr("DeleteRepositoryPolicy", &input, Some(change), refusals)?;
        if !said.done() {
            self.line.saw(Read::new(key, None));
        }
        Ok(())
    }

    pub(super) fn archive_or_restore(&mut self) -> Result<(), Error> {
        let repository = self.pick(&["work/a", "work/b"]).to_owned();
        let tag = self.tag(&repository);
        let class = if self.random.one_in(2) { "ARCHIVE" } else { "STANDARD" };
        let input =
            json!({ "repositoryName": repository, "imageId": { "imageTag": tag }, "targetStorageClass": class });
        let change = Some(Change::by_api("ecr:UpdateImageStorageClass").or(Vec::new()));
        let refusals = &["ImageNotFoundException", "ImageStorageClassUpdateNotSupportedException"];
        self.line.ecr("UpdateImageStorageClass", &input, change, refusals).map(drop)
    }

    pub(super) fn scan(&mut self) -> Result<(), Error> {
        let repository = self.pick(&["work/a", "work/b", "shared/a"]).to_owned();
        let input = json!({ "repositoryName": repository, "imageId": { "imageTag": self.tag(&repository) } });
        let refusals = &["ImageNotFoundException", "LimitExceededException", "ImageArchivedException"];
        let change = Some(Change::by_api("ecr:StartImageScan"));
        self.line.ecr("StartImageScan", &input, change, refusals)?;
        let refusals = &["ImageNotFoundException", "ScanNotFoundException"];
        self.line.ecr("DescribeImageScanFindings", &input, None, refusals).map(drop)
    }
}
