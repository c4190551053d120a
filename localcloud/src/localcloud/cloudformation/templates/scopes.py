"""What names mean: before resources exist (``PlanScope``) and while they are being made
(``LiveScope``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.templates.intrinsics import NO_VALUE, Evaluator
from localcloud.cloudformation.templates.template import Template


class BaseScope:
    """Parameters, pseudo-parameters, mappings and conditions of one template."""

    def __init__(self, template: Template, values: Mapping[str, Any], extended: bool) -> None:
        self.extended = extended
        self._values = values
        self._mappings = template.get("Mappings", {})
        self._conditions = template.get("Conditions", {})
        self._truths: dict[str, bool] = {}

    def ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._values:
            return self._values[name]
        return self.resource_ref(name)

    def condition(self, name: str) -> bool:
        if name not in self._truths:
            if name not in self._conditions:
                raise validation_error(
                    f"Template format error: Unresolved condition dependency {name} in the "
                    "Conditions block of the template"
                )
            self._truths[name] = bool(Evaluator(self).evaluate(self._conditions[name]))
        return self._truths[name]

    def find_in_map(self, name: str, key: str, second: str) -> Any:
        return self._mappings[name][key][second]

    def resource_ref(self, name: str) -> Any:
        raise validation_error(
            f"Template format error: Unresolved dependencies [{name}]. Cannot reference resources "
            "in the Conditions block of the template"
        )

    def get_att(self, logical_id: str, attribute: str) -> Any:  # noqa: ARG002 - the Scope interface
        return self.resource_ref(logical_id)

    def import_value(self, name: str) -> Any:
        return f"{{{{import:{name}}}}}"

    def zones(self, region: str) -> list[str]:
        return [f"{{{{zone:{region}:{number}}}}}" for number in range(6)]

    def dynamic(self, text: str) -> str:
        return text


class PlanScope(BaseScope):
    """References to resources become ``${Name.Attribute}``, and are noted: a resource's
    definition for comparing.
    """

    def __init__(self, template: Template, values: Mapping[str, Any], extended: bool) -> None:
        super().__init__(template, values, extended)
        self.refs: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def resource_ref(self, name: str) -> Any:
        self.refs.add(name)
        return f"${{{name}}}"

    def get_att(self, logical_id: str, attribute: str) -> Any:
        self.attributes.add((logical_id, attribute))
        return f"${{{logical_id}.{attribute}}}"


class Planner(Evaluator):
    """Evaluates what can be known before resources exist; a function that needs more stays as
    it is.
    """

    def call(self, name: str, argument: Any) -> Any:
        try:
            return super().call(name, argument)
        except Exception:
            if name in ("Fn::Select", "Fn::Split", "Fn::Length", "Fn::Cidr"):
                return {name: self.evaluate(argument)}
            raise


class Lookups(Protocol):
    """What only a running deployment knows."""

    def physical_id(self, logical_id: str) -> str: ...
    def attribute(self, logical_id: str, attribute: str) -> Any: ...
    def exported(self, name: str) -> str: ...
    def zones(self, region: str) -> list[str]: ...
    def dynamic(self, text: str) -> str: ...


class LiveScope(BaseScope):
    """Names of a stack whose resources are being made."""

    def __init__(
        self, template: Template, values: Mapping[str, Any], extended: bool, lookups: Lookups
    ) -> None:
        super().__init__(template, values, extended)
        self._lookups = lookups

    def resource_ref(self, name: str) -> Any:
        return self._lookups.physical_id(name)

    def get_att(self, logical_id: str, attribute: str) -> Any:
        return self._lookups.attribute(logical_id, attribute)

    def import_value(self, name: str) -> Any:
        return self._lookups.exported(name)

    def zones(self, region: str) -> list[str]:
        return self._lookups.zones(region)

    def dynamic(self, text: str) -> str:
        return self._lookups.dynamic(text)
