"""From an API call's members to a blueprint: template text, parameters, capabilities, for one
caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from localcloud.cloud import Cloud
from localcloud.cloudformation.errors import validation_error
from localcloud.cloudformation.stacks.stack import Stack
from localcloud.cloudformation.templates import capabilities, source
from localcloud.cloudformation.templates.blueprint import Blueprint
from localcloud.cloudformation.templates.dynamic_references import DynamicReferences
from localcloud.cloudformation.templates.managed_policies import ListedPolicies
from localcloud.cloudformation.templates.parameters import Parameter
from localcloud.cloudformation.templates.processor import Drafter
from localcloud.cloudformation.templates.template import load
from localcloud.gateway.principals import Principal

_SERVERLESS_APPLICATION = "AWS::Serverless::Application"


def template_text(cloud: Cloud, region: str, principal: Principal, asked: Mapping[str, Any]) -> str:
    """The text of TemplateBody or TemplateURL."""
    if asked.get("TemplateBody"):
        return source.checked_body(asked["TemplateBody"])
    if asked.get("TemplateURL"):
        return source.read_url(asked["TemplateURL"], cloud.clients, region, principal)
    raise validation_error("Either Template URL or Template Body must be specified.")


def draft(
    cloud: Cloud,
    stack: Stack,
    principal: Principal,
    text: str,
    given: Sequence[Mapping[str, Any]],
    previous: Mapping[str, Parameter] | None = None,
) -> Blueprint:
    """The blueprint of ``text`` for ``stack``."""
    region = stack.region

    def client(service: str) -> Any:
        return cloud.clients.client(service, region, principal)

    def read(bucket: str, key: str) -> str:
        return source.read_object(client("s3"), bucket, key)

    drafter = Drafter(
        region, DynamicReferences(client).parameter, ListedPolicies(client("iam")), read
    )
    return drafter.draft(text, given, previous or {}, pseudo_parameters(cloud, stack))


def pseudo_parameters(cloud: Cloud, stack: Stack) -> dict[str, Any]:
    return {
        "AWS::AccountId": cloud.settings.account_id,
        "AWS::NotificationARNs": stack.notification_arns,
        "AWS::Partition": "aws",
        "AWS::Region": stack.region,
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": "amazonaws.com",
    }


def check_capabilities(blueprint: Blueprint, given: Sequence[str], by_change_set: bool) -> None:
    """A change set shows what transforms made, so they need no acknowledgement there, but
    nested applications do.
    """
    capabilities.check_iam(blueprint.template, given)
    expands = bool(blueprint.transforms)
    if by_change_set:
        raw = load(blueprint.text)["Resources"].values()
        expands = any(item.get("Type") == _SERVERLESS_APPLICATION for item in raw)
    capabilities.check_auto_expand(expands, given)
