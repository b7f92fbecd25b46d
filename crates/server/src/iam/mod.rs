//! The Identity and Access Management API.
//!
//! A call goes through known operation, required input, authorisation, and then its handler. A handler is handed a
//! [`Asked`](asked::Asked), which shows it the input; only [`Asked::allow`](asked::Asked::allow) shows it the identities.

mod account;
mod asked;
mod encode;
mod grants;
mod groups;
mod keys;
mod page;
mod policies;
mod providers;
mod roles;
mod simulate;
mod tags;
mod users;
mod versions;

use crate::aws::query::Error;
use crate::aws::{Call, Params, Xml};
pub(crate) use asked::{failed, invalid, missing, tags_in};
pub(crate) use encode::time;

use asked::{Asked, Kind};

/// The version of the API.
const VERSION: &str = "2010-05-08";

/// Answers a call.
pub(crate) async fn answer(call: &Call<'_>, action: &str, params: &Params) -> Result<Xml, Error> {
    let asked = Asked::new(call, action, params)?;
    if let Some(answer) = of_identities(&asked).await {
        return answer;
    }
    if let Some(answer) = of_permissions(&asked).await {
        return answer;
    }
    of_account(&asked).await.unwrap_or_else(|| Err(Error::unknown_action(action, VERSION)))
}

/// Users, groups, roles, access keys and tags.
async fn of_identities(asked: &Asked<'_>) -> Option<Result<Xml, Error>> {
    Some(match asked.action() {
        "CreateUser" => users::create(asked).await,
        "GetUser" => users::get(asked).await,
        "UpdateUser" => users::update(asked).await,
        "DeleteUser" => users::delete(asked).await,
        "ListUsers" => users::list(asked).await,
        "CreateAccessKey" => keys::create(asked).await,
        "UpdateAccessKey" => keys::update(asked).await,
        "DeleteAccessKey" => keys::delete(asked).await,
        "ListAccessKeys" => keys::list(asked).await,
        "GetAccessKeyLastUsed" => keys::last_used(asked).await,
        "CreateGroup" => groups::create(asked).await,
        "GetGroup" => groups::get(asked).await,
        "UpdateGroup" => groups::update(asked).await,
        "DeleteGroup" => groups::delete(asked).await,
        "ListGroups" => groups::list(asked).await,
        "AddUserToGroup" => groups::add_user(asked).await,
        "RemoveUserFromGroup" => groups::remove_user(asked).await,
        "ListGroupsForUser" => groups::list_for_user(asked).await,
        "CreateRole" => roles::create(asked).await,
        "GetRole" => roles::get(asked).await,
        "UpdateRole" => roles::update(asked).await,
        "UpdateRoleDescription" => roles::update_description(asked).await,
        "UpdateAssumeRolePolicy" => roles::update_trust(asked).await,
        "DeleteRole" => roles::delete(asked).await,
        "ListRoles" => roles::list(asked).await,
        "TagUser" => tags::tag(asked, Kind::User).await,
        "UntagUser" => tags::untag(asked, Kind::User).await,
        "ListUserTags" => tags::list(asked, Kind::User).await,
        "TagRole" => tags::tag(asked, Kind::Role).await,
        "UntagRole" => tags::untag(asked, Kind::Role).await,
        "ListRoleTags" => tags::list(asked, Kind::Role).await,
        "TagPolicy" => tags::tag(asked, Kind::Policy).await,
        "UntagPolicy" => tags::untag(asked, Kind::Policy).await,
        "ListPolicyTags" => tags::list(asked, Kind::Policy).await,
        "TagOpenIDConnectProvider" => tags::tag(asked, Kind::Provider).await,
        "UntagOpenIDConnectProvider" => tags::untag(asked, Kind::Provider).await,
        "ListOpenIDConnectProviderTags" => tags::list(asked, Kind::Provider).await,
        _ => return None,
    })
}

/// Inline and managed policies, and boundaries.
async fn of_permissions(asked: &Asked<'_>) -> Option<Result<Xml, Error>> {
    Some(match asked.action() {
        "PutUserPolicy" => grants::put_inline(asked, Kind::User).await,
        "PutGroupPolicy" => grants::put_inline(asked, Kind::Group).await,
        "PutRolePolicy" => grants::put_inline(asked, Kind::Role).await,
        "GetUserPolicy" => grants::get_inline(asked, Kind::User).await,
        "GetGroupPolicy" => grants::get_inline(asked, Kind::Group).await,
        "GetRolePolicy" => grants::get_inline(asked, Kind::Role).await,
        "DeleteUserPolicy" => grants::delete_inline(asked, Kind::User).await,
        "DeleteGroupPolicy" => grants::delete_inline(asked, Kind::Group).await,
        "DeleteRolePolicy" => grants::delete_inline(asked, Kind::Role).await,
        "ListUserPolicies" => grants::list_inline(asked, Kind::User).await,
        "ListGroupPolicies" => grants::list_inline(asked, Kind::Group).await,
        "ListRolePolicies" => grants::list_inline(asked, Kind::Role).await,
        "AttachUserPolicy" => grants::attach(asked, Kind::User).await,
        "AttachGroupPolicy" => grants::attach(asked, Kind::Group).await,
        "AttachRolePolicy" => grants::attach(asked, Kind::Role).await,
        "DetachUserPolicy" => grants::detach(asked, Kind::User).await,
        "DetachGroupPolicy" => grants::detach(asked, Kind::Group).await,
        "DetachRolePolicy" => grants::detach(asked, Kind::Role).await,
        "ListAttachedUserPolicies" => grants::list_attached(asked, Kind::User).await,
        "ListAttachedGroupPolicies" => grants::list_attached(asked, Kind::Group).await,
        "ListAttachedRolePolicies" => grants::list_attached(asked, Kind::Role).await,
        "PutUserPermissionsBoundary" => grants::put_boundary(asked, Kind::User).await,
        "PutRolePermissionsBoundary" => grants::put_boundary(asked, Kind::Role).await,
        "DeleteUserPermissionsBoundary" => grants::delete_boundary(asked, Kind::User).await,
        "DeleteRolePermissionsBoundary" => grants::delete_boundary(asked, Kind::Role).await,
        "CreatePolicy" => policies::create(asked).await,
        "GetPolicy" => policies::get(asked).await,
        "DeletePolicy" => policies::delete(asked).await,
        "ListPolicies" => policies::list(asked).await,
        "ListEntitiesForPolicy" => policies::list_entities(asked).await,
        "CreatePolicyVersion" => versions::create(asked).await,
        "GetPolicyVersion" => versions::get(asked).await,
        "DeletePolicyVersion" => versions::delete(asked).await,
        "ListPolicyVersions" => versions::list(asked).await,
        "SetDefaultPolicyVersion" => versions::set_default(asked).await,
        _ => return None,
    })
}

/// What concerns the account as a whole.
async fn of_account(asked: &Asked<'_>) -> Option<Result<Xml, Error>> {
    Some(match asked.action() {
        "CreateOpenIDConnectProvider" => providers::create(asked).await,
        "GetOpenIDConnectProvider" => providers::get(asked).await,
        "ListOpenIDConnectProviders" => providers::list(asked).await,
        "DeleteOpenIDConnectProvider" => providers::delete(asked).await,
        "SimulatePrincipalPolicy" => simulate::principal(asked).await,
        "SimulateCustomPolicy" => simulate::custom(asked).await,
        "GetAccountSummary" => account::summary(asked).await,
        "ListAccountAliases" => account::aliases(asked).await,
        "GetAccountAuthorizationDetails" => account::authorization_details(asked).await,
        _ => return None,
    })
}
