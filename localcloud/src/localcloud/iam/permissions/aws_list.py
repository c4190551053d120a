"""AWS's own list of actions and resource types, in the copy that cfn-lint ships.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from functools import cache
from typing import Any

from localcloud import cfn_lint_data
from localcloud.iam.match import glob
from localcloud.iam.permissions.model import Unmapped


def resource_types(service: str, action: str) -> tuple[str, ...]:
    """Return the types that ``action`` can be limited to, sorted, in lower case.

    ``service`` is IAM's prefix. Raises Unmapped if there is no such action.
    """
    if not is_action(service, action):
        raise Unmapped(f"{service}:{action}")
    return _actions(service)[action.lower()]


def is_action(service: str, name: str) -> bool:
    return name.lower() in _actions(service)


def actions_like(service: str, pattern: str) -> list[str]:
    """The actions, in lower case, that a pattern with wildcards names."""
    matches = glob(pattern.lower())
    return [action for action in _actions(service) if matches(action)]


def arn_format(service: str, resource_type: str) -> str:
    """Return the ARN of a type, as in ``arn:aws:sqs:{region}:{account}:.*``."""
    arn: str = _list()[service]["Resources"][resource_type]["ARNFormats"][0]
    for name in ("Region", "Account"):
        arn = arn.replace(f"${{{name}}}", f"{{{name.lower()}}}")
    return arn.replace("${Partition}", "aws")


@cache
def _actions(service: str) -> dict[str, tuple[str, ...]]:
    return {
        action: tuple(sorted(name.lower() for name in entry.get("Resources", ())))
        for action, entry in _list()[service]["Actions"].items()
    }


@cache
def _list() -> dict[str, Any]:
    content: dict[str, Any] = cfn_lint_data.read("AdditionalSpecs", "Policies.json")
    return content
