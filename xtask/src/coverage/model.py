"""A service model of botocore: inputs that are right, inputs that break one rule, and what outputs may hold."""

import base64
import copy
import gzip
import json
from pathlib import Path

# For each pattern of an input: what it matches, and what it does not.
PATTERNS = {
    r"[0-9]{12}": ("123456789012", "12345678901x"),
    r"[0-9a-z-]{2,25}": ("us-east-1", "US EAST"),
    r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*": ("coverage/none", "Not A Name"),
    r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*": ("coverage/none", "Not A Name"),
    r"^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$": ("none", "Not A Prefix"),
    r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+": ("sha256:" + "0" * 64, "sha256"),
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}": (
        "01234567-89ab-cdef-0123-456789abcdef",
        "0123",
    ),
    r"^[0-9a-zA-Z._*-]{1,128}$": ("dev-*", "no spaces"),
    r"^(?:[a-z0-9]+(?:[._-][a-z0-9]*)*/)*[a-z0-9]*(?:[._-][a-z0-9]*)*$": ("none", "No Name"),
    r"^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$": ("none*", "No Name"),
    r"^(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*$": ("none*", "No Name"),
    r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\w+=,.@-]+(/[\w+=,.@-]+)*$": (
        "arn:aws:iam::123456789012:role/none",
        "arn:aws:iam::123456789012:group/none",
    ),
    r"^arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:\/signing-profiles\/[a-zA-Z0-9_]{2,}$": (
        "arn:aws:signer:us-east-1:123456789012:/signing-profiles/none",
        "arn:aws:signer:us-east-1:123456789012:/none",
    ),
    r"^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr\-pullthroughcache\/[a-zA-Z0-9\/_+=.@-]+$": (
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/none",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:another-prefix/none",
    ),
    r"[\w+=,.@-]+": ("none", "no name"),
    r"[\w+=,.@-]*": ("none", "no name"),
    r"[\w]+": ("PLIMNONENONENONENONE", "no name"),
    r"[\w]*": ("PLIMNONENONENONENONE", "no name"),
    r"[\d]*": ("000000", "number"),
    r"[\w+=/:,.@-]*": ("none:none", "no name"),
    r"[\w+=,.@:\/-]*": ("none", "no name"),
    r"[\u0020-\u00FF]+": ("none", "\u2026"),
    r"[\u0009\u000A\u000D\u0020-\u00FF]+": ("{}", "\u2026"),
    r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*": ("none", "\u2026"),
    r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+": (
        "arn:aws:iam::123456789012:role/none",
        "\u0000",
    ),
    r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+": ("none", "\u2026"),
    r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*": ("none", "\u2026"),
    r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)": ("/", "none"),
    r"((/[A-Za-z0-9\.,\+@=_-]+)*)/": ("/", "none"),
    r"\u002F[\u0021-\u007F]*": ("/", "none"),
    r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?": ("v1", "none"),
    r"^$|arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-z0-9-]+": (
        "arn:aws:kms:us-east-1:123456789012:key/none",
        "none",
    ),
}
# Repository names are refused as `repositoryName`, whichever member they stand in.
REPOSITORY_NAMES = [pattern for pattern, (sample, _) in PATTERNS.items() if sample == "coverage/none"]
# Words that are not among those of the model, but are what its documentation says.
DOCUMENTED = {"PermissionsBoundaryAttachmentType": ["Policy"]}
# What is sent in place of a value of each type.
MISTYPED = {
    "string": 7,
    "blob": 7,
    "integer": "seven",
    "long": "seven",
    "boolean": "yes",
    "list": {},
    "structure": "text",
}


class Service:
    """The operations of a service."""

    def __init__(self, botocore, name):
        document = newest(Path(botocore) / "data" / name)
        self.botocore = botocore
        self.name = name
        self.shapes = document["shapes"]
        self.operations = document["operations"]
        self.query = document["metadata"]["protocol"] == "query"
        self.version = document["metadata"]["apiVersion"]
        self.target = document["metadata"].get("targetPrefix")
        # Operations without input have one that is empty.
        self.shapes[""] = {"type": "structure", "members": {}}

    def input(self, operation):
        return self.operations[operation].get("input", {"shape": ""})["shape"]

    def errors(self, operation):
        return [self.code(error["shape"]) for error in self.operations[operation].get("errors", [])]

    def code(self, name):
        """An error as it is on the wire."""
        return self.shapes[name].get("error", {}).get("code", name)

    def status(self, code):
        """The status that goes with an error."""
        errors = [shape["error"] for shape in self.shapes.values() if shape.get("error", {}).get("code") == code]
        fault = 500 if code == "ServerException" else 400
        return errors[0]["httpStatusCode"] if errors else fault

    def violation(self, operation):
        """The error that an operation declares for input that breaks a constraint."""
        if self.query:
            return "ValidationError"
        declared = self.errors(operation)
        known = (code for code in ("InvalidParameterException", "ValidationException") if code in declared)
        return next(known, None)

    def sample(self, name):
        """A value of that shape with every member, and none that breaks a rule."""
        shape = self.shapes[name]
        least = max(shape.get("min", 1), 1)
        match shape["type"]:
            case "string" if "enum" in shape:
                return shape["enum"][0]
            case "string" if "pattern" in shape:
                return PATTERNS[shape["pattern"]][0]
            case "string":
                return "x" * least
            case "blob":
                return base64.b64encode(b"x" * least).decode()
            case "integer" | "long":
                return least
            case "boolean":
                return True
            case "list":
                return [self.sample(shape["member"]["shape"])] * least
            case "structure":
                return {member: self.sample(inner["shape"]) for member, inner in shape["members"].items()}
        raise ValueError(f"no sample of {name}, a {shape['type']}")

    def places(self, name, path=()):
        """Every place below a shape: its path, whether it is required, and its shape."""
        shape = self.shapes[name]
        if shape["type"] == "structure":
            for member, inner in shape["members"].items():
                here = (*path, member)
                yield here, member in shape.get("required", []), inner["shape"]
                yield from self.places(inner["shape"], here)
        elif shape["type"] == "list":
            yield (*path, 0), False, shape["member"]["shape"]
            yield from self.places(shape["member"]["shape"], (*path, 0))

    def violations(self, operation):
        """Inputs that break one constraint each: what is broken, the input, the words that the refusal must hold."""
        whole = self.sample(self.input(operation))
        for path, required, name in self.places(self.input(operation)):
            if required:
                yield f"{dotted(path)} missing", without(whole, path), [field(path), "must not be null"]
            if self.query:
                continue
            named = "repositoryName" if self.shapes[name].get("pattern") in REPOSITORY_NAMES else field(path)
            for rule, value, words in self.broken(name):
                yield f"{dotted(path)} {rule}", replaced(whole, path, value), [named, words]

    def broken(self, name):
        shape = self.shapes[name]
        least, most, kind = shape.get("min"), shape.get("max"), shape["type"]
        what = "value" if kind in ("integer", "long") else "length"
        if least is not None and (least > 0 or what == "value"):
            yield "min", self.resized(name, least - 1), f"must have {what} greater than or equal to {least}"
        if most is not None:
            yield "max", self.resized(name, most + 1), f"must have {what} less than or equal to {most}"
        if "pattern" in shape:
            yield "pattern", PATTERNS[shape["pattern"]][1], "must satisfy regular expression"
        if "enum" in shape:
            yield "enum", "NONE_OF_THEM", "must satisfy enum value set"

    def resized(self, name, size):
        """A value of that shape and size that breaks no other rule than that of its size."""
        shape = self.shapes[name]
        match shape["type"]:
            case "integer" | "long":
                return size
            case "blob":
                return base64.b64encode(b"x" * size).decode()
            case "list":
                return [self.sample(shape["member"]["shape"])] * size
        sample = self.sample(name)
        return (sample + "a" * (size - len(sample)))[:size]

    def mistyped(self, operation):
        """Inputs in which one value has a wrong type. Query has but one."""
        if self.query:
            return
        whole = self.sample(self.input(operation))
        for path, _, name in self.places(self.input(operation)):
            yield dotted(path), replaced(whole, path, MISTYPED[self.shapes[name]["type"]])

    def outputs(self, operation):
        """The path of every member that the output of an operation declares."""
        output = self.operations[operation].get("output")
        return {dotted(path) for path, _, _ in self.places(output["shape"]) if path[-1] != 0} if output else set()

    def filled(self, operation, answer):
        """The paths that an answer fills, and what in it the model does not allow."""
        filled, wrong = set(), []
        if output := self.operations[operation].get("output"):
            self.walk(output["shape"], answer, (), filled, wrong)
        return filled, wrong

    def walk(self, name, value, path, filled, wrong):
        shape = self.shapes[name]
        kinds = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool}
        kind = kinds.get(shape["type"], (int, float))
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            wrong.append(f"{dotted(path)} is {json.dumps(value)[:60]}, not a {shape['type']}")
            return
        if "enum" in shape and value not in shape["enum"] + DOCUMENTED.get(name, []):
            wrong.append(f"{dotted(path)} is {value}, which is not one of {shape['enum']}")
        if path and path[-1] != 0 and value not in ({}, []):
            filled.add(dotted(path))
        if shape["type"] == "structure":
            for member, inner in value.items():
                if member not in shape["members"]:
                    wrong.append(f"{dotted((*path, member))} is not in the model")
                elif inner is not None:
                    self.walk(shape["members"][member]["shape"], inner, (*path, member), filled, wrong)
        elif shape["type"] == "list":
            for inner in value:
                self.walk(shape["member"]["shape"], inner, (*path, 0), filled, wrong)


def newest(directory):
    version = max(path for path in directory.iterdir() if path.is_dir())
    plain, packed = version / "service-2.json", version / "service-2.json.gz"
    return json.loads(plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes()))


def dotted(path):
    return ".".join("[]" if step == 0 else step for step in path).replace(".[]", "[]")


def field(path):
    """How a refusal names a place: by its last member."""
    return [step for step in path if step != 0][-1]


def replaced(whole, path, value):
    copied = copy.deepcopy(whole)
    parent = at(copied, path[:-1])
    parent[path[-1]] = value
    return copied


def without(whole, path):
    copied = copy.deepcopy(whole)
    del at(copied, path[:-1])[path[-1]]
    return copied


def at(value, path):
    for step in path:
        value = value[step]
    return value
