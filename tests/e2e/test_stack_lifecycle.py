"""A second deployment beside the first, in another pair of Regions: made, edited, broken, removed.

The tests depend on one another in this order, because a deployment takes long.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from localcloud.testing import Call, Hold

from tests.e2e.files import known_uuids, row, text
from tests.e2e.second_deployment import ENV, REGIONS, SecondDeployment, deploy_beside
from tests.e2e.system import System

UUIDS = known_uuids(50)
SUBSCRIPTION = ("AWS::SNS::Subscription", "OperatorsByEmail")


@pytest.fixture(scope="module")
def second(system: System, tmp_path_factory: pytest.TempPathFactory) -> SecondDeployment:
    return deploy_beside(system, tmp_path_factory.mktemp("two"), financial_rows=len(UUIDS))


@pytest.fixture
def merger(second: SecondDeployment) -> Iterator[Hold[Call]]:
    """Holds the merger when it reads a manifest, so that a file stays in flight."""
    function = second.system.deployment.function("merger")
    hold = second.system.cloud.calls.hold(service="s3", operation="GetObject", function=function)
    with hold as merger:
        yield merger


def test_no_physical_name_of_one_deployment_occurs_in_the_other(second: SecondDeployment) -> None:
    """Defect 22: every resource of every stack, nested ones too, in all Regions."""
    names = {"-dev": second.physical_names("-dev"), ENV: second.physical_names(ENV)}
    assert len(names["-dev"]) == len(names[ENV]) > 100
    assert names["-dev"] & names[ENV] == set()


def test_each_deployment_processes_its_own_file(
    system: System, second: SecondDeployment, tmp_path: Path
) -> None:
    """E1: any pair of Regions works, and another ENV's upload is nobody else's."""
    data = text([row(UUIDS[0])]).encode()
    systems = (system, second.system)
    times = [item.upload("own.csv", data, tmp_path) for item in systems]
    rows = [item.finish("own.csv", since) for item, since in zip(systems, times, strict=True)]
    for item, state in zip(systems, rows, strict=True):
        assert (state["status"], state["region"]) == ("COMPLETED", item.deployment.regions[0])
    outputs = {item.output(state) for item, state in zip(systems, rows, strict=True)}
    assert len(outputs) == 1
    assert _runs(system, "own.csv") != _runs(second.system, "own.csv")


def _runs(system: System, name: str) -> tuple[str, ...]:
    rows = system.rows(name, system.deployment.regions[0])
    return tuple(row["run_id"] for row in rows)


def test_a_handler_that_cannot_be_packaged_stops_the_deployment_and_changes_nothing(
    second: SecondDeployment,
) -> None:
    second.repository.edit(
        "templates/batch.yaml", "CodeUri: ../.build/functions", "CodeUri: ../nowhere"
    )
    before = second.event_counts()
    error = second.repository.make_fails("deploy")
    assert "FAILED: batch-standby-two in eu-central-1." in error
    assert "nowhere" in error
    assert second.changed_since(before) == {}
    second.repository.restore("templates/batch.yaml")


def test_a_region_that_fails_its_check_stops_the_deployment_there(second: SecondDeployment) -> None:
    """The standby comes first; the primary keeps code and settings that work.

    The next test repairs the standby.
    """
    second.repository.edit("functions/reader/app.py", "S3 = aws.s3()", "S3 = aws.nothing()")
    before = _code_of_reader(second, REGIONS[0])
    error = second.repository.make_fails("deploy", "OPERATOR_EMAIL=ops@example.com")
    assert f"FAILED: batch-standby-two in {REGIONS[1]} does not pass its check" in error
    assert "Function batch-reader-two: " in error
    assert "has no attribute 'nothing'" in error
    assert _code_of_reader(second, REGIONS[0]) == before != _code_of_reader(second, REGIONS[1])
    assert [_operators(second, region) for region in REGIONS] == [[], ["ops@example.com"]]
    second.repository.restore("functions/reader/app.py")


def _code_of_reader(second: SecondDeployment, region: str) -> str:
    functions = second.system.client("lambda", region)
    reader = functions.get_function_configuration(FunctionName=f"batch-reader{ENV}")
    return str(reader["CodeSha256"])


def _operators(second: SecondDeployment, region: str) -> list[str]:
    """The addresses that are told of failures in this Region."""
    sns, account = second.system.client("sns", region), second.system.deployment.account
    topic = f"arn:aws:sns:{region}:{account}:batch-operators{ENV}"
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return [subscription["Endpoint"] for subscription in subscriptions]


def test_an_edit_changes_only_its_own_resources_and_a_file_in_flight_survives_it(
    second: SecondDeployment, merger: Hold[Call], tmp_path: Path
) -> None:
    """A handler (its archive is all functions' code), a state machine, two settings.

    OPERATOR_EMAIL is empty again, which takes the standby's address away.
    """
    since = second.system.upload("flight.csv", text([row(UUIDS[1])]).encode(), tmp_path)
    merger.wait(120)
    second.repository.edit("functions/splitter/app.py", '"""First', '"""Edited. First')
    second.repository.edit(
        "statemachines/main-orchestrator.asl.json", '"Comment": "', '"Comment": "Edited. '
    )
    before, names = second.event_counts(), second.physical_names(ENV)
    second.repository.make("deploy", "CHUNK_RECORDS=123")
    changed = second.changed_since(before)
    assert changed.pop(SUBSCRIPTION) == "DELETE_COMPLETE"
    assert {kind for kind, _ in changed} == {
        "AWS::Lambda::Function",
        "AWS::StepFunctions::StateMachine",
    }
    assert {name for kind, name in changed if "StateMachine" in kind} == {"MainOrchestrator"}
    assert set(changed.values()) == {"UPDATE_COMPLETE"}
    removed = names - second.physical_names(ENV)
    assert {kind for kind, _ in removed} == {SUBSCRIPTION[0]}
    assert second.physical_names(ENV) <= names
    assert [_operators(second, region) for region in REGIONS] == [[], []]
    for region in REGIONS:
        splitter = second.system.client("lambda", region).get_function_configuration(
            FunctionName=f"batch-splitter{ENV}"
        )
        assert splitter["Environment"]["Variables"]["CHUNK_RECORDS"] == "123"
    merger.release()
    assert second.system.finish("flight.csv", since)["status"] == "COMPLETED"


def test_deploying_again_changes_nothing_and_uploads_nothing(second: SecondDeployment) -> None:
    before, uploads = second.event_counts(), second.uploads()
    printed = second.repository.make("deploy", "CHUNK_RECORDS=123")
    assert second.changed_since(before) == {}
    assert second.uploads() == uploads
    stacks = [line for line in printed.splitlines() if " done, " in line]
    assert len(stacks) == 8, stacks
    assert all("as deployed last" in line for line in stacks), stacks  # sam was not called


CHAOS = "templates/chaos.yaml"


def test_a_property_that_aws_does_not_know_fails_the_stack_by_its_name(
    second: SecondDeployment,
) -> None:
    second.repository.edit(CHAOS, "      StopConditions:", "      Nope: x\n      StopConditions:")
    error = second.repository.make_fails("chaos")
    assert "Experiment (AWS::FIS::ExperimentTemplate) could not be created" in error
    assert "extraneous key [Nope] is not permitted" in error
    second.repository.restore(CHAOS)


def test_a_name_that_is_taken_fails_the_stack_and_the_next_try_works(
    second: SecondDeployment,
) -> None:
    iam = second.system.client("iam", REGIONS[0])
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "fis.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="taken", AssumeRolePolicyDocument=document)
    second.repository.edit(
        CHAOS,
        "    Type: AWS::IAM::Role\n    Properties:\n",
        "    Type: AWS::IAM::Role\n    Properties:\n      RoleName: taken\n",
    )
    error = second.repository.make_fails("chaos")
    iam.delete_role(RoleName="taken")
    assert "ExperimentRole (AWS::IAM::Role) could not be created" in error
    assert "already exists" in error
    second.repository.restore(CHAOS)
    assert "left half-made" in second.repository.make("chaos")
    assert second.statuses("batch-chaos") == {"CREATE_COMPLETE"}


def test_a_resource_that_never_gets_ready_fails_the_stack_by_its_name(
    second: SecondDeployment,
) -> None:
    """An update this time: the stack is afterwards as it was before."""
    table = (
        "  Never:\n    Type: AWS::DynamoDB::Table\n    Properties:\n"
        "      BillingMode: PAY_PER_REQUEST\n"
        "      AttributeDefinitions: [{AttributeName: a, AttributeType: S}]\n"
        "      KeySchema: [{AttributeName: a, KeyType: HASH}]\n"
    )
    second.repository.edit(CHAOS, "\nResources:\n", f"\nResources:\n{table}")
    creating = {"Table": {"TableStatus": "CREATING"}}
    calls = second.system.cloud.calls
    with calls.answer(creating, service="dynamodb", operation="DescribeTable"):
        error = second.repository.make_fails("chaos")
    assert "Never (AWS::DynamoDB::Table) could not be created" in error
    assert "did not stabilize. " in error
    assert "The stack is as it was before." in error
    second.repository.restore(CHAOS)
    assert second.repository.make("chaos").count("no changes") == len(REGIONS)
    assert second.statuses("batch-chaos") == {"UPDATE_ROLLBACK_COMPLETE"}


def test_after_a_destroy_all_that_was_broken_off_a_deployment_processes_files_again(
    second: SecondDeployment, tmp_path: Path
) -> None:
    """Its first step turns off notifications and replication, past CloudFormation."""
    refusal = second.system.cloud.faults.refuse("AccessDenied", 403, operation="DeleteStack")
    second.repository.make_fails("destroy-all", f"CONFIRM={ENV}")
    refusal.remove()
    error = second.repository.make_fails("verify")
    for sentence in ("does not notify", "does not replicate input/ and output/"):
        assert error.count(sentence) == len(REGIONS)
    assert second.repository.make("deploy").count("deploying it anew") == 2 * len(REGIONS)
    row_ = second.system.process("again.csv", text([row(UUIDS[4])]).encode(), tmp_path)
    assert row_["status"] == "COMPLETED"


def test_destroy_all_removes_a_half_destroyed_deployment_while_a_file_is_in_flight(
    second: SecondDeployment, merger: Hold[Call], tmp_path: Path
) -> None:
    """E2: the standby's application is deleted, buckets have versions and delete markers; twice."""
    data = text([row(UUIDS[2])]).encode()
    second.system.upload("last.csv", data, tmp_path)
    merger.wait(120)
    standby = second.system.client("cloudformation", REGIONS[1])
    standby.delete_stack(StackName=f"batch-standby{ENV}")
    for region in REGIONS:
        _write_and_delete(second.system, region)
    assert "1 files are in flight" in second.repository.make("destroy-all", f"CONFIRM={ENV}")
    merger.release()
    _check_that_all_is_removed(second)
    second.repository.make("destroy-all", f"CONFIRM={ENV}")
    _check_that_all_is_removed(second)


ACCESS_POINT = "    Type: AWS::S3::MultiRegionAccessPoint\n    Properties:\n"


def test_destroy_all_removes_a_first_deployment_that_failed(second: SecondDeployment) -> None:
    second.repository.edit("global-resources.yaml", ACCESS_POINT, f"{ACCESS_POINT}      Nope: x\n")
    error = second.repository.make_fails("deploy")
    assert "extraneous key [Nope] is not permitted" in error
    assert "it deletes this half-made stack first" in error
    second.repository.make("destroy-all", f"CONFIRM={ENV}")
    _check_that_all_is_removed(second)


def _write_and_delete(system: System, region: str) -> None:
    s3, bucket = system.client("s3", region), system.deployment.bucket(region)
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="output/versions", Body=body)
    s3.delete_object(Bucket=bucket, Key="output/versions")


def _check_that_all_is_removed(second: SecondDeployment) -> None:
    """SAM's own stack and bucket in each Region stay on purpose."""
    now = second.inventory()
    assert sorted(second.before - now) == [], "the other deployment has lost something"
    assert [name for name in sorted(now - second.before) if not _stays(name)] == []
    assert list(second.temporary.iterdir()) == []


def _stays(name: str) -> bool:
    return "aws-sam-cli-managed-default" in name
