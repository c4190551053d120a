"""Parses the bytes of a chunk: the header of the file, then rows as they came."""

from common.csv_header import Header, find_header
from common.csv_lines import lines
from common.csv_rows import RAW_SHOWN, TOO_LONG, Row, is_blank, rows, values
from common.input_refused import InputRefused
from common.records import INPUT_COLUMNS, Chunk, Record
from reader.swallowed_rows import has_swallowed_rows

WIDTH = len(INPUT_COLUMNS)


class ChunkCorrupt(Exception):
    """The stored chunk is not what the splitter has written. Permanent."""


def chunk_records(chunk: Chunk, body: bytes) -> list[Record]:
    """Return the records, numbered from the chunk's first row; malformed ones say so.

    Raises ChunkCorrupt if there are more or fewer than the manifest says, or if it is not our CSV.
    """
    chunk_lines = lines([body])
    try:
        header = find_header(chunk_lines, INPUT_COLUMNS)
        chunk_rows = [
            row
            for row in rows(chunk_lines, header.delimiter, chunk["first_line"])
            if not is_blank(row.raw, header.delimiter)
        ]
    except InputRefused as error:
        cause = str(error).partition("\n")[0]
        raise ChunkCorrupt(f"chunk {chunk['index']}: {cause}") from None
    if len(chunk_rows) != chunk["rows"]:
        raise ChunkCorrupt(
            f"chunk {chunk['index']} has {len(chunk_rows)} rows where {chunk['rows']} are expected"
        )
    return [
        _record(number, row, header) for number, row in enumerate(chunk_rows, chunk["first_row"])
    ]


def _record(number: int, row: Row, header: Header) -> Record:
    if row.problem:
        return _malformed(number, row, row.problem)
    cells = values(row, header.delimiter)
    while len(cells) > WIDTH and not cells[-1].strip():
        cells.pop()
    if len(cells) != WIDTH:
        return _malformed(number, row, _wrong_number(cells))
    if has_swallowed_rows(cells, header.delimiter):
        return _malformed(number, row, "a quote is in the wrong place")
    fields = {
        column: cells[position]
        for column, position in zip(INPUT_COLUMNS, header.positions, strict=True)
    }
    return {"row": number, "line": row.line, "fields": fields}


def _wrong_number(cells: list[str]) -> str:
    noun, hint = "value" if len(cells) == 1 else "values", ""
    if any(cell.lstrip().startswith('"') for cell in cells):
        hint = " (a quote has to stand directly after the separator, without a space)"
    elif len(cells) > WIDTH:
        hint = " (one that contains the separator has to stand in quotes)"
    return f"{len(cells)} {noun} where {WIDTH} are expected{hint}"


def _malformed(number: int, row: Row, problem: str) -> Record:
    text = row.raw.removesuffix(b"\n").removesuffix(b"\r")
    last_line = row.line + len(text.splitlines()) - 1
    if last_line > row.line:
        problem += f"; lines {row.line} to {last_line} are one row, since a quote was open"
    shown = (
        text[:RAW_SHOWN].decode(errors="ignore") + "…" if row.problem == TOO_LONG else text.decode()
    )
    return {"row": number, "line": row.line, "fields": {}, "malformed": problem, "raw": shown}
