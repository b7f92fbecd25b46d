//! The world the clients work in: two accounts, a user for each client, roles, templates and repositories.

use std::path::Path;
use std::sync::Arc;

use plimsoll_oci::Digest;
use serde_json::{Value, json};

use super::command;
use crate::http::Client;
use crate::image::ImageBuilder;
use crate::layer::{Compression, Layer, LayerBuilder};
use crate::registry::RegistryClient;
use crate::sigv4::{AwsClient, Signer};
use crate::{Credentials, RealBinary, random_blob};

/// The server's own account and another.
const ACCOUNTS: [&str; 2] = ["000000000000", "222222222222"];
/// Repositories that are there from the beginning.
const REPOSITORIES: [&str; 6] = ["work/a", "work/b", "shared/a", "aging/a", "lists/a", "secret/a"];
/// Few layers, so that clients push the same blob at once.
const LAYERS: u64 = 24;

/// One account.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) id: &'static str,
    /// What stands before the name of a repository in a path of docker's.
    pub(super) prefix: String,
    pub(super) administrator: Credentials,
    /// A user whose policies all clients of the account change, and its key.
    pub(super) pool: Credentials,
}

/// A user that a client works as.
#[derive(Clone, Debug)]
pub(super) struct User {
    /// Which of the accounts.
    pub(super) account: usize,
    pub(super) name: String,
    pub(super) arn: Arc<str>,
    pub(super) key: Credentials,
}

/// All that clients know from the beginning.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) accounts: Vec<Account>,
    pub(super) users: Vec<User>,
    pub(super) layers: Vec<Layer>,
    /// A blob that is in the secret repositories alone.
    pub(super) secret: Digest,
}

/// Makes the other account beside the running server.
pub(super) fn accounts(binary: &Path, data: &Path) -> Result<Vec<Account>, String> {
    let create = ["account", "create", ACCOUNTS[1], "--administrator", "--format", "json"];
    let made: Value = serde_json::from_str(&command(binary, data, &create)?).map_err(|error| error.to_string())?;
    let text = |member: &str| made["AccessKey"][member].as_str().unwrap_or_default().to_owned();
    let none = Credentials { access_key_id: String::new(), secret_access_key: String::new() };
    let other = Credentials { access_key_id: text("AccessKeyId"), secret_access_key: text("SecretAccessKey") };
    let account = |number: usize, administrator: &Credentials| Account {
        id: ACCOUNTS[number],
        prefix: if number == 0 { String::new() } else { format!("{}/", ACCOUNTS[number]) },
        administrator: administrator.clone(),
        pool: none.clone(),
    };
    Ok(vec![account(0, &none), account(1, &other)])
}

/// Makes all the rest through the APIs.
pub(super) fn furnish(mut accounts: Vec<Account>, server: &RealBinary, clients: usize) -> Result<Scene, String> {
    accounts[0].administrator = server.credentials().clone();
    let layers = (0..LAYERS).map(layer).collect::<Result<Vec<_>, _>>()?;
    let secret = ImageBuilder::new().layer(layers[0].clone()).process("User", json!("nobody")).build();
    for account in &mut accounts {
        let mut admin = Admin::new(server, account);
        admin.role(account.id)?;
        account.pool = admin.user("pool", None)?;
        for repository in REPOSITORIES {
            admin.ecr("CreateRepository", &json!({ "repositoryName": repository }))?;
        }
        for prefix in ["fixed", "vault"] {
            let template =
                json!({ "prefix": prefix, "appliedFor": ["CREATE_ON_PUSH"], "imageTagMutability": "IMMUTABLE" });
            admin.ecr("CreateRepositoryCreationTemplate", &template)?;
        }
        let http = Client::new(server.address())
            .basic(&account.administrator.access_key_id, &account.administrator.secret_access_key);
        let path = format!("{}secret/a", account.prefix);
        RegistryClient::new(http).push_image(&path, "t0", &secret).map_err(|error| error.chain())?;
    }
    let users = (0..clients).map(|number| worker(server, &accounts, number)).collect::<Result<_, String>>()?;
    Ok(Scene { accounts, users, layers, secret: secret.config.digest })
}

fn worker(server: &RealBinary, accounts: &[Account], number: usize) -> Result<User, String> {
    let account = number % accounts.len();
    let (id, name) = (accounts[account].id, format!("worker-{number}"));
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["ecr:*", "sts:AssumeRole"], "Resource": "*" },
        { "Effect": "Allow", "Action": "iam:*", "Resource": [
            format!("arn:aws:iam::{id}:user/temp-*"), format!("arn:aws:iam::{id}:user/pool")] },
        { "Effect": "Deny", "Action": "ecr:*", "Resource": "arn:aws:ecr:*:*:repository/secret/*" },
    ] });
    let key = Admin::new(server, &accounts[account]).user(&name, Some(&policy))?;
    let arn = format!("arn:aws:iam::{id}:user/{name}").into();
    Ok(User { account, name, arn, key })
}

/// The administrator of an account.
struct Admin(AwsClient);

impl Admin {
    fn new(server: &RealBinary, account: &Account) -> Self {
        Self(AwsClient::new(server.address(), Signer::new(&account.administrator, "ecr")))
    }

    fn ecr(&mut self, operation: &str, input: &Value) -> Result<(), String> {
        "ecr".clone_into(&mut self.0.signer.service);
        let answer = self.0.call(operation, input).map_err(|error| error.chain())?;
        if answer.status == 200 { Ok(()) } else { Err(format!("{operation} {input}: {}", answer.summary())) }
    }

    fn iam(&mut self, action: &str, parameters: &[(&str, &str)]) -> Result<String, String> {
        "iam".clone_into(&mut self.0.signer.service);
        let response = self.0.query(action, "2010-05-08", parameters).map_err(|error| error.chain())?;
        if response.status == 200 { Ok(response.text()) } else { Err(format!("{action}: {}", response.text())) }
    }

    fn user(&mut self, name: &str, policy: Option<&Value>) -> Result<Credentials, String> {
        self.iam("CreateUser", &[("UserName", name)])?;
        if let Some(policy) = policy {
            let document = policy.to_string();
            let named = [("UserName", name), ("PolicyName", "work"), ("PolicyDocument", document.as_str())];
            self.iam("PutUserPolicy", &named)?;
        }
        let answer = self.iam("CreateAccessKey", &[("UserName", name)])?;
        let element = |name: &str| {
            let rest = answer.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
            let value = rest.and_then(|rest| rest.split_once('<')).map(|(value, _)| value.to_owned());
            value.ok_or_else(|| format!("no {name} in {answer}"))
        };
        Ok(Credentials { access_key_id: element("AccessKeyId")?, secret_access_key: element("SecretAccessKey")? })
    }

    /// A role that may pull, for everybody of the account.
    fn role(&mut self, account: &str) -> Result<(), String> {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "AWS": format!("arn:aws:iam::{account}:root") } }] });
        let trust = trust.to_string();
        self.iam("CreateRole", &[("RoleName", "puller"), ("AssumeRolePolicyDocument", &trust)])?;
        let arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";
        self.iam("AttachRolePolicy", &[("RoleName", "puller"), ("PolicyArn", arn)]).map(drop)
    }
}

/// A layer with packages in it and up to 64 KiB more.
fn layer(number: u64) -> Result<Layer, String> {
    let compression = if number.is_multiple_of(2) { Compression::Gzip } else { Compression::None };
    let size = 500 + 2_600 * usize::try_from(number).unwrap_or(0);
    LayerBuilder::new()
        .file("etc/os-release", "ID=alpine\nVERSION_ID=3.20.0\n")
        .file("lib/apk/db/installed", "P:musl\nV:1.2.5-r0\nA:x86_64\n\n")
        .file("srv/data", random_blob(number, size))
        .build(compression)
        .map_err(|error| error.to_string())
}
