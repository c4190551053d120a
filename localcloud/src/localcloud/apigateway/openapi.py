"""Reads an API out of an OpenAPI 3.0 or Swagger 2.0 document with API Gateway's extensions.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from localcloud.gateway.errors import ApiError, not_emulated

_METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}
_ANY = "x-amazon-apigateway-any-method"
_UNDERSTOOD = {
    _ANY,
    "x-amazon-apigateway-auth",
    "x-amazon-apigateway-authtype",
    "x-amazon-apigateway-binary-media-types",
    "x-amazon-apigateway-documentation",
    "x-amazon-apigateway-integration",
    "x-amazon-apigateway-policy",
}


@dataclass(frozen=True)
class MethodDefinition:
    path: str
    method: str  # GET … or ANY
    authorization: str  # AWS_IAM or NONE
    integration: dict[str, Any]
    operation_name: str | None = None


@dataclass(frozen=True)
class ApiDefinition:
    title: str
    description: str
    version: str | None
    methods: list[MethodDefinition]
    policy: dict[str, Any] | None = None
    binary_media_types: list[str] = field(default_factory=list)


def read(body: bytes) -> ApiDefinition:
    """Raises BadRequestException for what is no such document, and a loud error for extensions that
    are not understood here.
    """
    document = _load(body)
    _refuse_unknown(document)
    info = document.get("info", {})
    return ApiDefinition(
        title=str(info.get("title", "")),
        description=str(info.get("description", "")),
        version=info.get("version"),
        methods=list(_methods(document)),
        policy=document.get("x-amazon-apigateway-policy"),
        binary_media_types=list(document.get("x-amazon-apigateway-binary-media-types", [])),
    )


def _load(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        try:
            document = yaml.safe_load(body)
        except yaml.YAMLError:
            document = None
    if not isinstance(document, dict) or not ("openapi" in document or "swagger" in document):
        raise ApiError(
            "BadRequestException",
            "Invalid OpenAPI input.",
        )
    return document


def _methods(document: dict[str, Any]) -> Iterator[MethodDefinition]:
    for path, item in document.get("paths", {}).items():
        for name, operation in item.items():
            if name.lower() in _METHODS or name == _ANY:
                yield MethodDefinition(
                    path=path,
                    method="ANY" if name == _ANY else name.upper(),
                    authorization=_authorization(document, operation, f"{name} {path}"),
                    integration=operation.get("x-amazon-apigateway-integration", {}),
                    operation_name=operation.get("operationId"),
                )


def _authorization(document: dict[str, Any], operation: dict[str, Any], where: str) -> str:
    explicit = operation.get("x-amazon-apigateway-auth", {}).get("type")
    if explicit:
        return _known(explicit.upper(), where)
    schemes = {
        **document.get("securityDefinitions", {}),
        **document.get("components", {}).get("securitySchemes", {}),
    }
    required = operation.get("security", document.get("security", []))
    names = [name for requirement in required for name in requirement]
    kinds = [schemes.get(name, {}).get("x-amazon-apigateway-authtype", name) for name in names]
    if not kinds:
        return "NONE"
    if kinds == ["awsSigv4"]:
        return "AWS_IAM"
    raise not_emulated(f"the API Gateway authorization {kinds} of {where}")


def _known(kind: str, where: str) -> str:
    if kind not in ("AWS_IAM", "NONE"):
        raise not_emulated(f"the API Gateway authorization {kind} of {where}")
    return kind


def _refuse_unknown(node: Any) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(key, str) and key.startswith("x-amazon-") and key not in _UNDERSTOOD:
                raise not_emulated(f"the API Gateway extension {key}")
            _refuse_unknown(value)
    elif isinstance(node, list):
        for value in node:
            _refuse_unknown(value)
