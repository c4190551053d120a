"""A second deployment beside the first, in another pair of Regions: made, edited, broken, gone.

The tests follow one another, as the life of the stacks does: a deployment is dear.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from demo.shell import ROOT
from demo.watch import Deployment
from localcloud.cloudformation.engine import Engine
from localcloud.gateway.identify import Call
from tests.e2e.copy_of_repository import Copy, copied
from tests.e2e.files import known_uuids, row, text
from tests.e2e.inventory import inventory
from tests.e2e.system import System

ENV = "-two"
REGIONS = ("eu-west-1", "eu-central-1")
ALL_REGIONS = ["us-east-1", "us-west-2", *REGIONS]
KNOWN = known_uuids(50)


@dataclass
class Second:
    """The second deployment; ``before`` is what the cloud had without it."""

    copy: Copy
    system: System
    before: set[str]

    @property
    def engine(self) -> Engine:
        return self.system.cloud.get(Engine)

    def inventory(self) -> set[str]:
        return inventory(self.system.cloud.clients.client, ALL_REGIONS)


@dataclass
class Gate:
    """Holds the merger's reading of a manifest, so that a file stays in flight."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, call: Call) -> None:
        if call.name == "GetObject" and "Merger" in call.principal.arn:
            self.reached.set()
            self.opened.wait(300)


@pytest.fixture
def gate(second: Second) -> Iterator[Gate]:
    made, judges = Gate(), second.system.cloud.gateway.judges
    judges.append(made)
    yield made
    made.opened.set()
    judges.remove(made)


@pytest.fixture(scope="module")
def second(system: System, tmp_path_factory: pytest.TempPathFactory) -> Second:
    """``make deploy`` of another ENV to another pair of Regions."""
    before = inventory(system.cloud.clients.client, ALL_REGIONS)
    folder = tmp_path_factory.mktemp("two")
    data = folder / "financial.csv"
    data.write_text("".join(_first_lines(len(KNOWN) + 1)))
    own = {"ENV": ENV, "PRIMARY_REGION": REGIONS[0], "SECONDARY_REGION": REGIONS[1]}
    environment = {**system.shell.environment, **own, "FINANCIAL_DATA": str(data)}
    root = folder / "repository"
    root.mkdir()
    copy = copied(root, environment)
    copy.make("deploy")
    mrap_arn = copy.make("-s", "mrap-arn").strip()
    deployment = Deployment(ENV, system.deployment.account, REGIONS)
    own_system = System(system.shell, deployment, mrap_arn, system.state_dir, system.cloud)
    return Second(copy, own_system, before)


def _first_lines(count: int) -> list[str]:
    with (ROOT / "assets" / "financial-data.csv").open() as stream:
        return [next(stream) for _ in range(count)]


def test_no_physical_name_of_one_deployment_occurs_in_the_other(second: Second) -> None:
    """Defect 22: every resource of every stack, nested ones too, in all Regions."""
    names = {"-dev": _physical_names(second, "-dev"), ENV: _physical_names(second, ENV)}
    assert len(names["-dev"]) == len(names[ENV]) > 100
    assert names["-dev"] & names[ENV] == set()


def _physical_names(second: Second, env: str) -> set[tuple[str, str | None]]:
    """(type, physical id) of the resources of an ENV's stacks."""
    roots = {
        stack.id
        for region in ALL_REGIONS
        for stack in second.engine.stacks.of(region)
        if stack.name.startswith("batch-") and stack.name.endswith(env)
    }
    return {
        (resource.type, resource.physical_id)
        for region in ALL_REGIONS
        for stack in second.engine.stacks.of(region)
        if (stack.root_id or stack.id) in roots and stack.status != "DELETE_COMPLETE"
        for resource in stack.resources.values()
        if resource.type != "AWS::ApiGateway::Stage"  # named within its API
    }


def test_each_deployment_processes_its_own_file(
    system: System, second: Second, tmp_path: Path
) -> None:
    """E1: any pair of Regions works, and another ENV's upload is nobody else's."""
    data = text([row(KNOWN[0])]).encode()
    uploads = [(each, each.upload("own.csv", data, tmp_path)) for each in (system, second.system)]
    for each, since in uploads:
        state = each.finish("own.csv", since)
        assert (state["status"], state["region"]) == ("COMPLETED", each.deployment.regions[0])
    assert len({each.output(each.finish("own.csv", since)) for each, since in uploads}) == 1
    tables = {_runs(each, "own.csv") for each in (system, second.system)}
    assert len(tables) == 2


def _runs(system: System, name: str) -> tuple[str, ...]:
    table = system.client("dynamodb", system.deployment.regions[0])
    items = table.scan(TableName=system.deployment.state_table)["Items"]
    return tuple(item["run_id"]["S"] for item in items if item["key"]["S"] == f"input/{name}")


def test_a_handler_that_cannot_be_packaged_stops_the_deployment_and_changes_nothing(
    second: Second,
) -> None:
    second.copy.edit("templates/batch.yaml", "CodeUri: ../.build/functions", "CodeUri: ../nowhere")
    began = _last_events(second)
    said = second.copy.fail("deploy")
    assert "FAILED: batch-standby-two in eu-central-1." in said
    assert "nowhere" in said
    assert _changed_since(second, began) == {}
    second.copy.restore("templates/batch.yaml")


def test_an_edit_changes_only_what_it_is_about_and_a_file_in_flight_survives_it(
    second: Second, gate: Gate, tmp_path: Path
) -> None:
    """A handler (its archive is all functions' code), a state machine, a parameter."""
    since = second.system.upload("flight.csv", text([row(KNOWN[1])]).encode(), tmp_path)
    assert gate.reached.wait(120), "the file never came as far as the merger"
    second.copy.edit("functions/splitter/app.py", '"""First', '"""Edited. First')
    second.copy.edit(
        "statemachines/main-orchestrator.asl.json", '"Comment": "', '"Comment": "Edited. '
    )
    began, ids = _last_events(second), _physical_names(second, ENV)
    second.copy.make("deploy", "TUNING=ChunkRecords=123")
    changed = _changed_since(second, began)
    assert {kind for kind, _ in changed} == {
        "AWS::Lambda::Function",
        "AWS::StepFunctions::StateMachine",
    }
    assert {name for kind, name in changed if "StateMachine" in kind} == {"MainOrchestrator"}
    assert set(changed.values()) == {"UPDATE_COMPLETE"}
    assert _physical_names(second, ENV) == ids
    for region in REGIONS:
        splitter = second.system.client("lambda", region).get_function_configuration(
            FunctionName=f"batch-splitter{ENV}"
        )
        assert splitter["Environment"]["Variables"]["CHUNK_RECORDS"] == "123"
    gate.opened.set()
    assert second.system.finish("flight.csv", since)["status"] == "COMPLETED"


def test_deploying_again_changes_nothing_and_uploads_nothing(second: Second) -> None:
    began, uploads = _last_events(second), _uploads(second)
    said = second.copy.make("deploy", "TUNING=ChunkRecords=123")
    assert _changed_since(second, began) == {}
    assert _uploads(second) == uploads
    told = [line for line in said.splitlines() if " done, " in line]
    assert len(told) == 8, told
    assert all("no changes" in line for line in told), told


def _uploads(second: Second) -> int:
    return sum(
        entry.action == "s3:PutObject" and "aws-sam-cli" in entry.resource
        for entry in second.system.cloud.ledger.entries()
    )


def _last_events(second: Second) -> dict[str, int]:
    """Stack id → how many events it has."""
    stacks = [stack for region in ALL_REGIONS for stack in second.engine.stacks.of(region)]
    return {stack.id: len(stack.events) for stack in stacks}


def _changed_since(second: Second, began: dict[str, int]) -> dict[tuple[str, str], str]:
    """(type, logical id) → the last status of every resource that is no stack and had an event."""
    return {
        (event["ResourceType"], event["LogicalResourceId"]): event["ResourceStatus"]
        for region in ALL_REGIONS
        for stack in second.engine.stacks.of(region)
        for event in stack.events[began.get(stack.id, 0) :]
        if event["ResourceType"] != "AWS::CloudFormation::Stack"
    }


CHAOS = "templates/chaos.yaml"


def test_a_property_that_aws_does_not_know_fails_the_stack_by_its_name(second: Second) -> None:
    second.copy.edit(CHAOS, "      StopConditions:", "      Nope: x\n      StopConditions:")
    said = second.copy.fail("chaos")
    assert "Experiment (AWS::FIS::ExperimentTemplate) could not be created" in said
    assert "extraneous key [Nope] is not permitted" in said
    second.copy.restore(CHAOS)


def test_a_name_that_is_taken_fails_the_stack_and_the_next_try_works(second: Second) -> None:
    iam = second.system.client("iam", REGIONS[0])
    trust = '{"Version": "2012-10-17", "Statement": []}'
    iam.create_role(RoleName="taken", AssumeRolePolicyDocument=trust)
    second.copy.edit(
        CHAOS,
        "    Type: AWS::IAM::Role\n    Properties:\n",
        "    Type: AWS::IAM::Role\n    Properties:\n      RoleName: taken\n",
    )
    said = second.copy.fail("chaos")
    iam.delete_role(RoleName="taken")
    assert "ExperimentRole (AWS::IAM::Role) could not be created" in said
    assert "already exists" in said
    second.copy.restore(CHAOS)
    assert "left half-made" in second.copy.make("chaos")
    assert set(_statuses(second, "batch-chaos")) == {"CREATE_COMPLETE"}


def _statuses(second: Second, prefix: str) -> list[str]:
    return [
        stack.status
        for region in REGIONS
        for stack in second.engine.stacks.of(region)
        if stack.name == f"{prefix}{ENV}" and stack.status != "DELETE_COMPLETE"
    ]


def test_destroy_all_leaves_nothing_behind_with_a_file_in_flight(
    second: Second, gate: Gate, tmp_path: Path
) -> None:
    """E2: versions, delete markers, a half-made stack; and safe to run twice."""
    data = text([row(KNOWN[2])]).encode()
    second.system.upload("last.csv", data, tmp_path)
    assert gate.reached.wait(120)
    _write_and_delete(second.system, REGIONS[0])
    _write_and_delete(second.system, REGIONS[1])
    assert "1 files are in flight" in second.copy.make("destroy-all", "FORCE=1")
    gate.opened.set()
    _check_what_is_left(second)
    second.copy.make("destroy-all", "FORCE=1")
    _check_what_is_left(second)


def _write_and_delete(system: System, region: str) -> None:
    s3, bucket = system.client("s3", region), system.deployment.bucket(region)
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="output/versions", Body=body)
    s3.delete_object(Bucket=bucket, Key="output/versions")


def _check_what_is_left(second: Second) -> None:
    """SAM's own stack and bucket in each Region, and API Gateway's log role, stay on purpose."""
    now = second.inventory()
    assert sorted(second.before - now) == [], "the other deployment has lost something"
    assert [name for name in sorted(now - second.before) if not _on_purpose(name)] == []


def _on_purpose(name: str) -> bool:
    role = f"global iam batch-foundation{ENV}-ApiGatewayLogRole-"
    return "aws-sam-cli-managed-default" in name or name.startswith(role)
