"""What differs between a stack as it stands and a blueprint, in the words of DescribeChangeSet.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.cloudformation.resources import schemas
from localcloud.cloudformation.stacks.stack import Stack, StackResource
from localcloud.cloudformation.templates import dependencies
from localcloud.cloudformation.templates.blueprint import Blueprint, Planned

# How a plan writes what it leaves open (scopes.PlanScope).
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+(?:\.[^{}]+)?)\}")

Change = dict[str, Any]


def changes_between(
    stack: Stack, blueprint: Blueprint, tags: Mapping[str, str]
) -> list[dict[str, Any]]:
    """As DescribeChangeSet lists them: ``{"Type": "Resource", "ResourceChange": {…}}``."""
    comparison = Comparison(stack, blueprint, tags)
    return [{"Type": "Resource", "ResourceChange": change} for change in comparison.changes()]


def is_unchanged(
    stack: Stack, blueprint: Blueprint, tags: Mapping[str, str], changes: list[dict[str, Any]]
) -> bool:
    """Whether there is nothing to do: neither resources nor outputs nor the stack's tags differ."""
    before = stack.blueprint.outputs if stack.blueprint else {}
    return not changes and before == blueprint.outputs and dict(tags) == stack.tags


class Comparison:
    def __init__(self, stack: Stack, blueprint: Blueprint, tags: Mapping[str, str]) -> None:
        self._stack = stack
        self._blueprint = blueprint
        self._retagged = dict(tags) != stack.tags
        self._parameters = {
            key
            for key, parameter in blueprint.parameters.items()
            if key in stack.parameters and stack.parameters[key].ref != parameter.ref
        }
        # Logical id → whether it is replaced: "True", "Conditional" or "False".
        self._modified: dict[str, str] = {}

    def changes(self) -> Iterator[Change]:
        """One a resource that is added, modified or removed."""
        for planned in self._blueprint.resources.values():
            existing = self._stack.resources.get(planned.logical_id)
            if existing is None or existing.type != planned.type:
                self._modified[planned.logical_id] = "True"
                yield _change("Add", planned.logical_id, planned.type)
            elif change := self._modification(existing, planned):
                self._modified[planned.logical_id] = change["Replacement"]
                yield change
        for existing in self._stack.resources.values():
            wanted = self._blueprint.resources.get(existing.logical_id)
            if wanted is None or wanted.type != existing.type:
                yield {
                    **_change("Remove", existing.logical_id, existing.type),
                    "PhysicalResourceId": existing.physical_id or "",
                    "PolicyAction": _kept(existing.deletion_policy),
                }

    def _modification(self, existing: StackResource, planned: Planned) -> Change | None:
        details = [*self._direct(existing, planned), *self._dynamic(planned)]
        if self._retagged and "Tags" in _consumed(planned.type):
            details.append(_detail("Tags", "", "Never", "Static", "DirectModification"))
        if existing.metadata != planned.metadata:
            details.append(_detail("Metadata", "", "Never", "Static", "DirectModification"))
        if planned.type == "AWS::CloudFormation::Stack" and not details:
            # Whether a nested template changed cannot be seen from here: AWS lists it as Automatic.
            details.append(_detail("Properties", "", "Never", "Dynamic", "Automatic"))
        if not details:
            return None
        replacement = _replacement(details)
        change = {
            **_change("Modify", planned.logical_id, planned.type),
            "PhysicalResourceId": existing.physical_id or "",
            "Replacement": replacement,
            "Scope": sorted({item["Target"]["Attribute"] for item in details}),
            "Details": details,
        }
        if replacement != "False":
            change["PolicyAction"] = f"ReplaceAnd{_kept(planned.update_replace_policy)}"
        return change

    def _direct(self, existing: StackResource, planned: Planned) -> Iterator[Change]:
        """Properties that differ in what is known before anything is made."""
        old, new = existing.definition, planned.definition
        always = _tops(schemas.replaced_by(self._stack.region, planned.type, old, new))
        perhaps = _tops(schemas.perhaps_replaced_by(self._stack.region, planned.type, old, new))
        for name in sorted(key for key in {*old, *new} if old.get(key) != new.get(key)):
            attribute = "Tags" if name == "Tags" else "Properties"
            recreation = "Conditionally" if name in perhaps else "Never"
            target = (attribute, name, "Always" if name in always else recreation)
            causes = set(dependencies.references(planned.properties.get(name))) & self._parameters
            for cause in sorted(causes):
                yield {**_detail(*target, "Static", "ParameterReference"), "CausingEntity": cause}
            evaluation = "Dynamic" if causes else "Static"
            yield _detail(*target, evaluation, "DirectModification")

    def _dynamic(self, planned: Planned) -> Iterator[Change]:
        """References whose value may change: a Ref of what may be replaced, and an attribute of
        what is modified.
        """
        fixed = schemas.create_only(self._stack.region, planned.type)
        for name, value in planned.definition.items():
            recreation = "Always" if name in fixed else "Never"
            for reference in sorted(set(_REFERENCE.findall(json.dumps(value, default=str)))):
                logical_id, _, attribute = reference.partition(".")
                changed = self._modified.get(logical_id)
                if changed is None or (changed == "False" and not attribute):
                    continue
                source = "ResourceAttribute" if attribute else "ResourceReference"
                detail = _detail("Properties", name, recreation, "Dynamic", source)
                yield {**detail, "CausingEntity": reference}


def _change(action: str, logical_id: str, kind: str) -> Change:
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": kind}
    return {**change, "Scope": [], "Details": []}


def _detail(attribute: str, name: str, recreation: str, evaluation: str, source: str) -> Change:
    target = {"Attribute": attribute, "RequiresRecreation": recreation}
    if name and attribute == "Properties":
        target["Name"] = name
    return {"Target": target, "Evaluation": evaluation, "ChangeSource": source}


def _replacement(details: list[Change]) -> str:
    """ "If RequiresRecreation is Always and Evaluation is Static, Replacement is True; if Always
    and Dynamic, Conditional."
    """
    wanted = {(item["Target"]["RequiresRecreation"], item["Evaluation"]) for item in details}
    if ("Always", "Static") in wanted:
        return "True"
    return "Conditional" if any(kind != "Never" for kind, _ in wanted) else "False"


def _kept(policy: str) -> str:
    """A policy as PolicyAction names it."""
    return "Retain" if policy.startswith("Retain") else policy


def _tops(paths: list[str]) -> set[str]:
    return {path.split("/")[0] for path in paths}


def _consumed(kind: str) -> frozenset[str]:
    from localcloud.cloudformation.resources import handler_for

    return handler_for(kind).consumes
