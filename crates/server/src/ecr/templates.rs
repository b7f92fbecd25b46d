//! Repository creation templates.

use plimsoll_registry::{CreationTemplate, NamedTemplate, RegistryError, Scenario};

use super::call::Asked;
use super::error::EcrError;
use super::policies;
use super::settings::{self, Keys};
use super::wire::Epoch;
use super::wire::repositories::EncryptionConfiguration;
use super::wire::templates::{
    CreateRepositoryCreationTemplateRequest, CreateRepositoryCreationTemplateResponse,
    DeleteRepositoryCreationTemplateRequest, DeleteRepositoryCreationTemplateResponse,
    DescribeRepositoryCreationTemplatesRequest, DescribeRepositoryCreationTemplatesResponse,
    EncryptionConfigurationForRepositoryCreationTemplate, RepositoryCreationTemplate,
    UpdateRepositoryCreationTemplateRequest, UpdateRepositoryCreationTemplateResponse,
};

const SCENARIOS: [(&str, Scenario); 3] = [
    ("REPLICATION", Scenario::Replication),
    ("PULL_THROUGH_CACHE", Scenario::PullThroughCache),
    ("CREATE_ON_PUSH", Scenario::CreateOnPush),
];

/// `CreateRepositoryCreationTemplate`
pub(super) async fn create(
    asked: &Asked<'_>,
    input: CreateRepositoryCreationTemplateRequest,
) -> Result<CreateRepositoryCreationTemplateResponse, EcrError> {
    let filters = input.image_tag_mutability_exclusion_filters.as_deref();
    let template = CreationTemplate {
        mutability: settings::mutability(input.image_tag_mutability.as_deref(), filters)?,
        encryption: encryption(asked, input.encryption_configuration)?,
        tags: settings::tags(input.resource_tags.as_deref().unwrap_or_default())?,
        policy: policy(input.repository_policy)?,
        lifecycle: lifecycle(input.lifecycle_policy)?,
        applied_for: scenarios(&input.applied_for),
        description: input.description,
        custom_role_arn: input.custom_role_arn,
    };
    let registry = &asked.call.state.registry;
    let made = registry.create_template(asked.registry, &input.prefix, template, &asked.requester()).await;
    let named = made.map_err(about(asked, &input.prefix))?;
    Ok(CreateRepositoryCreationTemplateResponse {
        registry_id: asked.registry.to_string(),
        repository_creation_template: described(named),
    })
}

/// `UpdateRepositoryCreationTemplate`. What is not mentioned stays.
pub(super) async fn update(
    asked: &Asked<'_>,
    input: UpdateRepositoryCreationTemplateRequest,
) -> Result<UpdateRepositoryCreationTemplateResponse, EcrError> {
    let registry = &asked.call.state.registry;
    let about = about(asked, &input.prefix);
    let found = registry.template(asked.registry, &input.prefix)?;
    let mut template = found.ok_or(RegistryError::TemplateUnknown).map_err(&about)?.template;
    let filters = input.image_tag_mutability_exclusion_filters.as_deref();
    if input.image_tag_mutability.is_some() || filters.is_some() {
        template.mutability = settings::mutability(input.image_tag_mutability.as_deref(), filters)?;
    }
    if input.encryption_configuration.is_some() {
        template.encryption = encryption(asked, input.encryption_configuration)?;
    }
    if let Some(tags) = input.resource_tags {
        template.tags = settings::tags(&tags)?;
    }
    if input.repository_policy.is_some() {
        template.policy = policy(input.repository_policy)?;
    }
    if input.lifecycle_policy.is_some() {
        template.lifecycle = lifecycle(input.lifecycle_policy)?;
    }
    if let Some(applied_for) = input.applied_for {
        template.applied_for = scenarios(&applied_for);
    }
    template.description = input.description.or(template.description);
    template.custom_role_arn = input.custom_role_arn.or(template.custom_role_arn);
    let updated = registry.update_template(asked.registry, &input.prefix, template, &asked.requester()).await;
    Ok(UpdateRepositoryCreationTemplateResponse {
        registry_id: asked.registry.to_string(),
        repository_creation_template: described(updated.map_err(&about)?),
    })
}

/// `DeleteRepositoryCreationTemplate`
pub(super) async fn delete(
    asked: &Asked<'_>,
    input: DeleteRepositoryCreationTemplateRequest,
) -> Result<DeleteRepositoryCreationTemplateResponse, EcrError> {
    let registry = &asked.call.state.registry;
    let deleted = registry.delete_template(asked.registry, &input.prefix, &asked.requester()).await;
    let named = deleted.map_err(about(asked, &input.prefix))?;
    Ok(DeleteRepositoryCreationTemplateResponse {
        registry_id: asked.registry.to_string(),
        repository_creation_template: described(named),
    })
}

/// `DescribeRepositoryCreationTemplates`. Prefixes without a template are left out.
pub(super) async fn describe(
    asked: &Asked<'_>,
    input: DescribeRepositoryCreationTemplatesRequest,
) -> Result<DescribeRepositoryCreationTemplatesResponse, EcrError> {
    let registry_id = asked.registry.to_string();
    let mut prefixes = input.prefixes.unwrap_or_default();
    prefixes.sort_unstable();
    prefixes.dedup();
    let parameters: Vec<_> = prefixes.iter().map(String::as_str).collect();
    let page = asked.page(&registry_id, &parameters, input.next_token.as_deref(), input.max_results)?;
    let mut found = if prefixes.is_empty() {
        asked.call.state.registry.templates(asked.registry, page.after.as_deref(), page.read())?
    } else {
        let after = page.after.as_deref().unwrap_or_default();
        named(asked, prefixes.iter().filter(|prefix| prefix.as_str() > after).take(page.read()))?
    };
    let next_token = page.cut(&mut found, |named| named.prefix.clone())?;
    let repository_creation_templates = found.into_iter().map(described).collect();
    Ok(DescribeRepositoryCreationTemplatesResponse {
        registry_id: registry_id.clone(),
        repository_creation_templates,
        next_token,
    })
}

fn named<'a>(asked: &Asked<'_>, prefixes: impl Iterator<Item = &'a String>) -> Result<Vec<NamedTemplate>, EcrError> {
    let registry = &asked.call.state.registry;
    let found = prefixes.filter_map(|prefix| registry.template(asked.registry, prefix).transpose());
    Ok(found.collect::<Result<_, _>>()?)
}

fn about<'a>(asked: &'a Asked<'_>, prefix: &'a str) -> impl Fn(RegistryError) -> EcrError + 'a {
    move |error| match error {
        RegistryError::TemplateExists => EcrError::template_already_exists(asked.registry, prefix),
        RegistryError::TemplateUnknown => EcrError::template_not_found(asked.registry, prefix),
        RegistryError::TooManyTemplates { most } => EcrError::limit_exceeded("repository creation templates", most),
        other => other.into(),
    }
}

fn encryption(
    asked: &Asked<'_>,
    configured: Option<EncryptionConfigurationForRepositoryCreationTemplate>,
) -> Result<plimsoll_registry::Encryption, EcrError> {
    let configured = configured.map(|configured| EncryptionConfiguration {
        encryption_type: configured.encryption_type,
        kms_key: configured.kms_key,
    });
    Keys { region: &asked.call.state.region, account: asked.registry }.encryption(configured.as_ref())
}

/// A repository policy; the empty text is none.
fn policy(text: Option<String>) -> Result<Option<String>, EcrError> {
    let text = text.filter(|text| !text.is_empty());
    text.as_deref().map(policies::repository_policy).transpose()?;
    Ok(text)
}

/// A lifecycle policy; the empty text is none.
fn lifecycle(text: Option<String>) -> Result<Option<String>, EcrError> {
    let text = text.filter(|text| !text.is_empty());
    let checked = text.as_deref().map(plimsoll_rules::lifecycle::Policy::parse).transpose();
    checked.map_err(|error| EcrError::new("InvalidParameterException", error.message()))?;
    Ok(text)
}

fn scenarios(words: &[String]) -> Vec<Scenario> {
    let named = |scenario: &&(&str, Scenario)| words.iter().any(|word| word == scenario.0);
    SCENARIOS.iter().filter(named).map(|(_, scenario)| *scenario).collect()
}

fn described(named: NamedTemplate) -> RepositoryCreationTemplate {
    let NamedTemplate { prefix, template, created_at, updated_at } = named;
    let EncryptionConfiguration { encryption_type, kms_key } = settings::encryption_configuration(&template.encryption);
    let applied = |scenario: &&(&str, Scenario)| template.applied_for.contains(&scenario.1);
    RepositoryCreationTemplate {
        prefix,
        description: template.description,
        encryption_configuration: Some(EncryptionConfigurationForRepositoryCreationTemplate {
            encryption_type,
            kms_key,
        }),
        resource_tags: (!template.tags.is_empty()).then(|| settings::tag_list(template.tags)),
        image_tag_mutability: settings::mutability_word(&template.mutability),
        image_tag_mutability_exclusion_filters: settings::filters(&template.mutability),
        repository_policy: template.policy,
        lifecycle_policy: template.lifecycle,
        applied_for: SCENARIOS.iter().filter(applied).map(|(word, _)| *word).collect(),
        custom_role_arn: template.custom_role_arn,
        created_at: Epoch(created_at.0),
        updated_at: Epoch(updated_at.0),
    }
}
