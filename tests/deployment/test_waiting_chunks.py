"""deployment/deployer/waiting_chunks.py: work that waits is visible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from deployment.deployer.waiting_chunks import COUNTED_FILES, MOST_FILES, waiting_chunks_lines
from tests.deployment.fakes import FakeAws, error, failing, plan

STACK = {
    "Parameters": [{"ParameterKey": "ChunkSlots", "ParameterValue": "3"}],
    "Outputs": [{"OutputKey": "MainOrchestratorArn", "OutputValue": "orchestrator"}],
}
REGION = "eu-west-1"


def region_with(slots: int, chunks: dict[str, tuple[int, int]]) -> FakeAws:
    """So many slots are taken; by file, the newest first, how many chunks are pending, running."""
    started = datetime.now(UTC) - timedelta(minutes=2, seconds=5)

    def describe(mapRunArn: str) -> Any:  # noqa: N803 - named by the API
        pending, running = chunks[mapRunArn]
        return {"itemCounts": {"pending": pending, "running": running}}

    executions = [{"executionArn": name, "startDate": started} for name in chunks]
    return FakeAws(
        dynamodb={"query": lambda **_: {"Count": slots}},
        stepfunctions={
            "list_executions": lambda **_: {"executions": executions},
            "list_map_runs": lambda executionArn: {"mapRuns": [{"mapRunArn": executionArn}]},  # noqa: N803
            "describe_map_run": describe,
        },
    )


def line(aws: FakeAws) -> str:
    [line] = waiting_chunks_lines(aws, plan(), {REGION: STACK})
    return line


def test_chunks_that_have_no_slot_are_counted_and_the_oldest_file_has_an_age() -> None:
    aws = region_with(3, {"large": (90, 10), "small": (0, 1), "merging": (0, 0)})
    assert line(aws).startswith(
        "chunks in eu-west-1: 3 of 3 slots are taken; chunks that wait: 98; "
        "files under way: 3, the oldest for 0:02:0"
    )
    [query] = aws.called("query")
    assert query["ExpressionAttributeValues"][":owner"] == {"S": "eu-west-1/slots"}


def test_nothing_waits_where_nothing_runs() -> None:
    assert line(region_with(0, {})).endswith("chunks that wait: 0; files under way: 0")


def test_of_many_files_only_the_chunks_of_the_oldest_and_of_the_newest_are_counted() -> None:
    files = {f"file-{number}": (0, 1) for number in range(100)}
    aws = region_with(3, files)
    assert "chunks that wait: 17 or more; files under way: 100, " in line(aws)
    asked = {call["executionArn"] for call in aws.called("list_map_runs")}
    assert asked == {*list(files)[:COUNTED_FILES], *list(files)[-COUNTED_FILES:]}
    twelve = dict(list(files.items())[:12])
    assert "chunks that wait: 9; files under way: 12, " in line(region_with(3, twelve))


def test_beyond_a_page_of_files_the_oldest_is_not_known() -> None:
    files = {f"file-{number}": (0, 0) for number in range(MOST_FILES)}
    text = line(region_with(0, files))
    assert "files under way: 1000 or more, the oldest of these for 0:02:0" in text


def test_a_region_that_does_not_answer_hides_nothing_else() -> None:
    aws = region_with(0, {})
    aws.services["dynamodb"] = {"query": failing("Down", "down")}
    assert line(aws).endswith("not shown, since the Region does not answer")
    stacks = {REGION: error("Down", "no CloudFormation")}
    [other] = waiting_chunks_lines(region_with(0, {}), plan(), stacks)
    assert other.endswith("not shown, since the Region does not answer")


def test_a_region_without_an_application_has_nothing_under_way() -> None:
    [line] = waiting_chunks_lines(region_with(0, {}), plan(), {REGION: {}})
    assert line == (
        "chunks in eu-west-1: 0 of ? slots are taken; chunks that wait: 0; files under way: 0"
    )
