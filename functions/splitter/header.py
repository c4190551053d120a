"""The header line: which column stands where."""

from collections.abc import Sequence

from common.records import INPUT_COLUMNS
from splitter.input_refused import InputRefused

DELIMITER_NAMES = {"\t": "tab"}


def column_order(header: Sequence[str], delimiter: str) -> list[int]:
    """For each of INPUT_COLUMNS its position in the file.

    Spaces around a name do not count; upper and lower case do. Raises InputRefused unless each
    column is there exactly once and nothing else is.
    """
    names = [name.strip() for name in header]
    if sorted(names) != sorted(INPUT_COLUMNS):
        raise InputRefused(f"the header does not match: {_difference(names, delimiter)}")
    return [names.index(column) for column in INPUT_COLUMNS]


def _difference(names: list[str], delimiter: str) -> str:
    missing = [column for column in INPUT_COLUMNS if column not in names]
    extra = [name for name in dict.fromkeys(names) if name not in INPUT_COLUMNS]
    twice = [column for column in INPUT_COLUMNS if names.count(column) > 1]
    parts = (("missing", missing), ("not expected", extra), ("more than once", twice))
    found = "; ".join(f"{label}: {_list(columns)}" for label, columns in parts if columns)
    between = DELIMITER_NAMES.get(delimiter, repr(delimiter))
    return f"{found}. Expected, separated by {between}: {', '.join(INPUT_COLUMNS)}"


def _list(columns: list[str]) -> str:
    """At most eight names of at most 60 characters: a header can be anything."""
    shown = [column if len(column) <= 60 else f"{column[:60]}…" for column in columns[:8]]
    return ", ".join(map(repr, shown)) + (", …" if len(columns) > 8 else "")
