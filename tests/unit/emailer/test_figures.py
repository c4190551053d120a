"""Numbers, sizes, times and durations in words."""

from __future__ import annotations

import pytest

from emailer import figures


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (3600, "1 hour"),
        (43_200, "12 hours"),
        (5400, "90 minutes"),
        (86_400, "1 day"),
        (1, "1 second"),
        (0, "0 seconds"),
    ],
)
def test_a_duration_has_its_largest_whole_unit(seconds: int, expected: str) -> None:
    assert figures.duration(seconds) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB (1,000 bytes)"),
        (1_234_567, "1.2 MB (1,234,567 bytes)"),
        (5 * 10**9, "5.0 GB (5,000,000,000 bytes)"),
    ],
)
def test_a_size_has_its_largest_unit_and_the_bytes(number: int, expected: str) -> None:
    assert figures.size(number) == expected


def test_a_time_is_utc_to_the_second() -> None:
    assert figures.time("2026-01-31T23:59:59.123Z") == "2026-01-31 23:59:59 UTC"
