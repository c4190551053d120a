"""A template that is ready for a stack."""

from dataclasses import dataclass
from typing import Any

from localcloud.cloudformation.templates.parameters import Parameter
from localcloud.cloudformation.templates.template import Template


@dataclass(frozen=True)
class PlannedResource:
    """A resource whose condition is true.

    ``definition`` is its properties, evaluated but for references to resources, for comparing.
    """

    logical_id: str
    type: str
    properties: dict[str, Any]
    definition: dict[str, Any]
    refs: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    dependencies: frozenset[str]
    metadata: Any
    deletion_policy: str
    update_replace_policy: str


@dataclass(frozen=True)
class ProcessedTemplate:
    """``text`` is the original, ``body`` the processed template, ``values`` what Ref may give."""

    text: str
    body: Template
    transforms: list[str]
    parameters: dict[str, Parameter]
    values: dict[str, Any]
    resources: dict[str, PlannedResource]  # each after its dependencies
    outputs: dict[str, Any]  # definitions, for comparing

    @property
    def description(self) -> str | None:
        return self.body.get("Description")
