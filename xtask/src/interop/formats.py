"""Whether what Plimsoll writes is what its form asks for, by the libraries and schemas that the form's readers use."""

import csv
import html.parser
import json
import sys


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def cyclonedx(path):
    """The strict schema of the version, which knows every member there may be; and each package URL."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from packageurl import PackageURL

    document = load(path)
    version = SchemaVersion.from_version(document["specVersion"])
    with open(path, encoding="utf-8") as file:
        error = JsonStrictValidator(version).validate_str(file.read())
    assert error is None, error
    parts = document["components"] + [document["metadata"]["component"]]
    urls = [part["purl"] for part in parts if "purl" in part]
    assert urls, "there are no package URLs"
    for url in urls:
        PackageURL.from_string(url)
    states = {flaw["analysis"]["state"] for flaw in document["vulnerabilities"] if "analysis" in flaw}
    assert states, "nothing is suppressed"


def spdx(path):
    """Every rule of SPDX 2.3 that spdx-tools knows."""
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    document = parse_file(path)
    broken = [message.validation_message for message in validate_full_spdx_document(document)]
    assert not broken, broken
    assert len(document.packages) > 1, "there are no packages"


def sarif(path, schema):
    """The schema of SARIF 2.1.0."""
    document = load(path)
    conforms(document, load(schema))
    results = document["runs"][0]["results"]
    assert any("suppressions" in result for result in results), "nothing is suppressed"
    assert any("suppressions" not in result for result in results), "nothing counts"


def gitlab(path):
    """The rules of GitLab's schema 15.0.7 for the members that are written; no package carries the schema."""
    text = {"type": "string", "minLength": 1}
    time = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
    address = {"type": "string", "pattern": "^(https?|ftp)://.+"}
    tool = members({"id": text, "name": text, "version": text, "vendor": members({"name": text})})
    message = members({"level": {"enum": ["info", "warn", "fatal"]}, "value": text})
    identifier = members({"type": text, "name": text, "value": text}, {"url": address})
    dependency = members({"package": members({"name": {"type": "string"}}), "version": {"type": "string"}})
    location = members({"dependency": dependency, "operating_system": text, "image": text})
    found = members(
        {"id": text, "identifiers": {"type": "array", "minItems": 1, "items": identifier}, "location": location},
        {
            "name": {"type": "string", "maxLength": 255},
            "description": {"type": "string", "maxLength": 1 << 20},
            "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
            "solution": {"type": "string", "maxLength": 7000},
            "links": {"type": "array", "items": members({"url": address})},
        },
    )
    scan = members(
        {
            "analyzer": tool,
            "scanner": tool,
            "start_time": time,
            "end_time": time,
            "status": {"enum": ["success", "failure"]},
            "type": {"const": "container_scanning"},
        },
        {"messages": {"type": "array", "items": message}},
    )
    version = {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"}
    report = {"version": version, "scan": scan, "vulnerabilities": {"type": "array", "minItems": 1, "items": found}}
    conforms(load(path), members(report, {"remediations": {"type": "array"}}))


def members(required, optional=None):
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def conforms(document, schema):
    import jsonschema

    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    errors = [f"{error.json_path}: {error.message:.200}" for error in validator(schema).iter_errors(document)]
    assert not errors, errors[:10]


def junit(path):
    """junitparser reads it, and the counts are those of the tests."""
    from junitparser import Error, Failure, JUnitXml, Skipped

    suites = JUnitXml.fromfile(path)
    results = [result for suite in suites for case in suite for result in case.result]
    for kind, said in [(Failure, suites.failures), (Error, suites.errors), (Skipped, suites.skipped)]:
        assert said == sum(isinstance(result, kind) for result in results), kind
    assert suites.tests == sum(len(list(suite)) for suite in suites) and suites.failures and suites.skipped


def table(path):
    """Python's csv reads it strictly: as many cells in each row, and no cell that is a formula."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file, strict=True)
    assert rows, "there are no rows"
    assert all(len(row) == len(header) for row in rows)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def page(path):
    """Python's html.parser reads it: elements end where they should, and nothing is loaded or run."""

    class Reader(html.parser.HTMLParser):
        open = []

        def handle_starttag(self, tag, attrs):
            assert tag not in ("script", "iframe", "img", "link", "object") and not any(
                name.startswith("on") or name == "src" for name, _ in attrs
            ), tag
            if tag != "meta":
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open and self.open.pop() == tag, tag

    reader = Reader()
    with open(path, encoding="utf-8") as file:
        reader.feed(file.read())
    reader.close()
    assert not reader.open, reader.open


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
