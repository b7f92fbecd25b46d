//! Users, keys, policies and sessions that come and go; and what nobody may do.

use serde_json::json;

use super::client::Hand;
use super::journal::{Change, Read, image_key};
use super::line::{DENIALS, Line, Said};
use crate::http::Body;
use crate::{Credentials, Error};

/// What a signature of a key that is gone is answered with.
const UNKNOWN_KEY: &str = "UnrecognizedClientException";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";

/// Whether a user has the policy it is given and taken.
fn attached_key(user: &str) -> String {
    format!("attached {user}")
}

/// Whether an access key can be used.
fn in_force_key(key: &str) -> String {
    format!("access key {key}")
}

impl Hand {
    fn own_arn(&self, kind_and_name: &str) -> String {
        format!("arn:aws:iam::{}:{kind_and_name}", self.account().id)
    }

    fn attach(&mut self, user: &str) -> Result<Said, Error> {
        let key = attached_key(&self.own_arn(&format!("user/{user}")));
        let here = Read::new(key.clone(), Some("yes".to_owned()));
        let change = Change::by_api("iam:AttachUserPolicy").sets(key, Some("yes")).or(vec![here]);
        let named = [("UserName", user), ("PolicyArn", READ_ONLY)];
        self.line.query("iam", "AttachUserPolicy", &named, Some(change), &[])
    }

    fn detach(&mut self, user: &str) -> Result<Said, Error> {
        let key = attached_key(&self.own_arn(&format!("user/{user}")));
        let change = Change::by_api("iam:DetachUserPolicy").sets(key.clone(), None);
        let named = [("UserName", user), ("PolicyArn", READ_ONLY)];
        let said = self.line.query("iam", "DetachUserPolicy", &named, Some(change), &["NoSuchEntity"])?;
        if !said.done() {
            self.line.saw(Read::new(key, None));
        }
        Ok(said)
    }

    /// A user of whom many clients change what it may do, while others use it.
    pub(super) fn change_pool_user(&mut self) -> Result<(), Error> {
        match self.random.below(4) {
            0 => self.attach("pool").map(drop),
            1 => self.detach("pool").map(drop),
            _ => {
                let (arn, key) = (self.own_arn("user/pool"), self.account().pool.clone());
                let mut pool = Line::new(self.line.address(), arn.as_str().into(), &key, self.journal.clone());
                let input = json!({ "repositoryName": "work/a" });
                let said = pool.ecr("DescribeImages", &input, None, DENIALS);
                if let Ok(said) = &said {
                    let may = (!said.denied()).then(|| "yes".to_owned());
                    pool.saw(Read::new(attached_key(&arn), may));
                }
                self.take_over(pool);
                said.map(drop)
            }
        }
    }

    /// A user from its first day to its last.
    pub(super) fn live_as_temporary_user(&mut self) -> Result<(), Error> {
        let user = self.name("temp");
        let arn = self.own_arn(&format!("user/{user}"));
        let named = [("UserName", user.as_str())];
        let change = Some(Change::by_api("iam:CreateUser"));
        if !self.line.query("iam", "CreateUser", &named, change, &[])?.done() {
            return Ok(());
        }
        let change = Some(Change::by_api("iam:CreateAccessKey"));
        let made = self.line.query("iam", "CreateAccessKey", &named, change, &[])?;
        let (Some(access_key_id), Some(secret_access_key)) =
            (made.element("AccessKeyId"), made.element("SecretAccessKey"))
        else {
            return Ok(());
        };
        let key = Credentials { access_key_id, secret_access_key };
        self.line.change_sets(in_force_key(&key.access_key_id), Some("yes"));
        self.use_key(&arn, &key)?;
        self.attach(&user)?;
        self.use_key(&arn, &key)?;
        self.detach(&user)?;
        let parameters = [("UserName", user.as_str()), ("AccessKeyId", key.access_key_id.as_str())];
        let change = Change::by_api("iam:DeleteAccessKey").sets(in_force_key(&key.access_key_id), None);
        self.line.query("iam", "DeleteAccessKey", &parameters, Some(change), &[])?;
        self.use_key(&arn, &key)?;
        self.line.query("iam", "DeleteUser", &named, Some(Change::by_api("iam:DeleteUser")), &[]).map(drop)
    }

    fn use_key(&mut self, arn: &str, key: &Credentials) -> Result<(), Error> {
        let mut line = Line::new(self.line.address(), arn.into(), key, self.journal.clone());
        let refusals = &["AccessDeniedException", UNKNOWN_KEY];
        let said = line.ecr("DescribeRepositories", &json!({}), None, refusals);
        if let Ok(said) = &said {
            let known = said.code != UNKNOWN_KEY;
            line.saw(Read::new(in_force_key(&key.access_key_id), known.then(|| "yes".to_owned())));
            if known {
                let may = (!said.denied()).then(|| "yes".to_owned());
                line.saw(Read::new(attached_key(arn), may));
            }
        }
        self.take_over(line);
        said.map(drop)
    }

    /// A session that may pull, and nothing else.
    pub(super) fn assume_role(&mut self) -> Result<(), Error> {
        let (role, name) = (self.own_arn("role/puller"), self.user.name.clone());
        let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", name.as_str())];
        let said = self.line.query("sts", "AssumeRole", &parameters, None, &[])?;
        let element = |name: &str| said.element(name).unwrap_or_default();
        let key = Credentials { access_key_id: element("AccessKeyId"), secret_access_key: element("SecretAccessKey") };
        let arn = format!("arn:aws:sts::{}:assumed-role/puller/{name}", self.account().id);
        let (address, journal) = (self.line.address(), self.journal.clone());
        let mut session = Line::of_session(address, &arn, &key, &element("SessionToken"), journal);
        let outcome = self.in_session(&mut session);
        self.take_over(session);
        outcome
    }

    fn in_session(&mut self, session: &mut Line) -> Result<(), Error> {
        let (repository, tag) = ("work/a", self.tag("work/a"));
        let input = json!({ "repositoryName": repository, "imageIds": [{ "imageTag": tag }] });
        let said = session.ecr("BatchGetImage", &input, None, &[])?;
        let digest = said.json()["images"][0]["imageId"]["imageDigest"].as_str().map(str::to_owned);
        session.saw(Read::new(image_key(self.account().id, repository, &tag), digest));
        let input = json!({ "repositoryName": repository, "force": true });
        let said = session.ecr("DeleteRepository", &input, None, DENIALS)?;
        self.must_be_denied("a session deletes a repository", &said);
        Ok(())
    }

    /// Something that no policy allows, and that must be denied whatever is there.
    pub(super) fn ask_for_too_much(&mut self) -> Result<(), Error> {
        let other = self.other_account().clone();
        let ecr = |operation: &'static str, input| (operation, input);
        let (operation, input) = match self.random.below(10) {
            0 => ecr("DescribeImages", json!({ "registryId": other.id, "repositoryName": "work/a" })),
            1 => ecr("ListImages", json!({ "registryId": other.id, "repositoryName": "shared/a" })),
            2 => ecr("DescribeRepositories", json!({ "registryId": other.id })),
            3 => ecr("DeleteRepository", json!({ "registryId": other.id, "repositoryName": "work/a", "force": true })),
            4 => ecr(
                "SetRepositoryPolicy",
                json!({ "registryId": other.id, "repositoryName": "shared/a",
                "policyText": "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }),
            ),
            5 => ecr("DescribeImages", json!({ "repositoryName": "secret/a" })),
            6 => return self.assume_role_of_other_account(),
            7 => return self.make_user(),
            8 => return self.mount_secret(),
            _ => return self.reach_over_docker(),
        };
        let said = self.line.ecr(operation, &input, None, DENIALS)?;
        self.must_be_denied(&format!("{operation} {input}"), &said);
        Ok(())
    }

    fn assume_role_of_other_account(&mut self) -> Result<(), Error> {
        let role = format!("arn:aws:iam::{}:role/puller", self.other_account().id);
        let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "thief")];
        let said = self.line.query("sts", "AssumeRole", &parameters, None, DENIALS)?;
        self.must_be_denied("the role of another account", &said);
        Ok(())
    }

    fn make_user(&mut self) -> Result<(), Error> {
        let said = self.line.query("iam", "CreateUser", &[("UserName", "root-to-be")], None, DENIALS)?;
        self.must_be_denied("a user of another name", &said);
        Ok(())
    }

    fn reach_over_docker(&mut self) -> Result<(), Error> {
        let prefix = self.other_account().prefix.clone();
        let own = self.path("secret/a");
        let requests = [
            ("GET", format!("/v2/{prefix}work/a/manifests/t0")),
            ("GET", format!("/v2/{prefix}vault/a/tags/list")),
            ("DELETE", format!("/v2/{prefix}shared/a/manifests/t0")),
            ("POST", format!("/v2/{prefix}shared/a/blobs/uploads/")),
            ("POST", format!("/v2/{prefix}not-there/blobs/uploads/")),
            ("GET", format!("/v2/{own}/manifests/t0")),
            ("GET", format!("/v2/{own}/blobs/{}", self.scene.layers[0].digest)),
        ];
        let (method, path) = &requests[self.random.below(requests.len())];
        let said = self.line.docker("denied over /v2/", (method, path), &[], Body::Empty, None, DENIALS)?;
        self.must_be_denied(path, &said);
        Ok(())
    }

    /// A layer of a repository that may not be pulled from must not be had by mounting it.
    fn mount_secret(&mut self) -> Result<(), Error> {
        let digest = self.scene.secret;
        let (from, to) = (self.path("secret/a"), self.path("work/a"));
        let path = format!("/v2/{to}/blobs/uploads/?mount={digest}&from={from}");
        let said = self.line.docker("POST upload", ("POST", &path), &[], Body::Empty, None, &[])?;
        if said.status == 201 {
            self.journal.fault(format!("{path} gave away a layer of a repository that is denied"));
        }
        Ok(())
    }

    fn must_be_denied(&mut self, what: &str, said: &Said) {
        if !said.denied() {
            let answer = said.response.text();
            self.journal.fault(format!("{}: {what}: not denied: {} {answer}", self.user.name, said.status));
        }
    }

    /// Takes over the requests that were sent as somebody else.
    fn take_over(&mut self, mut line: Line) {
        self.line.events.append(&mut line.events);
    }
}
