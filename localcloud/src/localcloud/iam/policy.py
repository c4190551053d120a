"""Policy documents, parsed into statements that are quick to evaluate.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from localcloud.gateway.principals import Principal
from localcloud.iam.conditions import Condition, compile_conditions
from localcloud.iam.context import Context
from localcloud.iam.match import Matcher, Unresolved, glob, has_variables, listed, substitute
from localcloud.iam.principals import Named, PrincipalElement

# The policy of an endpoint of a VPC that was given none.
FULL_ACCESS = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True)
class Patterns:
    """Action or Resource (or, ``inverted``, NotAction or NotResource)."""

    plain: tuple[Matcher, ...]
    with_variables: tuple[str, ...]
    inverted: bool

    def cover(self, value: str, context: Context) -> bool:
        return self._matches(value, context) != self.inverted

    def _matches(self, value: str, context: Context) -> bool:
        if any(matches(value) for matches in self.plain):
            return True
        for text in self.with_variables:
            with contextlib.suppress(Unresolved):
                if glob(substitute(text, context.single))(value):
                    return True
        return False


@dataclass(frozen=True, eq=False)
class Statement:
    allows: bool
    actions: Patterns
    resources: Patterns
    conditions: tuple[Condition, ...]
    principals: PrincipalElement | None = None  # None in an identity policy
    principals_inverted: bool = False

    def applies(self, action: str, resource: str, context: Context) -> bool:
        """``action`` in lower case. Conditions last, since making a context takes time."""
        return (
            self.actions.cover(action, context)
            and self.resources.cover(resource, context)
            and all(condition.holds(context) for condition in self.conditions)
        )

    def names(self, principal: Principal) -> Named:
        if self.principals is None:
            return Named.DIRECTLY
        if self.principals_inverted:
            return Named.NOT if self.principals.exempts(principal) else Named.DIRECTLY
        return self.principals.names(principal)


@dataclass(frozen=True, eq=False)
class Policy:
    """Compared by identity, which is quick: ``parsed`` makes one for each text."""

    statements: tuple[Statement, ...]


@lru_cache(maxsize=4096)
def parsed(document: str) -> Policy:
    """The policy of a document. Raises ValueError or KeyError if it is not one."""
    content = json.loads(document)
    variables = content.get("Version") == "2012-10-17"
    return Policy(tuple(_statement(entry, variables) for entry in listed(content["Statement"])))


def _statement(content: dict[str, Any], variables: bool) -> Statement:
    inverted = "NotPrincipal" in content
    principal = content.get("NotPrincipal" if inverted else "Principal")
    return Statement(
        allows=content["Effect"] == "Allow",
        actions=_patterns(content, "Action", None, False, str.lower),
        # Trust policies have no Resource: they are about their own role.
        resources=_patterns(content, "Resource", "*", variables),
        conditions=compile_conditions(content.get("Condition") or {}, variables=variables),
        principals=None if principal is None else PrincipalElement.parse(principal),
        principals_inverted=inverted,
    )


def _patterns(
    content: dict[str, Any],
    element: str,
    default: str | None,
    variables: bool,
    read: Callable[[str], str] = str,
) -> Patterns:
    inverted = f"Not{element}" in content
    value = content.get(f"Not{element}" if inverted else element, default)
    if value is None:
        raise KeyError(element)
    texts = [read(str(text)) for text in listed(value)]
    with_variables = tuple(filter(has_variables, texts)) if variables else ()
    plain = tuple(glob(text) for text in texts if text not in with_variables)
    return Patterns(plain, with_variables, inverted)
