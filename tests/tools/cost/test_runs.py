"""Which execution processed how many records."""

from __future__ import annotations

from tools.cost.runs import Execution, records_by_execution

ARN = "arn:aws:states:us-west-2:123456789012:execution:MainOrchestrator-dev:20261126-file"


def test_an_execution_is_parsed_from_its_arn() -> None:
    assert Execution.parse(ARN) == ("us-west-2", "-dev", "20261126-file")
    plain = ARN.replace("MainOrchestrator-dev", "MainOrchestrator")
    assert Execution.parse(plain).env == ""


def test_records_are_those_of_the_attempt_that_decided_the_run() -> None:
    rows = [
        {"run_id": "a", "attempt": 1, "region": "us-east-1", "rows_in": 200},
        {"run_id": "b", "attempt": 2, "region": "us-west-2", "rows_in": 300},
        {"run_id": "c", "attempt": 1, "region": "us-east-1"},
    ]
    assert records_by_execution(rows, "-dev") == {
        ("us-east-1", "-dev", "a"): 200,
        ("us-west-2", "-dev", "b-2"): 300,
        ("us-east-1", "-dev", "c"): 0,
    }
