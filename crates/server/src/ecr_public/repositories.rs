//! Public repositories: making, describing and deleting them.

use plimsoll_registry::{NewRepository, RepositoryRecord};

use super::catalog;
use super::wire::{
    CreateRepositoryRequest, CreateRepositoryResponse, DeleteRepositoryResponse, DescribeRepositoriesResponse,
    Repository,
};
use crate::ecr::call::Asked;
use crate::ecr::wire::Epoch;
use crate::ecr::wire::repositories::{DeleteRepositoryRequest, DescribeRepositoriesRequest};
use crate::ecr::{EcrError, repositories, settings};

/// `CreateRepository`
pub(super) async fn create(
    asked: &Asked<'_>,
    input: CreateRepositoryRequest,
) -> Result<CreateRepositoryResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let data = input.catalog_data.map(catalog::read);
    let new = NewRepository {
        catalog_data: data.as_ref().map(plimsoll_registry::CatalogData::text).transpose()?,
        tags: settings::tags(input.tags.as_deref().unwrap_or_default())?,
        ..NewRepository::plain(repository.clone())
    };
    let record = repositories::make(asked, new).await?;
    let catalog_data = data.map(|data| catalog::told(asked, &repository, data));
    Ok(CreateRepositoryResponse { repository: described(asked, &record), catalog_data })
}

/// `DescribeRepositories`
pub(super) async fn describe(
    asked: &Asked<'_>,
    input: DescribeRepositoriesRequest,
) -> Result<DescribeRepositoriesResponse, EcrError> {
    let (records, next_token) = repositories::found(asked, input)?;
    let repositories = records.iter().map(|record| described(asked, record)).collect();
    Ok(DescribeRepositoriesResponse { repositories, next_token })
}

/// `DeleteRepository`
pub(super) async fn delete(
    asked: &Asked<'_>,
    input: DeleteRepositoryRequest,
) -> Result<DeleteRepositoryResponse, EcrError> {
    Ok(DeleteRepositoryResponse { repository: described(asked, &repositories::remove(asked, input).await?) })
}

fn described(asked: &Asked<'_>, record: &RepositoryRecord) -> Repository {
    let repository = &record.repository;
    Repository {
        repository_arn: asked.arn(&format!("repository/{}", repository.name)),
        registry_id: repository.account.to_string(),
        repository_name: repository.name.to_string(),
        repository_uri: asked.call.state.repository_uri(&asked.call.base_url, repository),
        created_at: Epoch(record.created_at.0),
    }
}
