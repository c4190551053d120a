"""What a person cannot see in a text is shown as its code."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.visible_text import visible, visible_lines

# Categories of characters that are never visible: controls, formats, separators, unassigned.
INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb", "a<U+000D><U+000A>b"),
        ("a\tb\x00\x1b\x7f\x85", "a<U+0009>b<U+0000><U+001B><U+007F><U+0085>"),
        ("uu\u200bid\ufeff", "uu<U+200B>id<U+FEFF>"),
        ("Norway\u00a0", "Norway<U+00A0>"),
        ("a\u2028b\u3000", "a<U+2028>b<U+3000>"),
        ("\u202egpj.exe\u2066", "<U+202E>gpj.exe<U+2066>"),
        ("\ud800", "<U+D800>"),
        ("\u3164\u2800\ufe0f\U000e0041", "<U+3164><U+2800><U+FE0F><U+E0041>"),
    ],
)
def test_an_invisible_character_is_shown_as_its_code(text: str, expected: str) -> None:
    assert visible(text) == expected


@pytest.mark.parametrize(
    "text", ["", "Sales 2024.csv", "Zürich, Côte d'Ivoire", "日本語 <b>&amp;\\n", "e\u0301"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters()))
def test_whatever_the_text_is_it_becomes_one_visible_line_of_valid_unicode(text: str) -> None:
    result = visible(text)
    assert "\n" not in result.encode().decode()
    assert (
        not {unicodedata.category(character) for character in result.replace(" ", "")} & INVISIBLE
    )
    assert visible(result) == result


def test_lines_stay_apart() -> None:
    assert visible_lines("a\r\nb\n\rc\u2028\n") == ["a", "b", "<U+000D>c<U+2028>", ""]
