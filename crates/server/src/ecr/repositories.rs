//! Repositories: making, describing and deleting them, and whether their tags may be moved.

use std::collections::HashSet;

use plimsoll_registry::{NewRepository, On, RepositoryRecord};
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

/// Repositories, and the token of the page that follows.
type Found = (Vec<RepositoryRecord>, Option<String>);

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
        ..NewRepository::plain(repository)
    };
    Ok(CreateRepositoryResponse { repository: described(asked, &make(asked, new).await?) })
}

/// Makes a repository, if it may have its tags.
pub(crate) async fn make(asked: &Asked<'_>, new: NewRepository) -> Result<RepositoryRecord, EcrError> {
    let repository = new.repository.clone();
    if !new.tags.is_empty() {
        // Who makes a repository with tags does two things.
        let tags = json!({ "tags": settings::tag_list(new.tags.clone()) });
        asked.authorise_also(&asked.action("TagResource"), On::Repository(&repository), &tags).await?;
    }
    let made = asked.call.state.registry.create_repository(new, &asked.requester()).await;
    made.map_err(EcrError::about(&repository))
}

/// `DescribeRepositories`
pub(super) async fn describe(
    asked: &Asked<'_>,
    input: DescribeRepositoriesRequest,
) -> Result<DescribeRepositoriesResponse, EcrError> {
    let (records, next_token) = found(asked, input)?;
    let repositories = records.iter().map(|record| described(asked, record)).collect();
    Ok(DescribeRepositoriesResponse { repositories, next_token })
}

/// The repositories that are asked for by their names, or a page of all; and the token of the page that follows.
pub(crate) fn found(asked: &Asked<'_>, input: DescribeRepositoriesRequest) -> Result<Found, EcrError> {
    let DescribeRepositoriesRequest { repository_names, next_token, max_results, .. } = input;
    let Some(names) = repository_names else { return page(asked, next_token.as_deref(), max_results) };
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
        repositories.push(found.map_err(EcrError::about(&repository))?);
    }
    Ok((repositories, None))
}

fn page(asked: &Asked<'_>, next_token: Option<&str>, max_results: Option<i64>) -> Result<Found, EcrError> {
    let registry = asked.registry.to_string();
    let page = asked.page(&registry, &[], next_token, max_results)?;
    let after = page.after.as_deref();
    let all = &asked.call.state.registry;
    let mut records = all.describe_repositories(asked.registry, asked.visibility, after, page.read())?;
    let next_token = page.cut(&mut records, |record| record.repository.name.to_string())?;
    Ok((records, next_token))
}

/// `DeleteRepository`
pub(super) async fn delete(
    asked: &Asked<'_>,
    input: DeleteRepositoryRequest,
) -> Result<DeleteRepositoryResponse, EcrError> {
    Ok(DeleteRepositoryResponse { repository: described(asked, &remove(asked, input).await?) })
}

/// Deletes a repository and answers what it was.
pub(crate) async fn remove(asked: &Asked<'_>, input: DeleteRepositoryRequest) -> Result<RepositoryRecord, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let force = input.force.unwrap_or_default();
    let deleted = asked.call.state.registry.delete_repository(&repository, force, &asked.requester()).await;
    deleted.map_err(EcrError::about(&repository))
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
