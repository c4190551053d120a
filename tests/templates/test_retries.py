"""Which errors the state machines never try again, and how patiently they try all others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from localcloud.testing import evaluate

from common.input_refused import InputRefused
from common.settings import SettingsError
from deployment.deployer.capacity.model import Account, chunk_seconds
from emailer.mailer import MailUnconfirmed
from merger.merge import RowsDoNotAddUp
from reader.chunk_records import ChunkCorrupt
from tests.templates.loading import MACHINES, state_machine, states
from tools.limits import sources

OWN = {
    error.__name__
    for error in (InputRefused, ChunkCorrupt, RowsDoNotAddUp, MailUnconfirmed, SettingsError)
}
DEFECTS = {"AttributeError", "IndexError", "KeyError", "NameError", "TypeError"}
# "States.DataLimitExceeded … a terminal error", "States.QueryEvaluationError":
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
TOO_LARGE_OR_WRONG = {"States.DataLimitExceeded", "States.QueryEvaluationError"}
# Those of which a healthy file failed, when the list was one of transient errors.
TRANSIENT = {
    "ActiveRegionUnknown",
    "ClientError",
    "EndpointConnectionError",
    "IncompleteReadError",
    "Lambda.AnErrorThatAwsWillAdd",
    "Lambda.ServiceException",
    "LifetimeTimeout",
    "NoNameservers",
    "NXDOMAIN",
    "ResponseStreamingError",
    "Runtime.ExitError",
    "SSLError",
}
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
THROTTLED_LAMBDA = {
    "Lambda.TooManyRequestsException",
    "Lambda.EC2ThrottledException",
    "Lambda.ENILimitReachedException",
    "Lambda.ENINotReadyException",
    "Lambda.ResourceConflictException",  # while the function is Pending
    "Lambda.ResourceNotReadyException",
    "Lambda.SubnetIPAddressLimitReachedException",
}
THROTTLED_CALLS = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
}
THROTTLED = {
    "lambda": THROTTLED_LAMBDA | THROTTLED_CALLS,
    # An API answers 500 if Lambda throttles the function behind it; AWS does not say that of HTTP
    # APIs in particular, which are seen to answer 503, too. The enricher itself answers neither.
    # https://repost.aws/knowledge-center/api-gateway-internal-server-error
    "apigateway": {"ApiGateway.429", "ApiGateway.500", "ApiGateway.503"},
    "dynamodb": {
        "DynamoDB.ProvisionedThroughputExceededException",
        "DynamoDB.RequestLimitExceeded",
        "DynamoDB.RequestLimitExceededException",
        "DynamoDB.ThrottlingException",
        "DynamoDb.ProvisionedThroughputExceededException",
        "DynamoDb.RequestLimitExceededException",
        "DynamoDb.ThrottlingException",
    },
}
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
SES_QUOTAS = {"TooManyRequestsException", "LimitExceededException", "SendingPausedException"}
MAILS = ["Email the file", "Mail the failure"]
# An orchestrator that waits for a file's mail keeps the order: this one waits for nobody.
QUICK = "Record the failure"


def tasks(machine: str) -> dict[str, dict[str, Any]]:
    return {name: state for name, state in states(machine).items() if state["Type"] == "Task"}


def service(task: dict[str, Any]) -> str:
    """Return `lambda` for arn:aws:states:::lambda:invoke, `s3` for …:::aws-sdk:s3:headObject."""
    resource: str = task["Resource"]
    return resource.split(":::")[1].removeprefix("aws-sdk:").split(":")[0]


def entry_for(task: dict[str, Any], error: str) -> dict[str, Any]:
    """Return the first entry of Retry that covers the error: ASL uses this one, and its count."""
    return next(
        entry
        for entry in task["Retry"]
        if error in entry["ErrorEquals"] or entry["ErrorEquals"] == ["States.ALL"]
    )


def expected_seconds(entry: dict[str, Any]) -> float:
    """Return how long all tries of an entry wait on average, with full jitter."""
    return sum(expected_waits(entry))


def expected_waits(entry: dict[str, Any]) -> list[float]:
    """Return how long each try of an entry waits on average."""
    first, rate, most = entry["IntervalSeconds"], entry["BackoffRate"], entry["MaxDelaySeconds"]
    return [min(first * rate ** min(n, 60), most) / 2 for n in range(entry["MaxAttempts"])]


TASKS = [(machine, name) for machine in MACHINES for name in tasks(machine)]
FUNCTIONS = [(m, name) for m, name in TASKS if service(tasks(m)[name]) == "lambda"]
OF_RUN = [name for machine, name in FUNCTIONS if machine == "main-orchestrator"]
SERVICES = sorted({service(tasks(machine)[name]) for machine, name in TASKS})


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_permanent_errors_are_named_first_and_never_tried_again(machine: str, name: str) -> None:
    first, *others = tasks(machine)[name]["Retry"]
    assert first["MaxAttempts"] == 0
    assert set(first["ErrorEquals"]) >= TOO_LARGE_OR_WRONG
    assert all(entry["MaxAttempts"] > 0 for entry in others)


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_every_error_that_nobody_has_named_is_tried_again(machine: str, name: str) -> None:
    for error in TRANSIENT:
        entry = entry_for(tasks(machine)[name], error)
        assert entry["ErrorEquals"] == ["States.ALL"]
        assert entry["MaxAttempts"] >= 2


@pytest.mark.parametrize(("machine", "name"), FUNCTIONS)
@pytest.mark.parametrize("error", sorted(OWN | DEFECTS))
def test_a_refusal_or_a_defect_of_our_own_is_not_tried_again(
    machine: str, name: str, error: str
) -> None:
    assert entry_for(tasks(machine)[name], error)["MaxAttempts"] == 0


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_a_condition_that_does_not_hold_is_not_tried_again(machine: str, name: str) -> None:
    task = tasks(machine)[name]
    if service(task) == "dynamodb":
        assert entry_for(task, "DynamoDB.ConditionalCheckFailedException")["MaxAttempts"] == 0


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_a_retry_spreads_and_has_a_longest_wait(machine: str, name: str) -> None:
    for entry in tasks(machine)[name]["Retry"][1:]:
        assert entry["JitterStrategy"] == "FULL"
        assert entry["BackoffRate"] > 1
        assert entry["MaxDelaySeconds"] > entry["IntervalSeconds"]


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_throttling_has_an_entry_and_so_a_count_of_its_own(machine: str, name: str) -> None:
    task = tasks(machine)[name]
    if name == QUICK:
        return
    for error in THROTTLED.get(service(task), set()):
        entry = entry_for(task, error)
        assert entry["ErrorEquals"] != ["States.ALL"]
        assert expected_seconds(entry) > expected_seconds(entry_for(task, "Unknown"))


@pytest.mark.parametrize("name", [name for name in OF_RUN if name not in MAILS])
def test_a_run_waits_for_throttled_functions_for_hours(name: str) -> None:
    for error in THROTTLED_LAMBDA:
        assert expected_seconds(entry_for(tasks("main-orchestrator")[name], error)) > 12 * 3600


@pytest.mark.parametrize("error", sorted(SES_QUOTAS))
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_waits_for_the_quotas_of_ses_for_more_than_a_day(name: str, error: str) -> None:
    """The daily quota is one of 24 hours.

    https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html: "wait for an
    interval of up to 10 minutes, and then retry".
    """
    entry = entry_for(tasks("main-orchestrator")[name], error)
    assert entry["MaxDelaySeconds"] == 600
    waits = expected_seconds(entry)
    assert 24 * 3600 < waits < state_machine("main-orchestrator")["TimeoutSeconds"]


@pytest.mark.parametrize("name", ["Split Input File into chunks", "Merge all Files"])
@pytest.mark.parametrize("error", ["States.Timeout", "Sandbox.Timedout"])
def test_fifteen_minutes_that_were_not_enough_are_tried_once_more_only(
    name: str, error: str
) -> None:
    task = tasks("main-orchestrator")[name]
    assert task["TimeoutSeconds"] == 900
    assert entry_for(task, error)["MaxAttempts"] == 1


def test_all_tries_of_a_run_fit_into_the_history_of_an_execution() -> None:
    """25,000 events: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html.

    A try has three events: scheduled, started, failed.
    """
    path = ("Split Input File into chunks", "Merge all Files", "Email the file")
    for name in path:
        tries = sum(entry["MaxAttempts"] for entry in tasks("main-orchestrator")[name]["Retry"])
        assert 3 * tries < 25_000 / len(path)


@pytest.mark.parametrize("name", SERVICES)
def test_all_tasks_of_a_service_never_try_the_same_errors_again(name: str) -> None:
    """ASL has no way to share a list, so this test keeps the copies equal."""
    assert_equal([task["Retry"][0]["ErrorEquals"] for _, task in tasks_of(name)])


@pytest.mark.parametrize("name", sorted(THROTTLED))
def test_all_tasks_of_a_service_wait_out_the_same_errors(name: str) -> None:
    error = min(THROTTLED[name])
    assert_equal(
        [entry_for(task, error)["ErrorEquals"] for state, task in tasks_of(name) if state != QUICK]
    )


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("machine", MACHINES)
def test_all_tasks_of_a_state_machine_are_tried_again_after_the_same_waits(
    machine: str, name: str
) -> None:
    every = [task for state, task in tasks_of(name) if state in tasks(machine) and state != QUICK]
    for error in (min(THROTTLED.get(name, {"Unknown"})), "Unknown"):
        assert_equal([entry_for(task, error) for task in every])


def tasks_of(name: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the tasks that call a service, with their names, in both state machines."""
    every = [item for machine in MACHINES for item in tasks(machine).items()]
    return [(state, task) for state, task in every if service(task) == name]


def assert_equal(values: list[Any]) -> None:
    assert values == values[:1] * len(values)


# ------------------------------------------------------------------------------------------ chunks


def test_a_manifest_that_cannot_be_read_is_read_again_and_a_chunk_that_failed_is_final() -> None:
    chunks = states("main-orchestrator")["Call Step Functions for each chunk"]
    assert entry_for(chunks, "States.ExceedToleratedFailureThreshold")["MaxAttempts"] == 0
    assert entry_for(chunks, "States.ItemReaderFailed")["MaxAttempts"] > 2


def test_results_of_chunks_that_cannot_be_written_make_all_chunks_run_once_more_only() -> None:
    chunks = states("main-orchestrator")["Call Step Functions for each chunk"]
    assert entry_for(chunks, "States.ResultWriterFailed")["MaxAttempts"] == 1


def outcome(error: str, tries: float = 1, reason: str = "", status: str = "FAILED") -> str:
    """Return the state after a chunk that ended so."""
    choice = states("main-orchestrator")["Is the chunk done?"]
    state = {"status": status, "error": error, "reason": reason, "tries": tries, "waits": 0}
    for rule in choice["Choices"]:
        if evaluate(rule["Condition"], {"input": state}) is True:
            return str(rule["Next"])
    return str(choice["Default"])


def test_a_chunk_that_succeeded_is_done() -> None:
    assert outcome("Chunk.SUCCEEDED", status="SUCCEEDED") == "Chunk done"


@pytest.mark.parametrize("tries", [2, 5])
def test_a_chunk_without_a_slot_waits_for_one_and_that_is_no_try(tries: int) -> None:
    assert outcome("NoSlot", tries) == "Wait for a slot"
    state = {"tries": tries, "looks": 3}
    after = evaluate(states("main-orchestrator")["Wait for a slot"]["Output"], {"input": state})
    assert after == {"tries": tries, "looks": 4}


def throttled_in_a_chunk() -> set[str]:
    every = tasks("chunk-processor").values()
    return set().union(*(task["Retry"][1]["ErrorEquals"] for task in every))


def permanent_in_a_chunk() -> set[str]:
    every = tasks("chunk-processor").values()
    return set().union(*(task["Retry"][0]["ErrorEquals"] for task in every))


@pytest.mark.parametrize("error", sorted(throttled_in_a_chunk()))
@pytest.mark.parametrize("tries", [1, 5])
def test_a_chunk_that_was_throttled_is_waited_for_and_that_is_no_try(
    error: str, tries: int
) -> None:
    assert outcome(error, tries) == "Wait for capacity"
    state = {"tries": tries, "waits": 3}
    after = evaluate(states("main-orchestrator")["Wait for capacity"]["Output"], {"input": state})
    assert after == {"tries": 2, "waits": 4}


def test_so_is_one_that_step_functions_itself_has_no_capacity_for() -> None:
    """ "Surges in workload may be throttled until capacity is available."

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
    """
    reason = "Rate exceeded (Service: Sfn, Status Code: 400)"
    assert outcome("Sfn.SfnException", 5, reason) == "Wait for capacity"


@pytest.mark.parametrize("error", sorted(permanent_in_a_chunk()))
def test_a_permanent_error_of_a_chunk_is_not_tried_again(error: str) -> None:
    names = OWN - {ChunkCorrupt.__name__, SettingsError.__name__}  # of no function of a chunk
    if error not in names:
        assert outcome(error) == "Say why the chunk failed"


@pytest.mark.parametrize(
    "error", ["Unknown", "ApiGateway.502", "Chunk.TIMED_OUT", "Sandbox.Timedout"]
)
def test_any_other_end_of_a_chunk_is_tried_until_there_were_five_tries(error: str) -> None:
    assert outcome(error, 2) == outcome(error, 4) == "Wait before the next try"
    assert outcome(error, 5) == "Say why the chunk failed"


@pytest.mark.parametrize(("status", "runs"), [("FAILED", 4), ("TIMED_OUT", 13)])
def test_a_chunk_is_given_up_after_so_many_runs_that_end_alike(status: str, runs: int) -> None:
    """Some of them may have timed out because each of their steps was throttled a little.

    The run before them told nothing of its end, and counts.
    """
    wait = states("main-orchestrator")["Wait before the next try"]["Output"]
    state: dict[str, Any] = {"status": status, "tries": 2}
    count = 1
    while outcome("Unknown", state["tries"], status=status) == "Wait before the next try":
        state, count = evaluate(wait, {"input": state}), count + 1
    assert count == runs


def test_a_call_that_fails_is_not_taken_for_the_time_out_before_it() -> None:
    (catch,) = states("main-orchestrator")["Run the Chunk Processor again"]["Catch"]
    error = {"Error": "Sfn.SfnException", "Cause": "down"}
    after = evaluate(catch["Output"], {"input": {"status": "TIMED_OUT"}, "errorOutput": error})
    assert after == {"status": "FAILED", "error": "Sfn.SfnException", "reason": "down"}


def test_a_chunk_gives_way_to_others_long_before_its_time_is_over() -> None:
    """So a chunk that is throttled ends by the name of the error, and not as a time-out."""
    for task in tasks("chunk-processor").values():
        throttled = expected_seconds(task["Retry"][1])
        assert throttled < state_machine("chunk-processor")["TimeoutSeconds"] / 3


def test_a_chunk_whose_steps_are_throttled_every_other_time_ends_before_its_time_is_over() -> None:
    """In accounts of few functions, which are throttled most; in others, steps fail by then."""
    entry = tasks("chunk-processor")["Validate Data"]["Retry"][1]
    seconds = sum(wait / 2**number for number, wait in enumerate(expected_waits(entry), 1))
    settings = {"records_per_call": "1", "chunk_records": "1000"}
    for functions in (3, 10, 99):
        width = sources.width(Account(functions=functions), **settings)
        steps = 2 * width.calls_per_chunk / width.record_concurrency
        waits = steps * seconds
        assert chunk_seconds(width) + waits < state_machine("chunk-processor")["TimeoutSeconds"] / 2


@pytest.mark.parametrize("waits", [0, 1, 5, 5000])
def test_a_chunk_waits_for_capacity_for_two_minutes_at_most(waits: int) -> None:
    seconds = states("main-orchestrator")["Wait for capacity"]["Seconds"]
    value = evaluate(seconds, {"input": {"waits": waits}})
    assert min(120, 5 * 2 ** min(waits, 10)) / 2 <= value <= 120


def test_the_end_of_an_earlier_try_is_not_taken_for_that_of_a_later_one() -> None:
    output = states("main-orchestrator")["Run the Chunk Processor again"]["Output"]
    earlier = {"status": "FAILED", "error": "ApiGateway.429", "reason": "before", "tries": 1}
    result = {"Status": "TIMED_OUT"}
    after = evaluate(output, {"input": earlier, "result": result})
    assert (after["error"], after["reason"]) == ("Chunk.TIMED_OUT", "")


def test_a_permanent_error_is_one_that_a_function_raises() -> None:
    named = {
        error
        for machine in MACHINES
        for task in tasks(machine).values()
        for error in task["Retry"][0]["ErrorEquals"]
        if re.fullmatch(r"[A-Z]\w+", error) and not error.endswith("Error")
    }
    assert named <= OWN
