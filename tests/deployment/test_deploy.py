"""deployment/deployer/deploy.py: in which order the Regions are made, checked and wired."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.deployer import deploy, stacks, verify
from deployment.deployer.plan import Plan, Stack, Stopped
from tests.deployment.fakes import FakeCloud, error, plan

PLAN = plan()


class Deploying:
    """Notes what is done to which stack; nothing else happens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[tuple[str, str]] = []
        self.given: dict[str, dict[str, str]] = {}
        self.unfit = ""
        monkeypatch.setattr(stacks, "deploy", self._deploy)
        monkeypatch.setattr(verify, "verify", self._verify)
        monkeypatch.setattr(verify, "active_region", self._active)
        monkeypatch.setattr(deploy, "_arc", lambda command, *_: f"({command})")
        self.active: str | None = None

    def run(self) -> None:
        names = (
            "VpcId SubnetIds SecurityGroupId BucketName BucketArn MrapArn ClusterArn "
            "PrimaryControlArn SecondaryControlArn TriggerFunctionArn"
        )
        outputs = [{"OutputKey": name, "OutputValue": name.lower()} for name in names.split()]
        answer = {"describe_stacks": lambda **_: {"Stacks": [{"Outputs": outputs}]}}
        deploy.Deployment(FakeCloud(cloudformation=answer), PLAN).run(lambda: None)

    def _deploy(self, _cloud: Any, _plan: Plan, stack: Stack, given: dict[str, str]) -> None:
        self.done.append(("deploy", stack.name))
        self.given[stack.name] = given

    def _verify(self, _cloud: Any, _plan: Plan, stack: Stack) -> None:
        self.done.append(("verify", stack.name))
        if stack.name == self.unfit:
            raise Stopped(f"{stack} is not fit")

    def _active(self, *_given: Any) -> str:
        if self.active is None:
            raise error("ResourceNotFoundException", "Function not found")
        return self.active


@pytest.fixture
def deploying(monkeypatch: pytest.MonkeyPatch) -> Deploying:
    return Deploying(monkeypatch)


def applications(done: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [one for one in done if one[1] in ("batch-standby-x", "batch-primary-x")]


ORDER = [
    ("deploy", "batch-standby-x"),
    ("verify", "batch-standby-x"),
    ("deploy", "batch-primary-x"),
    ("verify", "batch-primary-x"),
]


def test_the_standby_comes_first_and_each_is_checked_before_anything_is_wired(
    deploying: Deploying,
) -> None:
    deploying.run()
    assert applications(deploying.done) == ORDER
    assert [name for _, name in deploying.done[-2:]] == ["batch-foundation-x"] * 2
    assert "PeerBucketArn" in deploying.given["batch-foundation-x"]


def test_after_a_failover_the_primarys_region_is_the_standby(deploying: Deploying) -> None:
    deploying.active = PLAN.settings.secondary_region
    deploying.run()
    assert applications(deploying.done) == [*ORDER[2:], *ORDER[:2]]


@pytest.mark.parametrize("unfit", ["batch-standby-x", "batch-primary-x"])
def test_a_region_that_fails_its_check_is_not_wired(deploying: Deploying, unfit: str) -> None:
    deploying.unfit = unfit
    with pytest.raises(Stopped, match=f"{unfit} in .* is not fit"):
        deploying.run()
    assert deploying.done[-1] == ("verify", unfit)
    assert "PeerBucketArn" not in deploying.given["batch-foundation-x"]


def test_each_application_has_its_own_control_and_its_peer(deploying: Deploying) -> None:
    deploying.run()
    standby, primary = deploying.given["batch-standby-x"], deploying.given["batch-primary-x"]
    assert (standby["OwnControlArn"], standby["PeerRegion"]) == ("secondarycontrolarn", "eu-west-1")
    assert (primary["OwnControlArn"], primary["PeerRegion"]) == (
        "primarycontrolarn",
        "eu-central-1",
    )
    assert "OperatorEmail" not in primary  # empty: stays as it is
