"""Policy documents, parsed into statements that are quick to evaluate.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from localcloud.gateway.principals import Principal
from localcloud.iam.conditions import Condition, compile_conditions
from localcloud.iam.context import Context
from localcloud.iam.match import Matcher, glob, listed
from localcloud.iam.principals import Named, PrincipalElement
from localcloud.iam.variables import Unresolved, has_variables, substitute


@dataclass(frozen=True)
class Patterns:
    """Action or Resource (or, ``inverted``, NotAction or NotResource)."""

    texts: tuple[str, ...]
    inverted: bool
    variables: bool = False

    @cached_property
    def _plain(self) -> tuple[Matcher, ...]:
        return tuple(glob(text) for text in self.texts if not self._variable(text))

    def _variable(self, text: str) -> bool:
        return self.variables and has_variables(text)

    def cover(self, value: str, context: Context | None = None) -> bool:
        return self._matches(value, context) != self.inverted

    def _matches(self, value: str, context: Context | None) -> bool:
        if any(matches(value) for matches in self._plain):
            return True
        if not self.variables or context is None:
            return False
        for text in filter(has_variables, self.texts):
            try:
                if glob(substitute(text, context.single))(value):
                    return True
            except Unresolved:
                continue
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
            self.actions.cover(action)
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
    actions = _patterns(content, "Action", False)
    return Statement(
        allows=content["Effect"] == "Allow",
        actions=Patterns(tuple(text.lower() for text in actions.texts), actions.inverted),
        # Trust policies have no Resource: they are about their own role.
        resources=_patterns(content, "Resource", variables, default="*"),
        conditions=compile_conditions(content.get("Condition") or {}, variables=variables),
        principals=None if principal is None else PrincipalElement.parse(principal),
        principals_inverted=inverted,
    )


def _patterns(
    content: dict[str, Any], element: str, variables: bool, default: str | None = None
) -> Patterns:
    inverted = f"Not{element}" in content
    value = content.get(f"Not{element}" if inverted else element, default)
    if value is None:
        raise KeyError(element)
    texts = tuple(str(text) for text in listed(value))
    return Patterns(texts, inverted, variables and any(map(has_variables, texts)))
