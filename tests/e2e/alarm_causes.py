"""What makes each alarm ring: the trouble that it is there for, until it is over.

Each cause takes the system and a Region, and undoes at its end what it did to them.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from typing import Any

import boto3
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
from localcloud.testing import ARC_REGIONS

from common import keys
from common.attempts import AttemptId, Marks, copy_metadata
from common.runs import InputVersion, attempt_item
from common.state_reader import serialize
from tests.e2e.system import System

Cause = Callable[[System, str], AbstractContextManager[None]]

WAITS = {"Wait": {"Type": "Wait", "Seconds": 86_400, "End": True}}
FAILS = {"Fail": {"Type": "Fail", "Error": "Test", "Cause": "An alarm is to ring."}}
UNREADABLE = {"Records": [{"not": "an event of S3"}]}
LATE_KEY = "input/late-in-the-other-region.csv"


@contextmanager
def _a_run_fails(system: System, region: str) -> Iterator[None]:
    with _orchestrator(system, region, FAILS) as arn:
        system.cloud.client("stepfunctions", region).start_execution(stateMachineArn=arn)
    yield


@contextmanager
def _a_run_takes_too_long(system: System, region: str) -> Iterator[None]:
    with _orchestrator(system, region, WAITS) as arn:
        system.cloud.client("stepfunctions", region).start_execution(stateMachineArn=arn)
    yield


@contextmanager
def _somebody_stops_a_run(system: System, region: str) -> Iterator[None]:
    states = system.cloud.client("stepfunctions", region)
    with _orchestrator(system, region, WAITS, seconds=86_400) as arn:
        execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    states.stop_execution(executionArn=execution)
    yield


@contextmanager
def _orchestrator(
    system: System, region: str, states: dict[str, Any], seconds: int = 1
) -> Iterator[str]:
    """Give the Main Orchestrator other states and another time-out for a while; its ARN."""
    api, arn = system.cloud.client("stepfunctions", region), system.deployment.orchestrator(region)
    original = api.describe_state_machine(stateMachineArn=arn)["definition"]
    definition = {"StartAt": next(iter(states)), "States": states, "TimeoutSeconds": seconds}
    api.update_state_machine(
        stateMachineArn=arn, definition=json.dumps({"QueryLanguage": "JSONata", **definition})
    )
    try:
        yield arn
    finally:
        api.update_state_machine(stateMachineArn=arn, definition=original)


@contextmanager
def _the_trigger_fails(system: System, region: str) -> Iterator[None]:
    _invoke(system, region, "trigger", "RequestResponse", UNREADABLE)
    yield


@contextmanager
def _an_input_cannot_be_started(system: System, region: str) -> Iterator[None]:
    """Lambda tries an event three times, and sends it to the queue."""
    _invoke(system, region, "trigger", "Event", UNREADABLE)
    try:
        yield
    finally:
        take_letters(system, region)


@contextmanager
def _a_bad_end_cannot_be_handled(system: System, region: str) -> Iterator[None]:
    """A run ends of which there is no row, and its event ends in the queue."""
    name = keys.run_id("input/without-a-row.csv", str(uuid.uuid4()))
    states = system.cloud.client("stepfunctions", region)
    with _orchestrator(system, region, FAILS) as arn:
        states.start_execution(stateMachineArn=arn, name=name)
    try:
        yield
    finally:
        take_letters(system, region)


@contextmanager
def _arc_cannot_be_reached(system: System, region: str) -> Iterator[None]:
    for endpoint in ARC_REGIONS:
        system.cloud.faults.set_arc_endpoint(endpoint, "down")
    try:
        _invoke(system, region, "failover", "RequestResponse", {"runbook": "none"})
    finally:
        for endpoint in ARC_REGIONS:
            system.cloud.faults.set_arc_endpoint(endpoint, "up")
    yield


def _the_table_cannot_be_read(name: str, event: dict[str, Any], times: int = 1) -> Cause:
    @contextmanager
    def cause(system: System, region: str) -> Iterator[None]:
        fault = system.cloud.faults.refuse(
            "AccessDeniedException",
            400,
            service="dynamodb",
            function=system.deployment.function(name),
        )
        try:
            for _ in range(times):
                _invoke(system, region, name, "RequestResponse", event)
        finally:
            fault.remove()
        yield

    return cause


@contextmanager
def _a_function_does_not_answer(system: System, region: str) -> Iterator[None]:
    """One gets no room to run; and readiness is not patient, since a test is not either."""
    functions = system.cloud.client("lambda", region)
    waiting, broken = (system.deployment.function(name) for name in ("readiness", "splitter"))
    before = functions.get_function_configuration(FunctionName=waiting)["Environment"]
    hasty = {"Variables": {**before["Variables"], "BUDGET_SECONDS": "1"}}
    functions.update_function_configuration(FunctionName=waiting, Environment=hasty)
    functions.put_function_concurrency(FunctionName=broken, ReservedConcurrentExecutions=0)
    try:
        _invoke(system, region, "readiness", "RequestResponse", {})
    finally:
        functions.delete_function_concurrency(FunctionName=broken)
        functions.update_function_configuration(FunctionName=waiting, Environment=before)
    yield


def _replication_is_refused(key: str) -> Cause:
    @contextmanager
    def cause(system: System, region: str) -> Iterator[None]:
        """Somebody takes the right to replicate away, and an object comes."""
        s3, bucket = system.cloud.client("s3", region), system.deployment.bucket(region)
        rules = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
        role, iam = rules["Role"].rsplit("/", 1)[-1], system.cloud.client("iam", region)
        policy = key.partition("/")[0]  # both causes last at the same time
        deny = {"Effect": "Deny", "Action": "s3:ReplicateObject", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=document)
        try:
            with _forged_copy(system, region, key):
                yield
        finally:
            iam.delete_role_policy(RoleName=role, PolicyName=policy)

    return cause


@contextmanager
def _a_file_does_not_move(system: System, region: str) -> Iterator[None]:
    """Its attempt began long ago, in a Region that has told nobody since."""
    tables, table = system.cloud.client("dynamodb", region), system.deployment.state_table
    long_ago = "2026-01-01T00:00:00.000Z"
    version = InputVersion("input/forgotten.csv", "v", 1)
    item = attempt_item(AttemptId(version.run_id, 1), region, version, started_at=long_ago)
    values = {name: serialize(value) for name, value in {**item, "updated_at": long_ago}.items()}
    tables.put_item(TableName=table, Item=values)
    try:
        _call(system, region, "watcher")
    finally:
        key = {"owner": values["owner"], "item": values["item"]}
        tables.delete_item(TableName=table, Key=key)
    yield


@contextmanager
def _dns_and_arc_disagree(system: System, region: str) -> Iterator[None]:
    """The note says what the routing controls do not say; the next look corrects it."""
    tables, table = system.cloud.client("dynamodb", region), system.deployment.state_table
    key = {"owner": {"S": f"{region}/notes"}, "item": {"S": "routing"}}
    _call(system, region, "failover", {"look": True})
    note = tables.get_item(TableName=table, Key=key)["Item"]
    is_active = {"BOOL": not note["is_active"]["BOOL"]}
    for _ in range(4):  # a schedule looks meanwhile, and a period may end
        tables.put_item(TableName=table, Item={**note, "is_active": is_active})
        _call(system, region, "watcher")
    _call(system, region, "failover", {"look": True})
    yield


def _call(system: System, region: str, name: str, event: dict[str, Any] | None = None) -> None:
    response = system.cloud.client("lambda", region).invoke(
        FunctionName=system.deployment.function(name), Payload=json.dumps(event or {})
    )
    assert "FunctionError" not in response, response["Payload"].read()


def _invoke(
    system: System, region: str, name: str, invocation_type: str, event: dict[str, Any]
) -> None:
    response = system.cloud.client("lambda", region).invoke(
        FunctionName=system.deployment.function(name),
        InvocationType=invocation_type,
        Payload=json.dumps(event),
    )
    is_error = invocation_type == "Event" or "FunctionError" in response
    assert is_error, response["Payload"].read()


def take_letters(system: System, region: str) -> None:
    """Take what waits off both queues of failures."""
    sqs = system.cloud.client("sqs", region)
    for name in ("trigger-failures", "emailer-failures"):
        url = sqs.get_queue_url(QueueName=f"batch-{name}{system.deployment.env}")["QueueUrl"]
        while messages := sqs.receive_message(QueueUrl=url).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@contextmanager
def _functions_are_throttled(system: System, region: str) -> Iterator[None]:
    """It is the one that is called most often."""
    once = Config(retries={"total_max_attempts": 1})  # the SDK would wait between its retries
    functions = boto3.Session().client("lambda", region, config=once)
    name = system.deployment.function("validator")

    def call(over: threading.Event) -> None:
        while not over.wait(0.05):
            with suppress(functions.exceptions.TooManyRequestsException):
                functions.invoke(FunctionName=name, Payload="{}")

    with _called_without_room(system, region, "validator", call):
        yield


@contextmanager
def _the_api_is_in_trouble(system: System, region: str) -> Iterator[None]:
    call = partial(_call_api, system, region)
    with _called_without_room(system, region, "enricher", call):
        yield


@contextmanager
def _called_without_room(
    system: System, region: str, name: str, call: Callable[[threading.Event], None]
) -> Iterator[None]:
    """The function gets no room to run, and somebody goes on to ``call``."""
    functions, function = system.cloud.client("lambda", region), system.deployment.function(name)
    functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    over = threading.Event()
    caller = threading.Thread(target=call, args=(over,), daemon=True)
    caller.start()
    try:
        yield
    finally:
        over.set()
        caller.join()
        functions.delete_function_concurrency(FunctionName=function)


def _call_api(system: System, region: str, over: threading.Event) -> None:
    url = _records_url(system, region)
    session = URLLib3Session(proxies=get_environ_proxies(url), verify=_certificates())
    while not over.wait(0.05):
        request = AWSRequest("POST", url, data="{}", headers={"Content-Type": "application/json"})
        credentials: Any = botocore.session.get_session().get_credentials()
        SigV4Auth(credentials, "execute-api", region).add_auth(request)
        session.send(request.prepare())


def _records_url(system: System, region: str) -> str:
    name = f"batch-records{system.deployment.env}"
    apis = system.cloud.client("apigatewayv2", region).get_apis()["Items"]
    (api_id,) = (api["ApiId"] for api in apis if api["Name"] == name)
    return f"https://{api_id}.execute-api.{region}.amazonaws.com/v1/records"


def _certificates() -> Any:
    return botocore.session.get_session().get_config_variable("ca_bundle")


@contextmanager
def _a_copy_comes_whose_attempt_nobody_knows(system: System, region: str) -> Iterator[None]:
    """Its marks name an attempt that is in no table, as after a failover that lost the row."""
    with _forged_copy(system, region, "input/of-an-unknown-attempt.csv"):
        yield


@contextmanager
def _an_input_does_not_replicate(system: System, region: str) -> Iterator[None]:
    """The other Region's bucket waits for a version, which is begun nowhere."""
    other = next(name for name in system.deployment.regions if name != region)
    system.cloud.objects.pause(source=other, target=region)
    try:
        with _forged_copy(system, other, LATE_KEY):
            yield
    finally:
        system.cloud.objects.resume(source=other, target=region)


@contextmanager
def _forged_copy(system: System, region: str, key: str) -> Iterator[None]:
    s3, bucket = system.cloud.client("s3", region), system.deployment.bucket(region)
    marks = Marks(AttemptId(keys.run_id(key, "origin"), 2), region, "token")
    metadata = copy_metadata(marks, "origin")
    s3.put_object(Bucket=bucket, Key=key, Body=b"uuid\n", Metadata=metadata)
    try:
        yield
    finally:
        s3.delete_object(Bucket=bucket, Key=key)


# By the alarm's name without the prefix batch-.
CAUSES: dict[str, Cause] = {
    "runs-failed": _a_run_fails,
    "runs-timed-out": _a_run_takes_too_long,
    "runs-aborted": _somebody_stops_a_run,
    "trigger-errors": _the_trigger_fails,
    "trigger-gave-up": _an_input_cannot_be_started,
    "emailer-gave-up": _a_bad_end_cannot_be_handled,
    "functions-throttled": _functions_are_throttled,
    "records-api-errors": _the_api_is_in_trouble,
    "failover-errors": _arc_cannot_be_reached,
    "reconciler-errors": _the_table_cannot_be_read("reconciler", {"pass": "first"}),
    "inputs-not-replicated": _replication_is_refused("input/of-an-unknown-attempt-too.csv"),
    "outputs-not-replicated": _replication_is_refused("output/unknown.csv"),
    "files-overdue": _a_file_does_not_move,
    "active-region-unclear": _dns_and_arc_disagree,
    "readiness-errors": _a_function_does_not_answer,
    "watcher-errors": _the_table_cannot_be_read("watcher", {}, times=2),
    "files-not-reconciled": _a_copy_comes_whose_attempt_nobody_knows,
    "replication-late": _an_input_does_not_replicate,
}
