"""Replacement: the new resource is created first, the old one deleted in the clean-up."""

from __future__ import annotations

from typing import Any

import pytest

from .cases import CASES, TRUST, needed
from .conftest import Lab

TABLE = CASES["AWS::DynamoDB::Table"].properties
ASL = CASES["AWS::StepFunctions::StateMachine"].properties["DefinitionString"]


def _document(word: str) -> dict[str, Any]:
    return {"schemaVersion": "0.3", "description": word, "mainSteps": []}


def _table(**properties: Any) -> dict[str, Any]:
    return {**TABLE, **properties}


NUMBER = [{"AttributeName": "k", "AttributeType": "N"}]
OTHER = {
    "AttributeDefinitions": [{"AttributeName": "o", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "o", "KeyType": "HASH"}],
}
GLOBAL = _table(Replicas=[{"Region": "us-east-1"}])


@pytest.mark.parametrize(
    ("kind", "before", "after", "name"),
    [
        ("AWS::IAM::Role", {"RoleName": "r", "Path": "/a/"}, {"Path": "/b/"}, "r"),
        ("AWS::DynamoDB::Table", _table(), OTHER, "table"),
        ("AWS::DynamoDB::Table", _table(), {"AttributeDefinitions": NUMBER}, "table"),
        ("AWS::DynamoDB::GlobalTable", GLOBAL, OTHER, "table"),
        (
            "AWS::SSM::Document",
            {"Name": "doc", "DocumentType": "Automation", "Content": _document("1")},
            {"Content": _document("2")},
            "doc",
        ),
        (
            "AWS::StepFunctions::StateMachine",
            {"StateMachineName": "m", "DefinitionString": ASL},
            {"StateMachineType": "EXPRESS"},
            "m",
        ),
    ],
)
def test_a_custom_named_resource_cannot_be_replaced_under_its_name(
    lab: Lab, kind: str, before: dict[str, Any], after: dict[str, Any], name: str
) -> None:
    role: dict[str, Any] = {"AssumeRolePolicyDocument": TRUST} if kind == "AWS::IAM::Role" else {}
    if kind == "AWS::StepFunctions::StateMachine":
        role = {"RoleArn": "arn:aws:iam::123456789012:role/r"}
    assert lab.create({"It": {"Type": kind, "Properties": {**role, **before}}}) == "CREATE_COMPLETE"
    physical_id = lab.physical_id("It")
    updated = {"It": {"Type": kind, "Properties": {**role, **before, **after}}}
    assert lab.update(updated) == "UPDATE_ROLLBACK_COMPLETE"
    assert lab.reason("It", "UPDATE_FAILED").startswith(
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        f"Rename {name}"
    )
    assert lab.physical_id("It") == physical_id
    assert lab.events()[-3:-2] == [("It", "UPDATE_COMPLETE")]


def test_a_resource_with_a_generated_name_is_replaced_before_it_is_deleted(
    lab: Lab,
) -> None:
    table = {key: value for key, value in TABLE.items() if key != "TableName"}
    lab.create({"It": {"Type": "AWS::DynamoDB::Table", "Properties": table}})
    old = lab.physical_id("It")
    updated = {"It": {"Type": "AWS::DynamoDB::Table", "Properties": {**table, **OTHER}}}
    assert lab.update(updated) == "UPDATE_COMPLETE"
    assert lab.client("dynamodb").list_tables()["TableNames"] == [lab.physical_id("It")]
    assert lab.physical_id("It") != old
    statuses = [status for _, status in lab.events()]
    assert statuses.index("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") < statuses.index(
        "DELETE_IN_PROGRESS"
    )


def _associated(routes: str) -> dict[str, Any]:
    association = {
        "Type": "AWS::EC2::SubnetRouteTableAssociation",
        "Properties": {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": routes}},
    }
    return {**needed("Vpc Subnet One=Routes Two=Routes"), "It": association}


def _tables_of_the_subnet(lab: Lab) -> list[str]:
    subnet = {"Name": "association.subnet-id", "Values": [lab.physical_id("Subnet")]}
    tables = lab.client("ec2").describe_route_tables(Filters=[subnet])["RouteTables"]
    return [item["RouteTableId"] for item in tables]


def test_some_types_are_deleted_before_they_are_replaced(lab: Lab) -> None:
    """Their schemas say replacementStrategy: delete_then_create."""
    lab.create(_associated("One"))
    assert lab.update(_associated("Two")) == "UPDATE_COMPLETE"
    assert _tables_of_the_subnet(lab) == [lab.physical_id("Two")]


def test_what_was_deleted_first_is_created_again_by_the_rollback(lab: Lab) -> None:
    lab.create(_associated("One"))
    lab.refuse("CreateQueue")
    queue = {"Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "It"}}
    assert lab.update({**_associated("Two"), **queue}) == "UPDATE_ROLLBACK_COMPLETE"
    assert _tables_of_the_subnet(lab) == [lab.physical_id("One")]


def test_a_document_with_versions_is_changed_in_place(lab: Lab) -> None:
    properties = {"Name": "doc", "DocumentType": "Automation", "UpdateMethod": "NewVersion"}

    def document(word: str) -> dict[str, Any]:
        return {
            "It": {
                "Type": "AWS::SSM::Document",
                "Properties": {**properties, "Content": _document(word)},
            }
        }

    lab.create(document("1"))
    assert lab.update(document("2")) == "UPDATE_COMPLETE"
    document_description = lab.client("ssm").describe_document(Name="doc")["Document"]
    assert (document_description["DefaultVersion"], document_description["LatestVersion"]) == (
        "2",
        "2",
    )
