//! Names of resources and identities.

use std::fmt;
use std::str::FromStr;

/// The longest ARN read, in bytes.
const MAX_BYTES: usize = 2048;

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// Region and account may be empty; the resource may hold further colons and slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arn {
    /// The partition: `aws`.
    pub partition: String,
    /// The service: `ecr`, `iam`, `sts`…
    pub service: String,
    /// The region; empty for global services.
    pub region: String,
    /// The account: twelve digits, `aws` for what every account has, or empty.
    pub account: String,
    /// What the service names: `repository/team/app`, `user/path/name`…
    pub resource: String,
}

/// A text is not an [`Arn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an ARN is arn:partition:service:region:account:resource, at most 2048 bytes, without spaces")]
pub struct ArnError;

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        if text.len() > MAX_BYTES || text.chars().any(|char| char.is_whitespace() || char.is_control()) {
            return Err(ArnError);
        }
        let Some(["arn", partition, service, region, account, resource]) = sections(text) else {
            return Err(ArnError);
        };
        if partition.is_empty() || service.is_empty() || resource.is_empty() {
            return Err(ArnError);
        }
        Ok(Self {
            partition: partition.to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.to_owned(),
        })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// The six parts between colons, the last with all further colons.
pub(crate) fn sections(text: &str) -> Option<[&str; 6]> {
    let mut parts = text.splitn(6, ':');
    let mut sections = [""; 6];
    for section in &mut sections {
        *section = parts.next()?;
    }
    Some(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        fn check(text: &str, resource: Option<&str>) {
            let arn = text.parse::<Arn>();
            assert_eq!(arn.as_ref().ok().map(|arn| arn.resource.as_str()), resource, "{text}");
            if let Ok(arn) = arn {
                assert_eq!(arn.to_string(), text);
            }
        }
        check("arn:aws:ecr:us-east-1:123456789012:repository/team/app", Some("repository/team/app"));
        check("arn:aws:iam::aws:policy/AdministratorAccess", Some("policy/AdministratorAccess"));
        check("arn:aws:sns:us-east-1:123456789012:a:b:c", Some("a:b:c"));
        check("arn:aws:s3:::bucket", Some("bucket"));
        check("arn:aws:ecr:us-east-1:123456789012", None);
        check("arn:aws:ecr:us-east-1:123456789012:", None);
        check("arn::ecr:us-east-1:123456789012:x", None);
        check("arn:aws::us-east-1:123456789012:x", None);
        check("urn:aws:ecr:us-east-1:123456789012:x", None);
        check("arn:aws:ecr:us-east-1:123456789012:a b", None);
        check(&format!("arn:aws:ecr:::{}", "x".repeat(2034)), Some(&"x".repeat(2034)));
        check(&format!("arn:aws:ecr:::{}", "x".repeat(2035)), None);
        check("", None);
    }
}
