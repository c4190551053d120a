"""deployment/deployer/deploy.py: the order of the stacks, their checks, and their parameters."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from deployment.deployer import deploy, stacks, verify
from deployment.deployer.bucket_wiring import BucketWiring
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
        self.monkeypatch = monkeypatch
        self.steps: list[tuple[str, str]] = []
        self.parameters: dict[str, dict[str, str]] = defaultdict(dict)
        self.plan = PLAN
        self.unfit_stack = ""
        self.active_region: str | None = None
        self.is_deployed = True
        self.deployed_parameters: dict[str, str] = {}
        self.notification_difference = self.replication_difference = ""
        for name in ("notification_difference", "replication_difference"):
            monkeypatch.setattr(BucketWiring, name, lambda *_, name=name: getattr(self, name))
        monkeypatch.setattr(
            deploy, "describe_stack", lambda *_: {"a": 1} if self.is_deployed else None
        )
        monkeypatch.setattr(stacks, "deploy", self._deploy)
        monkeypatch.setattr(verify, "verify", self._verify)
        monkeypatch.setattr(deploy, "active_region", self._active_region)
        monkeypatch.setattr(deploy, "load_financial_data", self._load)
        zones = {"ZoneA": "a", "ZoneB": "b"}
        monkeypatch.setattr(deploy, "zone_parameters", lambda *_: zones)
        monkeypatch.setattr(RoutingControls, "endpoints_parameter", lambda _: "(endpoints)")
        for owner, name, step in (
            (RoutingControls, "activate_primary_once", ("activate", "primary")),
            (deploy, "await_dns", ("await", "dns")),
            (deploy, "compare", ("compare", "all")),
            (deploy, "try_wiring", ("try", "wiring")),
        ):
            monkeypatch.setattr(owner, name, partial(self._note, step))

    def run(self) -> None:
        self.deployment().run()

    def deployment(self) -> deploy.Deployment:
        outputs = [{"OutputKey": name, "OutputValue": name.lower()} for name in OUTPUTS]
        pairs = self.deployed_parameters.items()
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in pairs]
        stack = {"Outputs": outputs, "Parameters": parameters}
        response = {"describe_stacks": lambda **_: {"Stacks": [stack]}}
        limits = {"AccountLimit": {"UnreservedConcurrentExecutions": 1000}}
        functions = {"get_account_settings": lambda: limits}
        account = {"get_account": lambda: {"throttleSettings": {"rateLimit": 10_000.0}}}
        aws = FakeAws(cloudformation=response, apigateway=account, **{"lambda": functions})
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

    def _note(self, step: tuple[str, str], *_: Any) -> None:
        self.steps.append(step)

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
    assert [name for _, name in fake.steps[-4:-2]] == ["batch-foundation-x"] * 2
    assert "PeerBucketArn" in fake.parameters["batch-foundation-x"]
    assert ("load in eu-west-1", "financial-data-x") in fake.steps


def test_the_first_deployment_makes_both_applications_at_once(
    fake: FakeDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither deployment ends before the other has begun."""
    fake.is_deployed = False
    both = Barrier(2)
    deploy_stack = fake._deploy

    def wait(aws: Any, of: Plan, stack: Stack, parameters: dict[str, str]) -> None:
        if stack in (PLAN.standby, PLAN.primary):
            both.wait(30)
        deploy_stack(aws, of, stack, parameters)

    fake.monkeypatch.setattr(stacks, "deploy", wait)
    fake.run()
    assert sorted(fake.application_steps()) == sorted(ORDER)
    assert fake.steps.index(("load in eu-west-1", "financial-data-x"))
    assert "[5/7] and [6/7] The application in both Regions" in capsys.readouterr().out


@pytest.mark.parametrize("unfit", ["batch-standby-x", "batch-primary-x"])
def test_a_first_deployment_of_which_a_region_fails_its_check_is_not_wired(
    fake: FakeDeployment, unfit: str
) -> None:
    fake.is_deployed, fake.unfit_stack = False, unfit
    with pytest.raises(DeployError, match=f"{unfit} in .* is not fit"):
        fake.run()
    assert "PeerBucketArn" not in fake.parameters["batch-foundation-x"]


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
    fake.plan = plan(chunk_records="200", link_seconds="900", sweep_hours="24", work_days="3")
    fake.run()
    for name in ("batch-standby-x", "batch-primary-x"):
        parameters = fake.parameters[name]
        assert (parameters["ChunkRecords"], parameters["LinkSeconds"]) == ("200", "900")
        assert (parameters["SweepHours"], parameters["FailedHours"]) == ("24", "48")
    foundation = fake.parameters["batch-foundation-x"]
    assert (foundation["WorkDays"], foundation["NoncurrentDays"]) == ("3", "30")


def test_dns_is_right_before_anything_is_wired_and_was_never_asked_before_a_region_is_active(
    fake: FakeDeployment,
) -> None:
    """E10: a resolver keeps an answer, and while it is wrong both Regions would skip an upload."""
    fake.run()
    steps = [step for step, _ in fake.steps]
    assert steps.index("activate") < steps.index("verify")
    assert fake.steps[-5:] == [
        ("await", "dns"),
        ("deploy", "batch-foundation-x"),
        ("deploy", "batch-foundation-x"),
        ("compare", "all"),
        ("try", "wiring"),
    ]


WIRED = {"PeerBucketArn": "bucketarn", "TriggerFunctionArn": "triggerfunctionarn"}


@pytest.mark.parametrize(
    ("difference", "parameter"),
    [
        ("notification_difference", "TriggerFunctionArn"),
        ("replication_difference", "PeerBucketArn"),
    ],
)
def test_what_was_switched_off_past_cloudformation_is_taken_away_and_deployed_anew(
    fake: FakeDeployment, difference: str, parameter: str
) -> None:
    """As `make destroy-all` does first: CloudFormation sees no change in the same parameters."""
    fake.deployed_parameters = WIRED
    setattr(fake, difference, "the bucket does not")
    deployed: list[dict[str, str]] = []
    deploy_stack = fake._deploy

    def note(aws: Any, of: Plan, stack: Stack, parameters: dict[str, str]) -> None:
        deploy_stack(aws, of, stack, parameters)
        if stack.name == "batch-foundation-x" and "VpcCidr" not in parameters:
            deployed.append(parameters)

    fake.monkeypatch.setattr(stacks, "deploy", note)
    fake.run()
    assert deployed == [{parameter: ""}, {parameter: ""}, WIRED, WIRED]


def test_the_first_deployment_has_nothing_to_take_away(fake: FakeDeployment) -> None:
    fake.notification_difference = fake.replication_difference = "not yet"
    fake.deployed_parameters = dict.fromkeys(WIRED, "")
    fake.run()
    assert [name for _, name in fake.steps].count("batch-foundation-x") == 4
