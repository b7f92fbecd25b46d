//! A call that is allowed.

use plimsoll_iam::{AccountId, Arn, Context, Named};
use plimsoll_oci::RepositoryName;
use plimsoll_registry::{On, Repository, Requester, Visibility, action, registry_arn, service};
use serde_json::Value;

use super::api::{Row, Target};
use super::error::EcrError;
use crate::authorisation::Denied;
use crate::aws::Call;

/// A call that is allowed: what a handler is given beside its input.
pub(crate) struct Asked<'a> {
    pub(crate) call: &'a Call<'a>,
    /// The operation.
    pub(crate) operation: &'static str,
    /// The account whose registry is asked: `registryId`, that of the resource, or the caller's.
    pub(crate) registry: AccountId,
    /// Which of the account's two registries it is.
    pub(crate) visibility: Visibility,
}

impl<'a> Asked<'a> {
    /// Allows the call or says why not.
    pub(super) async fn authorise(
        call: &'a Call<'a>,
        visibility: Visibility,
        row: &'static Row,
        input: &Value,
    ) -> Result<Self, EcrError> {
        let registry = registry(call, visibility, row, input)?;
        let asked = Self { call, operation: row.name, registry, visibility };
        let action = asked.action(row.action);
        for target in asked.targets(row.target, input)? {
            match target {
                Some(repository) => asked.authorise_also(&action, On::Repository(&repository), input).await?,
                None => asked.authorise_on_registry(&action, row.target, input).await?,
            }
        }
        Ok(asked)
    }

    async fn authorise_on_registry(&self, action: &str, target: Target, input: &Value) -> Result<(), EcrError> {
        let resource = match (target, self.visibility) {
            (Target::Repositories, _) => "repository/*".to_owned(),
            (Target::Registry, Visibility::Public) => format!("registry/{}", self.registry),
            _ => return self.authorise_also(action, On::Registry(self.registry), input).await,
        };
        let arn = self.arn(&resource);
        self.authorise_also(action, On::Other { owner: self.registry, arn: &arn }, input).await
    }

    /// The ARN of a resource of the registry.
    pub(crate) fn arn(&self, resource: &str) -> String {
        registry_arn(&self.call.state.region, self.registry, self.visibility, resource)
    }

    /// The action that allows an operation.
    pub(crate) fn action(&self, operation: &str) -> String {
        action(self.visibility, operation)
    }

    /// The repositories an operation is done to; none for the registry as a whole.
    fn targets(&self, target: Target, input: &Value) -> Result<Vec<Option<Repository>>, EcrError> {
        let named = |name: &Value| self.repository(name.as_str().unwrap_or_default()).map(Some);
        match target {
            Target::Account | Target::Registry => Ok(vec![None]),
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
        Ok(Repository { account: self.registry, visibility: self.visibility, name })
    }

    /// The repository that an ARN names.
    pub(crate) fn repository_of_arn(&self, arn: &str) -> Result<Repository, EcrError> {
        let invalid = || EcrError::invalid_parameter("resourceArn", "Invalid ARN");
        let arn: Arn = arn.parse().map_err(|_| invalid())?;
        let name = arn.resource.strip_prefix("repository/").and_then(|name| name.parse().ok());
        let region = match self.visibility {
            Visibility::Private => self.call.state.region.as_str(),
            Visibility::Public => "",
        };
        let here = arn.service == service(self.visibility) && arn.region == region;
        let name = name.filter(|_| here).ok_or_else(invalid)?;
        let account = arn.account.parse().map_err(|_| invalid())?;
        Ok(Repository { account, visibility: self.visibility, name })
    }

    /// Allows what the operation does beside its own action, with the tags it does it with, or says why not.
    pub(crate) async fn authorise_also(&self, action: &str, on: On<'_>, tags: &Value) -> Result<(), EcrError> {
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

fn registry(call: &Call<'_>, visibility: Visibility, row: &Row, input: &Value) -> Result<AccountId, EcrError> {
    let (field, constraint, id) = match row.target {
        Target::Arn => {
            let account = input["resourceArn"].as_str().and_then(|arn| arn.split(':').nth(4));
            ("resourceArn", "Invalid ARN", Some(account.unwrap_or_default()))
        }
        // Some operations on public registries take an alias as well. Here a registry has none but its id.
        _ if visibility == Visibility::Public => {
            let id = input["registryId"].as_str();
            return id.map_or(Ok(call.account), |id| id.parse().map_err(|_| EcrError::registry_not_found(id)));
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
