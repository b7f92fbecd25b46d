//! Providers of `OpenID` Connect.

use super::error::IamErrorCode;
use super::{Directory, EntityKind, Fresh, IamError, OidcProvider, Tags, names, tags};

const PROVIDERS: usize = 100;
const CLIENT_IDS: usize = 100;
const THUMBPRINTS: usize = 5;

/// A provider to be created.
#[derive(Clone, Debug, Default)]
pub struct NewProvider {
    /// The issuer: `https://host/path`.
    pub url: String,
    /// The audiences its tokens may be for.
    pub client_ids: Vec<String>,
    /// Fingerprints of certificates; kept and shown, not used.
    pub thumbprints: Vec<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

impl NewProvider {
    /// What its ARN and condition keys name it by: the URL without its scheme and without slashes at its end.
    pub fn host_and_path(&self) -> Result<&str, IamError> {
        names::length(&self.url, "url", 1, 255)?;
        host_and_path(&self.url)
    }
}

impl Directory {
    /// Creates a provider and gives its ARN.
    pub fn create_provider(&mut self, new: NewProvider, fresh: Fresh) -> Result<String, IamError> {
        let url = new.host_and_path()?;
        if new.client_ids.len() > CLIENT_IDS {
            return Err(IamError::quota("ClientIdsPerOpenIdConnectProvider", CLIENT_IDS));
        }
        for client in &new.client_ids {
            names::length(client, "clientIDList", 1, 255)?;
        }
        if new.thumbprints.len() > THUMBPRINTS {
            return Err(IamError::invalid(format!("Thumbprint list must contain at most {THUMBPRINTS} entries.")));
        }
        for thumbprint in &new.thumbprints {
            names::length(thumbprint, "thumbprintList", 40, 40)?;
        }
        let mut tags = Tags::new();
        tags::merge(&mut tags, &new.tags)?;
        if self.providers.takes(url) {
            let message = format!("Provider with url {} already exists.", new.url);
            return Err(IamError::new(IamErrorCode::EntityAlreadyExists, message));
        }
        if self.providers.len() >= PROVIDERS {
            return Err(IamError::quota("OpenIdConnectProvidersPerAccount", PROVIDERS));
        }
        let arn = self.arn("oidc-provider", "/", url);
        self.touch(EntityKind::Provider, url);
        self.providers.put(OidcProvider {
            url: url.to_owned(),
            client_ids: new.client_ids,
            thumbprints: new.thumbprints,
            created: fresh.now,
            tags,
        });
        Ok(arn)
    }

    /// The provider of that ARN.
    pub fn provider(&self, arn: &str) -> Result<&OidcProvider, IamError> {
        self.providers.get(self.provider_url(arn)?).ok_or_else(|| {
            let message = format!("OpenIDConnect Provider not found for arn {arn}");
            IamError::new(IamErrorCode::NoSuchEntity, message)
        })
    }

    /// The provider of that issuer, without its scheme.
    pub fn provider_of(&self, issuer: &str) -> Option<&OidcProvider> {
        self.providers.get(issuer)
    }

    /// The providers, by URL.
    pub fn providers(&self) -> impl Iterator<Item = &OidcProvider> {
        self.providers.iter()
    }

    /// Deletes a provider.
    pub fn delete_provider(&mut self, arn: &str) -> Result<(), IamError> {
        let url = self.provider(arn)?.url.clone();
        self.providers.remove(&url);
        self.touch(EntityKind::Provider, &url);
        Ok(())
    }

    pub(super) fn provider_mut(&mut self, arn: &str) -> Result<&mut OidcProvider, IamError> {
        let url = self.provider(arn)?.url.clone();
        self.touch(EntityKind::Provider, &url);
        self.providers.get_mut(&url).ok_or_else(|| IamError::no_such("provider", &url))
    }

    fn provider_url<'a>(&self, arn: &'a str) -> Result<&'a str, IamError> {
        names::length(arn, "openIDConnectProviderArn", 20, 2048)?;
        let prefix = self.arn("oidc-provider", "/", "");
        arn.strip_prefix(&prefix).ok_or_else(|| IamError::invalid(format!("Invalid ARN:  Could not be parsed! {arn}")))
    }
}

/// What is left of an issuer without its scheme: what ARNs and condition keys name it by.
fn host_and_path(url: &str) -> Result<&str, IamError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let known = |byte: u8| byte.is_ascii_graphic() && !b"?#\"<>\\".contains(&byte);
    rest.map(|rest| rest.trim_end_matches('/'))
        .filter(|rest| !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(known))
        .ok_or_else(|| IamError::new(IamErrorCode::ValidationError, "Invalid Open ID Connect Provider URL"))
}
