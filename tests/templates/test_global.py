"""The resources that exist once: tables, routing controls, the record, the access point."""

from __future__ import annotations

import pytest

from tests.templates.loading import dependencies_of, resources, strings, transformed_template

GLOBAL, TABLES = "global-resources.yaml", "templates/tables.yaml"
TABLE_IDS = ("StateTable", "ErrorsTable", "FinancialTable")


@pytest.mark.parametrize("table", TABLE_IDS)
def test_a_table_has_a_replica_in_both_regions_and_can_be_restored(table: str) -> None:
    replicas = resources(TABLES, "AWS::DynamoDB::GlobalTable")[table]["Replicas"]
    regions = [replica["Region"] for replica in replicas]
    assert regions == [{"Ref": "PrimaryRegion"}, {"Ref": "SecondaryRegion"}]
    for replica in replicas:
        recovery = replica["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}
        assert replica["DeletionProtectionEnabled"] is False


@pytest.mark.parametrize("table", TABLE_IDS)
def test_a_table_is_encrypted_on_demand_and_streams_to_its_replica(table: str) -> None:
    properties = resources(TABLES, "AWS::DynamoDB::GlobalTable")[table]
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_rejects_of_a_file_have_a_partition_key_for_each_chunk() -> None:
    keys = resources(TABLES, "AWS::DynamoDB::GlobalTable")["ErrorsTable"]["KeySchema"]
    assert [(key["AttributeName"], key["KeyType"]) for key in keys] == [
        ("chunk", "HASH"),
        ("row", "RANGE"),
    ]


def test_unfinished_runs_are_found_by_their_status() -> None:
    (index,) = resources(TABLES, "AWS::DynamoDB::GlobalTable")["StateTable"][
        "GlobalSecondaryIndexes"
    ]
    assert index["IndexName"] == "by-status"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["status", "started_at"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


def test_safety_rules_allow_exactly_one_active_region() -> None:
    rules = resources(GLOBAL, "AWS::Route53RecoveryControl::SafetyRule").values()
    both = [
        {"Fn::GetAtt": ["PrimaryControl", "RoutingControlArn"]},
        {"Fn::GetAtt": ["SecondaryControl", "RoutingControlArn"]},
    ]
    assert all(rule["AssertionRule"]["AssertedControls"] == both for rule in rules)
    allowed = [
        active for active in range(3) if all(_holds(rule["RuleConfig"], active) for rule in rules)
    ]
    assert allowed == [1]


def _holds(rule: dict[str, object], active: int) -> bool:
    assert rule["Type"] == "ATLEAST"
    return (active >= int(str(rule["Threshold"]))) is not rule["Inverted"]


def test_arc_is_changed_by_one_resource_at_a_time() -> None:
    """ARC refuses concurrent changes of one cluster, and CloudFormation's handler does not retry.

    https://github.com/hashicorp/terraform-provider-aws/issues/48311
    """
    items = transformed_template(GLOBAL)["Resources"]
    needed = {name: dependencies_of(name, items) for name in items}
    arc = [name for name, item in items.items() if "Route53RecoveryControl" in item["Type"]]
    order = sorted(arc, key=lambda name: len(needed[name] & set(arc)))
    assert [len(needed[name] & set(arc)) for name in order] == list(range(len(arc)))


def test_no_template_sets_a_routing_control() -> None:
    for control in resources(GLOBAL, "AWS::Route53RecoveryControl::RoutingControl").values():
        assert set(control) == {"ClusterArn", "ControlPanelArn", "Name"}


def test_the_record_names_the_primary_while_its_control_is_on_and_else_the_secondary() -> None:
    (check,) = resources(GLOBAL, "AWS::Route53::HealthCheck").values()
    assert check["HealthCheckConfig"] == {
        "Type": "RECOVERY_CONTROL",
        "RoutingControlArn": {"Fn::GetAtt": ["PrimaryControl", "RoutingControlArn"]},
    }
    records = resources(GLOBAL, "AWS::Route53::RecordSet")
    primary, secondary = records["PrimaryRecord"], records["SecondaryRecord"]
    assert primary["HealthCheckId"] == {"Ref": "PrimaryIsActive"}
    assert "HealthCheckId" not in secondary
    assert primary["ResourceRecords"] == [{"Fn::Sub": '"${PrimaryRegion}"'}]
    assert secondary["ResourceRecords"] == [{"Fn::Sub": '"${SecondaryRegion}"'}]
    for record, role in ((primary, "PRIMARY"), (secondary, "SECONDARY")):
        assert record["Name"] == {"Fn::Sub": "active.batch${Env}.internal"}
        assert (record["Type"], record["TTL"], record["Failover"]) == ("TXT", "60", role)


def test_the_zone_is_private_to_both_networks() -> None:
    (zone,) = resources(GLOBAL, "AWS::Route53::HostedZone").values()
    assert zone["VPCs"] == [
        {"VPCId": {"Ref": "PrimaryVpcId"}, "VPCRegion": {"Ref": "PrimaryRegion"}},
        {"VPCId": {"Ref": "SecondaryVpcId"}, "VPCRegion": {"Ref": "SecondaryRegion"}},
    ]


def test_the_access_point_leads_to_both_buckets_and_is_not_public() -> None:
    (point,) = resources(GLOBAL, "AWS::S3::MultiRegionAccessPoint").values()
    assert point["Name"] == {"Fn::Sub": "source-bucket-mrap${Env}"}
    assert [region["Bucket"] for region in point["Regions"]] == [
        {"Ref": "PrimaryBucket"},
        {"Ref": "SecondaryBucket"},
    ]
    assert all(point["PublicAccessBlockConfiguration"].values())


def test_tables_and_routing_controls_are_in_different_stacks() -> None:
    # CloudFormation has ARC in us-west-2 and us-east-1 only: docs/decisions.md
    kinds = {item["Type"] for item in transformed_template(TABLES)["Resources"].values()}
    assert kinds == {"AWS::DynamoDB::GlobalTable"}
    assert not [text for text in strings(transformed_template(GLOBAL)) if "DynamoDB" in text]
