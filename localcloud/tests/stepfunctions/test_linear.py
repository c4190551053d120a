"""The cost of a Map grows linearly with its items; it is counted, not timed."""

from __future__ import annotations

import pytest

from localcloud.stepfunctions import compact_json, expressions
from tests.stepfunctions.definitions import machine
from tests.stepfunctions.environment import Environment


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


def test_literals_are_never_evaluated(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a literal was evaluated")

    monkeypatch.setattr(expressions.Expression, "evaluate", refuse)
    output = {"a": [1, {"b": "text"}]}
    assert env.run(machine({"A": {"Type": "Pass", "Output": output, "End": True}}))["status"] == (
        "SUCCEEDED"
    )
