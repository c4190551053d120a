"""What a function finds in its sandbox, and how its success or failure reaches the caller."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from localcloud.gateway.errors import ApiError
from localcloud.quotas import BY_ACCOUNT
from tests.lambda_.conftest import REGION, Bench


def test_the_context_is_the_real_one(bench: Bench) -> None:
    name = bench.function(
        "def handler(e, c): return [c.function_name, c.memory_limit_in_mb, c.invoked_function_arn,"
        " c.get_remaining_time_in_millis()]",
        MemorySize=192,
        Timeout=9,
    )
    function_name, memory, arn, remaining_ms = bench.result(name)
    assert (function_name, memory) == (name, "192")
    assert arn == f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    assert 8_000 < remaining_ms <= 9_000


def test_a_function_sees_its_own_variables_and_none_of_the_hosts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "x")
    name = bench.function(
        "import os\ndef handler(e, c): return dict(os.environ)",
        Environment={"Variables": {"TABLE": "things"}},
    )
    environment = bench.result(name)
    assert environment["TABLE"] == "things"
    assert environment["AWS_REGION"] == REGION
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert "SECRET_OF_THE_HOST" not in environment


def test_its_keys_belong_to_a_session_of_its_role(bench: Bench) -> None:
    name = bench.function("import os\ndef handler(e, c): return os.environ['AWS_ACCESS_KEY_ID']")
    principal = bench.cloud.principals.by_key(bench.result(name))
    assert principal is not None
    assert principal.arn == f"arn:aws:sts::123456789012:assumed-role/runner/{name}"
    assert principal.function_arn == f"arn:aws:lambda:us-east-1:123456789012:function:{name}"


def test_its_keys_outlive_the_sandbox_and_with_them_the_links_that_they_signed(
    bench: Bench,
) -> None:
    source = "import os\ndef handler(e, c): return os.environ['AWS_ACCESS_KEY_ID']"
    name = bench.function(source)
    key = bench.result(name)
    bench.api.update_function_configuration(FunctionName=name, MemorySize=192)
    assert bench.result(name) != key  # another sandbox
    assert bench.cloud.principals.by_key(key) is not None


def test_the_sdk_is_there_and_the_hosts_other_packages_are_not(bench: Bench) -> None:
    name = bench.function("import boto3\nimport moto\ndef handler(e, c): pass")
    answer = json.loads(bench.run(name).payload)
    assert answer["errorType"] == "Runtime.ImportModuleError"
    assert answer["errorMessage"] == "Unable to import module 'app': No module named 'moto'"


def test_a_sandbox_stays_warm(bench: Bench) -> None:
    name = bench.function("calls = []\ndef handler(e, c):\n calls.append(e)\n return len(calls)")
    assert [bench.result(name), bench.result(name), bench.result(name)] == [1, 2, 3]


def test_an_exception_is_an_unhandled_error_with_its_trace(bench: Bench) -> None:
    name = bench.function("def handler(e, c): raise ValueError('no good')")
    answer = bench.api.invoke(FunctionName=name, Payload=b"{}")
    assert answer["StatusCode"] == 200
    assert answer["FunctionError"] == "Unhandled"
    body = json.loads(answer["Payload"].read())
    assert (body["errorType"], body["errorMessage"]) == ("ValueError", "no good")
    assert body["requestId"] == answer["ResponseMetadata"]["RequestId"]
    assert "raise ValueError('no good')" in body["stackTrace"][0]


def test_a_function_that_takes_too_long_is_killed(bench: Bench) -> None:
    name = bench.function("import time\ndef handler(e, c): time.sleep(60)", Timeout=1)
    result = bench.run(name)
    assert result.function_error == "Unhandled"
    assert json.loads(result.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {result.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert "Task timed out after 1.00 seconds" in result.log
    assert "Status: timeout" in result.log


def test_a_function_that_exits_is_an_exit_error(bench: Bench) -> None:
    result = bench.run(bench.function("import sys\ndef handler(e, c): sys.exit(3)"))
    assert json.loads(result.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {result.request_id} Error: Runtime exited with error: "
        "exit status 3",
    }


def test_a_function_over_its_memory_is_killed(bench: Bench) -> None:
    greedy = "def handler(e, c):\n kept = []\n while True: kept.append(bytearray(1 << 20))"
    result = bench.run(bench.function(greedy))
    assert "signal: killed" in json.loads(result.payload)["errorMessage"]
    assert "Max Memory Used: 128 MB" in result.log
    assert "Error Type: Runtime.OutOfMemory" in result.log


def test_after_a_crash_the_next_event_gets_a_new_sandbox(bench: Bench) -> None:
    name = bench.function("import os\ndef handler(e, c):\n if e: os._exit(1)\n return 'well'")
    assert bench.run(name, {"crash": True}).function_error == "Unhandled"
    assert bench.result(name) == "well"


def test_a_sandbox_that_dies_between_events_costs_no_event(bench: Bench) -> None:
    name = bench.function("import os\ndef handler(e, c): return os.getpid()")
    first = bench.result(name)
    watched = os.pidfd_open(first)
    os.kill(first, 9)
    import select

    select.select([watched], [], [], 5)
    os.close(watched)
    assert bench.result(name) != first


def test_a_syntax_error_is_reported_by_the_runtime(bench: Bench) -> None:
    answer = json.loads(bench.run(bench.function("def handler(")).payload)
    assert answer["errorType"] == "Runtime.UserCodeSyntaxError"


def test_the_tail_of_the_log_comes_back(bench: Bench) -> None:
    name = bench.function("def handler(e, c): print('seen by nobody else')")
    answer = bench.api.invoke(FunctionName=name, LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode().splitlines()
    request = answer["ResponseMetadata"]["RequestId"]
    assert tail[0] == f"START RequestId: {request} Version: $LATEST"
    assert tail[1] == "seen by nobody else"
    assert tail[2] == f"END RequestId: {request}"
    assert tail[3].startswith(f"REPORT RequestId: {request}\tDuration: ")
    assert "Init Duration" in tail[3]


def test_a_response_over_6_mb_is_an_error(bench: Bench) -> None:
    result = bench.run(bench.function("def handler(e, c): return 'x' * 6291555"))
    assert json.loads(result.payload)["errorType"] == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize(
    ("kind", "limit"),
    [("RequestResponse", 6 * 1024 * 1024), ("Event", 1024 * 1024)],
)
def test_an_event_over_its_limit_is_refused(bench: Bench, kind: str, limit: int) -> None:
    name = bench.function("def handler(e, c): pass")
    with pytest.raises(ApiError, match=f"Request must be smaller than {limit} bytes") as caught:
        bench.run(name, "x" * limit, invocation_type=kind)
    assert caught.value.code == "RequestTooLargeException"


def test_an_event_must_be_json(bench: Bench, refused: Any) -> None:
    name = bench.function("def handler(e, c): pass")
    with refused("InvalidRequestContentException", "Could not parse request body into json"):
        bench.api.invoke(FunctionName=name, Payload=b"{not json")


def test_a_dry_run_starts_nothing(bench: Bench) -> None:
    name = bench.function("raise RuntimeError")
    assert bench.api.invoke(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204


class _Gate:
    """A FIFO on disk: handlers wait until the test opens it."""

    source = (
        "def handler(e, c):\n"
        " with open(e['gate']) as gate: gate.read()\n"
        " import os\n return os.getpid()"
    )

    def __init__(self, path: Any) -> None:
        self.path = str(path)
        os.mkfifo(path)

    def arrived(self) -> Any:
        """Block until a handler waits; closing the result releases it."""
        return open(self.path, "w")  # noqa: PTH123 - closed by the test


def test_reserved_concurrency_throttles(bench: Bench, tmp_path: Any, refused: Any) -> None:
    gate = _Gate(tmp_path / "gate")
    name = bench.function(_Gate.source, Timeout=20)
    bench.api.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(bench.result, name, {"gate": gate.path})
        waiting = gate.arrived()
        with refused("TooManyRequestsException", "Rate Exceeded."):
            bench.api.invoke(FunctionName=name)
        waiting.close()
        assert running.result() > 0


def test_callers_over_the_limit_of_sandboxes_wait_and_are_served(bench: Bench) -> None:
    name = bench.function(
        "import os, time\ndef handler(e, c):\n time.sleep(.02)\n return os.getpid()"
    )
    limit = bench.cloud.settings.sandboxes_per_function
    barrier = threading.Barrier(3 * limit)

    def call(_: int) -> Any:
        barrier.wait()
        return bench.result(name)

    with ThreadPoolExecutor(3 * limit) as pool:
        pids = list(pool.map(call, range(3 * limit)))
    assert len(pids) == 3 * limit
    assert len(set(pids)) <= limit


def test_the_account_keeps_100_unreserved(bench: Bench, refused: Any) -> None:
    name = bench.function("def handler(e, c): pass")
    with refused("InvalidParameterValueException", "below its minimum value of [100]"):
        bench.api.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=901)


@pytest.mark.parametrize("reserved", [None, 1])
def test_a_new_account_runs_ten_functions_at_once_and_reserves_none(
    reserved: int | None,
    bench: Bench,
    refused: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new = dataclasses.replace(bench.cloud.settings, quotas=BY_ACCOUNT["new"])
    monkeypatch.setattr(bench.cloud, "settings", new)
    monkeypatch.setattr(bench.service.executor._cloud, "settings", new)
    name = bench.function("def handler(e, c): pass")
    function = bench.service.registry.functions[REGION][name]
    function.reserved = reserved
    monkeypatch.setitem(bench.service.executor._in_flight, (REGION, "another"), 10)
    if reserved:  # it has its own
        assert bench.run(name).status == 200
    else:
        with refused("TooManyRequestsException", "Rate Exceeded"):
            bench.api.invoke(FunctionName=name)
