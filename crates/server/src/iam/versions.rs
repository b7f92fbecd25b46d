//! Versions of managed policies.

use super::asked::{Asked, Kind, Subject};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn create(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (arn, document) = (asked.required("PolicyArn")?, asked.required("PolicyDocument")?);
    let (set_default, now) = (asked.flag("SetAsDefault")?, asked.now());
    let allowed = asked.allow(Subject::Named(Kind::Policy, arn)).await?;
    let created = allowed
        .change(|directory| {
            let number = directory.create_policy_version(arn, document, set_default, now)?;
            let policy = directory.policy(arn)?;
            Ok(encode::version(policy, directory.policy_version(arn, &format!("v{number}"))?, false))
        })
        .await?;
    Ok(Xml::new().element("PolicyVersion", created))
}

pub(super) async fn get(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (arn, version) = (asked.required("PolicyArn")?, asked.required("VersionId")?);
    let allowed = asked.allow(Subject::Named(Kind::Policy, arn)).await?;
    let directory = allowed.directory();
    let version = encode::version(directory.policy(arn)?, directory.policy_version(arn, version)?, true);
    Ok(Xml::new().element("PolicyVersion", version))
}

pub(super) async fn delete(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (arn, version, now) = (asked.required("PolicyArn")?, asked.required("VersionId")?, asked.now());
    let allowed = asked.allow(Subject::Named(Kind::Policy, arn)).await?;
    allowed.change(|directory| directory.delete_policy_version(arn, version, now)).await?;
    Ok(Xml::new())
}

pub(super) async fn list(asked: &Asked<'_>) -> Result<Xml, Error> {
    let arn = asked.required("PolicyArn")?;
    let allowed = asked.allow(Subject::Named(Kind::Policy, arn)).await?;
    let policy = allowed.directory().policy(arn)?;
    // Newest first, as AWS lists them.
    let page =
        Page::of(asked, policy.versions.iter().collect(), |version| format!("{:010}", u32::MAX - version.number))?;
    let xml = Xml::new().list("Versions", &page.items, |version| encode::version(policy, version, false));
    Ok(page.encode(xml))
}

pub(super) async fn set_default(asked: &Asked<'_>) -> Result<Xml, Error> {
    let (arn, version, now) = (asked.required("PolicyArn")?, asked.required("VersionId")?, asked.now());
    let allowed = asked.allow(Subject::Named(Kind::Policy, arn)).await?;
    allowed.change(|directory| directory.set_default_policy_version(arn, version, now)).await?;
    Ok(Xml::new())
}
