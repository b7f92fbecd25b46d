//! Reads Bottlerocket's list of applications.

use std::borrow::Cow;

use serde::Deserialize;

use crate::ecosystems::rpm::parse::evr;
use crate::ecosystems::{Facts, database, field};
use crate::{Package, PackageKind};

#[derive(Deserialize)]
struct Inventory<'a> {
    #[serde(borrow, rename = "Content")]
    content: Vec<Application<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Application<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(borrow)]
    release: Option<Cow<'a, str>>,
    #[serde(borrow)]
    epoch: Option<Cow<'a, str>>,
    #[serde(borrow)]
    architecture: Option<Cow<'a, str>>,
    #[serde(borrow)]
    publisher: Option<Cow<'a, str>>,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let inventory: Inventory<'_> =
        serde_json::from_slice(bytes).map_err(|_| "it is not a list of applications in JSON")?;
    database::packages(&inventory.content, |application| package(application).map(Some))
}

fn package(application: &Application<'_>) -> Result<Package, &'static str> {
    let epoch = application.epoch.as_deref().and_then(|epoch| epoch.parse().ok()).unwrap_or_default();
    let release = field(application.release.as_deref().unwrap_or_default().as_bytes())?;
    let version = evr(epoch, &field(application.version.as_bytes())?, &release);
    let own = |text: &Option<Cow<'_, str>>| text.as_ref().map(|text| field(text.as_bytes())).transpose();
    Ok(Package {
        architecture: own(&application.architecture)?,
        vendor: own(&application.publisher)?,
        ..Package::new(PackageKind::Rpm, field(application.name.as_bytes())?, version)
    })
}
