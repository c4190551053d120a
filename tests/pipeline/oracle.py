"""What must become of the bytes after the header, found one byte at a time, without our readers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

WIDTH = 8
LONG = 200  # bytes; the tests set the functions' limit to this
ENDS = (b"\n", b"\r")


class Reject(NamedTuple):
    """A row that must be rejected; `raw` is None if it is too long to be shown."""

    row: int
    line: int
    raw: bytes | None


@dataclass
class Result:
    """The values of the rows that come out, the rejects, or that the file is refused."""

    out: list[list[str]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    is_refused: bool = False


class _Row(NamedTuple):
    line: int
    raw: bytes
    cells: list[bytes]
    is_broken: bool


def expected(body: bytes, delimiter: bytes, first_line: int) -> Result:
    """Read the body of a file whose columns stand in the order of the output."""
    result, position, line, number = Result(), 0, first_line, 0
    try:
        body.decode()
    except UnicodeDecodeError:
        return Result(is_refused=True)
    while position < len(body):
        row, end = _next_row(body, position, line, delimiter)
        if row is None:
            return Result(is_refused=True)
        line, position = line + _line_ends(body[position:end]), end
        if _is_blank(row.raw, delimiter):
            continue
        number += 1
        cells = _without_empty_end(row.cells)
        if (
            row.is_broken
            or _json_bytes(row.raw) > LONG
            or len(cells) != WIDTH
            or _has_rows_in_a_cell(cells, delimiter)
        ):
            raw = row.raw.removesuffix(b"\n").removesuffix(b"\r")
            is_long = _json_bytes(row.raw) > LONG
            result.rejects.append(Reject(number, row.line, None if is_long else raw))
        else:
            result.out.append([cell.decode() for cell in cells])
    return result if number else Result(is_refused=True)


def _next_row(body: bytes, start: int, line: int, delimiter: bytes) -> tuple[_Row | None, int]:
    """Return the row that begins at `start`, and where it ends; no row if a quote stays open."""
    cells: list[bytes] = []
    cell, position, line_start = b"", start, start
    state = "broken" if _end_of_line(body, start) - start > LONG else "start of a cell"
    while position < len(body) and state != "broken" and position - line_start <= LONG:
        byte = body[position : position + 1]
        if byte in ENDS and state != "in quotes":
            break
        if byte in ENDS and body[position : position + 2] != b"\r\n":
            line_start = position + 1
            if line_start - start > LONG:
                return None, position
        if state == "in quotes":
            if byte == b'"':
                state = "after a quote"
            else:
                cell += byte
        elif state == "after a quote" and byte == b'"':
            cell, state = cell + byte, "in quotes"
        elif byte == delimiter:
            cells, cell, state = [*cells, cell], b"", "start of a cell"
        elif state == "after a quote":
            state = "broken"
        elif state == "start of a cell" and byte == b'"':
            state = "in quotes"
        else:
            cell, state = cell + byte, "in a cell"
        position += 1
    if state == "in quotes":
        return None, position
    position = _end_of_line(body, position)
    end = position + (2 if body[position : position + 2] == b"\r\n" else 1)
    return _Row(line, body[start:end], [*cells, cell], state == "broken"), end


def _json_bytes(raw: bytes) -> int:
    return len(raw) + 5 * sum(byte < 0x20 or byte in b'"\\' for byte in raw)


def _end_of_line(body: bytes, start: int) -> int:
    ends = [position for end in ENDS if (position := body.find(end, start)) >= 0]
    return min(ends, default=len(body))


def _line_ends(raw: bytes) -> int:
    return raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")


def _is_blank(raw: bytes, delimiter: bytes) -> bool:
    return all(byte in b' \t\r\n\0\x1a"' + delimiter for byte in raw)


def _without_empty_end(cells: list[bytes]) -> list[bytes]:
    end = len(cells)
    while end > WIDTH and not cells[end - 1].decode().strip():
        end -= 1
    return cells[:end]


def _has_rows_in_a_cell(cells: list[bytes], delimiter: bytes) -> bool:
    """A quoted cell goes on with the rest of a row, has whole rows, or begins another row."""
    for position, cell in enumerate(cells):
        first, *others = cell.decode().splitlines() or [""]
        if others:
            text = delimiter.decode()
            rest, beginning = first.count(text), others[-1].count(text)
            if rest >= WIDTH - 1 - position and beginning >= position:
                return True
            if any(other.count(text) >= WIDTH - 1 for other in others[:-1]):
                return True
    return False
