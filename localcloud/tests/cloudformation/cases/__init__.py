"""A case for each type: a resource as it is created, and what can be changed of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jmespath  # type: ignore[import-untyped]  # ships no types
from botocore.exceptions import ClientError

from localcloud.cloudformation.resources.context import names
from localcloud.cloudformation.templates.template import parse

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """``ref`` and ``attributes`` are patterns of what Ref and GetAtt give.

    ``change``: property → another value, each a change in place that ``reads`` show: calls of the
    service with their parameters, where Ref gives physical ids, and the path in their answers.
    """

    kind: str
    properties: dict[str, Any]
    ref: str
    change: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    needs: dict[str, Any] = field(default_factory=dict)  # other resources
    refused: frozenset[str] = frozenset()  # properties whose change is an error that names them
    # Properties that are nothing without others, or do nothing to what exists already.
    passive: frozenset[str] = frozenset()
    region: str = "us-east-1"
    reads: tuple[list[Any], ...] = ()
    volatile: str = ""  # a pattern of members that change by themselves

    def read(self, client: Callable[[str], Any], physical_id: Callable[[str], str]) -> Any:
        """What the service tells of the resource, without members that say nothing."""
        answers = [_answer(client, physical_id, *read) for read in self.reads]
        return _without_noise(answers, self.volatile)


def _answer(
    client: Callable[[str], Any],
    physical_id: Callable[[str], str],
    call: str,
    params: dict[str, Any],
    path: str = "@",
) -> Any:
    """None where the service answers that there is nothing."""
    service, operation = call.split(".")
    expanded = _expanded(params, physical_id)
    try:
        answer = getattr(client(service), operation)(**expanded)
    except ClientError:
        return None
    return jmespath.search(path, {k: v for k, v in answer.items() if k != "ResponseMetadata"})


def _expanded(value: Any, physical_id: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_expanded(item, physical_id) for item in value]
    if isinstance(value, dict):
        if "Ref" in value:
            return physical_id(value["Ref"])
        return {key: _expanded(item, physical_id) for key, item in value.items()}
    return value


def _without_noise(value: Any, volatile: str) -> Any:
    if isinstance(value, dict):
        items = {k: _without_noise(v, volatile) for k, v in value.items()}
        lasting = {k: v for k, v in items.items() if not re.fullmatch(volatile, k)}
        return {k: v for k, v in lasting.items() if v is not None} or None
    if isinstance(value, list):
        return [_without_noise(item, volatile) for item in value] or None
    return None if value in ("", "{}") else value


def _load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = parse((FOLDER / f"{name}.yaml").read_text())
    return content


# Resources that cases need, each by a name.
RESOURCES = _load("resources")
TRUST: dict[str, Any] = RESOURCES["Role"]["Properties"]["AssumeRolePolicyDocument"]


def needed(words: str) -> dict[str, Any]:
    """``Name``, or ``Logical=Name``, → the resources."""
    pairs = [word.split("=") for word in words.split()]
    return {pair[0]: RESOURCES[pair[-1]] for pair in pairs}


def _case(kind: str, members: dict[str, Any]) -> Case:
    members |= {name: names(members.get(name, "")) for name in ("refused", "passive")}
    return Case(kind, **{**members, "needs": needed(members.get("needs", ""))})


CASES = {
    kind: _case(kind, members)
    for name in ("storage", "compute", "apis", "network", "control", "messaging", "watching")
    for kind, members in _load(name).items()
}
