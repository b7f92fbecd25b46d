//! `plimsoll user`: the users of an account and their access keys.

use anyhow::Result;
use plimsoll_advisories::Timestamp;
use plimsoll_iam::directory::{AccessKeyRecord, Directory, UserRecord};
use plimsoll_registry::local::{IssuedKey, Local, LocalUser};
use plimsoll_registry::{AccountId, RegistryError};
use serde_json::{Value, json};

use crate::Exit;
use crate::arguments::{
    CreateUserArguments, DeleteUserArguments, Format, KeyCommand, OneKeyArguments, PolicyArguments, UserArguments,
    UserCommand, UsersArguments,
};
use crate::{local, output};

/// The managed policy of who may do everything in an account.
pub(crate) const ADMINISTRATOR_ACCESS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

pub(crate) fn run(command: &UserCommand) -> Result<Exit> {
    match command {
        UserCommand::Create(arguments) => create(arguments),
        UserCommand::List(arguments) => list(arguments),
        UserCommand::Delete(arguments) => delete(arguments),
        UserCommand::Attach(arguments) => attach(arguments),
        UserCommand::Detach(arguments) => detach(arguments),
        UserCommand::Key(command) => key(command),
    }
}

fn key(command: &KeyCommand) -> Result<Exit> {
    match command {
        KeyCommand::Create(arguments) => create_key(arguments),
        KeyCommand::List(arguments) => list_keys(arguments),
        KeyCommand::Delete(arguments) => {
            let users = Users::of(&arguments.user.users)?;
            let name = &arguments.user.name;
            users.wait(name, users.registry.delete_key(users.account, name, &arguments.key))?;
            output::line(&format!("access key {} was deleted", arguments.key));
            Ok(Exit::Fine)
        }
        KeyCommand::Disable(arguments) => set_active(arguments, false),
        KeyCommand::Enable(arguments) => set_active(arguments, true),
    }
}

/// The users of an account.
struct Users {
    registry: Local,
    account: AccountId,
}

impl Users {
    fn of(arguments: &UsersArguments) -> Result<Self> {
        let config = local::config(&arguments.local)?;
        Ok(Self { registry: local::open(&config)?, account: arguments.account.unwrap_or(config.account) })
    }

    /// Waits for a change of a user.
    fn wait<T>(&self, user: &str, change: impl Future<Output = Result<T, RegistryError>>) -> Result<T> {
        local::wait(change)?.map_err(|error| local::advise(error, self.account, user))
    }

    fn directory(&self) -> Result<std::sync::Arc<Directory>> {
        self.registry.directory(self.account).map_err(|error| local::advise(error, self.account, ""))
    }
}

fn create(arguments: &CreateUserArguments) -> Result<Exit> {
    let users = Users::of(&arguments.user.users)?;
    let mut policies = arguments.policies.clone();
    if arguments.administrator && !policies.iter().any(|policy| policy == ADMINISTRATOR_ACCESS) {
        policies.push(ADMINISTRATOR_ACCESS.to_owned());
    }
    let (name, path) = (arguments.user.name.as_str(), arguments.path.as_deref());
    let user = LocalUser { name, path, policies: &policies, key: arguments.key };
    let key = users.wait(name, users.registry.create_user(users.account, &user))?;
    let directory = users.directory()?;
    let user = directory.user(name)?;
    match arguments.user.users.format {
        Format::Json => {
            let mut document = key.as_ref().map_or_else(|| json!({}), key_document);
            document["User"] = user_document(&directory, user);
            output::json(&document)?;
        }
        Format::Table => {
            output::line(&format!("user {} was made", directory.arn("user", &user.path, &user.name)));
            match &key {
                Some(key) => print_key(key),
                None => output::line(&format!(
                    "it has no access key yet: `plimsoll user key create {name} --account {}` makes one",
                    users.account
                )),
            }
        }
    }
    Ok(Exit::Fine)
}

fn list(arguments: &UsersArguments) -> Result<Exit> {
    let users = Users::of(arguments)?;
    let directory = users.directory()?;
    if arguments.format == Format::Json {
        let members: Vec<_> = directory.users(None).map(|user| user_document(&directory, user)).collect();
        output::json(&json!({ "Users": members }))?;
        return Ok(Exit::Fine);
    }
    let mut table = output::table(&["user", "created", "policies", "groups", "access keys"]);
    for user in directory.users(None) {
        let inline = user.grants.inline.keys().map(|name| format!("{name} (inline)"));
        let policies: Vec<_> = user.grants.attached.iter().cloned().chain(inline).collect();
        let keys: Vec<_> = user.keys.iter().map(|key| format!("{} ({})", key.id, status(key))).collect();
        let groups: Vec<_> = user.groups.iter().cloned().collect();
        table.add_row([
            format!("{}{}", user.path, user.name),
            date(user.created),
            or_dash(policies.join("\n")),
            or_dash(groups.join("\n")),
            or_dash(keys.join("\n")),
        ]);
    }
    output::line(&table.to_string());
    Ok(Exit::Fine)
}

fn delete(arguments: &DeleteUserArguments) -> Result<Exit> {
    let users = Users::of(&arguments.user.users)?;
    let name = &arguments.user.name;
    users.wait(name, users.registry.delete_user(users.account, name, arguments.force))?;
    output::line(&format!("user {name} was deleted"));
    Ok(Exit::Fine)
}

fn attach(arguments: &PolicyArguments) -> Result<Exit> {
    let users = Users::of(&arguments.user.users)?;
    let name = &arguments.user.name;
    for policy in &arguments.policies {
        users.wait(name, users.registry.attach_policy(users.account, name, policy))?;
        output::line(&format!("{policy} is attached to {name}"));
    }
    Ok(Exit::Fine)
}

fn detach(arguments: &PolicyArguments) -> Result<Exit> {
    let users = Users::of(&arguments.user.users)?;
    let name = &arguments.user.name;
    for policy in &arguments.policies {
        users.wait(name, users.registry.detach_policy(users.account, name, policy))?;
        output::line(&format!("{policy} was detached from {name}"));
    }
    Ok(Exit::Fine)
}

fn create_key(arguments: &UserArguments) -> Result<Exit> {
    let users = Users::of(&arguments.users)?;
    let key = users.wait(&arguments.name, users.registry.create_key(users.account, &arguments.name))?;
    match arguments.users.format {
        Format::Json => output::json(&key_document(&key))?,
        Format::Table => print_key(&key),
    }
    Ok(Exit::Fine)
}

fn list_keys(arguments: &UserArguments) -> Result<Exit> {
    let users = Users::of(&arguments.users)?;
    let directory = users.directory()?;
    let user = directory.user(&arguments.name).map_err(RegistryError::from);
    let user = user.map_err(|error| local::advise(error, users.account, &arguments.name))?;
    if arguments.users.format == Format::Json {
        let member = |key: &AccessKeyRecord| {
            let (status, created) = (status(key), date(key.created));
            json!({ "UserName": user.name, "AccessKeyId": key.id, "Status": status, "CreateDate": created })
        };
        output::json(&json!({ "AccessKeyMetadata": user.keys.iter().map(member).collect::<Vec<_>>() }))?;
        return Ok(Exit::Fine);
    }
    let mut table = output::table(&["access key", "status", "created"]);
    for key in &user.keys {
        table.add_row([key.id.clone(), status(key).to_owned(), date(key.created)]);
    }
    output::line(&table.to_string());
    Ok(Exit::Fine)
}

fn set_active(arguments: &OneKeyArguments, active: bool) -> Result<Exit> {
    let users = Users::of(&arguments.user.users)?;
    let (name, key) = (&arguments.user.name, &arguments.key);
    users.wait(name, users.registry.set_key_active(users.account, name, key, active))?;
    output::line(&format!("access key {key} is {}", if active { "in force" } else { "out of force" }));
    Ok(Exit::Fine)
}

/// A new key as `aws iam create-access-key` prints it.
pub(crate) fn key_document(key: &IssuedKey) -> Value {
    json!({ "AccessKey": {
        "UserName": key.user,
        "AccessKeyId": key.id,
        "Status": "Active",
        "SecretAccessKey": key.secret.reveal(),
        "CreateDate": date(key.created),
    } })
}

/// A new key as the lines of a credentials file of the AWS tools.
pub(crate) fn print_key(key: &IssuedKey) {
    output::line(&format!("access key of {} in {}; its secret is shown this once:", key.user, key.account));
    output::line(&format!("aws_access_key_id = {}", key.id));
    output::line(&format!("aws_secret_access_key = {}", key.secret.reveal()));
}

fn user_document(directory: &Directory, user: &UserRecord) -> Value {
    json!({
        "Path": user.path,
        "UserName": user.name,
        "UserId": user.id,
        "Arn": directory.arn("user", &user.path, &user.name),
        "CreateDate": date(user.created),
        "AttachedPolicies": user.grants.attached,
    })
}

fn status(key: &AccessKeyRecord) -> &'static str {
    if key.active { "Active" } else { "Inactive" }
}

fn date(seconds: i64) -> String {
    Timestamp::from_unix_seconds(seconds).to_string()
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}
