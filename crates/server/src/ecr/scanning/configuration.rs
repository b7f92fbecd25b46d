//! What is scanned, and when.

use plimsoll_registry::{
    RegistryError, ScanFilter, ScanFrequency, ScanType, ScanningConfiguration, ScanningRule, repository_arn,
};

use crate::ecr::call::Asked;
use crate::ecr::error::EcrError;
use crate::ecr::wire::scanning::{
    BatchGetRepositoryScanningConfigurationRequest, BatchGetRepositoryScanningConfigurationResponse,
    GetRegistryScanningConfigurationRequest, GetRegistryScanningConfigurationResponse,
    PutImageScanningConfigurationRequest, PutImageScanningConfigurationResponse,
    PutRegistryScanningConfigurationRequest, PutRegistryScanningConfigurationResponse, RegistryScanningConfiguration,
    RegistryScanningRule, RepositoryScanningConfiguration, RepositoryScanningConfigurationFailure,
    ScanningRepositoryFilter,
};
use crate::ecr::wire::shared::ImageScanningConfiguration;

/// The one type of filter there is.
const WILDCARD: &str = "WILDCARD";

/// `PutImageScanningConfiguration`
pub(in crate::ecr) async fn put_image_scanning(
    asked: &Asked<'_>,
    input: PutImageScanningConfigurationRequest,
) -> Result<PutImageScanningConfigurationResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let scan_on_push = input.image_scanning_configuration.scan_on_push.unwrap_or_default();
    let set = asked.call.state.registry.set_scan_on_push(&repository, scan_on_push, &asked.requester()).await;
    set.map_err(EcrError::about(&repository))?;
    Ok(PutImageScanningConfigurationResponse {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        image_scanning_configuration: Some(ImageScanningConfiguration { scan_on_push: Some(scan_on_push) }),
    })
}

/// `PutRegistryScanningConfiguration`
pub(in crate::ecr) async fn put_registry(
    asked: &Asked<'_>,
    input: PutRegistryScanningConfigurationRequest,
) -> Result<PutRegistryScanningConfigurationResponse, EcrError> {
    let scan_type = if input.scan_type.as_deref() == Some("ENHANCED") { ScanType::Enhanced } else { ScanType::Basic };
    let rules = input.rules.iter().flatten().enumerate().map(|(number, rule)| read_rule(number, rule));
    let configuration = ScanningConfiguration::new(scan_type, rules.collect::<Result<_, _>>()?)
        .map_err(|error| EcrError::invalid_parameter(&field(error.rule, "scanFrequency"), &error.to_string()))?;
    let registry = &asked.call.state.registry;
    registry.set_scanning_configuration(asked.registry, &configuration, &asked.requester()).await?;
    Ok(PutRegistryScanningConfigurationResponse { registry_scanning_configuration: Some(wire(&configuration)) })
}

/// `GetRegistryScanningConfiguration`
pub(in crate::ecr) async fn get_registry(
    asked: &Asked<'_>,
    _: GetRegistryScanningConfigurationRequest,
) -> Result<GetRegistryScanningConfigurationResponse, EcrError> {
    let configuration = asked.call.state.registry.scanning_configuration(asked.registry)?;
    Ok(GetRegistryScanningConfigurationResponse {
        registry_id: asked.registry.to_string(),
        scanning_configuration: Some(wire(&configuration)),
    })
}

/// `BatchGetRepositoryScanningConfiguration`
pub(in crate::ecr) async fn batch_get(
    asked: &Asked<'_>,
    input: BatchGetRepositoryScanningConfigurationRequest,
) -> Result<BatchGetRepositoryScanningConfigurationResponse, EcrError> {
    let mut answer = BatchGetRepositoryScanningConfigurationResponse::default();
    for name in input.repository_names {
        match of_repository(asked, &name)? {
            Ok(found) => answer.scanning_configurations.push(found),
            Err(missing) => answer.failures.push(missing),
        }
    }
    Ok(answer)
}

fn of_repository(
    asked: &Asked<'_>,
    name: &str,
) -> Result<Result<RepositoryScanningConfiguration, RepositoryScanningConfigurationFailure>, EcrError> {
    let repository = asked.repository(name)?;
    let scanning = match asked.call.state.registry.repository_scanning(&repository) {
        Ok(scanning) => scanning,
        Err(RegistryError::RepositoryUnknown) => {
            return Ok(Err(RepositoryScanningConfigurationFailure {
                repository_name: name.to_owned(),
                failure_code: Some("REPOSITORY_NOT_FOUND"),
                failure_reason: Some(EcrError::repository_not_found(&repository).message),
            }));
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Ok(RepositoryScanningConfiguration {
        repository_arn: Some(repository_arn(&asked.call.state.region, &repository)),
        repository_name: name.to_owned(),
        scan_on_push: Some(scanning.frequency > ScanFrequency::Manual),
        scan_frequency: Some(scanning.frequency.as_str()),
        applied_scan_filters: Some(scanning.filters.iter().map(filter).collect()),
    }))
}

fn read_rule(number: usize, rule: &RegistryScanningRule) -> Result<ScanningRule, EcrError> {
    // The model knows no other word.
    let frequency = match rule.scan_frequency.as_str() {
        "SCAN_ON_PUSH" => ScanFrequency::ScanOnPush,
        "CONTINUOUS_SCAN" => ScanFrequency::ContinuousScan,
        _ => ScanFrequency::Manual,
    };
    let filters = rule.repository_filters.iter().map(|filter| filter.filter.parse::<ScanFilter>());
    let filters = filters.collect::<Result<_, _>>();
    let filters = filters
        .map_err(|error| EcrError::invalid_parameter(&field(number, "repositoryFilters"), &error.to_string()))?;
    Ok(ScanningRule { frequency, filters })
}

/// A member of a rule, as messages name it.
fn field(rule: usize, member: &str) -> String {
    format!("rules.{}.member.{member}", rule + 1)
}

fn wire(configuration: &ScanningConfiguration) -> RegistryScanningConfiguration {
    let rule = |rule: &ScanningRule| RegistryScanningRule {
        scan_frequency: rule.frequency.as_str().to_owned(),
        repository_filters: rule.filters.iter().map(filter).collect(),
    };
    RegistryScanningConfiguration {
        scan_type: Some(configuration.scan_type().as_str()),
        rules: Some(configuration.rules().iter().map(rule).collect()),
    }
}

fn filter(filter: &ScanFilter) -> ScanningRepositoryFilter {
    ScanningRepositoryFilter { filter: filter.to_string(), filter_type: WILDCARD.to_owned() }
}
