//! Settings of an account's registry: its policy, its account settings, whose pulls are not recorded, creation templates,
//! and what its public registry says of itself. Each is kept by the catalog as a text under a key.

mod exclusions;
mod policy;
mod public;
mod switches;
mod templates;

pub(crate) use exclusions::Exclusions;
pub use exclusions::PullTimeExclusion;
pub use public::{CatalogData, PublicRegistry};
pub use switches::Switch;
pub use templates::{CreationTemplate, NamedTemplate, Scenario};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::RegistryError;

fn read<T: DeserializeOwned>(text: &str) -> Result<T, RegistryError> {
    serde_json::from_str(text).map_err(RegistryError::StoredSetting)
}

fn written<T: Serialize>(value: &T) -> Result<String, RegistryError> {
    serde_json::to_string(value).map_err(RegistryError::StoredSetting)
}
