"""Steps of boto3 against a server: the one that is named is carried out. The environment says where and who."""

import hashlib
import json
import os
import pathlib
import sys
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

NAME = "interop/boto3"
MEBIBYTE = 1 << 20


def client(service="ecr", **options):
    return boto3.client(service, config=Config(retries={"total_max_attempts": 1}, **options))


def files(name):
    return pathlib.Path(sys.argv[2], name).read_bytes()


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def same(what, left, right):
    if left != right:
        raise SystemExit(f"{what}: {left!r} is not {right!r}")


def refused(error, call, **arguments):
    try:
        answer = call(**arguments)
    except error as refusal:
        return refusal.response["Error"]["Message"]
    raise SystemExit(f"it was not refused: {answer}")


def push():
    """An image by the layer operations, and refusals as exceptions of their own."""
    ecr = client()
    ecr.create_repository(repositoryName=NAME, imageScanningConfiguration={"scanOnPush": True})
    refused(ecr.exceptions.RepositoryAlreadyExistsException, ecr.create_repository, repositoryName=NAME)
    for blob in (files("layer"), files("config")):
        upload(ecr, blob, len(blob))
    large = os.urandom(7 * MEBIBYTE)
    upload(ecr, large, 5 * MEBIBYTE)
    refused(ecr.exceptions.LayerAlreadyExistsException, upload, ecr=ecr, blob=large, step=5 * MEBIBYTE)
    refused(ecr.exceptions.LayerPartTooSmallException, upload, ecr=ecr, blob=os.urandom(3 * MEBIBYTE), step=MEBIBYTE)
    manifest = files("manifest").decode()
    for tag in ("1", "2", "3", "4", "5"):
        image = ecr.put_image(repositoryName=NAME, imageManifest=manifest, imageTag=tag)["image"]
        same("the digest of the image", image["imageId"]["imageDigest"], digest(manifest.encode()))
    message = refused(
        ecr.exceptions.ImageAlreadyExistsException, ecr.put_image, repositoryName=NAME, imageManifest=manifest, imageTag="1"
    )
    same("the message names the repository", NAME in message, True)
    got = ecr.batch_get_image(repositoryName=NAME, imageIds=[{"imageTag": "3"}])
    same("the manifest", got["images"][0]["imageManifest"], manifest)


def upload(ecr, blob, step, repositoryName=NAME):
    """A layer in parts of so many bytes."""
    upload_id = ecr.initiate_layer_upload(repositoryName=repositoryName)["uploadId"]
    for first in range(0, len(blob), step):
        part = blob[first : first + step]
        last = first + len(part) - 1
        answer = ecr.upload_layer_part(
            repositoryName=repositoryName, uploadId=upload_id, partFirstByte=first, partLastByte=last, layerPartBlob=part
        )
        same("the last byte", answer["lastByteReceived"], last)
    done = ecr.complete_layer_upload(repositoryName=repositoryName, uploadId=upload_id, layerDigests=[digest(blob)])
    same("the digest of a layer", done["layerDigest"], digest(blob))


def waiters():
    """Both waiters of the service, and what they waited for."""
    ecr = client()
    quick = {"Delay": 1, "MaxAttempts": 60}
    ecr.get_waiter("image_scan_complete").wait(repositoryName=NAME, imageId={"imageTag": "1"}, WaiterConfig=quick)
    found = ecr.describe_image_scan_findings(repositoryName=NAME, imageId={"imageTag": "1"})
    same("the status", found["imageScanStatus"]["status"], "COMPLETE")
    same("the severities", found["imageScanFindings"]["findingSeverityCounts"], {"CRITICAL": 2, "LOW": 2})
    rule = {
        "rulePriority": 1,
        "description": "only one image stays",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1},
        "action": {"type": "expire"},
    }
    ecr.start_lifecycle_policy_preview(repositoryName=NAME, lifecyclePolicyText=json.dumps({"rules": [rule]}))
    ecr.get_waiter("lifecycle_policy_preview_complete").wait(repositoryName=NAME, WaiterConfig=quick)
    same("the preview", ecr.get_lifecycle_policy_preview(repositoryName=NAME)["status"], "COMPLETE")
    same("the waiters of the model", sorted(ecr.waiter_names), ["image_scan_complete", "lifecycle_policy_preview_complete"])


def paginators():
    """Every paginator of the model whose operation the server has, by pages of one, against the whole in one page."""
    ecr = client()
    for number in range(4):
        ecr.create_repository(repositoryName=f"{NAME}-{number}")
        ecr.create_repository_creation_template(prefix=f"interop-boto3-{number}", appliedFor=["CREATE_ON_PUSH"])
    put_more_images(ecr)
    image = {"repositoryName": NAME, "imageId": {"imageTag": "1"}}
    whole = {
        "list_images": ("imageIds", {"repositoryName": NAME}),
        "describe_images": ("imageDetails", {"repositoryName": NAME}),
        "describe_repositories": ("repositories", {}),
        "describe_image_scan_findings": ("imageScanFindings.findings", image),
        "get_lifecycle_policy_preview": ("previewResults", {"repositoryName": NAME}),
        "describe_repository_creation_templates": ("repositoryCreationTemplates", {}),
    }
    # These operations come with a later version of the server.
    later = {"describe_pull_through_cache_rules", "describe_replication_backfill_results", "list_replication_backfills"}
    known = {name for name in ecr.meta.method_to_api_mapping if ecr.can_paginate(name)}
    same("the paginators of the model", known - later, set(whole))
    for name, (member, arguments) in whole.items():
        pages(ecr, name, member, arguments)
    enhanced(ecr, image)


def pages(ecr, name, member, arguments, least=4):
    def values(answer):
        for part in member.split("."):
            answer = answer.get(part, {})
        return list(answer)

    everything = values(getattr(ecr, name)(**arguments))
    paged = list(ecr.get_paginator(name).paginate(**arguments, PaginationConfig={"PageSize": 1}))
    one_by_one = [value for page in paged for value in values(page)]
    key = lambda value: json.dumps(value, sort_keys=True, default=str)
    same(f"the pages of {name}", [key(value) for value in one_by_one], [key(value) for value in everything])
    if len(everything) < least:
        raise SystemExit(f"{name} has only {len(everything)} to page through")


def public_paginators():
    """Every paginator of the public registry, by pages of one."""
    ecr = client("ecr-public")
    for number in range(4):
        ecr.create_repository(repositoryName=f"{NAME}-{number}")
    repository = {"repositoryName": f"{NAME}-0"}
    for blob in (files("layer"), files("config")):
        upload(ecr, blob, len(blob), **repository)
    manifest = json.loads(files("manifest"))
    for number in range(5):
        manifest["annotations"] = {"number": str(number)}
        ecr.put_image(**repository, imageManifest=json.dumps(manifest), imageTag=str(number))
    whole = {
        "describe_repositories": ("repositories", {}),
        "describe_images": ("imageDetails", repository),
        "describe_image_tags": ("imageTagDetails", repository),
        "describe_registries": ("registries", {}),
    }
    known = {name for name in ecr.meta.method_to_api_mapping if ecr.can_paginate(name)}
    same("the paginators of the model", known, set(whole))
    for name, (member, arguments) in whole.items():
        # An account has one public registry.
        pages(ecr, name, member, arguments, least=1 if name == "describe_registries" else 4)
    for number in range(4):
        ecr.delete_repository(repositoryName=f"{NAME}-{number}", force=True)


def put_more_images(ecr):
    """The same image in other bytes has another digest; with four of them three would expire."""
    manifest = json.loads(files("manifest"))
    for number in range(5):
        manifest["annotations"] = {"number": str(number)}
        ecr.put_image(repositoryName=NAME, imageManifest=json.dumps(manifest), imageTag=f"more-{number}")
    waiters()


def enhanced(ecr, image):
    rules = [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}]
    ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=rules)
    try:
        pages(ecr, "describe_image_scan_findings", "imageScanFindings.enhancedFindings", image)
    finally:
        ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[])


def layers():
    """The URL of a layer, fetched without any login; changed, it is worth nothing."""
    ecr = client()
    layer = files("layer")
    answer = ecr.get_download_url_for_layer(repositoryName=NAME, layerDigest=digest(layer))
    with urllib.request.urlopen(answer["downloadUrl"]) as response:
        same("the layer", digest(response.read()), answer["layerDigest"])
    changed = answer["downloadUrl"][:-1] + ("0" if answer["downloadUrl"][-1] != "0" else "1")
    try:
        urllib.request.urlopen(changed)
    except urllib.error.HTTPError as refusal:
        same("the status of a changed URL", refusal.code // 100, 4)
    else:
        raise SystemExit("a changed URL was good")


def presigned():
    """A presigned URL says who its maker is to whoever fetches it; changed, or by another method, it says nothing."""
    sts = client("sts")
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urllib.request.urlopen(url) as response:
        same("the caller", b"<Account>000000000000</Account>" in response.read(), True)
    longer = url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")
    for wrong in (longer, urllib.request.Request(url, method="POST")):
        try:
            urllib.request.urlopen(wrong)
        except urllib.error.HTTPError as refusal:
            same("the refusal", b"<Code>SignatureDoesNotMatch</Code>" in refusal.read(), True)
        else:
            raise SystemExit("a changed URL was good")


def sessions():
    """A role's temporary credentials do what its policy and the session's both allow."""
    iam, sts, ecr = client("iam"), client("sts"), client()
    account = sts.get_caller_identity()["Account"]
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    allow = lambda *actions: json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
    )
    role = iam.create_role(
        RoleName="boto3", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]
    iam.put_role_policy(RoleName="boto3", PolicyName="read", PolicyDocument=allow("ecr:ListImages", "ecr:DescribeImages"))
    session = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="job", Policy=allow("ecr:ListImages", "ecr:PutImage"))
    keys = session["Credentials"]
    inside = boto3.client(
        "ecr",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    seen, whole = (client.list_images(repositoryName=NAME)["imageIds"] for client in (inside, ecr))
    same("the images", seen, whole)
    denied = inside.exceptions.ClientError
    for message in (
        refused(denied, inside.describe_images, repositoryName=NAME),
        refused(denied, inside.put_image, repositoryName=NAME, imageManifest="{}"),
    ):
        same("the refusal names who was refused", "assumed-role/boto3/job is not authorized" in message, True)
    iam.delete_role_policy(RoleName="boto3", PolicyName="read")
    refused(denied, inside.list_images, repositoryName=NAME)
    iam.delete_role(RoleName="boto3")


def clean_up():
    ecr = client()
    for name in [NAME, *(f"{NAME}-{number}" for number in range(4))]:
        ecr.delete_repository(repositoryName=name, force=True)
    for number in range(4):
        ecr.delete_repository_creation_template(prefix=f"interop-boto3-{number}")
    refused(ecr.exceptions.RepositoryNotFoundException, ecr.describe_repositories, repositoryNames=[NAME])


STEPS = {
    step.__name__: step for step in (push, waiters, paginators, public_paginators, layers, presigned, sessions, clean_up)
}

if __name__ == "__main__":
    STEPS[sys.argv[1]]()
