"""Parses the bytes of a chunk."""

import csv

from common.csv_text import parse_rows
from common.records import Chunk, Record, make_record


class ChunkCorrupt(Exception):
    """The stored chunk is not what the splitter has written. Permanent."""


def chunk_records(chunk: Chunk, body: bytes) -> list[Record]:
    """Return the records, numbered from the chunk's first row; malformed ones say so.

    Raises ChunkCorrupt if there are more or fewer than the manifest says, or if it is not our CSV.
    """
    try:
        rows = list(parse_rows(body.decode()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ChunkCorrupt(f"chunk {chunk['index']}: {error}") from None
    if len(rows) != chunk["rows"]:
        raise ChunkCorrupt(
            f"chunk {chunk['index']} has {len(rows)} rows where {chunk['rows']} are expected"
        )
    return [make_record(number, row) for number, row in enumerate(rows, start=chunk["first_row"])]
