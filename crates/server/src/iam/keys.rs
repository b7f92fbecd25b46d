//! Access keys of users.

use plimsoll_iam::AccessKeyId;
use plimsoll_iam::directory::{IamError, IamErrorCode};

use super::asked::{Asked, Kind, Subject};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn create(asked: &Asked<'_>) -> Result<Xml, Error> {
    let user = asked.user()?;
    let allowed = asked.allow(Subject::Named(Kind::User, user)).await?;
    let fresh = Asked::fresh()?;
    let key = allowed.change(|directory| directory.create_access_key(user, fresh)).await?;
    let id: AccessKeyId = key.id.parse().map_err(|()| no_such_key(&key.id))?;
    let secret = allowed.master().secret_of(&id);
    Ok(Xml::new().element("AccessKey", encode::access_key(user, &key).text("SecretAccessKey", secret.reveal())))
}

pub(super) async fn update(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (user, key) = (asked.user()?, asked.required("AccessKeyId")?);
    asked.required("Status")?;
    let active = asked.choice("Status", &["Active", "Inactive"])? == Some("Active");
    let allowed = asked.allow(Subject::Named(Kind::User, user)).await?;
    allowed.change(|directory| directory.set_access_key_active(user, key, active)).await?;
    Ok(Xml::new())
}

pub(super) async fn delete(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (user, key) = (asked.user()?, asked.required("AccessKeyId")?);
    let allowed = asked.allow(Subject::Named(Kind::User, user)).await?;
    allowed.change(|directory| directory.delete_access_key(user, key)).await?;
    Ok(Xml::new())
}

pub(super) async fn list(asked: &Asked<'_>) -> Result<Xml, Error> {
    let user = asked.user()?;
    let allowed = asked.allow(Subject::Named(Kind::User, user)).await?;
    let keys = allowed.directory().user(user)?.keys.iter().collect();
    let page = Page::of(asked, keys, |key| key.id.clone())?;
    let xml = Xml::new().list("AccessKeyMetadata", &page.items, |key| encode::access_key(user, key));
    Ok(page.encode(xml))
}

/// When a key was last used is not recorded; the answer is that of a key that never was.
pub(super) async fn last_used(asked: &Asked<'_>) -> Result<Xml, Error> {
    let key = asked.required("AccessKeyId")?;
    asked.allow(Subject::Key(key)).await?;
    let user = asked.user_of_key(key).ok_or_else(|| no_such_key(key))?;
    let never = Xml::new().text("ServiceName", "N/A").text("Region", "N/A");
    Ok(Xml::new().text("UserName", user).element("AccessKeyLastUsed", never))
}

fn no_such_key(key: &str) -> Error {
    let message = format!("The Access Key with id {key} cannot be found.");
    IamError::new(IamErrorCode::NoSuchEntity, message).into()
}
