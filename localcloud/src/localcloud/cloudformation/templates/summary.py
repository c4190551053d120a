"""What a template declares, read without deploying it: GetTemplateSummary."""

import json
from typing import Any

from localcloud.cloudformation.templates import capabilities
from localcloud.cloudformation.templates.form import written
from localcloud.cloudformation.templates.parameters import default_text, is_no_echo
from localcloud.cloudformation.templates.template import Template, text_of, transforms_of


def template_summary(template: Template) -> dict[str, Any]:
    types = {item["Type"] for _, item in written(template["Resources"])}
    parameters = written(template.get("Parameters", {}))
    summary = {
        "Parameters": [_parameter(key, definition) for key, definition in parameters],
        "ResourceTypes": sorted(types),
        "DeclaredTransforms": transforms_of(template),
        "Description": template.get("Description"),
        "Version": template.get("AWSTemplateFormatVersion"),
        "Metadata": json.dumps(template["Metadata"]) if "Metadata" in template else None,
        **_capabilities(template),
    }
    return {key: value for key, value in summary.items() if value is not None}


def _parameter(key: str, definition: dict[str, Any]) -> dict[str, Any]:
    parameter: dict[str, Any] = {
        "ParameterKey": key,
        "ParameterType": definition.get("Type"),
        "NoEcho": is_no_echo(definition),
        "ParameterConstraints": {},
    }
    if "Default" in definition:
        parameter["DefaultValue"] = default_text(definition["Default"])
    if "Description" in definition:
        parameter["Description"] = definition["Description"]
    if "AllowedValues" in definition:
        allowed = [text_of(value) for value in definition["AllowedValues"]]
        parameter["ParameterConstraints"] = {"AllowedValues": allowed}
    return parameter


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
