"""A template made ready for a stack: parameters bound, transforms applied, checked, resources in
order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localcloud.cloudformation.errors import template_error
from localcloud.cloudformation.templates import checks, dependencies
from localcloud.cloudformation.templates.blueprint import Blueprint, Planned
from localcloud.cloudformation.templates.include import ReadObject
from localcloud.cloudformation.templates.parameters import Parameter, bind
from localcloud.cloudformation.templates.sam import ManagedPolicies
from localcloud.cloudformation.templates.scopes import Planner, PlanScope
from localcloud.cloudformation.templates.template import Template, load, text_of, transforms_of
from localcloud.cloudformation.templates.transform import EXTENSIONS, transformed


@dataclass(frozen=True)
class Drafter:
    """Makes blueprints for one caller in one Region."""

    region: str
    read_ssm: Callable[[str], str]
    policies: ManagedPolicies
    read_object: ReadObject

    def draft(
        self,
        text: str,
        given: Sequence[Mapping[str, Any]],
        previous: Mapping[str, Parameter],
        pseudo: Mapping[str, Any],
    ) -> Blueprint:
        """Raises ValidationError, or LocalCloudNotEmulated naming what we cannot make."""
        raw = load(text)
        bound = bind(raw.get("Parameters", {}), given, previous, self.read_ssm)
        values = {**pseudo, **{key: parameter.ref for key, parameter in bound.items()}}
        names = transforms_of(raw)
        extended = EXTENSIONS in names
        early = Planner(PlanScope(raw, values, extended))
        plain = {**pseudo, **{key: _plain(parameter) for key, parameter in bound.items()}}
        template = transformed(raw, plain, early, self.region, self.policies, self.read_object)
        checks.check(template, self.region, values)
        scope = PlanScope(template, values, extended)
        for name in template.get("Conditions", {}):
            scope.condition(name)
        resources = _planned(template, scope)
        checks.check_plan(resources, self.region)
        outputs = _outputs(template, scope, resources, self.region)
        return Blueprint(text, template, tuple(names), bound, values, resources, outputs)


def _plain(parameter: Parameter) -> str:
    """What the SAM translator wants to see: strings, lists too."""
    return parameter.value if parameter.resolved is None else parameter.resolved


def _planned(template: Template, scope: PlanScope) -> dict[str, Planned]:
    wanted = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if "Condition" not in resource or scope.condition(resource["Condition"])
    }
    planned = {name: _plan(name, item, scope, wanted) for name, item in wanted.items()}
    for item in planned.values():
        named = item.refs | {name for name, _ in item.attributes}
        if absent := sorted(named - planned.keys()):
            raise template_error(
                f"Unresolved resource dependencies [{', '.join(absent)}] in the Resources block of "
                "the template"
            )
    order = dependencies.ordered({name: item.needs for name, item in planned.items()})
    return {name: planned[name] for name in order}


def _plan(
    logical_id: str, resource: Mapping[str, Any], scope: PlanScope, wanted: Mapping[str, Any]
) -> Planned:
    scope.refs, scope.attributes = set(), set()
    planner = Planner(scope)
    properties = resource.get("Properties") or {}
    definition = planner.evaluate(properties)
    refs, attributes = frozenset(scope.refs), frozenset(scope.attributes)
    explicit = {name for name in dependencies.depends_on(resource) if name in wanted}

    def policy(name: str) -> str:
        return text_of(planner.evaluate(resource.get(name)) or "Delete")

    return Planned(
        logical_id=logical_id,
        type=resource["Type"],
        properties=properties,
        definition=definition,
        refs=refs,
        attributes=attributes,
        needs=(refs | {name for name, _ in attributes} | explicit) - {logical_id},
        metadata=planner.evaluate(resource.get("Metadata")),
        deletion_policy=policy("DeletionPolicy"),
        update_replace_policy=policy("UpdateReplacePolicy"),
    )


def _outputs(
    template: Template, scope: PlanScope, resources: Mapping[str, Planned], region: str
) -> dict[str, Any]:
    scope.refs, scope.attributes = set(), set()
    made = {
        name: Planner(scope).evaluate(output)
        for name, output in template.get("Outputs", {}).items()
        if "Condition" not in output or scope.condition(output["Condition"])
    }
    named = scope.refs | {name for name, _ in scope.attributes}
    if absent := sorted(named - resources.keys()):
        raise template_error(
            f"Unresolved resource dependencies [{', '.join(absent)}] in the Outputs block of the "
            "template"
        )
    checks.check_attributes(scope.attributes, resources, region)
    return made
