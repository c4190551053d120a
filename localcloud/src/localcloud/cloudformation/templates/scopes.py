"""What names stand for before resources exist; for the time after see stacks/live_scope.py."""

import json
import re
from collections.abc import Mapping
from typing import Any

from localcloud.cloudformation.errors import template_error, validation_error
from localcloud.cloudformation.templates.intrinsics import NO_VALUE, Evaluator
from localcloud.cloudformation.templates.template import Template
from localcloud.gateway.errors import ApiError

# How a plan writes what is known only once resources exist.
_UNKNOWN = re.compile(r"\$\{|\{\{|\"Fn::")


class BaseScope:
    """Parameters, pseudo parameters, mappings and conditions of one template."""

    def __init__(self, template: Template, values: Mapping[str, Any]) -> None:
        self._values = values
        self._mappings = template.get("Mappings", {})
        self._conditions = template.get("Conditions", {})
        self._evaluated: dict[str, bool] = {}
        self._evaluating: set[str] = set()

    def ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._values:
            return self._values[name]
        return self.resource_ref(name)

    def condition(self, name: str) -> bool:
        if name not in self._evaluated:
            if name not in self._conditions:
                raise template_error(
                    f"Unresolved condition dependency {name} in the Conditions block of the "
                    "template"
                )
            if name in self._evaluating:
                circle = ", ".join(sorted(self._evaluating))
                raise template_error(f"Found circular condition dependency between [{circle}]")
            self._evaluating.add(name)
            value = Evaluator(self).evaluate(self._conditions[name])
            if not isinstance(value, bool):
                raise template_error(
                    "Conditions can only be boolean operations on parameters and other conditions"
                )
            self._evaluated[name] = value
            self._evaluating.discard(name)
        return self._evaluated[name]

    def find_in_map(self, name: str, key: str, second: str) -> Any:
        if name not in self._mappings:
            raise validation_error(
                f"Template error: Mapping named '{name}' is not present in the 'Mappings' section "
                "of template"
            )
        return self._mappings[name][key][second]

    def resource_ref(self, name: str) -> Any:
        raise NotImplementedError

    def get_att(self, logical_id: str, attribute: str) -> Any:
        raise NotImplementedError

    def zones(self, region: str) -> list[str]:
        return [f"{{{{zone:{region}:{number}}}}}" for number in range(6)]


class PlanScope(BaseScope):
    """References to resources become ``${Name.Attribute}``, for comparing, and are recorded."""

    def __init__(self, template: Template, values: Mapping[str, Any]) -> None:
        super().__init__(template, values)
        self.forget_references()

    def forget_references(self) -> None:
        self.refs: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def resource_ref(self, name: str) -> Any:
        self.refs.add(name)
        return f"${{{name}}}"

    def get_att(self, logical_id: str, attribute: str) -> Any:
        self.attributes.add((logical_id, attribute))
        return f"${{{logical_id}.{attribute}}}"


class PlanEvaluator(Evaluator):
    """Evaluates what is known before resources exist; a function that needs more stays a call."""

    def call(self, name: str, argument: Any) -> Any:
        try:
            return super().call(name, argument)
        except ApiError:
            if name in ("Fn::Select", "Fn::Split", "Fn::Join", "Fn::Cidr", "Fn::GetAZs"):
                evaluated = self.evaluate(argument)
                if _UNKNOWN.search(json.dumps(evaluated)):
                    return {name: evaluated}
            raise
