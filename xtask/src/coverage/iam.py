"""Identities and policies, and what each operation of `iam` answers about them."""

import json

from wire import Unexpected

ACCOUNT = "arn:aws:iam::123456789012"
# The kinds of what can have permissions.
HOLDERS = ("User", "Group", "Role")
TAGS = [{"Key": "team", "Value": "a"}]
DUPLICATES = [{"Key": "team", "Value": "a"}, {"Key": "TEAM", "Value": "b"}]
RESERVED = [{"Key": "aws:team", "Value": "a"}]
REPOSITORIES = [f"arn:aws:ecr:us-east-1:123456789012:repository/{name}" for name in ("a", "b")]
# The most groups of an account.
MOST_GROUPS = 300
MANY_TAGS = [{"Key": str(at), "Value": ""} for at in range(50)]


def statement(**said):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "one", "Effect": "Allow", **said}]})


def trusted_by(principal, **more):
    return statement(Principal={"AWS": principal}, Action=["sts:AssumeRole", "sts:SetSourceIdentity"], **more)


def federated(provider):
    return statement(Principal={"Federated": provider}, Action="sts:AssumeRoleWithWebIdentity")


ALLOW_ALL = statement(Action="*", Resource="*")
TRUST = trusted_by(f"{ACCOUNT}:root")
BROKEN = "{}"
# Longer than policies of any kind may be.
LONG = statement(Action=[f"ecr:Action{at}" for at in range(1000)], Resource="*")
LONG_TRUST = trusted_by(f"{ACCOUNT}:root", Condition={"StringEquals": {"aws:PrincipalTag/team": "a" * 3000}})


def policy(iam, name, **settings):
    """Makes a managed policy, whose ARN it gives."""
    return iam.ok("CreatePolicy", PolicyName=name, PolicyDocument=ALLOW_ALL, **settings)["Policy"]["Arn"]


def make(iam, kind, name):
    """Makes a user, group or role: the member that names it."""
    trust = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    iam.ok(f"Create{kind}", **{f"{kind}Name": name}, **trust)
    return {f"{kind}Name": name}


def paged(iam, operation, **value):
    """A list by pages and as a whole."""
    page = iam.ok(operation, MaxItems=1, **value)
    if not page["IsTruncated"]:
        raise Unexpected(f"{operation} has no second page")
    iam.ok(operation, Marker=page["Marker"], **value)
    iam.ok(operation, **value)


def absent(iam):
    """Every operation on what is not there."""
    for operation in iam.served:
        if "NoSuchEntity" in iam.service.errors(operation) and operation != "CreateGroup":
            iam.fails(operation, "NoSuchEntity", **about(iam, operation, "none"))


def misnamed(iam):
    """Every operation by an ARN that cannot be of anything it is about."""
    there = {f"{kind}Name": make(iam, kind, "misnamed")[f"{kind}Name"] for kind in HOLDERS}
    for operation in iam.served:
        value = about(iam, operation, "none")
        arns = {member: f"{ACCOUNT}:nothing/of-any-kind" for member in value if member in ARNS}
        if "InvalidInput" in iam.service.errors(operation) and arns:
            named = {member: there[member] for member in value if member in there and operation != "CreateUser"}
            iam.fails(operation, "InvalidInput", **value | named | arns)


ARNS = {
    "PolicyArn": f"{ACCOUNT}:policy/",
    "PermissionsBoundary": f"{ACCOUNT}:policy/",
    "OpenIDConnectProviderArn": f"{ACCOUNT}:oidc-provider/",
    "PolicySourceArn": f"{ACCOUNT}:user/",
}


def about(iam, operation, name):
    """A sound input of an operation that is about something of that name."""
    shape = iam.service.input(operation)
    sample = iam.service.sample(shape)
    known = {member: f"{arn}{name}" for member, arn in ARNS.items()} | {"AssumeRolePolicyDocument": TRUST}
    known["PolicyDocument"] = TRUST if operation == "UpdateAssumeRolePolicy" else ALLOW_ALL
    wanted = [*iam.service.shapes[shape].get("required", []), "UserName", "PermissionsBoundary"]
    return {member: known.get(member, sample[member]) for member in sample if member in wanted}


def users(iam):
    name = {"UserName": "users-full"}
    iam.ok("CreateUser", Path="/team/", PermissionsBoundary=policy(iam, "users-boundary"), Tags=TAGS, **name)
    iam.fails("CreateUser", "EntityAlreadyExists", **name)
    iam.fails("CreateUser", "InvalidInput", UserName="users-duplicate", Tags=DUPLICATES)
    iam.ok("GetUser", **name)
    other = make(iam, "User", "users-other")
    paged(iam, "ListUsers")
    iam.fails("UpdateUser", "EntityAlreadyExists", NewUserName="users-full", **other)
    iam.ok("UpdateUser", NewUserName="users-renamed", **other)
    iam.ok("DeleteUser", UserName="users-renamed")


def access_keys(iam):
    name = make(iam, "User", "keys")
    key = {"AccessKeyId": iam.ok("CreateAccessKey", **name)["AccessKey"]["AccessKeyId"]}
    iam.ok("CreateAccessKey", **name)
    iam.fails("CreateAccessKey", "LimitExceeded", **name)
    iam.ok("UpdateAccessKey", Status="Inactive", **key, **name)
    paged(iam, "ListAccessKeys", **name)
    iam.ok("GetAccessKeyLastUsed", **key)
    iam.fails("DeleteUser", "DeleteConflict", **name)
    iam.ok("DeleteAccessKey", **key, **name)


def groups(iam):
    user = make(iam, "User", "groups-member")
    first, *others = ({"GroupName": f"groups-{at}"} for at in range(11))
    iam.ok("CreateGroup", Path="/team/", **first)
    iam.fails("CreateGroup", "EntityAlreadyExists", **first)
    for group in others:
        iam.ok("CreateGroup", **group)
    for group in (first, *others[:-1]):
        iam.ok("AddUserToGroup", **group, **user)
    iam.fails("AddUserToGroup", "LimitExceeded", **others[-1], **user)
    iam.ok("AddUserToGroup", **first, **make(iam, "User", "groups-other-member"))
    paged(iam, "GetGroup", **first)
    paged(iam, "ListGroupsForUser", **user)
    paged(iam, "ListGroups")
    iam.fails("UpdateGroup", "EntityAlreadyExists", NewGroupName="groups-1", **first)
    iam.ok("UpdateGroup", NewGroupName="groups-renamed", **others[-1])
    iam.fails("DeleteGroup", "DeleteConflict", **first)
    iam.fails("DeleteUser", "DeleteConflict", **user)
    iam.ok("RemoveUserFromGroup", **first, **user)
    iam.ok("DeleteGroup", GroupName="groups-renamed")


def roles(iam):
    name = {"RoleName": "roles-full"}
    settings = {"Description": "for tests", "MaxSessionDuration": 7200, "Tags": TAGS, "Path": "/team/"}
    new = {"AssumeRolePolicyDocument": TRUST, **name}
    iam.ok("CreateRole", PermissionsBoundary=policy(iam, "roles-boundary"), **settings, **new)
    iam.fails("CreateRole", "EntityAlreadyExists", **new)
    iam.fails("CreateRole", "InvalidInput", Tags=DUPLICATES, **new)
    iam.fails("CreateRole", "MalformedPolicyDocument", RoleName="roles-x", AssumeRolePolicyDocument=BROKEN)
    iam.fails("CreateRole", "LimitExceeded", RoleName="roles-x", AssumeRolePolicyDocument=LONG_TRUST)
    iam.ok("GetRole", **name)
    other = make(iam, "Role", "roles-other")
    paged(iam, "ListRoles")
    iam.ok("UpdateRole", Description="for more tests", **name)
    iam.ok("UpdateRoleDescription", Description="for all tests", **name)
    iam.ok("UpdateAssumeRolePolicy", PolicyDocument=TRUST, **name)
    iam.fails("UpdateAssumeRolePolicy", "MalformedPolicyDocument", PolicyDocument=BROKEN, **name)
    iam.fails("UpdateAssumeRolePolicy", "LimitExceeded", PolicyDocument=LONG_TRUST, **name)
    iam.ok("DeleteRole", **other)


def inline_policies(iam):
    for kind in HOLDERS:
        name = make(iam, kind, "inline")
        for label in ("one", "two"):
            iam.ok(f"Put{kind}Policy", PolicyName=label, PolicyDocument=ALLOW_ALL, **name)
        refused = {"MalformedPolicyDocument": BROKEN, "LimitExceeded": LONG}
        for code, document in refused.items():
            iam.fails(f"Put{kind}Policy", code, PolicyName="three", PolicyDocument=document, **name)
        iam.ok(f"Get{kind}Policy", PolicyName="one", **name)
        paged(iam, f"List{kind}Policies", **name)
        iam.fails(f"Delete{kind}", "DeleteConflict", **name)
        iam.ok(f"Delete{kind}Policy", PolicyName="one", **name)


def attached_policies(iam):
    *arns, more = ({"PolicyArn": policy(iam, f"attached-{at}")} for at in range(11))
    for kind in HOLDERS:
        name = make(iam, kind, "attached")
        for arn in arns:
            iam.ok(f"Attach{kind}Policy", **arn, **name)
        iam.fails(f"Attach{kind}Policy", "LimitExceeded", **more, **name)
        paged(iam, f"ListAttached{kind}Policies", **name)
        iam.ok(f"Detach{kind}Policy", **arns[-1], **name)
    iam.fails("DeletePolicy", "DeleteConflict", **arns[0])
    paged(iam, "ListEntitiesForPolicy", **arns[0])


def boundaries(iam):
    arn = policy(iam, "boundary")
    for kind in ("User", "Role"):
        name = make(iam, kind, "bounded")
        iam.ok(f"Put{kind}PermissionsBoundary", PermissionsBoundary=arn, **name)
        iam.ok(f"Delete{kind}PermissionsBoundary", **name)


def managed_policies(iam):
    arn = {"PolicyArn": policy(iam, "managed", Description="for tests", Tags=TAGS, Path="/team/")}
    refused = {"MalformedPolicyDocument": BROKEN, "LimitExceeded": LONG}
    for code, document in refused.items():
        iam.fails("CreatePolicy", code, PolicyName="managed-x", PolicyDocument=document)
    iam.fails("CreatePolicy", "EntityAlreadyExists", PolicyName="managed", PolicyDocument=ALLOW_ALL)
    iam.fails("CreatePolicy", "InvalidInput", PolicyName="managed-x", PolicyDocument=ALLOW_ALL, Tags=DUPLICATES)
    iam.ok("GetPolicy", **arn)
    paged(iam, "ListPolicies", Scope="Local")
    iam.ok("DeletePolicy", PolicyArn=policy(iam, "managed-unused"))


def policy_versions(iam):
    arn = {"PolicyArn": policy(iam, "versions")}
    iam.fails("CreatePolicyVersion", "MalformedPolicyDocument", PolicyDocument=BROKEN, **arn)
    for at in range(4):
        iam.ok("CreatePolicyVersion", PolicyDocument=ALLOW_ALL, SetAsDefault=at == 0, **arn)
    iam.fails("CreatePolicyVersion", "LimitExceeded", PolicyDocument=ALLOW_ALL, **arn)
    iam.ok("GetPolicyVersion", VersionId="v1", **arn)
    paged(iam, "ListPolicyVersions", **arn)
    iam.ok("SetDefaultPolicyVersion", VersionId="v3", **arn)
    iam.fails("DeletePolicyVersion", "DeleteConflict", VersionId="v3", **arn)
    iam.ok("DeletePolicyVersion", VersionId="v1", **arn)
    iam.fails("DeletePolicy", "DeleteConflict", **arn)


def providers(iam):
    make_one = "CreateOpenIDConnectProvider"
    settings = {"ClientIDList": ["plimsoll"], "ThumbprintList": ["0" * 40], "Tags": TAGS}
    made = iam.ok(make_one, Url="https://issuer.example/tokens", **settings)
    arn = {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
    iam.fails(make_one, "EntityAlreadyExists", Url="https://issuer.example/tokens")
    iam.fails(make_one, "InvalidInput", Url="https://x.example", Tags=DUPLICATES)
    many = [f"client-{at}" for at in range(101)]
    iam.fails(make_one, "LimitExceeded", Url="https://x.example", ClientIDList=many)
    iam.ok("GetOpenIDConnectProvider", **arn)
    iam.ok("ListOpenIDConnectProviders")
    tags(iam, "OpenIDConnectProvider", arn)
    iam.ok("DeleteOpenIDConnectProvider", **arn)


def tagged(iam):
    for kind in ("User", "Role"):
        tags(iam, kind, make(iam, kind, "tagged"))
    tags(iam, "Policy", {"PolicyArn": policy(iam, "tagged")})


def tags(iam, kind, name):
    iam.ok(f"Tag{kind}", Tags=[*TAGS, {"Key": "stage", "Value": "b"}], **name)
    iam.fails(f"Tag{kind}", "InvalidInput", Tags=RESERVED, **name)
    iam.fails(f"Tag{kind}", "LimitExceeded", Tags=MANY_TAGS, **name)
    paged(iam, f"List{kind}Tags", **name)
    iam.ok(f"Untag{kind}", TagKeys=["team"], **name)


def simulations(iam):
    iam.ok("PutUserPolicy", PolicyName="all", PolicyDocument=ALLOW_ALL, **make(iam, "User", "simulated"))
    conditional = statement(Action="ecr:*", Resource="*", Condition={"StringEquals": {"ecr:ResourceTag/team": "a"}})
    asked = {"ActionNames": ["ecr:PutImage", "ecr:ListImages"], "ResourceArns": ["*"]}
    inputs = {"PolicyInputList": [ALLOW_ALL, conditional], "PermissionsBoundaryPolicyInputList": [ALLOW_ALL]}
    of = {"SimulatePrincipalPolicy": {"PolicySourceArn": f"{ACCOUNT}:user/simulated"}, "SimulateCustomPolicy": {}}
    for operation, source in of.items():
        paged(iam, operation, **inputs, **asked, **source)
        iam.ok(operation, **inputs, **{**asked, "ResourceArns": REPOSITORIES}, **source)
        iam.fails(operation, "InvalidInput", PolicyInputList=[BROKEN], **asked, **source)


def account(iam):
    iam.ok("GetAccountSummary")
    iam.ok("ListAccountAliases")
    paged(iam, "GetAccountAuthorizationDetails")


def groups_run_out(iam):
    """Makes groups until no more fit."""
    answers = (iam.send("CreateGroup", {"GroupName": f"many-{at}"})[1] for at in range(MOST_GROUPS + 1))
    if not any(answer.get("__type") == "LimitExceeded" for answer in answers):
        raise Unexpected(f"more than {MOST_GROUPS} groups fit")


RECIPES = [
    absent,
    misnamed,
    users,
    access_keys,
    groups,
    roles,
    inline_policies,
    attached_policies,
    boundaries,
    managed_policies,
    policy_versions,
    providers,
    tagged,
    simulations,
    account,
    groups_run_out,
]
