"""Documents and experiment templates made by CloudFormation, by way of the services' own APIs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud import cloudformation, dynamodb, faults, fis, iam, ssm
from localcloud.cloud import Cloud, new_cloud
from localcloud.settings import Settings
from tests.manual_clock import ManualClock
from tests.ssm.conftest import REGION, invoke, sleep


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    for package in (iam, dynamodb, faults, ssm, fis, cloudformation):
        package.install(cloud)
    yield cloud
    cloud.close()


class Stack:
    """One stack with one resource; every operation has ended when its call returns."""

    def __init__(self, cloud: Cloud, kind: str) -> None:
        self.cfn: Any = cloud.clients.client("cloudformation", REGION)
        self._kind = kind
        self._is_created = False

    def deploy(self, **properties: Any) -> None:
        resources = {"It": {"Type": self._kind, "Properties": properties}}
        change = self.cfn.update_stack if self._is_created else self.cfn.create_stack
        change(StackName="s", TemplateBody=json.dumps({"Resources": resources}))
        waiter = "stack_update_complete" if self._is_created else "stack_create_complete"
        self.cfn.get_waiter(waiter).wait(
            StackName="s", WaiterConfig={"Delay": 0, "MaxAttempts": 200}
        )
        self._is_created = True

    def id(self) -> str:
        detail = self.cfn.describe_stack_resource(StackName="s", LogicalResourceId="It")
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])


def content(step: dict[str, Any]) -> dict[str, Any]:
    return {"schemaVersion": "0.3", "mainSteps": [step]}


def test_update_method_new_version_makes_a_new_default_version(cloud: Cloud) -> None:
    stack, client = Stack(cloud, "AWS::SSM::Document"), cloud.clients.client("ssm", REGION)
    same = {"Name": "Doc", "DocumentType": "Automation", "UpdateMethod": "NewVersion"}
    stack.deploy(**same, Content=content(sleep()))
    stack.deploy(**same, Content=content(invoke()), Tags=[{"Key": "k", "Value": "v"}])
    assert stack.id() == "Doc"
    document = client.get_document(Name="Doc")
    assert document["DocumentVersion"] == "2"
    assert json.loads(document["Content"]) == content(invoke())
    tags = client.list_tags_for_resource(ResourceType="Document", ResourceId="Doc")["TagList"]
    assert {"Key": "k", "Value": "v"} in tags


def test_a_document_that_cannot_run_fails_its_stack(cloud: Cloud) -> None:
    cfn = cloud.clients.client("cloudformation", REGION)
    bad = {"DocumentType": "Automation", "Content": content({"name": "Bad", "action": "aws:sing"})}
    template = {"Resources": {"It": {"Type": "AWS::SSM::Document", "Properties": bad}}}
    cfn.create_stack(StackName="s", TemplateBody=json.dumps(template), DisableRollback=True)
    cfn_resource = None
    for _ in range(200):
        [cfn_resource] = cfn.describe_stack_resources(StackName="s")["StackResources"]
        if cfn_resource["ResourceStatus"] != "CREATE_IN_PROGRESS":
            break
    assert cfn_resource is not None
    assert "Unknown action aws:sing" in cfn_resource["ResourceStatusReason"]


def test_an_experiment_template_changes_in_place_and_keeps_its_tags(cloud: Cloud) -> None:
    stack, client = (
        Stack(cloud, "AWS::FIS::ExperimentTemplate"),
        cloud.clients.client("fis", REGION),
    )
    target = {
        "ResourceType": "aws:ec2:subnet",
        "ResourceTags": {"Kind": "private"},
        "SelectionMode": "ALL",
    }
    action = {
        "ActionId": "aws:network:disrupt-connectivity",
        "Parameters": {"duration": "PT10M", "scope": "s3"},
        "Targets": {"Subnets": "PrivateSubnets"},
    }
    same = {
        "RoleArn": "arn:aws:iam::123456789012:role/r",
        "StopConditions": [{"Source": "none"}],
        "Targets": {"PrivateSubnets": target},
        "Actions": {"Block": action},
    }
    stack.deploy(**same, Description="first", Tags={"Name": "X", "Old": "1"})
    template_id = stack.id()
    stack.deploy(**same, Description="second", Tags={"Name": "Y"})
    assert stack.id() == template_id
    [listed] = client.list_experiment_templates()["experimentTemplates"]
    assert (listed["description"], listed["tags"]["Name"]) == ("second", "Y")
    assert "Old" not in listed["tags"]
    template = client.get_experiment_template(id=template_id)["experimentTemplate"]
    assert template["targets"]["PrivateSubnets"]["resourceTags"] == {"Kind": "private"}
    assert template["actions"]["Block"]["parameters"] == {"duration": "PT10M", "scope": "s3"}
