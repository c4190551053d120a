"""Routes: which of them answers a request."""

from __future__ import annotations

import pytest

from localcloud.apigatewayv2.routes import Router, is_route_key

KEYS = (
    "POST /records", "GET /records/{id}", "GET /records/latest", "ANY /files/{path+}",
    "GET /files/{name}", "ANY /records", "$default",
)  # fmt: skip
ROUTER = Router({key: {"RouteKey": key} for key in KEYS})


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("POST", "/records", "POST /records", {}),
        ("PUT", "/records", "ANY /records", {}),
        ("GET", "/records/7", "GET /records/{id}", {"id": "7"}),
        ("GET", "/records/latest", "GET /records/latest", {}),
        ("DELETE", "/files/a/b", "ANY /files/{path+}", {"path": "a/b"}),
        ("GET", "/files/a", "GET /files/{name}", {"name": "a"}),
        ("PUT", "/files/a", "ANY /files/{path+}", {"path": "a"}),
        ("POST", "/records/", "$default", {}),
        ("GET", "/files/", "$default", {}),
    ],
)
def test_the_most_literal_route_answers(
    method: str, path: str, key: str, parameters: dict[str, str]
) -> None:
    match = ROUTER.match(method, path)
    assert match is not None
    assert (match.route["RouteKey"], match.parameters) == (key, parameters)


def test_without_a_default_route_others_have_no_match() -> None:
    assert Router({"GET /a": {}}).match("POST", "/a") is None


def test_a_route_key_is_a_method_and_a_path() -> None:
    assert all(map(is_route_key, KEYS))
    assert not any(map(is_route_key, ("/a", "get /a", "GET a", "GET /a b", "$connect")))
