//! Roles.

use plimsoll_iam::directory::NewRole;

use super::asked::{Asked, Kind, Subject, condition, tag_conditions};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn create(asked: &Asked<'_>) -> Result<Xml, Error> {
    let new = NewRole {
        name: asked.required("RoleName")?.to_owned(),
        path: asked.owned("Path"),
        trust: asked.required("AssumeRolePolicyDocument")?.to_owned(),
        description: asked.owned("Description"),
        max_session: asked.number("MaxSessionDuration")?,
        boundary: asked.owned("PermissionsBoundary"),
        tags: asked.tags()?,
    };
    let mut conditions = tag_conditions(&new.tags);
    conditions.extend(condition("iam:PermissionsBoundary", new.boundary.clone()));
    let subject = Subject::New(Kind::Role, new.path.as_deref(), &new.name);
    let allowed = asked.allow_with(subject, conditions).await?;
    let fresh = Asked::fresh()?;
    let role = allowed.change(|directory| directory.create_role(new.clone(), fresh).cloned()).await?;
    Ok(Xml::new().element("Role", encode::whole_role(allowed.directory(), &role)))
}

pub(super) async fn get(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.required("RoleName")?;
    let allowed = asked.allow(Subject::Named(Kind::Role, name)).await?;
    let directory = allowed.directory();
    Ok(Xml::new().element("Role", encode::whole_role(directory, directory.role(name)?)))
}

pub(super) async fn update(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.required("RoleName")?;
    let (description, max_session) = (asked.owned("Description"), asked.number("MaxSessionDuration")?);
    let allowed = asked.allow(Subject::Named(Kind::Role, name)).await?;
    allowed.change(|directory| directory.update_role(name, description.clone(), max_session).map(drop)).await?;
    Ok(Xml::new())
}

pub(super) async fn update_description(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (name, description) = (asked.required("RoleName")?, asked.required("Description")?);
    let allowed = asked.allow(Subject::Named(Kind::Role, name)).await?;
    let role =
        allowed.change(|directory| directory.update_role(name, Some(description.to_owned()), None).cloned()).await?;
    Ok(Xml::new().element("Role", encode::whole_role(allowed.directory(), &role)))
}

pub(super) async fn update_trust(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (name, document) = (asked.required("RoleName")?, asked.required("PolicyDocument")?);
    let allowed = asked.allow(Subject::Named(Kind::Role, name)).await?;
    allowed.change(|directory| directory.update_trust(name, document)).await?;
    Ok(Xml::new())
}

pub(super) async fn delete(asked: &Asked<'_>) -> Result<Xml, Error> {
    let name = asked.required("RoleName")?;
    let allowed = asked.allow(Subject::Named(Kind::Role, name)).await?;
    allowed.change(|directory| directory.delete_role(name)).await?;
    Ok(Xml::new())
}

pub(super) async fn list(asked: &Asked<'_>) -> Result<Xml, Error> {
    let prefix = asked.optional("PathPrefix");
    let allowed = asked.allow(Subject::Below(Kind::Role, prefix)).await?;
    let directory = allowed.directory();
    let page = Page::of(asked, directory.roles(prefix).collect(), |role| role.name.to_ascii_lowercase())?;
    let xml = Xml::new().list("Roles", &page.items, |role| encode::role(directory, role));
    Ok(page.encode(xml))
}
