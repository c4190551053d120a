"""Processes a template for a stack, as one caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from localcloud.cloud import Cloud
from localcloud.cloudformation.stacks.stack import Stack
from localcloud.cloudformation.templates.dynamic_references import DynamicReferences
from localcloud.cloudformation.templates.parameters import Parameter
from localcloud.cloudformation.templates.processed import ProcessedTemplate
from localcloud.cloudformation.templates.processor import TemplateProcessor
from localcloud.cloudformation.templates.sam import managed_policies
from localcloud.cloudformation.templates.source import read_object
from localcloud.gateway.principals import Principal


def process(
    cloud: Cloud,
    stack: Stack,
    principal: Principal,
    text: str,
    arguments: Sequence[Mapping[str, Any]],
    previous: Mapping[str, Parameter] | None = None,
) -> ProcessedTemplate:
    """``text`` with ``arguments`` for its parameters, or with their ``previous`` values."""

    def client(service: str) -> Any:
        return cloud.clients.client(service, stack.region, principal)

    processor = TemplateProcessor(
        stack.region,
        DynamicReferences(client).parameter,
        cache(lambda: managed_policies(client("iam"))),
        lambda bucket, key: read_object(client("s3"), bucket, key),
    )
    return processor.process(text, arguments, previous or {}, _pseudo_parameters(cloud, stack))


def _pseudo_parameters(cloud: Cloud, stack: Stack) -> dict[str, Any]:
    return {
        "AWS::AccountId": cloud.settings.account_id,
        "AWS::NotificationARNs": stack.notification_arns,
        "AWS::Partition": "aws",
        "AWS::Region": stack.region,
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": "amazonaws.com",
    }
