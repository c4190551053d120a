"""A runbook, read from a document's content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from localcloud.gateway.errors import ApiError


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    default: Any = None
    required: bool = True
    allowed_values: tuple[Any, ...] = ()
    allowed_pattern: str | None = None
    min_items: int | None = None
    max_items: int | None = None
    min_chars: int | None = None
    max_chars: int | None = None


@dataclass(frozen=True)
class Output:
    name: str
    selector: str
    type: str = "String"


@dataclass(frozen=True)
class Step:
    """``on_failure`` and ``on_cancel`` are Abort, Continue or ``step:<name>``."""

    name: str
    action: str
    inputs: dict[str, Any]
    outputs: tuple[Output, ...] = ()
    on_failure: str = "Abort"
    on_cancel: str = "Abort"
    is_end: bool = False
    is_critical: bool = True
    next_step: str | None = None
    timeout: float | None = None
    max_attempts: int = 1


@dataclass(frozen=True)
class Runbook:
    assume_role: str
    parameters: dict[str, Parameter]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    def after(self, step: Step) -> str | None:
        """The step that follows in the document; None after the last."""
        position = self.steps.index(step) + 1
        return self.steps[position].name if position < len(self.steps) else None


def invalid(why: str) -> ApiError:
    return ApiError("InvalidDocumentContent", why)


class _Loader(yaml.SafeLoader):
    """Dates stay texts."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


_READERS: dict[str, Callable[[str], Any]] = {
    "JSON": json.loads,
    "YAML": lambda text: yaml.load(text, _Loader),  # noqa: S506 - a SafeLoader
}


def parse(content: str, document_format: str) -> dict[str, Any]:
    """The content as a map. Raises InvalidDocumentContent."""
    try:
        document = _READERS[document_format](content)
    except json.JSONDecodeError as error:
        where = f"Line: {error.lineno}, Column: {error.colno}"
        raise invalid(f"JSON not well-formed. at {where}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at Line: {mark.line + 1}, Column: {mark.column + 1}" if mark else ""
        raise invalid(f"YAML not well-formed.{where}") from error
    if not isinstance(document, dict):
        raise invalid("The content for the document is not valid.")
    return document


def read(document: dict[str, Any]) -> Runbook:
    """A document that was validated."""
    return Runbook(
        assume_role=document.get("assumeRole", ""),
        parameters={
            name: _parameter(name, given) for name, given in document.get("parameters", {}).items()
        },
        steps=tuple(_step(given) for given in document["mainSteps"]),
        outputs=tuple(re.sub(r"[{}\s]", "", name) for name in document.get("outputs", [])),
    )


def _parameter(name: str, given: dict[str, Any]) -> Parameter:
    return Parameter(
        name,
        given["type"],
        given.get("default"),
        "default" not in given,
        tuple(given.get("allowedValues", ())),
        given.get("allowedPattern"),
        given.get("minItems"),
        given.get("maxItems"),
        given.get("minChars"),
        given.get("maxChars"),
    )


def _step(given: dict[str, Any]) -> Step:
    on_failure = given.get("onFailure", "Abort")
    timeout = given.get("timeoutSeconds")
    return Step(
        name=given["name"],
        action=given["action"],
        inputs=given.get("inputs") or {},
        outputs=tuple(
            Output(one["Name"], one["Selector"], one.get("Type", "String"))
            for one in given.get("outputs", [])
        ),
        on_failure=on_failure,
        on_cancel=given.get("onCancel", "Abort"),
        is_end=_true(given.get("isEnd", False)),
        # "If the onFailure property is set to Continue in a step, the value defaults to false."
        is_critical=_true(given.get("isCritical", on_failure != "Continue")),
        next_step=given.get("nextStep"),
        timeout=None if timeout is None else float(timeout),
        max_attempts=int(given.get("maxAttempts", 1)),
    )


def _true(value: Any) -> bool:
    return str(value).lower() == "true"
