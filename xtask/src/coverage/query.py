"""Requests of services that speak Query: parameters in, XML out."""

import datetime
import re
from urllib.parse import urlencode
from xml.etree import ElementTree

from wire import Client

# What any operation may answer beside the errors that it declares, with its status.
COMMON = {"ValidationError": 400, "AccessDenied": 403, "InvalidAction": 400}


class QueryClient(Client):
    """A client of one service that sends what it is told to, right or wrong."""

    common = COMMON

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.served = [operation for operation in self.served if not self.unknown(operation)]

    def unknown(self, operation):
        """Whether the server has no such operation."""
        return self.send(operation, {})[1].get("__type") == "InvalidAction"

    def request(self, operation, value):
        parameters = {"Action": operation, "Version": self.service.version, **flat(value)}
        return urlencode(parameters).encode(), {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}

    def read(self, operation, status, body):
        root = ElementTree.fromstring(body)
        if status != 200:
            error = root.find("{*}Error")
            return {"__type": error.findtext("{*}Code"), "message": error.findtext("{*}Message")}
        if tag(root) != f"{operation}Response" or not root.findtext("{*}ResponseMetadata/{*}RequestId"):
            self.book.wrong.append(f"{operation} is not answered as Query answers")
        output = self.service.operations[operation].get("output")
        result = root.find(f"{{*}}{operation}Result") if output else None
        return {} if result is None else self.structure(output["shape"], result)

    def exception(self, code):
        return code

    def value(self, name, element):
        """What an element says, by its shape."""
        text = element.text or ""
        match self.service.shapes[name]["type"]:
            case "structure":
                return self.structure(name, element)
            case "list":
                return [self.value(self.service.shapes[name]["member"]["shape"], member) for member in element]
            case "map":
                return {entry.findtext("{*}key"): entry.findtext("{*}value") for entry in element}
            case "integer" | "long":
                return int(text)
            case "boolean":
                return {"true": True, "false": False}.get(text, text)
            case "timestamp":
                whole = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
                return datetime.datetime.fromisoformat(text).timestamp() if whole else text
        return text

    def structure(self, name, element):
        """The members of a structure; what the model does not know is left for whoever compares the two."""
        members = self.service.shapes[name]["members"]
        known = lambda inner: tag(inner) in members
        return {
            tag(inner): self.value(members[tag(inner)]["shape"], inner) if known(inner) else inner.text
            for inner in element
        }


def tag(element):
    return element.tag.rpartition("}")[2]


def flat(value, prefix=""):
    """An input as parameters."""
    dot = f"{prefix}." if prefix else ""
    if isinstance(value, dict):
        return {key: text for member, inner in value.items() for key, text in flat(inner, dot + member).items()}
    if isinstance(value, list):
        numbered = enumerate(value, 1)
        return {key: text for at, inner in numbered for key, text in flat(inner, f"{dot}member.{at}").items()}
    return {prefix: str(value).lower() if isinstance(value, bool) else str(value)}
