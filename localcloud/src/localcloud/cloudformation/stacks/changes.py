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
from localcloud.cloudformation.templates import dependencies
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
        self._parameters = {
            key
            for key, parameter in template.parameters.items()
            if key in stack.parameters and stack.parameters[key].ref != parameter.ref
        }
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
        details = [*self._direct(existing, planned), *self._dynamic(planned)]
        if self._has_new_tags and "Tags" in provider_of(planned.type).supported:
            details.append(_detail("Tags", "", "Never", "Static", "DirectModification"))
        if existing.planned.metadata != planned.metadata:
            details.append(_detail("Metadata", "", "Never", "Static", "DirectModification"))
        if planned.type == STACK_TYPE and not details:
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
            change["PolicyAction"] = f"ReplaceAnd{_policy_action(planned.update_replace_policy)}"
        return change

    def _direct(self, existing: StackResource, planned: PlannedResource) -> Iterator[Change]:
        """Properties that differ in what is known before anything is created."""
        old, new = existing.planned.definition, planned.definition
        compared = (self._stack.region, planned.type, old, new)
        always = _top_level(schemas.replaced_by(*compared))
        conditionally = _top_level(schemas.conditionally_replaced_by(*compared))
        for name in sorted(key for key in {*old, *new} if old.get(key) != new.get(key)):
            attribute = "Tags" if name == "Tags" else "Properties"
            recreation = "Conditionally" if name in conditionally else "Never"
            target = (attribute, name, "Always" if name in always else recreation)
            references = set(dependencies.references(planned.properties.get(name)))
            causes = references & self._parameters
            for cause in sorted(causes):
                yield {**_detail(*target, "Static", "ParameterReference"), "CausingEntity": cause}
            evaluation = "Dynamic" if causes else "Static"
            yield _detail(*target, evaluation, "DirectModification")

    def _dynamic(self, planned: PlannedResource) -> Iterator[Change]:
        """References that may change: a Ref if that is replaced, an attribute if modified."""
        fixed = schemas.create_only(self._stack.region, planned.type)
        for name, value in planned.definition.items():
            recreation = "Always" if name in fixed else "Never"
            for reference in sorted(set(_REFERENCE.findall(json.dumps(value, default=str)))):
                logical_id, _, attribute = reference.partition(".")
                replaced = self._modified.get(logical_id)
                if replaced is None or (replaced == "False" and not attribute):
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
    """True if RequiresRecreation is Always and Evaluation Static; Conditional if only the first."""
    kinds = {(item["Target"]["RequiresRecreation"], item["Evaluation"]) for item in details}
    if ("Always", "Static") in kinds:
        return "True"
    return "Conditional" if any(recreation != "Never" for recreation, _ in kinds) else "False"


def _policy_action(policy: str) -> str:
    return "Retain" if policy.startswith("Retain") else policy


def _top_level(paths: list[str]) -> set[str]:
    return {path.split("/")[0] for path in paths}
