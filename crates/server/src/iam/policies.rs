//! Managed policies.

use plimsoll_iam::directory::{Attachments, Directory, Entities, ManagedPolicy, NewPolicy};

use super::asked::{Asked, Kind, Subject, tag_conditions};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

const USAGES: [&str; 2] = ["PermissionsPolicy", "PermissionsBoundary"];

pub(super) async fn create(asked: &Asked<'_>) -> Result<Xml, Error> {
    let new = NewPolicy {
        name: asked.required("PolicyName")?.to_owned(),
        path: asked.owned("Path"),
        document: asked.required("PolicyDocument")?.to_owned(),
        description: asked.owned("Description"),
        tags: asked.tags()?,
    };
    let subject = Subject::New(Kind::Policy, new.path.as_deref(), &new.name);
    let allowed = asked.allow_with(subject, tag_conditions(&new.tags)).await?;
    let fresh = Asked::fresh()?;
    let policy = allowed.change(|directory| directory.create_policy(new.clone(), fresh).cloned()).await?;
    Ok(Xml::new().element("Policy", encode::whole_policy(&policy, Attachments::default())))
}

pub(super) async fn get(asked: &Asked<'_>) -> Result<Xml, Error> {
    let arn = asked.required("PolicyArn")?;
    let allowed = asked.allow(Subject::Named(Kind::Policy, arn)).await?;
    let directory = allowed.directory();
    let policy = directory.policy(arn)?;
    Ok(Xml::new().element("Policy", encode::whole_policy(policy, directory.attachments_of(arn))))
}

pub(super) async fn delete(asked: &Asked<'_>) -> Result<Xml, Error> {
    let arn = asked.required("PolicyArn")?;
    let allowed = asked.allow(Subject::Named(Kind::Policy, arn)).await?;
    allowed.change(|directory| directory.delete_policy(arn)).await?;
    Ok(Xml::new())
}

pub(super) async fn list(asked: &Asked<'_>) -> Result<Xml, Error> {
    let scope = asked.choice("Scope", &["All", "AWS", "Local"])?.unwrap_or("All");
    let usage = asked.choice("PolicyUsageFilter", &USAGES)?;
    let (attached, prefix) = (asked.flag("OnlyAttached")?, asked.optional("PathPrefix"));
    let allowed = asked.allow(Subject::Below(Kind::Policy, prefix)).await?;
    let directory = allowed.directory();
    let used = directory.attachments();
    let uses = |policy: &ManagedPolicy| used.get(policy.arn.as_str()).copied().unwrap_or_default();
    let wanted = |policy: &&ManagedPolicy| {
        let uses = uses(policy);
        let in_use = match usage {
            Some("PermissionsPolicy") => uses.permissions > 0,
            Some(_) => uses.boundaries > 0,
            None => uses != Attachments::default(),
        };
        let listed = in_use || !attached && usage.is_none();
        listed && prefix.is_none_or(|prefix| policy.path.starts_with(prefix))
    };
    let aws = Directory::aws_managed_policies().filter(|_| scope != "Local").map(|policy| -> &ManagedPolicy { policy });
    let local = directory.policies().filter(|_| scope != "AWS");
    let page = Page::of(asked, aws.chain(local).filter(wanted).collect(), |policy| policy.arn.clone())?;
    let xml = Xml::new().list("Policies", &page.items, |policy| encode::policy(policy, uses(policy)));
    Ok(page.encode(xml))
}

/// Somebody a policy is attached to: in one list for paging, in three on the wire.
struct Entity {
    kind: Kind,
    name: String,
    id: String,
    path: String,
}

pub(super) async fn list_entities(asked: &Asked<'_>) -> Result<Xml, Error> {
    let arn = asked.required("PolicyArn")?;
    let words = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];
    let filter = asked.choice("EntityFilter", &words)?;
    let usage = asked.choice("PolicyUsageFilter", &USAGES)?;
    let prefix = asked.optional("PathPrefix");
    let allowed = asked.allow(Subject::Named(Kind::Policy, arn)).await?;
    let mut found = Vec::new();
    for boundaries in [false, true] {
        let wanted = match usage {
            None => true,
            Some(usage) => (usage == "PermissionsBoundary") == boundaries,
        };
        if wanted {
            found.extend(entities(&allowed.directory().entities_of(arn, boundaries)?));
        }
    }
    found.retain(|entity| prefix.is_none_or(|prefix| entity.path.starts_with(prefix)));
    found.retain(|entity| filter.is_none_or(|filter| entity.kind.parameter() == format!("{filter}Name")));
    found.sort_by_key(key);
    found.dedup_by(|one, other| key(one) == key(other));
    let page = Page::of(asked, found, key)?;
    let of = |kind| page.items.iter().filter(move |entity| entity.kind == kind);
    let xml = Xml::new()
        .list("PolicyGroups", of(Kind::Group), |group| named("Group", group))
        .list("PolicyUsers", of(Kind::User), |user| named("User", user))
        .list("PolicyRoles", of(Kind::Role), |role| named("Role", role));
    Ok(page.encode(xml))
}

fn entities(entities: &Entities<'_>) -> Vec<Entity> {
    let entity = |kind, name: &str, id: &str, path: &str| Entity {
        kind,
        name: name.to_owned(),
        id: id.to_owned(),
        path: path.to_owned(),
    };
    let groups = entities.groups.iter().map(|group| entity(Kind::Group, &group.name, &group.id, &group.path));
    let users = entities.users.iter().map(|user| entity(Kind::User, &user.name, &user.id, &user.path));
    let roles = entities.roles.iter().map(|role| entity(Kind::Role, &role.name, &role.id, &role.path));
    groups.chain(users).chain(roles).collect()
}

fn key(entity: &Entity) -> String {
    format!("{}/{}", entity.kind.parameter(), entity.name)
}

fn named(word: &str, entity: &Entity) -> Xml {
    Xml::new().text(&format!("{word}Name"), &entity.name).text(&format!("{word}Id"), &entity.id)
}
