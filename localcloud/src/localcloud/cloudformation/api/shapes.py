"""Stacks, resources and change sets in the shapes that the API answers with."""

from __future__ import annotations

from typing import Any

from localcloud.cloudformation.stacks.change_set import ChangeSet
from localcloud.cloudformation.stacks.stack import Stack, StackResource

Shape = dict[str, Any]


def _given(**members: Any) -> Shape:
    return {key: value for key, value in members.items() if value is not None}


def tag_list(tags: dict[str, str]) -> list[Shape]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def stack(item: Stack) -> Shape:
    return _given(
        StackId=item.id,
        StackName=item.name,
        ChangeSetId=item.change_set_id,
        Description=item.blueprint.description if item.blueprint else None,
        Parameters=[parameter.described() for parameter in item.parameters.values()],
        CreationTime=item.created,
        LastUpdatedTime=item.updated,
        DeletionTime=item.deleted,
        StackStatus=item.status,
        StackStatusReason=item.reason,
        DisableRollback=item.disable_rollback,
        RollbackConfiguration={},
        NotificationARNs=item.notification_arns,
        TimeoutInMinutes=item.timeout_minutes,
        Capabilities=item.capabilities,
        Outputs=item.outputs,
        RoleARN=item.role_arn,
        Tags=tag_list(item.tags),
        EnableTerminationProtection=item.protected,
        ParentId=item.parent_id,
        RootId=item.root_id,
        DriftInformation={"StackDriftStatus": "NOT_CHECKED"},
    )


def stack_summary(item: Stack) -> Shape:
    return _given(
        StackId=item.id,
        StackName=item.name,
        TemplateDescription=item.blueprint.description if item.blueprint else None,
        CreationTime=item.created,
        LastUpdatedTime=item.updated,
        DeletionTime=item.deleted,
        StackStatus=item.status,
        StackStatusReason=item.reason,
        ParentId=item.parent_id,
        RootId=item.root_id,
        DriftInformation={"StackDriftStatus": "NOT_CHECKED"},
    )


def _resource(item: StackResource) -> Shape:
    return _given(
        LogicalResourceId=item.logical_id,
        PhysicalResourceId=item.physical_id,
        ResourceType=item.type,
        ResourceStatus=item.status,
        ResourceStatusReason=item.reason,
        DriftInformation={"StackResourceDriftStatus": "NOT_CHECKED"},
    )


def resource(owner: Stack, item: StackResource) -> Shape:
    """As DescribeStackResources shows it."""
    return {
        **_resource(item),
        "StackName": owner.name,
        "StackId": owner.id,
        "Timestamp": item.updated,
    }


def resource_detail(owner: Stack, item: StackResource) -> Shape:
    """As DescribeStackResource shows it."""
    return {
        **_resource(item),
        "StackName": owner.name,
        "StackId": owner.id,
        "LastUpdatedTimestamp": item.updated,
    }


def resource_summary(item: StackResource) -> Shape:
    """As ListStackResources shows it."""
    return {**_resource(item), "LastUpdatedTimestamp": item.updated}


def change_set_summary(owner: Stack, item: ChangeSet) -> Shape:
    return _given(
        StackId=owner.id,
        StackName=owner.name,
        ChangeSetId=item.id,
        ChangeSetName=item.name,
        ExecutionStatus=item.execution_status,
        Status=item.status,
        StatusReason=item.reason,
        CreationTime=item.created,
        Description=item.description,
        IncludeNestedStacks=item.include_nested,
    )


def change_set(owner: Stack, item: ChangeSet) -> Shape:
    parameters = item.blueprint.parameters.values() if item.blueprint else []
    return {
        **change_set_summary(owner, item),
        **_given(
            Parameters=[parameter.described() for parameter in parameters],
            NotificationARNs=list(item.notification_arns),
            RollbackConfiguration={},
            Capabilities=list(item.capabilities),
            Tags=tag_list(item.tags),
            Changes=item.changes,
            OnStackFailure=item.on_stack_failure,
        ),
    }
