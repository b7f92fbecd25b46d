//! Errors as Amazon ECR words them.

use plimsoll_iam::AccountId;
use plimsoll_registry::{RegistryError, Repository};
use serde_json::{Map, Value};

/// An error of an operation: the code that SDKs make an exception of, and the text people read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EcrError {
    /// `RepositoryNotFoundException` and the like: `__type`.
    pub(crate) code: &'static str,
    /// The text: `message`.
    pub(crate) message: String,
    /// What some errors carry beside them.
    pub(crate) members: Map<String, Value>,
}

/// The code of what is this server's fault, and is answered by status 500.
pub(crate) const SERVER: &str = "ServerException";

impl EcrError {
    /// An error without members of its own.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), members: Map::new() }
    }

    /// The same error with a member more.
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    /// Whether the fault is this server's.
    pub(crate) fn is_fault(&self) -> bool {
        self.code == SERVER
    }

    /// `Invalid parameter at 'F' failed to satisfy constraint: '…'`
    pub(crate) fn invalid_parameter(field: &str, constraint: &str) -> Self {
        Self::violation("InvalidParameterException", field, constraint)
    }

    /// The same text under the code that the operation declares.
    pub(crate) fn violation(code: &'static str, field: &str, constraint: &str) -> Self {
        Self::new(code, format!("Invalid parameter at '{field}' failed to satisfy constraint: '{constraint}'"))
    }

    /// The input is not what JSON of the operation can be.
    pub(crate) fn serialization(message: impl Into<String>) -> Self {
        Self::new("SerializationException", message)
    }

    /// There is no such operation.
    pub(crate) fn unknown_operation() -> Self {
        Self::new("UnknownOperationException", "")
    }

    /// This server does not do that.
    pub(crate) fn not_available(operation: &str) -> Self {
        Self::new("ValidationException", format!("{operation} is not available in this version of Plimsoll"))
    }

    /// There is no such repository.
    pub(crate) fn repository_not_found(repository: &Repository) -> Self {
        Self::new(
            "RepositoryNotFoundException",
            format!(
                "The repository with name {} does not exist in the registry with id {}",
                name(repository),
                id(repository)
            ),
        )
    }

    /// There is no such registry.
    pub(crate) fn registry_not_found(registry: &str) -> Self {
        Self::new("RegistryNotFoundException", format!("The registry with id '{registry}' does not exist"))
    }

    /// The repository says nothing of itself.
    pub(crate) fn catalog_data_not_found(repository: &Repository) -> Self {
        Self::new(
            "RepositoryCatalogDataNotFoundException",
            format!(
                "Catalog data does not exist for the repository with name {} in the registry with id {}",
                name(repository),
                id(repository)
            ),
        )
    }

    /// There is such a repository already.
    pub(crate) fn repository_already_exists(repository: &Repository) -> Self {
        Self::new(
            "RepositoryAlreadyExistsException",
            format!(
                "The repository with name {} already exists in the registry with id {}",
                name(repository),
                id(repository)
            ),
        )
    }

    /// The repository holds images, and was not to be deleted with them.
    pub(crate) fn repository_not_empty(repository: &Repository) -> Self {
        Self::new(
            "RepositoryNotEmptyException",
            format!(
                "The repository with name {} in registry with id {} cannot be deleted because it still contains images",
                name(repository),
                id(repository)
            ),
        )
    }

    /// The repository has no policy.
    pub(crate) fn repository_policy_not_found(repository: &Repository) -> Self {
        Self::new(
            "RepositoryPolicyNotFoundException",
            format!(
                "Repository policy does not exist for the repository with name {} in the registry with id {}",
                name(repository),
                id(repository)
            ),
        )
    }

    /// The repository has no lifecycle policy.
    pub(crate) fn lifecycle_policy_not_found(repository: &Repository) -> Self {
        Self::new(
            "LifecyclePolicyNotFoundException",
            format!(
                "Lifecycle policy does not exist for the repository with name {} in the registry with id {}",
                name(repository),
                id(repository)
            ),
        )
    }

    /// There is no preview of a lifecycle policy of the repository.
    pub(crate) fn lifecycle_policy_preview_not_found(repository: &Repository) -> Self {
        Self::new(
            "LifecyclePolicyPreviewNotFoundException",
            format!(
                "Lifecycle policy preview does not exist for the repository with name {} in the registry with id {}",
                name(repository),
                id(repository)
            ),
        )
    }

    /// The preview before this one is not done.
    pub(crate) fn lifecycle_policy_preview_in_progress(repository: &Repository) -> Self {
        Self::new(
            "LifecyclePolicyPreviewInProgressException",
            format!(
                "The previous lifecycle policy preview for the repository with name {} in the registry with id {} has not \
                 completed. Wait and try again.",
                name(repository),
                id(repository)
            ),
        )
    }

    /// The registry has no policy.
    pub(crate) fn registry_policy_not_found(registry: AccountId) -> Self {
        Self::new(
            "RegistryPolicyNotFoundException",
            format!("Registry policy does not exist in the registry with id '{registry}'"),
        )
    }

    /// There is no such image. The half of its id that was not given is written `null`.
    pub(crate) fn image_not_found(repository: &Repository, digest: Option<&str>, tag: Option<&str>) -> Self {
        Self::new(
            "ImageNotFoundException",
            format!(
                "The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist within the repository with name \
                 {} in the registry with id {}",
                digest.unwrap_or("null"),
                tag.unwrap_or("null"),
                name(repository),
                id(repository)
            ),
        )
    }

    /// The repository has that manifest under that tag already.
    pub(crate) fn image_already_exists(repository: &Repository, digest: &str, tag: Option<&str>) -> Self {
        let tag = tag.map(|tag| format!(" and tag '{tag}'")).unwrap_or_default();
        Self::new(
            "ImageAlreadyExistsException",
            format!(
                "Image with digest '{digest}'{tag} already exists in the repository with name {} in registry with id {}",
                name(repository),
                id(repository)
            ),
        )
    }

    /// The tag names another manifest, and may not be moved.
    pub(crate) fn image_tag_already_exists(repository: &Repository, tag: &str) -> Self {
        Self::new(
            "ImageTagAlreadyExistsException",
            format!(
                "The image tag '{tag}' already exists in the {} repository and cannot be overwritten because the tag is \
                 immutable.",
                name(repository)
            ),
        )
    }

    /// There is a creation template of that prefix already.
    pub(crate) fn template_already_exists(registry: AccountId, prefix: &str) -> Self {
        Self::new(
            "TemplateAlreadyExistsException",
            format!(
                "The repository creation template with prefix '{prefix}' already exists in the registry with id '{registry}'"
            ),
        )
    }

    /// There is no creation template of that prefix.
    pub(crate) fn template_not_found(registry: AccountId, prefix: &str) -> Self {
        Self::new(
            "TemplateNotFoundException",
            format!(
                "The repository creation template with prefix '{prefix}' does not exist in the registry with id '{registry}'"
            ),
        )
    }

    /// The pulls of that user or role are not recorded already.
    pub(crate) fn exclusion_already_exists(registry: AccountId, principal: &str) -> Self {
        Self::new(
            "ExclusionAlreadyExistsException",
            format!(
                "The pull time update exclusion with principal ARN '{principal}' already exists in the registry with id \
                 '{registry}'"
            ),
        )
    }

    /// The pulls of that user or role are recorded.
    pub(crate) fn exclusion_not_found(registry: AccountId, principal: &str) -> Self {
        Self::new(
            "ExclusionNotFoundException",
            format!(
                "The pull time update exclusion with principal ARN '{principal}' does not exist in the registry with id \
                 '{registry}'"
            ),
        )
    }

    /// A key or value of a resource tag breaks a rule.
    pub(crate) fn invalid_tag(rule: &str) -> Self {
        Self::new("InvalidTagParameterException", rule)
    }

    /// There would be more resource tags than there may be.
    pub(crate) fn too_many_tags(most: usize) -> Self {
        let message = format!("The maximum number of tags that can be applied to a repository is {most}.");
        Self::new("TooManyTagsException", message)
    }

    /// There would be more of something than there may be.
    pub(crate) fn limit_exceeded(what: &str, most: usize) -> Self {
        Self::new("LimitExceededException", format!("The maximum number of {what} in a registry is {most}."))
    }

    /// A key of the key management service cannot be used.
    pub(crate) fn kms(error: &str, message: impl Into<String>) -> Self {
        Self::new("KmsException", message).with("kmsError", error)
    }

    /// Puts what a verb on a repository refused with into words.
    pub(crate) fn about(repository: &Repository) -> impl Fn(RegistryError) -> Self + '_ {
        move |error| match error {
            RegistryError::RepositoryUnknown => Self::repository_not_found(repository),
            RegistryError::RepositoryExists => Self::repository_already_exists(repository),
            RegistryError::RepositoryNotEmpty => Self::repository_not_empty(repository),
            RegistryError::PolicyUnknown => Self::repository_policy_not_found(repository),
            RegistryError::LifecyclePolicy(error) => Self::new("InvalidParameterException", error.message()),
            RegistryError::LifecyclePolicyUnknown => Self::lifecycle_policy_not_found(repository),
            RegistryError::PreviewInProgress => Self::lifecycle_policy_preview_in_progress(repository),
            RegistryError::NameReserved => Self::invalid_parameter("repositoryName", &error.to_string()),
            RegistryError::TooManyTags { most } => Self::too_many_tags(most),
            other => Self::server(&other),
        }
    }

    /// Something of this server failed. The log has the cause; the answer has not.
    pub(crate) fn server(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = cause, "an operation failed");
        Self::new(SERVER, "The registry failed. Its log says why, beside the request id.")
    }
}

impl From<RegistryError> for EcrError {
    fn from(error: RegistryError) -> Self {
        Self::server(&error)
    }
}

fn name(repository: &Repository) -> String {
    format!("'{}'", repository.name)
}

fn id(repository: &Repository) -> String {
    format!("'{}'", repository.account)
}
