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

/// What a repository is like that is made by a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreationTemplate {
    /// What the template is for, in words.
    pub description: Option<String>,
    /// Which tags may move.
    pub mutability: TagMutability,
    /// How content is to be encrypted.
    pub encryption: Encryption,
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

/// A template as the catalog keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    description: Option<String>,
    immutable: bool,
    exclusions: Vec<String>,
    encryption: KeptEncryption,
    tags: Vec<(String, String)>,
    policy: Option<String>,
    lifecycle: Option<String>,
    applied_for: Vec<Scenario>,
    custom_role_arn: Option<String>,
    created_at: i64,
    updated_at: i64,
}

#[derive(Serialize, Deserialize)]
enum KeptEncryption {
    Aes256,
    Kms(String),
    KmsDsse(String),
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

    /// Puts a template in the place of the one of this prefix.
    ///
    /// # Errors
    /// [`RegistryError::TemplateUnknown`] if there is none of this prefix.
    pub async fn update_template(
        &self,
        account: AccountId,
        prefix: &str,
        template: CreationTemplate,
        requester: &Requester,
    ) -> Result<NamedTemplate, RegistryError> {
        let before = self.template(account, prefix)?.ok_or(RegistryError::TemplateUnknown)?;
        let named = NamedTemplate { template, updated_at: now(), ..before };
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
    written(&Kept {
        description: template.description,
        immutable: template.mutability.immutable,
        exclusions: template.mutability.exclusions.iter().map(ToString::to_string).collect(),
        encryption: match template.encryption {
            Encryption::Aes256 => KeptEncryption::Aes256,
            Encryption::Kms(key) => KeptEncryption::Kms(key),
            Encryption::KmsDsse(key) => KeptEncryption::KmsDsse(key),
        },
        tags: template.tags,
        policy: template.policy,
        lifecycle: template.lifecycle,
        applied_for: template.applied_for,
        custom_role_arn: template.custom_role_arn,
        created_at: named.created_at.0,
        updated_at: named.updated_at.0,
    })
}

fn named(prefix: String, value: &str) -> Result<NamedTemplate, RegistryError> {
    let kept: Kept = read(value)?;
    // They were filters when the template was made.
    let exclusions = kept.exclusions.iter().filter_map(|filter| filter.parse::<TagFilter>().ok()).collect();
    let template = CreationTemplate {
        description: kept.description,
        mutability: TagMutability { immutable: kept.immutable, exclusions },
        encryption: match kept.encryption {
            KeptEncryption::Aes256 => Encryption::Aes256,
            KeptEncryption::Kms(key) => Encryption::Kms(key),
            KeptEncryption::KmsDsse(key) => Encryption::KmsDsse(key),
        },
        tags: kept.tags,
        policy: kept.policy,
        lifecycle: kept.lifecycle,
        applied_for: kept.applied_for,
        custom_role_arn: kept.custom_role_arn,
    };
    let (created_at, updated_at) = (Timestamp(kept.created_at), Timestamp(kept.updated_at));
    Ok(NamedTemplate { prefix, template, created_at, updated_at })
}

fn deed<'a>(account: AccountId, action: &'a str, prefix: &str) -> Deed<'a> {
    Deed { account, action: action.into(), resource: "*".to_owned(), detail: prefix.to_owned() }
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
