"""The files beside this one: which grants the runs used, and why others stay.

Tests compare both with the templates, so that a new grant needs a run that uses it, or a reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from tools.format_json import format_text
from tools.permissions.grants import Grant

USED = Path(__file__).with_name("used.json")
UNUSED = Path(__file__).with_name("unused.yaml")


def read_used(file: Path = USED) -> frozenset[Grant]:
    return frozenset(
        Grant(owner, action, resource)
        for owner, actions in json.loads(file.read_text(encoding="utf-8")).items()
        for action, resources in actions.items()
        for resource in resources
    )


def write_used(used: Iterable[Grant], file: Path = USED) -> None:
    actions: dict[str, dict[str, list[str]]] = {}
    for grant in sorted(used):
        actions.setdefault(grant.owner, {}).setdefault(grant.action, []).append(grant.resource)
    file.write_text(format_text(json.dumps(actions, ensure_ascii=False)), encoding="utf-8")


def read_reasons(file: Path = UNUSED) -> dict[Grant, str]:
    """Return the reason of each grant that no run uses; one entry names several of a role."""
    return {
        Grant(owner, action, resource): entry["reason"]
        for owner, entries in yaml.safe_load(file.read_text(encoding="utf-8")).items()
        for entry in entries
        for action in entry["actions"]
        for resource in entry["resources"]
    }


def complaints(
    grants: frozenset[Grant], used: frozenset[Grant], reasons: dict[Grant, str]
) -> Iterator[str]:
    """Yield each grant that is neither used nor explained, and what the files have too much."""
    for grant in sorted(grants - used - reasons.keys()):
        yield f"{_text(grant)} is granted, no run used it, and there is no reason for it"
    for grant in sorted(used - grants):
        yield f"{_text(grant)} is in {USED.name}, but is not granted any more"
    for grant in sorted(reasons.keys() - grants):
        yield f"{_text(grant)} has a reason in {UNUSED.name}, but is not granted"
    for grant in sorted(reasons.keys() & used):
        yield f"{_text(grant)} has a reason in {UNUSED.name}, but a run used it"


def _text(grant: Grant) -> str:
    return f"{grant.owner}: {grant.action} on {grant.resource}"
