"""LoggingConfig: logs in JSON, and which of their lines are written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.lambda_.conftest import Bench

LEVELS = """
import json, logging
def handler(e, c):
    log = logging.getLogger("mine")
    for level in ("debug", "info", "warning"):
        getattr(log, level)("logged " + level)
    print("printed")
    print(json.dumps({"level": "debug", "message": "printed debug"}))
    print(json.dumps({"level": "ERROR", "message": "printed error"}))
    return 1 / e
"""


def messages(bench: Bench, name: str) -> list[str]:
    answer = bench.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
    return [event["message"] for event in answer["events"]]


def system_events(bench: Bench, name: str) -> list[dict[str, Any]]:
    lines = [message for message in messages(bench, name) if '"platform.' in message]
    return [json.loads(line) for line in lines]


def run(bench: Bench, event: int = 1, **levels: str) -> str:
    """The name of a function with a log in JSON that has run."""
    name = bench.function(LEVELS, LoggingConfig={"LogFormat": "JSON", **levels})
    bench.run(name, event)
    return name


def test_lambdas_own_lines_are_events_in_json(bench: Bench) -> None:
    name = run(bench)
    start, report = system_events(bench, name)
    assert (start["type"], report["type"]) == ("platform.start", "platform.report")
    assert start["record"]["version"] == "$LATEST"
    assert report["record"]["requestId"] == start["record"]["requestId"]
    assert report["record"]["status"] == "success"
    metrics = report["record"]["metrics"]
    assert sorted(metrics) == [
        "billedDurationMs", "durationMs", "initDurationMs", "maxMemoryUsedMB", "memorySizeMB",
    ]  # fmt: skip
    assert metrics["memorySizeMB"] == 128
    assert not any(text.startswith(("START", "END", "REPORT")) for text in messages(bench, name))


@pytest.mark.parametrize(
    ("level", "event", "types"),
    [
        ("DEBUG", 1, ["start", "runtimeDone", "report"]),
        ("INFO", 1, ["start", "report"]),
        ("WARN", 1, []),
        ("WARN", 0, ["runtimeDone", "report"]),
    ],
)
def test_the_system_log_level_decides_which_events_are_written(
    bench: Bench, level: str, event: int, types: list[str]
) -> None:
    name = run(bench, event, SystemLogLevel=level)
    assert [item["type"] for item in system_events(bench, name)] == [
        f"platform.{kind}" for kind in types
    ]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (
            "DEBUG",
            {
                "logged debug", "logged info", "logged warning", "printed", "printed debug",
                "printed error",
            },
        ),
        ("INFO", {"logged info", "logged warning", "printed", "printed error"}),
        ("WARN", {"logged warning", "printed error"}),
        ("ERROR", {"printed error"}),
    ],
)  # fmt: skip
def test_the_application_log_level_filters_what_is_logged_and_what_is_printed(
    bench: Bench, level: str, expected: set[str]
) -> None:
    name = run(bench, ApplicationLogLevel=level)
    lines = [text for text in messages(bench, name) if '"platform.' not in text]
    texts = {json.loads(x)["message"] if x.startswith("{") else x.strip() for x in lines}
    assert texts == expected


def test_an_error_of_the_handler_passes_every_level(bench: Bench) -> None:
    name = run(bench, 0, ApplicationLogLevel="FATAL", SystemLogLevel="WARN")
    (report,) = [e for e in system_events(bench, name) if e["type"] == "platform.report"]
    assert report["record"]["status"] == "error"
    errors = run(bench, 0, ApplicationLogLevel="ERROR")
    assert any('"errorType": "ZeroDivisionError"' in text for text in messages(bench, errors))


def test_a_time_out_is_written_whatever_the_levels(bench: Bench) -> None:
    name = bench.function(
        "import time\ndef handler(e, c): time.sleep(5)",
        Timeout=1,
        LoggingConfig={
            "LogFormat": "JSON", "SystemLogLevel": "WARN", "ApplicationLogLevel": "FATAL",
        },
    )  # fmt: skip
    bench.run(name)
    assert any("Task timed out after 1.00 seconds" in text for text in messages(bench, name))
    assert system_events(bench, name)[-1]["record"]["status"] == "timeout"


def test_the_function_sees_the_format_and_the_level(bench: Bench) -> None:
    source = (
        "import os\ndef handler(e, c):\n"
        " return [os.environ.get('AWS_LAMBDA_LOG_' + name) for name in ('FORMAT', 'LEVEL')]"
    )
    config = {"LogFormat": "JSON", "ApplicationLogLevel": "ERROR"}
    assert bench.result(bench.function(source)) == ["Text", None]
    assert bench.result(bench.function(source, LoggingConfig=config)) == ["JSON", "ERROR"]


def test_levels_have_defaults_and_go_with_the_format(bench: Bench) -> None:
    client = bench.client("lambda")
    name = bench.function("def handler(e, c): pass", LoggingConfig={"LogFormat": "JSON"})
    group = {"LogGroup": f"/aws/lambda/{name}"}
    config = client.get_function_configuration(FunctionName=name)["LoggingConfig"]
    assert config == {
        "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **group,
    }  # fmt: skip
    answer = client.update_function_configuration(
        FunctionName=name, LoggingConfig={"LogFormat": "Text"}
    )
    assert answer["LoggingConfig"] == {"LogFormat": "Text", **group}


@pytest.mark.parametrize("level", ["ApplicationLogLevel", "SystemLogLevel"])
def test_a_level_without_json_is_refused(bench: Bench, level: str) -> None:
    with pytest.raises(ClientError, match=f"InvalidParameterValue.*{level} can only be set"):
        bench.function("def handler(e, c): pass", LoggingConfig={level: "WARN"})
