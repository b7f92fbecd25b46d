//! The registry's settings: account settings, and whose pulls are not recorded.

use super::call::Asked;
use super::error::EcrError;
use super::wire::registry::{DescribeRegistryRequest, DescribeRegistryResponse, ReplicationConfiguration};

/// Describes the registry. It replicates nothing.
pub(super) async fn describe(
    asked: &Asked<'_>,
    _: DescribeRegistryRequest,
) -> Result<DescribeRegistryResponse, EcrError> {
    let registry_id = asked.registry.to_string();
    Ok(DescribeRegistryResponse {
        registry_id,
        replication_configuration: ReplicationConfiguration { rules: Vec::new() },
    })
}
