//! Users.

use plimsoll_iam::directory::NewUser;

use super::asked::{Asked, Kind, Subject, condition, tag_conditions};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn create(asked: &Asked<'_>) -> Result<Xml, Error> {
    let new = NewUser {
        name: asked.required("UserName")?.to_owned(),
        path: asked.owned("Path"),
        boundary: asked.owned("PermissionsBoundary"),
        tags: asked.tags()?,
    };
    let mut conditions = tag_conditions(&new.tags);
    conditions.extend(condition("iam:PermissionsBoundary", new.boundary.clone()));
    let subject = Subject::New(Kind::User, new.path.as_deref(), &new.name);
    let allowed = asked.allow_with(subject, conditions).await?;
    let fresh = Asked::fresh()?;
    let user = allowed.change(|directory| directory.create_user(new.clone(), fresh).cloned()).await?;
    Ok(Xml::new().element("User", encode::whole_user(allowed.directory(), &user)))
}

pub(super) async fn get(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.user()?;
    let allowed = asked.allow(Subject::Named(Kind::User, name)).await?;
    let directory = allowed.directory();
    Ok(Xml::new().element("User", encode::whole_user(directory, directory.user(name)?)))
}

pub(super) async fn update(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.required("UserName")?;
    let (new_name, new_path) = (asked.optional("NewUserName"), asked.optional("NewPath"));
    let allowed = asked.allow(Subject::Named(Kind::User, name)).await?;
    let moved = new_name.is_some() || new_path.is_some();
    if moved {
        // What the user becomes must be allowed too, or a rename would be a way around a policy.
        let path = new_path
            .map_or_else(|| allowed.directory().user(name).map(|user| user.path.clone()), |path| Ok(path.to_owned()))?;
        asked.allow(Subject::New(Kind::User, Some(&path), new_name.unwrap_or(name))).await?;
    }
    allowed.change(|directory| directory.update_user(name, new_name, new_path)).await?;
    Ok(Xml::new())
}

pub(super) async fn delete(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.required("UserName")?;
    let allowed = asked.allow(Subject::Named(Kind::User, name)).await?;
    allowed.change(|directory| directory.delete_user(name)).await?;
    Ok(Xml::new())
}

pub(super) async fn list(asked: &Asked<'_>) -> Result<Xml, Error> {
    let prefix = asked.optional("PathPrefix");
    let allowed = asked.allow(Subject::Below(Kind::User, prefix)).await?;
    let directory = allowed.directory();
    let page = Page::of(asked, directory.users(prefix).collect(), |user| user.name.to_ascii_lowercase())?;
    let xml = Xml::new().list("Users", &page.items, |user| encode::user(directory, user));
    Ok(page.encode(xml))
}
