"""One permission that a call needs, and where the names of its resources come from."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys


class Unmapped(Exception):
    """The operation's permissions are not known here."""


def no_keys() -> Keys:
    return {}


@dataclass(frozen=True)
class Permission:
    """``action`` on ``resource``; ``keys`` makes the service's own condition keys.

    ``part``: the number of the only part of the call that fails without it.
    """

    action: str
    resource: str
    keys: Callable[[], Keys] = field(default=no_keys, compare=False)
    part: int | None = field(default=None, compare=False)


def arguments(call: Call) -> dict[str, Any]:
    """The operation's input. JSON bodies are read as they are: quicker than through the model."""
    if call.request.header("X-Amz-Target"):
        return dict(json.loads(call.request.body or b"{}"))
    return call.params


def pass_role(role_arn: str | None, service: str) -> list[Permission]:
    """Handing a role to a service is a permission on the role."""
    if not role_arn:
        return []
    return [Permission("iam:PassRole", role_arn, lambda: {"iam:PassedToService": service})]
