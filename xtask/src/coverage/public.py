"""States of public registries, and what each operation of `ecr-public` answers in them."""

import base64

from images import Image, digest
from private import (
    TAGS,
    layer_parts_run_out,
    layer_uploads,
    make,
    part,
    push,
    put_image,
    repository_not_empty,
    repository_policies,
    resource_tags,
    unknown_repository,
)
from wire import Unexpected

CATALOG_DATA = {
    "description": "An app.",
    "architectures": ["ARM"],
    "operatingSystems": ["Linux"],
    "logoImageBlob": base64.b64encode(b"\x89PNG\r\n\x1a\n").decode(),
    "aboutText": "# About",
    "usageText": "# Usage",
}


def repositories(ecr):
    ecr.ok("CreateRepository", repositoryName="repo/full", tags=TAGS, catalogData=CATALOG_DATA)
    make(ecr, "repo/plain")
    ecr.fails("CreateRepository", "RepositoryAlreadyExists", repositoryName="repo/full")
    ecr.fails("CreateRepository", "InvalidTagParameter", repositoryName="repo/x", tags=[{"Key": "aws:x", "Value": ""}])
    many = [{"Key": str(at), "Value": ""} for at in range(51)]
    ecr.fails("CreateRepository", "TooManyTags", repositoryName="repo/x", tags=many)
    page = ecr.ok("DescribeRepositories", maxResults=1)
    second = ecr.ok("DescribeRepositories", maxResults=1, nextToken=page["nextToken"])
    if page["repositories"] == second["repositories"]:
        raise Unexpected("the second page of DescribeRepositories is the first one")
    ecr.ok("DescribeRepositories", repositoryNames=["repo/full"])
    ecr.ok("DeleteRepository", repositoryName="repo/full")


def catalog_data(ecr):
    here = {"repositoryName": make(ecr, "repo/catalog")["repositoryName"]}
    ecr.fails("GetRepositoryCatalogData", "RepositoryCatalogDataNotFound", **here)
    put = ecr.ok("PutRepositoryCatalogData", catalogData=CATALOG_DATA, **here)
    if ecr.ok("GetRepositoryCatalogData", **here) != put:
        raise Unexpected("catalog data is not told as it was put")


def registries(ecr):
    ecr.ok("DescribeRegistries")
    ecr.ok("PutRegistryCatalogData", displayName="Acme")
    ecr.ok("GetRegistryCatalogData")
    ecr.ok("GetAuthorizationToken")


def unknown_registry(ecr):
    there = {"registryId": "nobody", "repositoryName": "repo/plain"}
    ecr.fails("BatchCheckLayerAvailability", "RegistryNotFound", layerDigests=[digest(b"")], **there)
    ecr.fails("InitiateLayerUpload", "RegistryNotFound", **there)
    upload_id = "01234567-89ab-cdef-0123-456789abcdef"
    of_upload = part("repo/plain", upload_id, 0, b"x")
    ecr.fails("UploadLayerPart", "RegistryNotFound", **of_upload, registryId="nobody")
    complete = {"uploadId": upload_id, "layerDigests": [digest(b"")]}
    ecr.fails("CompleteLayerUpload", "RegistryNotFound", **complete, **there)
    ecr.fails("PutImage", "RegistryNotFound", imageManifest="{}", **there)


def images(ecr):
    name = make(ecr, "images/many")["repositoryName"]
    here = {"repositoryName": name}
    image, other = Image("first"), Image("second")
    push(ecr, name, image, "1")
    push(ecr, name, other, "2")
    page = ecr.ok("DescribeImages", maxResults=1, **here)
    ecr.ok("DescribeImages", nextToken=page["nextToken"], **here)
    ecr.fails("DescribeImages", "ImageNotFound", imageIds=[{"imageTag": "nowhere"}], **here)
    page = ecr.ok("DescribeImageTags", maxResults=1, **here)
    ecr.ok("DescribeImageTags", nextToken=page["nextToken"], **here)
    absent = {"imageDigest": digest(b"nowhere"), "imageTag": "nowhere"}
    ecr.ok("BatchDeleteImage", imageIds=[{"imageTag": "1"}, {"imageDigest": other.digest}, absent], **here)


RECIPES = [
    unknown_repository,
    repositories,
    repository_not_empty,
    repository_policies,
    catalog_data,
    resource_tags,
    registries,
    unknown_registry,
    layer_uploads,
    layer_parts_run_out,
    put_image,
    images,
]
