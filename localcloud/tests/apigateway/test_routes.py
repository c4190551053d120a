"""Routes: which resource answers a request."""

from __future__ import annotations

import pytest

from localcloud.apigateway.routes import Route, Routes

ROUTES = Routes(
    [
        Route(path, path, method, "NONE", {}, None)
        for method, path in (
            ("GET", "/"),
            ("POST", "/records"),
            ("GET", "/records/{id}"),
            ("GET", "/records/latest"),
            ("ANY", "/files/{path+}"),
            ("GET", "/files/{name}"),
        )
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "resource", "parameters"),
    [
        ("GET", "/", "/", {}),
        ("POST", "/records", "/records", {}),
        ("POST", "/records/", "/records", {}),
        ("GET", "/records/7", "/records/{id}", {"id": "7"}),
        ("GET", "/records/latest", "/records/latest", {}),
        ("DELETE", "/files/a/b", "/files/{path+}", {"path": "a/b"}),
        ("GET", "/files/a", "/files/{name}", {"name": "a"}),
    ],
)
def test_the_most_literal_resource_answers(
    method: str, path: str, resource: str, parameters: dict[str, str]
) -> None:
    match = ROUTES.match(method, path)
    assert match is not None
    assert (match.route.resource_path, match.path_parameters) == (resource, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/records"), ("POST", "/records/7"), ("GET", "/absent"), ("GET", "/files")],
)
def test_an_unknown_route_has_no_match(method: str, path: str) -> None:
    assert ROUTES.match(method, path) is None
