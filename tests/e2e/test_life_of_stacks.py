"""A second deployment beside the first, in another pair of Regions: made, edited, broken, gone.

The tests follow one another, as the life of the stacks does: a deployment is dear.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from localcloud.cloudformation.resources import dynamodb_shared

from tests.e2e.files import known_uuids, row, text
from tests.e2e.second_deployment import ENV, REGIONS, Gate, Second, deployed_beside
from tests.e2e.system import System

KNOWN = known_uuids(50)


@pytest.fixture(scope="module")
def second(system: System, tmp_path_factory: pytest.TempPathFactory) -> Second:
    return deployed_beside(system, tmp_path_factory.mktemp("two"), financial_rows=len(KNOWN))


@pytest.fixture
def gate(second: Second) -> Iterator[Gate]:
    made, checks = Gate(), second.system.cloud.gateway.checks
    checks.append(made)
    yield made
    made.opened.set()
    checks.remove(made)


def test_no_physical_name_of_one_deployment_occurs_in_the_other(second: Second) -> None:
    """Defect 22: every resource of every stack, nested ones too, in all Regions."""
    names = {"-dev": second.physical_names("-dev"), ENV: second.physical_names(ENV)}
    assert len(names["-dev"]) == len(names[ENV]) > 100
    assert names["-dev"] & names[ENV] == set()


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
    began = second.last_events()
    said = second.copy.fail("deploy")
    assert "FAILED: batch-standby-two in eu-central-1." in said
    assert "nowhere" in said
    assert second.changed_since(began) == {}
    second.copy.restore("templates/batch.yaml")


def test_a_region_that_fails_its_check_stops_the_deployment_there(second: Second) -> None:
    """The standby comes first; the primary keeps the code that works. The next test mends it."""
    second.copy.edit("functions/reader/app.py", "S3 = aws.s3()", "S3 = aws.nothing()")
    before = _code_of_reader(second, REGIONS[0])
    said = second.copy.fail("deploy")
    assert f"FAILED: batch-standby-two in {REGIONS[1]} does not pass its check" in said
    assert "Function batch-reader-two: " in said
    assert "has no attribute 'nothing'" in said
    assert _code_of_reader(second, REGIONS[0]) == before != _code_of_reader(second, REGIONS[1])
    second.copy.restore("functions/reader/app.py")


def _code_of_reader(second: Second, region: str) -> str:
    functions = second.system.client("lambda", region)
    told = functions.get_function_configuration(FunctionName=f"batch-reader{ENV}")
    return str(told["CodeSha256"])


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
    began, ids = second.last_events(), second.physical_names(ENV)
    second.copy.make("deploy", "CHUNK_RECORDS=123")
    changed = second.changed_since(began)
    assert {kind for kind, _ in changed} == {
        "AWS::Lambda::Function",
        "AWS::StepFunctions::StateMachine",
    }
    assert {name for kind, name in changed if "StateMachine" in kind} == {"MainOrchestrator"}
    assert set(changed.values()) == {"UPDATE_COMPLETE"}
    assert second.physical_names(ENV) == ids
    for region in REGIONS:
        splitter = second.system.client("lambda", region).get_function_configuration(
            FunctionName=f"batch-splitter{ENV}"
        )
        assert splitter["Environment"]["Variables"]["CHUNK_RECORDS"] == "123"
    gate.opened.set()
    assert second.system.finish("flight.csv", since)["status"] == "COMPLETED"


def test_deploying_again_changes_nothing_and_uploads_nothing(second: Second) -> None:
    began, uploads = second.last_events(), second.uploads()
    said = second.copy.make("deploy", "CHUNK_RECORDS=123")
    assert second.changed_since(began) == {}
    assert second.uploads() == uploads
    told = [line for line in said.splitlines() if " done, " in line]
    assert len(told) == 8, told
    assert all("no changes" in line for line in told), told


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
    assert second.statuses("batch-chaos") == {"CREATE_COMPLETE"}


def test_a_resource_that_never_gets_ready_fails_the_stack_by_its_name(
    second: Second, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update this time: the stack is afterwards as it was before."""
    table = (
        "  Never:\n    Type: AWS::DynamoDB::Table\n    Properties:\n"
        "      BillingMode: PAY_PER_REQUEST\n"
        "      AttributeDefinitions: [{AttributeName: a, AttributeType: S}]\n"
        "      KeySchema: [{AttributeName: a, KeyType: HASH}]\n"
    )
    second.copy.edit(CHAOS, "\nResources:\n", f"\nResources:\n{table}")
    monkeypatch.setattr(dynamodb_shared, "table_state", lambda *_: {"TableStatus": "CREATING"})
    said = second.copy.fail("chaos")
    assert "Never (AWS::DynamoDB::Table) could not be created" in said
    assert "did not stabilize. " in said
    assert "The stack is as it was before." in said
    monkeypatch.undo()
    second.copy.restore(CHAOS)
    assert second.copy.make("chaos").count("no changes") == len(REGIONS)
    assert second.statuses("batch-chaos") == {"UPDATE_ROLLBACK_COMPLETE"}


def test_destroy_all_removes_what_is_half_destroyed_while_a_file_is_in_flight(
    second: Second, gate: Gate, tmp_path: Path
) -> None:
    """E2: the standby's application is gone, buckets have versions and delete markers; twice."""
    data = text([row(KNOWN[2])]).encode()
    second.system.upload("last.csv", data, tmp_path)
    assert gate.reached.wait(120)
    standby = second.system.client("cloudformation", REGIONS[1])
    standby.delete_stack(StackName=f"batch-standby{ENV}")
    for region in REGIONS:
        _write_and_delete(second.system, region)
    assert "1 files are in flight" in second.copy.make("destroy-all", "FORCE=1")
    gate.opened.set()
    _check_what_is_left(second)
    second.copy.make("destroy-all", "FORCE=1")
    _check_what_is_left(second)


ACCESS_POINT = "    Type: AWS::S3::MultiRegionAccessPoint\n    Properties:\n"


def test_destroy_all_removes_what_a_failed_first_deployment_has_left(second: Second) -> None:
    second.copy.edit("global-resources.yaml", ACCESS_POINT, f"{ACCESS_POINT}      Nope: x\n")
    said = second.copy.fail("deploy")
    assert "extraneous key [Nope] is not permitted" in said
    assert "it deletes this half-made stack first" in said
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
    assert list(second.temporary.iterdir()) == []


def _on_purpose(name: str) -> bool:
    role = f"global iam batch-foundation{ENV}-ApiGatewayLogRole-"
    return "aws-sam-cli-managed-default" in name or name.startswith(role)
