"""deployment/deployer/routing_controls.py: the controls are set once, and never flipped."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.deployer.errors import DeployError
from deployment.deployer.routing_controls import RoutingControls
from tests.deployment.fakes import FakeAws, FakeClient, Operation, error

CLUSTER = "arn:aws:route53-recovery-control::123456789012:cluster/c"
OUTPUTS = {
    "ClusterArn": CLUSTER,
    "PrimaryControlArn": "arn:primary",
    "SecondaryControlArn": "arn:secondary",
}
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2"]


def url(region: str) -> str:
    return f"https://x.route53-recovery-cluster.{region}.amazonaws.com/v1"


class Arc(FakeAws):
    """Five endpoints, some of which are down; `regions` are those that were called, in order."""

    def __init__(self, primary: str, secondary: str, down: tuple[str, ...] = ()) -> None:
        endpoints = [{"Region": region, "Endpoint": url(region)} for region in REGIONS]
        cluster = {"Cluster": {"ClusterEndpoints": endpoints}}
        super().__init__(route53_recovery_control_config={"describe_cluster": lambda **_: cluster})
        self.states = {"arn:primary": primary, "arn:secondary": secondary}
        self.down = down
        self.regions: list[str] = []

    def client(self, service: str, region: str, config: Any = None, endpoint: Any = None) -> Any:
        if service != "route53-recovery-cluster":
            return super().client(service, region)
        assert endpoint == url(region)
        assert (config.connect_timeout, config.read_timeout) == (5, 10)
        self.regions.append(region)
        operations: dict[str, Operation] = {
            "get_routing_control_state": self.get,
            "update_routing_control_states": dict,
        }
        if region in self.down:
            operations = dict.fromkeys(operations, self.refuse)
        return FakeClient(operations, self.calls)

    def get(self, RoutingControlArn: str) -> dict[str, str]:  # noqa: N803 - named by the API
        return {"RoutingControlState": self.states[RoutingControlArn]}

    def refuse(self, **_params: Any) -> None:
        raise error("ServiceUnavailable", "down")

    def updates(self) -> list[dict[str, Any]]:
        return self.called("update_routing_control_states")


def test_after_the_first_deployment_the_primary_becomes_active_in_one_call() -> None:
    arc = Arc("Off", "Off")
    RoutingControls(arc, OUTPUTS).activate_primary_once()
    (update,) = arc.updates()
    assert update["UpdateRoutingControlStateEntries"] == [
        {"RoutingControlArn": "arn:primary", "RoutingControlState": "On"},
        {"RoutingControlArn": "arn:secondary", "RoutingControlState": "Off"},
    ]


@pytest.mark.parametrize("states", [("Off", "On"), ("On", "Off"), ("On", "On")])
def test_a_later_deployment_leaves_the_active_region_as_it_is(
    states: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    arc = Arc(*states)
    RoutingControls(arc, OUTPUTS).activate_primary_once()
    assert not arc.updates()
    assert f"primary {states[0]}, secondary {states[1]}" in capsys.readouterr().out


def test_describing_the_controls_never_sets_them() -> None:
    arc = Arc("Off", "Off")
    text = RoutingControls(arc, OUTPUTS).describe()
    assert text == "routing controls: primary Off, secondary Off"
    assert not arc.updates()


def test_an_endpoint_that_is_down_is_passed_over() -> None:
    for _ in range(5):
        arc = Arc("On", "Off", down=("us-east-1", "eu-west-1", "us-west-2", "ap-northeast-1"))
        assert RoutingControls(arc, OUTPUTS).states() == ("On", "Off")
        assert arc.regions.count("ap-southeast-2") == 2


def test_calls_begin_at_a_random_endpoint() -> None:
    arc = Arc("On", "Off")
    controls = RoutingControls(arc, OUTPUTS)
    for _ in range(50):
        controls.states()
    assert set(arc.regions) == set(REGIONS)


def test_all_endpoints_down_is_a_failure_that_says_what_was_tried() -> None:
    arc = Arc("Off", "Off", down=tuple(REGIONS))
    with pytest.raises(DeployError, match=f"no endpoint of {CLUSTER} accepted .*down"):
        RoutingControls(arc, OUTPUTS).activate_primary_once()
    assert sorted(arc.regions) == sorted(REGIONS)
    assert not arc.updates()


def test_the_endpoints_are_in_the_same_order_each_time_so_that_a_deployment_changes_nothing() -> (
    None
):
    parameters = {
        RoutingControls(Arc("On", "Off"), OUTPUTS).endpoints_parameter() for _ in range(3)
    }
    (parameter,) = parameters
    assert [pair.split("=")[0] for pair in parameter.split(",")] == sorted(REGIONS)
    assert f"eu-west-1={url('eu-west-1')}" in parameter
