"""What AWS's resource schemas, bundled with cfn-lint, say of types, properties and attributes."""

import re
from functools import cache
from typing import Any

from localcloud import cfn_lint_data

Values = dict[str, Any]
# Types that have their properties for attributes, too:
# https://github.com/aws-cloudformation/cfn-lint/blob/v1.58.0/src/cfnlint/schema/_getatts.py
_PROPERTIES_ARE_ATTRIBUTES = {
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
}


@cache
def _files(region: str) -> dict[str, str]:
    """The files of the types that a Region has; as in cfn-lint, those of us-east-1 if unknown."""
    try:
        files: dict[str, str] = cfn_lint_data.read("schemas", "providers", f"{region}.json")
    except FileNotFoundError:
        return _files("us-east-1")
    return files


@cache
def _schema(file: str) -> dict[str, Any]:
    schema: dict[str, Any] = cfn_lint_data.read("schemas", "resources", f"{file}.json")
    return schema


def known_types(region: str) -> set[str]:
    return set(_files(region))


def schema_of(region: str, kind: str) -> dict[str, Any]:
    """The JSON schema of a resource type, mostly the same in all Regions."""
    return _schema(_files(region)[kind])


def has_attribute(region: str, kind: str, attribute: str) -> bool:
    """Whether GetAtt may ask ``kind`` for ``attribute``."""
    if kind == "AWS::CloudFormation::Stack":
        return attribute.startswith("Outputs.")
    schema = schema_of(region, kind)
    if kind in _PROPERTIES_ARE_ATTRIBUTES:
        property_type = schema["properties"].get(attribute, {}).get("type", "object")
        if "object" not in property_type:
            return True
    names = (path.replace("/", ".") for path in _paths(schema, "readOnlyProperties"))
    return any(attribute == name or re.fullmatch(name, attribute) for name in names)


def has_property(region: str, kind: str, name: str) -> bool:
    """Whether a template may set a property."""
    schema = schema_of(region, kind)
    return name in schema["properties"] and name not in read_only(schema)


def read_only(schema: dict[str, Any]) -> set[str]:
    return set(_paths(schema, "readOnlyProperties"))


def create_only(region: str, kind: str) -> set[str]:
    """Top-level properties that cannot be changed in place, or a part of them."""
    paths = _paths(schema_of(region, kind), "createOnlyProperties")
    return {path.split("/")[0] for path in paths}


def replaced_by(region: str, kind: str, old: Values, new: Values) -> list[str]:
    """Changed properties that cannot be changed in place: ``BucketName``, ``Config/Type``."""
    return _changed(schema_of(region, kind), "createOnlyProperties", old, new)


def conditionally_replaced_by(region: str, kind: str, old: Values, new: Values) -> list[str]:
    """Changed properties of which some changes cannot be made in place."""
    return _changed(schema_of(region, kind), "conditionalCreateOnlyProperties", old, new)


def is_deleted_before_replaced(region: str, kind: str) -> bool:
    """Whether the old resource is deleted before the new one is created, not in the clean-up."""
    return bool(schema_of(region, kind).get("replacementStrategy") == "delete_then_create")


def _changed(schema: dict[str, Any], member: str, old: Values, new: Values) -> list[str]:
    return [path for path in _paths(schema, member) if _at(old, path) != _at(new, path)]


def _paths(schema: dict[str, Any], member: str) -> list[str]:
    return [pointer.removeprefix("/properties/") for pointer in schema.get(member) or []]


def _at(value: Any, path: str) -> Any:
    for step in path.split("/"):
        if step == "*" and isinstance(value, list):
            continue
        if not isinstance(value, dict):
            return value if step == "*" else None
        value = value.get(step)
    return value
