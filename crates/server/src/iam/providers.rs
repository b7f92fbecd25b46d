//! Identity providers.

use plimsoll_iam::directory::NewProvider;

use super::asked::{Asked, Kind, Subject, tag_conditions};
use super::encode;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn create(asked: &Asked<'_>) -> Result<Xml, Error> {
    let new = NewProvider {
        url: asked.required("Url")?.to_owned(),
        client_ids: asked.texts("ClientIDList"),
        thumbprints: asked.texts("ThumbprintList"),
        tags: asked.tags()?,
    };
    // What is asked about has to be what is made: a slash too many must be no way around a policy.
    let subject = Subject::New(Kind::Provider, None, new.host_and_path()?);
    let allowed = asked.allow_with(subject, tag_conditions(&new.tags)).await?;
    let fresh = Asked::fresh()?;
    let arn = allowed.change(|directory| directory.create_provider(new.clone(), fresh)).await?;
    let xml = Xml::new().text("OpenIDConnectProviderArn", &arn);
    Ok(encode::tags(xml, &new.tags.into_iter().collect()))
}

pub(super) async fn get(asked: &Asked<'_>) -> Result<Xml, Error> {
    let arn = asked.required("OpenIDConnectProviderArn")?;
    let allowed = asked.allow(Subject::Named(Kind::Provider, arn)).await?;
    let provider = allowed.directory().provider(arn)?;
    let xml = Xml::new()
        .text("Url", &provider.url)
        .texts("ClientIDList", provider.client_ids.iter().map(String::as_str))
        .texts("ThumbprintList", provider.thumbprints.iter().map(String::as_str))
        .text("CreateDate", &encode::time(provider.created));
    Ok(encode::tags(xml, &provider.tags))
}

pub(super) async fn list(asked: &Asked<'_>) -> Result<Xml, Error> {
    let allowed = asked.allow(Subject::Account).await?;
    let directory = allowed.directory();
    Ok(Xml::new().list("OpenIDConnectProviderList", directory.providers(), |provider| {
        Xml::new().text("Arn", &directory.arn("oidc-provider", "/", &provider.url))
    }))
}

pub(super) async fn delete(asked: &Asked<'_>) -> Result<Xml, Error> {
    let arn = asked.required("OpenIDConnectProviderArn")?;
    let allowed = asked.allow(Subject::Named(Kind::Provider, arn)).await?;
    allowed.change(|directory| directory.delete_provider(arn)).await?;
    Ok(Xml::new())
}
