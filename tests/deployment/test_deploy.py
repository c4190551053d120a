"""deployment/deployer/deploy.py: in which order the Regions are made, checked and wired."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from deployment.deployer import deploy, stacks, verify
from deployment.deployer.plan import Plan, Stack, Stopped
from tests.deployment.fakes import FakeCloud, error, plan
from tests.templates.loading import written

PLAN = plan()
TEMPLATES = {
    "foundation": "templates/foundation.yaml",
    "global": "global-resources.yaml",
    "tables": "templates/tables.yaml",
    "standby": "template-standby.yaml",
    "primary": "template-primary.yaml",
}


class Deploying:
    """Notes what is done to which stack; nothing else happens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[tuple[str, str]] = []
        self.plan = PLAN
        self.passed: dict[str, dict[str, str]] = defaultdict(dict)
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
        deploy.Deployment(FakeCloud(cloudformation=answer), self.plan).run(lambda: None)

    def _deploy(self, _cloud: Any, _plan: Plan, stack: Stack, passed: dict[str, str]) -> None:
        self.done.append(("deploy", stack.name))
        self.passed[stack.name] |= passed

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
    assert "PeerBucketArn" in deploying.passed["batch-foundation-x"]


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
    assert "PeerBucketArn" not in deploying.passed["batch-foundation-x"]


def test_each_application_has_its_own_control_and_its_peer(deploying: Deploying) -> None:
    deploying.run()
    standby, primary = deploying.passed["batch-standby-x"], deploying.passed["batch-primary-x"]
    assert (standby["OwnControlArn"], standby["PeerRegion"]) == ("secondarycontrolarn", "eu-west-1")
    assert (primary["OwnControlArn"], primary["PeerRegion"]) == (
        "primarycontrolarn",
        "eu-central-1",
    )


@pytest.mark.parametrize(("name", "template"), TEMPLATES.items())
def test_every_parameter_is_passed_so_that_the_settings_rule_a_stack_that_stands(
    deploying: Deploying, name: str, template: str
) -> None:
    """`sam deploy` leaves a parameter that is not passed as the stack has it."""
    deploying.run()
    passed = deploying.passed[f"batch-{name}-x"]
    assert set(passed) == set(written(template)["Parameters"])


def test_an_empty_operator_email_takes_the_address_away(deploying: Deploying) -> None:
    deploying.run()
    assert deploying.passed["batch-primary-x"]["OperatorEmail"] == ""


def test_the_settings_of_the_application_arrive_as_parameters(deploying: Deploying) -> None:
    deploying.plan = plan(chunk_records="200", delimiter="tab", sweep_hours="24")
    deploying.run()
    for name in ("batch-standby-x", "batch-primary-x"):
        passed = deploying.passed[name]
        assert (passed["ChunkRecords"], passed["Delimiter"]) == ("200", "tab")
        assert (passed["SweepHours"], passed["FailedHours"]) == ("24", "48")
