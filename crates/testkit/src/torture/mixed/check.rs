//! The server held against the model, when no client works any more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_oci::Digest;
use serde_json::{Value, json};

use super::client::members;
use super::command;
use super::journal::Journal;
use super::log::{self, Record};
use super::replay::{Images, Model};
use super::scene::{Account, Scene};
use crate::http::Client;
use crate::registry::RegistryClient;
use crate::sigv4::{AwsClient, Signer};
use crate::{Error, RealBinary};

/// How many entries of a list that is not as it has to be are named.
const SHOWN: usize = 5;

/// Takes the lifecycle policies away, so that nothing happens any more, and hands the audit log to `replay`.
pub(super) fn settled(
    binary: &Path,
    data: &Path,
    server: &RealBinary,
    scene: &Scene,
    replay: impl FnOnce(&[Record]) -> Model,
) -> Result<Model, String> {
    for account in &scene.accounts {
        let mut ecr = AwsClient::new(server.address(), Signer::new(&account.administrator, "ecr"));
        for repository in ["aging/a", "lists/a"] {
            let input = json!({ "repositoryName": repository });
            let answer = ecr.call("DeleteLifecyclePolicy", &input).map_err(|error| error.chain())?;
            if !["", "LifecyclePolicyNotFoundException"].contains(&answer.code()) {
                return Err(answer.summary());
            }
        }
    }
    let records = log::records(&command(binary, data, &["audit", "export"])?)?;
    Ok(replay(&records))
}

/// Everything there is, in both accounts.
pub(super) fn everything(server: &RealBinary, scene: &Scene, journal: &Journal, model: &Model) -> Vec<String> {
    let mut faults = Vec::new();
    for account in &scene.accounts {
        let mut look = Look::new(server, account, journal);
        if let Err(error) = look.account(model) {
            look.faults.push(error);
        }
        faults.append(&mut look.faults);
    }
    faults.extend(kept(server, scene, journal));
    faults
}

/// What was acknowledged where nothing is deleted, by what the clients were told alone.
fn kept(server: &RealBinary, scene: &Scene, journal: &Journal) -> Vec<String> {
    let events = journal.events();
    let reads = events.iter().flat_map(|event| &event.reads);
    let acknowledged: BTreeMap<&str, Option<&str>> =
        reads.filter_map(|read| Some((read.key.strip_prefix("vault ")?, read.value.as_deref()))).collect();
    let mut faults = Vec::new();
    for (key, digest) in acknowledged {
        let (Some((place, tag)), Some(account)) =
            (key.split_once(' '), scene.accounts.iter().find(|account| key.starts_with(account.id)))
        else {
            continue;
        };
        let repository = place.split_once('/').map_or(place, |(_, name)| name);
        let path = format!("{}{repository}", account.prefix);
        match registry(server, account).manifest(&path, tag) {
            Ok(Some(found)) if Some(found.digest.to_string().as_str()) == digest => {}
            Ok(found) => {
                let found = found.map(|found| found.digest);
                faults.push(format!("{path}:{tag} was acknowledged as {digest:?} and is {found:?}"));
            }
            Err(error) => faults.push(error.chain()),
        }
    }
    faults
}

fn registry(server: &RealBinary, account: &Account) -> RegistryClient {
    let key = &account.administrator;
    RegistryClient::new(Client::new(server.address()).basic(&key.access_key_id, &key.secret_access_key))
}

/// A look at one account.
struct Look<'a> {
    account: &'a Account,
    journal: &'a Journal,
    ecr: AwsClient,
    registry: RegistryClient,
    /// Blobs that were read, by repository.
    read: BTreeSet<(String, Digest)>,
    faults: Vec<String>,
}

impl<'a> Look<'a> {
    fn new(server: &RealBinary, account: &'a Account, journal: &'a Journal) -> Self {
        let ecr = AwsClient::new(server.address(), Signer::new(&account.administrator, "ecr"));
        let registry = registry(server, account);
        Self { account, journal, ecr, registry, read: BTreeSet::new(), faults: Vec::new() }
    }

    fn account(&mut self, model: &Model) -> Result<(), String> {
        let described = self.pages("DescribeRepositories", &json!({}), "repositories")?;
        let described: BTreeSet<String> = described.iter().map(|one| text(one, "repositoryName")).collect();
        let expected: BTreeMap<&str, &Images> = model
            .repositories
            .iter()
            .filter(|((account, _), _)| account == self.account.id)
            .map(|((_, name), images)| (name.as_str(), images))
            .collect();
        let names: BTreeSet<String> = expected.keys().map(|name| (*name).to_owned()).collect();
        self.same("DescribeRepositories", &described, &names);
        // Over a plain host name, the catalog is that of the server's own account.
        if self.account.prefix.is_empty() {
            let catalog: BTreeSet<String> =
                self.registry.catalog().map_err(|error| error.chain())?.into_iter().collect();
            self.same("_catalog", &catalog, &names);
        }
        for (name, images) in expected {
            self.repository(name, images)?;
        }
        Ok(())
    }

    fn repository(&mut self, name: &str, images: &Images) -> Result<(), String> {
        let any = json!({ "repositoryName": name, "filter": { "imageStatus": "ANY" } });
        let mut expected: BTreeMap<String, BTreeSet<String>> =
            images.active.keys().map(|digest| (digest.clone(), BTreeSet::new())).collect();
        for (tag, digest) in &images.tags {
            expected.entry(digest.clone()).or_default().insert(tag.clone());
        }
        let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for id in self.pages("ListImages", &any, "imageIds")? {
            let tags = listed.entry(text(&id, "imageDigest")).or_default();
            tags.extend(id["imageTag"].as_str().map(str::to_owned));
        }
        self.same(&format!("ListImages of {name}"), &listed, &expected);
        let details = self.pages("DescribeImages", &any, "imageDetails")?;
        let described = details.iter().map(|detail| {
            let tags = members(&detail["imageTags"]).filter_map(Value::as_str).map(str::to_owned).collect();
            (text(detail, "imageDigest"), tags)
        });
        let described: BTreeMap<String, BTreeSet<String>> = described.collect();
        self.same(&format!("DescribeImages of {name}"), &described, &expected);
        let status = details.iter().map(|detail| (text(detail, "imageDigest"), detail["imageStatus"] == "ACTIVE"));
        let status: BTreeMap<String, bool> = status.collect();
        self.same(&format!("imageStatus of {name}"), &status, &images.active);
        let path = format!("{}{name}", self.account.prefix);
        let tags: BTreeSet<String> = self.registry.tags(&path).map_err(|error| error.chain())?.into_iter().collect();
        let expected: BTreeSet<String> = images.tags.keys().cloned().collect();
        self.same(&format!("tags/list of {name}"), &tags, &expected);
        for (digest, active) in &images.active {
            self.image(&path, digest, *active).map_err(|error| error.chain())?;
        }
        Ok(())
    }

    /// An image that can be pulled is whole; one in the archive cannot be pulled.
    fn image(&mut self, path: &str, digest: &str, active: bool) -> Result<(), Error> {
        let found = self.registry.manifest(path, digest)?;
        if found.is_some() != active {
            self.faults.push(format!("{path}@{digest} can be pulled: {}, and should: {active}", found.is_some()));
        }
        let Some(found) = found else { return Ok(()) };
        if self.journal.find(&found.digest).is_some_and(|pushed| pushed.bytes != found.bytes) {
            self.faults.push(format!("{path}@{digest} has other bytes than were pushed"));
        }
        let manifest: Value = serde_json::from_slice(&found.bytes).unwrap_or_default();
        for descriptor in members(&manifest["layers"]).chain(manifest.get("config")) {
            self.blob(path, descriptor)?;
        }
        for descriptor in members(&manifest["manifests"]) {
            let child = text(descriptor, "digest");
            if self.registry.manifest(path, &child)?.is_none() {
                self.faults.push(format!("{path}@{digest} names {child}, which is not there"));
            }
        }
        Ok(())
    }

    fn blob(&mut self, path: &str, descriptor: &Value) -> Result<(), Error> {
        let Ok(digest) = text(descriptor, "digest").parse::<Digest>() else { return Ok(()) };
        if !self.read.insert((path.to_owned(), digest)) {
            return Ok(());
        }
        let size = self.registry.verify_blob(path, &digest)?;
        if size != descriptor["size"].as_u64() {
            self.faults.push(format!("{path}@{digest} has {size:?} bytes instead of {}", descriptor["size"]));
        }
        Ok(())
    }

    /// All entries of a list that comes in pages.
    fn pages(&mut self, operation: &str, input: &Value, member: &str) -> Result<Vec<Value>, String> {
        let mut input = input.clone();
        input["maxResults"] = json!(7);
        let mut entries = Vec::new();
        loop {
            let answer = self.ecr.call(operation, &input).map_err(|error| error.chain())?;
            if answer.status != 200 {
                return Err(format!("{operation} {input}: {}", answer.summary()));
            }
            entries.extend(members(&answer.body[member]).cloned());
            match &answer.body["nextToken"] {
                Value::Null => return Ok(entries),
                token => input["nextToken"] = token.clone(),
            }
        }
    }

    /// Names what is in one of two collections alone.
    fn same<C, T>(&mut self, what: &str, found: &C, expected: &C)
    where
        C: Clone + IntoIterator<Item = T>,
        T: Ord + std::fmt::Debug,
    {
        let found: BTreeSet<T> = found.clone().into_iter().collect();
        let expected: BTreeSet<T> = expected.clone().into_iter().collect();
        if found != expected {
            let more: Vec<_> = found.difference(&expected).take(SHOWN).collect();
            let less: Vec<_> = expected.difference(&found).take(SHOWN).collect();
            self.faults.push(format!("{}: {what} has {more:?} and lacks {less:?}", self.account.id));
        }
    }
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}
