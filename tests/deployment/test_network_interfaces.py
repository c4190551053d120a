"""deployment/deployer/network_interfaces.py: nothing that functions have left blocks a network."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.deployer import network_interfaces
from deployment.deployer.errors import DeployError
from deployment.deployer.network_interfaces import delete_interfaces
from tests.deployment.fakes import FakeAws, error, plan

FOUNDATION = plan().foundations[0]


class Network:
    """EC2 with interfaces by id; each description takes the next statuses."""

    def __init__(self, *statuses: dict[str, str]) -> None:
        self.statuses = list(statuses)
        self.deleted: list[str] = []
        summary = {
            "LogicalResourceId": "Vpc",
            "ResourceType": "AWS::EC2::VPC",
            "PhysicalResourceId": "vpc-1",
        }
        self.aws = FakeAws(
            cloudformation={
                "describe_stacks": lambda **_: {"Stacks": [{"StackStatus": "CREATE_COMPLETE"}]},
                "list_stack_resources": lambda **_: [{"StackResourceSummaries": [summary]}],
            },
            ec2={
                "describe_network_interfaces": self._describe,
                "delete_network_interface": self._delete,
            },
        )

    def _describe(self, **_params: Any) -> list[dict[str, Any]]:
        statuses = self.statuses.pop(0) if self.statuses else {}
        interfaces = [{"NetworkInterfaceId": i, "Status": s} for i, s in statuses.items()]
        return [{"NetworkInterfaces": interfaces}]

    def _delete(self, NetworkInterfaceId: str) -> None:  # noqa: N803 - AWS's name
        self.deleted.append(NetworkInterfaceId)
        if NetworkInterfaceId == "eni-gone":
            raise error("InvalidNetworkInterfaceID.NotFound", "it does not exist")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_interfaces, "POLL_SECONDS", 0.0)


def test_available_interfaces_are_deleted_and_those_in_use_waited_for() -> None:
    network = Network(
        {"eni-1": "in-use", "eni-2": "available"}, {"eni-1": "available", "eni-gone": "available"}
    )
    delete_interfaces(network.aws, FOUNDATION)
    assert network.deleted == ["eni-2", "eni-1", "eni-gone"]
    (filters, *_) = network.aws.called("describe_network_interfaces")
    assert {"Name": "vpc-id", "Values": ["vpc-1"]} in filters["Filters"]


def test_an_interface_that_stays_in_use_ends_the_wait_with_its_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network_interfaces, "LIMIT_SECONDS", -1)
    with pytest.raises(DeployError, match="eni-1"):
        delete_interfaces(Network({"eni-1": "in-use"}).aws, FOUNDATION)
