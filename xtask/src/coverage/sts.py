"""Sessions, and what each operation of `sts` answers about them."""

import json
import os

from iam import ACCOUNT, ALLOW_ALL, BROKEN, federated, statement, trusted_by
from query import QueryClient

# Tokens of the issuer that the server is configured with, by what is right or wrong with them.
TOKENS = json.loads(os.environ.get("WEB_IDENTITY_TOKENS", "{}"))
PROVIDER = f"{ACCOUNT}:oidc-provider/ci.example"
# Larger than what a session may be bounded by.
LARGE = statement(Action=["ecr:*"] * 400, Resource="*")


def role(sts, name, trust):
    """Makes a role: the member that names it."""
    iam = sts.beside("iam", QueryClient)
    return {"RoleArn": iam.ok("CreateRole", RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]}


def identity(sts):
    sts.ok("GetCallerIdentity")
    sts.ok("GetAccessKeyInfo", AccessKeyId=sts.credentials[0])
    sts.ok("GetSessionToken", DurationSeconds=900)


def assumed(sts):
    asked = {"RoleSessionName": "job", **role(sts, "assumed", trusted_by(f"{ACCOUNT}:root"))}
    sts.ok("AssumeRole", Policy=ALLOW_ALL, SourceIdentity="somebody", **asked)
    refusals(sts, "AssumeRole", asked)


def with_web_identity(sts):
    asked = {"RoleSessionName": "job", **role(sts, "federated", federated(PROVIDER))}
    operation, good = "AssumeRoleWithWebIdentity", {"WebIdentityToken": TOKENS["good"]}
    sts.ok(operation, Policy=ALLOW_ALL, **asked, **good)
    refusals(sts, operation, asked | good)
    sts.fails(operation, "ExpiredTokenException", WebIdentityToken=TOKENS["expired"], **asked)
    for token in ("foreign", "forged"):
        sts.fails(operation, "InvalidIdentityToken", WebIdentityToken=TOKENS[token], **asked)


def refusals(sts, operation, asked):
    sts.fails(operation, "MalformedPolicyDocument", Policy=BROKEN, **asked)
    sts.fails(operation, "PackedPolicyTooLarge", Policy=LARGE, **asked)


RECIPES = [identity, assumed, with_web_identity]
