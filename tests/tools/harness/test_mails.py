"""What the harness finds in the mails that were received."""

from __future__ import annotations

import pytest

from tools.harness.mails import is_result, links


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Processed: a.csv", True),
        ("All rows rejected: a.csv", True),
        ("Not processed: a.csv", False),
        ("Failed: Processed: a.csv", False),
    ],
)
def test_the_subject_says_whether_there_is_a_result(subject: str, expected: bool) -> None:
    assert is_result({"subject": subject}) is expected


def test_the_links_are_the_signed_ones_in_their_order() -> None:
    first, second = (f"https://x.example/{name}?X-Amz-Signature=1" for name in "ab")
    body = f"See https://docs.example.\n\nThe result:\n{first}\n\nThe rejects:\n{second}\n"
    assert links({"body": body}) == [first, second]
