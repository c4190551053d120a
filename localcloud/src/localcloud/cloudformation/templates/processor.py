"""Makes a template ready for a stack: parameters, transforms, checks, the order of resources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from localcloud.cloudformation.errors import unresolved
from localcloud.cloudformation.templates import checks, dependencies, sam
from localcloud.cloudformation.templates.parameters import Parameter, bind
from localcloud.cloudformation.templates.processed import PlannedResource, ProcessedTemplate
from localcloud.cloudformation.templates.scopes import PlanEvaluator, PlanScope
from localcloud.cloudformation.templates.source import expand_includes, read_object
from localcloud.cloudformation.templates.template import Template, load, text_of, transforms_of
from localcloud.gateway.errors import not_emulated


@dataclass(frozen=True)
class TemplateProcessor:
    """Processes templates for one caller in one Region; ``client(service)`` calls as the caller."""

    region: str
    client: Callable[[str], Any]

    def process(
        self,
        text: str,
        arguments: Sequence[Mapping[str, Any]],
        previous: Mapping[str, Parameter],
        pseudo: Mapping[str, Any],
    ) -> ProcessedTemplate:
        """``arguments`` are the call's. Raises ValidationError, or LocalCloudNotEmulated."""
        original = load(text)
        parameters = bind(original.get("Parameters", {}), arguments, previous)
        values = {**pseudo, **{key: parameter.ref for key, parameter in parameters.items()}}
        texts = {**pseudo, **{key: parameter.value for key, parameter in parameters.items()}}
        transforms = transforms_of(original)
        body = self._transformed(original, texts)
        checks.check(body, self.region, values)
        scope = PlanScope(body, values)
        for name in body.get("Conditions", {}):
            scope.condition(name)
        resources = _plan_resources(body, scope)
        checks.check_plan(body, resources, self.region)
        outputs = _plan_outputs(body, scope, resources, self.region)
        return ProcessedTemplate(text, body, transforms, parameters, values, resources, outputs)

    def _transformed(self, template: Template, values: dict[str, Any]) -> Template:
        """The template with its transforms applied, in CloudFormation's order."""
        transforms = transforms_of(template)
        if unknown := [name for name in transforms if name != sam.SERVERLESS]:
            raise not_emulated(f"the transform {unknown[0]}")
        result = {key: value for key, value in template.items() if key != "Transform"}
        result = expand_includes(result, partial(read_object, self.client("s3")))
        if sam.SERVERLESS in transforms:
            policies = cache(lambda: sam.managed_policies(self.client("iam")))
            result = sam.translate(result, values, self.region, policies)
        return result


def _plan_resources(template: Template, scope: PlanScope) -> dict[str, PlannedResource]:
    included = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if "Condition" not in resource or scope.condition(resource["Condition"])
    }
    planned = {name: _plan(name, item, scope, included) for name, item in included.items()}
    for item in planned.values():
        referenced = item.refs | {name for name, _ in item.attributes}
        if absent := sorted(referenced - planned.keys()):
            raise unresolved(absent, "Resources")
    order = dependencies.ordered({name: item.dependencies for name, item in planned.items()})
    return {name: planned[name] for name in order}


def _plan(
    logical_id: str, resource: Mapping[str, Any], scope: PlanScope, included: Mapping[str, Any]
) -> PlannedResource:
    scope.forget_references()
    evaluator = PlanEvaluator(scope)
    properties = resource.get("Properties") or {}
    definition = evaluator.evaluate(properties)
    refs, attributes = frozenset(scope.refs), frozenset(scope.attributes)
    explicit = {name for name in dependencies.depends_on(resource) if name in included}

    def policy(name: str) -> str:
        return text_of(evaluator.evaluate(resource.get(name)) or "Delete")

    return PlannedResource(
        logical_id=logical_id,
        type=resource["Type"],
        properties=properties,
        definition=definition,
        refs=refs,
        attributes=attributes,
        dependencies=(refs | {name for name, _ in attributes} | explicit),
        metadata=evaluator.evaluate(resource.get("Metadata")),
        deletion_policy=policy("DeletionPolicy"),
        update_replace_policy=policy("UpdateReplacePolicy"),
    )


def _plan_outputs(
    template: Template, scope: PlanScope, resources: Mapping[str, PlannedResource], region: str
) -> dict[str, Any]:
    scope.forget_references()
    outputs = {
        name: PlanEvaluator(scope).evaluate(output)
        for name, output in template.get("Outputs", {}).items()
        if "Condition" not in output or scope.condition(output["Condition"])
    }
    for output in outputs.values():
        checks.check_output(output)
    referenced = scope.refs | {name for name, _ in scope.attributes}
    if absent := sorted(referenced - resources.keys()):
        raise unresolved(absent, "Outputs")
    checks.check_attributes(scope.attributes, resources, region)
    return outputs
