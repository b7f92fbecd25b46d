//! What public repositories say of themselves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_registry::{CatalogData, Repository};

use super::logo;
use super::wire::{
    GetRepositoryCatalogDataRequest, GetRepositoryCatalogDataResponse, PutRepositoryCatalogDataRequest,
    PutRepositoryCatalogDataResponse, RepositoryCatalogData, RepositoryCatalogDataInput,
};
use crate::ecr::EcrError;
use crate::ecr::call::Asked;

/// `PutRepositoryCatalogData`. What is not mentioned goes.
pub(super) async fn put(
    asked: &Asked<'_>,
    input: PutRepositoryCatalogDataRequest,
) -> Result<PutRepositoryCatalogDataResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let data = read(input.catalog_data);
    let put = asked.call.state.registry.set_catalog_data(&repository, &data, &asked.requester()).await;
    put.map_err(EcrError::about(&repository))?;
    Ok(PutRepositoryCatalogDataResponse { catalog_data: told(asked, &repository, data) })
}

/// `GetRepositoryCatalogData`
pub(super) async fn get(
    asked: &Asked<'_>,
    input: GetRepositoryCatalogDataRequest,
) -> Result<GetRepositoryCatalogDataResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let data = asked.call.state.registry.catalog_data(&repository).map_err(EcrError::about(&repository))?;
    let data = data.ok_or_else(|| EcrError::catalog_data_not_found(&repository))?;
    Ok(GetRepositoryCatalogDataResponse { catalog_data: told(asked, &repository, data) })
}

/// Catalog data as it is kept. A logo of no bytes is none.
pub(super) fn read(input: RepositoryCatalogDataInput) -> CatalogData {
    let logo = input.logo_image_blob.filter(|logo| !logo.0.is_empty());
    CatalogData {
        description: input.description,
        architectures: input.architectures,
        operating_systems: input.operating_systems,
        logo: logo.map(|logo| STANDARD.encode(logo.0)),
        about: input.about_text,
        usage: input.usage_text,
    }
}

/// Catalog data as it is told.
pub(super) fn told(asked: &Asked<'_>, repository: &Repository, data: CatalogData) -> RepositoryCatalogData {
    RepositoryCatalogData {
        description: data.description,
        architectures: data.architectures,
        operating_systems: data.operating_systems,
        logo_url: data.logo.map(|_| logo::url(&asked.call.base_url, repository)),
        about_text: data.about,
        usage_text: data.usage,
        marketplace_certified: false,
    }
}
