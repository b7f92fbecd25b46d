//! Reads what Ubuntu Pro's client notes of itself.

use serde::Deserialize;

use crate::ecosystems::Facts;

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    services: Vec<Service>,
}

#[derive(Deserialize)]
struct Service {
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
}

/// Whether packages come from one of the archives of Expanded Security Maintenance.
pub(super) fn subscription(bytes: &[u8]) -> Result<Facts, &'static str> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Facts::Nothing);
    }
    let status: Status =
        serde_json::from_slice(bytes).map_err(|_| "it is not a JSON object with a list of services")?;
    let is_enabled = |service: &Service| service.name.starts_with("esm-") && service.status == "enabled";
    Ok(if status.services.iter().any(is_enabled) { Facts::ExtendedMaintenance } else { Facts::Nothing })
}
