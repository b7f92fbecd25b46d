//! Tags of users, roles, policies and providers.

use super::asked::{Asked, Kind, Subject, missing, tag_conditions};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn tag(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let (name, tags) = (asked.required(kind.parameter())?, asked.tags()?);
    if tags.is_empty() {
        return Err(missing("Tags"));
    }
    let allowed = asked.allow_with(Subject::Named(kind, name), tag_conditions(&tags)).await?;
    allowed.change(|directory| directory.tag(kind.tagged(name), &tags)).await?;
    Ok(Xml::new())
}

pub(super) async fn untag(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let (name, keys) = (asked.required(kind.parameter())?, asked.texts("TagKeys"));
    if keys.is_empty() {
        return Err(missing("TagKeys"));
    }
    let conditions = vec![("aws:TagKeys".to_owned(), keys.clone())];
    let allowed = asked.allow_with(Subject::Named(kind, name), conditions).await?;
    allowed.change(|directory| directory.untag(kind.tagged(name), &keys)).await?;
    Ok(Xml::new())
}

pub(super) async fn list(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let name = asked.required(kind.parameter())?;
    let allowed = asked.allow(Subject::Named(kind, name)).await?;
    let tags = allowed.directory().tags(kind.tagged(name))?.iter().collect();
    let page = Page::of(asked, tags, |(key, _): &(&String, &String)| (*key).clone())?;
    let xml = encode::tag_list(Xml::new(), page.items.iter().copied());
    Ok(page.encode(xml))
}
