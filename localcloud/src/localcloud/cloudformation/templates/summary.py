"""What a template declares, read without deploying it: GetTemplateSummary and ValidateTemplate."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.templates import capabilities
from localcloud.cloudformation.templates.template import Template, text_of, transforms_of


def summary(template: Template) -> dict[str, Any]:
    resources = template["Resources"].values()
    types = sorted(
        {item["Type"] for item in resources if isinstance(item, dict) and "Type" in item}
    )
    made: dict[str, Any] = {
        "Parameters": [
            _parameter(key, value) for key, value in (template.get("Parameters") or {}).items()
        ],
        "ResourceTypes": types,
        "DeclaredTransforms": transforms_of(template),
        "Description": template.get("Description"),
        "Version": template.get("AWSTemplateFormatVersion"),
        "Metadata": json.dumps(template["Metadata"]) if "Metadata" in template else None,
        **_capabilities(template),
    }
    return {key: value for key, value in made.items() if value is not None}


def validated(template: Template) -> dict[str, Any]:
    """ValidateTemplate's answer: a part of the summary."""
    whole = summary(template)
    wanted = ("Description", "Capabilities", "CapabilitiesReason", "DeclaredTransforms")
    members = ("ParameterKey", "DefaultValue", "NoEcho", "Description")
    parameters = [
        {key: item[key] for key in members if key in item} for item in whole["Parameters"]
    ]
    return {**{key: whole[key] for key in wanted if key in whole}, "Parameters": parameters}


def _parameter(key: str, definition: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "ParameterKey": key,
        "ParameterType": definition.get("Type"),
        "NoEcho": text_of(definition.get("NoEcho", False)).lower() == "true",
        "ParameterConstraints": {},
    }
    if "Default" in definition:
        default = definition["Default"]
        made["DefaultValue"] = (
            ",".join(map(text_of, default)) if isinstance(default, list) else text_of(default)
        )
    if "Description" in definition:
        made["Description"] = definition["Description"]
    if "AllowedValues" in definition:
        allowed = [text_of(value) for value in definition["AllowedValues"]]
        made["ParameterConstraints"] = {"AllowedValues": allowed}
    return made


def _capabilities(template: Template) -> dict[str, Any]:
    names, reasons = [], []
    if needed := capabilities.iam_capability(template):
        names.append(needed[0])
        reasons.append(f"The following resource(s) require capabilities: [{', '.join(needed[1])}]")
    if transforms := transforms_of(template):
        names.append(capabilities.AUTO_EXPAND)
        reasons.append(
            f"The following transform(s) require capabilities: [{', '.join(transforms)}]"
        )
    return {"Capabilities": names, "CapabilitiesReason": ". ".join(reasons)} if names else {}
