"""Finds the header of a CSV file: the delimiter, and which column stands where.

The header says how it is meant, so no setting is needed: other case, spaces, invisible characters
and another delimiter are accepted, since only the names of all columns make a header.
"""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from common.input_refused import InputRefused

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
UNNAMED_REMEDY = (
    "Remove the columns without a name: a program may have numbered the rows, as pandas does "
    "unless it is told index=False."
)
SEARCHED_LINES = 20  # a title may stand above the header
MAX_NAMES, MAX_NAME_LENGTH = 8, 60
# Excel reads the delimiter from such a line. Here the header says the same.
_SEPARATOR_LINE = re.compile(rb"(\xef\xbb\xbf)*sep=", re.IGNORECASE)


class Header(NamedTuple):
    """The header and its line of the file; `positions` are those of the columns asked for.

    `notes` are sentences for the user about how the file is read.
    """

    line: int
    raw: bytes
    delimiter: str
    positions: tuple[int, ...]
    notes: tuple[str, ...]


class Candidate(NamedTuple):
    """A line that may be the header, as one delimiter reads it. Names are as `_normalised`."""

    line: int
    raw: bytes
    delimiter: str
    names: list[str]
    normalised: list[str]


def find_header(lines: Iterator[bytes], columns: Sequence[str]) -> Header:
    """Take lines up to the header, which is among the first; its columns are exactly `columns`.

    Columns without a name at the end of the line do not count. Raises InputRefused, which quotes
    the line only if it is a header beyond doubt: otherwise it may be a record.
    """
    normalised_columns = [_normalise(column) for column in columns]
    candidates: list[Candidate] = []
    above: dict[int, bytes] = {}
    for number, raw in zip(range(1, SEARCHED_LINES + 1), lines, strict=False):
        for candidate in _candidates(number, raw):
            if sorted(candidate.normalised) == sorted(normalised_columns):
                _check_above(candidate, above.values(), len(columns))
                positions = tuple(candidate.normalised.index(name) for name in normalised_columns)
                return Header(number, raw, candidate.delimiter, positions, _notes(candidate, above))
            candidates.append(candidate)
        if raw.strip() and not _SEPARATOR_LINE.match(raw):
            above[number] = raw
    raise _refusal(candidates, columns, normalised_columns)


def _candidates(number: int, raw: bytes) -> Iterator[Candidate]:
    text = raw.decode(errors="replace").rstrip("\r\n")
    for delimiter in DELIMITERS:
        # Not strict: a stray quote in a title is no reason to look no further.
        names = next(csv.reader([text], delimiter=delimiter), [])
        normalised = [_normalise(name) for name in names]
        while normalised and not normalised[-1]:
            normalised.pop()
        yield Candidate(number, raw, delimiter, names, normalised)


def _normalise(name: str) -> str:
    """Keep letters and digits. What is left out includes spaces, quotes and byte order marks."""
    return re.sub(r"[\W_]+", "", name).casefold()


def _check_above(header: Candidate, above: Iterable[bytes], width: int) -> None:
    """Raise InputRefused if lines above the header may be rows, which would be lost."""
    delimiter = header.delimiter.encode()
    for raw in above:
        if sum(bool(cell.strip()) for cell in raw.split(delimiter)) * 2 > width:
            raise InputRefused(
                f"The header stands in line {header.line}, below lines that look like rows.",
                "Make the header the first line: a sorted file has it somewhere else.",
            )


def _notes(candidate: Candidate, above: Collection[int]) -> tuple[str, ...]:
    notes = []
    if above:
        noun = "Line" if len(above) == 1 else "Lines"
        numbers = ", ".join(map(str, above))
        notes.append(f"{noun} {numbers} above the header: not read as rows.")
    if candidate.delimiter != ",":
        notes.append(f"The columns are separated by {DELIMITERS[candidate.delimiter]}.")
    return tuple(notes)


def _refusal(
    candidates: Iterable[Candidate], columns: Sequence[str], normalised_columns: list[str]
) -> InputRefused:
    """Explain the line that has most of the columns."""

    def matches(candidate: Candidate) -> int:
        return len(set(normalised_columns) & set(candidate.normalised))

    expected = f"The columns are: {', '.join(columns)}."
    best = max(candidates, key=matches, default=None)
    if best and matches(best) > 1:
        return _flawed_header(best, columns, normalised_columns, matches(best) * 2 >= len(columns))
    if best and "".join(best.normalised) == "".join(normalised_columns):
        return _one_column(best, expected)
    return InputRefused(
        "The file has no header: no line at its beginning has the names of the columns.",
        "Add a first line with the names of the columns, separated by commas.",
        expected,
    )


def _one_column(header: Candidate, expected: str) -> InputRefused:
    if b'"' in header.raw:
        return InputRefused(
            "Each line stands in quotes as a whole, so that the file has only one column.",
            "Remove the quotes at the beginning and the end of each line.",
            expected,
        )
    return InputRefused(
        "The columns are not separated by commas, semicolons, tabs or vertical bars.",
        "Save the file with commas between the columns.",
        expected,
    )


def _flawed_header(
    header: Candidate, columns: Sequence[str], normalised_columns: list[str], is_certain: bool
) -> InputRefused:
    """Say what differs. Unknown names are quoted only if the line is a header for certain."""
    normalised = header.normalised
    by_name = dict(zip(normalised_columns, columns, strict=True))
    missing = [column for name, column in by_name.items() if name not in normalised]
    repeated = [column for name, column in by_name.items() if normalised.count(name) > 1]
    unnamed = [str(position) for position, name in enumerate(normalised, start=1) if not name]
    named = zip(header.names, normalised, strict=False)
    unknown = [name.strip() for name, short in named if short and short not in by_name]
    problems = (
        ("missing", missing, "Add the missing columns."),
        ("more than once", repeated, "Leave each column once."),
        ("without a name", unnamed, UNNAMED_REMEDY),
        ("not known", unknown if is_certain else _number_of(unknown), "Remove the other columns."),
    )
    differing = [problem for problem in problems if problem[1]]
    differences = "; ".join(f"{label}: {_list(names)}" for label, names, _ in differing)
    return InputRefused(
        f"The columns in line {header.line} are not those that are expected ({differences}).",
        " ".join(remedy for _, _, remedy in differing),
        f"The columns are: {', '.join(columns)}.",
    )


def _number_of(names: list[str]) -> list[str]:
    return [str(len(names))] if names else []


def _list(names: list[str]) -> str:
    """Limit number and length of the names, since a header can contain anything."""
    shown = [
        name if len(name) <= MAX_NAME_LENGTH else f"{name[:MAX_NAME_LENGTH]}…"
        for name in names[:MAX_NAMES]
    ]
    return ", ".join(shown) + (", …" if len(names) > MAX_NAMES else "")
