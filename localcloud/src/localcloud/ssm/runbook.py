"""A runbook, read from a document's content."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml
from botocore import xform_name

from localcloud.gateway.errors import ApiError

invalid_document = partial(ApiError, "InvalidDocumentContent")
ROLE_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    default: Any = None
    required: bool = True
    allowed_values: tuple[Any, ...] | list[Any] = ()
    allowed_pattern: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Step:
    """``on_failure`` is Abort or Continue."""

    name: str
    action: str
    inputs: dict[str, Any]
    on_failure: str = "Abort"
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

    def after(self, step: Step) -> str | None:
        """Return the name of the step that follows in the document; None after the last."""
        position = self.steps.index(step) + 1
        return self.steps[position].name if position < len(self.steps) else None


class _Loader(yaml.SafeLoader):
    """Reads dates as texts."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


_PARSERS: dict[str, Callable[[str], Any]] = {
    "JSON": json.loads,
    "YAML": lambda text: yaml.load(text, _Loader),  # noqa: S506 - a SafeLoader
}


def parse_content(content: str, document_format: str) -> dict[str, Any]:
    """Return a document's content as a map. Raises InvalidDocumentContent."""
    try:
        document = _PARSERS[document_format](content)
    except json.JSONDecodeError as error:
        place = f"Line: {error.lineno}, Column: {error.colno}"
        raise invalid_document(f"JSON not well-formed. at {place}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at Line: {mark.line + 1}, Column: {mark.column + 1}" if mark else ""
        raise invalid_document(f"YAML not well-formed.{place}") from error
    if not isinstance(document, dict):
        raise invalid_document("The content for the document is not valid.")
    return document


def read_runbook(document: dict[str, Any]) -> Runbook:
    """Return the runbook of a valid document."""
    return Runbook(
        assume_role=document.get("assumeRole", ""),
        parameters={
            name: parameter_of(name, definition)
            for name, definition in document.get("parameters", {}).items()
        },
        steps=tuple(_step(definition) for definition in document["mainSteps"]),
        outputs=tuple(re.sub(r"[{}\s]", "", name) for name in document.get("outputs", [])),
    )


def parameter_of(name: str, definition: dict[str, Any]) -> Parameter:
    """The fields are named as in the document: ``allowedValues`` is ``allowed_values``."""
    fields = {xform_name(key): value for key, value in definition.items()}
    return Parameter(name, required="default" not in definition, **fields)


def _step(definition: dict[str, Any]) -> Step:
    get = definition.get
    on_failure, timeout = get("onFailure", "Abort"), get("timeoutSeconds")
    return Step(
        name=definition["name"],
        action=definition["action"],
        inputs=get("inputs") or {},
        on_failure=on_failure,
        is_end=_is_true(get("isEnd", False)),
        # "If the onFailure property is set to Continue in a step, the value defaults to false."
        is_critical=_is_true(get("isCritical", on_failure != "Continue")),
        next_step=get("nextStep"),
        timeout=None if timeout is None else float(timeout),
        max_attempts=int(get("maxAttempts", 1)),
    )


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
