"""Which route of an HTTP API answers a request.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import re
from dataclasses import dataclass
from typing import Any

DEFAULT_ROUTE = "$default"
_KEY = re.compile(r"(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (/\S*)")


def is_route_key(text: str) -> bool:
    return text == DEFAULT_ROUTE or _KEY.fullmatch(text) is not None


@dataclass(frozen=True)
class Match:
    """A route's members and the parameters that its path has."""

    route: dict[str, Any]
    parameters: dict[str, str]


class Router:
    """Prefers literal parts to variables, these to a greedy one, a method to ANY; then $default."""

    def __init__(self, routes: dict[str, dict[str, Any]]) -> None:
        keys = [(match[1], match[2], key) for key in routes if (match := _KEY.fullmatch(key))]
        self._default = routes.get(DEFAULT_ROUTE)
        self._routes = [
            (method, path.split("/"), routes[key])
            for method, path, key in sorted(keys, key=lambda item: _rank(item[0], item[1]))
        ]

    def match(self, method: str, path: str) -> Match | None:
        """``path`` begins with a slash and is decoded."""
        parts = path.split("/")
        for route_method, pattern, route in self._routes:
            if route_method in (method, "ANY"):
                parameters = _bind(pattern, parts)
                if parameters is not None:
                    return Match(route, parameters)
        return Match(self._default, {}) if self._default else None


def _rank(method: str, path: str) -> tuple[list[int], bool]:
    parts = path.split("/")
    kinds = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in parts]
    return kinds, method == "ANY"


def _bind(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    """The path parameters; None if the path does not match the pattern."""
    parameters: dict[str, str] = {}
    for index, part in enumerate(pattern):
        if index >= len(parts):
            return None
        if part.endswith("+}"):
            rest = "/".join(parts[index:])
            return {**parameters, part[1:-2]: rest} if rest else None
        if part.startswith("{") and parts[index]:
            parameters[part[1:-1]] = parts[index]
        elif part != parts[index]:
            return None
    return parameters if len(pattern) == len(parts) else None
