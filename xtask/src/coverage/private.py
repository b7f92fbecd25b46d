"""States of private registries, and what each operation of `ecr` answers in them."""

import base64
import json
import urllib.request
import uuid

from images import FILES, INDEX, MANIFEST, Image, digest, index_of
from wire import Unexpected

NOBODY = "arn:aws:iam::123456789012:user/nobody"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "pull",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
                "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            }
        ],
    }
)
# The most parts of a layer.
MOST_PARTS = 4200
FILTERS = [{"filterType": "WILDCARD", "filter": "dev-*"}]
TAGS = [{"Key": "team", "Value": "a"}]
# The first action makes images expire, the second one sends them to the archive.
UNTAGGED = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}
PULLED = {"tagStatus": "tagged", "tagPatternList": ["old*"], "countType": "imageCountMoreThan", "countNumber": 1}


def lifecycle(*rules):
    described = [{"rulePriority": at + 1, "description": "a rule", **rule} for at, rule in enumerate(rules)]
    return json.dumps({"rules": described})


KEEP_MANY = lifecycle({"selection": {**UNTAGGED, "countNumber": 5000}, "action": {"type": "expire"}})
EXPIRE_AND_ARCHIVE = lifecycle(
    {"selection": UNTAGGED, "action": {"type": "expire"}},
    {"selection": PULLED, "action": {"type": "transition", "targetStorageClass": "archive"}},
)


def make(ecr, name, **settings):
    return ecr.ok("CreateRepository", repositoryName=name, **settings)["repository"]


def upload(ecr, name, content, part=20_000_000):
    """Uploads a layer in parts and completes it."""
    started = ecr.ok("InitiateLayerUpload", repositoryName=name)
    for first in range(0, len(content), part):
        chunk = content[first : first + part]
        put_part(ecr, name, started["uploadId"], first, chunk)
    return ecr.ok(
        "CompleteLayerUpload", repositoryName=name, uploadId=started["uploadId"], layerDigests=[digest(content)]
    )


def part(name, upload_id, first, chunk):
    return {
        "repositoryName": name,
        "uploadId": upload_id,
        "partFirstByte": first,
        "partLastByte": first + len(chunk) - 1,
        "layerPartBlob": base64.b64encode(chunk).decode(),
    }


def put_part(ecr, name, upload_id, first, chunk):
    return ecr.ok("UploadLayerPart", **part(name, upload_id, first, chunk))


def push(ecr, name, image, tag=None):
    for blob in image.blobs:
        availability = ecr.ok("BatchCheckLayerAvailability", repositoryName=name, layerDigests=[digest(blob)])
        if availability["layers"][0]["layerAvailability"] != "AVAILABLE":
            upload(ecr, name, blob)
    tagged = {"imageTag": tag} if tag else {}
    return ecr.ok("PutImage", repositoryName=name, imageManifest=image.manifest, **tagged)


def unknown_repository(ecr):
    arn = make(ecr, "repo/known")["repositoryArn"].replace("repo/known", "repo/unknown")
    changes = {"lifecyclePolicyText": KEEP_MANY, "policyText": POLICY, "imageDigest": digest(b"")}
    ecr.unknown_repository(changes, arn)


def pull(ecr, name, expect=200):
    """Pulls the image tagged `1`, as docker would."""
    status, _ = ecr.get(f"/v2/{name}/manifests/1", MANIFEST)
    if status != expect:
        raise Unexpected(f"a pull is answered {status} instead of {expect}")


def repositories(ecr):
    settings = {
        "tags": TAGS,
        "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": FILTERS,
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfiguration": {"encryptionType": "KMS"},
    }
    make(ecr, "repo/full", **settings)
    make(ecr, "repo/plain")
    ecr.fails("CreateRepository", "RepositoryAlreadyExists", repositoryName="repo/full")
    ecr.fails("CreateRepository", "InvalidTagParameter", repositoryName="repo/x", tags=[{"Key": "aws:x", "Value": ""}])
    many = [{"Key": str(at), "Value": ""} for at in range(51)]
    ecr.fails("CreateRepository", "TooManyTags", repositoryName="repo/x", tags=many)
    elsewhere = {"encryptionType": "KMS", "kmsKey": "arn:aws:kms:eu-south-2:123456789012:key/a"}
    ecr.fails("CreateRepository", "Kms", repositoryName="repo/x", encryptionConfiguration=elsewhere)
    page = ecr.ok("DescribeRepositories", maxResults=1)
    second = ecr.ok("DescribeRepositories", maxResults=1, nextToken=page["nextToken"])
    if page["repositories"] == second["repositories"]:
        raise Unexpected("the second page of DescribeRepositories is the first one")
    ecr.ok("DescribeRepositories", repositoryNames=["repo/full"])
    mutability = {"imageTagMutability": "MUTABLE_WITH_EXCLUSION", "imageTagMutabilityExclusionFilters": FILTERS}
    ecr.ok("PutImageTagMutability", repositoryName="repo/full", **mutability)
    ecr.ok("DeleteRepository", repositoryName="repo/full")


def repository_not_empty(ecr):
    make(ecr, "repo/held")
    push(ecr, "repo/held", Image("held"), "1")
    ecr.fails("DeleteRepository", "RepositoryNotEmpty", repositoryName="repo/held")
    ecr.ok("DeleteRepository", repositoryName="repo/held", force=True)


def repository_policies(ecr):
    name = {"repositoryName": make(ecr, "repo/policy")["repositoryName"]}
    ecr.fails("GetRepositoryPolicy", "RepositoryPolicyNotFound", **name)
    ecr.fails("DeleteRepositoryPolicy", "RepositoryPolicyNotFound", **name)
    ecr.fails("SetRepositoryPolicy", "InvalidParameter", policyText="{", **name)
    ecr.ok("SetRepositoryPolicy", policyText=POLICY, force=True, **name)
    ecr.ok("GetRepositoryPolicy", **name)
    ecr.ok("DeleteRepositoryPolicy", **name)


def registry_policy(ecr):
    ecr.fails("GetRegistryPolicy", "RegistryPolicyNotFound")
    ecr.fails("DeleteRegistryPolicy", "RegistryPolicyNotFound")
    statement = json.loads(POLICY)["Statement"][0] | {"Action": "ecr:ReplicateImage", "Resource": "*"}
    ecr.ok("PutRegistryPolicy", policyText=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    ecr.ok("GetRegistryPolicy")
    ecr.ok("DeleteRegistryPolicy")


def resource_tags(ecr):
    arn = {"resourceArn": make(ecr, "repo/tags")["repositoryArn"]}
    ecr.ok("TagResource", tags=TAGS, **arn)
    ecr.fails("TagResource", "InvalidTagParameter", tags=[{"Key": "aws:x", "Value": ""}], **arn)
    many = [{"Key": str(at), "Value": ""} for at in range(50)]
    ecr.fails("TagResource", "TooManyTags", tags=many, **arn)
    ecr.ok("ListTagsForResource", **arn)
    ecr.fails("UntagResource", "InvalidTagParameter", tagKeys=["aws:x"], **arn)
    ecr.ok("UntagResource", tagKeys=["team"], **arn)


def account(ecr):
    ecr.ok("DescribeRegistry")
    ecr.ok("GetAuthorizationToken")
    ecr.fails("GetAccountSetting", "InvalidParameter", name="NO_SETTING")
    ecr.ok("PutAccountSetting", name="BLOB_MOUNTING", value="ENABLED")
    ecr.ok("GetAccountSetting", name="BLOB_MOUNTING")


def pull_time_exclusions(ecr):
    ecr.fails("DeregisterPullTimeUpdateExclusion", "ExclusionNotFound", principalArn=NOBODY)
    ecr.ok("RegisterPullTimeUpdateExclusion", principalArn=NOBODY)
    ecr.ok("RegisterPullTimeUpdateExclusion", principalArn=f"{NOBODY}-else")
    ecr.fails("RegisterPullTimeUpdateExclusion", "ExclusionAlreadyExists", principalArn=NOBODY)
    page = ecr.ok("ListPullTimeUpdateExclusions", maxResults=1)
    ecr.ok("ListPullTimeUpdateExclusions", nextToken=page["nextToken"])
    ecr.ok("DeregisterPullTimeUpdateExclusion", principalArn=NOBODY)
    ecr.ok("DeregisterPullTimeUpdateExclusion", principalArn=f"{NOBODY}-else")


def pull_time_exclusions_run_out(ecr):
    """Fills the registry with exclusions, one beyond what fits."""
    made = []
    for at in range(1001):
        arn = f"{NOBODY}-{at}"
        status, answer = ecr.send("RegisterPullTimeUpdateExclusion", {"principalArn": arn})
        if status != 200:
            break
        made.append(arn)
    for arn in made:
        ecr.ok("DeregisterPullTimeUpdateExclusion", principalArn=arn)
    if answer.get("__type") != "LimitExceededException":
        raise Unexpected(f"{len(made)} exclusions fit")


def creation_templates(ecr):
    key = "arn:aws:kms:us-east-1:123456789012:key/abc"
    settings = {
        "description": "for teams",
        "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": key},
        "resourceTags": TAGS,
        "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": FILTERS,
        "repositoryPolicy": POLICY,
        "lifecyclePolicy": KEEP_MANY,
        "appliedFor": ["CREATE_ON_PUSH"],
        "customRoleArn": "arn:aws:iam::123456789012:role/templates",
    }
    for operation in ("UpdateRepositoryCreationTemplate", "DeleteRepositoryCreationTemplate"):
        ecr.fails(operation, "TemplateNotFound", prefix="teams")
    ecr.ok("CreateRepositoryCreationTemplate", prefix="teams", **settings)
    ecr.ok("CreateRepositoryCreationTemplate", prefix="zoo", appliedFor=["REPLICATION"])
    ecr.fails("CreateRepositoryCreationTemplate", "TemplateAlreadyExists", prefix="teams", appliedFor=["REPLICATION"])
    ecr.ok("UpdateRepositoryCreationTemplate", prefix="teams", description="for all teams")
    page = ecr.ok("DescribeRepositoryCreationTemplates", maxResults=1)
    ecr.ok("DescribeRepositoryCreationTemplates", nextToken=page["nextToken"])
    ecr.ok("DescribeRepositoryCreationTemplates", prefixes=["teams"])
    ecr.ok("DeleteRepositoryCreationTemplate", prefix="teams")
    ecr.ok("DeleteRepositoryCreationTemplate", prefix="zoo")


def creation_templates_run_out(ecr):
    made = []
    for at in range(101):
        prefix = f"many{at}"
        status, answer = ecr.send("CreateRepositoryCreationTemplate", {"prefix": prefix, "appliedFor": ["REPLICATION"]})
        if status != 200:
            break
        made.append(prefix)
    for prefix in made:
        ecr.ok("DeleteRepositoryCreationTemplate", prefix=prefix)
    if answer.get("__type") != "LimitExceededException":
        raise Unexpected(f"{len(made)} templates fit")


def layer_uploads(ecr):
    name = make(ecr, "images/uploads")["repositoryName"]
    here = {"repositoryName": name}
    content = b"a layer" * 1000
    upload(ecr, name, content)
    nowhere = str(uuid.uuid4())
    ecr.fails("UploadLayerPart", "UploadNotFound", **part(name, nowhere, 0, b"x"))
    ecr.fails("CompleteLayerUpload", "UploadNotFound", uploadId=nowhere, layerDigests=[digest(b"x")], **here)
    empty = ecr.ok("InitiateLayerUpload", **here)["uploadId"]
    ecr.fails("CompleteLayerUpload", "EmptyUpload", uploadId=empty, layerDigests=[digest(b"")], **here)
    again = ecr.ok("InitiateLayerUpload", **here)["uploadId"]
    refused = ecr.fails("UploadLayerPart", "InvalidLayerPart", **part(name, again, 5, b"x"))
    if refused.get("uploadId") != again or "lastValidByteReceived" not in refused:
        raise Unexpected(f"InvalidLayerPartException does not say where the upload is: {refused}")
    put_part(ecr, name, again, 0, content)
    ecr.fails("CompleteLayerUpload", "LayerAlreadyExists", uploadId=again, layerDigests=[digest(content)], **here)
    other = ecr.ok("InitiateLayerUpload", **here)["uploadId"]
    put_part(ecr, name, other, 0, b"another layer")
    ecr.fails("CompleteLayerUpload", "InvalidLayer", uploadId=other, layerDigests=[digest(b"x")], **here)
    small = ecr.ok("InitiateLayerUpload", **here)["uploadId"]
    put_part(ecr, name, small, 0, b"12")
    put_part(ecr, name, small, 2, b"34")
    ecr.fails("CompleteLayerUpload", "LayerPartTooSmall", uploadId=small, layerDigests=[digest(b"1234")], **here)
    digests = [digest(content), digest(b"nowhere"), "no digest"]
    ecr.ok("BatchCheckLayerAvailability", layerDigests=digests, **here)
    image = Image("layers")
    push(ecr, name, image)
    ecr.ok("BatchCheckLayerAvailability", layerDigests=[image.layer], **here)


def layer_downloads(ecr):
    name = make(ecr, "images/downloads")["repositoryName"]
    here = {"repositoryName": name}
    content = b"a layer"
    upload(ecr, name, content)
    ecr.fails("GetDownloadUrlForLayer", "LayerInaccessible", layerDigest=digest(content), **here)
    ecr.fails("GetDownloadUrlForLayer", "LayersNotFound", layerDigest=digest(b"nowhere"), **here)
    image = Image("layers")
    push(ecr, name, image)
    url = ecr.ok("GetDownloadUrlForLayer", layerDigest=image.layer, **here)["downloadUrl"]
    fetch(ecr, url, image.blobs[1])


def layer_parts_run_out(ecr):
    """Uploads a layer in more parts than one may have."""
    name = make(ecr, "images/parts")["repositoryName"]
    upload_id = ecr.ok("InitiateLayerUpload", repositoryName=name)["uploadId"]
    for first in range(MOST_PARTS):
        put_part(ecr, name, upload_id, first, b"x")
    ecr.fails("UploadLayerPart", "LimitExceeded", **part(name, upload_id, MOST_PARTS, b"x"))


def fetch(ecr, url, content):
    """A download URL works for who has no credentials."""
    with urllib.request.urlopen(url, timeout=60) as response:
        if response.read() != content:
            raise Unexpected("the download URL leads to something else")


def put_image(ecr):
    name = make(ecr, "images/put")["repositoryName"]
    here = {"repositoryName": name}
    image, other = Image("put"), Image("another")
    ecr.fails("PutImage", "LayersNotFound", imageManifest=image.manifest, **here)
    push(ecr, name, image, "1")
    ecr.fails("PutImage", "ImageAlreadyExists", imageManifest=image.manifest, imageTag="1", **here)
    for blob in other.blobs:
        upload(ecr, name, blob)
    wrong = {"imageManifest": other.manifest, "imageDigest": image.digest}
    ecr.fails("PutImage", "ImageDigestDoesNotMatch", **wrong, **here)
    ecr.fails("PutImage", "ReferencedImagesNotFound", imageManifest=index_of(Image("nowhere")), **here)
    ecr.fails("PutImage", "InvalidParameter", imageManifest="{}", **here)


def immutable_tags(ecr):
    name = make(ecr, "images/immutable", imageTagMutability="IMMUTABLE")["repositoryName"]
    for label in ("one", "two"):
        push(ecr, name, Image(label), label)
    moved = {"imageManifest": Image("two").manifest, "imageTag": "one"}
    ecr.fails("PutImage", "ImageTagAlreadyExists", repositoryName=name, **moved)


def images(ecr):
    name = make(ecr, "images/many")["repositoryName"]
    here = {"repositoryName": name}
    image, child = Image("first"), Image("child")
    push(ecr, name, image, "1")
    push(ecr, name, child)
    index = index_of(child)
    ecr.ok("PutImage", imageManifest=index, imageManifestMediaType=INDEX, imageTag="index", **here)
    kind = "application/vnd.example.signature"
    for label in ("signature", "another signature"):
        push(ecr, name, Image(label, subject=image, artifact=kind))
    absent = [{"imageTag": "nowhere"}, {"imageDigest": digest(b"nowhere"), "imageTag": "nowhere"}]
    ecr.ok("BatchGetImage", imageIds=[{"imageTag": "1"}, *absent], **here)
    page = ecr.ok("ListImages", maxResults=1, **here)
    ecr.ok("ListImages", nextToken=page["nextToken"], **here)
    page = ecr.ok("DescribeImages", maxResults=1, **here)
    ecr.ok("DescribeImages", nextToken=page["nextToken"], **here)
    ecr.fails("DescribeImages", "ImageNotFound", imageIds=[{"imageTag": "nowhere"}], **here)
    subject = {"imageDigest": image.digest}
    page = ecr.ok("ListImageReferrers", subjectId=subject, maxResults=1, **here)
    ecr.ok("ListImageReferrers", subjectId=subject, nextToken=page["nextToken"], **here)
    ecr.ok("BatchDeleteImage", imageIds=[{"imageTag": "1"}, {"imageDigest": child.digest}, *absent], **here)


def storage_classes(ecr):
    name = make(ecr, "images/archive")["repositoryName"]
    here = {"repositoryName": name}
    image = Image("archived", files=FILES)
    push(ecr, name, image, "1")
    image_id = {"imageId": {"imageTag": "1"}}
    pull(ecr, name)
    ecr.until(lambda answer: "lastRecordedPullTime" in answer["imageDetails"][0], "DescribeImages", **here)
    archive = {"targetStorageClass": "ARCHIVE", **here}
    ecr.fails("UpdateImageStorageClass", "ImageNotFound", imageId={"imageTag": "no"}, **archive)
    ecr.ok("UpdateImageStorageClass", **image_id, **archive)
    pull(ecr, name, 404)
    ecr.fails("StartImageScan", "ImageArchived", **image_id, **here)
    ecr.ok("DescribeImages", filter={"imageStatus": "ARCHIVED"}, **here)
    ecr.ok("UpdateImageStorageClass", targetStorageClass="STANDARD", **image_id, **here)
    restored = lambda answer: "lastActivatedAt" in (answer["imageDetails"] or [{}])[0]
    ecr.until(restored, "DescribeImages", **here)
    push(ecr, name, Image("child"))
    ecr.ok("PutImage", imageManifest=index_of(Image("child")), imageTag="index", **here)
    child = {"imageId": {"imageDigest": Image("child").digest}}
    ecr.fails("UpdateImageStorageClass", "ImageStorageClassUpdateNotSupported", **child, **archive)


def basic_scans(ecr):
    name = make(ecr, "scans/basic", imageScanningConfiguration={"scanOnPush": False})["repositoryName"]
    here = {"repositoryName": name}
    image = Image("scanned", files=FILES)
    push(ecr, name, image, "1")
    image_id = {"imageId": {"imageTag": "1"}}
    ecr.fails("DescribeImageScanFindings", "ScanNotFound", **image_id, **here)
    nowhere = {"imageId": {"imageTag": "nowhere"}}
    for operation in ("DescribeImageScanFindings", "StartImageScan"):
        ecr.fails(operation, "ImageNotFound", **nowhere, **here)
    ecr.ok("StartImageScan", **image_id, **here)
    ecr.fails("StartImageScan", "LimitExceeded", **image_id, **here)
    complete = lambda answer: answer["imageScanStatus"]["status"] == "COMPLETE"
    ecr.until(complete, "DescribeImageScanFindings", **image_id, **here)
    page = ecr.ok("DescribeImageScanFindings", maxResults=1, **image_id, **here)
    ecr.ok("DescribeImageScanFindings", nextToken=page["nextToken"], **image_id, **here)
    ecr.ok("DescribeImages", **here)
    ecr.ok("PutImage", imageManifest=index_of(image), imageTag="index", **here)
    ecr.fails("StartImageScan", "UnsupportedImageType", imageId={"imageTag": "index"}, **here)
    ecr.ok("PutImageScanningConfiguration", imageScanningConfiguration={"scanOnPush": True}, **here)


def enhanced_scans(ecr):
    name = make(ecr, "scans/enhanced")["repositoryName"]
    here = {"repositoryName": name}
    filters = [{"filter": "scans/enh*", "filterType": "WILDCARD"}]
    rules = [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": filters}]
    ecr.ok("PutRegistryScanningConfiguration", scanType="ENHANCED", rules=rules)
    ecr.ok("GetRegistryScanningConfiguration")
    ecr.ok("BatchGetRepositoryScanningConfiguration", repositoryNames=[name, "scans/nowhere"])
    push(ecr, name, Image("enhanced", files=FILES), "1")
    image_id = {"imageId": {"imageTag": "1"}}
    ecr.fails("StartImageScan", "Validation", **image_id, **here)
    pull(ecr, name)
    used = lambda answer: "lastInUseAt" in json.dumps(answer["imageScanFindings"].get("enhancedFindings", []))
    ecr.until(used, "DescribeImageScanFindings", **image_id, **here)
    ecr.ok("PutRegistryScanningConfiguration", scanType="BASIC", rules=[])


def lifecycle_policies(ecr):
    name = make(ecr, "lifecycle/kept")["repositoryName"]
    here = {"repositoryName": name}
    push(ecr, name, Image("kept"), "1")
    for operation in ("GetLifecyclePolicy", "DeleteLifecyclePolicy", "StartLifecyclePolicyPreview"):
        ecr.fails(operation, "LifecyclePolicyNotFound", **here)
    ecr.fails("GetLifecyclePolicyPreview", "LifecyclePolicyPreviewNotFound", **here)
    ecr.fails("PutLifecyclePolicy", "InvalidParameter", lifecyclePolicyText=lifecycle().ljust(100), **here)
    ecr.ok("PutLifecyclePolicy", lifecyclePolicyText=KEEP_MANY, **here)
    ecr.until(lambda answer: answer.get("lastEvaluatedAt"), "GetLifecyclePolicy", **here)
    ecr.ok("DeleteLifecyclePolicy", **here)


def lifecycle_previews(ecr):
    name = make(ecr, "lifecycle/preview")["repositoryName"]
    here = {"repositoryName": name}
    for at in range(3):
        push(ecr, name, Image(f"untagged {at}"))
        push(ecr, name, Image(f"old {at}"), f"old{at}")
    ecr.ok("StartLifecyclePolicyPreview", lifecyclePolicyText=EXPIRE_AND_ARCHIVE, **here)
    ecr.until(lambda answer: answer["status"] == "COMPLETE", "GetLifecyclePolicyPreview", **here)
    page = ecr.ok("GetLifecyclePolicyPreview", maxResults=1, **here)
    ecr.ok("GetLifecyclePolicyPreview", nextToken=page["nextToken"], **here)
    started = {"lifecyclePolicyText": EXPIRE_AND_ARCHIVE, **here}
    in_progress = lambda answer: answer.get("__type") == "LifecyclePolicyPreviewInProgressException"
    ecr.at_once(lambda answers: any(map(in_progress, answers)), "StartLifecyclePolicyPreview", started)


RECIPES = [
    unknown_repository,
    repositories,
    repository_policies,
    registry_policy,
    resource_tags,
    account,
    pull_time_exclusions,
    pull_time_exclusions_run_out,
    creation_templates,
    creation_templates_run_out,
    layer_uploads,
    layer_downloads,
    layer_parts_run_out,
    repository_not_empty,
    put_image,
    immutable_tags,
    images,
    storage_classes,
    basic_scans,
    enhanced_scans,
    lifecycle_policies,
    lifecycle_previews,
]
