"""What differs between a stack and a template, in the words of DescribeChangeSet.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.cloudformation.resources import provider_of, schemas
from localcloud.cloudformation.stacks.stack import STACK_TYPE, Stack, StackResource
from localcloud.cloudformation.templates.processed import PlannedResource, ProcessedTemplate

# How a plan writes a reference that it leaves open (templates.scopes.PlanScope).
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+(?:\.[^{}]+)?)\}")

Change = dict[str, Any]


def changes_between(
    stack: Stack, template: ProcessedTemplate, tags: Mapping[str, str]
) -> list[Change]:
    """As DescribeChangeSet lists them: ``{"Type": "Resource", "ResourceChange": {…}}``."""
    changes = _Comparison(stack, template, tags).changes()
    return [{"Type": "Resource", "ResourceChange": change} for change in changes]


def is_unchanged(
    stack: Stack, template: ProcessedTemplate, tags: Mapping[str, str], changes: list[Change]
) -> bool:
    """Whether neither resources nor outputs nor the stack's tags differ."""
    outputs = stack.template.outputs if stack.template else {}
    return not changes and outputs == template.outputs and dict(tags) == stack.tags


class _Comparison:
    def __init__(self, stack: Stack, template: ProcessedTemplate, tags: Mapping[str, str]) -> None:
        self._stack = stack
        self._template = template
        self._has_new_tags = dict(tags) != stack.tags
        # Logical id → whether it is replaced: "True", "Conditional" or "False".
        self._modified: dict[str, str] = {}

    def changes(self) -> Iterator[Change]:
        """One change for each resource that is added, modified or removed."""
        for planned in self._template.resources.values():
            existing = self._stack.resources.get(planned.logical_id)
            if existing is None or existing.type != planned.type:
                self._modified[planned.logical_id] = "True"
                yield _change("Add", planned.logical_id, planned.type)
            elif change := self._modification(existing, planned):
                self._modified[planned.logical_id] = change["Replacement"]
                yield change
        for existing in self._stack.resources.values():
            counterpart = self._template.resources.get(existing.logical_id)
            if counterpart is None or counterpart.type != existing.type:
                yield {
                    **_change("Remove", existing.logical_id, existing.type),
                    "PhysicalResourceId": existing.physical_id or "",
                    "PolicyAction": _policy_action(existing.planned.deletion_policy),
                }

    def _modification(self, existing: StackResource, planned: PlannedResource) -> Change | None:
        old, new = existing.planned.definition, planned.definition
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        following = self._following(planned)
        scope = {"Tags" if name == "Tags" else "Properties" for name in changed | following}
        if self._has_new_tags and "Tags" in provider_of(planned.type).supported:
            scope.add("Tags")
        if existing.planned.metadata != planned.metadata:
            scope.add("Metadata")
        if planned.type == STACK_TYPE and not scope:
            # Whether a nested template changed cannot be seen from here, on AWS neither.
            scope.add("Properties")
        if not scope:
            return None
        compared = (self._stack.region, planned.type, old, new)
        replacement = "False"
        if schemas.replaced_by(*compared):
            replacement = "True"
        elif schemas.conditionally_replaced_by(*compared) or following & schemas.create_only(
            self._stack.region, planned.type
        ):
            replacement = "Conditional"
        change = {
            **_change("Modify", planned.logical_id, planned.type),
            "PhysicalResourceId": existing.physical_id or "",
            "Replacement": replacement,
            "Scope": sorted(scope),
        }
        if replacement != "False":
            change["PolicyAction"] = f"ReplaceAnd{_policy_action(planned.update_replace_policy)}"
        return change

    def _following(self, planned: PlannedResource) -> set[str]:
        """Properties that may change: a Ref if that is replaced, an attribute if modified."""
        names = set()
        for name, value in planned.definition.items():
            for reference in _REFERENCE.findall(json.dumps(value, default=str)):
                logical_id, _, attribute = reference.partition(".")
                replaced = self._modified.get(logical_id, "False")
                if replaced != "False" or (attribute and logical_id in self._modified):
                    names.add(name)
        return names


def _change(action: str, logical_id: str, kind: str) -> Change:
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": kind}
    return {**change, "Scope": []}


def _policy_action(policy: str) -> str:
    return "Retain" if policy.startswith("Retain") else policy
