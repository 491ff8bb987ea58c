"""The part of Graph's contract that is used here, and checks of requests and answers against it."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

FILE = Path(__file__).with_name("graph.yaml")
CONTRACT: dict[str, Any] = yaml.load(FILE.read_bytes(), Loader=yaml.CSafeLoader)  # as safe as SafeLoader, and faster
REGISTRY: Registry[Any] = Registry().with_resource("urn:graph", DRAFT4.create_resource(CONTRACT))
PREFIX = "/v1.0"


def check(request: httpx.Request, answer: httpx.Response) -> None:
    """Fail if the contract knows no such request, or if it or its answer has another shape."""
    template, operation = _operation(request)
    known = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
    assert set(request.url.params) <= known, f"{template} has no parameter {set(request.url.params) - known}"
    assert request.headers["Authorization"].startswith("Bearer ")
    if request.content:
        kind = request.headers["Content-Type"]
        _valid(operation["requestBody"]["content"][kind]["schema"], json.loads(request.content))
    elif operation.get("requestBody", {}).get("required"):
        raise AssertionError(f"{template} wants a body")
    promised = operation["responses"].get(str(answer.status_code), {}).get("content", {})
    if "application/json" in promised:
        _valid(promised["application/json"]["schema"], answer.json())


def check_answer(answer: object, path: str) -> None:
    """Compare an answer with the type that the contract promises at a path."""
    _valid(CONTRACT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"], answer)


def _operation(request: httpx.Request) -> tuple[str, dict[str, Any]]:
    path = request.url.raw_path.decode().partition("?")[0].removeprefix(PREFIX)
    for template, operations in CONTRACT["paths"].items():
        if re.fullmatch(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template)), path):
            operation: dict[str, Any] = operations[request.method.lower()]
            return template, operation
    raise AssertionError(f"the contract knows no {path}")


def _valid(schema: dict[str, Any], value: object) -> None:
    OAS30Validator(_absolute(schema), registry=REGISTRY).validate(value)


def _absolute(schema: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(schema, dict):
        return {key: f"urn:graph{value}" if key == "$ref" else _absolute(value) for key, value in schema.items()}
    return [_absolute(one) for one in schema] if isinstance(schema, list) else schema
