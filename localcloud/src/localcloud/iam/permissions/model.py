"""One permission that a call needs, and the table form in which most operations can be written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys


class Unmapped(Exception):
    """The operation's permissions are not known here."""


def no_keys() -> Keys:
    return {}


@dataclass(frozen=True)
class Permission:
    """``action`` on ``resource``; ``keys`` makes the service's own condition keys."""

    action: str
    resource: str
    keys: Callable[[], Keys] = field(default=no_keys, compare=False)


def arguments(call: Call) -> dict[str, Any]:
    """The operation's input. JSON bodies are read as they are: quicker than through the model."""
    if call.request.header("X-Amz-Target"):
        return dict(json.loads(call.request.body or b"{}"))
    return call.params


class _Arguments(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "*"  # an optional name that was left out: any


@dataclass(frozen=True)
class Table:
    """``resources``: operation, or a pattern such as ``List*`` → the resource's ARN.

    It is filled in from the operation's input, ``{account}`` and ``{arn}``, which stands for
    ``arn:aws:<service>:<region>:<account>:``.
    ``actions``: where IAM's name for it differs from the operation's.
    """

    service: str
    resources: Mapping[str, str]
    actions: Mapping[str, str] = field(default_factory=dict)
    arn_service: str = ""

    def permissions(self, call: Call, account: str) -> list[Permission]:
        template = self._template(call.name)
        action = f"{self.service}:{self.actions.get(call.name, call.name)}"
        if "{" not in template:
            return [Permission(action, template)]
        service = self.arn_service or self.service
        values = _Arguments(arguments(call))
        values["arn"] = f"arn:aws:{service}:{call.region}:{account}:"
        values["account"] = account
        resource = template.format_map(values)
        # Many operations take a name or an ARN for it.
        return [Permission(action, resource[max(0, resource.rfind("arn:aws:")) :])]

    def _template(self, operation: str) -> str:
        if operation in self.resources:
            return self.resources[operation]
        for pattern, template in self.resources.items():
            if "*" in pattern and fnmatchcase(operation, pattern):
                return template
        raise Unmapped(f"{self.service}:{operation}")


def pass_role(role_arn: str | None, service: str) -> list[Permission]:
    """Handing a role to a service is a permission on the role."""
    if not role_arn:
        return []
    return [Permission("iam:PassRole", role_arn, lambda: {"iam:PassedToService": service})]
