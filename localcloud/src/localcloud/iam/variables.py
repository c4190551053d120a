"""Policy variables in resources and condition values, such as ``${aws:PrincipalAccount}``.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable

from localcloud.iam.match import literal

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_CHARACTERS = {"*", "?", "$"}


class Unresolved(Exception):
    """A variable has neither a value nor a default: its statement matches nothing."""


def has_variables(pattern: str) -> bool:
    return "${" in pattern


def substitute(pattern: str, look_up: Callable[[str], str | None]) -> str:
    """Replace every variable in ``pattern``. Raises Unresolved."""

    def value(variable: re.Match[str]) -> str:
        name, _, default = variable.group(1).partition(",")
        if name in _CHARACTERS:
            return literal(name)
        resolved = look_up(name.strip())
        if resolved is None and default:
            resolved = default.strip().strip("'")
        if resolved is None:
            raise Unresolved(name)
        return literal(resolved)

    return _VARIABLE.sub(value, pattern)
