"""Claims about the control plane of ARC."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request
from tests.manual_clock import ManualClock


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_new_cluster_is_pending_without_endpoints_and_then_has_five(
    config: Any, clock: ManualClock
) -> None:
    created = config.create_cluster(ClusterName="one")["Cluster"]
    assert created["Status"] == "PENDING"
    assert "ClusterEndpoints" not in created
    clock.sleep(60)
    cluster = config.describe_cluster(ClusterArn=created["ClusterArn"])["Cluster"]
    assert cluster["Status"] == "DEPLOYED"
    assert {e["Region"] for e in cluster["ClusterEndpoints"]} == {
        "us-east-1",
        "us-west-2",
        "eu-west-1",
        "ap-northeast-1",
        "ap-southeast-2",
    }
    for endpoint in cluster["ClusterEndpoints"]:
        assert re.fullmatch(
            rf"https://[0-9a-f]{{8}}\.route53-recovery-cluster\.{endpoint['Region']}"
            r"\.amazonaws\.com/v1",
            endpoint["Endpoint"],
        )


def test_arns_have_the_shapes_that_aws_gives_them(config: Any, controls: list[str]) -> None:
    panel = config.list_control_panels()["ControlPanels"][0]["ControlPanelArn"]
    cluster = config.list_clusters()["Clusters"][0]["ClusterArn"]
    prefix = "arn:aws:route53-recovery-control::123456789012:"
    assert re.fullmatch(prefix + r"cluster/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", cluster)
    assert re.fullmatch(prefix + r"controlpanel/[0-9a-f]{32}", panel)
    assert re.fullmatch(panel + r"/routingcontrol/[0-9a-f]{16}", controls[0])


def test_a_cluster_brings_a_default_control_panel_that_takes_controls_without_a_panel(
    config: Any, cluster: dict[str, Any], controls: list[str]
) -> None:
    panels = config.list_control_panels(ClusterArn=cluster["ClusterArn"])["ControlPanels"]
    assert [(p["DefaultControlPanel"], p["RoutingControlCount"]) for p in panels] == [(True, 2)]
    listed = config.list_routing_controls(ControlPanelArn=panels[0]["ControlPanelArn"])
    assert [c["RoutingControlArn"] for c in listed["RoutingControls"]] == controls


def test_the_same_client_token_makes_one_cluster_and_refuses_another_request(config: Any) -> None:
    first = config.create_cluster(ClusterName="one", ClientToken="t")
    again = config.create_cluster(ClusterName="one", ClientToken="t")
    assert first["Cluster"]["ClusterArn"] == again["Cluster"]["ClusterArn"]
    with pytest.raises(ClientError) as error:
        config.create_cluster(ClusterName="two", ClientToken="t")
    assert code(error) == "ConflictException"


def test_an_account_has_at_most_two_clusters(config: Any) -> None:
    config.create_cluster(ClusterName="one")
    config.create_cluster(ClusterName="two")
    with pytest.raises(ClientError) as error:
        config.create_cluster(ClusterName="three")
    assert code(error) == "ServiceQuotaExceededException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402


def test_nothing_can_be_put_into_a_cluster_that_is_still_pending(config: Any) -> None:
    arn = config.create_cluster(ClusterName="one")["Cluster"]["ClusterArn"]
    with pytest.raises(ClientError) as error:
        config.create_routing_control(ClusterArn=arn, RoutingControlName="east")
    assert code(error) == "ConflictException"


CONFLICT = (
    "Conflict occurred while attempting to change the same resource by multiple requests at the "
    "same time. Please retry."
)


def test_a_cluster_refuses_a_change_while_another_is_under_way(
    config: Any, cluster: dict[str, Any], controls: list[str], clock: ManualClock
) -> None:
    """Creation, update and deletion; another cluster is not concerned."""
    other = config.create_cluster(ClusterName="other")["Cluster"]["ClusterArn"]
    clock.sleep(60)
    config.delete_routing_control(RoutingControlArn=controls[0])
    config.create_routing_control(ClusterArn=other, RoutingControlName="third")
    for operation, params in (
        (
            "create_routing_control",
            {"ClusterArn": cluster["ClusterArn"], "RoutingControlName": "n"},
        ),
        ("create_control_panel", {"ClusterArn": cluster["ClusterArn"], "ControlPanelName": "n"}),
        ("delete_routing_control", {"RoutingControlArn": controls[1]}),
        ("update_routing_control", {"RoutingControlArn": controls[1], "RoutingControlName": "n"}),
    ):
        with pytest.raises(ClientError, match=CONFLICT) as error:
            getattr(config, operation)(**params)
        assert code(error) == "ConflictException"
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    clock.sleep(60)
    config.delete_routing_control(RoutingControlArn=controls[1])


def test_names_are_unique_within_a_control_panel(
    config: Any, cluster: dict[str, Any], controls: list[str]
) -> None:
    assert controls
    with pytest.raises(ClientError) as error:
        config.create_routing_control(ClusterArn=cluster["ClusterArn"], RoutingControlName="east")
    assert code(error) == "ConflictException"


def test_a_resource_in_use_cannot_be_deleted_before_its_users(
    config: Any, cluster: dict[str, Any], controls: list[str], clock: ManualClock
) -> None:
    rule = make_rule(config, controls)
    clock.sleep(60)
    for operation, arn in (
        (config.delete_routing_control, {"RoutingControlArn": controls[0]}),
        (config.delete_cluster, {"ClusterArn": cluster["ClusterArn"]}),
    ):
        with pytest.raises(ClientError) as error:
            operation(**arn)
        assert code(error) == "ConflictException"
    config.delete_safety_rule(SafetyRuleArn=rule)
    clock.sleep(60)
    for control in controls:
        config.delete_routing_control(RoutingControlArn=control)
        described = config.describe_routing_control(RoutingControlArn=control)
        assert described["RoutingControl"]["Status"] == "PENDING_DELETION"
        clock.sleep(60)
    config.delete_cluster(ClusterArn=cluster["ClusterArn"])
    clock.sleep(60)
    assert config.list_clusters()["Clusters"] == []
    assert config.list_control_panels()["ControlPanels"] == []


def test_the_default_control_panel_cannot_be_deleted_by_itself(
    config: Any, cluster: dict[str, Any]
) -> None:
    panels = config.list_control_panels(ClusterArn=cluster["ClusterArn"])["ControlPanels"]
    with pytest.raises(ClientError) as error:
        config.delete_control_panel(ControlPanelArn=panels[0]["ControlPanelArn"])
    assert code(error) == "ConflictException"


def test_a_safety_rule_is_described_as_it_was_made_and_only_name_and_wait_change(
    config: Any, controls: list[str], clock: ManualClock
) -> None:
    arn = make_rule(config, controls)
    clock.sleep(60)
    rule = config.describe_safety_rule(SafetyRuleArn=arn)["AssertionRule"]
    assert rule["AssertedControls"] == controls
    assert rule["RuleConfig"] == {"Type": "ATLEAST", "Threshold": 1, "Inverted": False}
    update = {"SafetyRuleArn": arn, "Name": "renamed", "WaitPeriodMs": 7}
    updated = config.update_safety_rule(AssertionRuleUpdate=update)["AssertionRule"]
    assert (updated["Name"], updated["WaitPeriodMs"]) == ("renamed", 7)
    with pytest.raises(ClientError) as error:
        config.update_safety_rule(GatingRuleUpdate=update)
    assert code(error) == "LocalCloudNotEmulated"


def test_a_safety_rule_takes_controls_of_its_own_panel_only(
    config: Any, cluster: dict[str, Any], controls: list[str], clock: ManualClock
) -> None:
    other = config.create_control_panel(ClusterArn=cluster["ClusterArn"], ControlPanelName="other")[
        "ControlPanel"
    ]["ControlPanelArn"]
    clock.sleep(60)
    with pytest.raises(ClientError) as error:
        make_rule(config, controls, panel=other)
    assert code(error) == "ValidationException"


def test_lists_come_in_pages(config: Any, controls: list[str]) -> None:
    panel = controls[0].split("/routingcontrol")[0]
    first = config.list_routing_controls(ControlPanelArn=panel, MaxResults=1)
    second = config.list_routing_controls(ControlPanelArn=panel, NextToken=first["NextToken"])
    names = [c["Name"] for c in first["RoutingControls"] + second["RoutingControls"]]
    assert names == ["east", "west"]
    assert "NextToken" not in second


def test_tags_are_kept_changed_and_removed(config: Any) -> None:
    arn = config.create_cluster(ClusterName="one", Tags={"a": "1"})["Cluster"]["ClusterArn"]
    config.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    config.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}


def test_the_control_plane_answers_in_us_west_2_only(cloud: Cloud) -> None:
    key = cloud.principals.admin_credentials.access_key
    headers = HeadersDict()
    headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key}/20250101/us-east-1/"
        "route53-recovery-control-config/aws4_request"
    )
    host = "route53-recovery-control-config.us-east-1.amazonaws.com"
    with pytest.raises(ConnectionCut):
        cloud.gateway.handle(Request("GET", f"https://{host}/cluster", headers))


def test_an_unknown_resource_is_not_found(config: Any) -> None:
    with pytest.raises(ClientError) as error:
        config.describe_cluster(ClusterArn="arn:aws:route53-recovery-control::1:cluster/x")
    assert code(error) == "ResourceNotFoundException"


def make_rule(config: Any, controls: list[str], panel: str | None = None) -> str:
    created = config.create_safety_rule(
        AssertionRule={
            "Name": "one-is-on",
            "ControlPanelArn": panel or controls[0].split("/routingcontrol")[0],
            "AssertedControls": controls,
            "RuleConfig": {"Type": "ATLEAST", "Threshold": 1, "Inverted": False},
            "WaitPeriodMs": 5000,
        }
    )
    return str(created["AssertionRule"]["SafetyRuleArn"])
