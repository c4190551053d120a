"""Every type of resource: made, asked, changed in place, removed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud

from .conftest import Lab
from .resource_cases import CASES, Case

by_kind = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)


def _resources(case: Case, **change: Any) -> dict[str, Any]:
    return {"It": {"Type": case.kind, "Properties": {**case.properties, **change}}, **case.needs}


def _outputs(case: Case) -> dict[str, Any]:
    attributes = {
        "".join(filter(str.isalnum, name)): {"Value": {"Fn::GetAtt": ["It", name]}}
        for name in case.attributes
    }
    return {"Ref": {"Value": {"Ref": "It"}}, **attributes}


@by_kind
def test_ref_and_attributes_are_those_of_aws(lab: Lab, case: Case) -> None:
    assert lab.create(_resources(case), Outputs=_outputs(case)) == "CREATE_COMPLETE", _why(lab)
    outputs = lab.outputs()
    assert re.fullmatch(case.ref, outputs["Ref"]), outputs["Ref"]
    for name, pattern in case.attributes.items():
        assert re.fullmatch(pattern, outputs[name]), outputs[name]


@by_kind
def test_a_change_in_place_keeps_the_resource_and_can_be_taken_back(lab: Lab, case: Case) -> None:
    lab.create(_resources(case))
    before = lab.physical_id("It")
    if case.change:
        assert lab.update(_resources(case, **case.change)) == "UPDATE_COMPLETE", _why(lab)
        assert lab.physical_id("It") == before
        assert lab.update(_resources(case)) == "UPDATE_COMPLETE", _why(lab)
        assert lab.physical_id("It") == before


@by_kind
def test_what_a_stack_made_goes_with_it_and_can_be_made_again(lab: Lab, case: Case) -> None:
    lab.create(_resources(case))
    stack_id = lab.stack()["StackId"]
    assert lab.delete() == "DELETE_COMPLETE", _why(lab, stack_id)
    assert lab.create(_resources(case)) == "CREATE_COMPLETE", _why(lab)


def _why(lab: Lab, name: str = "app") -> list[str]:
    events = lab.cfn.describe_stack_events(StackName=name)["StackEvents"]
    return [
        item.get("ResourceStatusReason", "")
        for item in events
        if "FAILED" in item["ResourceStatus"]
    ]


def test_a_global_table_has_its_replica_in_the_other_region(lab: Lab, cloud: Cloud) -> None:
    case = next(item for item in CASES if item.kind == "AWS::DynamoDB::GlobalTable")
    lab.create(_resources(case, **case.change))
    west = cloud.clients.client("dynamodb", "us-west-2")
    assert west.describe_table(TableName="t")["Table"]["TableStatus"] == "ACTIVE"
    assert lab.delete() == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="not found"):
        west.describe_table(TableName="t")


def test_a_global_table_needs_a_replica_where_its_stack_is(lab: Lab) -> None:
    case = next(item for item in CASES if item.kind == "AWS::DynamoDB::GlobalTable")
    assert lab.create(_resources(case, Replicas=[{"Region": "us-west-2"}])) == "ROLLBACK_COMPLETE"
    assert "must have a replica in the Region of its stack" in lab.reason("It", "CREATE_FAILED")


def test_a_state_machine_has_its_substitutions_put_in(lab: Lab) -> None:
    case = next(item for item in CASES if item.kind == "AWS::StepFunctions::StateMachine")
    lab.create(_resources(case))
    lab.update(_resources(case, **case.change))
    told = lab.client("stepfunctions").describe_state_machine(stateMachineArn=lab.physical_id("It"))
    assert '"Comment": "two"' in told["definition"]


def test_a_security_group_with_egress_rules_has_no_others(lab: Lab) -> None:
    case = next(item for item in CASES if item.kind == "AWS::EC2::SecurityGroup")
    lab.create(_resources(case))
    told = lab.client("ec2").describe_security_groups(GroupIds=[lab.physical_id("It")])
    rules = told["SecurityGroups"][0]["IpPermissionsEgress"]
    assert [rule.get("FromPort") for rule in rules] == [443]


def test_a_multi_region_access_point_is_awaited_and_gives_its_alias(cloud: Cloud) -> None:
    lab = Lab(cloud, "us-west-2")
    case = Case(
        "AWS::S3::MultiRegionAccessPoint",
        {"Name": "mrap-m", "Regions": [{"Bucket": {"Ref": "Bucket"}}]},
        {},
        "mrap-m",
        {"Alias": r"[a-z0-9-]+\.mrap"},
        {"Bucket": {"Type": "AWS::S3::Bucket"}},
    )
    assert lab.create(_resources(case), Outputs=_outputs(case)) == "CREATE_COMPLETE", _why(lab)
    assert re.fullmatch(case.attributes["Alias"], lab.outputs()["Alias"])
    assert lab.outputs()["Ref"] == "mrap-m"
    assert lab.delete() == "DELETE_COMPLETE"


def test_calls_are_made_as_the_one_who_deploys(lab: Lab, cloud: Cloud) -> None:
    lab.create({"It": {"Type": "AWS::SNS::Topic"}})
    callers = {
        entry.principal
        for entry in cloud.ledger.entries(lambda entry: entry.action == "sns:CreateTopic")
    }
    assert callers == {cloud.principals.admin.arn}
    lab.client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument="{}")
    lab.cfn.create_stack(
        StackName="by-role",
        TemplateBody='{"Resources": {"It": {"Type": "AWS::SNS::Topic"}}}',
        RoleARN="arn:aws:iam::123456789012:role/deployer",
    )
    entries = list(cloud.ledger.entries(lambda entry: entry.action == "sns:CreateTopic"))
    assert entries[-1].principal == (
        "arn:aws:sts::123456789012:assumed-role/deployer/AWSCloudFormation"
    )
