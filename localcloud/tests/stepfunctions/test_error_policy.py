"""Retry: the delay before the next attempt, and the errors that a rule covers."""

from __future__ import annotations

import pytest

from localcloud.stepfunctions.error_policy import ErrorPolicy, Retrier, RetryCounts, is_throttling
from localcloud.stepfunctions.errors import StateError, covers


def test_the_delay_grows_by_the_backoff_rate_up_to_the_longest() -> None:
    rule = Retrier(("E",), interval=2, backoff=3, max_delay=50)
    assert [rule.delay(retries, lambda: 0.5) for retries in range(4)] == [2, 6, 18, 50]


def test_full_jitter_takes_a_part_of_the_capped_delay() -> None:
    rule = Retrier(("E",), interval=10, backoff=10, max_delay=60, has_jitter=True)
    random_numbers = iter((0.0, 0.25, 1.0))
    assert [rule.delay(2, lambda: next(random_numbers)) for _ in range(3)] == [0, 15, 60]


def test_each_rule_counts_its_own_attempts() -> None:
    policy = ErrorPolicy((Retrier(("A",), max_attempts=1), Retrier(("B",), max_attempts=2)))
    counts = RetryCounts(policy, lambda: 1.0)
    delays = [counts.delay(StateError(name)) for name in "ABABB"]
    assert delays == [1, 1, None, 2, None]


@pytest.mark.parametrize(
    ("errors", "error", "is_covered"),
    [
        (("E",), "E", True),
        (("E",), "F", False),
        (("States.ALL",), "E", True),
        (("States.ALL",), "States.Timeout", True),
        (("States.ALL",), "States.QueryEvaluationError", True),
        (("States.ALL",), "States.DataLimitExceeded", True),
        (("States.ALL",), "States.Runtime", False),
        (("States.ALL",), None, True),
        (("States.TaskFailed",), "E", True),
        (("States.TaskFailed",), "States.Timeout", False),
        (("States.TaskFailed",), "States.DataLimitExceeded", True),
        (("States.DataLimitExceeded",), "States.DataLimitExceeded", True),
        (("States.Runtime",), "States.Runtime", False),
    ],
)
def test_which_rule_covers_error(
    errors: tuple[str, ...], error: str | None, is_covered: bool
) -> None:
    assert covers(errors, error) is is_covered


@pytest.mark.parametrize(
    ("error", "is_it"),
    [
        ("Lambda.TooManyRequestsException", True),
        ("ApiGateway.500", True),
        ("DynamoDB.ThrottlingException", True),
        ("Lambda.ServiceException", False),
        ("ApiGateway.502", False),
        ("States.Timeout", False),
        (None, False),
    ],
)
def test_a_retry_after_throttling_waits_for_work(error: str | None, is_it: bool) -> None:
    assert is_throttling(StateError(error)) is is_it
