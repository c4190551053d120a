"""Attempts, and the marks of copies."""

from __future__ import annotations

from typing import Any

import pytest

from common import keys
from common.attempts import AttemptId, Marks, copy_metadata, marks_of, parse_attempt_name

KEY = "input/a.csv"
RUN_ID = keys.run_id(KEY, "v1")
MARKS = Marks(AttemptId(RUN_ID, 2), "us-east-1", "token")
ITEM = {"run_id": RUN_ID, "attempt": 2, "region": "us-east-1", "copy_token": "token"}


@pytest.mark.parametrize("number", [1, 2, 9, 12, 12345])
def test_an_attempt_is_read_from_the_name_of_its_execution(number: int) -> None:
    attempt = AttemptId(RUN_ID, number)
    assert parse_attempt_name(attempt.name) == attempt
    assert len(attempt.name) <= 80


@pytest.mark.parametrize("name", [f"{RUN_ID}-1", f"{RUN_ID}-01", f"{RUN_ID}-", "test", ""])
def test_other_names_are_no_attempts(name: str) -> None:
    assert parse_attempt_name(name) is None


def test_the_items_of_attempts_sort_as_numbers() -> None:
    assert AttemptId(RUN_ID, 2).item == "attempt-0002"
    assert AttemptId(RUN_ID, 9).item < AttemptId(RUN_ID, 10).item


def test_marks_are_read_as_they_were_written() -> None:
    assert marks_of(KEY, copy_metadata(MARKS, "v1")) == MARKS


@pytest.mark.parametrize(
    "changes",
    [
        {"batch-run-id": keys.run_id("input/other.csv", "v1")},
        {"batch-origin-version-id": "v0"},
        {"batch-attempt": ""},
        {"batch-attempt": "-2"},
        {"batch-attempt": "²"},
        {"batch-attempt": "9" * 5000},
        {"batch-region": ""},
        {"batch-token": ""},
    ],
)
def test_metadata_that_do_not_fit_are_no_marks(changes: dict[str, str]) -> None:
    assert marks_of(KEY, copy_metadata(MARKS, "v1") | changes) is None
    assert marks_of("input/copied-to.csv", copy_metadata(MARKS, "v1")) is None


@pytest.mark.parametrize(
    ("changes", "is_confirmed"),
    [
        ({}, True),
        ({"copy_version_id": "v2"}, True),
        ({"copy_version_id": "v3"}, False),
        ({"copy_token": "another"}, False),
        ({"copy_token": None}, False),
        ({"attempt": 3}, False),
        ({"run_id": "another"}, False),
    ],
)
def test_marks_count_only_where_the_item_says_the_same(
    changes: dict[str, Any], is_confirmed: bool
) -> None:
    assert MARKS.are_confirmed_by(ITEM | changes, "v2") == is_confirmed


def test_marks_are_not_confirmed_by_an_attempt_that_has_no_copy() -> None:
    assert not MARKS.are_confirmed_by({"run_id": RUN_ID, "attempt": 2, "region": "us-east-1"}, "v2")
