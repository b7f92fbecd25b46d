"""Images to push: a distribution with flaws, an index, an artifact that refers to another."""

import gzip
import hashlib
import io
import json
import tarfile

OCI = "application/vnd.oci.image"
INDEX = f"{OCI}.index.v1+json"
MANIFEST = f"{OCI}.manifest.v1+json"
FILES = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "var/lib/dpkg/status": (
        "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl (1:3.0.1-1)\n"
        "Version: 1:3.0.1-1\n\n"
        "Package: curl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 7.88.1-1\n\n"
    ),
    "usr/lib/python3/dist-packages/flask-0.12.dist-info/METADATA": (
        "Metadata-Version: 2.1\nName: Flask\nVersion: 0.12\n\n"
    ),
    "usr/lib/python3/dist-packages/flasck-1.0.dist-info/METADATA": (
        "Metadata-Version: 2.1\nName: flasck\nVersion: 1.0\n\n"
    ),
}


class Image:
    """A manifest and the blobs it names."""

    def __init__(self, label, files=None, architecture="amd64", subject=None, artifact=None):
        layer = layer_of({**(files or {}), "etc/label": label})
        config = json.dumps(
            {
                "architecture": architecture,
                "os": "linux",
                "author": "coverage",
                "config": {},
                "rootfs": {"type": "layers", "diff_ids": [digest(gzip.decompress(layer))]},
            }
        ).encode()
        self.blobs = [config, layer]
        kind = artifact or f"{OCI}.config.v1+json"
        document = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": descriptor(config, kind),
            "layers": [descriptor(layer, f"{OCI}.layer.v1.tar+gzip")],
            "annotations": {"org.opencontainers.image.title": label},
        }
        if artifact:
            document["artifactType"] = artifact
        if subject:
            document["subject"] = descriptor(subject.manifest.encode(), MANIFEST)
        self.manifest = json.dumps(document)

    @property
    def digest(self):
        return digest(self.manifest.encode())

    @property
    def layer(self):
        return digest(self.blobs[1])


def index_of(*images):
    """An index of images."""
    children = [
        descriptor(image.manifest.encode(), MANIFEST)
        | {"platform": {"os": "linux", "architecture": "amd64"}}
        for image in images
    ]
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": children})


def layer_of(files):
    """A gzip layer of those files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(buffer.getvalue(), mtime=0)


def descriptor(content, media_type):
    return {"mediaType": media_type, "digest": digest(content), "size": len(content)}


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()
