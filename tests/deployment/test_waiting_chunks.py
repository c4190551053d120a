"""deployment/deployer/waiting_chunks.py: work that waits is visible."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.deployer.waiting_chunks import show_waiting_chunks
from tests.deployment.fakes import FakeAws, failing, plan


def region_with(slots: int, chunks: dict[str, tuple[int, int]]) -> FakeAws:
    """So many slots are taken; by file, the numbers of pending and of running chunks."""
    stack = {
        "Parameters": [{"ParameterKey": "ChunkSlots", "ParameterValue": "3"}],
        "Outputs": [{"OutputKey": "MainOrchestratorArn", "OutputValue": "orchestrator"}],
    }

    def describe(mapRunArn: str) -> Any:  # noqa: N803 - named by the API
        pending, running = chunks[mapRunArn]
        return {"itemCounts": {"pending": pending, "running": running}}

    return FakeAws(
        cloudformation={"describe_stacks": lambda **_: {"Stacks": [stack]}},
        dynamodb={"query": lambda **_: {"Count": slots}},
        stepfunctions={
            "list_executions": lambda **_: {"executions": [{"executionArn": n} for n in chunks]},
            "list_map_runs": lambda executionArn: {"mapRuns": [{"mapRunArn": executionArn}]},  # noqa: N803
            "describe_map_run": describe,
        },
    )


def printed(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> str:
    show_waiting_chunks(aws, plan())
    return capsys.readouterr().out.splitlines()[0].strip()


def test_chunks_that_have_no_slot_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    aws = region_with(3, {"large": (90, 10), "small": (0, 1), "merging": (0, 0)})
    assert printed(aws, capsys) == (
        "chunks in eu-west-1: 3 of 3 slots are taken; chunks that wait: 98; files under way: 3"
    )
    (query, _) = aws.called("query")
    assert query["ExpressionAttributeValues"][":owner"] == {"S": "eu-west-1/slots"}


def test_nothing_waits_where_nothing_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert "0 of 3 slots are taken; chunks that wait: 0" in printed(region_with(0, {}), capsys)


def test_a_region_that_does_not_answer_hides_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws = FakeAws(cloudformation={"describe_stacks": failing("Down", "down")})
    assert printed(aws, capsys).endswith("not shown, since the Region does not answer")
