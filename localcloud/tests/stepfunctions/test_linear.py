"""The cost of a Map grows linearly with its items; it is counted, not timed.

benchmark.py beside it times the same Maps.
"""

from __future__ import annotations

import cProfile
import gc
import itertools
import json
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from localcloud.stepfunctions import compact_json, engine, expressions
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.history import HistoryEvent
from tests.stepfunctions.definitions import BUCKET, distributed_map, machine
from tests.stepfunctions.environment import Environment
from tests.stepfunctions.items import inline_map, map_over_lines, result_writer


def _cost(
    env: Environment, monkeypatch: pytest.MonkeyPatch, items: int, mode: str
) -> tuple[int, int]:
    """Evaluations, and bytes of JSON written for size checks, of a Map over so many items."""
    evaluations = json_bytes = 0
    evaluate, dumps = expressions.Expression.evaluate, compact_json.dumps

    def counting_evaluate(self: expressions.Expression, scope: expressions.Scope) -> object:
        nonlocal evaluations
        evaluations += 1
        return evaluate(self, scope)

    def counting_dumps(value: object) -> str:
        nonlocal json_bytes
        text = dumps(value)
        json_bytes += len(text)
        return text

    config = {"Mode": mode} if mode == "INLINE" else {"Mode": mode, "ExecutionType": "EXPRESS"}
    states = {
        "M": {
            "Type": "Map",
            "Items": "{% $states.input %}",
            "ItemSelector": {"v": "{% $states.context.Map.Item.Value %}"},
            "ItemProcessor": {
                "ProcessorConfig": config,
                "StartAt": "A",
                "States": {"A": {"Type": "Pass", "Output": "{% $states.input.v %}", "End": True}},
            },
            "End": True,
        }
    }
    with monkeypatch.context() as patch:
        patch.setattr(expressions.Expression, "evaluate", counting_evaluate)
        patch.setattr(compact_json, "dumps", counting_dumps)
        execution = env.run(machine(states), ["x" * 20] * items)
    assert execution["status"] == "SUCCEEDED"
    return evaluations, json_bytes


@pytest.mark.parametrize("mode", ["INLINE", "DISTRIBUTED"])
def test_ten_times_the_items_cost_ten_times_as_much(
    env: Environment, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    few, many = (_cost(env, monkeypatch, items, mode) for items in (50, 500))
    assert many[0] == 1 + 10 * (few[0] - 1)  # Items once, the rest by item
    assert many[1] < 10.5 * few[1]


def _calls_by_item(run: Callable[[int], Any], counts: tuple[int, int, int]) -> list[float]:
    """How many more functions are called for each item more than the first of ``counts``."""
    base, *others = counts
    run(base)  # what is done once only
    few = _calls(run, base)
    return [(_calls(run, count) - few) / (count - base) for count in others]


def _calls(run: Callable[[int], Any], count: int) -> int:
    """How many functions are called on this thread."""
    profile = cProfile.Profile()
    profile.enable()
    result = run(count)
    profile.disable()
    status = result["status"] if isinstance(result, dict) else result.status
    assert status == "SUCCEEDED"
    return sum(entry.callcount for entry in profile.getstats())


def test_an_iteration_calls_as_many_functions_among_20_000_as_among_1_000(
    env: Environment,
) -> None:
    few, many = _calls_by_item(lambda count: inline_map(env, count, 1), (1, 1_001, 20_001))
    assert many == pytest.approx(few, rel=0.02)


def test_a_child_calls_as_many_functions_among_4_000_as_among_400(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    env.client("s3").create_bucket(Bucket=BUCKET)
    monkeypatch.setattr(env.engine.threads, "start", lambda work: work())
    monkeypatch.setattr(engine, "CLOSED_EXECUTIONS", 100)

    def run(count: int) -> Execution:
        return map_over_lines(env, count, 1, ResultWriter=result_writer())

    few, many = _calls_by_item(run, (200, 600, 4_200))
    assert many == pytest.approx(few, rel=0.02)


def test_a_map_over_20_000_lines_needs_no_more_state_and_history_than_over_one(
    env: Environment,
) -> None:
    env.client("s3").create_bucket(Bucket=BUCKET)
    one, many = (map_over_lines(env, n, ResultWriter=result_writer()) for n in (1, 20_000))
    assert many.status == "SUCCEEDED"
    assert len(many.history.events) == len(one.history.events)
    assert len(json.dumps(many.output)) == len(json.dumps(one.output))
    (map_run,) = env.sfn.list_map_runs(executionArn=many.arn)["mapRuns"]
    described = env.sfn.describe_map_run(mapRunArn=map_run["mapRunArn"])
    assert described["itemCounts"]["succeeded"] == 20_000


def test_of_children_that_have_succeeded_the_latest_are_kept_and_no_more_while_the_map_runs(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, kept = itertools.count(1), []

    def count_executions(execution: Execution) -> None:
        if execution.map_run_arn and execution.status == "SUCCEEDED" and next(ended) == 900:
            kept.append(_alive(Execution))

    monkeypatch.setattr(engine, "CLOSED_EXECUTIONS", 50)
    env.engine.status_listeners.append(count_executions)
    env.client("s3").create_bucket(Bucket=BUCKET)
    before = _alive(Execution)
    execution = map_over_lines(env, 1_000)
    assert execution.output == [number % 10 for number in range(1_000)]
    assert kept[0] - before < 300  # 50, and those at work on 40 threads


def test_the_history_of_what_has_succeeded_takes_little_memory_and_can_be_read(
    env: Environment,
) -> None:
    before = _alive(HistoryEvent)
    execution = env.run(machine({"A": {"Type": "Pass", "End": True}}), {"text": "\ud800 é"})
    assert _alive(HistoryEvent) == before
    events = env.history(execution["executionArn"])
    assert [event["id"] for event in events] == [1, 2, 3, 4]
    assert events[1]["stateEnteredEventDetails"]["input"] == '{"text":"\ud800 é"}'


@pytest.mark.parametrize("items", [1, 3])
def test_executions_that_have_ended_are_freed_without_the_garbage_collector(
    env: Environment, monkeypatch: pytest.MonkeyPatch, items: int
) -> None:
    references: list[weakref.ref[Execution]] = []
    monkeypatch.setattr(env.engine.threads, "start", lambda work: work())
    monkeypatch.setattr(engine, "CLOSED_EXECUTIONS", 0)
    env.engine.status_listeners.append(lambda execution: references.append(weakref.ref(execution)))
    env.client("s3").create_bucket(Bucket=BUCKET)
    gc.disable()
    try:
        inline_map(env, items, 1)
        arn = env.create(machine({"M": distributed_map()}))
        env.sfn.start_execution(stateMachineArn=arn, input=json.dumps([*range(items)]))
        assert len(references) == 2 * (1 + 1 + items)  # each at its start and at its end
        assert [reference() for reference in references if reference() is not None] == []
    finally:
        gc.enable()


def _alive(kind: type) -> int:
    gc.collect()
    return sum(isinstance(item, kind) for item in gc.get_objects())


def test_literals_are_never_evaluated(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a literal was evaluated")

    monkeypatch.setattr(expressions.Expression, "evaluate", refuse)
    output = {"a": [1, {"b": "text"}]}
    assert env.run(machine({"A": {"Type": "Pass", "Output": output, "End": True}}))["status"] == (
        "SUCCEEDED"
    )
