//! Identities as XML.

use plimsoll_advisories::Timestamp;
use plimsoll_iam::directory::{
    AccessKeyRecord, Attachments, Directory, GroupRecord, ManagedPolicy, PolicyVersion, RoleRecord, Tags, UserRecord,
};

use crate::aws::Xml;

/// A time, given in seconds since the Unix epoch.
pub(crate) fn time(seconds: i64) -> String {
    Timestamp::from_unix_seconds(seconds).to_string()
}

/// A user as lists have it.
pub(super) fn user(directory: &Directory, user: &UserRecord) -> Xml {
    Xml::new()
        .text("Path", &user.path)
        .text("UserName", &user.name)
        .text("UserId", &user.id)
        .text("Arn", &directory.arn("user", &user.path, &user.name))
        .text("CreateDate", &time(user.created))
}

/// A user with its boundary and tags.
pub(super) fn whole_user(directory: &Directory, record: &UserRecord) -> Xml {
    tags(boundary(user(directory, record), record.boundary.as_deref()), &record.tags)
}

pub(super) fn group(directory: &Directory, group: &GroupRecord) -> Xml {
    Xml::new()
        .text("Path", &group.path)
        .text("GroupName", &group.name)
        .text("GroupId", &group.id)
        .text("Arn", &directory.arn("group", &group.path, &group.name))
        .text("CreateDate", &time(group.created))
}

/// A role as lists have it.
pub(super) fn role(directory: &Directory, role: &RoleRecord) -> Xml {
    bare_role(directory, role)
        .optional("Description", role.description.as_deref())
        .text("MaxSessionDuration", &role.max_session.to_string())
}

/// A role with its boundary and tags.
pub(super) fn whole_role(directory: &Directory, record: &RoleRecord) -> Xml {
    with_boundary_and_tags(role(directory, record), record)
}

/// A role as it is among all that an account holds: without its description, and how long its sessions may be.
pub(super) fn role_detail(directory: &Directory, record: &RoleRecord) -> Xml {
    with_boundary_and_tags(bare_role(directory, record), record)
}

fn bare_role(directory: &Directory, role: &RoleRecord) -> Xml {
    Xml::new()
        .text("Path", &role.path)
        .text("RoleName", &role.name)
        .text("RoleId", &role.id)
        .text("Arn", &directory.arn("role", &role.path, &role.name))
        .text("CreateDate", &time(role.created))
        .text("AssumeRolePolicyDocument", &document(role.trust.text()))
}

fn with_boundary_and_tags(xml: Xml, role: &RoleRecord) -> Xml {
    tags(boundary(xml, role.boundary.as_deref()), &role.tags).element("RoleLastUsed", Xml::new())
}

/// A managed policy as lists have it.
pub(super) fn policy(policy: &ManagedPolicy, attachments: Attachments) -> Xml {
    Xml::new()
        .text("PolicyName", &policy.name)
        .text("PolicyId", &policy.id)
        .text("Arn", &policy.arn)
        .text("Path", &policy.path)
        .text("DefaultVersionId", &format!("v{}", policy.default_version))
        .text("AttachmentCount", &attachments.permissions.to_string())
        .text("PermissionsBoundaryUsageCount", &attachments.boundaries.to_string())
        .text("IsAttachable", "true")
        .text("CreateDate", &time(policy.created))
        .text("UpdateDate", &time(policy.updated))
}

/// A managed policy with its description and tags.
pub(super) fn whole_policy(record: &ManagedPolicy, attachments: Attachments) -> Xml {
    tags(policy(record, attachments).optional("Description", record.description.as_deref()), &record.tags)
}

/// A version of a managed policy, with or without what it says.
pub(super) fn version(policy: &ManagedPolicy, version: &PolicyVersion, with_document: bool) -> Xml {
    let text = with_document.then(|| document(version.document.text()));
    let default = if version.number == policy.default_version { "true" } else { "false" };
    Xml::new()
        .optional("Document", text.as_deref())
        .text("VersionId", &format!("v{}", version.number))
        .text("IsDefaultVersion", default)
        .text("CreateDate", &time(version.created))
}

pub(super) fn attached<'a>(xml: Xml, name: &str, policies: impl IntoIterator<Item = &'a ManagedPolicy>) -> Xml {
    xml.list(name, policies, |policy| Xml::new().text("PolicyName", &policy.name).text("PolicyArn", &policy.arn))
}

/// An access key, without its secret.
pub(super) fn access_key(user: &str, key: &AccessKeyRecord) -> Xml {
    Xml::new()
        .text("UserName", user)
        .text("AccessKeyId", &key.id)
        .text("Status", if key.active { "Active" } else { "Inactive" })
        .text("CreateDate", &time(key.created))
}

pub(super) fn boundary(xml: Xml, arn: Option<&str>) -> Xml {
    let Some(arn) = arn else { return xml };
    let boundary = Xml::new().text("PermissionsBoundaryType", "Policy").text("PermissionsBoundaryArn", arn);
    xml.element("PermissionsBoundary", boundary)
}

/// Tags, where there are any.
pub(super) fn tags(xml: Xml, tags: &Tags) -> Xml {
    if tags.is_empty() { xml } else { tag_list(xml, tags) }
}

/// Tags, even where there are none.
pub(super) fn tag_list<'a>(xml: Xml, tags: impl IntoIterator<Item = (&'a String, &'a String)>) -> Xml {
    xml.list("Tags", tags, |(key, value)| Xml::new().text("Key", key).text("Value", value))
}

/// A policy document as IAM gives it back: encoded as in a URL, by RFC 3986.
pub(super) fn document(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_encoded_as_in_urls() {
        assert_eq!(document("{\"a\": \"ü*~\"}\n"), "%7B%22a%22%3A%20%22%C3%BC%2A~%22%7D%0A");
    }
}
