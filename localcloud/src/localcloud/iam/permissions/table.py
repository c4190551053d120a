"""Permissions by AWS's list: an operation is an action, and its input names the resource."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.aws_list import arn_format, resource_types
from localcloud.iam.permissions.model import Permission, Unmapped, arguments
from localcloud.settings import ACCOUNT_ID

_MEMBERS = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True)
class Table:
    """What AWS's list leaves open about the operations of a service.

    ``resources``: resource type → the end of its ARN, with members of the input in braces, as in
    ``{Name|Rule}``. An action that can be limited to several types is known only if all of them,
    joined by ``|``, have an entry, which is made with the ARN of the first.
    ``exceptions``: operation → ARN, where it does not follow from the list.
    """

    service: str
    resources: Mapping[str, str]
    exceptions: Mapping[str, str] = field(default_factory=dict)

    def permissions(self, call: Call) -> list[Permission]:
        template = self.template(call.name)
        if "{" in template:
            values = {**arguments(call), "region": call.region, "account": ACCOUNT_ID}
            template = _MEMBERS.sub(lambda members: _first_member(values, members[1]), template)
        # Many operations take a name or an ARN for it.
        resource = template[max(0, template.rfind("arn:aws:")) :]
        return [Permission(f"{self.service}:{call.name}", resource)]

    def template(self, operation: str) -> str:
        """The ARN of the resource of ``operation``. Raises Unmapped."""
        if operation in self.exceptions:
            return self.exceptions[operation]
        types = resource_types(self.service, operation)
        if not types:
            return "*"
        if (end := self.resources.get("|".join(types))) is None:
            raise Unmapped(f"{self.service}:{operation} on {', '.join(types)}")
        return arn_format(self.service, types[0]).replace(".*", end)


def _first_member(values: Mapping[str, Any], members: str) -> str:
    """The first of ``members`` that the input has; a name that was left out means any."""
    for member in members.split("|"):
        value: Any = values
        for name in member.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value:
            return str(value)
    return "*"
