"""Wildcards: a star matches any text, a question mark one character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localcloud.iam.match import arn_like, glob, literal

TEXT = st.text("ab:/*?.[\n", max_size=8)


def reference(pattern: str, value: str) -> bool:
    """The definition of wildcards as a recursion."""
    if not pattern:
        return not value
    if pattern[0] == "*":
        return reference(pattern[1:], value) or (bool(value) and reference(pattern, value[1:]))
    if not value:
        return False
    return pattern[0] in ("?", value[0]) and reference(pattern[1:], value[1:])


@given(TEXT, TEXT)
def test_glob_matches_by_the_definition(pattern: str, value: str) -> None:
    assert glob(pattern)(value) == reference(pattern, value)


@given(TEXT, TEXT)
def test_a_literal_matches_itself_alone(text: str, other: str) -> None:
    assert glob(literal(text))(text)
    assert glob(literal(text))(other) == (text == other)


@given(TEXT, TEXT)
def test_a_literal_stays_one_among_wildcards(start: str, end: str) -> None:
    assert glob(literal(start) + "*")(start + end)


@given(st.lists(st.text("ab*", max_size=3), min_size=6, max_size=6))
def test_an_arn_is_like_itself_and_no_shorter_arn(parts: list[str]) -> None:
    arn = ":".join(parts).replace("*", "a")
    assert arn_like(":".join(parts))(arn)
    assert not arn_like(":".join(parts))(":".join(parts[:5]))
