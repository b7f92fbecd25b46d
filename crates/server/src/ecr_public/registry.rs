//! The public registry of an account.

use plimsoll_registry::PublicRegistry;

use super::wire::{
    DescribeRegistriesRequest, DescribeRegistriesResponse, GetRegistryCatalogDataRequest,
    GetRegistryCatalogDataResponse, PutRegistryCatalogDataRequest, PutRegistryCatalogDataResponse, Registry,
    RegistryAlias, RegistryCatalogData,
};
use crate::ecr::EcrError;
use crate::ecr::call::Asked;
use crate::state::public_registry_uri;

/// `DescribeRegistries`: the one of the account. Its alias is what stands for it in the URIs of its repositories: its id.
pub(super) async fn describe(
    asked: &Asked<'_>,
    input: DescribeRegistriesRequest,
) -> Result<DescribeRegistriesResponse, EcrError> {
    let id = asked.registry.to_string();
    // One registry is one page, so that no token can be good.
    asked.page(&id, &[], input.next_token.as_deref(), input.max_results)?;
    let alias = RegistryAlias {
        name: id.clone(),
        status: "ACTIVE",
        primary_registry_alias: true,
        default_registry_alias: true,
    };
    let registry = Registry {
        registry_arn: asked.arn(&format!("registry/{id}")),
        registry_id: id,
        registry_uri: public_registry_uri(&asked.call.base_url, asked.registry),
        verified: false,
        aliases: vec![alias],
    };
    Ok(DescribeRegistriesResponse { registries: vec![registry] })
}

/// `PutRegistryCatalogData`
pub(super) async fn put(
    asked: &Asked<'_>,
    input: PutRegistryCatalogDataRequest,
) -> Result<PutRegistryCatalogDataResponse, EcrError> {
    let registry = PublicRegistry { display_name: input.display_name };
    asked.call.state.registry.set_public_registry(asked.registry, &registry, &asked.requester()).await?;
    Ok(PutRegistryCatalogDataResponse { registry_catalog_data: told(registry) })
}

/// `GetRegistryCatalogData`
pub(super) async fn get(
    asked: &Asked<'_>,
    _: GetRegistryCatalogDataRequest,
) -> Result<GetRegistryCatalogDataResponse, EcrError> {
    let registry = asked.call.state.registry.public_registry(asked.registry)?;
    Ok(GetRegistryCatalogDataResponse { registry_catalog_data: told(registry) })
}

fn told(registry: PublicRegistry) -> RegistryCatalogData {
    RegistryCatalogData { display_name: registry.display_name }
}
