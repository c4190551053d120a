"""A change set, and the difference between a stack and a blueprint that it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localcloud.cloudformation import schemas
from localcloud.cloudformation.blueprint import Blueprint, Planned

if TYPE_CHECKING:
    from localcloud.cloudformation.stack import Stack, StackResource

# How a plan writes what it leaves open (scopes.PlanScope).
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+(?:\.[^{}]+)?)\}")

NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)


@dataclass
class ChangeSet:
    id: str
    name: str
    type: str  # CREATE or UPDATE
    created: datetime
    blueprint: Blueprint | None
    changes: list[dict[str, Any]]
    description: str | None = None
    status: str = "CREATE_COMPLETE"
    reason: str | None = None
    execution_status: str = "AVAILABLE"
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: Sequence[str] = ()
    notification_arns: Sequence[str] = ()
    role_arn: str | None = None
    on_stack_failure: str | None = None
    include_nested: bool = False


def changes_between(stack: Stack, blueprint: Blueprint) -> list[dict[str, Any]]:
    """As DescribeChangeSet lists them: ``{"Type": "Resource", "ResourceChange": {…}}``."""
    changes = []
    modified: dict[str, str] = {}
    for planned in blueprint.resources.values():
        existing = stack.resources.get(planned.logical_id)
        if existing is None or existing.type != planned.type:
            changes.append(_change("Add", planned.logical_id, planned.type))
            modified[planned.logical_id] = "True"
        elif change := _modification(stack.region, existing, planned, modified):
            changes.append(change)
            modified[planned.logical_id] = change["ResourceChange"].get("Replacement", "False")
    for existing in stack.resources.values():
        wanted = blueprint.resources.get(existing.logical_id)
        if wanted is None or wanted.type != existing.type:
            change = _change("Remove", existing.logical_id, existing.type)
            change["ResourceChange"]["PhysicalResourceId"] = existing.physical_id or ""
            changes.append(change)
    return changes


def is_unchanged(
    stack: Stack, blueprint: Blueprint, tags: Mapping[str, str], changes: list[dict[str, Any]]
) -> bool:
    """Whether there is nothing to do: neither resources nor outputs nor the stack's tags differ."""
    before = stack.blueprint.outputs if stack.blueprint else {}
    return not changes and before == blueprint.outputs and dict(tags) == stack.tags


def _change(action: str, logical_id: str, kind: str) -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": kind}
    return {"Type": "Resource", "ResourceChange": {**change, "Scope": [], "Details": []}}


def _modification(
    region: str, existing: StackResource, planned: Planned, modified: Mapping[str, str]
) -> dict[str, Any] | None:
    old, new = existing.definition, planned.definition
    names = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
    fixed = {path.split("/")[0] for path in schemas.replaced_by(region, existing.type, old, new)}
    details = [_detail(name, "Always" if name in fixed else "Never", "Static") for name in names]
    replacement = "True" if fixed else "False"
    create_only = schemas.create_only(region, existing.type)
    for name, causes in _dynamic(new, modified).items():
        recreation = "Conditionally" if name in create_only else "Never"
        details += [
            {**_detail(name, recreation, "Dynamic"), "CausingEntity": cause} for cause in causes
        ]
        if name in create_only and not fixed:
            replacement = "Conditional"
    scope = ["Properties"] if details else []
    if existing.metadata != planned.metadata:
        scope.append("Metadata")
    if planned.type == "AWS::CloudFormation::Stack" and not details:
        # Whether a nested template changed cannot be seen from here: AWS lists it, as Automatic.
        details.append({**_detail("", "Never", "Dynamic"), "ChangeSource": "Automatic"})
        scope = ["Properties"]
    if not scope:
        return None
    change = _change("Modify", planned.logical_id, planned.type)
    change["ResourceChange"] |= {
        "PhysicalResourceId": existing.physical_id or "",
        "Replacement": replacement,
        "Scope": scope,
        "Details": details,
    }
    return change


def _dynamic(definition: Mapping[str, Any], modified: Mapping[str, str]) -> dict[str, list[str]]:
    """Property → references in it whose value may change.

    Those are a Ref of what may be replaced, and an attribute of what is modified.
    """
    found: dict[str, list[str]] = {}
    for name, value in definition.items():
        causes = []
        for reference in sorted(set(_REFERENCE.findall(json.dumps(value, default=str)))):
            logical_id, _, attribute = reference.partition(".")
            if logical_id in modified and (attribute or modified[logical_id] != "False"):
                causes.append(reference)
        if causes:
            found[name] = causes
    return found


def _detail(name: str, recreation: str, evaluation: str) -> dict[str, Any]:
    target = {"Attribute": "Properties", "RequiresRecreation": recreation}
    if name:
        target["Name"] = name
    source = "DirectModification" if evaluation == "Static" else "ResourceAttribute"
    return {"Target": target, "Evaluation": evaluation, "ChangeSource": source}
