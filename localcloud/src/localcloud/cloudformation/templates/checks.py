"""Finds the errors of a processed template before any resource is created."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.cloudformation.errors import template_error, unresolved, validation_error
from localcloud.cloudformation.resources import provider_of, schemas
from localcloud.cloudformation.templates import dependencies
from localcloud.cloudformation.templates.processed import PlannedResource
from localcloud.cloudformation.templates.template import Template
from localcloud.gateway.errors import not_emulated

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html
_ATTRIBUTES = {
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
_POLICIES = {
    "DeletionPolicy": {"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"},
    "UpdateReplacePolicy": {"Delete", "Retain", "Snapshot"},
}
_HAVE_SNAPSHOTS = {
    "AWS::DocDB::DBCluster",
    "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::Cluster",
}
# Attributes that change how a resource is created or changed.
_NOT_EMULATED = ("CreationPolicy", "UpdatePolicy")


def check(template: Template, region: str, values: Mapping[str, Any]) -> None:
    """Check the form of every section; ``values`` are parameters and pseudo parameters."""
    if template.get("Rules"):
        raise not_emulated("the Rules section of a template")
    resources = template["Resources"]
    for name, resource in resources.items():
        _check_form(name, resource, template.get("Conditions", {}))
    types = {resource["Type"] for resource in resources.values()}
    if unknown := sorted(types - schemas.known_types(region)):
        raise template_error(f"Unrecognized resource types: [{', '.join(unknown)}]")
    names = set(resources) | set(values) | {"AWS::NoValue"}
    for block in ("Resources", "Outputs"):
        _check_references(block, template.get(block) or {}, names)


def _check_form(name: str, resource: Any, conditions: Mapping[str, Any]) -> None:
    if not re.fullmatch("[A-Za-z0-9]{1,255}", name):
        raise template_error(f"Resource name {name} is non alphanumeric.")
    if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
        raise template_error(
            f"[/Resources/{name}] Every Resources object must contain a Type member."
        )
    if unknown := sorted(set(resource) - _ATTRIBUTES):
        raise validation_error(f"Invalid template resource property '{unknown[0]}'")
    if resource.get("Condition", next(iter(conditions), None)) not in {*conditions, None}:
        raise template_error(
            f"Unresolved condition dependency {resource['Condition']} in the Resources block of "
            "the template"
        )
    for attribute in _NOT_EMULATED:
        if resource.get(attribute):
            raise not_emulated(f"the attribute {attribute} of {resource['Type']}")


def _check_references(block: str, items: Mapping[str, Any], names: set[str]) -> None:
    referenced: set[str] = set()
    for item in items.values():
        referenced.update(
            dependencies.references({k: v for k, v in item.items() if k != "Metadata"})
        )
        referenced.update(dependencies.depends_on(item) if block == "Resources" else ())
    if unknown := sorted(referenced - names):
        raise unresolved(unknown, block)


def check_plan(resources: Mapping[str, PlannedResource], region: str) -> None:
    """Check that every resource can be created here, and has the attributes that are asked for."""
    for item in resources.values():
        _check_policy(item, "DeletionPolicy", item.deletion_policy)
        _check_policy(item, "UpdateReplacePolicy", item.update_replace_policy)
        provider_of(item.type).check(region, item.definition)
        check_attributes(item.attributes, resources, region)


def _check_policy(item: PlannedResource, attribute: str, policy: str) -> None:
    if policy not in _POLICIES[attribute]:
        raise template_error(f"Unrecognized {attribute} {policy} for resource {item.logical_id}")
    if policy == "Snapshot" and item.type not in _HAVE_SNAPSHOTS:
        kind = "deletion policy" if attribute == "DeletionPolicy" else "update replace policy"
        raise validation_error(
            f"Template error: resource type {item.type} does not support {kind} Snapshot"
        )


def check_attributes(
    attributes: Iterable[tuple[str, str]], resources: Mapping[str, PlannedResource], region: str
) -> None:
    for logical_id, attribute in attributes:
        kind = resources[logical_id].type
        if not schemas.has_attribute(region, kind, attribute):
            raise validation_error(
                f"Template error: resource {logical_id} does not support attribute type "
                f"{attribute} in Fn::GetAtt"
            )
