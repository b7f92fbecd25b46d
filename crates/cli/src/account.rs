//! `plimsoll account`: the accounts of a registry.

use anyhow::{Context, Result, bail};
use plimsoll_registry::local::LocalUser;
use plimsoll_registry::{RegistryError, moment};
use serde_json::{Value, json};

use crate::Exit;
use crate::arguments::{AccountCommand, CreateAccountArguments, Format, ListAccountsArguments};
use crate::user::{ADMINISTRATOR_ACCESS, key_document, print_key};
use crate::{local, output};

/// How many accounts are read at a time.
const PAGE: usize = 1000;

pub(crate) fn run(command: &AccountCommand) -> Result<Exit> {
    match command {
        AccountCommand::Create(arguments) => create(arguments),
        AccountCommand::List(arguments) => list(arguments),
    }
}

fn create(arguments: &CreateAccountArguments) -> Result<Exit> {
    let id = arguments.id;
    let registry = local::open_or_create(&local::config(&arguments.local)?)?;
    match local::wait(registry.create_account(id, arguments.alias.clone()))? {
        Err(RegistryError::AccountExists) => bail!(
            "there is an account with this id or alias already: `plimsoll account list` shows them, and `plimsoll user create \
             NAME --account {id} --administrator --key` makes another administrator"
        ),
        created => created?,
    }
    let policies = [ADMINISTRATOR_ACCESS.to_owned()];
    let key = arguments.administrator.as_deref().map(|name| {
        let user = LocalUser { name, path: None, policies: &policies, key: true };
        let created = local::wait(registry.create_user(id, &user))?;
        created.with_context(|| format!("the account {id} was made, and its administrator was not"))
    });
    let key = key.transpose()?.flatten();
    match arguments.format {
        Format::Json => {
            let mut document = key.as_ref().map_or_else(|| json!({}), key_document);
            document["Account"] = json!({ "Id": id.to_string(), "Alias": arguments.alias });
            output::json(&document)?;
        }
        Format::Table => {
            output::line(&format!("account {id} was made"));
            if let Some(key) = &key {
                print_key(key);
            }
        }
    }
    Ok(Exit::Fine)
}

fn list(arguments: &ListAccountsArguments) -> Result<Exit> {
    let registry = local::open(&local::config(&arguments.local)?)?;
    let mut accounts = Vec::new();
    loop {
        let page = registry.accounts(accounts.last().map(|account: &plimsoll_registry::Account| account.id), PAGE)?;
        if page.is_empty() {
            break;
        }
        accounts.extend(page);
    }
    match arguments.format {
        Format::Json => {
            let member = |account: &plimsoll_registry::Account| {
                let created = moment::text(account.created_at);
                json!({ "Id": account.id.to_string(), "Alias": account.alias, "CreateDate": created })
            };
            output::json(&json!({ "Accounts": accounts.iter().map(member).collect::<Vec<Value>>() }))?;
        }
        Format::Table => {
            let mut table = output::table(&["account", "alias", "created"]);
            for account in &accounts {
                let alias = account.alias.as_deref().unwrap_or("-");
                table.add_row([account.id.to_string(), alias.to_owned(), moment::text(account.created_at)]);
            }
            output::line(&table.to_string());
        }
    }
    Ok(Exit::Fine)
}
