"""A second opinion: Stripe's published document of 2023-08-16, where it lies beside the checkout."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.contracts.sdk_shapes import Operation
from tests.contracts.shapes import AnyOf, Anything, Array, Field, Map, Null, Record, Scalar, Shape

DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "stripe-openapi-2023-08-16-trimmed.json"
FORM = "application/x-www-form-urlencoded"


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Every operation of the document."""
    schemas = document["components"]["schemas"]
    return [
        Operation(verb, path, _request(said, schemas), _response(said, schemas))
        for path, verbs in document["paths"].items()
        for verb, said in verbs.items()
    ]


def read() -> list[Operation]:
    """The operations of the document beside the checkout."""
    return operations(json.loads(DOCUMENT.read_text()))


def _request(said: Mapping[str, Any], schemas: Mapping[str, Any]) -> Shape:
    if "requestBody" in said and said["requestBody"]["content"][FORM]["schema"]["properties"]:
        return _shape(said["requestBody"]["content"][FORM]["schema"], schemas, "form")
    asked = [one for one in said.get("parameters", ()) if one["in"] == "query"]
    fields = {
        one["name"]: Field(_shape(one["schema"], schemas, one["name"]), one["required"]) for one in asked
    }
    return Record("query", lambda: fields)


def _response(said: Mapping[str, Any], schemas: Mapping[str, Any]) -> Shape:
    return _shape(said["responses"]["200"]["content"]["application/json"]["schema"], schemas, "answer")


def _shape(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Shape:
    shape = _bare(schema, schemas, name)
    return AnyOf((shape, Null())) if schema.get("nullable") else shape


def _bare(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Shape:
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return _shape(schemas[target], schemas, target)
    if "anyOf" in schema:
        return AnyOf(tuple(_shape(option, schemas, name) for option in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        return Array(_shape(schema["items"], schemas, name))
    if kind == "object":
        return _object(schema, schemas, name)
    return Scalar(kind, frozenset(schema["enum"]) if "enum" in schema else None) if kind else Anything()


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Shape:
    free = schema.get("additionalProperties")
    if isinstance(free, dict):
        return Map(_shape(free, schemas, name))
    if not schema.get("properties"):
        return Map(Anything())
    needed = set(schema.get("required", ()))

    def fields() -> dict[str, Field]:
        named = schema["properties"].items()
        return {field: Field(_shape(said, schemas, field), field in needed) for field, said in named}

    return Record(name, fields, extra=free is not False)
