//! Tags of users, roles, policies and providers.

use super::error::IamErrorCode;
use super::{Directory, IamError, Tags, names};

const TAGS: usize = 50;

/// What can have tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagged<'a> {
    /// The user of that name.
    User(&'a str),
    /// The role of that name.
    Role(&'a str),
    /// The managed policy of that ARN.
    Policy(&'a str),
    /// The identity provider of that ARN.
    Provider(&'a str),
}

impl Directory {
    /// The tags of something.
    pub fn tags(&self, of: Tagged<'_>) -> Result<&Tags, IamError> {
        Ok(match of {
            Tagged::User(name) => &self.user(name)?.tags,
            Tagged::Role(name) => &self.role(name)?.tags,
            Tagged::Policy(arn) => &self.policy(arn)?.tags,
            Tagged::Provider(arn) => &self.provider(arn)?.tags,
        })
    }

    /// Sets tags of something, in place of those with the same keys.
    pub fn tag(&mut self, of: Tagged<'_>, tags: &[(String, String)]) -> Result<(), IamError> {
        let mut merged = self.tags(of)?.clone();
        merge(&mut merged, tags)?;
        *self.tags_mut(of)? = merged;
        Ok(())
    }

    /// Takes tags from something. Keys it has no tag of are passed over.
    pub fn untag(&mut self, of: Tagged<'_>, keys: &[String]) -> Result<(), IamError> {
        if keys.len() > TAGS {
            let rule = format!("have length less than or equal to {TAGS}");
            return Err(IamError::constraint(&format!("{} keys", keys.len()), "tagKeys", rule));
        }
        for key in keys {
            names::length(key, "tagKeys", 1, 128)?;
        }
        let tags = self.tags_mut(of)?;
        tags.retain(|key, _| !keys.iter().any(|gone| same_key(gone, key)));
        Ok(())
    }

    fn tags_mut(&mut self, of: Tagged<'_>) -> Result<&mut Tags, IamError> {
        Ok(match of {
            Tagged::User(name) => &mut self.user_mut(name)?.tags,
            Tagged::Role(name) => &mut self.role_mut(name)?.tags,
            Tagged::Policy(arn) => &mut self.policy_mut(arn)?.tags,
            Tagged::Provider(arn) => &mut self.provider_mut(arn)?.tags,
        })
    }
}

/// Checks tags and puts them among others. Keys differ in more than case.
pub(super) fn merge(tags: &mut Tags, new: &[(String, String)]) -> Result<(), IamError> {
    check(new)?;
    for (key, value) in new {
        tags.retain(|other, _| !same_key(other, key));
        tags.insert(key.clone(), value.clone());
    }
    if tags.len() > TAGS {
        let message = format!("The number of tags has reached the maximum limit of {TAGS}.");
        return Err(IamError::new(IamErrorCode::LimitExceeded, message));
    }
    Ok(())
}

/// Checks the form of tags and that no key comes twice.
pub(super) fn check(tags: &[(String, String)]) -> Result<(), IamError> {
    if tags.len() > TAGS {
        let rule = format!("have length less than or equal to {TAGS}");
        return Err(IamError::constraint(&format!("{} tags", tags.len()), "tags", rule));
    }
    for (index, (key, value)) in tags.iter().enumerate() {
        names::tag_key(key, &format!("tags.{}.member.key", index + 1))?;
        names::tag_value(value, &format!("tags.{}.member.value", index + 1))?;
        if tags[..index].iter().any(|(other, _)| same_key(other, key)) {
            return Err(IamError::invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive."));
        }
    }
    Ok(())
}

fn same_key(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}
