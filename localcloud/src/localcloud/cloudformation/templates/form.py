"""The form of a template's sections: kinds, names, keys and quotas, refused in AWS's words.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
https://github.com/eucalyptus/eucalyptus/tree/master/clc/modules/cloudformation has most words.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import regex  # type: ignore[import-untyped]  # ships no types

from localcloud.cloudformation.errors import template_error, validation_error

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html; Globals is
# SAM's.
_SECTIONS = {
    "AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings",
    "Metadata", "Outputs", "Parameters", "Resources", "Rules", "Transform",
}  # fmt: skip
_MAPS = ("Conditions", "Globals", "Mappings", "Metadata", "Outputs", "Parameters", "Resources")
_QUOTAS = {"Mappings": 200, "Outputs": 200, "Parameters": 200, "Resources": 500}
_NAMED = {"Outputs": "Output", "Parameters": "Parameter", "Resources": "Resource"}
_DESCRIPTION_BYTES = 1024
_NUMBER_KEYS = {"MaxLength", "MaxValue", "MinLength", "MinValue"}
_PARAMETER_KEYS = _NUMBER_KEYS | {
    "AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "NoEcho",
    "Type",
}  # fmt: skip
_OUTPUT_KEYS = {"Condition", "Description", "Export", "Value"}
_MAPPING_NAME = re.compile(r"[A-Za-z0-9.-]+")
# Their values are written by a transform.
_BY_TRANSFORM = ("Fn::ForEach::", "Fn::Transform")


def check_sections(template: Any) -> None:
    """Check what holds for a template before and after its transforms."""
    if not isinstance(template, dict):
        raise template_error("unsupported structure.")
    if unknown := sorted(set(template) - _SECTIONS):
        raise validation_error(f"Invalid template property or properties [{', '.join(unknown)}]")
    if not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise template_error("At least one Resources member must be defined.")
    for section in _MAPS:
        if not isinstance(template.get(section, {}), dict):
            raise template_error(f"{section} must be an object.")
    _check_heading(template)
    for section, quota in _QUOTAS.items():
        if (count := len(template.get(section, {}))) > quota:
            raise template_error(
                f"Number of {section.lower()}, {count}, is greater than maximum allowed, {quota}"
            )
    for name, resource in written(template["Resources"]):
        if not isinstance(resource, dict):
            raise template_error(f"[/Resources/{name}] resource definition is malformed")
        if not isinstance(resource.get("Type"), str):
            raise template_error(
                f"[/Resources/{name}] Every Resources object must contain a Type member."
            )
        if not isinstance(resource.get("Properties", {}), dict):
            raise template_error(f"[/Resources/{name}/Properties] must be an object.")
    for name, definition in written(template.get("Parameters", {})):
        _check_parameter(name, definition)
    _check_mappings(template.get("Mappings", {}))


def written(section: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The members of a section, without those that a transform writes."""
    return [item for item in section.items() if not item[0].startswith(_BY_TRANSFORM)]


def _check_heading(template: Mapping[str, Any]) -> None:
    if template.get("AWSTemplateFormatVersion", "2010-09-09") != "2010-09-09":
        raise template_error("unsupported value for AWSTemplateFormatVersion.")
    description = template.get("Description", "")
    if not isinstance(description, str):
        raise template_error("Description must be a string.")
    if len(description.encode()) > _DESCRIPTION_BYTES:
        raise template_error(f"'Description' length is greater than {_DESCRIPTION_BYTES}.")
    section = template.get("Transform", [])
    for item in section if isinstance(section, list) else [section]:
        if not isinstance(item.get("Name") if isinstance(item, dict) else item, str):
            raise template_error("Transform must be a string or a list of strings.")


def check_name(section: str, name: str) -> None:
    if not re.fullmatch("[A-Za-z0-9]{1,255}", name):
        raise template_error(f"{_NAMED[section]} name {name} is non alphanumeric.")


def _check_parameter(name: str, definition: Any) -> None:
    check_name("Parameters", name)
    if not isinstance(definition, dict):
        raise template_error("Any Parameters member must be a JSON object.")
    if unknown := sorted(set(definition) - _PARAMETER_KEYS):
        raise validation_error(
            f"Invalid template parameter property or properties [{', '.join(unknown)}]"
        )
    if not isinstance(definition.get("Type"), str):
        raise template_error("Every Parameters object must contain a Type member.")
    allowed = definition.get("AllowedValues", [])
    if not isinstance(allowed, list) or any(isinstance(item, (dict, list)) for item in allowed):
        raise template_error("Every AllowedValues value must be a string.")
    for key in _PARAMETER_KEYS - {"AllowedValues"}:
        if isinstance(definition.get(key), (dict, list)):
            raise template_error(f"Every {key} member must be a string.")
    try:
        numbers = {key: float(definition.get(key, 0)) for key in _NUMBER_KEYS}
        regex.compile(str(definition.get("AllowedPattern", "")))
    except ValueError as error:
        raise template_error(f"Parameter '{name}' must have numbers as its limits.") from error
    except regex.error as error:
        raise template_error(
            f"Parameter '{name}' AllowedPattern must be a valid regular expression."
        ) from error
    for least, most in (("MinLength", "MaxLength"), ("MinValue", "MaxValue")):
        if {least, most} <= set(definition) and numbers[least] > numbers[most]:
            raise template_error(f"Parameter '{name}' {least} must be less than {most}.")


def _check_mappings(mappings: Mapping[str, Any]) -> None:
    for name, mapping in written(mappings):
        for key, attributes in _mapping_entries(name, mapping):
            for attribute, value in _mapping_entries(key, attributes):
                if isinstance(value, dict) and not attribute.startswith(_BY_TRANSFORM):
                    raise template_error("Every Mappings attribute must be a String or a List.")


def _mapping_entries(name: str, mapping: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(mapping, dict):
        raise template_error(f"Every Mappings member {name} must be a map")
    if len(mapping) > _QUOTAS["Mappings"]:
        raise template_error(
            f"Number of mapping attributes, {len(mapping)}, is greater than maximum allowed, 200"
        )
    for key in mapping:
        if not _MAPPING_NAME.fullmatch(key) and not key.startswith(_BY_TRANSFORM):
            raise template_error(
                f"Mappings element name '{key}' must be non-empty and can contain only "
                "alphanumerics, '-' or '.'"
            )
    return mapping.items()


def check_outputs(outputs: Mapping[str, Any]) -> None:
    for name, output in outputs.items():
        check_name("Outputs", name)
        if not isinstance(output, dict):
            raise template_error("Any Outputs member must be a JSON object.")
        if "Value" not in output:
            raise template_error("Every Outputs member must contain a Value object")
        if unknown := sorted(set(output) - _OUTPUT_KEYS):
            raise validation_error(f"Invalid template output property '{unknown[0]}'")
        for key in ("Condition", "Description"):
            if not isinstance(output.get(key, ""), str):
                raise template_error(f"[/Outputs/{name}/{key}] must be a string.")
