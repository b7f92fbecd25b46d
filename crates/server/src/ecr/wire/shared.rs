//! What several families of operations have in common.

use serde::{Deserialize, Deserializer, Serialize};

/// `Tag` of the model.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    #[serde(default, deserialize_with = "absent_as_empty")]
    pub(crate) key: String,
    #[serde(default, deserialize_with = "absent_as_empty")]
    pub(crate) value: String,
}

/// Reads a text that public registries need not be given, and that is refused later where it must not be empty.
fn absent_as_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// `ImageTagMutabilityExclusionFilter` of the model.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageTagMutabilityExclusionFilter {
    pub(crate) filter_type: String,
    pub(crate) filter: String,
}

/// `ImageScanningConfiguration` of the model.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageScanningConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scan_on_push: Option<bool>,
}

/// `ImageIdentifier` of the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageIdentifier {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_tag: Option<String>,
}

/// `ImageScanStatus` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageScanStatus {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}
