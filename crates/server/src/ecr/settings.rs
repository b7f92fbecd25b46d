//! Settings of repositories, between the wire and the registry: which tags may move, encryption, resource tags.

use std::collections::HashSet;

use plimsoll_registry::{AccountId, Encryption, TagFilter, TagMutability};
use sha2::{Digest as _, Sha256};

use super::error::EcrError;
use super::wire::repositories::EncryptionConfiguration;
use super::wire::shared::{ImageTagMutabilityExclusionFilter, Tag};

/// The most resource tags a resource has.
const MAX_TAGS: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;
/// The most wildcards a filter of tags has.
const MAX_WILDCARDS: usize = 2;
const FILTERS: &str = "imageTagMutabilityExclusionFilters";

/// Reads `imageTagMutability` and its filters.
pub(super) fn mutability(
    mutability: Option<&str>,
    filters: Option<&[ImageTagMutabilityExclusionFilter]>,
) -> Result<TagMutability, EcrError> {
    let mutability = mutability.unwrap_or("MUTABLE");
    let immutable = mutability.starts_with("IMMUTABLE");
    let refused = |rule: String| Err(EcrError::invalid_parameter(FILTERS, &rule));
    let state = format!("when imageTagMutability is set as {mutability}");
    match (mutability.ends_with("_WITH_EXCLUSION"), filters) {
        (true, None) => refused(format!("ImageTagMutabilityExclusionFilters can't be null {state}")),
        (false, Some(_)) => refused(format!("ImageTagMutabilityExclusionFilters must be null {state}")),
        (_, filters) => {
            let exclusions = filters.unwrap_or_default().iter().map(exclusion).collect::<Result<_, _>>()?;
            Ok(TagMutability { immutable, exclusions })
        }
    }
}

fn exclusion(filter: &ImageTagMutabilityExclusionFilter) -> Result<TagFilter, EcrError> {
    if filter.filter.matches('*').count() > MAX_WILDCARDS {
        let rule = format!("A filter can contain a maximum of {MAX_WILDCARDS} wildcards");
        return Err(EcrError::invalid_parameter(FILTERS, &rule));
    }
    filter.filter.parse().map_err(|_| EcrError::invalid_parameter(FILTERS, "Invalid filter provided"))
}

/// The word for which tags may move.
pub(super) fn mutability_word(mutability: &TagMutability) -> &'static str {
    match (mutability.immutable, mutability.exclusions.is_empty()) {
        (false, true) => "MUTABLE",
        (true, true) => "IMMUTABLE",
        (false, false) => "MUTABLE_WITH_EXCLUSION",
        (true, false) => "IMMUTABLE_WITH_EXCLUSION",
    }
}

/// The filters of [`mutability`], if there are any.
pub(super) fn filters(mutability: &TagMutability) -> Option<Vec<ImageTagMutabilityExclusionFilter>> {
    let filter = |filter: &TagFilter| ImageTagMutabilityExclusionFilter {
        filter_type: "WILDCARD".to_owned(),
        filter: filter.to_string(),
    };
    (!mutability.exclusions.is_empty()).then(|| mutability.exclusions.iter().map(filter).collect())
}

/// Where a key of the key management service is looked for.
#[derive(Clone, Copy)]
pub(super) struct Keys<'a> {
    pub(super) region: &'a str,
    pub(super) account: AccountId,
}

impl Keys<'_> {
    /// Reads `encryptionConfiguration`; without one, content is encrypted with a key of the registry's own.
    pub(super) fn encryption(self, configured: Option<&EncryptionConfiguration>) -> Result<Encryption, EcrError> {
        let Some(EncryptionConfiguration { encryption_type, kms_key }) = configured else {
            return Ok(Encryption::Aes256);
        };
        let key = kms_key.as_deref().filter(|key| !key.is_empty());
        match (encryption_type.as_str(), key) {
            ("AES256", Some(_)) => {
                Err(EcrError::invalid_parameter("kmsKey", "kmsKey must be null when encryptionType is set as AES256"))
            }
            ("KMS", key) => Ok(Encryption::Kms(self.key_arn(key)?)),
            ("KMS_DSSE", key) => Ok(Encryption::KmsDsse(self.key_arn(key)?)),
            _ => Ok(Encryption::Aes256),
        }
    }

    /// The ARN of a key that is given by its ARN, its id or an alias; without one, that of the account's own key for
    /// registries.
    fn key_arn(self, key: Option<&str>) -> Result<String, EcrError> {
        let Self { region, account } = self;
        let arn = match key {
            None => format!("arn:aws:kms:{region}:{account}:key/{}", self.managed_key()),
            Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
            Some(alias) if alias.starts_with("alias/") => format!("arn:aws:kms:{region}:{account}:{alias}"),
            Some(id) => format!("arn:aws:kms:{region}:{account}:key/{id}"),
        };
        let invalid = || EcrError::invalid_parameter("kmsKey", "Invalid KMS key provided");
        let parsed: plimsoll_iam::Arn = arn.parse().map_err(|_| invalid())?;
        let name = parsed.resource.strip_prefix("key/").or_else(|| parsed.resource.strip_prefix("alias/"));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
        let named = name.is_some_and(|name| !name.is_empty() && name.bytes().all(plain));
        if parsed.service != "kms" || parsed.account.parse::<AccountId>().is_err() || !named {
            return Err(invalid());
        }
        if parsed.region != region {
            let message = format!("The key {arn} is not in the region {region} of the repository.");
            return Err(EcrError::kms("NotFoundException", message));
        }
        Ok(arn)
    }

    /// The id of the account's own key, which is always the same.
    fn managed_key(self) -> String {
        let hash = Sha256::digest(format!("aws/ecr {} {}", self.region, self.account));
        let hex: Vec<String> = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        [&hex[..4], &hex[4..6], &hex[6..8], &hex[8..10], &hex[10..]].map(<[String]>::concat).join("-")
    }
}

/// How content is encrypted, as it is told.
pub(super) fn encryption_configuration(encryption: &Encryption) -> EncryptionConfiguration {
    let (kind, key) = match encryption {
        Encryption::Aes256 => ("AES256", None),
        Encryption::Kms(key) => ("KMS", Some(key.clone())),
        Encryption::KmsDsse(key) => ("KMS_DSSE", Some(key.clone())),
    };
    EncryptionConfiguration { encryption_type: kind.to_owned(), kms_key: key }
}

/// Checks resource tags.
pub(crate) fn tags(tags: &[Tag]) -> Result<Vec<(String, String)>, EcrError> {
    if tags.len() > MAX_TAGS {
        return Err(EcrError::too_many_tags(MAX_TAGS));
    }
    let mut seen = HashSet::new();
    for Tag { key, value } in tags {
        tag_key(key)?;
        let rule = if value.chars().count() > MAX_VALUE {
            format!("Tag values can have a maximum length of {MAX_VALUE} characters.")
        } else if !plain(value) {
            "Tag values can contain letters, numbers, spaces and the characters _ . : / = + - @.".to_owned()
        } else if !seen.insert(key) {
            format!("Duplicate tag key: {key}.")
        } else {
            continue;
        };
        return Err(EcrError::invalid_tag(&rule));
    }
    Ok(tags.iter().map(|Tag { key, value }| (key.clone(), value.clone())).collect())
}

/// Checks the key of a resource tag.
pub(super) fn tag_key(key: &str) -> Result<(), EcrError> {
    let length = key.chars().count();
    let rule = if length == 0 || length > MAX_KEY {
        format!("Tag keys can have a length of 1 to {MAX_KEY} characters.")
    } else if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        "Tag keys must not begin with aws:.".to_owned()
    } else if !plain(key) {
        "Tag keys can contain letters, numbers, spaces and the characters _ . : / = + - @.".to_owned()
    } else {
        return Ok(());
    };
    Err(EcrError::invalid_tag(&rule))
}

fn plain(text: &str) -> bool {
    text.chars()
        .all(|char| char.is_alphanumeric() || (char.is_whitespace() && !char.is_control()) || "_.:/=+-@".contains(char))
}

/// Resource tags, as they are told.
pub(crate) fn tag_list(tags: Vec<(String, String)>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}
