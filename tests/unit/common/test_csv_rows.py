"""Every odd CSV of docs/architecture.md has a defined result: one bad row is one bad row."""

from collections.abc import Iterator

import pytest

from common.csv_lines import ROW_BYTES, lines
from common.csv_rows import TEXT_AFTER_QUOTE, TOO_LONG, Row, is_blank, rows, values
from common.input_refused import InputRefused


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def read(data: bytes, block_size: int = 7) -> list[Row]:
    """Read in small blocks, so that every test also cuts lines and characters in two."""
    return list(rows(lines(blocks(data, block_size)), ","))


def cells(data: bytes, block_size: int = 7) -> list[list[str]]:
    return [values(row, ",") for row in read(data, block_size)]


def problems(data: bytes) -> list[str]:
    return [row.problem for row in read(data, 60_000)]


def refusal(data: bytes) -> list[str]:
    with pytest.raises(InputRefused) as error:
        read(data, 60_000)
    return str(error.value).splitlines()


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("block_size", [1, 2, 3, 1000])
def test_defect_14_any_newline_ends_a_row(newline: bytes, block_size: int) -> None:
    assert cells(newline.join([b"a,b", b"c,d", b""]), block_size) == [["a", "b"], ["c", "d"]]


def test_defect_14_newlines_may_be_mixed_and_the_last_one_may_be_missing() -> None:
    assert cells(b"a\r\nb\rc\nd") == [["a"], ["b"], ["c"], ["d"]]


@pytest.mark.parametrize("value", ["a,b", 'say "hi"', "two\nlines", "two\r\nlines", "two\rlines"])
def test_defect_14_quoted_commas_quotes_and_newlines_are_data(value: str) -> None:
    doubled = value.replace('"', '""')
    assert cells(f'1,"{doubled}",2\n3\n'.encode()) == [["1", value, "2"], ["3"]]


def test_defect_14_text_beyond_ascii_stays_as_it_is() -> None:
    assert cells("Côte d'Ivoire,日本,🙂\n".encode()) == [["Côte d'Ivoire", "日本", "🙂"]]


def test_a_quote_inside_a_value_that_does_not_begin_with_one_is_data() -> None:
    assert cells(b'5" pipe,b\nc,d "e"\n') == [['5" pipe', "b"], ["c", 'd "e"']]


def test_rows_know_their_bytes_and_the_line_that_they_begin_on() -> None:
    data = b'a\r\n"b\nc",d\r\n\ne'
    assert [(row.line, row.raw) for row in read(data)] == [
        (1, b"a\r\n"),
        (2, b'"b\nc",d\r\n'),
        (4, b"\n"),
        (5, b"e"),
    ]


@pytest.mark.parametrize(
    "row",
    [b'1,"Cote" d Ivoire,2', rb'1,"the \"old\" one",2', b'1,"the "old" one",2', b'"a" ,b', b'""a'],
)
def test_text_after_a_closing_quote_spoils_only_its_own_row(row: bytes) -> None:
    assert read(b"a\n" + row + b"\nb\n", 60_000) == [
        Row(1, b"a\n"),
        Row(2, row + b"\n", TEXT_AFTER_QUOTE),
        Row(3, b"b\n"),
    ]


def test_a_row_with_a_stray_quote_ends_with_the_line_that_shows_it() -> None:
    stray = b'5,"Peru,x\n6,"Congo, Rep.",x\n'
    assert read(stray + b"7\n") == [Row(1, stray, TEXT_AFTER_QUOTE), Row(3, b"7\n")]


@pytest.mark.parametrize(
    "row",
    [b"x" * 70_000, b'"' + b"y" * 70_000 + b'"', b"\\" * 20_000, b"x" * 5_000_000],
    ids=["unquoted", "quoted", "long as JSON", "many blocks"],
)
def test_a_row_that_is_too_long_spoils_only_itself(row: bytes) -> None:
    assert problems(b"a\n" + row + b"\nb\n") == ["", TOO_LONG, ""]


def test_of_a_row_that_is_too_long_a_bounded_part_is_kept() -> None:
    (row,) = read(b"x" * 5_000_000, 60_000)
    assert ROW_BYTES < len(row.raw) < ROW_BYTES + 10


@pytest.mark.parametrize("shift", range(4))
def test_a_row_that_is_too_long_is_not_cut_inside_a_character(shift: int) -> None:
    (row,) = read(b"x" * shift + "🙂".encode() * 20_000, 60_000)
    assert row.raw.decode()


def test_a_row_of_almost_64_kib_has_values() -> None:
    assert problems(b"x" * (ROW_BYTES - 6) + b"\n") == [""]


def test_a_quote_that_is_never_closed_is_refused_with_the_line_where_it_opens() -> None:
    cause, remedy, _ = refusal(b'a\n"oops,b\nc\nd\n')
    assert cause == (
        "A quote on line 2 is never closed, so the rows after it cannot be told apart."
    )
    assert remedy.startswith("Close the quote, or remove it")


@pytest.mark.parametrize("row", [b'"' + b"x\n" * 40_000, b'"\n",' * 20_000])
def test_a_quote_that_stays_open_for_64_kib_is_refused_without_reading_on(row: bytes) -> None:
    unread = iter([row, *[b"x\n" * 1000] * 1000])
    with pytest.raises(InputRefused, match="line 1"):
        list(rows(lines(unread), ","))
    assert len(list(unread)) > 900


def test_windows_1252_is_refused_with_its_name_the_line_and_the_remedy() -> None:
    cause, remedy, details = refusal("a\nCôte d'Ivoire\n".encode("cp1252"))
    assert "probably Windows-1252" in cause
    assert "CSV UTF-8" in remedy
    assert details == "Line 2, byte 2 of the line, is the first of them."


def test_a_file_that_was_cut_off_inside_a_character_is_called_so() -> None:
    cause, *_ = refusal("a\n日本".encode()[:-1])
    assert cause == "The file ends in the middle of a character."


def test_bytes_of_no_encoding_that_we_know_are_called_so() -> None:
    assert "not Windows-1252 either" in refusal(b"a\n\x81\x8d\xff\n")[0]


@pytest.mark.parametrize("row", [b"\n", b",,,\r\n", b" \t \n", b"\0\0\0", b"\x1a", b'"","",""\n'])
def test_rows_of_commas_spaces_and_padding_are_blank(row: bytes) -> None:
    assert is_blank(row, ",")


@pytest.mark.parametrize("row", [b";;\n", b"0,,\n", b"-\n", b".,,\n"])
def test_any_other_character_makes_a_row(row: bytes) -> None:
    assert not is_blank(row, ",")
