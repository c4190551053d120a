"""Finds the errors of a processed template before any resource is created."""

from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.cloudformation.errors import template_error, unresolved, validation_error
from localcloud.cloudformation.resources import provider_of, providers, schemas
from localcloud.cloudformation.templates import dependencies
from localcloud.cloudformation.templates.arguments import check_functions
from localcloud.cloudformation.templates.form import check_name, check_outputs, check_sections
from localcloud.cloudformation.templates.processed import PlannedResource
from localcloud.cloudformation.templates.template import Template
from localcloud.gateway.errors import not_emulated

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html
_ATTRIBUTES = {
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type",
    "UpdatePolicy", "UpdateReplacePolicy",
}  # fmt: skip
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
_POLICIES = {
    "DeletionPolicy": {"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"},
    "UpdateReplacePolicy": {"Delete", "Retain", "Snapshot"},
}
_HAVE_SNAPSHOTS = {
    "AWS::DocDB::DBCluster", "AWS::EC2::Volume", "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup", "AWS::Neptune::DBCluster", "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance", "AWS::Redshift::Cluster",
}  # fmt: skip
# Attributes that change how a resource is created or changed.
_NOT_EMULATED = ("CreationPolicy", "UpdatePolicy")


def check(template: Template, region: str, values: Mapping[str, Any]) -> None:
    """Check every section after the transforms; ``values`` are what Ref gives besides resources."""
    check_sections(template)
    resources, conditions = template["Resources"], template.get("Conditions", {})
    for name, resource in resources.items():
        check_name("Resources", name)
        _check_attributes_of(resource, conditions)
    outputs = template.get("Outputs", {})
    check_outputs(outputs)
    for section in (resources, conditions, outputs):  # whose members may be called Ref
        check_functions(list(section.values()))
    _check_conditions(conditions, values)
    kinds = {resource["Type"] for resource in resources.values()}
    existing = schemas.known_types(region)
    if unknown := sorted(kind for kind in kinds - existing if not _is_custom(kind)):
        raise template_error(f"Unrecognized resource types: [{', '.join(unknown)}]")
    for block, items in (("Resources", resources), ("Outputs", outputs)):
        _check_references(block, items, {*resources, *values, "AWS::NoValue"})
    _check_depends_on(resources)
    _check_get_att([resources, outputs], resources)


def _is_custom(kind: str) -> bool:
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def _check_attributes_of(resource: Mapping[str, Any], conditions: Any) -> None:
    if unknown := sorted(set(resource) - _ATTRIBUTES):
        raise validation_error(f"Invalid template resource property '{unknown[0]}'")
    condition = resource.get("Condition")
    if not isinstance(condition, (str, type(None))):
        raise template_error("Every Condition member must be a string.")
    if condition is not None and condition not in conditions:
        raise template_error(
            f"Unresolved condition dependency {condition} in the Resources block of the template"
        )
    needed = dependencies.depends_on(resource)
    if not isinstance(resource.get("DependsOn", ""), (str, list)):
        raise template_error("DependsOn must be a string or list of strings.")
    if not all(isinstance(item, str) for item in needed):
        raise template_error("Every DependsOn value must be a string.")


def _check_conditions(conditions: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    for definition in conditions.values():
        if not isinstance(definition, dict):
            raise template_error("Any Conditions member must be a JSON object.")
    if unknown := sorted(set(dependencies.references(dict(conditions))) - set(values)):
        raise template_error(
            f"Unresolved dependencies [{', '.join(unknown)}]. Cannot reference resources in the "
            "Conditions block of the template"
        )


def _check_references(block: str, items: Mapping[str, Any], names: set[str]) -> None:
    referenced: set[str] = set()
    for item in items.values():
        referenced.update(dependencies.references({**item, "Metadata": None}))
    if unknown := sorted(referenced - names):
        raise unresolved(unknown, block)


def _check_depends_on(resources: Mapping[str, Any]) -> None:
    needed = {name for item in resources.values() for name in dependencies.depends_on(item)}
    if unknown := sorted(needed - resources.keys()):
        raise unresolved(unknown, "Resources")


def _check_get_att(node: Any, resources: Mapping[str, Any]) -> None:
    if unknown := sorted(set(dependencies.references(node, {"Fn::GetAtt"})) - resources.keys()):
        raise validation_error(
            f"Template error: instance of Fn::GetAtt references undefined resource {unknown[0]}"
        )


def check_plan(template: Template, resources: Mapping[str, PlannedResource], region: str) -> None:
    """Check that every resource can be created; LocalCloudNotEmulated names all that cannot."""
    for item in resources.values():
        _check_policy(item, "DeletionPolicy", item.deletion_policy)
        _check_policy(item, "UpdateReplacePolicy", item.update_replace_policy)
    gaps = ["the Rules section of a template"] if template.get("Rules") else []
    outputs = template.get("Outputs", {})
    gaps += [f"the Export of the output {name}" for name in outputs if "Export" in outputs[name]]
    for item in resources.values():
        gaps += _gaps(item, template["Resources"][item.logical_id], region)
    if gaps:
        raise not_emulated(", ".join(dict.fromkeys(gaps)))
    for item in resources.values():
        check_attributes(item.attributes, resources, region)


def _gaps(item: PlannedResource, resource: Mapping[str, Any], region: str) -> list[str]:
    """What this resource needs that is not emulated."""
    gaps = [
        f"the attribute {attribute} of {item.type}"
        for attribute in _NOT_EMULATED
        if resource.get(attribute)
    ]
    if _is_custom(item.type):
        return [*gaps, f"the custom resource {item.logical_id} ({item.type})"]
    if item.type not in providers():
        return [*gaps, f"the resource type {item.type}"]
    return gaps + provider_of(item.type).gaps(region, item.definition)


def _check_policy(item: PlannedResource, attribute: str, policy: str) -> None:
    if policy not in _POLICIES[attribute]:
        raise template_error(f"Unrecognized {attribute} {policy} for resource {item.logical_id}")
    if policy == "Snapshot" and item.type not in _HAVE_SNAPSHOTS:
        kind = "deletion policy" if attribute == "DeletionPolicy" else "update replace policy"
        raise validation_error(
            f"Template error: resource type {item.type} does not support {kind} Snapshot"
        )


def check_output(output: Mapping[str, Any]) -> None:
    """Refuse an evaluated output that is no text; in a plan it may still be a function."""
    value = output.get("Value")
    is_function = isinstance(value, dict) and next(iter(value), "").startswith("Fn::")
    if not is_function and not isinstance(value, (str, bool, int, float)):
        raise template_error("The Value field of every Outputs member must evaluate to a String.")


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
