"""deployment/deployer/deploy.py: the order of the stacks, their checks, and their parameters."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from deployment.deployer import deploy, stacks, verify
from deployment.deployer.errors import DeployError
from deployment.deployer.plan import Plan, Stack
from deployment.deployer.routing_controls import RoutingControls
from tests.deployment.fakes import FakeAws, error, plan
from tests.templates.loading import read_template

PLAN = plan()
TEMPLATES = {
    "foundation": "templates/foundation.yaml",
    "global": "global-resources.yaml",
    "tables": "templates/tables.yaml",
    "standby": "template-standby.yaml",
    "primary": "template-primary.yaml",
    "chaos": "templates/chaos.yaml",
}
OUTPUTS = [
    "VpcId",
    "SubnetIds",
    "SecurityGroupId",
    "BucketName",
    "BucketArn",
    "MrapArn",
    "ClusterArn",
    "PrimaryControlArn",
    "SecondaryControlArn",
    "TriggerFunctionArn",
]


class FakeDeployment:
    """Records the steps and the parameters of each stack; deploys nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[tuple[str, str]] = []
        self.parameters: dict[str, dict[str, str]] = defaultdict(dict)
        self.plan = PLAN
        self.unfit_stack = ""
        self.active_region: str | None = None
        monkeypatch.setattr(stacks, "deploy", self._deploy)
        monkeypatch.setattr(verify, "verify", self._verify)
        monkeypatch.setattr(deploy, "active_region", self._active_region)
        monkeypatch.setattr(deploy, "load_financial_data", self._load)
        monkeypatch.setattr(RoutingControls, "endpoints_parameter", lambda _: "(endpoints)")
        monkeypatch.setattr(RoutingControls, "activate_primary_once", lambda _: None)

    def run(self) -> None:
        self.deployment().run()

    def deployment(self) -> deploy.Deployment:
        outputs = [{"OutputKey": name, "OutputValue": name.lower()} for name in OUTPUTS]
        response = {"describe_stacks": lambda **_: {"Stacks": [{"Outputs": outputs}]}}
        limits = {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}}
        functions = {"get_account_settings": lambda: limits}
        aws = FakeAws(cloudformation=response, **{"lambda": functions})
        return deploy.Deployment(aws, self.plan)

    def application_steps(self) -> list[tuple[str, str]]:
        names = ("batch-standby-x", "batch-primary-x")
        return [(step, name) for step, name in self.steps if name in names]

    def _deploy(self, _aws: Any, _plan: Plan, stack: Stack, parameters: dict[str, str]) -> None:
        self.steps.append(("deploy", stack.name))
        self.parameters[stack.name] |= parameters

    def _verify(self, _aws: Any, _plan: Plan, stack: Stack) -> None:
        self.steps.append(("verify", stack.name))
        if stack.name == self.unfit_stack:
            raise DeployError(f"{stack} is not fit")

    def _active_region(self, *_: Any) -> str:
        if self.active_region is None:
            raise error("ResourceNotFoundException", "Function not found")
        return self.active_region

    def _load(self, _aws: Any, table: str, region: str, file: Path) -> None:
        assert file == Path("assets/financial-data.csv")
        self.steps.append((f"load in {region}", table))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeDeployment:
    return FakeDeployment(monkeypatch)


ORDER = [
    ("deploy", "batch-standby-x"),
    ("verify", "batch-standby-x"),
    ("deploy", "batch-primary-x"),
    ("verify", "batch-primary-x"),
]


def test_the_standby_comes_first_and_each_is_checked_before_anything_is_wired(
    fake: FakeDeployment,
) -> None:
    fake.run()
    assert fake.application_steps() == ORDER
    assert [name for _, name in fake.steps[-2:]] == ["batch-foundation-x"] * 2
    assert "PeerBucketArn" in fake.parameters["batch-foundation-x"]
    assert ("load in eu-west-1", "financial-data-x") in fake.steps


def test_after_a_failover_the_application_of_the_primary_comes_first(fake: FakeDeployment) -> None:
    fake.active_region = PLAN.settings.secondary_region
    fake.run()
    assert fake.application_steps() == [*ORDER[2:], *ORDER[:2]]


@pytest.mark.parametrize("unfit", ["batch-standby-x", "batch-primary-x"])
def test_a_region_that_fails_its_check_is_not_wired(fake: FakeDeployment, unfit: str) -> None:
    fake.unfit_stack = unfit
    with pytest.raises(DeployError, match=f"{unfit} in .* is not fit"):
        fake.run()
    assert fake.application_steps()[-1] == ("verify", unfit)
    assert "PeerBucketArn" not in fake.parameters["batch-foundation-x"]


def test_each_application_has_its_own_control_and_its_peer(fake: FakeDeployment) -> None:
    fake.run()
    standby, primary = fake.parameters["batch-standby-x"], fake.parameters["batch-primary-x"]
    assert (standby["OwnControlArn"], standby["PeerRegion"]) == ("secondarycontrolarn", "eu-west-1")
    assert (primary["OwnControlArn"], primary["PeerRegion"]) == (
        "primarycontrolarn",
        "eu-central-1",
    )


@pytest.mark.parametrize(("name", "template"), TEMPLATES.items())
def test_every_parameter_is_passed_so_that_settings_apply_to_a_stack_that_stands(
    fake: FakeDeployment, name: str, template: str
) -> None:
    """`sam deploy` leaves a parameter that is not passed as the stack has it."""
    fake.run()
    fake.deployment().deploy_experiments()
    assert set(fake.parameters[f"batch-{name}-x"]) == set(read_template(template)["Parameters"])


def test_an_empty_operator_email_takes_the_address_away(fake: FakeDeployment) -> None:
    fake.run()
    assert fake.parameters["batch-primary-x"]["OperatorEmail"] == ""


def test_an_empty_env_is_passed_too(fake: FakeDeployment) -> None:
    fake.plan = plan(env="")
    fake.run()
    assert {parameters["Env"] for parameters in fake.parameters.values()} == {""}


def test_the_settings_of_the_application_arrive_as_parameters(fake: FakeDeployment) -> None:
    fake.plan = plan(chunk_records="200", delimiter="tab", sweep_hours="24", work_days="3")
    fake.run()
    for name in ("batch-standby-x", "batch-primary-x"):
        parameters = fake.parameters[name]
        assert (parameters["ChunkRecords"], parameters["Delimiter"]) == ("200", "tab")
        assert (parameters["SweepHours"], parameters["FailedHours"]) == ("24", "48")
    foundation = fake.parameters["batch-foundation-x"]
    assert (foundation["WorkDays"], foundation["NoncurrentDays"]) == ("3", "30")


def test_nothing_is_wired_before_dns_names_the_first_active_region(
    fake: FakeDeployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E10: while a resolver answers from its cache, both Regions would skip an upload."""
    answers = iter(["us-west-2", "us-west-2", "us-west-2", *[PLAN.settings.primary_region] * 4])
    seen: list[str] = []

    def ask(*_: Any) -> str:
        seen.append(next(answers))
        assert "PeerBucketArn" not in fake.parameters["batch-foundation-x"]
        return seen[-1]

    monkeypatch.setattr(RoutingControls, "activate_primary_once", lambda _: True)
    monkeypatch.setattr(deploy, "active_region", ask)
    monkeypatch.setattr(deploy, "DNS_PAUSE", 0.0)
    fake.run()
    assert seen.count(PLAN.settings.primary_region) == 2
    assert "PeerBucketArn" in fake.parameters["batch-foundation-x"]
