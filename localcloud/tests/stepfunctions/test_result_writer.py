"""ResultWriter: the results of a Distributed Map in S3.

The files and their entries are AWS's, as recorded in
https://github.com/radkawar/stackd/tree/main/testdata/aws/stepfunctions (distributed_map.json and
redrive_map.json).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.stepfunctions.states import result_writer
from tests.stepfunctions.definitions import BUCKET, distributed_map, failing_up_to, machine, task
from tests.stepfunctions.environment import REGION, Environment

PAIR = {"A": {"Type": "Pass", "Output": "{% [$states.input, 'x'] %}", "End": True}}


@pytest.fixture
def bucket(env: Environment) -> None:
    env.client("s3").create_bucket(Bucket=BUCKET)


def writer(**config: str) -> dict[str, Any]:
    return {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": BUCKET, "Prefix": "results"},
        **({"WriterConfig": config} if config else {}),
    }


def run(env: Environment, data: Any, *args: Any, **fields: Any) -> Any:
    state = distributed_map(*args, **{"ResultWriter": writer(), "MaxConcurrency": 1, **fields})
    return env.run(machine({"M": state}), data)


def keys(env: Environment) -> list[str]:
    """Without the prefix and the Map Run's id."""
    objects = env.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return [item["Key"].split("/", 2)[2] for item in objects]


def read(env: Environment, name: str) -> str:
    """The text of the object whose key ends so."""
    s3 = env.client("s3")
    contents = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    key = next(item["Key"] for item in contents if item["Key"].split("/", 2)[2] == name)
    text: bytes = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return text.decode()


def manifest(env: Environment, folder: str = "") -> dict[str, list[str]]:
    """The names of the files of each status."""
    content = json.loads(read(env, f"{folder}manifest.json"))
    assert content["DestinationBucket"] == BUCKET
    files = content["ResultFiles"]
    for entry in (entry for entries in files.values() for entry in entries):
        head = env.client("s3").head_object(Bucket=BUCKET, Key=entry["Key"])
        assert head["ContentLength"] == entry["Size"]
    return {
        status: [entry["Key"].split("/", 2)[2] for entry in entries]
        for status, entries in files.items()
    }


@pytest.mark.usefixtures("bucket")
def test_the_output_names_the_manifest_which_names_the_files(env: Environment) -> None:
    execution = run(env, [3, 1])
    output = json.loads(execution["output"])
    map_run = output["MapRunArn"].rpartition(":")[2]
    details = {"Bucket": BUCKET, "Key": f"results/{map_run}/manifest.json"}
    assert output == {"MapRunArn": output["MapRunArn"], "ResultWriterDetails": details}
    assert manifest(env) == {"SUCCEEDED": ["SUCCEEDED_0.json"], "FAILED": [], "PENDING": []}
    entries = json.loads(read(env, "SUCCEEDED_0.json"))
    assert [(entry["Input"], entry["Output"]) for entry in entries] == [("3", "3"), ("1", "1")]
    assert sorted(entries[0]) == [
        "ExecutionArn", "Input", "InputDetails", "Name", "Output", "OutputDetails", "RedriveCount",
        "RedriveStatus", "RedriveStatusReason", "StartDate", "StateMachineArn", "Status",
        "StopDate",
    ]  # fmt: skip
    described = env.sfn.describe_execution(executionArn=entries[0]["ExecutionArn"])
    assert (described["name"], described["status"]) == (entries[0]["Name"], "SUCCEEDED")


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("transformation", "output_type", "name", "text"),
    [
        ("COMPACT", "JSON", "SUCCEEDED_0.json", '[[1,"x"],[2,"x"]]'),
        ("COMPACT", "JSONL", "SUCCEEDED_0.jsonl", '[1,"x"]\n[2,"x"]\n'),
        ("FLATTEN", "JSON", "SUCCEEDED_0.json", '[1,"x",2,"x"]'),
        ("FLATTEN", "JSONL", "SUCCEEDED_0.jsonl", '1\n"x"\n2\n"x"\n'),
    ],
)
def test_results_are_transformed_as_the_writer_says(
    env: Environment, transformation: str, output_type: str, name: str, text: str
) -> None:
    config = writer(Transformation=transformation, OutputType=output_type)
    run(env, [1, 2], PAIR, ResultWriter=config)
    assert read(env, name) == text


def test_results_that_stay_in_the_state_are_transformed_too(env: Environment) -> None:
    config = {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSON"}}
    execution = run(env, [1, 2], PAIR, ResultWriter=config)
    assert json.loads(execution["output"]) == [1, "x", 2, "x"]


@pytest.mark.usefixtures("bucket")
def test_a_failed_map_run_writes_what_failed_and_what_never_started(env: Environment) -> None:
    config = writer(Transformation="COMPACT", OutputType="JSON")
    execution = run(env, [2, 1, 3], failing_up_to(1), ResultWriter=config)
    assert execution["error"] == "States.ExceedToleratedFailureThreshold"
    assert manifest(env) == {
        "SUCCEEDED": ["SUCCEEDED_0.json"],
        "FAILED": ["FAILED_0.json"],
        "PENDING": ["PENDING_0.json"],
    }
    assert read(env, "SUCCEEDED_0.json") == "[2]"
    (failed,) = json.loads(read(env, "FAILED_0.json"))
    assert (failed["Input"], failed["Error"], failed["Cause"]) == ("1", "E", "C")
    assert (failed["Status"], failed["RedriveStatus"]) == ("FAILED", "REDRIVABLE_BY_MAP_RUN")
    pending = {"Input": "3", "InputDetails": {"Included": True}, "Status": "PENDING"}
    assert json.loads(read(env, "PENDING_0.json")) == [pending]


@pytest.mark.usefixtures("bucket")
def test_what_does_not_fit_into_a_file_comes_in_the_next(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        result_writer, "FILE_BYTES", 3
    )  # a file ends behind the line that reaches it
    run(env, [1, 2, 3], ResultWriter=writer(Transformation="COMPACT", OutputType="JSON"))
    assert manifest(env)["SUCCEEDED"] == ["SUCCEEDED_0.json", "SUCCEEDED_1.json"]
    assert [read(env, f"SUCCEEDED_{number}.json") for number in (0, 1)] == ["[1,2]", "[3]"]


@pytest.mark.usefixtures("bucket")
def test_a_tolerated_failure_is_written_apart(env: Environment) -> None:
    execution = run(env, [1, 2], failing_up_to(1), ToleratedFailureCount=1)
    assert execution["status"] == "SUCCEEDED"
    assert keys(env) == ["FAILED_0.json", "SUCCEEDED_0.json", "manifest.json"]


@pytest.mark.usefixtures("bucket")
def test_a_redrive_writes_a_folder_of_its_own_that_counts_earlier_successes(
    env: Environment,
) -> None:
    env.script_tasks({"A": [{"result": 1}, {"error": "E"}, {"result": 2}, {"result": 3}]})
    execution = run(env, [1, 2, 3], {"A": task(Arguments={"FunctionName": "f"})})
    assert execution["status"] == "FAILED"
    arn = execution["executionArn"]
    env.sfn.redrive_execution(executionArn=arn)
    output = json.loads(env.wait(arn)["output"])
    assert output["ResultWriterDetails"]["Key"].endswith("/Redrive-1/manifest.json")
    assert manifest(env, "Redrive-1/") == {
        "SUCCEEDED": ["SUCCEEDED_0.json", "Redrive-1/SUCCEEDED_0.json"],
        "FAILED": [],
        "PENDING": [],
    }
    entries = json.loads(read(env, "Redrive-1/SUCCEEDED_0.json"))
    assert sorted(entry["Output"] for entry in entries) == ["2", "3"]
    assert len(json.loads(read(env, "SUCCEEDED_0.json"))) == 1


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("action", ["GetObject", "ListMultipartUploadParts"])
def test_the_role_needs_what_aws_documents(env: Environment, action: str) -> None:
    actions = {"PutObject", "GetObject", "ListMultipartUploadParts", "AbortMultipartUpload"}
    env.allow("states:*", *(f"s3:{name}" for name in actions - {action}))
    execution = run(env, [1])
    assert execution["error"] == "States.ResultWriterFailed"
    assert f"is not authorized to perform: s3:{action} on resource" in execution["cause"]
    env.allow("*")
    env.sfn.redrive_execution(executionArn=execution["executionArn"])
    assert env.wait(execution["executionArn"])["status"] == "SUCCEEDED"


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("suffix", ["SUCCEEDED_0.json", "manifest.json"])
def test_results_that_could_not_be_written_are_written_by_a_redrive(
    env: Environment, suffix: str
) -> None:
    def refuse(call: Call) -> None:
        if call.name == "PutObject" and call.request.parts.path.endswith(suffix):
            raise ApiError("SlowDown", "Please reduce your request rate.", 503)

    env.cloud.gateway.checks.append(refuse)
    execution = run(env, [1, 2])
    assert (execution["status"], execution["error"]) == ("FAILED", "States.ResultWriterFailed")
    assert "SlowDown" in execution["cause"]
    env.cloud.gateway.checks.remove(refuse)
    env.sfn.redrive_execution(executionArn=execution["executionArn"])
    assert env.wait(execution["executionArn"])["status"] == "SUCCEEDED"
    s3, entries = env.client("s3"), []
    for file in json.loads(read(env, "Redrive-1/manifest.json"))["ResultFiles"]["SUCCEEDED"]:
        entries += json.loads(s3.get_object(Bucket=BUCKET, Key=file["Key"])["Body"].read())
    assert [entry["Output"] for entry in entries] == ["1", "2"]


def test_a_bucket_must_exist_in_the_region_of_the_machine(env: Environment) -> None:
    assert run(env, [1])["error"] == "States.ResultWriterFailed"
    other = {"LocationConstraint": "us-west-2"}
    env.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=other)
    execution = run(env, [1])
    assert execution["cause"] == f"The bucket {BUCKET} is not in the Region {REGION}."


def test_a_failure_of_the_writer_can_be_caught(env: Environment) -> None:
    catch = [{"ErrorEquals": ["States.ResultWriterFailed"], "Next": "C"}]
    state = distributed_map(ResultWriter=writer(), Catch=catch, Items=[1])
    states = {"M": state, "C": {"Type": "Succeed", "Output": "caught"}}
    assert json.loads(env.run(machine(states))["output"]) == "caught"


@pytest.mark.usefixtures("bucket")
def test_results_beyond_the_state_need_a_bucket(env: Environment) -> None:
    inner = {"A": {"Type": "Pass", "Output": "{% $pad('', 2000, 'x') %}", "End": True}}
    data, limit = list(range(140)), "States.DataLimitExceeded"
    without = env.run(machine({"M": distributed_map(inner)}), data)
    assert (without["status"], without["error"]) == ("FAILED", limit)
    assert run(env, data, inner)["status"] == "SUCCEEDED"
