//! What concerns the account as a whole.

use plimsoll_iam::directory::{Directory, Grants, Holder, ManagedPolicy};

use super::asked::{Asked, Subject};
use super::encode;
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

pub(super) async fn summary(asked: &Asked<'_>) -> Result<Xml, Error> {
    let allowed = asked.allow(Subject::Account).await?;
    let directory = allowed.directory();
    let counts = [
        ("Users", directory.users(None).count()),
        ("UsersQuota", 5000),
        ("Groups", directory.groups(None).count()),
        ("GroupsQuota", 300),
        ("Roles", directory.roles(None).count()),
        ("RolesQuota", 1000),
        ("Policies", directory.policies().count()),
        ("PoliciesQuota", 1500),
        ("PolicyVersionsInUse", directory.policies().map(|policy| policy.versions.len()).sum()),
        ("PolicyVersionsInUseQuota", 10_000),
        ("VersionsPerPolicyQuota", 5),
        ("Providers", directory.providers().count()),
        ("AccessKeysPerUserQuota", 2),
        ("GroupsPerUserQuota", 10),
        ("AttachedPoliciesPerUserQuota", 10),
        ("AttachedPoliciesPerGroupQuota", 10),
        ("AttachedPoliciesPerRoleQuota", 10),
        ("UserPolicySizeQuota", 2048),
        ("GroupPolicySizeQuota", 5120),
        ("RolePolicySizeQuota", 10_240),
        ("PolicySizeQuota", 6144),
        ("AssumeRolePolicySizeQuota", 2048),
        ("AccountAccessKeysPresent", 0),
        ("AccountPasswordPresent", 0),
        ("AccountMFAEnabled", 0),
        ("MFADevices", 0),
        ("MFADevicesInUse", 0),
        ("InstanceProfiles", 0),
        ("ServerCertificates", 0),
    ];
    let entries = counts.into_iter().fold(Xml::new(), |xml, (key, count)| {
        xml.element("entry", Xml::new().text("key", key).text("value", &count.to_string()))
    });
    Ok(Xml::new().element("SummaryMap", entries))
}

/// Aliases are for signing in to a console; there is none.
pub(super) async fn aliases(asked: &Asked<'_>) -> Result<Xml, Error> {
    asked.allow(Subject::Account).await?;
    let page = Page::of(asked, Vec::<String>::new(), Clone::clone)?;
    Ok(page.encode(Xml::new().texts("AccountAliases", [])))
}

/// One of all that an account holds: in one list for paging, in four on the wire.
struct Detail {
    list: &'static str,
    key: String,
    xml: Xml,
}

pub(super) async fn authorization_details(asked: &Asked<'_>) -> Result<Xml, Error> {
    let filter = asked.texts("Filter");
    let allowed = asked.allow(Subject::Account).await?;
    let details = details(allowed.directory(), &filter);
    let page = Page::of(asked, details, |detail| format!("{}/{}", detail.list, detail.key))?;
    let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];
    let xml = lists.into_iter().fold(Xml::new(), |xml, list| {
        let items = page.items.iter().filter(|detail| detail.list == list);
        xml.list(list, items, |detail| detail.xml.clone())
    });
    Ok(page.encode(xml))
}

fn details(directory: &Directory, filter: &[String]) -> Vec<Detail> {
    let wanted = |word: &str| filter.is_empty() || filter.iter().any(|filter| filter == word);
    let mut details = Vec::new();
    if wanted("User") {
        details.extend(directory.users(None).map(|user| {
            let xml = encode::whole_user(directory, user).texts("GroupList", user.groups.iter().map(String::as_str));
            let xml = grants(xml, "UserPolicyList", directory, Holder::User(&user.name), &user.grants);
            Detail { list: "UserDetailList", key: user.name.clone(), xml }
        }));
    }
    if wanted("Group") {
        details.extend(directory.groups(None).map(|group| {
            let xml = encode::group(directory, group);
            let xml = grants(xml, "GroupPolicyList", directory, Holder::Group(&group.name), &group.grants);
            Detail { list: "GroupDetailList", key: group.name.clone(), xml }
        }));
    }
    if wanted("Role") {
        details.extend(directory.roles(None).map(|role| {
            let xml = encode::role_detail(directory, role).texts("InstanceProfileList", []);
            let xml = grants(xml, "RolePolicyList", directory, Holder::Role(&role.name), &role.grants);
            Detail { list: "RoleDetailList", key: role.name.clone(), xml }
        }));
    }
    if wanted("AWSManagedPolicy") {
        details.extend(Directory::aws_managed_policies().map(|policy| policy_detail(directory, policy)));
    }
    if wanted("LocalManagedPolicy") {
        details.extend(directory.policies().map(|policy| policy_detail(directory, policy)));
    }
    details
}

fn grants(xml: Xml, list: &str, directory: &Directory, holder: Holder<'_>, grants: &Grants) -> Xml {
    let xml = xml.list(list, &grants.inline, |(name, document)| {
        Xml::new().text("PolicyName", name).text("PolicyDocument", &encode::document(document.text()))
    });
    let attached: Vec<_> = directory.attached(holder, None).map(Iterator::collect).unwrap_or_default();
    encode::attached(xml, "AttachedManagedPolicies", attached)
}

fn policy_detail(directory: &Directory, policy: &ManagedPolicy) -> Detail {
    let xml = encode::policy(policy, directory.attachments_of(&policy.arn))
        .optional("Description", policy.description.as_deref())
        .list("PolicyVersionList", &policy.versions, |version| encode::version(policy, version, true));
    Detail { list: "Policies", key: policy.arn.clone(), xml }
}
