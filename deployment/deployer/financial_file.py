"""Reads the file of financial data with the reader of the input files, and checks every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from common.csv_header import Header, find_header
from common.csv_lines import lines
from common.csv_rows import Row, is_blank, rows, values
from common.file_type import check_file_type
from common.input_refused import InputRefused
from common.records import FINANCIAL_ATTRIBUTES

from .financial_cells import cell_problem

COLUMNS = ("uuid", *FINANCIAL_ATTRIBUTES.values())
MOST_LISTED = 20  # problems of a file
_BLOCK_BYTES = 64 * 1024


class FinancialRow(NamedTuple):
    """A row, by the line that it begins on: its cells by column, and what is wrong with it."""

    line: int
    cells: dict[str, str]
    problems: list[str]


@dataclass
class FileReport:
    """How many rows a file has, and what is wrong with it: the first problems, and how many more.

    Problems are sentences that say on which line.
    """

    rows: int = 0
    problems: list[str] = field(default_factory=list)
    unlisted: int = 0

    def add(self, problem: str) -> None:
        if len(self.problems) < MOST_LISTED:
            self.problems.append(problem)
        else:
            self.unlisted += 1


def check_file(path: Path) -> FileReport:
    """Read the whole file. Only its uuids are kept in memory, to find those that occur twice."""
    report = FileReport()
    lines_of_uuids: dict[str, int] = {}
    try:
        for row in read_rows(path):
            report.rows += 1
            for problem in chain(row.problems, _repetition(row, lines_of_uuids)):
                report.add(f"line {row.line}: {problem}")
        if not report.rows:
            report.add("the file has a header and no rows: add a row for each uuid")
    except InputRefused as error:
        report.add(" ".join(str(error).splitlines()))
    except OSError as error:
        report.add(f"the file cannot be read: {error.strerror}")
    return report


def read_rows(path: Path) -> Iterator[FinancialRow]:
    """Yield the rows that are not blank. Raises InputRefused where the file cannot be read on."""
    with path.open("rb") as file:
        blocks = iter(lambda: file.read(_BLOCK_BYTES), b"")
        beginning = next(blocks, b"")
        check_file_type(beginning)
        file_lines = lines(chain([beginning], blocks))
        header = find_header(file_lines, COLUMNS)
        for row in rows(file_lines, header.delimiter, header.line + 1):
            if not is_blank(row.raw, header.delimiter):
                yield _financial_row(row, header)


def _financial_row(row: Row, header: Header) -> FinancialRow:
    if row.problem:
        return FinancialRow(row.line, {}, [row.problem])
    cells = values(row, header.delimiter)
    while len(cells) > len(COLUMNS) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(COLUMNS):
        return FinancialRow(row.line, {}, [_wrong_number(len(cells))])
    by_column = {
        column: cells[position] for column, position in zip(COLUMNS, header.positions, strict=True)
    }
    problems = [cell_problem(column, text) for column, text in by_column.items()]
    return FinancialRow(row.line, by_column, list(filter(None, problems)))


def _wrong_number(count: int) -> str:
    noun = "value" if count == 1 else "values"
    remedy = "fill in the others"
    if count > len(COLUMNS):
        remedy = "remove what is too much (a comma inside a number makes two values of it)"
    return f"{count} {noun} where {len(COLUMNS)} are expected: {remedy}"


def _repetition(row: FinancialRow, lines_of_uuids: dict[str, int]) -> Iterator[str]:
    uuid = row.cells.get("uuid")
    if uuid and (first := lines_of_uuids.setdefault(uuid, row.line)) != row.line:
        yield f"uuid {uuid} is on line {first} already: remove one of the two rows"
