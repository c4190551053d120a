"""Application Recovery Controller, Multi-Region Access Points, FIS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import POLICY, ROLE, ROLE_ARN, Case, names

Client = Callable[[str], Any]
CLUSTER: dict[str, Any] = {
    "Type": "AWS::Route53RecoveryControl::Cluster",
    "Properties": {"Name": "cluster"},
}
PANEL: dict[str, Any] = {
    "Type": "AWS::Route53RecoveryControl::ControlPanel",
    "Properties": {"Name": "panel", "ClusterArn": {"Ref": "Cluster"}},
}
CONTROL: dict[str, Any] = {
    "Type": "AWS::Route53RecoveryControl::RoutingControl",
    "Properties": {
        "Name": "control",
        "ClusterArn": {"Ref": "Cluster"},
        "ControlPanelArn": {"Ref": "Panel"},
    },
}
ACTION: dict[str, Any] = {
    "ActionId": "aws:network:disrupt-connectivity",
    "Parameters": {"duration": "PT1M", "scope": "s3"},
    "Targets": {"Subnets": "S"},
}
TARGET: dict[str, Any] = {
    "ResourceType": "aws:ec2:subnet",
    "SelectionMode": "ALL",
    "ResourceTags": {"k": "v"},
}


def _arc(noun: str) -> Callable[[Client, str], Any]:
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in noun)

    def read(client: Client, arn: str) -> Any:
        describe = getattr(client("route53-recovery-control-config"), f"describe{snake}")
        return {**describe(**{f"{noun}Arn": arn}), "ResponseMetadata": None}

    return read


def _experiment(client: Client, template: str) -> Any:
    told = client("fis").get_experiment_template(id=template)["experimentTemplate"]
    return {key: value for key, value in told.items() if "Time" not in key}


def _mrap_policy(client: Client, name: str) -> Any:
    asked = {"AccountId": "123456789012", "Name": name}
    return client("s3control").get_multi_region_access_point_policy(**asked)["Policy"]


CASES = [
    Case(
        "AWS::Route53RecoveryControl::Cluster",
        {"Name": "cluster"},
        {"NetworkType": "DUALSTACK"},
        _arc("Cluster"),
        "arn:aws:route53-recovery-control::.+",
        region="us-west-2",
    ),
    Case(
        "AWS::Route53RecoveryControl::ControlPanel",
        PANEL["Properties"],
        {"Name": "other"},
        _arc("ControlPanel"),
        "arn:aws:route53-recovery-control::.+",
        needs={"Cluster": CLUSTER},
        region="us-west-2",
    ),
    Case(
        "AWS::Route53RecoveryControl::RoutingControl",
        CONTROL["Properties"],
        {"Name": "other"},
        _arc("RoutingControl"),
        "arn:aws:route53-recovery-control::.+",
        needs={"Cluster": CLUSTER, "Panel": PANEL},
        region="us-west-2",
    ),
    Case(
        "AWS::Route53RecoveryControl::SafetyRule",
        {
            "Name": "rule",
            "ControlPanelArn": {"Ref": "Panel"},
            "AssertionRule": {"AssertedControls": [{"Ref": "Control"}], "WaitPeriodMs": 1},
            "RuleConfig": {"Type": "OR", "Threshold": 0, "Inverted": False},
        },
        {
            "Name": "other",
            "AssertionRule": {"AssertedControls": [{"Ref": "Control"}], "WaitPeriodMs": 2},
        },
        _arc("SafetyRule"),
        "arn:aws:route53-recovery-control::.+",
        needs={"Cluster": CLUSTER, "Panel": PANEL, "Control": CONTROL},
        passive=names("ControlPanelArn GatingRule RuleConfig Tags"),  # replace
        region="us-west-2",
    ),
    Case(
        "AWS::S3::MultiRegionAccessPoint",
        {"Name": "mrap-m", "Regions": [{"Bucket": {"Ref": "Bucket"}}]},
        {},
        lambda client, _: client("s3control").list_multi_region_access_points(AccountId="1"),
        "mrap-m",
        {"Alias": r"[a-z0-9-]+\.mrap"},
        {"Bucket": {"Type": "AWS::S3::Bucket"}},
        region="us-west-2",
    ),
    Case(
        "AWS::S3::MultiRegionAccessPointPolicy",
        {"MrapName": {"Ref": "Mrap"}, "Policy": POLICY},
        {"Policy": {**POLICY, "Id": "other"}},
        _mrap_policy,
        "mrap-m",
        needs={
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Mrap": {
                "Type": "AWS::S3::MultiRegionAccessPoint",
                "Properties": {"Name": "mrap-m", "Regions": [{"Bucket": {"Ref": "Bucket"}}]},
            },
        },
        region="us-west-2",
    ),
    Case(
        "AWS::FIS::ExperimentTemplate",
        {
            "Description": "d",
            "RoleArn": ROLE_ARN,
            "StopConditions": [{"Source": "none"}],
            "Targets": {"S": TARGET},
            "Actions": {"A": ACTION},
            "Tags": {"Name": "x"},
        },
        {
            "Description": "e",
            "RoleArn": {"Fn::GetAtt": "Other.Arn"},
            "StopConditions": [
                {
                    "Source": "aws:cloudwatch:alarm",
                    "Value": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
                }
            ],
            "Targets": {"S": {**TARGET, "ResourceTags": {"k": "w"}}},
            "Actions": {"A": {**ACTION, "Parameters": {"duration": "PT2M", "scope": "s3"}}},
            "Tags": {"Name": "y"},
        },
        _experiment,
        "[0-9A-Za-z]+",
        needs={
            "Role": ROLE,
            "Other": {**ROLE, "Properties": {**ROLE["Properties"], "RoleName": "other"}},
        },
        passive=names("LogConfiguration ExperimentOptions"),
    ),
]
