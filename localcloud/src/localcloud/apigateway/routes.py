"""From a method and a path to the method of a resource, by API Gateway's order of preference.

A literal part is preferred to a variable, a variable to ``{proxy+}``, a method to ANY.
"""

from dataclasses import dataclass
from typing import Any, Self

from moto.apigateway.models import RestAPI


@dataclass(frozen=True)
class Route:
    """A method as it was deployed."""

    resource_id: str
    resource_path: str
    method: str
    authorization: str
    integration: dict[str, Any]
    operation_name: str | None


@dataclass(frozen=True)
class Match:
    route: Route
    path_parameters: dict[str, str]


class Routes:
    """The resources and methods of one deployment."""

    def __init__(self, routes: list[Route]) -> None:
        self._by_path: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._by_path.setdefault(route.resource_path, {})[route.method] = route
        patterns = [(_parts(path), path) for path in self._by_path]
        self._patterns = sorted(patterns, key=lambda pair: _rank(pair[0]))

    @classmethod
    def of(cls, api: RestAPI) -> Self:
        """A snapshot: later changes of the API show in the next deployment only."""
        return cls(
            [
                Route(
                    resource.id,
                    resource.get_path(),
                    name,
                    method.authorization_type or "NONE",
                    method.method_integration.to_json(),
                    method.operation_name,
                )
                for resource in api.resources.values()
                for name, method in resource.resource_methods.items()
                if method.method_integration
            ]
        )

    def match(self, method: str, path: str) -> Match | None:
        """``path`` begins with a slash and is still percent-encoded."""
        parts = _parts(path)
        for pattern, resource_path in self._patterns:
            parameters = _bind(pattern, parts)
            if parameters is None:
                continue
            methods = self._by_path[resource_path]
            route = methods.get(method) or methods.get("ANY")
            # The best resource decides, even where it lacks the method and a greedy one has it.
            return Match(route, parameters) if route else None
        return None


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _rank(pattern: list[str]) -> list[int]:
    return [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in pattern]


def _bind(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    """The path parameters; None if the path does not match the pattern."""
    parameters: dict[str, str] = {}
    for index, part in enumerate(pattern):
        if index >= len(parts):
            return None
        if part.endswith("+}"):
            return {**parameters, part[1:-2]: "/".join(parts[index:])}
        if part.startswith("{"):
            parameters[part[1:-1]] = parts[index]
        elif part != parts[index]:
            return None
    return parameters if len(pattern) == len(parts) else None
