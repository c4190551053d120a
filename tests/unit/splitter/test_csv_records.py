"""Every odd CSV of docs/architecture.md has a defined result (defect 14)."""

import re
from collections.abc import Iterator

import pytest

from common.records import INPUT_COLUMNS
from splitter.csv_records import csv_records
from splitter.input_refused import InputRefused
from splitter.lines import RECORD_BYTES, lines
from tests.unit.samples import HEADER, csv_file

ROW = [str(number) for number in range(len(INPUT_COLUMNS))]


def values(data: bytes, delimiter: str = ",", block_size: int = 7) -> list[list[str]]:
    """Read in small blocks, so that every test also cuts lines and characters in two."""
    return [record.values for record in csv_records(blocks(data, block_size), delimiter)]


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def refusal(data: bytes, delimiter: str = ",") -> str:
    with pytest.raises(InputRefused) as error:
        values(data, delimiter, block_size=60_000)
    return str(error.value)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block_size", [1, 2, 3, 1000])
def test_defect_14_any_newline_ends_a_record(newline: str, block_size: int) -> None:
    assert values(csv_file(ROW, ROW, newline=newline), block_size=block_size) == [ROW, ROW]


def test_defect_14_newlines_may_be_mixed() -> None:
    row = ",".join(ROW)
    assert values(f"{HEADER}\r\n{row}\r{row}\n{row}".encode()) == [ROW, ROW, ROW]


def test_defect_14_a_byte_order_mark_is_not_part_of_the_first_column() -> None:
    assert values(b"\xef\xbb\xbf" + csv_file(ROW)) == [ROW]


def test_defect_14_a_final_newline_is_not_needed() -> None:
    assert values(csv_file(ROW).rstrip()) == [ROW]


@pytest.mark.parametrize("value", ["a,b", 'say "hi"', "two\nlines", "two\r\nlines", "two\rlines"])
def test_defect_14_quoted_commas_quotes_and_newlines_are_data(value: str) -> None:
    row = [value, *ROW[1:]]
    assert values(csv_file(row, ROW)) == [row, ROW]


def test_defect_14_text_beyond_ascii_stays_as_it_is() -> None:
    row = ["Côte d'Ivoire", "日本", "🙂", *ROW[3:]]
    assert values(csv_file(row)) == [row]


def test_defect_14_blank_lines_are_skipped_also_before_the_header() -> None:
    row = ",".join(ROW)
    assert values(f"\n\r\n{HEADER}\n\n{row}\n\n\n{row}\n\n".encode()) == [ROW, ROW]


def test_defect_14_a_row_with_one_empty_field_is_a_row() -> None:
    assert values(csv_file([""])) == [[""]]


def test_defect_14_short_and_long_rows_stay_as_they_came() -> None:
    assert values(csv_file(["a", "b"], [*ROW, "x"])) == [["a", "b"], [*ROW, "x"]]


def test_columns_are_found_by_name_and_spaces_around_a_name_are_ignored() -> None:
    header = ",".join(f" {name} " for name in reversed(INPUT_COLUMNS))
    assert values(csv_file(ROW[::-1], header=header)) == [ROW]


def test_another_delimiter_is_a_setting() -> None:
    data = csv_file(ROW).replace(b",", b"\t")
    assert values(data, delimiter="\t") == [ROW]


def test_records_know_the_line_that_they_begin_on() -> None:
    data = csv_file(["a\nb", *ROW[1:]], ROW)
    assert [record.line for record in csv_records([data], ",")] == [2, 4]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_defect_14_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "the file is empty"


def test_a_missing_column_is_named() -> None:
    assert "missing: 'Region'." in refusal(csv_file(header=HEADER.replace(",Region", "")))


def test_an_extra_column_is_named() -> None:
    assert "not expected: 'Colour'." in refusal(csv_file(header=f"{HEADER},Colour"))


def test_a_repeated_column_is_named() -> None:
    assert "more than once: 'uuid'." in refusal(csv_file(header=f"{HEADER},uuid"))


def test_with_the_wrong_delimiter_the_reason_says_which_one_was_expected() -> None:
    assert "Expected, separated by ','" in refusal(csv_file(ROW).replace(b",", b";"))
    assert "Expected, separated by tab" in refusal(csv_file(ROW), delimiter="\t")


def test_the_reason_stays_short_whatever_the_header_is() -> None:
    assert len(refusal((",".join(["x" * 900] * 60) + "\n").encode())) < 1000


def test_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    data = csv_file(ROW, ["Åland", *ROW[1:]]).decode().encode("latin-1")
    assert refusal(data) == "line 3: not UTF-8 (at byte 1 of the line)"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_unicode_encodings_are_refused(encoding: str) -> None:
    refusal(csv_file(ROW).decode().encode(encoding))


def test_a_quote_that_is_never_closed_is_refused_with_the_line_where_it_opens() -> None:
    data = csv_file(ROW) + b'"oops,b\nc\nd\n'
    assert refusal(data) == "line 3: the record that begins here has a quote that is never closed"


def test_text_after_a_closing_quote_is_refused() -> None:
    assert "line 2: the record that begins here is not valid CSV" in refusal(csv_file() + b'"a"b\n')


@pytest.mark.parametrize(
    "record",
    [b"x" * 70_000, b'"' + b"x\n" * 40_000, b'"\n",' * 20_000, b"x" * 5_000_000],
    ids=["one line", "open quote", "many quoted lines", "no end"],
)
def test_a_record_over_64_kib_is_refused_in_bounded_memory(record: bytes) -> None:
    reason = refusal(csv_file(ROW) + record + b"\n" + b"never read")
    assert re.match(r"line 3: the record that begins here is longer than 64 KiB", reason)


def test_a_record_of_64_kib_is_processed() -> None:
    others = len(",".join(ROW[1:])) + len(",\n")
    row = ["x" * (64 * 1024 - others), *ROW[1:]]
    assert values(csv_file(row), block_size=60_000) == [row]


def test_lines_go_on_after_one_that_is_too_long() -> None:
    too_long = b"x" * (RECORD_BYTES + 1)
    assert list(lines([too_long, b"y\nz"])) == [too_long, b"y\n", b"z"]


def test_a_line_that_does_not_end_is_refused_before_all_of_it_is_read() -> None:
    data = iter([b"x" * 1024] * 1000)
    with pytest.raises(InputRefused):
        list(csv_records(data, ","))
    assert len(list(data)) > 900
