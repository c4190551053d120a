"""The step-function application that ``sam init`` writes deploys, runs and is deleted.

Its template looks as in https://github.com/aws/aws-sam-cli-app-templates; the folders that
``sam build`` and ``sam deploy`` upload are here objects in a bucket.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.cloudformation.stacks.engine import Engine
from localcloud.testing import LocalCloud, local_cloud

STARTERS = Path(__file__).parent / "starters"
REGION = "us-east-1"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with local_cloud(tmp_path_factory.mktemp("cloud"), time_scale=0.001) as cloud:
        cloud.client("s3", REGION).create_bucket(Bucket="sam")
        yield cloud


def _deploy(cloud: LocalCloud, starter: str) -> dict[str, str]:
    """The outputs of a new stack of the starter, packaged as ``sam deploy`` does it."""
    folder, s3 = STARTERS / starter, cloud.client("s3", REGION)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.write(folder / "app.py", "app.py")
    s3.put_object(Bucket="sam", Key=f"{starter}/code", Body=archive.getvalue())
    for definition in folder.glob("*.asl.json"):
        s3.put_object(Bucket="sam", Key=f"{starter}/definition", Body=definition.read_bytes())
    text = (folder / "template.yaml").read_text()
    text = re.sub(r"CodeUri: .*", f"CodeUri: s3://sam/{starter}/code", text)
    text = re.sub(r"DefinitionUri: .*", f"DefinitionUri: s3://sam/{starter}/definition", text)
    if "CodeUri" not in text:
        handler = rf"\g<0>\n      CodeUri: s3://sam/{starter}/code"
        text = re.sub(r"      Handler: .*", handler, text)
    client, name = cloud.client("cloudformation", REGION), starter.replace("_", "-")
    params = {"StackName": name, "ChangeSetName": "sam", "ChangeSetType": "CREATE"}
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    client.create_change_set(**params, TemplateBody=text, Capabilities=capabilities)
    client.execute_change_set(StackName=name, ChangeSetName="sam")
    stack = _settled(cloud, name)
    assert stack["StackStatus"] == "CREATE_COMPLETE", _reasons(cloud, name)
    return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}


def _delete(cloud: LocalCloud, starter: str) -> None:
    client = cloud.client("cloudformation", REGION)
    stack_id = client.describe_stacks(StackName=starter.replace("_", "-"))["Stacks"][0]["StackId"]
    client.delete_stack(StackName=stack_id)
    stack = _settled(cloud, stack_id)
    assert stack["StackStatus"] == "DELETE_COMPLETE", _reasons(cloud, stack_id)


def _settled(cloud: LocalCloud, name: str) -> dict[str, Any]:
    """The stack once its operation has ended."""
    stacks = cloud._cloud.get(Engine).stacks
    assert stacks.get(REGION, name).idle.wait(60)
    stack: dict[str, Any] = cloud.client("cloudformation", REGION).describe_stacks(StackName=name)
    return dict(stack["Stacks"][0])


def _reasons(cloud: LocalCloud, name: str) -> list[str]:
    client = cloud.client("cloudformation", REGION)
    events = client.describe_stack_events(StackName=name)["StackEvents"]
    return [item["ResourceStatusReason"] for item in events if "ResourceStatusReason" in item]


def test_step_functions(cloud: LocalCloud) -> None:
    outputs = _deploy(cloud, "step_func")
    states = cloud.client("stepfunctions", REGION)
    machine = outputs["StockTradingStateMachineArn"]
    states.start_execution(stateMachineArn=machine, input="{}")
    assert cloud.settle(60)
    execution = states.list_executions(stateMachineArn=machine)["executions"][0]
    assert execution["status"] == "SUCCEEDED", states.describe_execution(
        executionArn=execution["executionArn"]
    )
    items = cloud.client("dynamodb", REGION).scan(TableName=outputs["Table"])["Items"]
    assert items == [{"Id": {"S": "1"}, "Type": {"S": "buy"}, "Price": {"N": "30"}}]
    _delete(cloud, "step_func")
    assert states.list_state_machines()["stateMachines"] == []
