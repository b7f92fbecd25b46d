//! Repositories: making, describing and deleting them, and whether their tags may be moved.

use std::collections::HashSet;

use plimsoll_registry::{NewRepository, On, RepositoryRecord, Visibility};
use serde_json::json;

use super::call::Asked;
use super::error::EcrError;
use super::settings::{self, Keys};
use super::wire::Epoch;
use super::wire::repositories::{
    CreateRepositoryRequest, CreateRepositoryResponse, DeleteRepositoryRequest, DeleteRepositoryResponse,
    DescribeRepositoriesRequest, DescribeRepositoriesResponse, PutImageTagMutabilityRequest,
    PutImageTagMutabilityResponse, Repository,
};
use super::wire::shared::ImageScanningConfiguration;

/// `CreateRepository`
pub(super) async fn create(
    asked: &Asked<'_>,
    input: CreateRepositoryRequest,
) -> Result<CreateRepositoryResponse, EcrError> {
    let state = asked.call.state;
    let repository = asked.repository(&input.repository_name)?;
    let filters = input.image_tag_mutability_exclusion_filters.as_deref();
    let keys = Keys { region: &state.region, account: repository.account };
    let tags = settings::tags(input.tags.as_deref().unwrap_or_default())?;
    let new = NewRepository {
        mutability: settings::mutability(input.image_tag_mutability.as_deref(), filters)?,
        scan_on_push: input.image_scanning_configuration.and_then(|scanning| scanning.scan_on_push).unwrap_or_default(),
        encryption: keys.encryption(input.encryption_configuration.as_ref())?,
        tags,
        ..NewRepository::plain(repository.clone())
    };
    if !new.tags.is_empty() {
        // Who makes a repository with tags does two things.
        let tags = json!({ "tags": input.tags });
        asked.authorise_also("ecr:TagResource", On::Repository(&repository), &tags).await?;
    }
    let made = state.registry.create_repository(new, &asked.requester()).await;
    let record = made.map_err(EcrError::about(&repository))?;
    Ok(CreateRepositoryResponse { repository: described(asked, &record) })
}

/// `DescribeRepositories`
pub(super) async fn describe(
    asked: &Asked<'_>,
    input: DescribeRepositoriesRequest,
) -> Result<DescribeRepositoriesResponse, EcrError> {
    let DescribeRepositoriesRequest { repository_names, next_token, max_results, .. } = input;
    let Some(names) = repository_names else { return describe_all(asked, next_token.as_deref(), max_results) };
    let together = [("nextToken", next_token.is_some()), ("maxResults", max_results.is_some())];
    if let Some((field, _)) = together.into_iter().find(|(_, given)| *given) {
        let rule = format!("{field} must be null when repositoryNames is specified");
        return Err(EcrError::invalid_parameter(field, &rule));
    }
    let mut seen = HashSet::new();
    let mut repositories = Vec::new();
    for name in names.iter().filter(|name| seen.insert(name.as_str())) {
        let repository = asked.repository(name)?;
        let found = asked.call.state.registry.repository(&repository);
        repositories.push(described(asked, &found.map_err(EcrError::about(&repository))?));
    }
    Ok(DescribeRepositoriesResponse { repositories, next_token: None })
}

fn describe_all(
    asked: &Asked<'_>,
    next_token: Option<&str>,
    max_results: Option<i64>,
) -> Result<DescribeRepositoriesResponse, EcrError> {
    let registry = asked.registry.to_string();
    let page = asked.page(&registry, &[], next_token, max_results)?;
    let after = page.after.as_deref();
    let all = &asked.call.state.registry;
    let mut records = all.describe_repositories(asked.registry, Visibility::Private, after, page.read())?;
    let next_token = page.cut(&mut records, |record| record.repository.name.to_string())?;
    let repositories = records.iter().map(|record| described(asked, record)).collect();
    Ok(DescribeRepositoriesResponse { repositories, next_token })
}

/// `DeleteRepository`
pub(super) async fn delete(
    asked: &Asked<'_>,
    input: DeleteRepositoryRequest,
) -> Result<DeleteRepositoryResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let force = input.force.unwrap_or_default();
    let deleted = asked.call.state.registry.delete_repository(&repository, force, &asked.requester()).await;
    let record = deleted.map_err(EcrError::about(&repository))?;
    Ok(DeleteRepositoryResponse { repository: described(asked, &record) })
}

/// `PutImageTagMutability`
pub(super) async fn put_mutability(
    asked: &Asked<'_>,
    input: PutImageTagMutabilityRequest,
) -> Result<PutImageTagMutabilityResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let filters = input.image_tag_mutability_exclusion_filters.as_deref();
    let mutability = settings::mutability(Some(&input.image_tag_mutability), filters)?;
    let set = asked.call.state.registry.set_tag_mutability(&repository, mutability.clone(), &asked.requester()).await;
    set.map_err(EcrError::about(&repository))?;
    Ok(PutImageTagMutabilityResponse {
        registry_id: repository.account.to_string(),
        repository_name: repository.name.to_string(),
        image_tag_mutability: settings::mutability_word(&mutability),
        image_tag_mutability_exclusion_filters: settings::filters(&mutability),
    })
}

fn described(asked: &Asked<'_>, record: &RepositoryRecord) -> Repository {
    let state = asked.call.state;
    let repository = &record.repository;
    Repository {
        repository_arn: plimsoll_registry::repository_arn(&state.region, repository),
        registry_id: repository.account.to_string(),
        repository_name: repository.name.to_string(),
        repository_uri: state.repository_uri(&asked.call.base_url, repository),
        created_at: Epoch(record.created_at.0),
        image_tag_mutability: settings::mutability_word(&record.mutability),
        image_tag_mutability_exclusion_filters: settings::filters(&record.mutability),
        image_scanning_configuration: ImageScanningConfiguration { scan_on_push: Some(record.scan_on_push) },
        encryption_configuration: settings::encryption_configuration(&record.encryption),
    }
}
