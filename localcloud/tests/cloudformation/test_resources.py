"""Every type of resource: created, read, changed in place, deleted."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.cloudformation.resources import providers, schemas
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.api_values import input_shape, member_of
from localcloud.lambda_.network_interfaces import DELETE_SECONDS

from .cases import CASES, TRUST, Case
from .conftest import Lab

by_kind = pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.kind)


def _resources(case: Case, **change: Any) -> dict[str, Any]:
    return {"It": {"Type": case.kind, "Properties": {**case.properties, **change}}, **case.needs}


def _outputs(case: Case) -> dict[str, Any]:
    attributes = {
        "".join(filter(str.isalnum, name)): {"Value": {"Fn::GetAtt": ["It", name]}}
        for name in case.attributes
    }
    return {"Ref": {"Value": {"Ref": "It"}}, **attributes}


def test_every_type_that_can_be_created_has_a_case() -> None:
    # A nested stack has tests of its own; of a layer's version nothing can change.
    others = {"AWS::CloudFormation::Stack", "AWS::Lambda::LayerVersion"}
    assert CASES.keys() == providers().keys() - others


@by_kind
def test_every_property_that_may_change_is_tried(case: Case) -> None:
    provider = providers()[case.kind]
    fixed = schemas.replaced_by(case.region, case.kind, {}, dict.fromkeys(provider.supported, "x"))
    conditional = schemas.conditionally_replaced_by(
        case.region, case.kind, {}, dict.fromkeys(provider.supported, "x")
    )
    tried = {*case.change, *case.refused, *case.passive}
    assert provider.supported - tried - set(fixed) - set(conditional) == set()


# Properties that a provider turns into other members of its calls.
_CONVERTED = {
    "AWS::Route53RecoveryControl::SafetyRule": {"ControlPanelArn", "RuleConfig"},
}


@by_kind
def test_every_property_is_given_to_a_call(lab: Lab, case: Case) -> None:
    """A property that is no member of any call's input would be lost without an error."""
    provider = providers()[case.kind]
    if not isinstance(provider, ApiResource):
        return
    client = lab.client(provider.service or case.kind.split("::")[1].lower())
    calls = [provider.calls.create, *(update.operation for update in provider.updates)]
    members = {
        name
        for call in calls
        for name in provider.supported
        if member_of(input_shape(client, call), name, provider.renamed)
    }
    listed = {name for update in provider.updates for name in update.properties.split()}
    attributes = getattr(provider, "attribute_defaults", {}).keys()
    tags = {provider.tagging.property} if provider.tagging else set()
    covered = members | listed | provider.also_changeable | attributes | tags
    assert provider.supported - covered - _CONVERTED.get(case.kind, set()) == set()


@by_kind
def test_a_resource_is_created_changed_and_deleted_and_its_service_shows_it(
    full_cloud: Cloud, case: Case
) -> None:
    """An update that succeeds and changes nothing would be a made-up success.

    This is one test because a cloud with all services takes long to start.
    """
    lab = Lab(full_cloud, case.region)
    assert lab.create(_resources(case), Outputs=_outputs(case)) == "CREATE_COMPLETE", _reasons(lab)
    _check_outputs(lab, case)
    physical_id = lab.physical_id("It")
    for name, value in case.change.items():
        _change_and_take_back(lab, case, name, value)
    for name in case.refused:
        _be_refused(lab, case, name)
    assert lab.physical_id("It") == physical_id
    stack_id = lab.stack()["StackId"]
    full_cloud.clock.sleep(DELETE_SECONDS)  # a function's interfaces would block the network
    lab.client("ec2").describe_network_interfaces()  # as long as the function's role is there
    assert lab.delete() == "DELETE_COMPLETE", _reasons(lab, stack_id)
    assert lab.create(_resources(case)) == "CREATE_COMPLETE", _reasons(lab)


def _check_outputs(lab: Lab, case: Case) -> None:
    """Ref and attributes are those of AWS."""
    outputs = lab.outputs()
    assert re.fullmatch(case.ref, outputs["Ref"]), outputs["Ref"]
    for name, pattern in case.attributes.items():
        value = outputs["".join(filter(str.isalnum, name))]
        assert re.fullmatch(pattern, value), value


def _change_and_take_back(lab: Lab, case: Case, name: str, value: Any) -> None:
    before, extra = _state(case, lab), _EXTRA.get((case.kind, name), {})
    assert lab.update(_resources(case, **{name: value}, **extra)) == "UPDATE_COMPLETE", _reasons(
        lab
    )
    assert _state(case, lab) != before, f"{name} was not changed"
    assert lab.update(_resources(case)) == "UPDATE_COMPLETE", _reasons(lab)
    assert _state(case, lab) == before, f"{name} was not taken back"


def _be_refused(lab: Lab, case: Case, name: str) -> None:
    assert lab.update(_resources(case, **{name: _REFUSED[name]})) == "UPDATE_ROLLBACK_COMPLETE"
    reason = lab.reason("It", "UPDATE_FAILED")
    assert f"does not emulate changing {name} of {case.kind}" in reason


def _state(case: Case, lab: Lab) -> Any:
    return case.read(lab.client, lab.physical_id)


# Properties that AWS wants beside one that is changed.
_INDEXED = {
    "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in ("k", "i")]
}
_EXTRA: dict[tuple[str, str], dict[str, Any]] = {
    ("AWS::DynamoDB::Table", "BillingMode"): {
        "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    },
    ("AWS::DynamoDB::Table", "GlobalSecondaryIndexes"): _INDEXED,
    ("AWS::DynamoDB::GlobalTable", "GlobalSecondaryIndexes"): _INDEXED,
}


_REFUSED: dict[str, Any] = {
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


def _reasons(lab: Lab, name: str = "app") -> list[str]:
    events = lab.cfn.describe_stack_events(StackName=name)["StackEvents"]
    return [
        item.get("ResourceStatusReason", "")
        for item in events
        if "FAILED" in item["ResourceStatus"]
    ]


def test_a_global_table_has_its_replica_in_the_other_region(lab: Lab, cloud: Cloud) -> None:
    case = CASES["AWS::DynamoDB::GlobalTable"]
    lab.create(_resources(case, Replicas=case.change["Replicas"]))
    west = cloud.clients.client("dynamodb", "us-west-2")
    assert west.describe_table(TableName="table")["Table"]["TableStatus"] == "ACTIVE"
    assert lab.delete() == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="not found"):
        west.describe_table(TableName="table")


def test_a_global_table_needs_a_replica_where_its_stack_is(lab: Lab) -> None:
    case = CASES["AWS::DynamoDB::GlobalTable"]
    assert lab.create(_resources(case, Replicas=[{"Region": "us-west-2"}])) == "ROLLBACK_COMPLETE"
    assert "must have a replica in the Region of its stack" in lab.reason("It", "CREATE_FAILED")


def test_a_state_machine_has_its_substitutions_put_in(lab: Lab) -> None:
    case = CASES["AWS::StepFunctions::StateMachine"]
    lab.create(_resources(case))
    lab.update(_resources(case, **case.change))
    answer = lab.client("stepfunctions").describe_state_machine(
        stateMachineArn=lab.physical_id("It")
    )
    assert '"Comment": "two"' in answer["definition"]


def test_a_network_can_be_created_without_dns(lab: Lab) -> None:
    lab.create(_resources(CASES["AWS::EC2::VPC"], EnableDnsSupport=False))
    vpc = {"VpcId": lab.physical_id("It"), "Attribute": "enableDnsSupport"}
    answer = lab.client("ec2").describe_vpc_attribute(**vpc)
    assert answer["EnableDnsSupport"] == {"Value": False}


def test_a_security_group_with_egress_rules_has_no_others(lab: Lab) -> None:
    case = CASES["AWS::EC2::SecurityGroup"]
    lab.create(_resources(case))
    answer = lab.client("ec2").describe_security_groups(GroupIds=[lab.physical_id("It")])
    rules = answer["SecurityGroups"][0]["IpPermissionsEgress"]
    assert [rule.get("FromPort") for rule in rules] == [443]


def test_calls_are_made_as_the_one_who_deploys(lab: Lab, cloud: Cloud) -> None:
    lab.create({"It": {"Type": "AWS::SNS::Topic"}})
    callers = {
        entry.principal
        for entry in cloud.ledger.entries(lambda entry: entry.action == "sns:CreateTopic")
    }
    assert callers == {cloud.principals.admin.arn}
    trust = json.dumps(TRUST)
    lab.client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument=trust)
    lab.cfn.create_stack(
        StackName="by-role",
        TemplateBody='{"Resources": {"It": {"Type": "AWS::SNS::Topic"}}}',
        RoleARN="arn:aws:iam::123456789012:role/deployer",
    )
    entries = list(cloud.ledger.entries(lambda entry: entry.action == "sns:CreateTopic"))
    assert entries[-1].principal == (
        "arn:aws:sts::123456789012:assumed-role/deployer/AWSCloudFormation"
    )
