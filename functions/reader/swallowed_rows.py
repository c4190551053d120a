"""Recognises rows that a stray quote has taken into a value."""

from collections.abc import Sequence


def has_swallowed_rows(cells: Sequence[str], delimiter: str) -> bool:
    """Tell whether a value with line breaks looks like several rows.

    Then its first line goes on with the rest of a row, and its last one begins another row, so that
    both together have the delimiters of a row; or a line between them is a whole row.
    """
    return any(
        _looks_like_rows(cell.splitlines(), position, len(cells), delimiter)
        for position, cell in enumerate(cells)
    )


def _looks_like_rows(texts: list[str], position: int, width: int, delimiter: str) -> bool:
    if len(texts) < 2:
        return False
    counts = [text.count(delimiter) for text in texts]
    is_cut_out = counts[0] >= width - 1 - position and counts[-1] >= position
    return is_cut_out or any(count >= width - 1 for count in counts[1:-1])
