"""The header line: which column stands where."""

from collections.abc import Sequence

from common.records import INPUT_COLUMNS
from splitter.input_refused import InputRefused

DELIMITER_NAMES = {"\t": "tab"}
MAX_NAMES, MAX_NAME_LENGTH = 8, 60


def column_order(header: Sequence[str], delimiter: str) -> list[int]:
    """Return the position in the file of each of INPUT_COLUMNS.

    Spaces around a name are ignored; upper and lower case count. Raises InputRefused unless every
    column is there exactly once, and no other.
    """
    names = [name.strip() for name in header]
    if sorted(names) != sorted(INPUT_COLUMNS):
        raise InputRefused(f"the header does not match: {_difference(names, delimiter)}")
    return [names.index(column) for column in INPUT_COLUMNS]


def _difference(names: list[str], delimiter: str) -> str:
    missing = [column for column in INPUT_COLUMNS if column not in names]
    extra = [name for name in dict.fromkeys(names) if name not in INPUT_COLUMNS]
    repeated = [column for column in INPUT_COLUMNS if names.count(column) > 1]
    problems = (("missing", missing), ("not expected", extra), ("more than once", repeated))
    text = "; ".join(f"{label}: {_list(columns)}" for label, columns in problems if columns)
    separator = DELIMITER_NAMES.get(delimiter, repr(delimiter))
    return f"{text}. Expected, separated by {separator}: {', '.join(INPUT_COLUMNS)}"


def _list(columns: list[str]) -> str:
    """Limit number and length of the names, since a header can contain anything."""
    names = [
        column if len(column) <= MAX_NAME_LENGTH else f"{column[:MAX_NAME_LENGTH]}…"
        for column in columns[:MAX_NAMES]
    ]
    return ", ".join(map(repr, names)) + (", …" if len(columns) > MAX_NAMES else "")
