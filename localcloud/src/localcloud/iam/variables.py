"""Policy variables: ``${aws:PrincipalAccount}`` and relatives in resources and condition values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from localcloud.iam.match import literal

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_CHARACTERS = {"*", "?", "$"}


class Unresolved(Exception):
    """A variable without a value and without a default: the statement then matches nothing."""


def has_variables(pattern: str) -> bool:
    return "${" in pattern


def substitute(pattern: str, look_up: Callable[[str], str | None]) -> str:
    """``pattern`` with every variable replaced; raises ``Unresolved``."""

    def value(found: re.Match[str]) -> str:
        name, _, default = found.group(1).partition(",")
        if name in _CHARACTERS:
            return literal(name)
        resolved = look_up(name.strip())
        if resolved is None and default:
            resolved = default.strip().strip("'")
        if resolved is None:
            raise Unresolved(name)
        return literal(resolved)

    return _VARIABLE.sub(value, pattern)
