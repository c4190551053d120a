"""What Step Functions bills for an execution.

Transitions: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-transitions.html
"""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.usage import units
from tests.stepfunctions.definitions import distributed_map, machine, service_task, task
from tests.stepfunctions.environment import Environment
from tests.usage_totals import total

CHAIN = {
    "P": {"Type": "Pass", "Next": "C"},
    "C": {"Type": "Choice", "Choices": [{"Condition": True, "Next": "W"}]},
    "W": {"Type": "Wait", "Seconds": 1, "Next": "S"},
    "S": {"Type": "Succeed"},
}
RETRY = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 5}]


def inline_map(states: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "Type": "Map",
        "ItemProcessor": {"StartAt": next(iter(states)), "States": states},
        "End": True,
        **fields,
    }


def transitions(env: Environment) -> float:
    return total(env.cloud.usage, units.TRANSITIONS)


def test_every_state_that_is_entered_is_a_transition(env: Environment) -> None:
    env.run(machine(CHAIN))
    assert transitions(env) == 4


def test_every_retry_is_a_transition(env: Environment) -> None:
    env.script_tasks({"State": [{"error": "E"}, {"error": "E"}, {"result": 1}]})
    env.run_state(task(Retry=RETRY, Arguments={"FunctionName": "f"}))
    assert transitions(env) == 3


def test_iterations_of_an_inline_map_are_none_but_their_states_are(env: Environment) -> None:
    env.run(machine({"M": inline_map({"A": {"Type": "Pass", "End": True}})}), [1, 2, 3])
    assert transitions(env) == 1 + 3


def test_every_standard_child_is_a_transition_of_its_map_and_has_its_own(env: Environment) -> None:
    env.run(machine({"M": distributed_map()}), [1, 2, 3])
    assert transitions(env) == 1 + 3 + 3


def test_an_express_child_is_one_transition_and_one_request(env: Environment) -> None:
    env.run(machine({"M": distributed_map(execution_type="EXPRESS")}), [1, 2, 3])
    assert transitions(env) == 1 + 3
    assert total(env.cloud.usage, units.EXPRESS_REQUESTS) == 3
    assert total(env.cloud.usage, units.EXPRESS_STATES) == 3


def test_a_redrive_is_a_transition_and_so_is_the_state_that_runs_again(env: Environment) -> None:
    env.script_tasks({"A": {"result": 1}, "B": [{"error": "E"}, {"result": 1}]})
    states = {name: service_task("lambda:invoke", {"FunctionName": "f"}) for name in "AB"}
    states["A"] |= {"Next": "B"}
    del states["A"]["End"]
    execution = env.run(machine(states))
    assert transitions(env) == 2
    env.sfn.redrive_execution(executionArn=execution["executionArn"])
    env.wait(execution["executionArn"])
    assert transitions(env) == 2 + 1


def test_an_express_execution_is_billed_by_its_request_and_its_time(env: Environment) -> None:
    answer = env.run(machine(CHAIN), type_="EXPRESS")
    usage = env.cloud.usage
    assert total(usage, units.EXPRESS_REQUESTS) == 1
    assert total(usage, units.EXPRESS_GB_SECONDS) == pytest.approx(1.0 * 64 / 1024)
    assert answer["billingDetails"]["billedDurationInMilliseconds"] == 1000
    assert (total(usage, units.EXPRESS_STATES), transitions(env)) == (4, 0)


def test_express_time_is_rounded_up_to_100_ms(env: Environment) -> None:
    answer = env.run(machine({"P": {"Type": "Pass", "End": True}}), type_="EXPRESS")
    assert answer["billingDetails"]["billedDurationInMilliseconds"] == 100


def test_the_iterations_of_a_map_in_an_express_execution_are_counted(env: Environment) -> None:
    states = {"M": inline_map({"A": {"Type": "Pass", "End": True}})}
    env.run(machine(states), [1, 2, 3], type_="EXPRESS")
    assert total(env.cloud.usage, units.EXPRESS_ITERATIONS) == 3


def test_a_standard_execution_is_a_span_of_the_usage_and_its_children_are_none(
    env: Environment,
) -> None:
    execution = env.run(machine({"M": distributed_map()}), [1, 2])
    (span,) = env.cloud.usage.report()["spans"]
    assert span["name"] == execution["executionArn"]
    assert span["end"] is not None
