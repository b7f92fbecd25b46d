//! Repository creation templates: what a repository is like that is made because something else happens.

use plimsoll_catalog::{Encryption, TagFilter, TagMutability, Timestamp, Write};
use plimsoll_iam::AccountId;
use plimsoll_oci::RepositoryName;
use serde::{Deserialize, Serialize};

use super::{read, written};
use crate::{Deed, Registry, RegistryError, Requester, now};

const KEY: &str = "creation-template/";
/// The prefix of the template for all repositories that no other one is for.
const ROOT: &str = "ROOT";
/// The most templates an account may have.
const MOST: usize = 50;

/// When a template applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scenario {
    /// An image is replicated into the registry.
    Replication,
    /// An image is pulled through from another registry.
    PullThroughCache,
    /// An image is pushed.
    CreateOnPush,
}

/// How the content of repositories is to be encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateEncryption {
    /// `AES256`, `KMS` or `KMS_DSSE`.
    pub kind: String,
    /// The ARN of the key; none for `AES256`.
    pub key: Option<String>,
}

/// What a repository is like that is made by a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationTemplate {
    /// What the template is for, in words.
    pub description: Option<String>,
    /// Whether tags are immutable unless excluded.
    pub immutable: bool,
    /// The tags for which the opposite holds.
    pub exclusions: Vec<String>,
    /// How content is to be encrypted.
    pub encryption: TemplateEncryption,
    /// Resource tags.
    pub tags: Vec<(String, String)>,
    /// The repository policy, a JSON text.
    pub policy: Option<String>,
    /// The lifecycle policy, a JSON text.
    pub lifecycle: Option<String>,
    /// When the template applies.
    pub applied_for: Vec<Scenario>,
    /// The role that other registries make a repository by; kept and told, but of no use here.
    pub custom_role_arn: Option<String>,
}

/// A template with its prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTemplate {
    /// What the names of repositories begin with, before a slash; or `ROOT`.
    pub prefix: String,
    /// The template.
    pub template: CreationTemplate,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    template: CreationTemplate,
    created_at: i64,
    updated_at: i64,
}

impl CreationTemplate {
    /// Which tags may move.
    pub fn mutability(&self) -> TagMutability {
        // They were filters when the template was made.
        let exclusions = self.exclusions.iter().filter_map(|filter| filter.parse::<TagFilter>().ok()).collect();
        TagMutability { immutable: self.immutable, exclusions }
    }

    /// How content is to be encrypted.
    pub fn encryption(&self) -> Encryption {
        let key = self.encryption.key.clone().unwrap_or_default();
        match self.encryption.kind.as_str() {
            "KMS" => Encryption::Kms(key),
            "KMS_DSSE" => Encryption::KmsDsse(key),
            _ => Encryption::Aes256,
        }
    }
}

impl Registry {
    /// Makes a template.
    ///
    /// # Errors
    /// [`RegistryError::TemplateExists`] if there is one of this prefix; [`RegistryError::TooManyTemplates`] if the account
    /// has as many as it may.
    pub async fn create_template(
        &self,
        account: AccountId,
        prefix: &str,
        template: CreationTemplate,
        requester: &Requester,
    ) -> Result<NamedTemplate, RegistryError> {
        if self.template(account, prefix)?.is_none() && self.templates(account, None, MOST)?.len() >= MOST {
            return Err(RegistryError::TooManyTemplates { most: MOST });
        }
        let named = NamedTemplate { prefix: bare(prefix), template, created_at: now(), updated_at: now() };
        let cause = requester.cause(deed(account, "ecr:CreateRepositoryCreationTemplate", prefix), None);
        let key = key(prefix);
        let put = self.catalog.put_account_setting(account, &key, kept(&named)?, Write::IfAbsent, cause);
        if put.await? { Ok(named) } else { Err(RegistryError::TemplateExists) }
    }

    /// Changes a template.
    ///
    /// # Errors
    /// [`RegistryError::TemplateUnknown`] if there is none of this prefix.
    pub async fn update_template(
        &self,
        account: AccountId,
        prefix: &str,
        update: impl FnOnce(&mut CreationTemplate),
        requester: &Requester,
    ) -> Result<NamedTemplate, RegistryError> {
        let mut named = self.template(account, prefix)?.ok_or(RegistryError::TemplateUnknown)?;
        update(&mut named.template);
        named.updated_at = now();
        let cause = requester.cause(deed(account, "ecr:UpdateRepositoryCreationTemplate", prefix), None);
        let key = key(prefix);
        let put = self.catalog.put_account_setting(account, &key, kept(&named)?, Write::IfPresent, cause);
        if put.await? { Ok(named) } else { Err(RegistryError::TemplateUnknown) }
    }

    /// Deletes a template and answers what it was.
    ///
    /// # Errors
    /// [`RegistryError::TemplateUnknown`] if there is none of this prefix.
    pub async fn delete_template(
        &self,
        account: AccountId,
        prefix: &str,
        requester: &Requester,
    ) -> Result<NamedTemplate, RegistryError> {
        let cause = requester.cause(deed(account, "ecr:DeleteRepositoryCreationTemplate", prefix), None);
        let deleted = self.catalog.delete_account_setting(account, &key(prefix), cause).await?;
        named(bare(prefix), &deleted.ok_or(RegistryError::TemplateUnknown)?)
    }

    /// The template of a prefix.
    pub fn template(&self, account: AccountId, prefix: &str) -> Result<Option<NamedTemplate>, RegistryError> {
        let found = self.catalog.account_setting(account, &key(prefix))?;
        found.map(|value| named(bare(prefix), &value)).transpose()
    }

    /// At most `limit` templates whose prefixes sort after `after`.
    pub fn templates(
        &self,
        account: AccountId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTemplate>, RegistryError> {
        let after = after.map(key);
        let found = self.catalog.account_settings(account, KEY, after.as_deref(), limit)?;
        found.into_iter().map(|(key, value)| named(key.strip_prefix(KEY).unwrap_or(&key).to_owned(), &value)).collect()
    }

    /// The template by which a repository of this name is made: of those for the scenario the one of the longest prefix.
    pub fn template_for(
        &self,
        account: AccountId,
        name: &RepositoryName,
        scenario: Scenario,
    ) -> Result<Option<CreationTemplate>, RegistryError> {
        for prefix in prefixes(name.as_str()) {
            if let Some(found) = self.template(account, prefix)?
                && found.template.applied_for.contains(&scenario)
            {
                return Ok(Some(found.template));
            }
        }
        Ok(None)
    }
}

/// What a name begins with before one of its slashes, the longest first, and `ROOT`.
fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    name.rmatch_indices('/').map(|(end, _)| &name[..end]).chain([ROOT])
}

/// A prefix without the slash that is always meant at its end.
fn bare(prefix: &str) -> String {
    prefix.strip_suffix('/').unwrap_or(prefix).to_owned()
}

fn key(prefix: &str) -> String {
    format!("{KEY}{}", bare(prefix))
}

fn kept(named: &NamedTemplate) -> Result<String, RegistryError> {
    let template = named.template.clone();
    written(&Kept { template, created_at: named.created_at.0, updated_at: named.updated_at.0 })
}

fn named(prefix: String, value: &str) -> Result<NamedTemplate, RegistryError> {
    let Kept { template, created_at, updated_at } = read(value)?;
    Ok(NamedTemplate { prefix, template, created_at: Timestamp(created_at), updated_at: Timestamp(updated_at) })
}

fn deed<'a>(account: AccountId, action: &'a str, prefix: &str) -> Deed<'a> {
    Deed { account, action, resource: "*".to_owned(), detail: prefix.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_prefixes_come_first() {
        fn check(name: &str, expect: &[&str]) {
            assert_eq!(prefixes(name).collect::<Vec<_>>(), expect, "{name}");
        }
        check("app", &["ROOT"]);
        check("prod/team/app", &["prod/team", "prod", "ROOT"]);
    }
}
