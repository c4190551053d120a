"""Reads an API from an OpenAPI 3.0 or Swagger 2.0 document with API Gateway's extensions.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from localcloud.gateway.errors import ApiError, not_emulated

_METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}
_ANY = "x-amazon-apigateway-any-method"
_SUPPORTED = {_ANY} | {
    f"x-amazon-apigateway-{name}"
    for name in ("auth", "authtype", "documentation", "integration", "policy")
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
    methods: list[MethodDefinition]
    policy: dict[str, Any] | None = None


def read(body: bytes | str) -> ApiDefinition:
    """Raises BadRequestException for another document, NotEmulated for unknown extensions."""
    document = _load(body)
    _refuse_unsupported(document)
    info = document.get("info", {})
    return ApiDefinition(
        title=str(info.get("title", "")),
        description=str(info.get("description", "")),
        methods=list(_methods(document)),
        policy=document.get("x-amazon-apigateway-policy"),
    )


def _load(body: bytes | str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        try:
            document = yaml.safe_load(body)
        except yaml.YAMLError:
            document = None
    if not isinstance(document, dict) or not ("openapi" in document or "swagger" in document):
        raise ApiError("BadRequestException", "Invalid OpenAPI input.")
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


def _authorization(document: dict[str, Any], operation: dict[str, Any], method: str) -> str:
    explicit = str(operation.get("x-amazon-apigateway-auth", {}).get("type") or "").upper()
    if explicit in ("AWS_IAM", "NONE"):
        return explicit
    if explicit:
        raise not_emulated(f"the API Gateway authorization {explicit} of {method}")
    schemes = {
        **document.get("securityDefinitions", {}),
        **document.get("components", {}).get("securitySchemes", {}),
    }
    security = operation.get("security", document.get("security", []))
    names = [name for requirement in security for name in requirement]
    types = [schemes.get(name, {}).get("x-amazon-apigateway-authtype", name) for name in names]
    if not types:
        return "NONE"
    if types == ["awsSigv4"]:
        return "AWS_IAM"
    raise not_emulated(f"the API Gateway authorization {types} of {method}")


def _refuse_unsupported(node: Any) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(key, str) and key.startswith("x-amazon-") and key not in _SUPPORTED:
                raise not_emulated(f"the API Gateway extension {key}")
            _refuse_unsupported(value)
    elif isinstance(node, list):
        for value in node:
            _refuse_unsupported(value)
