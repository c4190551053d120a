"""The HTTP APIs of each Region, as their operations show them."""

import secrets
import string
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeVar

from localcloud.apigatewayv2.routes import Router
from localcloud.gateway.errors import ApiError

Members = dict[str, Any]
T = TypeVar("T")
_ALPHABET = string.ascii_lowercase + string.digits


def new_id(length: int = 7) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass
class HttpApi:
    """An API with its integrations, routes and stages by their ids. Stages deploy by themselves."""

    id: str
    members: Members
    integrations: dict[str, Members] = field(default_factory=dict)
    routes: dict[str, Members] = field(default_factory=dict)
    stages: dict[str, Members] = field(default_factory=dict)
    router: Router = field(default_factory=lambda: Router({}))

    def deploy(self) -> None:
        """Serve the routes as they are now."""
        self.router = Router({route["RouteKey"]: dict(route) for route in self.routes.values()})

    def integration_of(self, route: Members) -> Members | None:
        return self.integrations.get(str(route.get("Target", "")).removeprefix("integrations/"))


class Apis:
    """Every API by Region and id. Hold ``lock`` to change one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._apis: defaultdict[str, dict[str, HttpApi]] = defaultdict(dict)

    def of(self, region: str) -> dict[str, HttpApi]:
        return self._apis[region]

    def get(self, region: str, api_id: str) -> HttpApi:
        """Raises NotFoundException."""
        return existing(self._apis[region], "API", api_id)


def existing(resources: dict[str, T], kind: str, key: str) -> T:
    """The resource; NotFoundException if there is none."""
    if key not in resources:
        raise ApiError("NotFoundException", f"Invalid {kind} identifier specified {key}")
    return resources[key]
