"""Reading OpenAPI documents; what is not supported is refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.apigateway.openapi import ApiDefinition, read
from localcloud.gateway.errors import ApiError
from tests.apigateway.environment import SIGV4


def _read(**document: Any) -> ApiDefinition:
    return read(json.dumps({"openapi": "3.0.1", "info": {"title": "t"}, **document}).encode())


def test_swagger_2_is_read_as_well() -> None:
    document = {
        "swagger": "2.0",
        "info": {"title": "t"},
        "paths": {"/a": {"get": {"security": [{"sigv4": []}]}}},
        "securityDefinitions": {"sigv4": SIGV4},
    }
    (method,) = read(json.dumps(document).encode()).methods
    assert (method.path, method.method, method.authorization) == ("/a", "GET", "AWS_IAM")


def test_yaml_is_read_as_well() -> None:
    text = b"openapi: 3.0.1\ninfo: {title: t}\npaths: {/a: {get: {responses: {}}}}"
    assert read(text).methods[0].authorization == "NONE"


def test_any_method_and_document_wide_security_are_read() -> None:
    definition = _read(
        paths={"/{proxy+}": {"x-amazon-apigateway-any-method": {}, "parameters": []}},
        security=[{"iam": []}],
        components={"securitySchemes": {"iam": SIGV4}},
    )
    (method,) = definition.methods
    assert (method.method, method.authorization) == ("ANY", "AWS_IAM")


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"x-amazon-apigateway-request-validators": {}}, "x-amazon-apigateway-request-validators"),
        ({"x-amazon-apigateway-binary-media-types": []}, "x-amazon-apigateway-binary-media-types"),
        (
            {
                "paths": {"/a": {"get": {"security": [{"pool": []}]}}},
                "components": {
                    "securitySchemes": {
                        "pool": {**SIGV4, "x-amazon-apigateway-authtype": "cognito_user_pools"}
                    }
                },
            },
            "cognito_user_pools",
        ),
    ],
)
def test_an_extension_that_is_not_emulated_is_refused_by_name(
    document: dict[str, Any], named: str
) -> None:
    with pytest.raises(ApiError, match=named):
        _read(**document)


def test_another_document_is_a_bad_request() -> None:
    with pytest.raises(ApiError) as caught:
        read(b"- a\n- list\n")
    assert caught.value.code == "BadRequestException"
