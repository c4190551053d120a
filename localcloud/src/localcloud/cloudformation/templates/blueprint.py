"""A processed template: the resources that its conditions let in, and its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.cloudformation.templates.parameters import Parameter
from localcloud.cloudformation.templates.template import Template
from localcloud.cloudformation.templates.transform import EXTENSIONS


@dataclass(frozen=True)
class Planned:
    """A resource that the conditions let in.

    ``definition`` is comparable: only references are left open in it.
    """

    logical_id: str
    type: str
    properties: dict[str, Any]
    definition: dict[str, Any]
    refs: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    needs: frozenset[str]
    metadata: Any
    deletion_policy: str
    update_replace_policy: str


@dataclass(frozen=True)
class Blueprint:
    text: str
    template: Template
    transforms: tuple[str, ...]
    parameters: dict[str, Parameter]
    values: dict[str, Any]
    resources: dict[str, Planned]  # each after what it needs
    outputs: dict[str, Any]  # definitions, comparable

    @property
    def extended(self) -> bool:
        return EXTENSIONS in self.transforms

    @property
    def description(self) -> str | None:
        return self.template.get("Description")
