"""Signed requests to the server, and the book that is kept of its answers."""

import base64
import http.client
import json
import time
from collections import defaultdict
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from model import Service

# What any operation may answer beside the errors that it declares, with its status.
COMMON = {
    "AccessDeniedException": 400,
    "SerializationException": 400,
    "UnknownOperationException": 400,
    "UnrecognizedClientException": 400,
    "RequestEntityTooLargeException": 413,
}
# Says of repositories that are not there in its failures.
NAMED_IN_FAILURES = {"BatchGetRepositoryScanningConfiguration"}
PATIENCE_SECONDS = 20


class Unexpected(Exception):
    """An answer that is not the one that had to come."""


class Book:
    """What each operation of a service answered."""

    def __init__(self, service, common):
        self.service = service
        self.common = common
        self.reached = set()
        self.errors = defaultdict(set)
        self.filled = defaultdict(set)
        self.wrong = []

    def note(self, operation, status, answer):
        if status == 200:
            filled, wrong = self.service.filled(operation, answer)
            self.filled[operation] |= filled
            self.wrong += [f"{operation}: the answer's {what}" for what in wrong]
            return
        code = answer.get("__type", f"status {status}")
        self.errors[operation].add(code)
        if code not in self.service.errors(operation) and code not in self.common:
            self.wrong.append(f"{operation} does not declare {code}: {answer.get('message')}")
        if status != self.common.get(code, self.service.status(code)):
            self.wrong.append(f"{operation} answered {code} with status {status}")
        if not answer.get("message") and code != "UnknownOperationException":
            self.wrong.append(f"{operation} answered {code} without a message")


class Client:
    """A client of one service that sends what it is told to, right or wrong."""

    common = COMMON

    def __init__(self, endpoint, credentials, service, region):
        self.address = urlsplit(endpoint).netloc
        self.credentials = credentials
        self.region = region
        self.signer = SigV4Auth(Credentials(*credentials), service.name, region)
        self.service = service
        # The operations that there are.
        self.served = sorted(service.operations)
        self.book = Book(service, self.common)
        # The operations that are left for a later version.
        self.later = set()
        self.connection = http.client.HTTPConnection(self.address, timeout=60)

    def beside(self, name, kind):
        """A client of another service of the same server."""
        return kind(f"http://{self.address}", self.credentials, Service(self.service.botocore, name), self.region)

    def send(self, operation, value):
        """Sends `value` as the input of an operation: the status and the answer."""
        self.ask(self.connection, operation, value)
        return self.hear(self.connection, operation)

    def ask(self, connection, operation, value):
        body, headers = self.request(operation, value)
        request = AWSRequest("POST", f"http://{self.address}/", headers, body)
        self.signer.add_auth(request)
        connection.request("POST", "/", body, dict(request.headers))

    def hear(self, connection, operation):
        response = connection.getresponse()
        answer = self.read(operation, response.status, response.read())
        if not response.headers.get("x-amzn-requestid"):
            self.book.wrong.append(f"{operation} answered without a request id")
        self.book.note(operation, response.status, answer)
        return response.status, answer

    def request(self, operation, value):
        """An input as body and headers."""
        target = f"{self.service.target}.{operation}"
        return json.dumps(value).encode(), {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}

    def read(self, operation, status, body):
        """The output in a body, or the error with its code as `__type`."""
        return json.loads(body or b"{}")

    def exception(self, code):
        """A code of which `Exception` is left out, as it is on the wire."""
        return f"{code}Exception"

    def ok(self, operation, **value):
        """A call that must succeed; the first one of each operation brings a member that nobody knows."""
        unknown = {} if operation in self.book.reached else {"unknownMember": {"unknown": [1]}}
        status, answer = self.send(operation, value | unknown)
        if status != 200:
            raise Unexpected(f"{operation} answered {answer.get('__type')}: {answer.get('message')}")
        self.book.reached.add(operation)
        return answer

    def fails(self, operation, code, **value):
        """A call that must be refused with this code, `Exception` left out."""
        status, answer = self.send(operation, value)
        if answer.get("__type") != self.exception(code):
            said = f"{answer.get('__type')}: {answer.get('message')}" if status != 200 else "success"
            raise Unexpected(f"{operation} answered {said} instead of {self.exception(code)}")
        return answer

    def until(self, done, operation, **value):
        """Repeats a call until its answer is as wanted."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not done(answer := self.ok(operation, **value)):
            if time.monotonic() > end:
                raise Unexpected(f"{operation} still answers {json.dumps(answer)[:400]}")
            time.sleep(0.05)
        return answer

    def at_once(self, done, operation, value):
        """Sends a call several times before any is answered, again and again until the answers are as wanted."""
        connections = [http.client.HTTPConnection(self.address, timeout=60) for _ in range(8)]
        end = time.monotonic() + PATIENCE_SECONDS
        answers = []
        while not done(answers):
            if time.monotonic() > end:
                raise Unexpected(f"{operation} sent at once answers {json.dumps(answers)[:400]}")
            for connection in connections:
                self.ask(connection, operation, value)
            answers = [self.hear(connection, operation)[1] for connection in connections]

    def unknown_repository(self, changes, arn):
        """Every operation on a repository that is not there; `changes` are what the samples of some must have else."""
        optional = ("registryId", "nextToken", "maxResults", "imageIds", "filter", "imageTagMutabilityExclusionFilters")
        for operation in sorted(self.service.operations):
            name = self.service.input(operation)
            if "RepositoryNotFoundException" not in self.service.errors(operation) or operation in self.later:
                continue
            value = self.service.sample(name)
            required = self.service.shapes[name].get("required", [])
            value = {member: value[member] for member in value if member in required or member not in optional}
            value |= {member: changes[member] for member in value if member in changes}
            for member in ("subjectId", "imageId"):
                if member in value:
                    value[member] = {"imageDigest": "sha256:" + "0" * 64}
            if "resourceArn" in value:
                value["resourceArn"] = arn
            if operation not in NAMED_IN_FAILURES:
                self.fails(operation, "RepositoryNotFound", **value)

    def get(self, path, accept="*/*"):
        """Fetches a path of the registry as docker would: the status and the body."""
        user = base64.b64encode(":".join(self.credentials).encode()).decode()
        connection = http.client.HTTPConnection(self.address, timeout=60)
        connection.request("GET", path, headers={"Authorization": f"Basic {user}", "Accept": accept})
        response = connection.getresponse()
        return response.status, response.read()
