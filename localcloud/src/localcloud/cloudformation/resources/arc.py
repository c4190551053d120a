"""Amazon Application Recovery Controller: routing controls.

The configuration API answers in us-west-2.
"""

from __future__ import annotations

import uuid
from typing import Any

from botocore.exceptions import ClientError

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    given,
    gone,
    names,
)

_CONTROL_REGION = "us-west-2"
_GONE = "ResourceNotFoundException"


def _client(site: Site) -> Any:
    return site.client("route53-recovery-control-config", _CONTROL_REGION)


def _token() -> Props:
    return {"ClientToken": str(uuid.uuid4())}


def _tags(props: Props) -> Props:
    tags = {item["Key"]: item["Value"] for item in props.get("Tags", [])}
    return {"Tags": tags} if tags else {}


class _Arc(ResourceType):
    """What they share: an ARN, a status, and creation and deletion that take a while."""

    noun: str  # as in DescribeCluster, ClusterArn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        told = self._told(site, physical_id) or {}
        return {f"{self.noun}Arn": physical_id, **told}

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        self._call(site, "delete", physical_id)
        site.wait(lambda: self._told(site, physical_id) is None, f"Deletion of {physical_id}")

    def _deployed(self, site: Site, arn: str) -> str:
        site.created(arn)

        def deployed() -> bool:
            return (self._told(site, arn) or {}).get("Status") == "DEPLOYED"

        site.wait(deployed, f"{self.noun} {arn}")
        return arn

    def _told(self, site: Site, arn: str) -> Props | None:
        client = _client(site)
        describe = getattr(client, f"describe_{_snake(self.noun)}")
        try:
            answer = describe(**{f"{self.noun}Arn": arn})
        except ClientError as error:
            if error.response["Error"]["Code"] != _GONE:
                raise
            return None
        told: Props = answer.get(self.noun) or answer.get("AssertionRule") or answer["GatingRule"]
        return told

    def _call(self, site: Site, verb: str, arn: str) -> None:
        call = getattr(_client(site), f"{verb}_{_snake(self.noun)}")
        gone(call, _GONE, **{f"{self.noun}Arn": arn})


def _snake(noun: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in noun).lstrip("_")


class Cluster(_Arc):
    type = "AWS::Route53RecoveryControl::Cluster"
    noun = "Cluster"
    consumes = names("Name NetworkType Tags")

    def create(self, site: Site, props: Props) -> str:
        made = _client(site).create_cluster(
            ClusterName=props["Name"], **given(props, "NetworkType"), **_tags(props), **_token()
        )
        return self._deployed(site, made["Cluster"]["ClusterArn"])

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        network = new.get("NetworkType", "IPV4")
        _client(site).update_cluster(ClusterArn=physical_id, NetworkType=network)


class ControlPanel(_Arc):
    type = "AWS::Route53RecoveryControl::ControlPanel"
    noun = "ControlPanel"
    consumes = names("ClusterArn Name Tags")

    def create(self, site: Site, props: Props) -> str:
        made = _client(site).create_control_panel(
            ClusterArn=props["ClusterArn"],
            ControlPanelName=props["Name"],
            **_tags(props),
            **_token(),
        )
        return self._deployed(site, made["ControlPanel"]["ControlPanelArn"])

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        _client(site).update_control_panel(
            ControlPanelArn=physical_id, ControlPanelName=new["Name"]
        )


class RoutingControl(_Arc):
    """Its state (On or Off) is no property: creating, updating or deleting a stack never sets
    it.
    """

    type = "AWS::Route53RecoveryControl::RoutingControl"
    noun = "RoutingControl"
    consumes = names("ClusterArn ControlPanelArn Name")

    def create(self, site: Site, props: Props) -> str:
        cluster = props.get("ClusterArn") or self._cluster_of(site, props["ControlPanelArn"])
        made = _client(site).create_routing_control(
            ClusterArn=cluster,
            RoutingControlName=props["Name"],
            **given(props, "ControlPanelArn"),
            **_token(),
        )
        return self._deployed(site, made["RoutingControl"]["RoutingControlArn"])

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        _client(site).update_routing_control(
            RoutingControlArn=physical_id, RoutingControlName=new["Name"]
        )

    def _cluster_of(self, site: Site, panel: str) -> str:
        told = _client(site).describe_control_panel(ControlPanelArn=panel)
        return str(told["ControlPanel"]["ClusterArn"])


class SafetyRule(_Arc):
    type = "AWS::Route53RecoveryControl::SafetyRule"
    noun = "SafetyRule"
    consumes = names("AssertionRule ControlPanelArn GatingRule Name RuleConfig Tags")

    def create(self, site: Site, props: Props) -> str:
        kind = "AssertionRule" if "AssertionRule" in props else "GatingRule"
        rule = {**props[kind], **given(props, "ControlPanelArn", "Name", "RuleConfig")}
        made = _client(site).create_safety_rule(**{kind: rule}, **_tags(props), **_token())
        return self._deployed(site, made[kind]["SafetyRuleArn"])

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        kind = "AssertionRule" if "AssertionRule" in new else "GatingRule"
        if kind not in old:
            super().update(site, physical_id, old, new)
        after = new[kind]
        _client(site).update_safety_rule(
            **{
                f"{kind}Update": {
                    "Name": new["Name"],
                    "SafetyRuleArn": physical_id,
                    "WaitPeriodMs": after["WaitPeriodMs"],
                }
            }
        )


TYPES = (Cluster, ControlPanel, RoutingControl, SafetyRule)
