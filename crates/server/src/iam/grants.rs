//! Permissions of users, groups and roles: inline policies, attached ones, boundaries.

use super::asked::{Asked, Conditions, Kind, Subject, condition};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn put_inline(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let (name, policy) = (asked.required(kind.parameter())?, asked.required("PolicyName")?);
    let document = asked.required("PolicyDocument")?;
    let allowed = asked.allow_with(Subject::Named(kind, name), asked.boundary_condition(kind, name)).await?;
    allowed.change(|directory| directory.put_inline(kind.holder(name), policy, document)).await?;
    Ok(Xml::new())
}

pub(super) async fn get_inline(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let (name, policy) = (asked.required(kind.parameter())?, asked.required("PolicyName")?);
    let allowed = asked.allow(Subject::Named(kind, name)).await?;
    let document = allowed.directory().inline(kind.holder(name), policy)?;
    let xml = Xml::new().text(kind.parameter(), name).text("PolicyName", policy);
    Ok(xml.text("PolicyDocument", &encode::document(document.text())))
}

pub(super) async fn delete_inline(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let (name, policy) = (asked.required(kind.parameter())?, asked.required("PolicyName")?);
    let allowed = asked.allow_with(Subject::Named(kind, name), asked.boundary_condition(kind, name)).await?;
    allowed.change(|directory| directory.delete_inline(kind.holder(name), policy)).await?;
    Ok(Xml::new())
}

pub(super) async fn list_inline(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let name = asked.required(kind.parameter())?;
    let allowed = asked.allow(Subject::Named(kind, name)).await?;
    let names = allowed.directory().grants(kind.holder(name))?.inline.keys().collect();
    let page = Page::of(asked, names, |name: &&String| (*name).clone())?;
    let xml = Xml::new().texts("PolicyNames", page.items.iter().map(|name| name.as_str()));
    Ok(page.encode(xml))
}

pub(super) async fn attach(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let (name, policy) = (asked.required(kind.parameter())?, asked.required("PolicyArn")?);
    let allowed = asked.allow_with(Subject::Named(kind, name), attachment(asked, kind, name, policy)).await?;
    allowed.change(|directory| directory.attach(kind.holder(name), policy)).await?;
    Ok(Xml::new())
}

pub(super) async fn detach(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let (name, policy) = (asked.required(kind.parameter())?, asked.required("PolicyArn")?);
    let allowed = asked.allow_with(Subject::Named(kind, name), attachment(asked, kind, name, policy)).await?;
    allowed.change(|directory| directory.detach(kind.holder(name), policy)).await?;
    Ok(Xml::new())
}

pub(super) async fn list_attached(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let name = asked.required(kind.parameter())?;
    let prefix = asked.optional("PathPrefix");
    let allowed = asked.allow(Subject::Named(kind, name)).await?;
    let policies = allowed.directory().attached(kind.holder(name), prefix)?.collect();
    let page = Page::of(asked, policies, |policy| policy.arn.clone())?;
    let xml = encode::attached(Xml::new(), "AttachedPolicies", page.items.iter().copied());
    Ok(page.encode(xml))
}

pub(super) async fn put_boundary(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let (name, policy) = (asked.required(kind.parameter())?, asked.required("PermissionsBoundary")?);
    let conditions = condition("iam:PermissionsBoundary", Some(policy.to_owned()));
    let allowed = asked.allow_with(Subject::Named(kind, name), conditions).await?;
    allowed.change(|directory| directory.put_boundary(kind.holder(name), policy)).await?;
    Ok(Xml::new())
}

pub(super) async fn delete_boundary(asked: &Asked<'_>, kind: Kind) -> Result<Xml, Error> {
    let name = asked.required(kind.parameter())?;
    let allowed = asked.allow_with(Subject::Named(kind, name), asked.boundary_condition(kind, name)).await?;
    allowed.change(|directory| directory.delete_boundary(kind.holder(name))).await?;
    Ok(Xml::new())
}

fn attachment(asked: &Asked<'_>, kind: Kind, name: &str, policy: &str) -> Conditions {
    let mut conditions = asked.boundary_condition(kind, name);
    conditions.extend(condition("iam:PolicyARN", Some(policy.to_owned())));
    conditions
}
