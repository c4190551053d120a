"""Settings that are parameters of templates, checked against what the templates allow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from ..plan import ROOT
from ..settings import APPLICATION_SETTINGS, FOUNDATION_SETTINGS, Settings, parameter_name

TEMPLATES = [ROOT / "templates" / f"{name}.yaml" for name in ("foundation", "batch", "failover")]
# If they are empty, they follow from the quotas of the account.
DERIVED = ("chunk_slots", "chunk_concurrency", "max_rows")
_EXAMPLES = {
    "chunk_records": "500",
    "chunk_bytes": "245760",
    "chunk_concurrency": "10",
    "chunk_slots": "10",
    "record_concurrency": "10",
    "records_per_call": "10",
    "max_rows": "10000000",
    "neutralise_formulas": "1",
    "link_seconds": "43200",
    "log_retention_days": "30",
    "failed_hours": "48",
    "sweep_hours": "168",
    "overdue_hours": "2",
    "work_days": "15",
    "noncurrent_days": "30",
}


class _Loader(yaml.SafeLoader):
    """Reads a template without its tags, which no parameter has."""


_Loader.add_multi_constructor("!", lambda *_: None)


def check_parameters(settings: Settings) -> Iterator[str]:
    """A sentence for each setting that CloudFormation would refuse."""
    try:
        definitions = parameter_definitions()
    except yaml.YAMLError as error:
        yield f"a template is not valid YAML: {' '.join(str(error).split())}"
        return
    for name in (*FOUNDATION_SETTINGS, *APPLICATION_SETTINGS):
        value, definition = getattr(settings, name), definitions[parameter_name(name)]
        if name in DERIVED and not value:
            continue
        if not _is_allowed(value, definition):
            setting = name.upper()
            yield (
                f"{setting}={value}: expected {_description(definition)}, "
                f"as in {setting}={_EXAMPLES[name]}"
            )


def parameter_definitions() -> dict[str, dict[str, Any]]:
    """The parameters by name; those that several templates have mean the same in each."""
    documents = [yaml.load(path.read_text(), _Loader) for path in TEMPLATES]  # noqa: S506 - safe
    return {
        name: definition
        for document in documents
        for name, definition in document["Parameters"].items()
    }


def _is_allowed(value: str, definition: dict[str, Any]) -> bool:
    if definition["Type"] != "Number":
        return re.search(definition["AllowedPattern"], value) is not None
    if not re.fullmatch(r"\d{1,9}", value):
        return False
    if allowed := definition.get("AllowedValues"):
        return value in map(str, allowed)
    return int(definition["MinValue"]) <= int(value) <= int(definition.get("MaxValue", value))


def _description(definition: dict[str, Any]) -> str:
    """What CloudFormation accepts, in words."""
    if definition["Type"] != "Number":
        return str(definition["ConstraintDescription"])
    if allowed := definition.get("AllowedValues"):
        return f"one of {', '.join(map(str, allowed))}"
    most = f"to {definition['MaxValue']}" if "MaxValue" in definition else "up"
    return f"a whole number from {definition['MinValue']} {most}"
