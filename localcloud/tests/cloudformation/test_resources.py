"""Every type of resource: made, asked, changed in place, removed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.cloudformation.resources import providers, schemas

from .cases import CASES
from .cases.base import Case
from .cases.storage import DEFINITIONS
from .conftest import Lab

by_kind = pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)


def _resources(case: Case, **change: Any) -> dict[str, Any]:
    return {"It": {"Type": case.kind, "Properties": {**case.properties, **change}}, **case.needs}


def _outputs(case: Case) -> dict[str, Any]:
    attributes = {
        "".join(filter(str.isalnum, name)): {"Value": {"Fn::GetAtt": ["It", name]}}
        for name in case.attributes
    }
    return {"Ref": {"Value": {"Ref": "It"}}, **attributes}


def _case(kind: str) -> Case:
    return next(item for item in CASES if item.kind == kind)


def test_every_type_that_can_be_made_has_a_case() -> None:
    # A nested stack has tests of its own; of a layer's version nothing can change.
    others = {"AWS::CloudFormation::Stack", "AWS::Lambda::LayerVersion"}
    assert {case.kind for case in CASES} == set(providers()) - others


@by_kind
def test_every_property_that_may_change_is_tried(case: Case) -> None:
    provider = providers()[case.kind]
    fixed = schemas.replaced_by(case.region, case.kind, {}, dict.fromkeys(provider.supported, "x"))
    perhaps = schemas.conditionally_replaced_by(
        case.region, case.kind, {}, dict.fromkeys(provider.supported, "x")
    )
    tried = {*case.change, *case.refused, *case.passive}
    assert provider.supported - tried - set(fixed) - set(perhaps) == set()


@by_kind
def test_a_resource_is_made_changed_and_removed_and_its_service_shows_it(
    whole: Cloud, case: Case
) -> None:
    """An update that is told as done and changes nothing would be a made-up success.

    One test, because a cloud with all services is dear.
    """
    lab = Lab(whole, case.region)
    assert lab.create(_resources(case), Outputs=_outputs(case)) == "CREATE_COMPLETE", _why(lab)
    _check_outputs(lab, case)
    physical_id = lab.physical_id("It")
    for name, value in case.change.items():
        _change_and_take_back(lab, case, name, value)
    for name in case.refused:
        _be_refused(lab, case, name)
    assert lab.physical_id("It") == physical_id
    stack_id = lab.stack()["StackId"]
    assert lab.delete() == "DELETE_COMPLETE", _why(lab, stack_id)
    assert lab.create(_resources(case)) == "CREATE_COMPLETE", _why(lab)


def _check_outputs(lab: Lab, case: Case) -> None:
    """Ref and attributes are those of AWS."""
    outputs = lab.outputs()
    assert re.fullmatch(case.ref, outputs["Ref"]), outputs["Ref"]
    for name, pattern in case.attributes.items():
        told = outputs["".join(filter(str.isalnum, name))]
        assert re.fullmatch(pattern, told), told


def _change_and_take_back(lab: Lab, case: Case, name: str, value: Any) -> None:
    before, more = _seen(case, lab), _EXTRA.get((case.kind, name), {})
    assert lab.update(_resources(case, **{name: value}, **more)) == "UPDATE_COMPLETE", _why(lab)
    assert _seen(case, lab) != before, f"{name} was not changed"
    assert lab.update(_resources(case)) == "UPDATE_COMPLETE", _why(lab)
    assert _seen(case, lab) == before, f"{name} was not taken back"


def _be_refused(lab: Lab, case: Case, name: str) -> None:
    assert lab.update(_resources(case, **{name: _REFUSED[name]})) == "UPDATE_ROLLBACK_COMPLETE"
    told = lab.reason("It", "UPDATE_FAILED")
    assert f"does not emulate changing {name} of {case.kind}" in told


def _seen(case: Case, lab: Lab) -> Any:
    """What the service tells, but for members that say nothing."""
    return _said(case.read(lab.client, lab.physical_id("It")))


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        said = {key: _said(item) for key, item in value.items()}
        return {key: item for key, item in said.items() if item is not None} or None
    if isinstance(value, list):
        return [_said(item) for item in value] or None
    return None if value == "" else value


# Properties that AWS wants beside one that is changed.
_CAPACITY = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
_EXTRA: dict[tuple[str, str], dict[str, Any]] = {
    ("AWS::DynamoDB::Table", "BillingMode"): {"ProvisionedThroughput": _CAPACITY},
    ("AWS::DynamoDB::Table", "GlobalSecondaryIndexes"): {"AttributeDefinitions": DEFINITIONS},
    ("AWS::DynamoDB::GlobalTable", "GlobalSecondaryIndexes"): {"AttributeDefinitions": DEFINITIONS},
}


_REFUSED: dict[str, Any] = {
    "BinaryMediaTypes": ["a/b"],
    "Description": "d",
    "DisableExecuteApiEndpoint": True,
    "EndpointConfiguration": {"Types": ["REGIONAL"]},
    "KeySpec": "RSA_2048",
    "KeyUsage": "SIGN_VERIFY",
    "LogGroupClass": "INFREQUENT_ACCESS",
    "MinimumCompressionSize": 10,
    "MultiRegion": True,
    "SSESpecification": {"SSEEnabled": True},
    "StageName": "v2",
    "TableClass": "STANDARD_INFREQUENT_ACCESS",
    "Tags": [{"Key": "k", "Value": "v"}],
}


def _why(lab: Lab, name: str = "app") -> list[str]:
    events = lab.cfn.describe_stack_events(StackName=name)["StackEvents"]
    return [
        item.get("ResourceStatusReason", "")
        for item in events
        if "FAILED" in item["ResourceStatus"]
    ]


def test_a_global_table_has_its_replica_in_the_other_region(lab: Lab, cloud: Cloud) -> None:
    case = _case("AWS::DynamoDB::GlobalTable")
    lab.create(_resources(case, Replicas=case.change["Replicas"]))
    west = cloud.clients.client("dynamodb", "us-west-2")
    assert west.describe_table(TableName="table")["Table"]["TableStatus"] == "ACTIVE"
    assert lab.delete() == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="not found"):
        west.describe_table(TableName="table")


def test_a_global_table_needs_a_replica_where_its_stack_is(lab: Lab) -> None:
    case = _case("AWS::DynamoDB::GlobalTable")
    assert lab.create(_resources(case, Replicas=[{"Region": "us-west-2"}])) == "ROLLBACK_COMPLETE"
    assert "must have a replica in the Region of its stack" in lab.reason("It", "CREATE_FAILED")


def test_a_state_machine_has_its_substitutions_put_in(lab: Lab) -> None:
    case = _case("AWS::StepFunctions::StateMachine")
    lab.create(_resources(case))
    lab.update(_resources(case, **case.change))
    told = lab.client("stepfunctions").describe_state_machine(stateMachineArn=lab.physical_id("It"))
    assert '"Comment": "two"' in told["definition"]


def test_a_security_group_with_egress_rules_has_no_others(lab: Lab) -> None:
    case = _case("AWS::EC2::SecurityGroup")
    lab.create(_resources(case))
    told = lab.client("ec2").describe_security_groups(GroupIds=[lab.physical_id("It")])
    rules = told["SecurityGroups"][0]["IpPermissionsEgress"]
    assert [rule.get("FromPort") for rule in rules] == [443]


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
