"""Cells that a spreadsheet would execute get a quote in front, and no other cell changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.csv_text import format_row, parse_rows
from common.formulas import neutralise

TRIGGERS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\uff1d1",
        "-",
        "=",
    ],
)
def test_a_formula_gets_a_quote_in_front(cell: str) -> None:
    assert neutralise(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["", "1", "a=b", "1-2", "'=1", "you@example.com", " Tuvalu", '"=1"']
)
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert neutralise(cell) == cell


@given(st.text(), st.sampled_from(["", *TRIGGERS, *(f" {trigger}" for trigger in TRIGGERS)]))
def test_no_cell_is_a_formula_afterwards_and_its_text_is_kept(text: str, start: str) -> None:
    cell = start + text
    neutral = neutralise(cell)
    assert neutral in (cell, f"'{cell}")
    assert not neutral.startswith(tuple(TRIGGERS))
    assert not neutral.lstrip().startswith(tuple(TRIGGERS))
    assert neutralise(neutral) == neutral


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_no_cell_of_a_csv_row_is_a_formula_after_a_spreadsheet_has_split_it(row: list[str]) -> None:
    (cells,) = parse_rows(format_row([neutralise(cell) for cell in row]))
    assert len(cells) == len(row)
    assert not [cell for cell in cells if cell.lstrip().startswith(tuple(TRIGGERS))]
