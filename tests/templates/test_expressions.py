"""The JSONata expressions of the state machines: what they send, store and decide."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from localcloud.testing import evaluate, parse

from common.keys import rejects_of_chunk
from tests.templates.loading import MACHINES, state_machine, states, strings

EXPRESSIONS = sorted(
    {text for name in MACHINES for text in strings(state_machine(name)) if text.startswith("{%")}
)
MAIN, CHUNK = states("main-orchestrator"), states("chunk-processor")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_expression_parses(expression: str) -> None:
    parse(re.sub(r"\$\{\w+\}", "1", expression))


@pytest.mark.parametrize(
    ("merged", "keys"),
    [
        ({"output_key": "o", "output_version_id": "1", "rejects_key": None}, ["o"]),
        (
            {
                "output_key": "o",
                "output_version_id": "1",
                "rejects_key": "r",
                "rejects_version_id": "2",
            },
            ["o", "r"],
        ),
    ],
)
def test_the_output_is_awaited_and_the_rejects_if_there_are_any(
    merged: dict[str, Any], keys: list[str]
) -> None:
    (finished,) = MAIN["Is everything merged?"]["Choices"]
    awaited = evaluate(finished["Assign"]["awaited"], {}, merged=merged)
    assert [item["key"] for item in awaited] == keys


@pytest.mark.parametrize(
    ("payload", "next_state"),
    [
        ({"checkpoint": "work/r/merge/000001"}, "Merge all Files"),
        ({"output_key": "o", "rejects_key": None}, "Look whether it has replicated"),
    ],
)
def test_a_merge_goes_on_from_its_checkpoint_until_there_is_none(
    payload: dict[str, Any], next_state: str
) -> None:
    merge, choice = MAIN["Merge all Files"], MAIN["Is everything merged?"]
    checkpoint = evaluate(merge["Assign"]["checkpoint"], {"result": {"Payload": payload}})
    assert checkpoint == payload.get("checkpoint")
    assert merge["Arguments"]["Payload"]["checkpoint"] == "{% $checkpoint %}"
    (finished,) = choice["Choices"]
    is_finished = evaluate(finished["Condition"], {}, checkpoint=checkpoint)
    assert next_state == (finished["Next"] if is_finished else choice["Default"])


@pytest.mark.parametrize(
    ("status", "replicated", "given_up"),
    [
        ("PENDING", 0, False),
        ("COMPLETED", 1, False),
        ("COMPLETE", 1, False),
        ("FAILED", 0, True),
        (None, 0, False),
    ],
)
def test_only_an_object_that_is_completed_counts_as_replicated(
    status: str | None, replicated: int, given_up: bool
) -> None:
    result = {"ReplicationStatus": status} if status else {}
    assign = MAIN["Look whether it has replicated"]["Assign"]
    context = {"result": result}
    assert evaluate(assign["replicated"], context, replicated=0) == replicated
    assert evaluate(assign["given_up"], context, looks=3) is given_up


@pytest.mark.parametrize(
    ("status", "replicated", "next_state"),
    [
        ("PENDING", 0, "Wait for replication"),
        ("COMPLETED", 0, "Look whether it has replicated"),
        ("PENDING", 1, "Wait for replication"),
        ("COMPLETED", 1, "Email the file"),
        ("FAILED", 0, "Email the file"),
    ],
)
def test_the_rejects_are_looked_at_as_soon_as_the_output_has_replicated(
    status: str, replicated: int, next_state: str
) -> None:
    """``replicated``: how many of the two objects had before."""
    look, choice = MAIN["Look whether it has replicated"], MAIN["Has everything replicated?"]
    context = {"result": {"ReplicationStatus": status}}
    variables = {
        name: evaluate(expression, context, replicated=replicated, looks=3)
        for name, expression in look["Assign"].items()
    }
    following = (
        rule["Next"]
        for rule in choice["Choices"]
        if evaluate(rule["Condition"], {}, awaited=["output", "rejects"], **variables)
    )
    assert next(following, choice["Default"]) == next_state


def test_replication_is_waited_for_a_little_longer_than_its_target_of_fifteen_minutes() -> None:
    look, wait = MAIN["Look whether it has replicated"]["Assign"], MAIN["Wait for replication"]
    context, variables, seconds = {"result": {"ReplicationStatus": "PENDING"}}, {"looks": 0}, 0
    while True:
        variables = {
            name: evaluate(look[name], context, **variables) for name in ("looks", "given_up")
        }
        if variables["given_up"]:
            break
        seconds += evaluate(wait["Seconds"], {}, **variables)
    assert 15.5 * 60 < seconds < 17 * 60


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ({"Error": "X", "Cause": '{"errorMessage": "no header", "errorType": "X"}'}, "no header"),
        ({"Error": "X", "Cause": '{"errorMessage": "cut of'}, '{"errorMessage": "cut of'),
        ({"Error": "X", "Cause": "The task timed out"}, "The task timed out"),
        ({"Error": "States.Timeout", "Cause": ""}, "no reason given"),
        ({"Error": "X"}, "no reason given"),
        ({"Error": "X", "Cause": "x" * 40_000}, "x" * 1000),
    ],
)
def test_a_cause_becomes_a_short_sentence(failure: dict[str, str], reason: str) -> None:
    words = MAIN["Put the failure into words"]["Assign"]["reason"]
    assert evaluate(words, states={"input": failure}) == reason


@pytest.mark.parametrize(
    ("outcome", "error", "reason"),
    [
        (
            {"error": "ChunkCorrupt", "reason": "3 of 4 rows"},
            "ChunkCorrupt",
            "Chunk 7: 3 of 4 rows",
        ),
        (
            {"error": "Chunk.TIMED_OUT", "reason": ""},
            "Chunk.TIMED_OUT",
            "Chunk 7: no reason given",
        ),
        (
            {"error": "States.Timeout", "reason": ""},
            "States.Timeout",
            "Chunk 7: no reason given",
        ),
    ],
)
def test_the_reason_of_a_failed_chunk_names_the_chunk(
    outcome: dict[str, str], error: str, reason: str
) -> None:
    assign = MAIN["Say why the chunk failed"]["Assign"]
    context = {"input": {"chunk": {"index": 7}, **outcome}}
    assert evaluate(assign["error"], context) == error
    assert evaluate(assign["reason"], context) == reason


def test_the_chunk_processor_gets_its_input_as_text() -> None:
    job = {
        "run_id": "r0",
        "attempt_id": "r",
        "file": "input/a.csv",
        "chunk": {"index": 0},
        "tries": 2,
    }
    text = evaluate(MAIN["Run the Chunk Processor"]["Arguments"]["Input"], states={"input": job})
    assert json.loads(text) == {"attempt_id": "r", "file": "input/a.csv", "chunk": {"index": 0}}


@pytest.mark.parametrize("replicated", [0, 1])
def test_the_emailer_gets_the_results_of_splitter_and_merger_and_whether_all_has_replicated(
    replicated: int,
) -> None:
    payload = evaluate(
        MAIN["Email the file"]["Arguments"]["Payload"],
        run_id="r",
        attempt=2,
        key="input/a.csv",
        split={"rows_in": 4, "notes": ["one"]},
        replicated=replicated,
        awaited=[{"key": "o"}],
        merged={"output_key": "o", "rejects_key": None},
    )
    assert payload == {
        "action": "complete_run",
        "run_id": "r",
        "attempt": 2,
        "key": "input/a.csv",
        "rows_in": 4,
        "notes": ["one"],
        "replicated": replicated == 1,
        "output_key": "o",
        "rejects_key": None,
    }


@pytest.mark.parametrize(
    ("record", "item"),
    [
        (
            {
                "row": 13,
                "line": 20,
                "fields": {},
                "malformed": "short",
                "raw": "a,b",
                "reasons": ["short"],
            },
            {"fields": {"M": {}}, "reasons": {"L": [{"S": "short"}]}, "raw": {"S": "a,b"}},
        ),
        (
            {"row": 13, "line": 20, "fields": {"uuid": "1", "Country": ""}, "reasons": ["a", "b"]},
            {
                "fields": {"M": {"uuid": {"S": "1"}, "Country": {"S": ""}}},
                "reasons": {"L": [{"S": "a"}, {"S": "b"}]},
                "uuid": {"S": "1"},
            },
        ),
    ],
)
def test_a_reject_is_stored_with_its_reasons_and_fields(
    record: dict[str, Any], item: dict[str, Any]
) -> None:
    stored = evaluate(
        CHUNK["Store rejected record"]["Arguments"]["Item"],
        states={"input": record},
        attempt_id="r",
        chunk={"index": 7},
        file="input/a.csv",
    )
    common = {
        "chunk": {"S": rejects_of_chunk("r", 7)},
        "row": {"N": "13"},
        "line": {"N": "20"},
        "file": {"S": "input/a.csv"},
    }
    assert stored == common | item


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25])
def test_records_are_taken_ten_at_a_time_in_their_order(count: int) -> None:
    records = [{"row": row} for row in range(count)]
    items = CHUNK["Process messages"]["Items"].replace("${RecordsPerCall}", "10")
    groups = evaluate(items, {"input": records})
    assert [record for group in groups for record in group] == records
    assert [len(group) for group in groups[:-1]] == [10] * ((count - 1) // 10)


VALID: dict[str, Any] = {"row": 1, "line": 2, "fields": {}}
INVALID, UNKNOWN = VALID | {"row": 2, "line": 3}, VALID | {"row": 3, "line": 4}


@pytest.mark.parametrize(("valid", "state"), [([], "rejected"), ([VALID], "enriched")])
def test_only_valid_records_are_enriched(valid: list[Any], state: str) -> None:
    choice = CHUNK["Is any record valid?"]
    (enriched,) = choice["Choices"]
    is_taken = evaluate(enriched["Condition"], {"input": {"valid": valid, "rejected": []}})
    following = enriched["Next"] if is_taken else choice["Default"]
    ends = {"enriched": "Get Financial Data", "rejected": "Store rejected records"}
    assert following == ends[state]
    body = evaluate(CHUNK["Get Financial Data"]["Arguments"], {"input": {"valid": [VALID]}})
    assert body["RequestBody"] == {"records": [VALID]}


@pytest.mark.parametrize("rejected", [[], [INVALID]])
@pytest.mark.parametrize("unknown", [[], [UNKNOWN]])
@pytest.mark.parametrize("enriched", [[], [{"row": 1, "cells": ["x", "y"]}]])
def test_a_group_ends_with_enriched_records_and_the_rows_of_those_rejected_by_either_function(
    rejected: list[Any], unknown: list[Any], enriched: list[Any]
) -> None:
    response = {"ResponseBody": {"enriched": enriched, "rejected": unknown}}
    state = evaluate(
        CHUNK["Get Financial Data"]["Output"],
        {"input": {"valid": [VALID], "rejected": rejected}, "result": response},
    )
    assert state == {"enriched": enriched, "rejected": [*rejected, *unknown]}
    store = CHUNK["Store rejected records"]
    assert evaluate(store["Items"], {"input": state}) == state["rejected"]
    rows = [
        evaluate(CHUNK["Store rejected record"]["Output"], {"input": record})
        for record in state["rejected"]
    ]
    group = evaluate(store["Output"], {"input": state, "result": rows})
    assert group == {"enriched": enriched, "rejected": rows}


def test_a_group_without_a_valid_record_has_no_enriched_ones() -> None:
    state = {"valid": [], "rejected": [INVALID]}
    group = evaluate(CHUNK["Store rejected records"]["Output"], {"input": state, "result": [2]})
    assert group == {"enriched": [], "rejected": [2]}
