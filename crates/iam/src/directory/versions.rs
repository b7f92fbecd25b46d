//! Versions of managed policies.

use super::error::IamErrorCode;
use super::policies::managed_document;
use super::{Directory, IamError, PolicyVersion};

const VERSIONS: usize = 5;

impl Directory {
    /// Adds a version to a managed policy at `now`, in seconds since the Unix epoch, and gives its number.
    pub fn create_policy_version(
        &mut self,
        arn: &str,
        document: &str,
        set_default: bool,
        now: i64,
    ) -> Result<u32, IamError> {
        let policy = self.policy_mut(arn)?;
        let document = managed_document(document)?;
        if policy.versions.len() >= VERSIONS {
            let message = format!(
                "A managed policy can have up to {VERSIONS} versions. Before you create a new version, you must delete an existing version."
            );
            return Err(IamError::new(IamErrorCode::LimitExceeded, message));
        }
        policy.last_version += 1;
        let number = policy.last_version;
        policy.versions.push(PolicyVersion { number, created: now, document });
        policy.updated = now;
        if set_default {
            policy.default_version = number;
        }
        Ok(number)
    }

    /// A version of a managed policy, by the id it has on the wire: `v1`.
    pub fn policy_version(&self, arn: &str, version: &str) -> Result<&PolicyVersion, IamError> {
        let number = version_number(version)?;
        self.policy(arn)?.version(number).ok_or_else(|| {
            let message = format!("Policy {arn} version {version} does not exist or is not attachable.");
            IamError::new(IamErrorCode::NoSuchEntity, message)
        })
    }

    /// Deletes a version that is not in force.
    pub fn delete_policy_version(&mut self, arn: &str, version: &str, now: i64) -> Result<(), IamError> {
        let number = self.policy_version(arn, version)?.number;
        let policy = self.policy_mut(arn)?;
        if policy.default_version == number {
            return Err(IamError::conflict("Cannot delete the default version of a policy."));
        }
        policy.versions.retain(|version| version.number != number);
        policy.updated = now;
        Ok(())
    }

    /// Puts a version into force.
    pub fn set_default_policy_version(&mut self, arn: &str, version: &str, now: i64) -> Result<(), IamError> {
        let number = self.policy_version(arn, version)?.number;
        let policy = self.policy_mut(arn)?;
        policy.default_version = number;
        policy.updated = now;
        Ok(())
    }
}

fn version_number(version: &str) -> Result<u32, IamError> {
    let digits = version.strip_prefix('v').unwrap_or_default();
    let decimal = !digits.starts_with(['0', '+']) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| decimal).ok_or_else(|| {
        let rule = r"satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?";
        IamError::constraint(version, "versionId", rule)
    })
}
