"""Stacks, resources, events and change sets in the shapes of the API's answers."""

import json
from typing import Any

from localcloud.cloudformation.stacks.change_set import ChangeSet
from localcloud.cloudformation.stacks.stack import Stack, StackResource

Shape = dict[str, Any]


def _present(**members: Any) -> Shape:
    return {key: value for key, value in members.items() if value is not None}


def _tag_list(tags: dict[str, str]) -> list[Shape]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _stack(item: Stack) -> Shape:
    return _present(
        StackId=item.id,
        StackName=item.name,
        CreationTime=item.created,
        LastUpdatedTime=item.updated,
        DeletionTime=item.deleted,
        StackStatus=item.status,
        StackStatusReason=item.reason,
        ParentId=item.parent_id,
        RootId=item.root_id,
        DriftInformation={"StackDriftStatus": "NOT_CHECKED"},
    )


def stack(item: Stack) -> Shape:
    return _stack(item) | _present(
        ChangeSetId=item.change_set_id,
        Description=item.template.description if item.template else None,
        Parameters=[parameter.described() for parameter in item.parameters.values()],
        DisableRollback=item.disable_rollback,
        RollbackConfiguration={},
        NotificationARNs=[],
        Capabilities=item.capabilities,
        Outputs=item.outputs,
        RoleARN=item.role_arn,
        Tags=_tag_list(item.tags),
        EnableTerminationProtection=False,
    )


def stack_summary(item: Stack) -> Shape:
    description = item.template.description if item.template else None
    return _stack(item) | _present(TemplateDescription=description)


def _resource(item: StackResource) -> Shape:
    return _present(
        LogicalResourceId=item.logical_id,
        PhysicalResourceId=item.physical_id,
        ResourceType=item.type,
        ResourceStatus=item.status,
        ResourceStatusReason=item.reason,
        DriftInformation={"StackResourceDriftStatus": "NOT_CHECKED"},
    )


def resource(owner: Stack, item: StackResource) -> Shape:
    """As DescribeStackResources shows it."""
    stack = {"StackName": owner.name, "StackId": owner.id}
    return {**_resource(item), **stack, "Timestamp": item.updated}


def resource_detail(owner: Stack, item: StackResource) -> Shape:
    """As DescribeStackResource shows it."""
    stack = {"StackName": owner.name, "StackId": owner.id}
    return {**resource_summary(item), **stack}


def resource_summary(item: StackResource) -> Shape:
    """As ListStackResources shows it."""
    return {**_resource(item), "LastUpdatedTimestamp": item.updated}


def event(item: Shape) -> Shape:
    if "ResourceProperties" not in item:
        return item
    return {**item, "ResourceProperties": json.dumps(item["ResourceProperties"], default=str)}


def change_set_summary(owner: Stack, item: ChangeSet) -> Shape:
    return _present(
        StackId=owner.id,
        StackName=owner.name,
        ChangeSetId=item.id,
        ChangeSetName=item.name,
        ExecutionStatus=item.execution_status,
        Status=item.status,
        StatusReason=item.reason,
        CreationTime=item.created,
        Description=item.description,
        IncludeNestedStacks=False,
    )


def change_set(owner: Stack, item: ChangeSet) -> Shape:
    parameters = item.template.parameters.values() if item.template else []
    return change_set_summary(owner, item) | _present(
        Parameters=[parameter.described() for parameter in parameters],
        NotificationARNs=[],
        RollbackConfiguration={},
        Capabilities=list(item.capabilities),
        Tags=_tag_list(item.tags),
        Changes=item.changes,
    )
