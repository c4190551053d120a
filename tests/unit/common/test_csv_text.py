"""The CSV dialect of the files that the system writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.csv_text import count_rows, format_row, parse_rows

values = st.text(st.characters(exclude_categories=["Cs"]))
tables = st.lists(st.lists(values, min_size=1, max_size=10))


@given(tables)
def test_rows_come_back_as_they_were_written(table: list[list[str]]) -> None:
    assert list(parse_rows("".join(map(format_row, table)))) == table


@given(tables)
def test_counting_bytes_agrees_with_reading_them(table: list[list[str]]) -> None:
    assert count_rows("".join(map(format_row, table)).encode()) == len(table)


def test_one_empty_value_is_not_a_blank_line() -> None:
    assert format_row([""]) == '""\r\n'


@pytest.mark.parametrize("data", [b'a,"b\r\n', b"a,b", b'a,"b""\r\n'])
def test_the_rows_of_a_truncated_object_are_not_counted(data: bytes) -> None:
    with pytest.raises(ValueError, match="inside a row"):
        count_rows(data)
