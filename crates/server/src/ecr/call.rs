//! A call that is allowed.

use plimsoll_iam::{AccountId, Arn, Context, Named};
use plimsoll_oci::RepositoryName;
use plimsoll_registry::{On, Repository, Requester};
use serde_json::Value;

use super::error::EcrError;
use super::operations::{Row, Target};
use crate::authorisation::Denied;
use crate::aws::Call;

/// A call that is allowed: what a handler is given beside its input.
pub(crate) struct Asked<'a> {
    pub(crate) call: &'a Call<'a>,
    /// The operation.
    pub(crate) operation: &'static str,
    /// The account whose registry is asked: `registryId`, that of the resource, or the caller's.
    pub(crate) registry: AccountId,
}

impl<'a> Asked<'a> {
    /// Allows the call or says why not.
    pub(super) async fn authorise(call: &'a Call<'a>, row: &'static Row, input: &Value) -> Result<Self, EcrError> {
        let action = format!("ecr:{}", row.action);
        let registry = registry(call, row, input)?;
        let asked = Self { call, operation: row.name, registry };
        for target in asked.targets(row.target, input)? {
            let on = match &target {
                Some(repository) => On::Repository(repository),
                None if row.target == Target::Repositories => return asked.authorise_on_all(&action, input).await,
                None => On::Registry(registry),
            };
            call.authorise(&action, on, |context| tell_tags(context, input)).await?;
        }
        Ok(asked)
    }

    async fn authorise_on_all(self, action: &str, input: &Value) -> Result<Self, EcrError> {
        let arn = format!("arn:aws:ecr:{}:{}:repository/*", self.call.state.region, self.registry);
        let on = On::Other { owner: self.registry, arn: &arn };
        self.call.authorise(action, on, |context| tell_tags(context, input)).await?;
        Ok(self)
    }

    /// The repositories an operation is done to; none for the registry as a whole.
    fn targets(&self, target: Target, input: &Value) -> Result<Vec<Option<Repository>>, EcrError> {
        let named = |name: &Value| self.repository(name.as_str().unwrap_or_default()).map(Some);
        match target {
            Target::Registry => Ok(vec![None]),
            Target::Repository => Ok(vec![named(&input["repositoryName"])?]),
            Target::Repositories => match input["repositoryNames"].as_array() {
                Some(names) if !names.is_empty() => names.iter().map(named).collect(),
                _ => Ok(vec![None]),
            },
            Target::Arn => Ok(vec![Some(self.repository_of_arn(input["resourceArn"].as_str().unwrap_or_default())?)]),
        }
    }

    /// The repository of that name in the registry asked.
    pub(crate) fn repository(&self, name: &str) -> Result<Repository, EcrError> {
        let name: RepositoryName =
            name.parse().map_err(|_| EcrError::invalid_parameter("repositoryName", "must be a repository name"))?;
        Ok(Repository::private(self.registry, name))
    }

    /// The repository that an ARN names.
    pub(crate) fn repository_of_arn(&self, arn: &str) -> Result<Repository, EcrError> {
        let invalid = || EcrError::invalid_parameter("resourceArn", "Invalid ARN");
        let arn: Arn = arn.parse().map_err(|_| invalid())?;
        let name = arn.resource.strip_prefix("repository/").and_then(|name| name.parse().ok());
        let here = arn.service == "ecr" && arn.region == self.call.state.region;
        let name = name.filter(|_| here).ok_or_else(invalid)?;
        Ok(Repository::private(arn.account.parse().map_err(|_| invalid())?, name))
    }

    /// Allows what the operation does beside its own action, with the tags it does it with, or says why not.
    pub(super) async fn authorise_also(&self, action: &str, on: On<'_>, tags: &Value) -> Result<(), EcrError> {
        Ok(self.call.authorise(action, on, |context| tell_tags(context, tags)).await?)
    }

    /// Whether the caller could do `action` if `policy` were the policy of the repository.
    pub(super) fn may_under(&self, action: &str, repository: &Repository, policy: Named) -> Result<bool, EcrError> {
        let Call { state, caller, circumstances, .. } = self.call;
        Ok(state.may_under(caller, circumstances, action, repository, policy)?)
    }

    /// On whose behalf the operation is carried out.
    pub(crate) fn requester(&self) -> Requester {
        self.call.requester()
    }
}

fn registry(call: &Call<'_>, row: &Row, input: &Value) -> Result<AccountId, EcrError> {
    let (field, constraint, id) = match row.target {
        Target::Arn => {
            let account = input["resourceArn"].as_str().and_then(|arn| arn.split(':').nth(4));
            ("resourceArn", "Invalid ARN", Some(account.unwrap_or_default()))
        }
        _ => ("registryId", "must satisfy regular expression '[0-9]{12}'", input["registryId"].as_str()),
    };
    let invalid = |_| EcrError::invalid_parameter(field, constraint);
    id.map_or(Ok(call.account), |id| id.parse().map_err(invalid))
}

/// The tags that a request brings or takes away, as conditions see them.
fn tell_tags(context: &mut Context, input: &Value) {
    let tags = input["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut keys = Vec::new();
    for tag in tags {
        if let (Some(key), Some(value)) = (tag["Key"].as_str(), tag["Value"].as_str()) {
            context.set(&format!("aws:RequestTag/{key}"), value);
            keys.push(key);
        }
    }
    let removed = input["tagKeys"].as_array().map(Vec::as_slice).unwrap_or_default();
    keys.extend(removed.iter().filter_map(Value::as_str));
    if !keys.is_empty() {
        context.set_many("aws:TagKeys", keys);
    }
}

impl From<Denied> for EcrError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Policy(message) => Self::new("AccessDeniedException", message),
            Denied::Failed(error) => error.into(),
        }
    }
}
