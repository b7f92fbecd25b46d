//! Groups and who is in them.

use plimsoll_iam::directory::NewGroup;

use super::asked::{Asked, Kind, Subject};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn create(asked: &Asked<'_>) -> Result<Xml, Error> {
    let new = NewGroup { name: asked.required("GroupName")?.to_owned(), path: asked.owned("Path") };
    let allowed = asked.allow(Subject::New(Kind::Group, new.path.as_deref(), &new.name)).await?;
    let fresh = Asked::fresh()?;
    let group = allowed.change(|directory| directory.create_group(new.clone(), fresh).cloned()).await?;
    Ok(Xml::new().element("Group", encode::group(allowed.directory(), &group)))
}

pub(super) async fn get(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.required("GroupName")?;
    let allowed = asked.allow(Subject::Named(Kind::Group, name)).await?;
    let directory = allowed.directory();
    let group = directory.group(name)?;
    let page = Page::of(asked, directory.members(name)?.collect(), |user| user.name.to_ascii_lowercase())?;
    let xml = Xml::new()
        .element("Group", encode::group(directory, group))
        .list("Users", &page.items, |user| encode::user(directory, user));
    Ok(page.encode(xml))
}

pub(super) async fn update(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.required("GroupName")?;
    let (new_name, new_path) = (asked.optional("NewGroupName"), asked.optional("NewPath"));
    let allowed = asked.allow(Subject::Named(Kind::Group, name)).await?;
    let path = allowed.directory().group(name)?.path.clone();
    // What the group becomes must be allowed too, or a rename would be a way around a policy.
    asked.allow(Subject::New(Kind::Group, Some(new_path.unwrap_or(&path)), new_name.unwrap_or(name))).await?;
    allowed.change(|directory| directory.update_group(name, new_name, new_path)).await?;
    Ok(Xml::new())
}

pub(super) async fn delete(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.required("GroupName")?;
    let allowed = asked.allow(Subject::Named(Kind::Group, name)).await?;
    allowed.change(|directory| directory.delete_group(name)).await?;
    Ok(Xml::new())
}

pub(super) async fn list(asked: &Asked<'_>) -> Result<Xml, Error> {
    let prefix = asked.optional("PathPrefix");
    let allowed = asked.allow(Subject::Below(Kind::Group, prefix)).await?;
    let directory = allowed.directory();
    let page = Page::of(asked, directory.groups(prefix).collect(), |group| group.name.to_ascii_lowercase())?;
    let xml = Xml::new().list("Groups", &page.items, |group| encode::group(directory, group));
    Ok(page.encode(xml))
}

pub(super) async fn add_user(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (group, user) = (asked.required("GroupName")?, asked.required("UserName")?);
    let allowed = asked.allow(Subject::Named(Kind::Group, group)).await?;
    allowed.change(|directory| directory.add_user_to_group(group, user)).await?;
    Ok(Xml::new())
}

pub(super) async fn remove_user(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (group, user) = (asked.required("GroupName")?, asked.required("UserName")?);
    let allowed = asked.allow(Subject::Named(Kind::Group, group)).await?;
    allowed.change(|directory| directory.remove_user_from_group(group, user)).await?;
    Ok(Xml::new())
}

pub(super) async fn list_for_user(asked: &Asked<'_>) -> Result<Xml, Error> {
    let user = asked.required("UserName")?;
    let allowed = asked.allow(Subject::Named(Kind::User, user)).await?;
    let directory = allowed.directory();
    let page = Page::of(asked, directory.groups_of(user)?.collect(), |group| group.name.to_ascii_lowercase())?;
    let xml = Xml::new().list("Groups", &page.items, |group| encode::group(directory, group));
    Ok(page.encode(xml))
}
