"""Puts computed tables into a page of docs/, between the marks that name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

END = "<!-- end -->"
Tables = Mapping[str, Callable[[], Iterable[str]]]  # the lines of each table, by its mark


def with_tables(text: str, tables: Tables) -> str:
    """Return the page with its tables computed anew. Raises ValueError if one has no place."""
    for name, table in tables.items():
        before, mark, tail = text.partition(f"<!-- {name} -->\n")
        _, end, after = tail.partition(END)
        if not end:
            raise ValueError(f"the page has no place for the table {name}")
        text = before + mark + "".join(f"{line}\n" for line in table()) + end + after
    return text


def header(cells: list[str], *, align_right: bool = False) -> Iterator[str]:
    """Yield the two lines above the rows; the first column is always aligned to the left."""
    yield row(cells)
    yield "|---|" + ("---:|" if align_right else "---|") * (len(cells) - 1)


def row(cells: Iterable[str]) -> str:
    """Return one line."""
    return f"| {' | '.join(cells)} |"
